"""Put cells behind the rows of a worksheet by splicing its XML: every other byte stays.

openpyxl reads a workbook into objects and writes what it knows of them, without charts, pictures
and much else, and takes a minute for a list of 50,000 rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from geogrid.tabular.workbook import escaped_text, plain_cell, plain_text

__all__ = ["LAST_COLUMN", "UnsoundError", "Worksheet", "cell_xml", "column_letters"]

LAST_COLUMN = 16_384
"""Columns a worksheet has."""

_ATTRIBUTES = rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*"
_SKIPPED = rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
_ROWS = re.compile(
    _SKIPPED + rb"|<(/?)((?:[\w.\-]+:)?)(row|sheetData)(?=[\s/>])(" + _ATTRIBUTES + rb")>", re.S
)
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
_SPANS = re.compile(rb"(\bspans\s*=\s*[\"']\d+:)(\d+)(?=[\"'])")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})\d{1,7}[\"']")
_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d+)[\"']")
_DIMENSION = re.compile(rb"(<(?:[\w.\-]+:)?dimension\s+ref\s*=\s*[\"'][A-Z]+\d+:)([A-Z]+)(?=\d+)")
_COLUMNS = re.compile(rb"<(?:[\w.\-]+:)?cols\s*>(.*?)</(?:[\w.\-]+:)?cols\s*>", re.S)
_COLUMN = re.compile(rb"<(?:[\w.\-]+:)?col(?=\s)" + _ATTRIBUTES + rb">")
_EDGE = {name: re.compile(rb"\b" + name + rb"\s*=\s*[\"'](\d+)[\"']") for name in (b"min", b"max")}
_MERGED = re.compile(
    rb"<(?:[\w.\-]+:)?mergeCell\s+ref\s*=\s*[\"']\$?[A-Z]+\$?(\d+):\$?([A-Z]+)\$?(\d+)[\"']"
)

Styled = Callable[[int | None], int | None]
"""From the style of a cell beside to that of a new one; None is none."""


class UnsoundError(Exception):
    """The XML is not what the format says."""


class _Row(NamedTuple):
    """Where the tag of a row begins and ends, and where its closing one begins."""

    number: int
    start: int
    inside: int
    end: int


class _Cell(NamedTuple):
    column: int
    start: int
    style: int | None
    is_filled: bool


def column_letters(column: int) -> str:
    """Return what Excel calls a column, counted from 1.

    Examples
    --------
    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=LAST_COLUMN)
