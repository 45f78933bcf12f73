"""``/workspace/export``: the plan in use as one file, and what each format does not keep."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, render_template, request, send_file

from geogrid.exchange import ENCODINGS, KINDS, export_plan, what_is_lost
from geogrid.store.plan import Plan
from web.auth import caller, may_call, requires
from web.check.view import language
from web.current import current_workspace

__all__ = ["blueprint"]

blueprint = Blueprint("exporting", __name__)
LONGEST_NAME = 60


def _gets_all() -> bool:
    """Return whether the caller gets phone numbers and cases too."""
    return may_call(caller(), "planner", "whole")


@blueprint.get("/workspace/export")
@requires("worker", scope="limited")
def page() -> str:
    """Show the formats, each with what it does not keep of this plan."""
    plan, lang = current_workspace().current(), language()
    return render_template(
        "export.html",
        plan=plan,
        is_whole=_gets_all(),
        kinds=[_shown(kind, plan, lang) for kind in KINDS],
    )


def _shown(kind: str, plan: Plan, lang: str) -> dict[str, Any]:
    encodings = ENCODINGS if kind == "shp" else ENCODINGS[:1]
    lost = {
        encoding: [
            found.text(lang)
            for found in what_is_lost(kind, plan, encoding=encoding, is_whole=_gets_all())
            if found.kind != "personal_left_out"
        ]
        for encoding in encodings
    }
    return {"kind": kind, "about": KINDS[kind], "lost": lost}


@blueprint.get("/workspace/export/<kind>")
@requires("worker", scope="limited")
def download(kind: str) -> Response:
    """Send the plan; phone numbers and cases only to planners without limits."""
    if kind not in KINDS:
        abort(404)
    plan = current_workspace().current()
    encoding = request.args.get("encoding", ENCODINGS[0])
    with TemporaryDirectory(prefix="geogrid-") as folder:
        path = Path(folder) / f"plan{KINDS[kind].extension}"
        export_plan(plan, path, kind=kind, encoding=encoding, is_whole=_gets_all())
        content = path.read_bytes()
    answer = send_file(
        BytesIO(content),
        mimetype=KINDS[kind].media_type,
        as_attachment=True,
        download_name=_file_name(plan, kind),
        max_age=0,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _file_name(plan: Plan, kind: str) -> str:
    """Return the plan's name and the day, without what a file's name may not hold."""
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    plain = "".join(sign if sign.isalnum() or sign in " -_（）" else " " for sign in plan.name)
    name = " ".join(plain.split())[:LONGEST_NAME] or "geogrid"
    return f"{name} {datetime.now(zone):%Y-%m-%d}{KINDS[kind].extension}"
