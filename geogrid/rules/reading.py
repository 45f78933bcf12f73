"""Read a place profile from TOML. The file is not trusted: types, ranges and sizes are checked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from geogrid.errors import FieldError, FormatError, GeogridError, LimitError
from geogrid.i18n import mark as _
from geogrid.rules.builtin import builtin_profiles
from geogrid.rules.codes import CodeScheme, code_scheme
from geogrid.rules.patterns import parse_pattern
from geogrid.rules.profile import CodeRules, Profile, ShapeRules, SizeRule, StaffRule
from geogrid.rules.settings import MOST_ITEMS, Settings, Source, shown
from geogrid.vocabulary import LABELS, code_of

__all__ = ["find_profile", "parse_profile", "read_profile"]

_MOST_BYTES = 1_000_000
_LONGEST_LINE = 10_000  # dotted keys take time with the square of their length
_FINEST_LEVEL = 9
_MOST_PEOPLE = 1000
_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")


def find_profile(name: str | Path) -> Profile:
    """Return a profile by its file, or by the name of a built-in one where there is no file.

    Raises
    ------
    FormatError, FieldError, LimitError
        As :func:`read_profile`.
    """
    known = builtin_profiles()
    if str(name) in known and not Path(name).exists():
        return known[str(name)]
    return read_profile(name)


def read_profile(path: str | Path) -> Profile:
    """Read a place profile.

    Parameters
    ----------
    path
        A TOML file in UTF-8 of at most 1 MB, as ``geogrid rules init`` writes one.

    Returns
    -------
    Profile

    Raises
    ------
    FormatError
        There is no such file, or it is not TOML in UTF-8.
    FieldError
        A setting is unknown, of the wrong type or out of range: the message names it, the
        line and the fix.
    LimitError
        The file or one of its lines is too long.
    """
    file = Path(path)
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        names = ", ".join(builtin_profiles())
        raise FormatError(
            _(
                "The profile {file} cannot be opened. Give a file that “geogrid rules init”"
                " wrote, or one of: {names}."
            ),
            file=shown(file.name),
            names=names,
        ) from error
    if len(content) > _MOST_BYTES:
        message = _("The profile {file} is larger than {most} bytes.")
        raise LimitError(message, file=shown(file.name), most=f"{_MOST_BYTES:,}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = _("{file} is not in UTF-8; save it as UTF-8 in your editor.")
        raise FormatError(message, file=shown(file.name)) from error
    return parse_profile(text, file=file.name)


def parse_profile(text: str, *, file: str = "profile.toml") -> Profile:
    r"""Read a place profile from its text; see :func:`read_profile`.

    Examples
    --------
    >>> profile = parse_profile("[[size]]\nhouseholds = {min = 200, max = 500}")
    >>> profile.sizes[0].households
    Range(low=200, high=500)
    """
    name = shown(file)
    source = Source(name, text)
    settings = Settings(source, _toml(text, name))
    profile = Profile(
        name=settings.text("name", "own") or "own",
        default_kind=_kind(settings, "default_kind", settings.text("default_kind")),
        sizes=tuple(_size(each) for each in settings.tables("size")),
        staff=tuple(_staff(each) for each in settings.tables("staff")),
        shape=_shape(settings.table("shape")),
        no_vacancy=settings.flag("no_vacancy", True),
        one_community=settings.flag("one_community", True),
        community_level=settings.whole("community_level", 2, least=0, most=_FINEST_LEVEL) or 0,
        codes=_codes(settings.table("code")),
    )
    settings.finish()
    return profile


def _toml(text: str, name: str) -> dict[str, Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > _LONGEST_LINE:
            message = _("{file}, line {line} is longer than {most} characters; break it up.")
            raise LimitError(message, file=name, line=number, most=f"{_LONGEST_LINE:,}")
    try:
        return tomllib.loads(text + "\n")
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, name) from error
    except RecursionError as error:
        raise FormatError(_("{file} nests lists too deeply."), file=name) from error
    except ValueError as error:  # an integer of thousands of digits, the 31st of February
        message = _("{file} holds a number or date that cannot be one.")
        raise FormatError(message, file=name) from error


def _not_toml(error: tomllib.TOMLDecodeError, name: str) -> FormatError:
    """Return what to say of a text that is not TOML."""
    at, said = _POSITION.search(str(error)), str(error)
    if at and ("overwrite" in said or "declare" in said or "mutate" in said):
        message = _("{file}, line {line}: this setting stands there twice; keep one.")
        return FormatError(message, file=name, line=at[1])
    if at:
        message = _(
            "{file}, line {line}, column {column} is not TOML: write key = value, texts in"
            ' quotes "…", lists in [ ].'
        )
        return FormatError(message, file=name, line=at[1], column=at[2])
    message = _("{file} is not TOML: a quote or bracket is still open at its end.")
    return FormatError(message, file=name)


def _kind(settings: Settings, key: str, word: str) -> str:
    return _code(settings, key, "kind", word) if word else ""


def _code(settings: Settings, key: str, group: str, word: str) -> str:
    """Return the code of a kind or post; an office's own word is kept when it is no typo."""
    code = code_of(group, word)
    if code is None and (word.isascii() or not word.strip()):
        names = ", ".join(LABELS[group])
        message = _("{key}: “{value}” is unknown; known are {names}, or your own word in Chinese.")
        raise settings.wrong(key, message, value=shown(word), names=names)
    return code or word


