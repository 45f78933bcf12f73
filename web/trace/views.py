"""``/plans/new/trace``: from a drawing, a picture, streets or words to boundaries."""

from __future__ import annotations

import shutil
from typing import Any

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

from geogrid.errors import FieldError, InputError
from geogrid.i18n import mark
from geogrid.store.errors import UploadMissingError
from geogrid.store.opening import reading
from geogrid.store.plans import list_plans
from geogrid.store.underlays import add_underlay
from geogrid.tracing import ControlPointError
from web.auth import caller_id, requires
from web.check.folder import CheckFolder, new_check
from web.check.run import running
from web.check.start import office_now
from web.check.traced import remember_picture
from web.check.view import language
from web.current import current_plan, current_workspace
from web.home import plan_summary
from web.jobs import start_work
from web.shell import page_map
from web.trace import pages
from web.trace.asked import (
    kept_points,
    parse_hand,
    parse_least_area,
    parse_points,
    parse_tolerance,
)
from web.trace.bounds import (
    parse_aliases,
    parse_descriptions,
    proposal_data,
    propose_all,
    proposed_grids,
)
from web.trace.folder import TraceFolder, find_trace, new_trace
from web.trace.making import keep_made, kept_about, made_data, make_areas, place, placed_data
from web.trace.taking import take_file
from web.v1.caller import database, now, plan_seen

__all__ = ["blueprint"]

blueprint = Blueprint("trace", __name__)
blueprint.register_blueprint(pages.blueprint)
_KNOWN = ("kind", "name", "width", "height", "bounds", "layers", "chosen")


@blueprint.get("/plans/new/trace")
@requires("planner", scope="whole")
def page() -> str:
    """Ask what to begin with."""
    settings = current_app.config["SETTINGS"]
    return render_template("trace.html", largest_mb=settings.max_upload_mb, last=_last())


def _last() -> dict[str, str] | None:
    """Return what this browser traced last, if it is still there."""
    try:
        trace = find_trace(session.get("trace", ""))
    except UploadMissingError:
        return None
    return {"token": trace.token, "name": trace.read()["name"] or _("Traced boundaries")}


@blueprint.post("/api/v1/trace")
@requires("planner", scope="whole")
def upload() -> Response:
    """Take a drawing, a picture or a PDF."""
    trace = new_trace()
    try:
        take_file(request.files.get("files"), trace)
        if trace.source.exists():
            pages.begin(trace)
    except Exception:
        shutil.rmtree(trace.folder, ignore_errors=True)
        raise
    return jsonify(url=url_for("trace.show", token=trace.token))


@blueprint.post("/api/v1/trace/blank/<kind>")
@requires("planner", scope="whole")
def begin(kind: str) -> Response:
    """Begin without a file: with streets and lines by hand, or with descriptions."""
    if kind not in ("blank", "bounds"):
        abort(404)
    trace = new_trace()
    trace.write(kind=kind, name="", bounds=[0, 0, 1, 1])
    return jsonify(url=url_for("trace.show", token=trace.token))


@blueprint.get("/plans/new/trace/<token>")
@requires("planner", scope="whole")
def show(token: str) -> str | Response:
    """Show the workbench of one tracing."""
    try:
        trace = find_trace(token)
    except UploadMissingError:
        return redirect(url_for("trace.page"))  # type: ignore[return-value]
    session["trace"] = token
    state = trace.read()
    if state["kind"] == "pdf":
        return redirect(url_for("trace.pages.choose", token=token))  # type: ignore[return-value]
    return render_template(
        "trace_work.html",
        map=page_map("home"),
        entry="trace-work.js",
        plan=plan_summary(current_plan()),
        kind=state["kind"],
        pages_url=_pages_url(trace, state),
        trace=_page_data(trace, state),
        drafts=_drafts(),
    )


def _pages_url(trace: TraceFolder, state: dict[str, Any]) -> str:
    """Return where another page of the PDF can be chosen, ``""`` where there is none."""
    has_more = state.get("pages", 1) > 1
    return url_for("trace.pages.choose", token=trace.token) if has_more else ""


def _page_data(trace: TraceFolder, state: dict[str, Any]) -> dict[str, Any]:
    names = ("placing", "areas", "check", "keep", "bounds", "picture", "drawing")
    plan = current_workspace().current()
    return {
        **{key: state.get(key) for key in _KNOWN},
        "placement": state.get("placement") or {"kind": "affine", "points": []},
        "hand": state.get("hand") or {"lines": [], "texts": []},
        "urls": {name: url_for(f"trace.{name}", token=trace.token) for name in names},
        "has_streets": len(plan.streets) > 0,
        "has_region": plan.region is not None and len(plan.region) > 0,
    }


def _drafts() -> list[dict[str, Any]]:
    with reading(database()) as connection:
        found = [plan for plan in list_plans(connection) if plan.status == "draft"]
    return [{"id": plan.id, "name": plan.name or _("Without a name")} for plan in found]


