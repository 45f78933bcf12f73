"""Which worksheets a workbook offers to choose from."""

from __future__ import annotations

from pathlib import Path

import python_calamine as calamine

from geogrid.tabular.spreadsheet import COMPOUND_FILE, ZIP_FILE

__all__ = ["sheet_names"]


def sheet_names(path: Path) -> list[str]:
    """Return the visible worksheets of a workbook that :func:`read_table` has read.

    Parameters
    ----------
    path
        The file; one that is no workbook has no sheets.
    """
    with path.open("rb") as file:
        if not file.read(8).startswith((ZIP_FILE, COMPOUND_FILE)):
            return []
    with calamine.CalamineWorkbook.from_path(path) as workbook:
        return [
            about.name
            for about in workbook.sheets_metadata
            if about.typ == calamine.SheetTypeEnum.WorkSheet
            and about.visible == calamine.SheetVisibleEnum.Visible
        ]
