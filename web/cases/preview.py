"""What is in an uploaded list: its sheets and columns, which we take for what, the first rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from geogrid.coordinates import read_coordinates
from geogrid.fields import POINT_FIELDS, recognise_fields
from geogrid.i18n import mark as _
from geogrid.tables import Table, read_table
from geogrid.tabular.sheets import sheet_names
from geogrid.vocabulary import code_of
from web.cases.list import CaseList, in_languages

__all__ = ["ASKED", "preview_list"]

ASKED: dict[str, str] = {
    "lon": _("Longitude, or both numbers"),
    "lat": _("Latitude"),
    "address": _("Address"),
    "case_id": _("Case number"),
    "reported_at": _("Time of report"),
    "category": _("Category"),
    "status": _("Status"),
}
"""Fields a person may correct, with their names; the first three say where a row is."""

SHOWN_ROWS = 6
SHOWN_COLUMNS = 60
SAMPLES = 3
LONGEST_CELL = 60
MOST_STATUSES = 40
"""A column with more different words than this is no status."""


def preview_list(cases: CaseList, sheet: str | None, progress: Callable[[float], None]) -> None:
    """Read the list and write ``preview.json``.

    Parameters
    ----------
    cases
        The list.
    sheet
        Of a workbook; the first one with a table when left out.
    progress
        Told the share of the work done.

    Raises
    ------
    FormatError, FieldError, LimitError
        The file cannot be read.
    """
    progress(0.1)
    cases.forget_result()
    upload = cases.upload
    table = read_table(upload.path, filename=upload.name, sheet=sheet)
    progress(0.9)
    cases.write("preview", _seen(table, sheet_names(upload.path)))


def _seen(table: Table, sheets: list[str]) -> dict[str, Any]:
    frame = table.frame.iloc[:, :SHOWN_COLUMNS]
    names = [str(name) for name in frame.columns]
    return {
        "rows": len(frame),
        "sheet": table.sheet,
        "sheets": sheets,
        "source": table.source,
        "header_rows": list(table.header_rows),
        "columns": [
            {
                "name": name,
                "samples": _samples(frame.iloc[:, at]),
                "statuses": _statuses(frame.iloc[:, at]),
            }
            for at, name in enumerate(names)
        ],
        "fields": _fields(frame),
        "first_rows": [
            [_cell(value) for value in row]
            for row in frame.head(SHOWN_ROWS).itertuples(index=False)
        ],
        "findings": [
            {"severity": finding.severity, "text": in_languages(finding)}
            for finding in table.findings
            if finding.kind != "other_sheets"  # the page offers the choice itself
        ],
    }


def _fields(frame: pd.DataFrame) -> dict[str, str]:
    """Return which column holds what; a column with both numbers serves as the longitude."""
    found = recognise_fields(frame.columns, POINT_FIELDS)
    if "lon" in found and "lat" in found:
        return found
    for field in ("lon", "lat"):
        found.pop(field, None)
    pairs = [str(name) for name in frame.columns if _is_pair(frame[name])]
    return found | ({"lon": pairs[0]} if pairs else {})


def _is_pair(column: pd.Series) -> bool:
    filled = column[column != ""].head(SAMPLES)
    return len(filled) > 0 and all(read_coordinates(text) is not None for text in filled)


def _samples(column: pd.Series) -> list[str]:
    filled = column[column.astype("str").fillna("") != ""]
    return [_cell(value) for value in filled.head(SAMPLES)]


def _statuses(column: pd.Series) -> list[dict[str, Any]]:
    """Return the words of a column as statuses: word, rows, and ``closed``, ``open`` or ``""``.

    An empty list when the column holds too many different words to be a status.
    """
    texts = column.astype("str").fillna("").str.strip()
    counts = texts[texts != ""].value_counts()
    if len(counts) > MOST_STATUSES:
        return []
    return [
        {"word": _cell(word), "count": int(count), "meaning": _meaning(str(word))}
        for word, count in counts.items()
    ]


def _meaning(word: str) -> str:
    code = code_of("status", word)
    if code is None:
        return ""
    return "closed" if code == "closed" else "open"


def _cell(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
