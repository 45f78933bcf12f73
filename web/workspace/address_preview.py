"""What would become of every row of an uploaded list of addresses for the gazetteer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.addresses.merging import Merged, merge_entries
from geogrid.findings import Finding
from geogrid.hierarchy import leaves
from geogrid.i18n import mark as _
from geogrid.locate import locate
from geogrid.offices.previews import ListPreview, preview_address_list
from geogrid.offices.row_fates import RowFate
from geogrid.store import cached_index
from geogrid.tables import Table
from web.workspace.datum_doubt import doubt_datum
from web.workspace.preview_lines import Line, Preview, preview_of

__all__ = ["preview_addresses"]


def preview_addresses(
    tables: Sequence[Table], grids: gpd.GeoDataFrame, datum: str | None, *, source: str, dated: str
) -> Preview:
    """Read a list of addresses without storing it; what it says twice is merged.

    Parameters
    ----------
    tables, grids, datum
        The sheets, the plan's grids, and what the coordinates are in.
    source, dated
        Of the list, for rows that name none themselves.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    FieldError
        There is neither a column for the address nor one for the name.
    """
    read = preview_address_list(tables, grids, datum, source=source, dated=dated)
    merged = merge_entries(read.made)
    finest = leaves(grids).reset_index(drop=True)
    index = cached_index(finest, finest["code"].to_numpy())
    placed = locate(index, read.made["lon"].to_numpy(), read.made["lat"].to_numpy())
    codes = np.append(finest["code"].to_numpy(dtype=object), "")[placed].tolist()
    doubt = doubt_datum(read.made, index, datum)
    return preview_of(
        replace(read, made=merged.entries),
        [*_lines(read, merged, codes, _names(grids)), *_left_out(read)],
        findings=[*read.findings, *doubt.findings, *_summed_up(merged)],
        is_doubtful=doubt.is_mostly_outside or bool(doubt.other),
        other_datum=doubt.other,
    )


def _names(grids: pd.DataFrame) -> dict[str, str]:
    names = grids["name"].where(grids["name"] != "", grids["code"])
    return dict(zip(grids["code"], names, strict=True))


def _lines(
    read: ListPreview, merged: Merged, codes: Sequence[str], names: Mapping[str, str]
) -> list[Line]:
    """Return a line for every row that is taken, the merged ones as well."""
    places = [read.fates[source] for source in read.sources]
    elsewhere = _elsewhere(merged, places)
    lines = []
    winners = merged.winner.tolist()
    for at, entry in enumerate(read.made.itertuples(index=False)):
        cells = (entry.name, entry.address, entry.region, names.get(entry.grid or codes[at], ""))
        fate: dict[str, Any] = _fate(entry.grid, codes[at])
        if winners[at] != at:
            other = places[winners[at]]
            said = Finding("merged", _("Into row {row}."), {"row": _numbered(other, places[at])})
            fate = {"fate": "good", "words": _("Said by another row, too: merged")}
            fate["changes"] = (said,)
        elif at in elsewhere:
            words = _("Taken; the same address is listed elsewhere, too")
            fate = {"fate": "warn", "words": words, "changes": tuple(elsewhere[at])}
        lines.append(Line(places[at], cells, **fate))
    return lines


def _fate(listed: str, code: str) -> dict[str, str]:
    if listed:
        if code and code != listed:
            return {"fate": "warn", "words": _("Taken; its position lies in another grid")}
        return {"fate": "good", "words": _("Taken, grid by the list")}
    if code:
        return {"fate": "good", "words": _("Taken, grid by its position")}
    return {"fate": "warn", "words": _("Taken, but outside all grids")}


def _elsewhere(merged: Merged, places: Sequence[RowFate]) -> dict[int, list[Finding]]:
    """Return for rows that say the same of two places where the others are."""
    found: dict[int, list[Finding]] = {}
    pairs = zip(
        *(merged.conflicts[name] for name in ("first", "second", "distance_m")), strict=True
    )
    for first, second, metres in pairs:
        for one, other in ((first, second), (second, first)):
            about = {"row": _numbered(places[other], places[one]), "metres": round(metres)}
            said = Finding("elsewhere", _("In row {row}, {metres} m away."), about)
            found.setdefault(one, []).append(said)
    return found


def _numbered(place: RowFate, seen_from: RowFate) -> str:
    """Return the number of a row, with its sheet where that is another one."""
    is_other = place.sheet != seen_from.sheet
    return f"{place.sheet} {place.row}" if is_other else str(place.row)


def _left_out(read: ListPreview) -> list[Line]:
    """Return a line for every row that no entry was made of."""
    lines = []
    for fate in read.fates:
        if not fate.is_unread:
            continue
        is_nowhere = any(one.kind == "no_position" for one in fate.reasons)
        words = (
            _("Not taken: no position") if is_nowhere else _("Not taken: no address and no name")
        )
        cells = (*read.unread[fate.sheet, fate.row], "", "")
        lines.append(Line(fate, cells, "bad", words))
    return lines


def _summed_up(merged: Merged) -> list[Finding]:
    found = []
    twice = int((merged.winner != np.arange(len(merged.winner))).sum())
    if twice:
        message = _("{twice} rows repeat an address at the same place; they are merged.")
        found.append(Finding("merged", message, {"twice": twice}, severity="note"))
    if len(merged.conflicts):
        message = _(
            "{twice} times the same address is more than 50 m away from itself. Both places are "
            "kept until the list is right; look at them below."
        )
        found.append(Finding("elsewhere", message, {"twice": len(merged.conflicts)}))
    return found
