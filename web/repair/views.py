"""Repair what a check found: proposal, answers, result, files, use as the plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from geogrid.errors import InputError
from geogrid.i18n import mark, translate
from geogrid.store.errors import UploadMissingError
from web.auth import caller_id, requires
from web.check.folder import find_check
from web.check.page import errors_warning, use_words
from web.check.result import map_summary, read_about
from web.check.use import use_as_plan, used
from web.check.view import language, said
from web.current import current_workspace
from web.jobs import BUSY, Work, jobs, start_work
from web.repair.answers import DEFAULTS, RULE_WORDS, parse_answers, parse_settings
from web.repair.files import repaired_file
from web.repair.folder import RepairFolder
from web.repair.mending import Surroundings, mending, proposing
from web.shell import page_map

__all__ = ["blueprint"]

blueprint = Blueprint("repair", __name__)


def _found(token: str) -> RepairFolder:
    """Return the repair of a check that has a result."""
    check = find_check(token)
    if not check.result.is_dir():
        abort(404)
    return RepairFolder(check)


def _mended(token: str) -> RepairFolder:
    """Return a repair that has a result of the check as it is now."""
    repair = _found(token)
    if repair.read()["stage"] != "mended":
        abort(404)
    return repair


def _around() -> Surroundings:
    plan = current_workspace().current()
    return plan.units, plan.streets


def _start(repair: RepairFolder, work: Work, stage: str, **changes: Any) -> Response:
    """Start work in the background; a second click joins in."""
    start_work(repair, work, stage, **changes)
    return jsonify(_shown(repair))


def _shown(repair: RepairFolder) -> dict[str, Any]:
    """Return how far the repair is, in the language of the request."""
    state = repair.read()
    job = jobs().find(repair.job)
    error = said(state.get("error"))
    stage = state["stage"]
    if stage in BUSY and (job is None or job.state in ("done", "failed")):
        state = repair.read()
        stage, error = state["stage"], said(state.get("error"))
        if stage in BUSY:
            stage = "proposed" if stage == "mending" and repair.proposed.is_dir() else "none"
            error = _("The server was restarted in between. Start again, please.")
    return {
        "stage": stage,
        "share": job.share if job is not None else None,
        "error": error,
        "version": state.get("version", ""),
        "settings": state.get("settings") or dict(DEFAULTS),
        "answers": state.get("answers") or {"refused": [], "centre_lines": []},
        "warning": errors_warning(state.get("errors", 0)),
    }


@blueprint.get("/check/<token>/repair")
@requires("worker", scope="free")
def page(token: str) -> str | Response:
    """Show the page of the repair."""
    try:
        repair = _found(token)
    except UploadMissingError:
        return redirect(url_for("check.page"))  # type: ignore[return-value]
    check = repair.check
    about = read_about(check)
    return render_template(
        "repair.html",
        map=page_map("check"),
        entry="repair.js",
        plan=map_summary(check, about),
        repair=_page_data(repair, about),
    )


def _page_data(repair: RepairFolder, about: Mapping[str, Any]) -> dict[str, Any]:
    check, token = repair.check, repair.check.token
    state = check.read()
    plan = current_workspace().current()
    use = use_words(check, state, dict(about) | {"errors": 0}, plan)
    use["url"] = url_for("repair.use", token=token)
    return {
        "title": state["title"],
        "check": url_for("check.show", token=token),
        "state": url_for("repair.state", token=token),
        "propose": url_for("repair.propose", token=token),
        "apply": url_for("repair.apply", token=token),
        "rows": url_for("repair.rows", token=token),
        "result": url_for("repair.result", token=token),
        "shapes": url_for("check.result.shapes", token=token),
        "rules": [[name, translate(words, language())] for name, words in RULE_WORDS.items()],
        "downloads": _downloads(token),
        "use": use,
        "now": _shown(repair),
    }


def _downloads(token: str) -> list[dict[str, str]]:
    files = [
        ("grids.geojson", "layers", "GeoJSON", _("for QGIS and other map programs")),
        ("grids.gpkg", "layers", "GeoPackage", _("for ArcGIS, QGIS and SuperMap")),
        ("map.html", "map", _("Map of the repair"), _("one file, opens by double click")),
    ]
    return [
        {
            "url": url_for("repair.download", token=token, name=name),
            "icon": icon,
            "words": words,
            "hint": hint,
        }
        for name, icon, words, hint in files
    ]


@blueprint.get("/api/v1/check/<token>/repair")
@requires("worker", scope="free")
def state(token: str) -> Response:
    """Return how far the repair is."""
    return jsonify(_shown(_found(token)))


@blueprint.post("/api/v1/check/<token>/repair/propose")
@requires("planner", scope="free")
def propose(token: str) -> Response:
    """Propose a repair with a rule and limits."""
    repair, settings = _found(token), parse_settings(request.form)
    work = proposing(repair, settings, _around())
    return _start(repair, work, "proposing", settings=settings, answers=None)


@blueprint.post("/api/v1/check/<token>/repair/apply")
@requires("planner", scope="free")
def apply(token: str) -> Response:
    """Repair what was accepted."""
    repair, answers = _found(token), parse_answers(request.form)
    repair.require(request.form.get("version", ""))
    settings = repair.read().get("settings") or dict(DEFAULTS)
    return _start(repair, mending(repair, settings, answers, _around()), "mending")


@blueprint.get("/api/v1/check/<token>/repair/rows")
@requires("worker", scope="free")
def rows(token: str) -> Response:
    """Return what is proposed."""
    return _json(_found(token).proposed / f"rows-{language()}.json")


@blueprint.get("/api/v1/check/<token>/repair/result")
@requires("worker", scope="free")
def result(token: str) -> Response:
    """Return what came of it."""
    return _json(_mended(token).mended / f"result-{language()}.json")


def _json(path: Path) -> Response:
    if not path.exists():
        abort(404)
    return jsonify(json.loads(path.read_text(encoding="utf-8")))


@blueprint.get("/check/<token>/repair/download/<name>")
@requires("worker", scope="free")
def download(token: str, name: str) -> Response:
    """Send the repaired boundaries, or the map of the repair."""
    repair = _mended(token)
    title = repair.check.read()["title"].rsplit(".", 1)[0]
    if name == "map.html":
        content = (repair.mended / f"map-{language()}.html").read_bytes()
        ending = _("map of the repair")
    elif name in ("grids.geojson", "grids.gpkg"):
        with TemporaryDirectory(prefix="geogrid-") as temporary:
            path = Path(temporary) / name
            content = repaired_file(repair.mended, path, language())
        ending = _("repaired")
    else:
        abort(404)
    return send_file(
        BytesIO(content),
        mimetype="text/html" if name == "map.html" else None,
        as_attachment=True,
        download_name=f"{title}-{ending}{Path(name).suffix}",
    )


@blueprint.post("/api/v1/check/<token>/repair/use")
@requires("planner", scope="whole")
def use(token: str) -> Response:
    """设为当前网格: make the repaired boundaries the current plan."""
    repair = _mended(token)
    origin = repair.check.read()["origin"]
    workspace = current_workspace()
    if origin == "current" and workspace.current().name != repair.check.read()["title"]:
        raise InputError(mark("The plan has changed since it was checked. Check it again."))
    return used(
        use_as_plan(
            workspace,
            repair.check,
            request.form.get("name", ""),
            tuple(request.form.getlist("keep")),
            is_sample=origin == "example"
            or (origin == "current" and workspace.current().is_sample),
            folder=repair.mended,
            by=caller_id(),
        )
    )
