"""Settings of a TOML table, taken out one by one: wrong ones are named with line and fix."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from geogrid.errors import FieldError, GeogridError
from geogrid.i18n import mark as _
from geogrid.rules.profile import Range

__all__ = ["Settings", "Source", "shown"]

LONGEST_TEXT = 100
MOST_ITEMS = 100_000
_LARGEST = 1e9
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]{1,100}?)\s*\]")
_KEY = re.compile(r"^\s*[\"']?([^\"'=\s]{1,100})[\"']?\s*=")
_Path = tuple[str | int, ...]


def shown(value: object) -> str:
    r"""Return a value of a hostile file short, and without what would steer a terminal.

    Examples
    --------
    >>> shown("a\x1b[31m")
    'a�[31m'
    """
    text = str(value)[:40]
    return "".join(letter if letter.isprintable() else "�" for letter in text)


class Source:
    """The file that settings come from, to say where a wrong one stands."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.splitlines()

    def problem(self, path: _Path, reason: GeogridError) -> FieldError:
        """Return the error to raise for the setting at `path`."""
        line = self._line(path)
        if line is None:
            return FieldError(_("{file}: {reason}"), file=self._file, reason=reason)
        message = _("{file}, line {line}: {reason}")
        return FieldError(message, file=self._file, line=line, reason=reason)

    def _line(self, path: _Path) -> int | None:
        """Return the line of a setting, else that of the table it belongs to."""
        best: int | None = None
        here: _Path = ()
        counts: dict[str, int] = {}
        for number, text in enumerate(self._lines, start=1):
            header, key = _HEADER.match(text), _KEY.match(text)
            if header:
                here = tuple(header[2].split("."))
                if header[1] == "[[":
                    counts[header[2]] = counts.get(header[2], -1) + 1
                    here = (*here, counts[header[2]])
            place = (*here, key[1]) if key and not header else here
            if place == path:
                return number
            if place and place == path[: len(place)]:
                best = number
        return best


class Settings:
    """One table of a profile.

    Parameters
    ----------
    source : where it comes from
    table : as ``tomllib`` read it
    path : of the table in the file
    """

    def __init__(self, source: Source, table: Mapping[str, Any], path: _Path = ()) -> None:
        self._source, self._table, self._path = source, table, path
        self._known: list[str] = []

    def wrong(self, key: str, message: str, **params: object) -> FieldError:
        """Return the error to raise for the setting `key`."""
        name = ".".join(str(step) for step in (*self._path, key) if isinstance(step, str))
        reason = GeogridError(message, key=shown(name), **params)
        return self._source.problem((*self._path, key), reason)

    def take(self, key: str) -> Any:
        """Return a value as it is, None where it is not set."""
        self._known.append(key)
        return self._table.get(key)

    def text(self, key: str, default: str = "") -> str:
        """Return a text of at most 100 printable characters."""
        value = self.take(key)
        if value is None:
            return default
        return self._as_text(key, value)

    def _as_text(self, key: str, value: object) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
            raise self.wrong(
                key,
                _("{key} must be a text in quotes of at most {most} characters, not {value}."),
                most=LONGEST_TEXT,
                value=shown(value),
            )
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            message = _("{key} must be true or false, not {value}.")
            raise self.wrong(key, message, value=shown(value))
        return value

    def number(self, key: str, default: float, *, most: float) -> float:
        """Return a number from 0 to `most`."""
        value = self.take(key)
        return default if value is None else self._as_number(key, value, most)

    def _as_number(self, key: str, value: object, most: float) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0.0 <= value <= most:  # type: ignore[operator]
            message = _("{key} must be a number from 0 to {most}, not {value}.")
            raise self.wrong(key, message, most=f"{most:g}", value=shown(value))
        assert isinstance(value, int | float)
        return value

    def whole(self, key: str, default: int | None, *, least: int, most: int) -> int | None:
        """Return a whole number from `least` to `most`."""
        value = self.take(key)
        return default if value is None else self._as_whole(key, value, least, most)

    def _as_whole(self, key: str, value: object, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(
                key,
                _("{key} must be a whole number from {least} to {most}, not {value}."),
                least=least,
                most=most,
                value=shown(value),
            )
        return value

    def texts(self, key: str, *, most: int = 100) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self._as_text(key, item) for item in self._items(key, most))

    def wholes(self, key: str, *, least: int, most: int) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        return tuple(self._as_whole(key, item, least, most) for item in self._items(key, 100))

    def _items(self, key: str, most: int) -> list[Any]:
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most:
            message = _("{key} must be a list in square brackets of at most {most} items.")
            raise self.wrong(key, message, most=f"{most:,}")
        return value

    def range(self, key: str) -> Range | None:
        """Return ``{min = 200, max = 500}``; either end may be left out."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, dict) or not value or not set(value) <= {"min", "max"}:
            message = _("{key} must be written {{min = 200, max = 500}}; one end may be left out.")
            raise self.wrong(key, message)
        ends = [
            None if end not in value else self._as_number(key, value[end], _LARGEST)
            for end in ("min", "max")
        ]
        low, high = ends
        if low is not None and high is not None and low > high:
            message = _("In {key} the min {low} is larger than the max {high}; swap them.")
            raise self.wrong(key, message, low=f"{low:g}", high=f"{high:g}")
        return Range(low, high)

    def table(self, key: str) -> Settings:
        """Return a table ``[key]``; an empty one where there is none."""
        value = self.take(key)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(key, _("{key} must be a table: a line [{key}], its settings below."))
        return Settings(self._source, value or {}, (*self._path, key))

    def tables(self, key: str) -> list[Settings]:
        """Return the tables ``[[key]]``."""
        value = self.take(key)
        if value is None:
            return []
        is_list = isinstance(value, list) and all(isinstance(item, dict) for item in value)
        if not is_list or len(value) > 100:
            message = _("{key} must be tables, at most 100: lines [[{key}]], settings below each.")
            raise self.wrong(key, message)
        return [
            Settings(self._source, item, (*self._path, key, at)) for at, item in enumerate(value)
        ]

    def keys(self) -> list[str]:
        """Return the keys that are set."""
        return list(self._table)

    def finish(self) -> None:
        """Raise for the first setting that nobody asked for."""
        for key in self._table:
            if key in self._known:
                continue
            near = difflib.get_close_matches(key[:LONGEST_TEXT], self._known, n=1)
            if near:
                message = _("There is no setting {key}; did you mean {near}?")
                raise self.wrong(key, message, near=near[0])
            message = _("There is no setting {key}; known here are: {names}.")
            raise self.wrong(key, message, names=", ".join(self._known))
