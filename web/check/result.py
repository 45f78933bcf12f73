"""What a check found: the page of the result, its data, the files to take away, using it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import format_date
from flask_babel import gettext as _

from geogrid.errors import InputError
from geogrid.i18n import mark
from geogrid.vocabulary import label
from web.auth import caller_id, requires
from web.check.comparing import remember_check
from web.check.documents import REPORTS
from web.check.downloads import defect_file, result_data
from web.check.folder import CheckFolder, find_check
from web.check.page import page_data
from web.check.report import report_parts
from web.check.use import use_as_plan, used
from web.check.view import language
from web.current import current_plan, current_workspace
from web.home import plan_summary
from web.shell import page_map

__all__ = ["blueprint", "map_summary", "read_about", "result_page"]

blueprint = Blueprint("result", __name__)
MOST_GRIDS_FOR_A_FIRST_VIEW = 1500


def _done(token: str) -> CheckFolder:
    """Return a check that has a result."""
    check = find_check(token)
    if not check.result.is_dir():
        abort(404)
    return check


def read_about(check: CheckFolder) -> dict[str, Any]:
    """Return what was noted of the result for its page."""
    about: dict[str, Any] = json.loads((check.result / "about.json").read_text(encoding="utf-8"))
    return about


def result_page(check: CheckFolder) -> str:
    """Return the page of the result."""
    about = read_about(check)
    remember_check(check)
    return render_template(
        "check_result.html",
        map=page_map("check"),
        entry="check-result.js",
        plan=map_summary(check, about),
        check=page_data(check, about, current_workspace().current()),
    )


def map_summary(check: CheckFolder, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the map needs; the streets of the current plan lie under it."""
    current = plan_summary(current_plan())
    levels = [
        each
        | {
            "label": label("level", str(each["level"]), language()),
            "url": url_for("check.result.level", token=check.token, level=each["level"]),
        }
        for each in about["levels"]
    ]
    few = [each["level"] for each in levels if each["count"] <= MOST_GRIDS_FOR_A_FIRST_VIEW]
    is_sample = check.read()["origin"] == "example" or _is_checked_sample(check)
    return current | {
        "name": check.read()["title"],
        "bounds": about["bounds"],
        "levels": levels,
        "shown_level": few[-1] if few else levels[-1]["level"],
        "is_sample": is_sample,
        "attribution": _attribution(is_sample=is_sample),
    }


def _attribution(*, is_sample: bool) -> str:
    """Return what stands below the map: the grids are the file's, the streets the plan's."""
    parts = [current_app.config["SETTINGS"].map_note or _("For internal use")]
    parts += [_("Sample data")] if is_sample else []
    streets = current_workspace().current().attribution
    return " · ".join([*parts, streets] if streets else parts)


def _is_checked_sample(check: CheckFolder) -> bool:
    return check.read()["origin"] == "current" and current_workspace().current().is_sample


@blueprint.get("/api/v1/check/<token>/data")
@requires("worker", scope="free")
def data(token: str) -> Response:
    """Return verdict, sums, the gravest defects and the pairs of neighbours."""
    return jsonify(result_data(_done(token).result, language()))


def _geojson(check: CheckFolder, name: str) -> Response:
    path = check.result / f"{name}.geojson"
    if not path.exists():
        abort(404)
    return Response(path.read_bytes(), mimetype="application/geo+json")


@blueprint.get("/api/v1/check/<token>/shapes.geojson")
@requires("worker", scope="free")
def shapes(token: str) -> Response:
    """Return the shapes of the defects listed."""
    return _geojson(_done(token), "shapes")


@blueprint.get("/api/v1/check/<token>/fixed.geojson")
@requires("worker", scope="free")
def fixed(token: str) -> Response:
    """Return the shapes of what was fixed since an earlier check."""
    return _geojson(_done(token), "fixed")


@blueprint.get("/api/v1/check/<token>/region.geojson")
@requires("worker", scope="free")
def region(token: str) -> Response:
    """Return the outline that the grids must fill."""
    return _geojson(_done(token), "region")


@blueprint.get("/api/v1/check/<token>/levels/<int:level>.geojson")
@requires("worker", scope="free")
def level(token: str, level: int) -> Response:
    """Return the checked grids of one level for drawing."""
    return _geojson(_done(token), f"level-{level}")


@blueprint.get("/check/<token>/report")
@requires("worker", scope="free")
def report(token: str) -> str:
    """Show the report for printing."""
    check = _done(token)
    return render_template(
        "check_report.html",
        title=check.read()["title"],
        today=format_date(format="long"),
        map_note=current_app.config["SETTINGS"].map_note or _("For internal use"),
        **report_parts(check.result, language()),
    )


@blueprint.get("/check/<token>/download/<name>")
@requires("worker", scope="free")
def download(token: str, name: str) -> Response:
    """Send one of the files to take away."""
    check = _done(token)
    title = check.read()["title"].rsplit(".", 1)[0]
    if name in [f"report{extension}" for extension in REPORTS]:
        path = check.result / f"report-{language()}{Path(name).suffix}"
        if not path.exists():
            abort(404)
        content = path.read_bytes()
    elif name == "defects.geojson":
        content = defect_file(check.result, Path(name).suffix, language())
    elif name == "map.html":
        content = (check.result / f"map-{language()}.html").read_bytes()
    else:
        abort(404)
    ending = {"defects.geojson": _("problems"), "map.html": _("map of problems")}.get(
        name, _("result of the check")
    )
    return send_file(
        BytesIO(content),
        mimetype="text/html" if name == "map.html" else None,
        as_attachment=True,
        download_name=f"{title}-{ending}{Path(name).suffix}",
    )


@blueprint.post("/api/v1/check/<token>/use")
@requires("planner", scope="whole")
def use(token: str) -> Response:
    """设为当前网格: make the checked boundaries the current plan."""
    check = _done(token)
    if check.read()["origin"] == "current":
        raise InputError(mark("These grids are the current plan already."))
    return used(
        use_as_plan(
            current_workspace(),
            check,
            request.form.get("name", ""),
            tuple(request.form.getlist("keep")),
            is_sample=check.read()["origin"] == "example",
            by=caller_id(),
        )
    )
