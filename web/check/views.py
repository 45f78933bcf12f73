"""``/check``: upload a boundary file, confirm what is in it, see what is wrong, use it."""

from __future__ import annotations

import shutil
from typing import Any

import geopandas as gpd
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _

from geogrid.errors import InputError
from geogrid.i18n import mark
from geogrid.store import bundle, sample_folder
from geogrid.store.errors import PlanMissingError, UploadMissingError
from web.auth import requires
from web.check import advice as check_advice
from web.check import result as check_result
from web.check.answers import parse_answers
from web.check.comparing import keep_earlier
from web.check.folder import CheckFolder, find_check, new_check
from web.check.office import Office
from web.check.run import looking, running
from web.check.start import office_now, take_check
from web.check.upload import take_files
from web.check.view import shown_state
from web.current import current_workspace
from web.jobs import Work, start_work

__all__ = ["blueprint"]

blueprint = Blueprint("check", __name__)
_OURS = ("grids", "region")


def _start(check: CheckFolder, work: Work, stage: str) -> Response:
    """Start work in the background and say where to follow it."""
    start_work(check, work, stage)
    return _followed(check)


def _followed(check: CheckFolder) -> Response:
    return jsonify(token=check.token, url=url_for("check.show", token=check.token))


@blueprint.get("/check")
@requires("worker", scope="free")
def page() -> str:
    """Ask for a file."""
    return render_template(
        "check.html",
        last=_last(),
        plan_name=current_workspace().current().name,
        largest_mb=current_app.config["SETTINGS"].max_upload_mb,
    )


def _last() -> dict[str, Any] | None:
    """Return the last check of this browser, if it is still there."""
    try:
        check = find_check(session.get("check", ""))
    except UploadMissingError:
        return None
    return {"token": check.token, "title": check.read()["title"]}


@blueprint.post("/api/v1/check")
@requires("planner", scope="free")
def upload() -> Response:
    """Take a boundary file and start reading it."""
    return _followed(take_check(request.files.getlist("files")))


@blueprint.post("/api/v1/check/example")
@requires("planner", scope="free")
def start_example() -> Response:
    """Check the sample with planted problems."""
    folder = sample_folder("futian_defects")
    grids, region = (bundle.read_layer(folder / bundle.FILES[part], part) for part in _OURS)
    title = _("Example: boundaries with problems")
    return _start_ours(grids, region if len(region) else None, title, "example")


@blueprint.post("/api/v1/check/current")
@requires("planner", scope="free")
def start_current() -> Response:
    """Check the current plan."""
    plan = current_workspace().current()
    return _start_ours(plan.grids, plan.region, plan.name, "current")


@blueprint.post("/api/v1/check/plan/<plan_id>")
@requires("planner", scope="whole")
def start_plan(plan_id: str) -> Response:
    """Check a plan of the list, such as a draft that is to be repaired."""
    try:
        plan = current_workspace().find_plan(plan_id)
    except PlanMissingError:
        abort(404)
    origin = "example" if plan.is_sample else "draft"
    return _start_ours(plan.grids, plan.region, plan.name, origin)


def _start_ours(
    grids: gpd.GeoDataFrame, region: gpd.GeoDataFrame | None, title: str, origin: str
) -> Response:
    """Check boundaries of ours, which need no confirming."""
    check = new_check(stage="checking", title=title, origin=origin)
    bundle.write_layer(grids, check.files / "grids.geojson", "grids")
    answers = {"region": "none"}
    if region is not None:
        check.region.mkdir()
        bundle.write_layer(region, check.region / "region.geojson", "region")
        answers["region"] = "file"
    return _start(check, running(check, answers, _office_of(check)), "checking")


def _office_of(check: CheckFolder) -> Office:
    """Return what is added to a check: of the sample for its example, else of the plan in use."""
    is_example = check.read()["origin"] == "example"
    return office_now(current_workspace().sample() if is_example else None)


@blueprint.get("/check/<token>")
@requires("worker", scope="free")
def show(token: str) -> str | Response:
    """Show how far a check is: what to confirm, or what was found."""
    try:
        check = find_check(token)
    except UploadMissingError:
        return redirect(url_for("check.page"))  # type: ignore[return-value]
    session["check"] = token
    state = shown_state(check, current_workspace().current())
    changing = "change" in request.args and state["origin"] == "upload"
    if state["stage"] == "done" and not changing:
        return check_result.result_page(check)
    return render_template(
        "check_confirm.html", title=state["title"], check={"token": token, "editing": changing}
    )


@blueprint.get("/api/v1/check/<token>")
@requires("worker", scope="free")
def state(token: str) -> Response:
    """Return how far a check is."""
    return jsonify(shown_state(find_check(token), current_workspace().current()))


@blueprint.post("/api/v1/check/<token>/read")
@requires("planner", scope="free")
def read(token: str) -> Response:
    """Read the file again with other answers."""
    check = find_check(token)
    answers = parse_answers(request.form)
    if answers.get("layer", "") != (check.read().get("answers") or {}).get("layer", ""):
        answers.pop("fields", None)  # another layer has other columns
    work = looking(check, answers, office_now())
    return _start(check, work, "reading")


@blueprint.post("/api/v1/check/<token>/region")
@requires("planner", scope="free")
def region(token: str) -> Response:
    """Take the file of the region."""
    check = find_check(token)
    fresh = check.folder / "region-new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    try:
        name = take_files(request.files.getlist("files"), fresh)
    except InputError:
        shutil.rmtree(fresh)
        raise
    shutil.rmtree(check.region, ignore_errors=True)
    fresh.rename(check.region)
    return jsonify(name=name)


@blueprint.post("/api/v1/check/<token>/run")
@requires("planner", scope="free")
def run(token: str) -> Response:
    """Start the check."""
    check = find_check(token)
    answers = parse_answers(request.form)
    if answers["region"] == "file" and not check.region.is_dir():
        raise InputError(mark("Choose the file of the outline, or another answer."))
    work = running(check, answers, office_now())
    return _start(check, work, "checking")


@blueprint.post("/api/v1/check/<token>/compare")
@requires("planner", scope="free")
def compare(token: str) -> Response:
    """Compare with an earlier check, or no longer; the check is made again for its reports."""
    check = find_check(token)
    if not check.result.is_dir() or not any(check.files.iterdir()):
        abort(404)
    keep_earlier(check, request.form.get("with", ""), request.files.getlist("files"))
    work = running(check, check.read().get("answers") or {}, _office_of(check))
    return _start(check, work, "checking")


blueprint.register_blueprint(check_result.blueprint)
blueprint.register_blueprint(check_advice.blueprint)
