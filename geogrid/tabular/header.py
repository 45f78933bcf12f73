"""Which rows of an office's table are titles, which are the header, and what columns are called.

A list often begins with a title over its whole width and a line saying who filled it in;
its header may have two or three rows with merged cells (人员 over 姓名 and 电话).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from geogrid.fields import GRID_FIELDS, POINT_FIELDS, POST_FIELDS, UNIT_FIELDS, field_key
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.tabular.rows import RawRows

__all__ = ["Header", "find_header", "say_no_header"]

_LOOKED_AT = 25
_MOST_HEADER_ROWS = 3
_LONGEST_NAME = 40
_NUMBER = re.compile(r"[-+]?[\d.,:/\-\s%]+")
_REMARK = re.compile("[:：]")
_PERSONAL = ("holder", "phone", "deputy", "deputy_phone")


@dataclass(frozen=True)
class Header:
    """Where the header is and what it says.

    Attributes
    ----------
    first, last
        Positions of its first and last row; `last` is `first` − 1 when there is no header.
    names
        Name of each column, all different; as many as the table has columns.
    """

    first: int
    last: int
    names: tuple[str, ...]


@cache
def _known() -> frozenset[str]:
    vocabularies = (GRID_FIELDS, POINT_FIELDS, UNIT_FIELDS, POST_FIELDS)
    return frozenset(
        field_key(name) for words in vocabularies for names in words.values() for name in names
    )


@cache
def _personal() -> frozenset[str]:
    return frozenset(field_key(name) for field in _PERSONAL for name in POST_FIELDS[field])


def find_header(raw: RawRows) -> Header:
    """Find the header of a table that has at least one filled row.

    Without a row that looks like one, columns are called ``column_1`` … and every row is data.
    """
    width = _width(raw.rows)
    top = [_spread(raw, at, width) for at in range(min(len(raw.rows), _LOOKED_AT))]
    first = _first_row(raw, top, width)
    if first is None:
        return Header(0, -1, tuple(f"column_{at + 1}" for at in range(width)))
    last = _last_row(raw, top, first)
    return Header(first, last, _names(top[first : last + 1]))


def say_no_header(*, is_bare: bool) -> list[Finding]:
    """Return what is said when no row names the columns."""
    message = _("No row names the columns; they are numbered: column_1 …")
    return [Finding("no_header", message)] if is_bare else []


def _width(rows: Iterable[Sequence[str]]) -> int:
    """Return the number of columns up to the last one that is filled anywhere."""
    width = 0
    for row in rows:
        for at in range(len(row), width, -1):
            if row[at - 1]:
                width = at
                break
    return width


def _spread(raw: RawRows, at: int, width: int) -> list[str]:
    """Return a row with the text of merged cells in all their columns and rows."""
    row = [*raw.rows[at][:width], *([""] * (width - len(raw.rows[at])))]
    for merge in raw.merges:
        if merge.top <= at <= merge.bottom and merge.top < len(raw.rows):
            source = raw.rows[merge.top]
            text = source[merge.left] if merge.left < len(source) else ""
            for column in range(merge.left, min(merge.right + 1, width)):
                row[column] = row[column] or text
    return row


def _first_row(raw: RawRows, top: list[list[str]], width: int) -> int | None:
    """Return the first row that names columns: as a vocabulary does, else by its shape."""
    known = [sum(field_key(text) in _known() for text in set(row) if text) for row in top]
    best = max(known, default=0)
    if best >= 2 or (best == 1 and width <= 2):
        return _upper(raw, top, known.index(best))
    usual = _usual_width(raw.rows)
    for at, row in enumerate(top):
        filled = [text for text in row if text]
        is_wide = len(set(filled)) >= min(max(2, usual * 0.6), width)
        if is_wide:
            return at if all(map(_is_name, filled)) else None
    return None


def _upper(raw: RawRows, top: list[list[str]], at: int) -> int:
    """Return the first row of a header whose lower row was recognised (人员 over 姓名)."""
    for merge in raw.merges:
        if merge.top < at <= merge.bottom and merge.bottom - merge.top < _MOST_HEADER_ROWS:
            return merge.top
    if at and _completes(raw.rows[at - 1], raw.rows[at]):
        return at - 1
    above = {text for text in top[at - 1] if text} if at else set()
    groups = [merge for merge in raw.merges if merge.top == merge.bottom == at - 1]
    return at - 1 if at and groups and len(above) > 1 else at


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    counts = Counter(sum(map(bool, row)) for row in rows[: 4 * _LOOKED_AT] if any(row))
    return max(counts, key=lambda count: (counts[count], count), default=0)


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and not _NUMBER.fullmatch(text)


def _last_row(raw: RawRows, top: list[list[str]], first: int) -> int:
    """Return the last row of the header: as far as its merged cells reach."""
    last = first
    for merge in raw.merges:
        if merge.top == first:
            is_group = merge.right > merge.left and merge.bottom == first
            last = max(last, merge.bottom, first + 1 if is_group else first)
    if last == first and first + 1 < len(top) and _completes(raw.rows[first], raw.rows[first + 1]):
        last = first + 1
    last = min(last, first + _MOST_HEADER_ROWS - 1, len(top) - 1)
    lower = [text for row in top[first + 1 : last + 1] for text in row if text]
    return last if all(map(_is_name, lower)) else first


def _completes(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Return whether a second row fills exactly the gaps of the first: merged cells in a CSV."""
    width = _width([upper, lower])
    above, below = ([*row[:width], *([""] * (width - len(row)))] for row in (upper, lower))
    titles, parts = list(filter(None, above)), list(filter(None, below))
    if len(titles) < 2 or len(titles) == width or any(map(_REMARK.search, titles)):
        return False
    follows_gap = [at + 1 < width and not above[at + 1] for at in range(width)]
    fits = all(
        (bool(under) and at > 0) if not over else not under or follows_gap[at]
        for at, (over, under) in enumerate(zip(above, below, strict=True))
    )
    has_single = any(over and not under for over, under in zip(above, below, strict=True))
    is_known = any(field_key(name) in _known() for name in parts)
    return fits and (has_single or is_known) and all(map(_is_name, parts))


def _names(rows: list[list[str]]) -> tuple[str, ...]:
    """Join the rows of a header column by column and make the names different."""
    upper = _carried(rows)
    parts = [tuple(dict.fromkeys(filter(None, column))) for column in zip(*upper, strict=True)]
    last = Counter(column[-1] for column in parts if column)
    names: list[str] = []
    for at, column in enumerate(parts):
        name = _name(column, last) or f"column_{at + 1}"
        copies = 1
        unique = name
        while unique in names:
            copies += 1
            unique = f"{name} {copies}"
        names.append(unique)
    return tuple(names)


def _carried(rows: list[list[str]]) -> list[list[str]]:
    """Carry a group's title over its columns where the file does not say they are merged."""
    carried = [list(row) for row in rows]
    for above, below in pairwise(carried):
        for at in range(1, len(above)):
            if not above[at] and below[at]:
                above[at] = above[at - 1]
    return carried


def _name(column: tuple[str, ...], last: Counter[str]) -> str:
    """Return one name: joined, unless only its last part is a known and unmistakable field."""
    joined = " ".join(part.replace("\n", " ") for part in column)
    if len(column) < 2 or field_key(joined) in _known():
        return joined
    key = field_key(column[-1])
    is_plain = key in _known() and key not in _personal() and last[column[-1]] == 1
    return column[-1] if is_plain else joined
