"""Branches of a draft: copied, compared, brought together."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.redrawing.branches import branch_off
from geogrid.store.redrawing.bringing import Choice
from geogrid.store.redrawing.desk import Who
from geogrid.store.redrawing.differences import compare_drafts
from geogrid.store.redrawing.merging import merge_branch
from web.auth import requires
from web.described import answer, describe, query, ref
from web.security import for_programs
from web.v1.bodies import json_body
from web.v1.caller import database, now, text_of, user_id
from web.v1.redraw.doing import draft_asked, finds_drafts, version_in
from web.v1.redraw.said import profile
from web.v1.redraw.said_of_branches import differences_said, merge_said

__all__ = ["blueprint"]

blueprint = Blueprint("redraw_branches", __name__, url_prefix="/api/v1/plans/<int:plan>/redraw")
_ID = {"type": "integer", "minimum": 1, "maximum": 2_147_483_647}
_MOST_CHOSEN = 10_000
_NUMBERS = {"type": "array", "items": _ID, "maxItems": _MOST_CHOSEN}


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
    more=_("With the households on them, and all grids that are not the same in both drafts."),
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
    return jsonify(
        differences_said(compare_drafts(database(), found, draft_asked(int(text)), profile()))
    )


@blueprint.post("/merge")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Do in a draft what was done in a branch of it; what does not agree comes back as areas."),
    more=_(
        "All of it is kept at once or nothing. Where both changed something, the draft's own side "
        "counts unless “take” names an operation of the branch there; “again” names those that "
        "were brought over before and undone since. “dry” only says what it would do."
    ),
    body={
        "application/json": {
            "type": "object",
            "required": ["from"],
            "properties": {
                "from": _ID, "version": _ID, "from_version": _ID, "take": _NUMBERS,
                "again": _NUMBERS, "dry": {"type": "boolean"},
            },
        }
    },
    answers={200: answer(ref("RedrawMerged"))},
    problems=(409, 413, 415, 422),
)  # fmt: skip
@finds_drafts
def merge(plan: int) -> Response:
    """Bring a branch into a draft."""
    found, body = draft_asked(plan), json_body()
    source = draft_asked(version_in(body, "from"))
    dry = body.get("dry", False)
    if not isinstance(dry, bool):
        raise FieldError(_("“{name}” must be true or false."), name="dry")
    choice = Choice(_numbers(body, "take"), _numbers(body, "again"))
    who = None if dry else Who(version_in(body), now(), user_id())
    seen = version_in(body, "from_version") if "from_version" in body else None
    return jsonify(
        merge_branch(database(), found, source, who, merge_said, choice=choice, source_seen=seen)
    )


def _numbers(body: dict[str, Any], name: str) -> frozenset[int]:
    given = body.get(name, [])
    is_list = isinstance(given, list) and len(given) <= _MOST_CHOSEN
    if not is_list or not all(type(each) is int and each > 0 for each in given):
        raise FieldError(_("“{name}” must be a list of numbers of operations."), name=name)
    return frozenset(given)
