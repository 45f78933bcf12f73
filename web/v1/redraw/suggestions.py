"""Small changes that a planner is shown before they are done: a grid halved, some made alike."""

from __future__ import annotations

import math
from typing import Any

from flask import Blueprint, Response, jsonify

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.redrawing.desk import Who, operate
from geogrid.store.redrawing.opened import open_draft, require_draft
from geogrid.store.redrawing.operations import operation
from geogrid.store.redrawing.suggesting import KINDS, MOST_GRIDS, suggest
from web.auth import requires
from web.described import answer, describe, ref
from web.security import for_programs
from web.v1.bodies import json_body
from web.v1.caller import database, now, text_of, user_id
from web.v1.redraw.doing import draft_asked, finds_drafts
from web.v1.redraw.said import done, scheme

__all__ = ["blueprint"]

blueprint = Blueprint("redraw_suggestions", __name__, url_prefix="/api/v1/plans/<int:plan>/redraw")
_MOST_HOMES = 1_000_000


@blueprint.post("/suggestions")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Suggest how to halve a grid, make some alike or take households from one: one operation."),
    more=_(
        "Nothing is changed: send “operation” and “parameters” to …/redraw/operations. “change” is"
        " what that would do. Where nobody knows where households are, “measure” is “area”."
    ),
    body={
        "application/json": {
            "type": "object",
            "required": ["kind", "codes"],
            "properties": {
                "kind": {"enum": list(KINDS)},
                "codes": {
                    "type": "array", "items": {"type": "string"}, "minItems": 1,
                    "maxItems": MOST_GRIDS,
                },
                "households": {"type": "number", "exclusiveMinimum": 0, "maximum": _MOST_HOMES},
                "to": {"type": "string"},
            },
        }
    },
    answers={200: answer(ref("RedrawSuggestion"))},
    problems=(409, 413, 415, 422),
)  # fmt: skip
@finds_drafts
def suggestions(plan: int) -> Response:
    """Suggest a small change."""
    found, body = draft_asked(plan), json_body()
    kind = text_of(body.get("kind"), "kind", 20, needed=True)
    if kind not in KINDS:
        raise FieldError(_("“{name}” must be one of {known}."), name="kind", known=", ".join(KINDS))
    codes = body.get("codes")
    if not isinstance(codes, list) or not 0 < len(codes) <= MOST_GRIDS:
        raise FieldError(
            _("“{name}” must be a list of 1 to {most} codes."), name="codes", most=MOST_GRIDS
        )
    listed = [text_of(code, "codes", 200, needed=True) for code in codes]
    to = text_of(body.get("to") or "", "to", 200) or None
    with open_draft(database(), found, counts_anew=True) as (draft, state):
        require_draft(state)
        made = suggest(draft, kind, listed, households=_homes_in(body), to=to)
        who = Who(state.version, now(), user_id())
    ask = operation(made.operation, made.parameters, scheme())
    change = operate(database(), found, ask, who, done, dry=True)
    return jsonify(
        operation=made.operation, parameters=made.parameters, measure=made.measure, change=change
    )


def _homes_in(body: dict[str, Any]) -> float | None:
    value = body.get("households")
    if value is None:
        return None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 < value <= _MOST_HOMES:
        raise FieldError(
            _("“{name}” must be a number above 0, at most {most}."),
            name="households", most=_MOST_HOMES,
        )  # fmt: skip
    return float(value)
