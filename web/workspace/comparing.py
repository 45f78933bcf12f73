"""``/workspace/compare/…``: the plan in use against a former one, on a map and as files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    render_template,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from geogrid.compare import PlanComparison
from geogrid.compare.plain import comparison_data
from geogrid.compare.record import ComparisonRecord
from geogrid.compare.spreadsheet import comparison_workbook
from geogrid.compare.word import comparison_document
from geogrid.i18n import mark
from geogrid.layers.comparison_data import map_data
from geogrid.layers.comparison_map import comparison_map
from geogrid.store.comparing import compare_folders
from geogrid.store.errors import PlanMissingError
from geogrid.store.opening import reading
from geogrid.store.plan import Plan
from geogrid.store.plans import find_plan
from geogrid.store.workspace import Workspace
from web.auth import requires
from web.check.view import language
from web.current import current_workspace
from web.described import answer, describe
from web.shell import page_map

__all__ = ["blueprint"]

blueprint = Blueprint("comparing", __name__)
_ONE = "/workspace/compare/<plan_id>"


class _File(NamedTuple):
    """A kind of file: how it is written, its media type, and words for the menu."""

    make: Callable[[ComparisonRecord], bytes]
    media_type: str
    icon: str
    words: str
    hint: str


def _json(record: ComparisonRecord) -> bytes:
    text: str = current_app.json.dumps(comparison_data(record))
    return text.encode()


def _map(record: ComparisonRecord) -> bytes:
    return comparison_map(record).encode()


_OFFICE = "application/vnd.openxmlformats-officedocument"
FILES = {
    "docx": _File(
        comparison_document, f"{_OFFICE}.wordprocessingml.document", "file-text",
        mark("Comparison as a letter"), mark("Word, to print and sign"),
    ),
    "xlsx": _File(
        comparison_workbook, f"{_OFFICE}.spreadsheetml.sheet", "table",
        mark("Comparison as a workbook"), mark("Excel, every grid and everything that moves"),
    ),
    "html": _File(
        _map, "text/html", "map",
        mark("Map to wipe, as one file"), mark("opens by double click, without a network"),
    ),
    "json": _File(
        _json, "application/json", "database",
        mark("For programs"), mark("JSON with the shapes of what moves"),
    ),
}  # fmt: skip
"""Ending to the file."""


@lru_cache(maxsize=2)
def _compared(before: Plan, after: Plan) -> PlanComparison:
    """Compare two plans; the files of one page are made of one comparison."""
    return compare_folders(before, after)


def _pair(workspace: Workspace, plan_id: str) -> tuple[Plan, Plan]:
    """Return the plan that is shown and another one, the earlier first.

    Beside a plan in force drafts are what may come next; else they are what was before.
    """
    try:
        found = workspace.find_plan(plan_id)
    except PlanMissingError:
        abort(404)
    now = workspace.current()
    is_next = workspace.is_in_force and found.key.startswith("draft:")
    return (now, found) if is_next else (found, now)


def _state(workspace: Workspace, plan: Plan) -> str:
    """Return whether a plan is a sample, a draft, in review, in force or archived."""
    kind, ident = plan.key.split(":")[:2]
    if kind == "sample":
        return "sample"
    with reading(workspace.engine) as connection:
        return find_plan(connection, int(ident)).status


def _record(plan_id: str) -> ComparisonRecord:
    workspace, settings = current_workspace(), current_app.config["SETTINGS"]
    before, after = _pair(workspace, plan_id)
    marks = [settings.map_note or _("For internal use")]
    if before.is_sample or after.is_sample:
        marks.insert(0, _("Sample data"))
    return ComparisonRecord(
        _compared(before, after),
        before.name,
        after.name,
        datetime.now(ZoneInfo(settings.timezone)).date().isoformat(),
        states=(_state(workspace, before), _state(workspace, after)),
        language=language(),
        marks=marks,
    )


@blueprint.get(_ONE)
@requires("planner", scope="whole")
def page(plan_id: str) -> str:
    """Show what the plan in use changes of a former one."""
    record = _record(plan_id)
    files = [
        {
            "url": url_for("workspace.comparing.download", plan_id=plan_id, kind=kind),
            "icon": file.icon,
            "words": record.say(file.words),
            "hint": record.say(file.hint),
            "opens": False,
        }
        for kind, file in FILES.items()
    ]
    return render_template(
        "compare.html",
        map=page_map("compare"),
        entry="compare.js",
        plan={"is_sample": len(record.marks) > 1},
        record=record,
        files=files,
        data=url_for("workspace.comparing.data", plan_id=plan_id),
    )


@blueprint.get("/api/v1" + _ONE)
@requires("planner", scope="whole")
@describe(
    mark("Return what the page that compares the plan in use with a former one shows."),
    answers={200: answer({"type": "object"})},
)
def data(plan_id: str) -> Response:
    """Return what the page shows."""
    return jsonify(map_data(_record(plan_id)))


@blueprint.get(f"{_ONE}/<kind>")
@requires("planner", scope="whole")
def download(plan_id: str, kind: str) -> Response:
    """Send the comparison as a file."""
    if kind not in FILES:
        abort(404)
    record, file = _record(plan_id), FILES[kind]
    response = send_file(
        BytesIO(file.make(record)),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=f"{record.title}.{kind}",
        max_age=0,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
