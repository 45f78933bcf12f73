"""``/api/v1/plans/…/proposals``: ways to divide a place anew, and one of them as a draft."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.propose import AIMS
from geogrid.store.jobs import JobRecord, find_job, list_jobs
from geogrid.store.opening import reading
from geogrid.store.proposing import PROPOSE, proposed_parts, used_codes
from web.auth import requires
from web.current import current_workspace
from web.described import answer, describe
from web.security import for_programs
from web.v1.bodies import json_body
from web.v1.caller import MissingError, database, plan_seen, text_of, user_id
from web.v1.jobs import ACCEPTED, start_job
from web.v1.paging import known_id

__all__ = ["blueprint", "newest_proposals", "proposals_of"]

blueprint = Blueprint("proposals", __name__, url_prefix="/api/v1/plans")
_ALL = "/<int:plan>/proposals"
_ASKED: dict[str, dict[str, Any]] = {
    "count": {"type": "integer", "minimum": 1, "maximum": 100_000},
    "target": {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000},
    "tolerance": {"type": "number", "minimum": 0.01, "maximum": 0.9},
    "keeps_parents": {"type": "boolean"},
    "keeps_dedicated": {"type": "boolean"},
    "seed": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
}
_USUAL = {"tolerance": 0.1, "keeps_parents": True, "keeps_dedicated": True, "seed": 1}


@blueprint.post(_ALL)
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Propose grids for a plan, several ways side by side: a job."),
    more=_(
        "As many grids as now, `count` of them, or of `target` households each. Nothing is changed;"
        " one proposal is made a draft by another call."
    ),
    body={"application/json": {"type": "object", "properties": _ASKED}},
    answers=ACCEPTED,
    problems=(415, 422, 503),
)
def start(plan: int) -> Response:
    """Start to make proposals."""
    with reading(database()) as connection:
        found = plan_seen(connection, plan)
    body = json_body()
    asked = {name: _checked(body[name], name) for name in _ASKED if body.get(name) is not None}
    if "count" in asked and "target" in asked:
        raise FieldError(_("Say how many grids there are to be, or how large, not both."))
    return start_job(PROPOSE, {**_USUAL, **asked, "plan": found.id})


def _checked(value: object, name: str) -> Any:
    rule = _ASKED[name]
    if rule["type"] == "boolean":
        if isinstance(value, bool):
            return value
        raise FieldError(_("“{name}” must be true or false."), name=name)
    kinds = (int,) if rule["type"] == "integer" else (int, float)
    low, high = rule.get("minimum", 0), rule["maximum"]
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    if not is_number or not low <= value <= high or value <= rule.get("exclusiveMinimum", -1):
        raise FieldError(
            _("“{name}” must be a number from {low} to {high}."), name=name, low=low, high=high
        )
    return value


@blueprint.post(f"{_ALL}/<int:job>/<aim>")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Make a proposal a draft, with the lists of its plan."),
    body={
        "application/json": {
            "type": "object",
            "properties": {"name": {"type": "string", "maxLength": 120}},
        }
    },
    answers={
        201: answer(
            {
                "type": "object",
                "properties": {"plan": {"type": "integer"}, "url": {"type": "string"}},
            },
            _("The draft."),
        )
    },
    problems=(409, 415, 422),
)
def make_draft(plan: int, job: int, aim: str) -> tuple[Response, int]:
    """Make a proposal a draft."""
    name = text_of(json_body().get("name", ""), "name", 120)
    found = proposals_of(plan, job)
    if aim not in AIMS:
        raise MissingError(_("There is no proposal {aim} here."), aim=aim[:40])
    with reading(database()) as connection:
        used = used_codes(connection)
    old = current_workspace().find_plan(str(plan))
    parts = proposed_parts(old, found.result or {}, aim, name or old.name, used=used)
    workspace = current_workspace()
    with workspace.changing() as connection:
        record = workspace.add_draft(connection, parts, user_id(), is_shown=False)
    return jsonify(plan=record.id, url=url_for("plan_list.page")), 201


def proposals_of(plan: int, job: int) -> JobRecord:
    """Return the job that made proposals for a plan, done.

    Raises
    ------
    MissingError
        There is no such job, or it is not done.
    """
    with reading(database()) as connection:
        plan_seen(connection, plan)
        found = find_job(connection, known_id(job))
    if not _is_done(found, plan):
        raise MissingError(_("There are no proposals of number {job} for this plan."), job=job)
    return found


def newest_proposals(plan: int) -> JobRecord | None:
    """Return the last job that made proposals for a plan, of those not long ago."""
    with reading(database()) as connection:
        plan_seen(connection, plan)
        return next((job for job in list_jobs(connection) if _is_done(job, plan)), None)


def _is_done(job: JobRecord, plan: int) -> bool:
    return (job.kind, job.status, job.given.get("plan")) == (PROPOSE, "done", plan)
