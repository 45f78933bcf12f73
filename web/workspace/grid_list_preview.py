"""What would become of every row of an uploaded list of buildings and their grids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geogrid.findings import Finding
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.offices.grid_lists import STATES, listed_anew
from geogrid.offices.previews import preview_grid_list
from geogrid.offices.row_fates import NOTHING_READ
from geogrid.tables import Table
from web.current import CurrentPlan
from web.workspace.preview_lines import Line, Preview, preview_of

__all__ = ["preview_grids_of_units"]


def preview_grids_of_units(tables: Sequence[Table], current: CurrentPlan) -> Preview:
    """Read the list without storing it; ``made`` holds unit_id and grid of what changes."""
    plan, units = current.plan, current.plan.units
    read = preview_grid_list(tables, plan.grids, units)
    anew = listed_anew(read.made, units)
    made = units.assign(grid=anew).loc[anew != units["grid"], ["unit_id", "grid"]]
    places = current.grids_at(units["lon"], units["lat"])
    known = {
        row.unit_id: (row.name, row.address, row.grid, drawn)
        for row, drawn in zip(units.itertuples(index=False), places.tolist(), strict=True)
    }
    finest = set(current.leaves["code"])
    lines = [
        _line(row, read.fates[source], known, plan.hierarchy, finest)
        for row, source in zip(read.made.itertuples(index=False), read.sources, strict=True)
    ]
    lines += [Line(fate, ("",) * 4, "warn", NOTHING_READ) for fate in read.fates if fate.is_unread]
    said = [*read.findings, *_summary(read.made, made, units)]
    return preview_of(replace(read, made=made), lines, findings=said)


def _line(
    row: Any,
    place: Any,
    known: Mapping[str, tuple[str, str, str, str]],
    tree: Hierarchy,
    finest: Collection[str],
) -> Line:
    names = tree.names
    name, address, before, drawn = known.get(row.unit_id, ("", "", "", ""))
    cells = (
        name or address or row.building,
        address,
        names.get(before) or before,
        names.get(row.grid) or row.grid or row.written,
    )
    if row.state:
        fate = "warn" if row.state == "no_grid" else "bad"
        return Line(place, cells, fate, STATES[row.state])
    if row.grid not in finest:
        words = _("Taken, but this grid is divided further: which part of it?")
        return Line(place, cells, "warn", words)
    if drawn and row.grid not in tree.chain(drawn):
        return Line(place, cells, "warn", _("Taken; its position lies in another grid"))
    return Line(
        place, cells, "good", _("The grid it has already") if row.grid == before else _("Taken")
    )


def _summary(rows: pd.DataFrame, made: pd.DataFrame, units: pd.DataFrame) -> list[Finding]:
    """Return how much changes, and what is not on the list."""
    if not len(rows):
        return []
    named = int(rows.loc[rows["unit_id"] != "", "unit_id"].nunique())
    message = _(
        "{changed} of {all} buildings, compounds and entrances get another grid by this list. "
        "{left} are not on it themselves; they keep what they have, or get the grid of the "
        "compound or building that they belong to."
    )
    counts = {"changed": len(made), "all": len(units), "left": len(units) - named}
    return [Finding("grids_listed", message, counts, severity="note")]
