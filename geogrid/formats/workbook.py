"""Excel workbooks: whether one is safe to open, and its rows without reading it whole."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geogrid.errors import FormatError
from geogrid.formats.archives import BROKEN_ARCHIVE, check_archive
from geogrid.formats.layer import LIMITS, Limits
from geogrid.i18n import mark as _
from geogrid.tabular.sheet_extent import check_extents

__all__ = ["check_workbook", "sheet_names", "sheet_rows"]

_DAMAGE = (*BROKEN_ARCHIVE, InvalidFileException, KeyError, TypeError, SyntaxError, AttributeError)


def check_workbook(source: Path | IO[bytes], name: str, *, limits: Limits = LIMITS) -> None:
    """Refuse a workbook that a reader of whole sheets would run out of memory on.

    A sheet with one cell in A1 and one in XFD1048576 is a few kilobytes on disk and
    17 thousand million cells when spread out.

    Parameters
    ----------
    source
        An ``.xlsx`` file.
    name
        What to call it in messages.

    Raises
    ------
    LimitError
        The archive is too large unpacked, or a sheet too wide and long.
    FormatError
        Damaged, or protected with a password.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            check_archive(archive, name, limits)
            check_extents(archive, name)
    except BROKEN_ARCHIVE as error:
        raise _damaged(name) from error


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
