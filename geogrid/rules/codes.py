"""Code schemes: the standards we know a clause of, and a place's own patterns."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.rules.patterns import CodePattern, parse_pattern

__all__ = ["SCHEMES", "CodeScheme", "code_scheme"]

_BEIJING = {0: "{digits:6}", 1: "{parent:6}{digits:3}", 2: "{parent:9}{digits:3}"}
SCHEMES: Mapping[str, Mapping[int, str]] = {
    "DB11/T 2157-2023": {**_BEIJING, 3: "{parent:12}{number:3}"},
    "CJ/T 349-2010": {3: "{digits:6}{parent:12}{number:2}"},
}
"""Standard to its patterns by level.

DB11/T 2157-2023 (Beijing): 15 digits, 6 district + 3 subdistrict + 3 community + 3 sequence.
CJ/T 349-2010: 20 digits, 6 managed object (CJ/T 348) + 6 district + 3 subdistrict + 3 community
+ 2 sequence, "00" for an undivided community (§5).
"""


@dataclass(frozen=True)
class CodeScheme:
    """How the grids of each level are coded.

    Attributes
    ----------
    name
        Of the standard, or ``"own"``.
    patterns
        Level to pattern; other levels are not looked at.
    object_code
        The first six digits of CJ/T 349 codes, ``""`` for any.
    """

    name: str
    patterns: Mapping[int, CodePattern]
    object_code: str = ""


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _key(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).upper()
    return "".join(letter for letter in text if letter.isalnum())


def code_scheme(
    name: str, *, object_code: str = "", patterns: Mapping[int, str] | None = None
) -> CodeScheme:
    """Return a scheme by the name of its standard, or one's own.

    Parameters
    ----------
    name
        ``"DB11/T 2157-2023"`` or ``"CJ/T 349-2010"``, the year may be left out; or ``"own"``.
    object_code
        For CJ/T 349: the six digits of the managed object, with which new codes begin.
    patterns
        For ``"own"``: level to pattern (:func:`parse_pattern`).

    Raises
    ------
    FieldError
        There is no such scheme, a pattern cannot be read, or the object is not six digits.

    Examples
    --------
    >>> code_scheme("db11t2157").patterns[3].text
    '{parent:12}{number:3}'
    """
    if object_code and not (len(object_code) == 6 and _is_digits(object_code)):
        raise FieldError(_("The managed object of CJ/T 349 is six digits, such as 010100."))
    if _key(name) == "OWN" and patterns:
        parsed = {level: parse_pattern(text) for level, text in patterns.items()}
        return CodeScheme("own", parsed)
    for standard, texts in SCHEMES.items():
        if _key(name) in (_key(standard), _key(standard.rsplit("-", 1)[0])):
            filled = {
                level: parse_pattern(text.replace("{digits:6}{parent", object_code + "{parent"))
                if object_code
                else parse_pattern(text)
                for level, text in texts.items()
            }
            return CodeScheme(standard, filled, object_code)
    raise FieldError(
        _("There is no code scheme “{name}”; known are {names}, and own with patterns."),
        name=name[:40],
        names=", ".join(SCHEMES),
    )
