"""Excel workbooks: whether one is safe to open, and its rows without reading it whole."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geogrid.errors import FormatError, LimitError
from geogrid.formats.archives import BROKEN_ARCHIVE, check_archive
from geogrid.formats.layer import LIMITS, Limits
from geogrid.i18n import mark as _

__all__ = ["check_workbook", "sheet_names", "sheet_rows"]

_REFERENCE = re.compile(rb"\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_MOST_CELLS = 50_000_000
_CHUNK = 1 << 20
_OVERLAP = 32
_DAMAGE = (*BROKEN_ARCHIVE, InvalidFileException, KeyError, TypeError, SyntaxError, AttributeError)


def check_workbook(
    source: Path | IO[bytes], name: str, *, limits: Limits = LIMITS, cells: int = _MOST_CELLS
) -> None:
    """Refuse a workbook that a reader of whole sheets would run out of memory on.

    A sheet with one cell in A1 and one in XFD1048576 is a few kilobytes on disk and
    17 thousand million cells when spread out.

    Parameters
    ----------
    source
        An ``.xlsx`` file.
    name
        What to call it in messages.
    cells
        How many cells the rectangle around a sheet's cells may have.

    Raises
    ------
    LimitError
        The archive is too large unpacked, or a sheet too wide and long.
    FormatError
        Damaged, or protected with a password.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            for info in check_archive(archive, name, limits):
                if info.filename.startswith("xl/worksheets/"):
                    with archive.open(info) as sheet:
                        _check_extent(sheet, name, cells)
    except BROKEN_ARCHIVE as error:
        raise _damaged(name) from error


def _check_extent(sheet: IO[bytes], name: str, cells: int) -> None:
    rows = columns = 1
    tail = b""
    while chunk := sheet.read(_CHUNK):
        for letters, digits in _REFERENCE.findall(tail + chunk):
            rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
        tail = chunk[-_OVERLAP:]
    if rows * columns > cells:
        raise LimitError(
            _(
                "{file}: a sheet reaches to row {rows} and column {columns}; at most {limit} cells"
                " are read. Delete the stray cells far below or to the right of the table."
            ),
            file=name,
            rows=rows,
            columns=columns,
            limit=f"{cells:,}",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _damaged(name: str) -> FormatError:
    return FormatError(_("{file} is damaged; open it in Excel and save it again."), file=name)


def sheet_names(path: Path, name: str, limits: Limits) -> list[str]:
    """Return the names of a workbook's sheets."""
    check_workbook(path, name, limits=limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with closing(openpyxl.load_workbook(path, read_only=True)) as workbook:
                return [sheet.title for sheet in workbook.worksheets]
    except _DAMAGE as error:
        raise _damaged(name) from error


def sheet_rows(path: Path, name: str, sheet: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a checked workbook's sheet, formulas as their last results."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as workbook:
                worksheet = workbook[sheet]
                worksheet.reset_dimensions()
                yield from worksheet.iter_rows(values_only=True)
    except _DAMAGE as error:
        raise _damaged(name) from error
