"""Patterns of codes without regular expressions, so that no pattern can take long.

A pattern is a text with fields of fixed length; matching it is one pass over the code.

======================  ===========================================================
``{parent}``            the code of the grid above, whatever its length
``{parent:12}``         the same, twelve characters
``{number:3}``          the running number, three digits
``{digits:6}``          six digits 0–9
``{letters:2}``         two capital letters A–Z
``{any:2}``             two letters or digits
anything else           itself
======================  ===========================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["CodePattern", "Piece", "parse_pattern"]

_FIELD = re.compile(r"\{(parent|number|digits|letters|any)(?::([0-9]{1,2}))?\}")
_LONGEST_PATTERN = 100
_LONGEST_FIELD = 40
_MOST_DIGITS = 9
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CHARACTERS = {
    "number": _DIGITS,
    "digits": _DIGITS,
    "letters": _LETTERS,
    "any": _DIGITS | _LETTERS | frozenset("abcdefghijklmnopqrstuvwxyz"),
}
_WANTED = {
    "number": _("digits"),
    "digits": _("digits"),
    "letters": _("capital letters"),
    "any": _("letters or digits"),
    "text": _("“{text}”"),
    "parent": _("{text}, the code of the level above"),
}


@dataclass(frozen=True)
class Piece:
    """One field of a pattern, or text between fields.

    Attributes
    ----------
    kind
        ``"parent"``, ``"number"``, ``"digits"``, ``"letters"``, ``"any"`` or ``"text"``.
    length
        In characters; 0 for a parent of any length.
    text
        What a piece of text says.
    """

    kind: str
    length: int
    text: str = ""


@dataclass(frozen=True)
class CodePattern:
    """A parsed pattern; see :func:`parse_pattern`.

    Attributes
    ----------
    text
        As it was written.
    pieces
        In order; at most one is a parent, at most one a number.
    """

    text: str
    pieces: tuple[Piece, ...]

    @property
    def has_parent(self) -> bool:
        """Whether the parent's code is part of the code."""
        return any(piece.kind == "parent" for piece in self.pieces)

    @property
    def digits(self) -> int:
        """How many digits the running number has; 0 for none."""
        return sum(piece.length for piece in self.pieces if piece.kind == "number")

    def length(self, parent: str) -> int | None:
        """Return how long codes under `parent` are; None where nothing says so."""
        open_ = any(piece.kind == "parent" and not piece.length for piece in self.pieces)
        if open_ and not parent:
            return None
        return sum(piece.length for piece in self.pieces) + (len(parent) if open_ else 0)

    def fields(self, code: str, parent: str = "") -> list[tuple[Piece, int, str]]:
        """Return each piece with where it starts in `code`, from 0, and what stands there."""
        rest = len(code) - sum(piece.length for piece in self.pieces)
        found, at = [], 0
        for piece in self.pieces:
            open_length = len(parent) if parent else max(rest, 0)
            length = piece.length or (open_length if piece.kind == "parent" else 0)
            found.append((piece, at, code[at : at + length]))
            at += length
        return found

    def fault(self, code: str, parent: str = "") -> Finding | None:
        """Return what is wrong with `code`, or None.

        Parameters
        ----------
        code : the code
        parent : code of the grid above, ``""`` where it is not known

        Returns
        -------
        Finding
            Kind ``"code_length"`` or ``"code_characters"``; its params tell what was
            expected.

        Examples
        --------
        >>> pattern = parse_pattern("{parent:4}-{number:2}")
        >>> pattern.fault("1234-07", "1234") is None
        True
        >>> pattern.fault("1234-7", "1234").text()
        'the code 1234-7 has 6 characters instead of 7'
        """
        expected = self.length(parent)
        if expected is not None and len(code) != expected:
            message = _("the code {code} has {length} characters instead of {expected}")
            params = {"code": code, "length": len(code), "expected": expected}
            return Finding("code_length", message, params)
        for piece, at, text in self.fields(code, parent):
            if not _is_fitting(piece, text, parent):
                return _misfit(piece, at, code, parent)
        return None

    def number(self, code: str, parent: str = "") -> int | None:
        """Return the running number of a code that fits, else None."""
        if self.fault(code, parent) is not None:
            return None
        return next(
            (int(text) for piece, _at, text in self.fields(code, parent) if piece.kind == "number"),
            None,
        )

    def parent(self, code: str) -> str:
        """Return what stands in `code` where the parent's code should be."""
        fields = self.fields(code)
        return next((text for piece, _at, text in fields if piece.kind == "parent"), "")

    def code(self, number: int, parent: str = "") -> str:
        """Return the code of a running number under `parent`.

        Raises
        ------
        FieldError
            The pattern has characters that nobody can make up, or no number.
        """
        if not self.digits or any(
            piece.kind in ("digits", "letters", "any") for piece in self.pieces
        ):
            raise FieldError(
                _(
                    "Codes like {pattern} cannot be made up: write {{number:3}} for the number, and"
                    " fixed text instead of other fields (for CJ/T 349: --object 010100)."
                ),
                pattern=self.text,
            )
        said = {"parent": parent, "number": f"{number:0{self.digits}d}"}
        return "".join(said.get(piece.kind, piece.text) for piece in self.pieces)


