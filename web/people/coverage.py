"""``/people/coverage``: addresses without exactly one grid and one person who answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from flask import Blueprint, Response, abort, render_template, request, url_for

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.locate import count_holders
from geogrid.people_coverage import LACKS, addresses_to_cover, count_lacks, cover_people
from geogrid.tabular.workbook import Sheet
from geogrid.vocabulary import LABELS, label
from web.auth import caller, requires
from web.changes.remembering import remembered
from web.current import CurrentPlan, current_plan
from web.language import catalogue_language
from web.parameters import page_number
from web.scope import within
from web.table_files import table_answer

__all__ = ["blueprint"]

blueprint = Blueprint("coverage", __name__)
ROWS_SHOWN = 50
_COMMUNITY = 2


@blueprint.get("/coverage")
@requires("worker", scope="limited")
def page() -> str:
    """Show what addresses lack, by community and one by one."""
    current = current_plan()
    tree = current.plan.hierarchy
    seen, rows = _asked(current)
    counts = count_lacks(seen, tree, _COMMUNITY)
    number, pages = page_number(request.args, len(rows), ROWS_SHOWN)
    some = rows.iloc[ROWS_SHOWN * (number - 1) : ROWS_SHOWN * number]
    return render_template(
        "people_coverage.html",
        asked={"grid": request.args.get("grid", ""), "lack": request.args.get("lack", "")},
        plan=current.plan,
        total=len(seen),
        covered=int((seen["lack"] == "").sum()),
        lacks=_lacks(seen),
        communities=_communities(counts, tree),
        rows=[_row(row, tree) for row in some.to_dict("records")],
        page=number,
        pages=pages,
    )


@blueprint.get("/coverage.<kind>")
@requires("worker", scope="limited")
def download(kind: str) -> Response:
    """Send what the page lists: the communities, and the addresses that lack something."""
    current, language = current_plan(), catalogue_language()
    tree = current.plan.hierarchy
    seen, rows = _asked(current)
    counts = count_lacks(seen, tree, _COMMUNITY)
    heads = [
        _("Community"),
        _("Addresses"),
        _("All is well"),
        *(word for word, _s in LACKS.values()),
    ]
    by_community = [
        [_name(str(code), tree, language), *map(int, numbers)]
        for code, *numbers in counts.itertuples()
    ]
    columns = (
        _("Number of the building"), _("Kind"), _("Name"), _("Address"), _("What is lacking"),
        _("Grid code"), _("Grid"), _("Belongs to"), _("Other grids of this address"),
        _("Who answers"), _("Longitude (WGS 84)"), _("Latitude (WGS 84)"),
    )  # fmt: skip
    listed = [_cells(row, tree, language) for row in rows.to_dict("records")]
    return table_answer(
        translate(_("Coverage of people"), language),
        [
            Sheet(
                translate(_("By community"), language),
                [[translate(head, language) for head in heads], *by_community],
                (30, *[12] * (len(heads) - 1)),
            ),
            Sheet(
                translate(_("Addresses"), language),
                [[translate(head, language) for head in columns], *listed],
                (20, 10, 26, 36, 36, 20, 22, 30, 26, 14, 14, 14),
            ),
        ],
        kind,
    )


def _asked(current: CurrentPlan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the addresses that the caller may see in the grid asked for, and those listed."""
    tree, grid = current.plan.hierarchy, request.args.get("grid", "")
    lack = request.args.get("lack", "")
    if lack and lack not in LACKS:
        abort(404)
    seen = remembered(("people_coverage", current.plan.digest), lambda: _covered(current))
    if caller().scope is not None:
        seen = seen[within(seen["grid"], tree)]
    if grid:
        inside = {code: grid in tree.chain(code) for code in seen["grid"].unique()}
        seen = seen[seen["grid"].map(inside).astype("bool")]
    order = {name: rank for rank, name in enumerate(LACKS)}
    rows = seen[seen["lack"] == lack if lack else seen["lack"] != ""]
    by = rows.assign(rank=rows["lack"].map(order)).sort_values(["rank", "grid", "address"])
    return seen, by


def _covered(current: CurrentPlan) -> pd.DataFrame:
    """Return every address with what :func:`cover_people` says of it."""
    plan = current.plan
    rows = addresses_to_cover(plan.units, plan.addresses)
    lon, lat = rows["lon"].to_numpy(np.float64), rows["lat"].to_numpy(np.float64)
    drawn = current.grids_at(lon, lat)
    holders = count_holders(current.index, lon, lat) if current.index.has_overlaps else None
    found = cover_people(rows, drawn, current.posts_by_grid, plan.hierarchy, holders=holders)
    return pd.concat([rows.drop(columns="same"), found], axis=1)


def _lacks(seen: pd.DataFrame) -> list[dict[str, Any]]:
    language, counts = catalogue_language(), seen["lack"].value_counts()
    return [
        {
            "code": code,
            "word": translate(word, language),
            "sentence": translate(sentence, language),
            "count": int(counts[code]),
        }
        for code, (word, sentence) in LACKS.items()
        if code in counts
    ]


def _communities(counts: pd.DataFrame, tree: Hierarchy) -> list[dict[str, Any]]:
    language = catalogue_language()
    return [
        {
            "code": code,
            "name": _name(str(code), tree, language),
            **{name: int(count) for name, count in row.items()},
        }
        for code, row in counts.iterrows()
    ]


def _name(code: str, tree: Hierarchy, language: str) -> str:
    return (tree.names.get(code) or code) or translate(_("In no grid"), language)


def _row(row: Mapping[Any, Any], tree: Hierarchy) -> dict[str, Any]:
    """Return what the page says of an address."""
    language = catalogue_language()
    names = [_name(code, tree, language) for code in str(row["others"]).split()]
    return {
        "name": row["address"] or row["name"] or row["unit_id"],
        "more": row["name"] if row["address"] and row["name"] not in row["address"] else "",
        "kind": _kind(row, language),
        "said": translate(LACKS[row["lack"]][1], language),
        "grid": " · ".join(tree.names_up(row["grid"])[:2][::-1]),
        "others": names,
        "person": row["person"],
        "post": label("post", row["post"], language) if row["post"] else "",
        "of": _name(row["of"], tree, language) if row["of"] else "",
        "url": _on_map(row),
    }


def _kind(row: Mapping[Any, Any], language: str) -> str:
    return label("unit_kind", row["kind"], language) if row["kind"] in LABELS["unit_kind"] else ""


def _on_map(row: Mapping[Any, Any]) -> str:
    if row["unit_id"]:
        return url_for("lookup.page", unit=row["unit_id"])
    return url_for("lookup.page", lon=f"{row['lon']:.6f}", lat=f"{row['lat']:.6f}", datum="wgs84")


def _cells(row: Mapping[Any, Any], tree: Hierarchy, language: str) -> list[Any]:
    names = tree.names_up(row["grid"]) or [""]
    return [
        row["unit_id"], _kind(row, language), row["name"], row["address"],
        translate(LACKS[row["lack"]][1], language), row["grid"], names[0],
        " · ".join(names[:0:-1]), row["others"], row["person"], row["lon"], row["lat"],
    ]  # fmt: skip
