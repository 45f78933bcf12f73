"""Text tables of any length: looked through once, then read portion by portion."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from os import SEEK_END
from pathlib import Path
from typing import IO, Literal

import numpy as np
import pyarrow as pa

from geogrid.batch.text_portion import Layout, SwallowedError, TextPortion, split_portion
from geogrid.errors import FormatError, LimitError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.tabular.delimited import (
    damage_found,
    damaged,
    find_delimiter,
    parse_rows,
    stray_quote,
)
from geogrid.tabular.header import find_header, say_no_header
from geogrid.tabular.rows import RawRows, check_size, clean_text

__all__ = ["PORTION_BYTES", "TextSource", "open_text"]

PORTION_BYTES = 16 << 20
"""How much of a file is taken at a time; a part of the output comes of each."""

_HEAD_BYTES = 1 << 20
_BLOCK_BYTES = 4 << 20
_LONGEST_LINE = 16 << 20
_LINE_END = re.compile(rb"\r\n|\n|\r")
_IS_CONTROL = np.isin(np.arange(256), [*range(9), *range(0x0E, 0x1F), 0x7F])
_DAMAGED = "\ufffd"


@dataclass(frozen=True)
class TextSource:
    """A text table whose rows are known to be readable.

    Attributes
    ----------
    path
    layout : how it is written
    rows : up to the last line that is not blank
    findings : what was noticed
    """

    path: Path
    layout: Layout
    rows: int
    findings: tuple[Finding, ...]
    geometry = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.layout.names

    @property
    def files(self) -> tuple[Path, ...]:
        """The one file."""
        return (self.path,)

    @property
    def schema(self) -> pa.Schema:
        """All columns are texts."""
        return pa.schema([(name, pa.string()) for name in self.names])

    @property
    def first(self) -> int:
        """Where the first portion begins."""
        return self.layout.start

    @property
    def portion(self) -> int:
        """How large portions are."""
        return PORTION_BYTES

    def portions(self, start: int, done: int) -> Iterator[TextPortion]:
        """Yield the rows from a place in the file, before which `done` rows stand."""
        for portion in _portions(self.path, self.layout, start):
            left = self.rows - done
            yield portion if portion.count <= left else portion.first(left)
            done += portion.count
            if done >= self.rows:
                return


def open_text(path: Path) -> TextSource:
    """Look a text table through: encoding, delimiter, header, number of rows, damage.

    Raises
    ------
    FormatError
        It is no table, damaged, or has no rows.
    LimitError
        Too many columns.
    """
    encoding, is_whole, findings = _encoding(path)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
    try:
        layout, rows = _surveyed(path, encoding, quoting, is_whole=is_whole)
    except SwallowedError:
        layout, rows = _surveyed(path, encoding, csv.QUOTE_NONE, is_whole=is_whole)
        findings += (stray_quote(),)
    if not rows:
        raise FormatError(_("{file} has no rows."), file=path.name)
    return TextSource(path, layout, rows, (*findings, *say_no_header(is_bare=layout.is_bare)))


def _encoding(path: Path) -> tuple[str, bool, tuple[Finding, ...]]:
    """Return the encoding, whether it fits all bytes, and what to say of damage.

    It is the one that :func:`geogrid.tabular.delimited.decode` chooses.
    """
    counted = {}
    for encoding in ("utf-8", "gb18030"):
        counted[encoding] = _damage(path, encoding)
        if not counted[encoding][0]:
            break
    best = min(counted, key=lambda each: counted[each][0])
    cut, odd, characters = counted[best]
    return best, not cut, damage_found(cut + odd, characters, path.name)


def _damage(path: Path, encoding: str) -> tuple[int, int, int]:
    """Return the bytes that are not text, the characters that say so, and all characters."""
    strict = codecs.getincrementaldecoder(encoding)()
    lenient = codecs.getincrementaldecoder(encoding)("replace")
    cut = odd = characters = 0
    block = b"-"
    with path.open("rb") as file:
        while block:
            block = file.read(_BLOCK_BYTES)  # at the end b"", which a character may not be cut by
            odd += int(np.count_nonzero(_IS_CONTROL[np.frombuffer(block, np.uint8)]))
            text, said = _decoded(block, strict, lenient)
            characters += len(text)
            cut += said
            odd += text.count(_DAMAGED) - said
    return cut, odd, characters


def _decoded(
    block: bytes, strict: codecs.IncrementalDecoder, lenient: codecs.IncrementalDecoder
) -> tuple[str, int]:
    """Return a block's text and how many characters of it are in place of damage."""
    state = strict.getstate()
    lenient.setstate(state)
    try:
        return strict.decode(block, final=not block), 0
    except UnicodeDecodeError:
        text = lenient.decode(block, final=not block)
        strict.setstate(lenient.getstate())
        return text, max(1, text.count(_DAMAGED))


def _surveyed(
    path: Path, encoding: str, quoting: Literal[0, 3], *, is_whole: bool
) -> tuple[Layout, int]:
    """Return how a table is written, wide enough for all rows, and how many it has."""
    layout = replace(_layout(path, encoding, quoting), is_whole=is_whole)
    rows = written = 0
    width = len(layout.names)
    for portion in _portions(path, layout, layout.start):
        last = portion.written_rows()
        written = rows + last if last else written
        rows += portion.count
        width = max(width, portion.filled_width())
    if width > len(layout.names):
        wide = _layout(path, encoding, quoting, width=width)
        layout = replace(wide, is_whole=is_whole)
    check_size(0, width, path.name)
    return layout, written


def _layout(path: Path, encoding: str, quoting: Literal[0, 3], *, width: int = 0) -> Layout:
    """Find delimiter and header in the beginning of a file."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if len(head) == _HEAD_BYTES:
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    mark = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    text = head[mark:].decode(encoding, "replace")
    delimiter, table = find_delimiter(text, path.name)
    try:
        rows, numbers = parse_rows(table, delimiter, quoting)
    except csv.Error as error:
        raise damaged(path.name, error) from error
    cleaned = [[clean_text(cell) for cell in row] for row in rows]
    if not any(any(row) for row in cleaned):
        raise FormatError(_("{file} has no rows."), file=path.name)
    if width:
        cleaned.append([""] * (width - 1) + ["-"])
    header = find_header(RawRows(cleaned, numbers, encoding))
    lines = numbers[header.last] if header.last >= header.first else 0
    start = _after(head, mark, lines + (len(table) < len(text)))
    return Layout(path.name, encoding, delimiter, quoting, header.names, start, not lines)


def _after(head: bytes, start: int, lines: int) -> int:
    """Return where a number of lines, of which the first begins at `start`, have ended."""
    ends = (found.end() for found in _LINE_END.finditer(head, start))
    return next(islice(ends, lines - 1, None), len(head)) if lines else start


def _portions(path: Path, layout: Layout, start: int) -> Iterator[TextPortion]:
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        file.seek(start)
        while file.tell() < size:
            portion = split_portion(_whole_lines(file, size, layout.name), layout, file.readline)
            yield replace(portion, end=file.tell())


def _whole_lines(file: IO[bytes], size: int, name: str) -> bytes:
    """Return about a portion, up to the end of a line."""
    start = file.tell()
    data = file.read(PORTION_BYTES)
    if data.endswith(b"\n"):
        return data
    data += file.readline(_LONGEST_LINE)
    if not data.endswith(b"\n") and file.tell() < size:
        data = data[: max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1]
        if not data:
            raise LimitError(
                _("{file} has a line of more than {limit} MB."),
                file=name,
                limit=_LONGEST_LINE >> 20,
            )
        file.seek(start + len(data))
    return data
