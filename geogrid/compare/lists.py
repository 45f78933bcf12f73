"""The lists of a comparison one by one: a page of rows to show, or all of one as a file."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

from geogrid.compare.comparing import PlanComparison
from geogrid.compare.record import KIND_WORDS, MEASURE_WORDS, ComparisonRecord
from geogrid.compare.tables import (
    THING_WORDS,
    change_table,
    grid_table,
    move_table,
    thing_table,
)
from geogrid.compare.things import MEASURES
from geogrid.i18n import mark as _
from geogrid.reports.spreadsheet import table_sheet
from geogrid.reports.tables import ReportTable
from geogrid.tabular.workbook import workbook_bytes
from geogrid.tabular.writing import write_csv

__all__ = [
    "FILE_KINDS",
    "LIST_WORDS",
    "changed_grids",
    "list_file",
    "list_length",
    "list_rows",
    "moved_totals",
    "table_file",
]

LIST_WORDS: Mapping[str, str] = {
    "grids": _("Every grid"),
    "changes": _("What becomes of each grid"),
    "moves": _("Who moves"),
    **THING_WORDS,
}
"""Name of a list to its title."""

FILE_KINDS = ("xlsx", "csv")
"""Endings of :func:`list_file`."""


def list_file(record: ComparisonRecord, what: str, kind: str) -> bytes:
    """Return a list with all its rows as a file; no text in it is ever a formula.

    Parameters
    ----------
    record : the comparison
    what : one of :data:`LIST_WORDS`
    kind : one of :data:`FILE_KINDS`
    """
    return table_file(_table(record, what), record.say(LIST_WORDS[what]), record, kind)


def table_file(table: ReportTable, title: str, record: ComparisonRecord, kind: str) -> bytes:
    """Return a table as a file.

    Parameters
    ----------
    table : what is written
    title : of the sheet
    record : in whose words
    kind : one of :data:`FILE_KINDS`
    """
    if kind == "xlsx":
        return workbook_bytes([table_sheet(title, table, record)])
    heads = [record.say(column.name) for column in table.columns]
    frame = pd.DataFrame([list(row) for row in table.rows], columns=heads, dtype=object)
    file = BytesIO()
    write_csv(frame, file)
    return file.getvalue()


def _table(record: ComparisonRecord, what: str) -> ReportTable:
    if what in THING_WORDS:
        return thing_table(record, what)
    return {"grids": grid_table, "changes": change_table, "moves": move_table}[what](record)


def changed_grids(comparison: PlanComparison) -> pd.DataFrame:
    """Return the grids that change, or that lose or gain something.

    Those that only are called otherwise come last; of the rest the finest level first.
    """
    rows = comparison.grids
    is_changed = rows["change"] > 0
    for name in MEASURES:
        for side in ("out", "in"):
            is_changed |= rows[f"{name}_{side}"].fillna(0).astype("int64") > 0
    found = rows[is_changed]
    stays = found["kind"].isin(("renamed", "amended")).to_numpy(dtype=bool)
    order = np.lexsort((-found["level"].to_numpy(np.int64), stays))
    return found.iloc[order]


def moved_totals(record: ComparisonRecord) -> list[tuple[str, str, int | None]]:
    """Return key, name and how much of each measure changes hands, None where nobody knows."""
    of = record.comparison
    return [
        (
            name,
            record.say(MEASURE_WORDS[name]),
            int(of.things[name].sum()) if name in of.measures else None,
        )
        for name in MEASURES
    ]


def list_length(record: ComparisonRecord, what: str) -> int:
    """Return how many rows :func:`list_rows` has.

    Parameters
    ----------
    record : the comparison
    what : ``"grids"`` (those that change) or a kind of thing
    """
    if what == "grids":
        return len(changed_grids(record.comparison))
    return int((record.comparison.things["what"] == what).sum())


def list_rows(
    record: ComparisonRecord, what: str, *, first: int, most: int
) -> list[dict[str, Any]]:
    """Return some rows of a list for a page.

    Parameters
    ----------
    record : the comparison
    what : ``"grids"`` or a kind of thing
    first, most : rows to leave out before, and to return

    Returns
    -------
    list of dict
        Of grids: code, title, said, counts (name, before, after, out, in). Of things: title,
        more, from, to, and counts (name, number).
    """
    if what == "grids":
        rows = changed_grids(record.comparison).iloc[first : first + most]
        return [_grid_row(record, row) for row in rows.to_dict("records")]
    table = thing_table(record, what, most, first=first)
    heads = [record.say(column.name) for column in table.columns[5:]]
    return [
        {
            "title": row[1],
            "more": row[2],
            "from": row[3],
            "to": row[4],
            "counts": [[head, int(n)] for head, n in zip(heads, row[5:], strict=True) if n],
        }
        for row in table.rows
    ]


def _grid_row(record: ComparisonRecord, row: Mapping[Any, Any]) -> dict[str, Any]:
    names = [
        record.grid(row["code_before"], 0, full=True),
        record.grid(row["code_after"], 1, full=True),
    ]
    counts = []
    for name in MEASURES:
        values = [_count(row[f"{name}_{side}"]) for side in ("before", "after", "out", "in")]
        if any(values):
            counts.append([record.say(MEASURE_WORDS[name]), *values])
    return {
        "code": row["code_after"] or row["code_before"],
        "title": names[0] if names[0] == names[1] else " → ".join(names),
        "said": record.say(KIND_WORDS[row["kind"]]),
        "kind": row["kind"],
        "areas_m2": [_area(row["area_before_m2"]), _area(row["area_after_m2"])],
        "counts": counts,
    }


def _count(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _area(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
