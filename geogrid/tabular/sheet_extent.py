"""How far the cells of an ``.xlsx`` workbook reach, before a reader spreads them out.

Readers make room for the rectangle around a sheet's cells. A cell said to be at XFD1048576
then costs hundreds of gigabytes and the process with it, however it is written: so the XML
is read by a real parser, which must agree that it is well-formed. Sheets that say of every row
and cell where it is, plainly and near, need no more than that; all others are followed tag by
tag, which takes ten times as long.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from geogrid.errors import FormatError, LimitError
from geogrid.i18n import mark as _

__all__ = ["MOST_CELLS", "check_extents", "too_far"]

MOST_CELLS = 12_000_000
"""Cells the rectangle around a sheet's cells may have."""

_CHUNK = 1 << 20
_CELLS_INSIDE = b"sheetData"  # the element without which readers see no cells
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?(?:row|c)(?=[\s/>])")
_ROW = re.compile(rb'<row r="(\d{1,7})"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_ENCODED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!(?i:utf-8)[\"'])|<!")


class _UnsoundError(Exception):
    """The sheet contradicts itself or declares entities."""


def check_extents(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a workbook whose sheets reach too far; `name` is the file's in messages.

    Raises
    ------
    LimitError
        The rectangle around a sheet's cells is too large.
    FormatError
        A sheet is not well-formed.
    """
    for member in archive.infolist():
        if _holds_cells(archive, member):
            try:
                with archive.open(member) as sheet:
                    is_near = _is_plainly_near(sheet)
                with archive.open(member) as sheet:
                    _read(sheet, None if is_near else _Extent(name))
            except (expat.ExpatError, _UnsoundError, ValueError) as error:
                raise FormatError(
                    _("{file} is damaged; open it in Excel and save it again."), file=name
                ) from error


def too_far(name: str, rows: int, columns: int) -> LimitError:
    """Return the error for a sheet that reaches too far."""
    return LimitError(
        _(
            "{file}: a sheet reaches to row {rows} and column {columns}; at most {limit} cells"
            " are read. Delete the stray cells far below or to the right of the table."
        ),
        file=name,
        rows=rows,
        columns=columns,
        limit=f"{MOST_CELLS:,}",
    )


def _holds_cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(member) as content:
        while chunk := content.read(_CHUNK):
            if _CELLS_INSIDE in tail + chunk:
                return True
            tail = chunk[-len(_CELLS_INSIDE) :]
    return False


def _is_plainly_near(sheet: IO[bytes]) -> bool:
    """Say whether all rows and cells tell where they are, as Excel writes it, and none is far."""
    rows, columns = {b"0"}, set[bytes]()
    tail = b""
    while chunk := sheet.read(_CHUNK):
        chunk = tail + chunk
        whole = chunk.rfind(b"<")  # no value of a well-formed tag has one
        if whole < 0 or len(chunk) - whole > _CHUNK or b"\0" in chunk:
            return False
        chunk, tail = chunk[:whole], chunk[whole:]
        rows_here, columns_here = _ROW.findall(chunk), _CELL.findall(chunk)
        tags = len(_TAG.findall(chunk))
        if tags != len(rows_here) + len(columns_here) or _ENCODED.search(chunk):
            return False
        rows.update(rows_here, (number for _letters, number in columns_here))
        columns.update(letters for letters, _number in columns_here)
    last = max((column_index_from_string(letters.decode()) for letters in columns), default=0)
    return not _TAG.search(tail) and max(map(int, rows)) * last <= MOST_CELLS


def _read(sheet: IO[bytes], extent: _Extent | None) -> None:
    parser = expat.ParserCreate()
    if extent is not None:
        parser.StartElementHandler = extent.start
    parser.EntityDeclHandler = _refuse_entity
    parser.ParseFile(sheet)


def _refuse_entity(*_declaration: object) -> None:
    raise _UnsoundError


class _Extent:
    """Follows rows and cells as readers do: a cell without a reference is next to the last."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.row = self.column = 0
        self.rows = self.columns = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag == "c":
            self._place(attributes.get("r"))
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
            if self.rows * self.columns > MOST_CELLS:
                raise too_far(self.name, self.rows, self.columns)

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise _UnsoundError
        letters, number = found.groups()
        self.column = column_index_from_string(letters)
        self.row = int(number)
