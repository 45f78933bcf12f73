"""A portion of a text table as columns, split where it can be without a loop over its rows.

Arrow's kernels split lines that hold a cell per delimiter; lines with quotation marks, or
with more or fewer cells than there are columns, go through Python's ``csv``, and so does a
whole portion in which a cell goes over several lines.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geogrid.tabular.delimited import damaged, is_swallowed
from geogrid.tabular.rows import clean_text

__all__ = ["Layout", "SwallowedError", "TextPortion", "record_text", "split_portion"]

_END = "end"
_LINE_END = "\r\n"  # a cell is quoted where it holds one of its characters
_LONGEST_CELL = 1 << 20
_SPACE = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"
_TRICK = "^['=]"


class SwallowedError(Exception):
    """A quotation mark that is never closed has swallowed many lines."""


@dataclass(frozen=True)
class Layout:
    """How a text table is written.

    Attributes
    ----------
    name : of the file, for messages
    encoding, delimiter
    quoting : as the module ``csv`` calls it
    names : of the columns
    start : where the first row of data begins, in bytes
    is_bare : whether no row names the columns
    is_whole : whether all of it can be decoded
    """

    name: str
    encoding: str
    delimiter: str
    quoting: Literal[0, 3]
    names: tuple[str, ...]
    start: int
    is_bare: bool = False
    is_whole: bool = False


@dataclass(frozen=True, eq=False)
class TextPortion:
    """Some rows of a text table.

    Attributes
    ----------
    names : of the columns
    lines : (p,) the records that Arrow split, as texts with commas
    odd : (q,) which rows, of p + q, the others are
    odd_rows : (q,) cells of each of them, as many as there are columns or more; none of a
        blank line
    end : where the next portion begins in the file
    """

    names: tuple[str, ...]
    lines: pa.StringArray
    odd: np.ndarray[tuple[int], np.dtype[np.int64]]
    odd_rows: list[list[str]]
    end: int = 0

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.lines) + len(self.odd_rows)

    def column(self, name: str) -> pa.StringArray:
        """Return the texts of a column as they are."""
        at = self.names.index(name)
        rows = [row[at] if row else "" for row in self.odd_rows]
        return self._merged(pc.list_element(self._cells, at), rows)

    def texts(self, name: str) -> pa.StringArray:
        """Return the texts of a column without outer spaces and Excel's tricks."""
        plain = pc.utf8_trim(self.column(name), _SPACE)
        tricky = pc.match_substring_regex(plain, _TRICK)
        if not pc.any(tricky).as_py():
            return plain
        cleaned = [clean_text(text) for text in plain.filter(tricky).to_pylist()]
        return pc.replace_with_mask(plain, tricky, pa.array(cleaned, pa.string()))

    def table(self) -> pa.Table:
        """Return all columns."""
        return pa.table([self.column(name) for name in self.names], names=list(self.names))

    def records(self) -> pa.StringArray:
        """Return the rows as they stand in a file with commas."""
        width = len(self.names)
        blank = [""] * width
        odd = [record_text(row[:width] or blank) for row in self.odd_rows]
        return self._merged(self.lines, odd)

    def first(self, count: int) -> TextPortion:
        """Return the first rows."""
        odd = self.odd[self.odd < count]
        left = count - len(odd)
        rows = self.odd_rows[: len(odd)]
        return TextPortion(self.names, self.lines[:left], odd, rows, self.end)

    def filled_width(self) -> int:
        """Return up to which column a cell is filled, at least the number of columns."""
        width = len(self.names)
        for row in self.odd_rows:
            for at in range(len(row), width, -1):
                if clean_text(row[at - 1]):
                    width = at
                    break
        return width

    def written_rows(self) -> int:
        """Return how many rows there are up to the last line that is not blank."""
        is_written = np.zeros(self.count, np.bool_)
        is_written[self._plain_places] = np.asarray(pc.not_equal(self.lines, ""))
        is_written[self.odd] = [bool(row) for row in self.odd_rows]
        return int(np.flatnonzero(is_written)[-1]) + 1 if is_written.any() else 0

    @cached_property
    def _plain_places(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """(p,) which rows Arrow split."""
        is_plain = np.ones(self.count, np.bool_)
        is_plain[self.odd] = False
        return np.flatnonzero(is_plain)

    @cached_property
    def _cells(self) -> pa.ListArray:
        """(p,) cells of `lines`."""
        return pc.split_pattern(self.lines, ",")

    def _merged(self, plain: pa.StringArray, others: Sequence[str]) -> pa.StringArray:
        if not others:
            return plain
        order = np.empty(self.count, np.int64)
        order[self._plain_places] = np.arange(len(plain))
        order[self.odd] = np.arange(len(plain), self.count)
        return pa.concat_arrays([plain, pa.array(others, pa.string())]).take(order)


class _Written(list[str]):
    """What a ``csv.writer`` writes, a text for each record."""

    write = list.append


def record_text(cells: Sequence[object]) -> str:
    """Return one record of a CSV file, without the line's end.

    Examples
    --------
    >>> record_text(["甲,乙", 3, ""])
    '"甲,乙",3,'
    """
    written = _Written()
    csv.writer(written, lineterminator=_LINE_END).writerow(cells)
    return written[0].removesuffix(_LINE_END)


def split_portion(data: bytes, layout: Layout, more: Callable[[], bytes]) -> TextPortion:
    """Split a portion that begins with a record and ends with a line.

    Parameters
    ----------
    data : of the file
    layout : of the file
    more : returns the next line of it, ``b""`` at the end; asked where a cell goes on

    Raises
    ------
    FormatError
        It cannot be parsed.
    SwallowedError
        A quotation mark is never closed.
    """
    csv.field_size_limit(_LONGEST_CELL)
    is_utf8 = layout.is_whole and layout.encoding == "utf-8"
    text = data if is_utf8 else data.decode(layout.encoding, errors="replace").encode()
    has_marks = layout.quoting == csv.QUOTE_MINIMAL and b'"' in text
    if b"\r" in text and text.count(b"\r") != text.count(b"\r\n"):
        if has_marks:
            return _by_record(text.decode(), layout, more)
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = _lines(text)
    is_odd = pc.not_equal(pc.count_substring(lines, layout.delimiter), len(layout.names) - 1)
    if b'"' in text:
        is_odd = pc.or_(is_odd, pc.match_substring(lines, '"'))
    if layout.delimiter != ",":
        is_odd = pc.or_(is_odd, pc.match_substring(lines, ","))
    given = lines.filter(is_odd).to_pylist()
    rows = _parsed([*given, _END], layout)
    if len(rows) <= len(given) or rows[-1] != [_END]:
        return _by_record(text.decode(), layout, more)
    is_plain = pc.invert(is_odd)
    plain = lines.filter(is_plain)
    if layout.delimiter != ",":
        plain = pc.replace_substring(plain, layout.delimiter, ",")
    odd = np.flatnonzero(np.asarray(is_odd))
    return TextPortion(layout.names, plain, odd, _padded(rows[:-1], layout))


def _lines(text: bytes) -> pa.StringArray:
    lines = pc.split_pattern(pa.array([text], pa.string()), "\n").flatten()
    if text.endswith(b"\n"):
        lines = lines[:-1]
    return pc.utf8_rtrim(lines, "\r") if b"\r" in text else lines


def _parsed(lines: Sequence[str], layout: Layout) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=layout.delimiter, quoting=layout.quoting))
    except csv.Error as error:
        raise damaged(layout.name, error) from error


