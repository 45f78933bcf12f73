"""``GET /api/v1/plans/…/compare``: what a plan changes of another one."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import Connection

from geogrid.compare.plain import comparison_data
from geogrid.compare.record import ComparisonRecord
from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.comparing import compare_stored
from geogrid.store.opening import reading
from geogrid.store.plans import PlanRecord, list_plans
from web.auth import requires
from web.described import answer, describe, query, ref
from web.v1.caller import MissingError, database, now, plan_seen

__all__ = ["blueprint"]

blueprint = Blueprint("compare", __name__, url_prefix="/api/v1/plans")
_ID = {"type": "integer", "minimum": 1}


@blueprint.get("/<int:plan>/compare")
@requires("planner", scope="whole")
@describe(
    _("Say what a plan changes of another: grids, area, households, cases, addresses, staff."),
    more=_(
        "Compared with the plan named by former, else with the one that was in force before it, "
        "or for a draft with the one in force."
    ),
    parameters=(
        query("former", _ID, _("The earlier plan.")),
        query("shapes", {"enum": ["0", "1"]}, _("Whether moves have their geometry.")),
    ),
    answers={200: answer(ref("Comparison"))},
    problems=(422,),
)
def one(plan: int) -> Response:
    """Compare a plan with an earlier one."""
    shapes = request.args.get("shapes", "0")
    if shapes not in ("0", "1"):
        raise FieldError(_("shapes= must be 0 or 1."))
    with reading(database()) as connection:
        after = plan_seen(connection, plan)
        before = _former(connection, after)
        comparison = compare_stored(connection, before, after, at=now())
    record = ComparisonRecord(comparison, before.name, after.name, language="en")
    data = comparison_data(record, with_shapes=shapes == "1")
    data["before"] |= {"id": before.id, "status": before.status}
    data["after"] |= {"id": after.id, "status": after.status}
    return jsonify(data)


def _former(connection: Connection, after: PlanRecord) -> PlanRecord:
    """Return the plan to compare with.

    Raises
    ------
    FieldError, MissingError
        ``former`` is no number, or there is no such plan.
    """
    text = request.args.get("former")
    if text is not None:
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise FieldError(_("“{name}” must be the number of a plan."), name="former")
        return plan_seen(connection, int(text))
    numbered = {each.number: each for each in list_plans(connection) if each.number is not None}
    earlier = [number for number in numbered if after.number is None or number < after.number]
    if not earlier:
        raise MissingError(_("There is no plan before “{name}”."), name=after.name)
    return numbered[max(earlier)]