def _scope(settings: Settings) -> dict[str, Any]:
    levels = settings.wholes("levels", least=0, most=_FINEST_LEVEL)
    kinds = tuple(_kind(settings, "kinds", word) for word in settings.texts("kinds"))
    return {"levels": levels, "kinds": kinds}


def _size(settings: Settings) -> SizeRule:
    rule = SizeRule(
        **_scope(settings),
        households=settings.range("households"),
        people=settings.range("people"),
        area_km2=settings.range("area_km2"),
    )
    settings.finish()
    return rule


def _staff(settings: Settings) -> StaffRule:
    scope, posts = _scope(settings), settings.texts("posts")
    if not posts:
        message = _('{key} is missing; write which posts count, such as posts = ["leader"].')
        raise settings.wrong("posts", message)
    rule = StaffRule(
        **scope,
        posts=tuple(_code(settings, "posts", "post", word) for word in posts),
        at_least=settings.whole("at_least", 1, least=0, most=_MOST_PEOPLE) or 0,
        most_grids=settings.whole("most_grids", None, least=1, most=MOST_ITEMS),
    )
    settings.finish()
    return rule


def _shape(settings: Settings) -> ShapeRules:
    default = ShapeRules()
    rules = ShapeRules(
        one_part=settings.flag("one_part", default.one_part),
        compactness=settings.number("compactness", default.compactness, most=1.0),
    )
    settings.finish()
    return rules


def _codes(settings: Settings) -> CodeRules:
    rules = CodeRules(
        scheme=_scheme(settings),
        in_order=settings.flag("in_order", False),
        retired=frozenset(settings.texts("retired", most=MOST_ITEMS)),
    )
    settings.finish()
    return rules


def _scheme(settings: Settings) -> CodeScheme | None:
    name, object_code = settings.text("scheme", "none"), settings.text("object")
    texts = settings.table("patterns")
    patterns = {
        _level(texts, key): texts.text(key)
        for key in texts.keys()  # noqa: SIM118 - no mapping
    }
    _check_scheme(settings, name, object_code, patterns)
    if name == "none":
        return None
    for level, text in patterns.items():
        try:
            parse_pattern(text)
        except FieldError as error:
            raise texts.wrong(str(level), error.message, **_shown_params(error)) from error
    try:
        return code_scheme(name, object_code=object_code, patterns=patterns)
    except FieldError as error:
        key = "object" if object_code else "scheme"
        raise settings.wrong(key, error.message, **_shown_params(error)) from error


def _check_scheme(
    settings: Settings, name: str, object_code: str, patterns: dict[int, str]
) -> None:
    """Raise where settings do not go together, so that none is passed over in silence."""
    if name == "own" and not patterns:
        message = _(
            '{key} is own: write [code.patterns] and below it 3 = "{{parent}}{{number:3}}".'
        )
        raise settings.wrong("scheme", message)
    if name != "own" and patterns:
        message = _('{key} counts only with scheme = "own"; change the scheme or remove them.')
        raise settings.wrong("patterns", message)
    if object_code and not name.startswith("CJ/T 349"):
        message = _('{key} counts only with scheme = "CJ/T 349-2010"; remove it.')
        raise settings.wrong("object", message)


def _shown_params(error: GeogridError) -> dict[str, object]:
    return {
        name: shown(value) if isinstance(value, str) and name != "names" else value
        for name, value in error.params.items()
    }


def _level(settings: Settings, key: str) -> int:
    if len(key) != 1 or key not in "0123456789":
        message = _("{key}: patterns are written by level: 3 for grids, 4 for micro-grids.")
        raise settings.wrong(key, message)
    return int(key)
