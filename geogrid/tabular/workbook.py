"""Make small Excel workbooks: a header row that stays, widths, and text that stays text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

__all__ = [
    "LONGEST_CELL",
    "Sheet",
    "escaped_text",
    "plain_cell",
    "plain_text",
    "sheet_title",
    "workbook_bytes",
]

LONGEST_CELL = 32_000
"""Characters of a text that are kept; Excel itself takes 32,767."""
_HEADER_FILL = "FFE3F0F4"
_LONGEST_TITLE = 31
_A4 = 9
_FORBIDDEN = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
_RISKY = tuple("=+-@\t")
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    title
        Its name.
    rows
        Rows of words and numbers, the first one the header where `has_header`.
    widths
        Of the columns, in characters.
    has_header
        Whether the first row stays in view.
    formats
        Of the numbers in each column, such as ``"#,##0.00"``.
    bold_columns
        Columns from the left that are bold, like the labels of a form.
    hidden_from
        The first column, from 0, that is not shown, as are all to its right.
    """

    title: str
    rows: Sequence[Sequence[Any]]
    widths: Sequence[int] = ()
    has_header: bool = True
    formats: Sequence[str] = ()
    bold_columns: int = 0
    hidden_from: int | None = None


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook that prints on A4, as wide as the paper.

    Text is never a formula, whatever it begins with; characters Excel cannot hold are left
    out; what is missing or not finite is an empty cell.
    """
    book = openpyxl.Workbook(write_only=True)
    taken: set[str] = set()
    looks: dict[tuple[object, ...], Any] = {}
    for sheet in sheets:
        page = book.create_sheet(sheet_title(sheet.title, taken))
        for column, width in enumerate(sheet.widths, start=1):
            page.column_dimensions[get_column_letter(column)].width = width
        for column in range(_shown(sheet), len(sheet.rows[0]) if sheet.rows else 0):
            page.column_dimensions[get_column_letter(column + 1)].hidden = True
        page.freeze_panes = "A2" if sheet.has_header else None
        _print_setup(page, sheet)
        for at, row in enumerate(sheet.rows):
            is_header = at == 0 and sheet.has_header
            page.append(
                [
                    _cell(page, value, sheet, column, is_header=is_header, looks=looks)
                    for column, value in enumerate(row)
                ]
            )
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_title(title: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet and that no other sheet has."""
    plain = _FORBIDDEN.sub(" ", title)[:_LONGEST_TITLE].strip("' ") or "1"
    name, number = plain, 2
    while name.casefold() in taken:
        name = f"{plain[: _LONGEST_TITLE - len(str(number)) - 1]} {number}"
        number += 1
    taken.add(name.casefold())
    return name


def _print_setup(page: Any, sheet: Sheet) -> None:
    page.page_setup.paperSize = _A4
    page.page_setup.orientation = "landscape" if len(sheet.widths) > 3 else "portrait"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    if sheet.has_header and sheet.rows:
        page.print_title_rows = "1:1"
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.rows[0]))}{len(sheet.rows)}"


def _shown(sheet: Sheet) -> int:
    """Return how many columns are shown."""
    width = len(sheet.rows[0]) if sheet.rows else 0
    return width if sheet.hidden_from is None else sheet.hidden_from


def _cell(
    page: Any,
    value: Any,
    sheet: Sheet,
    column: int,
    *,
    is_header: bool,
    looks: dict[tuple[object, ...], Any],
) -> Any:
    """Return a cell; `looks` keeps what cells look like, which is slow to make."""
    plain = plain_cell(value)
    cell = WriteOnlyCell(page, escaped_text(plain) if isinstance(plain, str) else plain)
    if isinstance(plain, float):
        cell = WriteOnlyCell(page, repr(plain))  # openpyxl would cut it to 16 digits
        cell.data_type = "n"
    is_text = isinstance(plain, str)
    if is_text:
        cell.data_type = "s"
    look = (
        is_text,
        is_text and plain[:1] in _RISKY,  # type: ignore[index]
        column < _shown(sheet),
        "" if is_text or column >= len(sheet.formats) else sheet.formats[column],
        is_header or column < sheet.bold_columns,
        is_header,
    )
    if look not in looks:
        _dress(cell, *look)
        looks[look] = cell._style
    cell._style = looks[look]
    return cell


def _dress(
    cell: Any, is_text: bool, is_risky: bool, is_shown: bool, shown_as: str, *fonts: bool
) -> None:
    """Make a cell look as its kind does."""
    is_bold, is_header = fonts
    if is_text:
        cell.quotePrefix = is_risky  # stays text when somebody edits the cell
        cell.alignment = Alignment(wrap_text=is_shown, vertical="top")
    elif shown_as:
        cell.number_format = shown_as
        cell.alignment = Alignment(vertical="top")
    if is_bold:
        cell.font = Font(bold=True)
    if is_header:
        cell.fill = PatternFill("solid", fgColor=_HEADER_FILL)


def plain_text(text: str) -> str:
    """Return what a cell keeps of a text."""
    return _UNWRITABLE.sub("", ILLEGAL_CHARACTERS_RE.sub("", text[:LONGEST_CELL]))


def escaped_text(text: str) -> str:
    """Return a text as the format writes it, in which ``_x0041_`` is an A."""
    return _ESCAPE.sub("_x005F_", text).replace("\r", "_x000D_")


def plain_cell(value: Any) -> str | int | float | None:
    """Return what a cell keeps of a value, None of what is missing or not finite."""
    if isinstance(value, bool | str):
        return plain_text(str(value))
    if value is None or pd.isna(value):
        return None
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) and abs(number) < 2**53 else number
