"""``/cases``: upload a list of cases or addresses, confirm it, see where its rows are, use it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _

from geogrid.errors import InputError
from geogrid.i18n import mark
from geogrid.store.errors import UploadMissingError
from web.auth import caller_id, requires
from web.cases.again import place_again
from web.cases.choice import parse_choice
from web.cases.download import write_download
from web.cases.list import CaseList, find_list
from web.cases.locating import locate_list
from web.cases.preview import preview_list
from web.cases.result import bins_answer, rows_answer
from web.cases.view import confirm_view, result_view, state_view
from web.current import current_plan, current_workspace
from web.heatmap.figures import case_span, uses_sample_cases
from web.heatmap.query import view
from web.jobs import BusyError, Job, jobs
from web.scope import visible_cases
from web.shell import page_map
from web.uploads import take_upload

__all__ = ["blueprint"]

blueprint = Blueprint("cases", __name__)

SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".txt")
PATIENCE_S = 1.5
"""So long a request waits for the background work before it answers that it goes on."""
WRITING_S = 300.0
"""So long a download waits for its file."""


def _language() -> str:
    return "zh_CN" if str(get_locale()).startswith("zh") else "en"


def _state(cases: CaseList) -> Response:
    return jsonify(state_view(cases, _language()))


@blueprint.get("/cases")
@requires("worker", scope="limited")
def page() -> str:
    """Ask for a list and say which cases are on the map now."""
    return render_template(
        "cases.html",
        last=_last(),
        largest_mb=current_app.config["SETTINGS"].max_upload_mb,
        suffixes=SUFFIXES,
        now=_cases_now(),
    )


def _last() -> dict[str, str] | None:
    try:
        upload = find_list(session.get("cases", "")).upload
    except UploadMissingError:
        return None
    return {"token": upload.token, "name": upload.name}


def _cases_now() -> dict[str, Any]:
    current = current_plan()
    is_sample = uses_sample_cases(current_workspace())
    zone = current_app.config["SETTINGS"].timezone
    seen = visible_cases(current)
    span = case_span(seen, now=datetime.now(UTC), time_zone=zone, is_sample=is_sample)
    return {
        "count": len(seen),
        "is_sample": is_sample,
        "on_sample": current.plan.is_sample,
        "in_force": current_workspace().is_in_force,
        "first": span.first,
        "newest": span.newest,
    }


@blueprint.post("/api/v1/cases")
@requires("worker", scope="own")
def upload() -> Response:
    """Take a list and begin to read it."""
    cases = CaseList(take_upload(request.files.get("file"), SUFFIXES))
    session["cases"] = cases.token
    return _begin_reading(cases, None)


def _begin_reading(cases: CaseList, sheet: str | None) -> Response:
    key = cases.job_key("read")
    jobs().start(key, lambda progress: preview_list(cases, sheet, progress))
    jobs().wait(key, seconds=PATIENCE_S)
    return _state(cases)


@blueprint.get("/api/v1/cases/<token>")
@requires("worker", scope="own")
def state(token: str) -> Response:
    """Say how far a list is."""
    return _state(find_list(token))


@blueprint.post("/api/v1/cases/<token>/read")
@requires("worker", scope="own")
def read(token: str) -> Response:
    """Read another sheet of the workbook."""
    return _begin_reading(find_list(token), request.form.get("sheet") or None)


@blueprint.post("/api/v1/cases/<token>/locate")
@requires("worker", scope="own")
def locate(token: str) -> Response:
    """Put the rows into the grids, as confirmed in the form."""
    cases, current = find_list(token), current_plan()
    choice = parse_choice(request.form, _found(cases, "preview"))
    if cases.stage()[0] in ("reading", "locating"):
        raise BusyError(mark("This list is being worked on already."))
    cases.forget_result()
    cases.write("choice", choice._asdict())
    zone, key = current_app.config["SETTINGS"].timezone, cases.job_key("locate")
    jobs().start(
        key,
        lambda progress: locate_list(cases, choice, current, progress, time_zone=zone),
    )
    jobs().wait(key, seconds=PATIENCE_S)
    return _state(cases)


def _found(cases: CaseList, name: str) -> dict[str, Any]:
    found = cases.read(name)
    if found is None:
        raise InputError(mark("This list is not ready. Please upload it again."))
    return found


@blueprint.get("/cases/<token>")
@requires("worker", scope="own")
def show(token: str) -> str | Response:
    """Show what comes next: the columns to confirm (``?change=1`` for again), or the result."""
    cases = find_list(token)
    result = cases.read("result")
    if result is None or "change" in request.args:
        return render_template("cases_confirm.html", **confirm_view(cases, _language()))
    shown = result_view(cases, result, _language())
    return render_template(
        "cases_result.html", map=page_map("cases"), entry="cases-result.js", **shown
    )


@blueprint.get("/api/v1/cases/<token>/rows")
@requires("worker", scope="own")
def rows(token: str) -> Response:
    """Return a page of the rows of ``?status=``."""
    cases = find_list(token)
    _found(cases, "result")
    number = request.args.get("page", default=1, type=int)
    return jsonify(rows_answer(cases, request.args.get("status", ""), number, _language()))


@blueprint.get("/api/v1/cases/<token>/bins")
@requires("worker", scope="own")
def bins(token: str) -> Response:
    """Return the located rows in ``?bbox=&zoom=``, counted on squares."""
    cases = find_list(token)
    _found(cases, "result")
    return jsonify(bins_answer(cases, request.args.get("status", ""), view(request.args)))


def _begin_writing(cases: CaseList, *, seconds: float) -> Job | None:
    """Make the download unless it is there; wait for it so long."""
    language, key = _language(), cases.job_key(f"write-{_language()}")
    if not cases.download(language).exists():
        jobs().start(key, lambda progress: write_download(cases, progress, language=language))
    return jobs().wait(key, seconds=seconds)


@blueprint.post("/api/v1/cases/<token>/download")
@requires("worker", scope="own")
def prepare_download(token: str) -> Response:
    """Begin to make the download, or say how far it is."""
    cases = find_list(token)
    _found(cases, "result")
    job = _begin_writing(cases, seconds=PATIENCE_S)
    error = job.error.text(_language()) if job and job.error else ""
    is_ready = cases.download(_language()).exists()
    return jsonify(ready=is_ready, share=job.share if job else 1.0, error=error)


@blueprint.get("/cases/<token>/located")
@requires("worker", scope="own")
def download(token: str) -> Response:
    """Download the list with the columns that were added."""
    cases = find_list(token)
    _found(cases, "result")
    job = _begin_writing(cases, seconds=WRITING_S)
    path = cases.download(_language())
    if not path.exists():
        still = BusyError(mark("The file is still being made. Try again in a minute."))
        raise (job and job.error) or still
    name = _("%(name)s_located", name=Path(cases.upload.name).stem) + path.suffix
    return send_file(path.resolve(), as_attachment=True, download_name=name)


@blueprint.post("/api/v1/cases/<token>/use")
@requires("planner", scope="whole")
def use(token: str) -> Response:
    """Make the rows the cases of the plan."""
    cases = find_list(token)
    if _found(cases, "result")["places"] != current_plan().places:
        raise InputError(mark("The plan has changed since. Locate the list again first."))
    current_workspace().add_cases(pd.read_parquet(cases.cases), by=caller_id())
    return jsonify(url=url_for("heatmap.page"))


@blueprint.post("/cases/place")
@requires("planner", scope="whole")
def place() -> Response:
    """Give cases without a position the place that their address means by now."""
    place_again(current_workspace(), current_plan, by=caller_id())
    return make_response(redirect(url_for("doubts.page", placed=1)))


@blueprint.post("/api/v1/cases/<token>/discard")
@requires("worker", scope="own")
def discard(token: str) -> Response:
    """Throw the list away with everything made of it."""
    with suppress(UploadMissingError):
        current_workspace().uploads.discard(find_list(token).token)
    return jsonify(stage="gone", error="", url=url_for("cases.page"))


@blueprint.post("/api/v1/cases/sample")
@requires("planner", scope="whole")
def back_to_sample() -> Response:
    """Go back to the sample with its own cases."""
    current_workspace().use_sample()
    return jsonify(url=url_for("cases.page"))
