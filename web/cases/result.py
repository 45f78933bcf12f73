"""What a page shows of a located list: counts, rows a page at a time, bins for the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geogrid.density import bin_points
from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.unit_grids import DISAGREEMENTS
from geogrid.vocabulary import label
from web.cases.list import CaseList
from web.heatmap.query import View

__all__ = ["MISSING", "STATUSES", "bins_answer", "rows_answer", "status_choices", "wanted_rows"]

STATUSES: Mapping[str, str] = {
    "inside": _("In a grid"),
    "on_boundary": _("On a boundary"),
    "outside": _("Outside the plan"),
    "no_position": _("Without a position"),
    "bad_position": _("Unusable coordinates"),
}
"""Status of a row to its name."""

WITHOUT: Mapping[str, str] = {"no_position": _("The row has neither coordinates nor an address.")}
"""Status to its reason where locating gave none."""

MISSING = ("outside", "no_position", "bad_position")
GROUPS: Mapping[str, str] = {
    "missing": _("Not located"),
    "": _("All rows"),
    "address": _("Found by address"),
    "doubtful": _("Doubtful address"),
}
"""What can be asked for beside a status."""

ROWS_PER_PAGE = 50
BIN_PX = 56.0
MOST_BINS = 600
BIN_DECIMALS = 6


def status_choices(counts: Mapping[str, int], language: str) -> list[dict[str, Any]]:
    """Return the groups and statuses that occur, with their names and numbers of rows."""
    names = {"missing": GROUPS["missing"], "": GROUPS[""], **STATUSES}
    names |= {name: GROUPS[name] for name in ("address", "doubtful")}
    always = ("missing", "")
    return [
        {"value": key, "label": translate(name, language), "count": counts.get(key, 0)}
        for key, name in names.items()
        if counts.get(key, 0) or key in always
    ]


def wanted_rows(rows: pd.DataFrame, status: str) -> pd.DataFrame:
    """Return the rows of a status or group.

    Raises
    ------
    FieldError
        There is no such status.
    """
    if status == "":
        return rows
    if status == "missing":
        return rows[rows["status"].isin(MISSING)]
    if status == "address":
        return rows[rows["matched_address"] != ""]
    if status == "doubtful":
        return rows[rows["suggested"] != ""]
    if status not in STATUSES:
        raise FieldError(
            _("status= must be one of {known}, not “{text}”."),
            known=", ".join([*STATUSES, *filter(None, GROUPS)]),
            text=status[:40],
        )
    return rows[rows["status"] == status]


def rows_answer(cases: CaseList, status: str, page: int, language: str) -> dict[str, Any]:
    """Return one page of the rows of a status, as they are in the list."""
    rows = wanted_rows(pd.read_parquet(cases.located), status)
    pages = max(1, -(-len(rows) // ROWS_PER_PAGE))
    page = min(max(page, 1), pages)
    shown = rows.iloc[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
    return {
        "page": page,
        "pages": pages,
        "count": len(rows),
        "rows": [_row(row, language) for row in shown.to_dict("records")],
    }


def _row(row: Mapping[Any, Any], language: str) -> dict[str, Any]:
    is_placed = pd.notna(row["wgs84_lon"])
    return {
        "row": int(row["row"]),
        "said": [row[name] for name in ("said", "said_more") if row[name]],
        "status": row["status"],
        "status_label": translate(STATUSES[row["status"]], language),
        "grid": row["grid_name"] or row["grid_code"],
        "reason": _reason(row, language),
        "boundary_m": float(row["boundary_m"]) if is_placed else None,
        "lon": float(row["wgs84_lon"]) if is_placed else None,
        "lat": float(row["wgs84_lat"]) if is_placed else None,
    }


def _reason(row: Mapping[Any, Any], language: str) -> str:
    """Return why a row was not located, or by which address it was and how certain that is."""
    if row["matched_address"]:
        certain = label("certainty", row["certainty"], language)
        listed = translate(DISAGREEMENTS.get(row["disagreement"], ""), language)
        return " · ".join(filter(None, (row["matched_address"], certain, listed)))
    given = str(row[f"reason_{language}"])
    return given or translate(WITHOUT.get(row["status"], ""), language)


def bins_answer(cases: CaseList, status: str, shown: View) -> dict[str, Any]:
    """Count the located rows on squares of the view; bounded whatever their number."""
    columns = ["status", "matched_address", "suggested", "wgs84_lon", "wgs84_lat"]
    rows = wanted_rows(pd.read_parquet(cases.located, columns=columns), status)
    bins = bin_points(
        rows["wgs84_lon"].to_numpy(),
        rows["wgs84_lat"].to_numpy(),
        bounds=shown.bounds,
        zoom=shown.zoom,
        size_px=BIN_PX,
        max_bins=MOST_BINS,
    )
    lon, lat = bins.mean_lon.round(BIN_DECIMALS), bins.mean_lat.round(BIN_DECIMALS)
    found = zip(lon.tolist(), lat.tolist(), bins.count.tolist(), strict=True)
    return {"bins": [list(each) for each in found]}
