"""Rows of texts as a file holds them, before anybody knows which row is the header."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from geogrid.errors import LimitError
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = [
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Merge",
    "RawRows",
    "cell_text",
    "check_size",
    "clean_text",
    "is_inexact",
]

MOST_ROWS = 2_000_000
"""Rows a table may have, titles and header included."""
MOST_COLUMNS = 1_000
"""Columns a table may have."""

_EXACT_DIGITS = 1e15
_SPACE = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"
_TRICKS = ("'", "=")
_QUOTED_NUMBER = re.compile(r'^(?:\'(?=[\d+\-.=@])|="(?=[^"]*"$))')


@dataclass(frozen=True)
class Merge:
    """A block of merged cells: first and last row and column, from 0, both included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class RawRows:
    """A table as its file holds it.

    Attributes
    ----------
    rows
        Texts of each row; rows may differ in length, a missing cell is ``""``.
    numbers
        Number of each row in the file as people count it, from 1.
    source
        ``"utf-8"``, ``"gb18030"``, … for text; ``"xlsx"``, ``"xls"``, ``"html"``.
    sheet
        Name of the worksheet, ``""`` for text.
    merges
        Merged cells, in positions of `rows`.
    findings
        What was noticed.
    """

    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    source: str
    sheet: str = ""
    merges: Sequence[Merge] = ()
    findings: tuple[Finding, ...] = field(default=())


def clean_text(text: str) -> str:
    r"""Return a cell's text without outer spaces and without Excel's tricks for text.

    ``'0013`` and ``="0013"`` are how a number is kept as text; a trailing tab is how
    hotline systems do it.

    Examples
    --------
    >>> clean_text("'13800138000"), clean_text('="0013"'), clean_text(" 3号楼\t")
    ('13800138000', '0013', '3号楼')
    """
    stripped = text.strip(_SPACE)
    if stripped[:1] not in _TRICKS:
        return stripped
    trick = _QUOTED_NUMBER.match(stripped)
    if trick is None:
        return stripped
    return stripped[trick.end() :].removesuffix('"') if stripped[0] == "=" else stripped[1:]


def cell_text(value: object) -> str:
    """Return a spreadsheet's value as an office would write it.

    Whole numbers have no ``.0`` and no exponent, dates are ISO 8601.

    Examples
    --------
    >>> cell_text(440304001001.0), cell_text(114.05), cell_text(dt.datetime(2026, 3, 1, 8, 5))
    ('440304001001', '114.05', '2026-03-01 08:05:00')
    """
    match value:
        case None | str():
            return clean_text(value or "")
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number_text(value)
        case dt.datetime() | dt.timedelta():
            return _time_text(value)
    return str(value)


def _time_text(value: dt.datetime | dt.timedelta) -> str:
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return value.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M:%S")
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _number_text(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    text = repr(value)
    return format(value, ".15f").rstrip("0") if "e" in text and abs(value) < 1 else text


def is_inexact(value: object) -> bool:
    """Return whether a spreadsheet's number has more digits than Excel keeps (15)."""
    return isinstance(value, float) and value.is_integer() and abs(value) >= _EXACT_DIGITS


def check_size(rows: int, columns: int, name: str) -> None:
    """Raise :class:`LimitError` when a table is longer or wider than is read."""
    if rows > MOST_ROWS:
        raise LimitError(
            _("{file} has more than {limit} rows; split it."), file=name, limit=MOST_ROWS
        )
    if columns > MOST_COLUMNS:
        raise LimitError(
            _(
                "{file} has {columns} columns; at most {limit} are read. Delete the stray cells to"
                " the right of the table."
            ),
            file=name,
            columns=columns,
            limit=MOST_COLUMNS,
        )