def _column(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


def cell_xml(prefix: str, reference: str, value: Any, style: int | None) -> str:
    """Return a cell; text is never a formula and is kept where it stands, nothing is an empty one.

    Parameters
    ----------
    prefix : of the sheet's namespace, with its colon
    reference : ``"A1"``
    value : text, number, truth or None
    style : position in the workbook's styles, None for the plain one
    """
    dressed = "" if style is None else f' s="{style}"'
    if isinstance(value, str):
        return f'<{prefix}c r="{reference}"{dressed}{_text_xml(prefix, value)}'
    plain = plain_cell(value)
    if plain is None or isinstance(plain, str):
        return f'<{prefix}c r="{reference}"{dressed}{_text_xml(prefix, plain or "")}'
    return f'<{prefix}c r="{reference}"{dressed}><{prefix}v>{plain!r}</{prefix}v></{prefix}c>'


@lru_cache(maxsize=1 << 15)  # names of grids come again and again
def _text_xml(prefix: str, value: str) -> str:
    """Return the rest of a cell with a text."""
    text = escape(escaped_text(plain_text(value)))
    if not text:
        return "/>"
    kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return (
        f' t="inlineStr"><{prefix}is><{prefix}t{kept}>{text}</{prefix}t></{prefix}is></{prefix}c>'
    )


@dataclass(frozen=True)
class Worksheet:
    """The XML of a worksheet, cut at its rows.

    Attributes
    ----------
    xml : as it is in the workbook, UTF-8
    prefix : of its elements, with the colon
    rows : by number
    body : where its rows begin
    """

    xml: bytes
    prefix: str
    rows: Mapping[int, _Row]
    body: int

    @classmethod
    def read(cls, xml: bytes) -> Worksheet:
        """Find the rows.

        Raises
        ------
        UnsoundError
            The XML is not UTF-8 or has no rows.
        """
        if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in xml[:200]:
            raise UnsoundError
        rows: dict[int, _Row] = {}
        prefix, body, number = "", -1, 0
        opened: tuple[int, int] | None = None
        for found in _ROWS.finditer(xml):
            closing, qualifier, tag, attributes = found.groups()
            if tag == b"sheetData":
                if closing:
                    break
                prefix, body = qualifier.decode(), found.start()
            elif tag == b"row" and body >= 0:
                if closing and opened:
                    rows[number] = _Row(number, *opened, found.start())
                    continue
                said = _NUMBER.search(attributes)
                number = int(said[1]) if said else number + 1
                opened = found.start(), found.end()
                if attributes.endswith(b"/"):
                    rows[number] = _Row(number, *opened, -1)
        if body < 0:
            raise UnsoundError
        return cls(xml, prefix, rows, body)

    @cached_property
    def _cell_tag(self) -> re.Pattern[bytes]:
        return re.compile(b"<" + re.escape(self.prefix.encode()) + rb"c(?=[\s/>])([^>]*)>")

    def _cells(self, row: _Row) -> list[_Cell]:
        if row.end < 0:
            return []
        cells: list[_Cell] = []
        for found in self._cell_tag.finditer(self.xml, row.inside, row.end):
            cells.append(self._cell(found, cells[-1].column if cells else 0))
        return cells

    def _cell(self, found: re.Match[bytes], before: int) -> _Cell:
        """Return what a tag says; a cell without a reference is next to the one before."""
        said = _REFERENCE.search(found[1])
        style = _STYLE.search(found[1])
        is_empty = found[1].endswith(b"/") or self.xml.startswith(b"</", found.end())
        return _Cell(
            _column(said[1]) if said else before + 1,
            found.start(),
            int(style[1]) if style else None,
            not is_empty,
        )

    def _last_cells(self, row: _Row, before: int) -> list[_Cell]:
        """Return the last cell alone where that is before a column, else all cells."""
        if row.end < 0:
            return []
        start = self.xml.rfind(f"<{self.prefix}c ".encode(), row.inside, row.end)
        found = self._cell_tag.match(self.xml, start) if start >= 0 else None
        if found and _REFERENCE.search(found[1]):
            last = self._cell(found, 0)
            if last.column < before:
                return [last]
        return self._cells(row)

    def free_column(self, width: int, first_row: int) -> int:
        """Return the first column, from 1, with nothing in it or right of it.

        Parameters
        ----------
        width : of the table
        first_row : where merged cells are in the way from
        """
        used = width
        for row in self.rows.values():
            cells = reversed(self._last_cells(row, used + 1))
            used = max(used, next((cell.column for cell in cells if cell.is_filled), 0))
        for _top, right, bottom in _MERGED.findall(self.xml, self.body):
            if int(bottom) >= first_row:
                used = max(used, _column(right))
        return used + 1

    def with_cells(
        self,
        first: int,
        records: Mapping[int, Sequence[Any]],
        widths: Sequence[float],
        styled: Styled,
    ) -> Iterable[bytes]:
        """Yield the XML with the values of each row from a column on.

        Parameters
        ----------
        first : column, from 1, at which and right of which there is nothing
        records : values by number of the row
        widths : of the new columns, in characters
        styled : gives the new cells' style

        Raises
        ------
        UnsoundError
            A row does not exist.
        """
        last = first + len(widths) - 1
        letters = [column_letters(column) for column in range(first, last + 1)]
        yield self._head(first, widths)
        at = self.body
        for number, record in records.items():
            row = self.rows.get(number)
            if row is None or row.start < at:
                raise UnsoundError
            yield self.xml[at : row.start]
            yield _SPANS.sub(rb"\g<1>%d" % last, self.xml[row.start : row.inside])[
                : -2 if row.end < 0 else None
            ]
            at = yield from self._spliced(row, first, last, letters, record, styled)
        yield self.xml[at:]

    def _spliced(
        self,
        row: _Row,
        first: int,
        last: int,
        letters: Sequence[str],
        record: Sequence[Any],
        styled: Styled,
    ) -> Any:
        """Yield what is inside a row with new cells; return where the XML goes on."""
        cells = self._last_cells(row, first)
        left = [cell for cell in cells if cell.column < first]
        after = [cell.start for cell in cells if cell.column > last]
        beside = [cell.start for cell in cells if cell.column >= first]
        style = styled(left[-1].style if left else None)
        made = [
            cell_xml(self.prefix, f"{letter}{row.number}", value, style)
            for letter, value in zip(letters, record, strict=True)
        ]
        text = "".join(made).encode()
        if row.end < 0:
            yield b">" + text + f"</{self.prefix}row>".encode()
            return row.inside
        yield self.xml[row.inside : beside[0] if beside else row.end]
        yield text
        return after[0] if after else row.end

    def _head(self, first: int, widths: Sequence[float]) -> bytes:
        """Return what is before the rows, with the new columns' widths."""
        head = self.xml[: self.body]
        last = first + len(widths) - 1
        known = _DIMENSION.search(head)
        if known and _column(known[2]) < last:
            head = head[: known.start(2)] + column_letters(last).encode() + head[known.end(2) :]
        made = [
            (at, f'<{self.prefix}col min="{at}" max="{at}" width="{width}" customWidth="1"/>')
            for at, width in enumerate(widths, first)
        ]
        new = [(at, text.encode()) for at, text in made]
        found = _COLUMNS.search(head)
        if found is None:
            inner = b"".join(text for _at, text in new)
            return head + f"<{self.prefix}cols>".encode() + inner + f"</{self.prefix}cols>".encode()
        kept = [piece for tag in _COLUMN.findall(found[1]) for piece in _outside(tag, first, last)]
        inner = b"".join(text for _at, text in sorted([*kept, *new]))
        return head[: found.start(1)] + inner + head[found.end(1) :]


def _outside(tag: bytes, first: int, last: int) -> list[tuple[int, bytes]]:
    """Return what is said of columns before and after some, by first column."""
    edges = {name: pattern.search(tag) for name, pattern in _EDGE.items()}
    low, high = edges[b"min"], edges[b"max"]
    if low is None or high is None:
        raise UnsoundError
    left, right = int(low[1]), int(high[1])
    if right < first or left > last:
        return [(left, tag)]
    kept = [(left, _edged(tag, left, first - 1))] if left < first else []
    return [*kept, *([(last + 1, _edged(tag, last + 1, right))] if right > last else [])]


def _edged(tag: bytes, left: int, right: int) -> bytes:
    for name, edge in ((b"min", left), (b"max", right)):
        tag = _EDGE[name].sub(name + b'="%d"' % edge, tag)
    return tag
