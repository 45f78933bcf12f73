"""The same list back: new columns in the workbook or text as it came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.tables import Table
from geogrid.tabular.text_columns import add_to_text
from geogrid.tabular.workbook import Sheet, sheet_title, workbook_bytes
from geogrid.tabular.writing import replace_file
from geogrid.tabular.xlsx_book import add_to_workbook
from geogrid.tabular.xlsx_rows import UnsoundError

__all__ = ["suffix_of", "write_list"]

_REWRITTEN = ("xls", "xlsb", "html")


def suffix_of(source: str) -> str:
    """Return the ending of what comes back: of an old workbook a new one, else the same kind."""
    return ".xlsx" if source in ("xlsx", *_REWRITTEN) else ".csv"


def write_list(
    table: Table, content: bytes, added: pd.DataFrame, path: Path, sheets: Sequence[Sheet] = ()
) -> None:
    """Write a list with columns behind its own and, in a workbook, sheets behind its own.

    Parameters
    ----------
    table, content : the list as it was read, and its file
    added : the new columns, a row for each of the list
    path : where to write; its ending is that of :func:`suffix_of`
    sheets : more sheets, left out of a text file

    Raises
    ------
    FormatError
        The workbook is written in a way that cannot be added to.
    """
    columns = [added[name].tolist() for name in added.columns]
    rows: list[Sequence[Any]] = list(zip(*columns, strict=True))
    names = [str(name) for name in added.columns]
    header, numbers, sheet = table.header_rows[-1:], table.row_numbers.tolist(), table.sheet
    if table.source in _REWRITTEN:
        content, header, numbers, sheet = _rewritten(table)
    records: dict[int, Sequence[Any]] = {header[0]: names} if header else {}
    records |= zip(numbers, rows, strict=True)
    with replace_file(path) as file:
        if suffix_of(table.source) == ".csv":
            file.write(add_to_text(content, table.name, records))
            return
        try:
            add_to_workbook(
                content,
                file,
                sheet=sheet,
                width=table.frame.shape[1],
                header=header[0] if header else 1,
                records=records,
                sheets=sheets,
            )
        except UnsoundError as error:
            raise FormatError(
                _("{file} can be read but not added to; save it in Excel as a new .xlsx."),
                file=table.name,
            ) from error


def _rewritten(table: Table) -> tuple[bytes, tuple[int, ...], list[int], str]:
    """Return the rows of an old workbook as a new one."""
    title = sheet_title(table.sheet, set())
    names = [str(name) for name in table.frame.columns]
    rows = [names, *table.frame.to_numpy().tolist()]
    content = workbook_bytes([Sheet(title, rows, widths=[16] * len(names))])
    return content, (1,), list(range(2, len(rows) + 1)), title
