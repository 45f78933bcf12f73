"""``/people/buildings``: where the list of buildings (网格—楼栋对照表) and the map disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from flask import Blueprint, Response, abort, render_template, request, url_for

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.tabular.workbook import Sheet
from geogrid.unit_grids import DISAGREEMENTS, metres_to_grids, settle_units
from web.auth import caller, requires
from web.changes.remembering import remembered
from web.current import CurrentPlan, current_plan
from web.language import catalogue_language
from web.parameters import page_number
from web.scope import within
from web.table_files import table_answer

__all__ = ["blueprint"]

blueprint = Blueprint("buildings", __name__)
ROWS_SHOWN = 50


@blueprint.get("/buildings")
@requires("worker", scope="limited")
def page() -> str:
    """Show the buildings whose grid by list and by position differ."""
    current = current_plan()
    everything, rows = _asked(current)
    number, pages = page_number(request.args, len(rows), ROWS_SHOWN)
    some = rows.iloc[ROWS_SHOWN * (number - 1) : ROWS_SHOWN * number]
    counts, language = everything["disagreement"].value_counts(), catalogue_language()
    return render_template(
        "people_buildings.html",
        plan=current.plan,
        asked=request.args.get("kind", ""),
        done="new" in request.args,
        total=len(current.plan.units),
        all=len(everything),
        kinds=[
            (kind, translate(text, language), int(counts[kind]))
            for kind, text in DISAGREEMENTS.items()
            if kind in counts
        ],
        rows=[_row(row, current.plan.hierarchy, language) for row in some.to_dict("records")],
        page=number,
        pages=pages,
    )


@blueprint.get("/buildings.<file>")
@requires("worker", scope="limited")
def download(file: str) -> Response:
    """Send the list of the page."""
    current, language = current_plan(), catalogue_language()
    names, rows = current.plan.hierarchy.names, _asked(current)[1]
    columns = (
        _("Number of the building"), _("Name"), _("Address"), _("What differs"),
        _("Grid code on the list"), _("Grid on the list"), _("Grid code by position"),
        _("Grid by position"), _("Metres to the listed grid"), _("Longitude (WGS 84)"),
        _("Latitude (WGS 84)"),
    )  # fmt: skip
    listed = [
        [
            row["unit_id"], row["name"], row["address"],
            translate(DISAGREEMENTS[row["disagreement"]], language),
            row["listed"], names.get(row["listed"], ""), row["drawn"], names.get(row["drawn"], ""),
            row["metres"], row["lon"], row["lat"],
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    sheet = Sheet(
        translate(_("List against map"), language),
        [[translate(name, language) for name in columns], *listed],
        (20, 26, 36, 40, 20, 22, 20, 22, 14, 14, 14),
        formats=("",) * 8 + ("0.0", "0.000000", "0.000000"),
    )
    return table_answer(translate(_("Grids of buildings"), language), [sheet], file)


def _asked(current: CurrentPlan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the disagreements that the caller may see, and those of the kind asked for."""
    kind = request.args.get("kind", "")
    if kind and kind not in DISAGREEMENTS:
        abort(404)
    found = remembered(("buildings", current.plan.digest), lambda: _differing(current))
    tree = current.plan.hierarchy
    if caller().scope is not None:
        found = found[within(found["listed"], tree) | within(found["drawn"], tree)]
    return found, found[found["disagreement"] == kind] if kind else found


def _differing(current: CurrentPlan) -> pd.DataFrame:
    """Return the units whose list and position disagree, the farthest from their grid first."""
    units, tree = current.plan.units, current.plan.hierarchy
    drawn = current.grids_at(units["lon"], units["lat"])
    has_place = units["lon"].notna() & units["lat"].notna()
    settled = settle_units(units["grid"], drawn, has_place, tree)["disagreement"]
    columns = ["unit_id", "name", "address", "lon", "lat"]
    rows = units[columns].assign(listed=units["grid"], drawn=drawn, disagreement=settled)
    rows = rows[settled != ""].astype({"drawn": "str"})
    metres = metres_to_grids(rows["lon"], rows["lat"], rows["listed"], current.by_code.geometry)
    rank = rows["disagreement"].map({kind: at for at, kind in enumerate(DISAGREEMENTS)})
    return rows.assign(metres=metres, rank=rank).sort_values(
        ["rank", "metres", "unit_id"], ascending=[True, False, True]
    )


def _row(row: Mapping[Any, Any], tree: Hierarchy, language: str) -> dict[str, Any]:
    return {
        "name": row["address"] or row["name"] or row["unit_id"],
        "more": row["name"] if row["address"] and row["name"] not in row["address"] else "",
        "said": translate(DISAGREEMENTS[row["disagreement"]], language),
        "listed": tree.names.get(row["listed"]) or row["listed"],
        "drawn": tree.names.get(row["drawn"]) or row["drawn"],
        "metres": "" if pd.isna(row["metres"]) else f"{row['metres']:,.{int(row['metres'] < 10)}f}",
        "url": url_for("lookup.page", unit=row["unit_id"]),
    }
