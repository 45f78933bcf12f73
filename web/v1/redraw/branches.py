"""Branches of a draft: copied, compared, brought together."""

from __future__ import annotations

from typing import Any

import shapely
from flask import Blueprint, Response, json, jsonify, request

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.redrawing.branches import (
    Area,
    Clash,
    branch_off,
    compare_drafts,
    merge_branch,
)
from geogrid.store.redrawing.desk import Who
from web.auth import requires
from web.described import answer, describe, query, ref
from web.language import catalogue_language
from web.security import for_programs
from web.v1.bodies import json_body
from web.v1.caller import database, now, text_of, user_id
from web.v1.redraw.doing import draft_asked, finds_drafts, version_in
from web.v1.redraw.said import entry_data

__all__ = ["blueprint"]

blueprint = Blueprint("redraw_branches", __name__, url_prefix="/api/v1/plans/<int:plan>/redraw")
_ID = {"type": "integer", "minimum": 1, "maximum": 2_147_483_647}


@blueprint.post("/branches")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Copy a draft as it is into a new one, which remembers where it came from."),
    body={
        "application/json": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 120}},
        }
    },
    answers={201: answer(ref("RedrawBranch"), headers={"Location": _("The new draft.")})},
    problems=(409, 413, 415, 422),
)
@finds_drafts
def branch(plan: int) -> Response:
    """Copy a draft."""
    found = draft_asked(plan)
    name = text_of(json_body().get("name"), "name", 120, needed=True)
    copy = branch_off(database(), found, name, at=now(), by=user_id())
    response = jsonify(id=copy.id, name=copy.name, version=copy.version, origin=found)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/plans/{copy.id}"
    return response


@blueprint.get("/compare")
@requires("planner", scope="whole")
@describe(
    _("Return the areas that are in other grids in another draft, as GeoJSON, the largest first."),
    parameters=(query("with", _ID, _("The other draft."), required=True),),
    answers={200: answer(ref("RedrawAreas"))},
    problems=(409, 422),
)
@finds_drafts
def compare(plan: int) -> Response:
    """Compare two drafts."""
    found, text = draft_asked(plan), request.args.get("with", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise FieldError(_("“{name}” must be the number of a plan."), name="with")
    areas, is_all = compare_drafts(database(), found, draft_asked(int(text)))
    return jsonify(
        type="FeatureCollection", truncated=not is_all, features=[_area(each) for each in areas]
    )


def _area(area: Area) -> dict[str, Any]:
    names = ("one", "other", "one_name", "other_name")
    return _feature(area.shape, {name: getattr(area, name) for name in names})


def _feature(shape: shapely.Geometry | None, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@blueprint.post("/merge")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Do in a draft what was done in a branch of it; what does not agree comes back as areas."),
    body={
        "application/json": {
            "type": "object",
            "required": ["from", "version"],
            "properties": {"from": _ID, "version": _ID},
        }
    },
    answers={200: answer(ref("RedrawMerged"))},
    problems=(409, 413, 415, 422),
)
@finds_drafts
def merge(plan: int) -> Response:
    """Bring a branch into a draft."""
    found, body = draft_asked(plan), json_body()
    source = draft_asked(version_in(body, "from"))
    who = Who(version_in(body), now(), user_id())
    merged = merge_branch(database(), found, source, who)
    return jsonify(
        version=merged.version,
        applied=[entry_data(entry) for entry in merged.applied],
        conflicts={
            "type": "FeatureCollection",
            "features": [_clash(clash) for clash in merged.clashes],
        },
    )


def _clash(clash: Clash) -> dict[str, Any]:
    language = catalogue_language()
    reasons = [each.reason.text(language) for each in clash.conflicts]
    place = next((each.place for each in clash.conflicts if each.place), None)
    grids = sorted({code for each in clash.conflicts for code in each.grids})
    properties = {"text": entry_data(clash.entry)["text"], "number": clash.entry.target}
    properties |= {"reasons": reasons, "grids": grids, "place": place}
    return _feature(clash.shape, properties)
