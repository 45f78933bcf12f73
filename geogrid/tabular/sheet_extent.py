"""How far the cells of an ``.xlsx`` workbook reach, before a reader spreads them out.

Readers make room for the rectangle around a sheet's cells. A cell said to be at XFD1048576
then costs hundreds of gigabytes and the process with it, however it is written: so the XML
is read by a real parser, which must agree that it is well-formed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from geogrid.errors import FormatError, LimitError
from geogrid.i18n import mark as _

__all__ = ["MOST_CELLS", "check_extents", "too_far"]

MOST_CELLS = 12_000_000
"""Cells the rectangle around a sheet's cells may have."""

_CHUNK = 1 << 20
_CELLS_INSIDE = b"sheetData"  # the element without which readers see no cells
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


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
                    _read(sheet, _Extent(name))
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


def _read(sheet: IO[bytes], extent: _Extent) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.EntityDeclHandler = extent.entity
    parser.ParseFile(sheet)


class _Extent:
    """Follows rows and cells as readers do: a cell without a reference is next to the last."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.row = self.column = 0
        self.rows = self.columns = 0
        self._column_of: dict[str, int] = {}

    def entity(self, *_declaration: object) -> None:
        raise _UnsoundError

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
        self.column = self._column_of.get(letters, 0) or self._number_column(letters)
        self.row = int(number)

    def _number_column(self, letters: str) -> int:
        column = 0
        for letter in letters.upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        self._column_of[letters] = column
        return column