def _is_fitting(piece: Piece, text: str, parent: str) -> bool:
    if piece.kind == "text":
        return text == piece.text
    if piece.kind == "parent":
        # a parent shorter than its field is one further up
        return bool(text) and text.startswith(parent)
    return len(text) == piece.length and _CHARACTERS[piece.kind].issuperset(text)


def _misfit(piece: Piece, at: int, code: str, parent: str) -> Finding:
    text = parent if piece.kind == "parent" else piece.text
    length = piece.length or len(text) or 1
    params = {
        "code": code,
        "first": at + 1,
        "last": at + length,
        "wanted": Finding("", _WANTED[piece.kind], {"text": text}),
    }
    if length == 1:
        message = _("character {first} of the code {code} should be {wanted}")
    else:
        message = _("characters {first}–{last} of the code {code} should be {wanted}")
    return Finding("code_characters", message, params)


def parse_pattern(text: str) -> CodePattern:
    """Read a pattern of codes.

    Parameters
    ----------
    text
        At most 100 characters, as described at the head of this module.

    Returns
    -------
    CodePattern

    Raises
    ------
    FieldError
        There is a field that does not exist, twice, or of an impossible length.

    Examples
    --------
    >>> parse_pattern("{parent:12}{number:3}").code(7, "110101001001")
    '110101001001007'
    """
    if not text or len(text) > _LONGEST_PATTERN or not text.isprintable():
        raise FieldError(
            _("A pattern of codes has 1 to {most} printable characters."), most=_LONGEST_PATTERN
        )
    pieces: list[Piece] = []
    at = 0
    while at < len(text):
        field = _FIELD.match(text, at)
        if field:
            pieces.append(_field(field, text))
            at = field.end()
            continue
        end = next((n for n in range(at, len(text)) if text[n] in "{}"), len(text))
        if end == at:
            raise _bad(text)
        pieces.append(Piece("text", end - at, text[at:end]))
        at = end
    for kind in ("parent", "number"):
        if sum(piece.kind == kind for piece in pieces) > 1:
            raise FieldError(
                _("The pattern {pattern} has {field} twice."), pattern=text, field=f"{{{kind}}}"
            )
    return CodePattern(text, tuple(pieces))


def _field(field: re.Match[str], text: str) -> Piece:
    kind, length = field[1], int(field[2] or 0)
    most = _MOST_DIGITS if kind == "number" else _LONGEST_FIELD
    if (kind != "parent" and not length) or length > most:
        raise FieldError(
            _("In the pattern {pattern}, {field} needs a length of 1 to {most}: {{{kind}:3}}."),
            pattern=text,
            field=field[0],
            most=most,
            kind=kind,
        )
    return Piece(kind, length)


def _bad(text: str) -> FieldError:
    return FieldError(
        _(
            "The pattern {pattern} cannot be read; its fields are {{parent}}, {{number:3}},"
            " {{digits:6}}, {{letters:2}} and {{any:2}}."
        ),
        pattern=text,
    )
