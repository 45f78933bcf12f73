"""``/api/v1/plans``: from a file to a draft, through review, into force."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.opening import reading
from geogrid.store.plan_jobs import CHECK, PUBLISH
from geogrid.store.plans import (
    PlanRecord,
    list_plans,
    remove_draft,
    submit_draft,
    withdraw_draft,
)
from geogrid.store.publish import rebase_draft
from web.auth import requires
from web.described import answer, describe, query, ref
from web.security import for_programs
from web.v1.bodies import json_body
from web.v1.caller import (
    DRAFTS,
    MissingError,
    database,
    is_planner,
    now,
    plan_in_force,
    plan_seen,
    text_of,
    user_id,
)
from web.v1.jobs import ACCEPTED, start_job
from web.v1.moments import AT, moment_asked, written
from web.v1.paging import PAGE, add_links, id_cursor, limit_asked, next_page
from web.v1.versions import IF_MATCH, IF_NONE_MATCH, not_modified, plan_tag, require_seen

__all__ = ["blueprint"]

blueprint = Blueprint("plans", __name__, url_prefix="/api/v1/plans")
_ONE = "/<int:plan>"
_STATES = ("draft", "review", "published", "archived")
_ETAG = {"ETag": _("The version, for If-Match and If-None-Match.")}
_PLAN = {200: answer(ref("Plan"), headers=_ETAG)}
_KEPT = (
    "id", "number", "name", "status", "version", "base_number",
    "approval", "note", "attribution", "source", "is_sample",
)  # fmt: skip
_STALE = (409, 412, 428)


def _data(plan: PlanRecord) -> dict[str, Any]:
    moments = ("created_at", "submitted_at", "published_at", "valid_from", "valid_until")
    return (
        {name: getattr(plan, name) for name in _KEPT}
        | {"overrides": plan.overrides or {}}
        | {name: written(getattr(plan, name)) for name in moments}
    )


def _answer(plan: PlanRecord) -> Response:
    response = jsonify(_data(plan))
    response.set_etag(plan_tag(plan))
    return response


def _to_change(plan_id: int) -> PlanRecord:
    """Return the plan that the caller may change and has seen as it is."""
    with reading(database()) as connection:
        plan = plan_seen(connection, plan_id)
    require_seen(plan)
    return plan


@blueprint.get("")
@requires("worker", scope="free")
@describe(
    _("List the plans, the newest first; drafts are shown to planners."),
    parameters=(
        query("status", {"enum": list(_STATES)}, _("Only plans in this state.")), AT, *PAGE,
    ),
    answers={200: answer(ref("Plans"), headers={"Link": _("The next page.")})},
    problems=(422,),
)  # fmt: skip
def index() -> Response:
    """List the plans, the newest first."""
    limit, before, status = limit_asked(), id_cursor(), request.args.get("status")
    if status is not None and status not in _STATES:
        raise FieldError(_("status= must be one of {known}."), known=", ".join(_STATES))
    found = [
        plan
        for plan in _plans_asked()
        if status in (None, plan.status) and (is_planner() or plan.status not in DRAFTS)
    ]
    rest = [plan for plan in found if before is None or plan.id < before]
    following = next_page(str(rest[limit - 1].id) if len(rest) > limit else None)
    items = [_data(plan) for plan in rest[:limit]]
    return add_links(jsonify(items=items, total=len(found), next=following), following)


def _plans_asked() -> list[PlanRecord]:
    """Return all plans, or with ``?at=`` the one that was in force, if any."""
    moment = moment_asked()
    if moment is None:
        with reading(database()) as connection:
            return list_plans(connection)
    try:
        return [plan_in_force(moment)]
    except MissingError:
        return []


@blueprint.get(_ONE)
@requires("worker", scope="free")
@describe(
    _("Return a plan without its grids."),
    parameters=(IF_NONE_MATCH,),
    answers=_PLAN | {304: answer(said=_("The caller has this version."))},
)
def one(plan: int) -> Response:
    """Return a plan without its grids."""
    with reading(database()) as connection:
        found = plan_seen(connection, plan)
    return not_modified(plan_tag(found)) or _answer(found)


@blueprint.delete(_ONE)
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Delete a draft for good."),
    parameters=(IF_MATCH,),
    answers={204: answer(said=_("It is gone."))},
    problems=_STALE,
)
def remove(plan: int) -> Response:
    """Delete a draft for good."""
    found = _to_change(plan)
    remove_draft(database(), found.id, found.version, at=now(), by=user_id())
    return Response(status=204)


@blueprint.post(f"{_ONE}/submit")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Hand a draft in for review, with the number of the document that approves it."),
    parameters=(IF_MATCH,),
    body={
        "application/json": {
            "type": "object",
            "required": ["approval"],
            "properties": {"approval": {"type": "string", "minLength": 1, "maxLength": 200}},
        }
    },
    answers=_PLAN,
    problems=(*_STALE, 415, 422),
)
def submit(plan: int) -> Response:
    """Hand a draft in for review."""
    found = _to_change(plan)
    approval = text_of(json_body().get("approval"), "approval", 200, needed=True)
    changed = submit_draft(
        database(), found.id, found.version, approval=approval, at=now(), by=user_id()
    )
    return _answer(changed)


@blueprint.post(f"{_ONE}/withdraw")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Take a plan back from review."),
    parameters=(IF_MATCH,),
    answers=_PLAN,
    problems=_STALE,
)
def withdraw(plan: int) -> Response:
    """Take a plan back from review."""
    found = _to_change(plan)
    return _answer(withdraw_draft(database(), found.id, found.version, at=now(), by=user_id()))


@blueprint.post(f"{_ONE}/rebase")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Say that a draft takes the plan in force into account, though it began from another."),
    more=_("Compare the two first: what only the plan in force has is undone by publishing."),
    parameters=(IF_MATCH,),
    answers=_PLAN,
    problems=_STALE,
)
def rebase(plan: int) -> Response:
    """Say that a draft takes the plan in force into account."""
    found = _to_change(plan)
    return _answer(rebase_draft(database(), found.id, found.version, at=now(), by=user_id()))


@blueprint.post(f"{_ONE}/check")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Check that the grids of a plan neither overlap nor leave gaps: a job."),
    answers=ACCEPTED,
    problems=(503,),
)
def check(plan: int) -> Response:
    """Start to check the grids of a plan."""
    with reading(database()) as connection:
        found = plan_seen(connection, plan)
    return start_job(CHECK, {"plan": found.id})


@blueprint.post(f"{_ONE}/publish")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Put a plan in force that is in review: a job."),
    more=_(
        "All of it or nothing; refused with gaps, overlaps, or rules without a reason. What note "
        "says is kept with the plan and shown to workers."
    ),
    parameters=(IF_MATCH,),
    body={
        "application/json": {
            "type": "object",
            "properties": {
                "reasons": {"type": "object", "additionalProperties": {"type": "string"}},
                "note": {"type": "string", "maxLength": 2_000},
            },
        }
    },
    answers=ACCEPTED,
    problems=(*_STALE, 415, 422, 503),
)
def publish(plan: int) -> Response:
    """Start to publish a plan."""
    found = _to_change(plan)
    body = json_body()
    reasons = body.get("reasons", {})
    if not isinstance(reasons, dict):
        raise FieldError(_("“{name}” must be an object of texts."), name="reasons")
    texts = {
        text_of(rule, "reasons", 100): text_of(why, rule[:100], 2_000)
        for rule, why in reasons.items()
    }
    given = {"plan": found.id, "version": found.version, "reasons": texts}
    if "note" in body:
        given["note"] = text_of(body["note"], "note", 2_000)
    return start_job(PUBLISH, given)
