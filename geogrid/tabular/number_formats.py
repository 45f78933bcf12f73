"""How Excel shows the numbers of a column: as percent, or with zeros in front."""

from __future__ import annotations

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geogrid.formats.archives import BROKEN_ARCHIVE
from geogrid.tabular.rows import cell_text

__all__ = ["Shown", "shown_formats"]

_LOOKED_AT = 40
_ZEROS = re.compile(r"0{2,}")
_PERCENT = re.compile(r"0(?:\.0+)?%")
_UNREADABLE = (
    *BROKEN_ARCHIVE,
    InvalidFileException,
    KeyError,
    IndexError,
    TypeError,
    SyntaxError,
    ArithmeticError,
    AttributeError,
)
"""What openpyxl raises over a workbook that is not quite one."""


@dataclass(frozen=True)
class Shown:
    """How the numbers of a column are shown: ``0.85`` as ``85%``, ``7`` as ``007``."""

    is_percent: bool = False
    digits: int = 0

    def text(self, value: float) -> str:
        """Return a number as the column shows it."""
        if self.is_percent:
            return cell_text(float(round(value * 100, 10))) + "%"
        return cell_text(value).zfill(self.digits)


def shown_formats(data: bytes, sheets: Sequence[str]) -> dict[str, dict[int, Shown]]:
    """Return the columns (from 0) of ``.xlsx`` sheets that do not show numbers as they are.

    Looks at the first rows only, and at columns whose numbers there agree.
    """
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True)) as workbook,
        ):
            return {sheet: _of_sheet(workbook[sheet]) for sheet in sheets}
    except _UNREADABLE:
        return {}


def _of_sheet(sheet: Any) -> dict[int, Shown]:
    seen: dict[int, set[str]] = defaultdict(set)
    for row in sheet.iter_rows(max_row=_LOOKED_AT):
        for column, cell in enumerate(row):
            if isinstance(cell.value, int | float):
                seen[column].add(str(cell.number_format))
    found = {column: _shown(formats) for column, formats in seen.items()}
    return {column: shown for column, shown in found.items() if shown is not None}


def _shown(formats: set[str]) -> Shown | None:
    if all(map(_PERCENT.fullmatch, formats)):
        return Shown(is_percent=True)
    if len(formats) == 1 and _ZEROS.fullmatch(only := next(iter(formats))):
        return Shown(digits=len(only))
    return None
