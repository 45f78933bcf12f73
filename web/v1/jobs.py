"""``/api/v1/jobs``: long work, how far it is, and stopping it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from geogrid.i18n import mark as _
from geogrid.store.jobs import JobRecord, add_job, cancel_job, count_jobs, find_job, list_jobs
from geogrid.store.opening import reading
from web import errors
from web.auth import requires
from web.described import answer, describe, ref
from web.language import catalogue_language
from web.security import for_programs
from web.v1.caller import database, now, user_id
from web.v1.moments import written
from web.v1.paging import PAGE, add_links, id_cursor, known_id, limit_asked, next_page

__all__ = ["ACCEPTED", "blueprint", "job_data", "start_job"]

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")
_ONE = "/<int:job>"
ACCEPTED = {
    202: answer(
        ref("Job"),
        _("It will be done; ask the job how far it is."),
        headers={"Location": _("Address of the job.")},
    )
}
"""What is answered by views that start a job."""


def start_job(kind: str, given: dict[str, Any]) -> Response:
    """Write down long work for the caller and answer where to ask about it."""
    job = add_job(database(), kind, given, at=now(), by=user_id())
    response = jsonify(job_data(job))
    response.status_code = 202
    response.headers["Location"] = url_for("jobs.one", job=job.id)
    return response


def job_data(job: JobRecord) -> dict[str, Any]:
    """Return a job as answers have it, in the caller's language."""
    language = catalogue_language()
    result, error = job.result, None
    if result is not None and "findings" in result:
        said = [each | {"text": each["text"][language]} for each in result["findings"]]
        result = result | {"findings": said}
    if job.error is not None:
        error = errors.problem_of(job.error, language)
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.status,
        "progress": job.progress,
        "stage": job.stage and job.stage[language],
        "plan": (job.result or {}).get("plan", job.given.get("plan")),
        "result": result,
        "error": error,
        "is_cancelled": job.is_cancelled,
        "attempts": job.attempts,
        "created_at": written(job.created_at),
        "started_at": written(job.started_at),
        "ended_at": written(job.ended_at),
    }


@blueprint.get("")
@requires("planner", scope="whole")
@describe(
    _("List the jobs, the newest first."),
    parameters=PAGE,
    answers={200: answer(ref("Jobs"), headers={"Link": _("The next page.")})},
    problems=(422,),
)
def index() -> Response:
    """List the jobs, the newest first."""
    limit = limit_asked()
    with reading(database()) as connection:
        found = list_jobs(connection, before=id_cursor(), limit=limit + 1)
        total = count_jobs(connection)
    following = next_page(str(found[limit - 1].id) if len(found) > limit else None)
    items = [job_data(job) for job in found[:limit]]
    return add_links(jsonify(items=items, total=total, next=following), following)


@blueprint.get(_ONE)
@requires("planner", scope="whole")
@describe(_("Return a job: how far it is, and what came of it."), answers={200: answer(ref("Job"))})
def one(job: int) -> Response:
    """Return a job: how far it is, and what came of it."""
    with reading(database()) as connection:
        return jsonify(job_data(find_job(connection, known_id(job))))


@blueprint.post(f"{_ONE}/cancel")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Stop a job: at once while it waits, at its next stage while it runs."),
    more=_("Nothing that it would have changed is changed once this was answered."),
    answers={200: answer(ref("Job"))},
    problems=(409,),
)
def cancel(job: int) -> Response:
    """Stop a job."""
    return jsonify(job_data(cancel_job(database(), known_id(job), at=now())))
