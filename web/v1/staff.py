"""``/api/v1/grids/…/staff``: who answers for a grid, now or on any day."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.posts import Answer
from geogrid.store.opening import reading
from geogrid.store.people import who_answers
from geogrid.store.placed import placed_plan
from web.auth import requires
from web.described import answer, describe, ref
from web.language import catalogue_language
from web.scope import sees_phones_of
from web.v1.caller import database, now, plan_in_force
from web.v1.moments import AT, moment_asked, written

__all__ = ["blueprint"]

blueprint = Blueprint("staff", __name__, url_prefix="/api/v1/grids")


@blueprint.get("/<code>/staff")
@requires("worker", scope="limited")
@describe(
    _("Return who answers for a grid, now or at a date: never nobody, and why."),
    more=_(
        "“first” is whom to turn to; “via” says whether that is the holder of the post, its "
        "deputy, somebody else of the grid or of one above it. It is “nobody” only where no "
        "person is registered at all; “office” then has to name somebody. Phone numbers outside "
        "the limits of the caller are empty."
    ),
    parameters=(AT,),
    answers={200: answer(ref("Staff"))},
    problems=(404, 422),
)
def of_grid(code: str) -> Response:
    """Return who answers for a grid."""
    at = moment_asked() or now()
    plan = plan_in_force(at)
    with reading(database()) as connection:
        found = who_answers(connection, code, at=at)
        tree = placed_plan(connection, plan).tree
    response = jsonify(
        at=written(at),
        plan=plan.id,
        grid=asdict(found.chain[0]),
        chain=[asdict(step) for step in found.chain],
        first=_shown(found.first, tree),
        why=found.why.text(catalogue_language()),
        office=asdict(found.office),
        answers=[_shown(each, tree) for each in found.answers],
    )
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _shown(given: Answer, tree: Hierarchy) -> dict[str, Any]:
    """Return an answer, without phones of people outside the caller's limits."""
    hidden = {} if sees_phones_of(given.from_grid, tree) else {"phone": "", "deputy_phone": ""}
    return asdict(given) | hidden