@blueprint.get("/api/v1/trace/<token>/picture")
@requires("planner", scope="whole")
def picture(token: str) -> Response:
    """Return the picture as we wrote it."""
    trace = find_trace(token)
    if not trace.picture.exists():
        abort(404)
    return Response(trace.picture.read_bytes(), mimetype=trace.read()["media_type"])


@blueprint.get("/api/v1/trace/<token>/drawing")
@requires("planner", scope="whole")
def drawing(token: str) -> Response:
    """Return lines and texts of the drawing, in its own coordinates."""
    trace = find_trace(token)
    if not trace.drawing.exists():
        abort(404)
    return Response(trace.drawing.read_bytes(), mimetype="application/json")


@blueprint.post("/api/v1/trace/<token>/place")
@requires("planner", scope="whole")
def placing(token: str) -> Response:
    """Fit the control points and say what they miss, or why they place nothing."""
    trace = find_trace(token)
    points = parse_points(request.form)
    state = trace.write(placement=points.plain())
    try:
        return jsonify(placed_data(place(points), state["bounds"], language()))
    except ControlPointError as error:  # an answer while points are being clicked
        return jsonify(refused=error.text(language()))


@blueprint.post("/api/v1/trace/<token>/areas")
@requires("planner", scope="whole")
def areas(token: str) -> Response:
    """Make areas of what was chosen and say what does not fit."""
    trace = find_trace(token)
    points, hand = parse_points(request.form), parse_hand(request.form)
    choices = {
        "tolerance_m": parse_tolerance(request.form),
        "least_m2": parse_least_area(request.form),
        "layers": {int(text) for text in request.form.getlist("layer") if text.isdecimal()},
        "streets": "streets" in request.form,
        "region": "region" in request.form,
        "unlabelled": request.form.get("unlabelled", "number"),
    }
    trace.write(placement=points.plain(), hand={"lines": hand.lines, "texts": hand.texts})
    made = make_areas(trace, points, hand, choices, current_workspace().current())
    keep_made(trace, made.grids, made.outline)
    return jsonify(made_data(made))


@blueprint.post("/api/v1/trace/<token>/bounds")
@requires("planner", scope="whole")
def bounds(token: str) -> Response:
    """Propose an area for each description."""
    trace = find_trace(token)
    descriptions = parse_descriptions(request.form.get("text", ""))
    aliases = parse_aliases(request.form.get("aliases", ""))
    found, shapes = propose_all(descriptions, aliases, current_workspace().current())
    grids = proposed_grids(descriptions, shapes)
    if len(grids):
        keep_made(trace, grids, None)
    else:
        trace.grids.unlink(missing_ok=True)
    rows = zip(descriptions, found, shapes, strict=True)
    return jsonify(proposals=[proposal_data(*row, language()) for row in rows], count=len(grids))


@blueprint.post("/api/v1/trace/<token>/check")
@requires("planner", scope="whole")
def check(token: str) -> Response:
    """Take the areas that were made last to the check, from where repair and use go on."""
    trace = find_trace(token)
    if not trace.grids.exists():
        raise InputError(mark("Make areas first."))
    title = trace.read()["name"] or _("Traced boundaries")
    made = new_check(stage="checking", title=title, origin="trace")
    shutil.copyfile(trace.grids, made.files / "grids.geojson")
    answers = {"region": "none"}
    if trace.region.exists():
        made.region.mkdir()
        shutil.copyfile(trace.region, made.region / "region.geojson")
        answers["region"] = "file"
    _send_picture_along(trace, made)
    start_work(made, running(made, answers, office_now()), "checking")
    return jsonify(token=made.token, url=url_for("check.show", token=made.token))


def _send_picture_along(trace: TraceFolder, check: CheckFolder) -> None:
    """Let the picture that areas were traced over go with them, where it is placed."""
    state = trace.read()
    if state["kind"] != "picture" or not state.get("placement"):
        return
    try:
        about = kept_about(kept_points(state["placement"]), state)
    except ControlPointError:  # too few points, as the page says: it lies nowhere
        return
    remember_picture(check, trace.picture.read_bytes(), about)


@blueprint.post("/api/v1/trace/<token>/keep")
@requires("planner", scope="whole")
def keep(token: str) -> Response:
    """Keep the placed picture with a draft."""
    trace = find_trace(token)
    state, plan_id = trace.read(), request.form.get("plan", "")
    if state["kind"] != "picture":
        raise InputError(mark("Only a picture can be kept under a draft."))
    if not (plan_id.isascii() and plan_id.isdigit() and len(plan_id) <= 10):
        raise FieldError(mark("Choose a draft."))
    about = kept_about(parse_points(request.form), state)
    with reading(database()) as connection:
        plan = plan_seen(connection, int(plan_id))
    ident = add_underlay(
        database(), plan, at=now(), by=caller_id(), content=trace.picture.read_bytes(), **about
    )
    return jsonify(id=ident, plan=plan.name, url=url_for("edit.page", plan_id=plan.id))
