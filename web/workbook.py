"""Make small Excel workbooks: a header row that stays, widths, and text that stays text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

__all__ = ["Sheet", "workbook_bytes"]

LONGEST_CELL = 32_000
_HEADER_FILL = "FFE3F0F4"


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
    """

    title: str
    rows: Sequence[Sequence[Any]]
    widths: Sequence[int] = ()
    has_header: bool = True


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook.

    Text is never a formula, whatever it begins with; characters Excel cannot hold are left
    out; what is missing or not finite is an empty cell.
    """
    book = openpyxl.Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        for column, width in enumerate(sheet.widths, start=1):
            page.column_dimensions[get_column_letter(column)].width = width
        page.freeze_panes = "A2" if sheet.has_header else None
        for at, row in enumerate(sheet.rows):
            page.append(
                [_cell(page, value, is_header=at == 0 and sheet.has_header) for value in row]
            )
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(page: Any, value: Any, *, is_header: bool) -> Any:
    plain = _plain(value)
    cell = WriteOnlyCell(page, plain)
    if isinstance(plain, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_header:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEADER_FILL)
    return cell


def _plain(value: Any) -> str | int | float | None:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, bool | str):
        text = str(value)[:LONGEST_CELL]
        return "".join(letter for letter in text if letter >= " " or letter in "\n\t")
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) and abs(number) < 2**53 else number