def _padded(rows: list[list[str]], layout: Layout) -> list[list[str]]:
    width = len(layout.names)
    return [[] if _is_blank(row, width) else row + [""] * (width - len(row)) for row in rows]


def _is_blank(row: list[str], width: int) -> bool:
    return not row or (width > 1 and len(row) == 1 and not clean_text(row[0]))


def _by_record(text: str, layout: Layout, more: Callable[[], bytes]) -> TextPortion:
    """Split record by record; the last one may go on beyond the portion."""
    lines = list(io.StringIO(text, newline=""))
    taken = 0

    def given() -> Iterator[str]:
        nonlocal taken
        while taken < len(lines) or (further := more()):
            if taken == len(lines):
                lines.extend(io.StringIO(further.decode(layout.encoding, "replace"), newline=""))
            taken += 1
            yield lines[taken - 1]

    rows = []
    reader = csv.reader(given(), delimiter=layout.delimiter, quoting=layout.quoting)
    try:
        for row in reader:
            rows.append(row)
            if is_swallowed(row):
                raise SwallowedError
            if taken >= len(lines):
                break
    except csv.Error as error:
        raise damaged(layout.name, error) from error
    none = pa.array([], pa.string())
    return TextPortion(layout.names, none, np.arange(len(rows)), _padded(rows, layout))
