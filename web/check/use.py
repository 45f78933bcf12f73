"""设为当前网格: from a checked file to the plan everything works on."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask import Response, jsonify, url_for

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.plan import Plan
from geogrid.store.workspace import Workspace
from web.check.folder import CheckFolder
from web.check.traced import take_picture_along
from web.current import current_workspace

__all__ = ["code_problem", "kept_tables", "use_as_plan", "used"]

LONGEST_NAME = 60


def use_as_plan(
    workspace: Workspace,
    check: CheckFolder,
    name: str,
    keep: tuple[str, ...],
    *,
    is_sample: bool,
    folder: Path | None = None,
    by: int | None = None,
) -> Plan:
    """Make the checked boundaries the current plan; the former one is kept.

    A placed picture that they were traced over goes with them.

    Parameters
    ----------
    workspace
        The workspace of the server.
    check
        A check that is done.
    name
        Of the new plan.
    keep
        Tables of the current plan to take over, out of those :func:`kept_tables` names.
    is_sample
        Whether the boundaries are sample data.
    folder
        Where grids and region are; the result of the check by default, else its repair.
    by
        The user.

    Raises
    ------
    FieldError
        There is no name, two grids have one code, or a table cannot be kept.
    """
    title = " ".join(name.split())[:LONGEST_NAME]
    if not title:
        raise FieldError(_("Give the plan a name."))
    folder = folder or check.result
    grids = gpd.read_parquet(folder / "grids.parquet")
    problem = code_problem(grids)
    if problem is not None:
        raise problem
    now = workspace.current()
    possible = kept_tables(now, grids, is_sample=is_sample)
    if not set(keep) <= set(possible):
        raise FieldError(_("These tables belong to grids with other codes and cannot be kept."))
    has_streets = len(now.streets) > 0 and _meet(now.grids, grids)
    plan = workspace.use(
        keep=keep,
        by=by,
        name=title,
        grids=grids,
        region=_optional(folder / "region.parquet"),
        streets=now.streets if has_streets else None,
        attribution=now.attribution if has_streets else "",
        is_sample=is_sample,
        source=str(check.read().get("title", "")),
    )
    take_picture_along(check, plan, by)
    return plan


def used(plan: Plan) -> Response:
    """Answer where to go on: the data, or with a plan in force the drafts."""
    if current_workspace().current().key == plan.key:
        return jsonify(url=url_for("workspace.page", new="grids"))
    return jsonify(url=url_for("plan_list.page"))


def kept_tables(plan: Plan, grids: gpd.GeoDataFrame, *, is_sample: bool) -> tuple[str, ...]:
    """Return the tables of `plan` that may stay: every grid they name is still there.

    Cases and buildings without a grid in the list are placed by their position and may stay
    wherever the new grids hold most of them. Sample data never enter an office's own plan.
    """
    if plan.is_sample and not is_sample:
        return ()
    known = set(grids["code"].astype("str"))
    found = []
    if len(plan.posts) and set(plan.posts["grid"]) - {""} <= known:
        found.append("posts")
    if len(plan.units) and set(plan.units["grid"]) - {""} <= known and _inside(plan.units, grids):
        found.append("units")
    if len(plan.cases) and _inside(plan.cases, grids):
        found.append("cases")
    return tuple(found)


def _inside(rows: pd.DataFrame, grids: gpd.GeoDataFrame) -> bool:
    """Return whether most positions lie in the box around the grids."""
    west, south, east, north = grids.to_crs("EPSG:4326").total_bounds
    place = rows[["lon", "lat"]].to_numpy(dtype=np.float64)
    place = place[np.isfinite(place).all(axis=1)]
    if not len(place):
        return False
    inside = (place[:, 0] >= west) & (place[:, 0] <= east)
    inside &= (place[:, 1] >= south) & (place[:, 1] <= north)
    return bool(inside.mean() > 0.5)


def _meet(now: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> bool:
    """Return whether the boxes around two plans meet, so that streets of one serve the other."""
    boxes = [shapely.box(*frame.to_crs("EPSG:4326").total_bounds) for frame in (now, grids)]
    return bool(shapely.intersects(*boxes))


def code_problem(grids: pd.DataFrame, *, is_upload: bool = True) -> FieldError | None:
    """Return what keeps grids from being a plan: codes that are missing or used twice.

    Only what was uploaded has answers that can be changed.
    """
    codes = grids["code"].astype("str")
    double = sorted(set(codes[codes.duplicated()]))
    if not double and not (codes == "").any():
        return None
    named = "”、“".join(code or "—" for code in double[:5]) or "—"
    if not is_upload:
        return FieldError(
            _("Every grid of a plan needs a code of its own. Missing or used twice: “{codes}”."),
            codes=named,
        )
    return FieldError(
        _(
            "Every grid of a plan needs a code of its own. Missing or used twice: “{codes}”."
            " Correct the file; or change the answers and choose another column of codes,"
            " or none: then the grids are numbered."
        ),
        codes=named,
    )


def _optional(path: Path) -> gpd.GeoDataFrame | None:
    return gpd.read_parquet(path) if path.exists() else None
