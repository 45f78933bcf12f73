"""规模建议: what a built-in profile says of the checked grids, beside the verdict."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
from flask import Blueprint, Response, abort, jsonify, request, session
from flask_babel import gettext as _

from geogrid.drawing.map_shapes import lonlat_bounds, to_lonlat
from geogrid.rules import builtin_profiles, check_rules
from geogrid.rules.builtin import profile_label
from geogrid.rules.text import advice_data
from geogrid.store.plan import Plan
from web.auth import requires
from web.check.folder import CheckFolder, find_check
from web.check.office import units_near
from web.check.use import kept_tables
from web.check.view import language
from web.current import current_workspace

__all__ = ["blueprint"]

blueprint = Blueprint("advice", __name__)
MOST_ROWS = 200


@blueprint.get("/api/v1/check/<token>/advice")
@requires("worker", scope="free")
def advice(token: str) -> Response:
    """Return what is off by a built-in profile: the one asked for, else the one last chosen."""
    check = find_check(token)
    if not check.result.is_dir():
        abort(404)
    profiles = builtin_profiles()
    name = request.args.get("profile") or session.get("profile", "")
    if name not in profiles:
        name = next(iter(profiles))
    session["profile"] = name
    labels = [[each, profile_label(profiles[each], language())] for each in profiles]
    return jsonify(profile=name, profiles=labels, **_advised(check, name))


def _advised(check: CheckFolder, name: str) -> dict[str, Any]:
    origin = check.read()["origin"]
    workspace = current_workspace()
    plan: Plan = workspace.sample() if origin == "example" else workspace.current()
    grids = gpd.read_parquet(check.result / "grids.parquet")
    units = units_near(plan.units, grids)
    is_staffed = "posts" in kept_tables(plan, grids, is_sample=origin not in ("upload", "draft"))
    found = check_rules(
        grids,
        builtin_profiles()[name],
        units=units,
        posts=plan.posts if is_staffed else None,
    )
    found = found[found["kind"] == "scale"]  # codes given twice are in the verdict's list
    has_homes = units is not None or bool(grids["households"].notna().any())
    hint = "" if has_homes else _("The file says no numbers of households; they were not compared.")
    shown = found.head(MOST_ROWS)
    boxes = lonlat_bounds(to_lonlat(shown.geometry.to_numpy(), shown.crs))
    rows = [
        said | {"level": None if pd.isna(level) else int(level), "bounds": box}
        for said, level, box in zip(
            advice_data(shown, language()), shown["level"], boxes, strict=True
        )
    ]
    return {"total": len(found), "rows": rows, "hint": hint}
