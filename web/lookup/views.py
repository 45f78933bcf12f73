"""The page ``/lookup``: which grid is it, and who answers for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from geogrid.crs import DATUMS
from geogrid.i18n import mark
from web.auth import caller, requires
from web.current import CurrentPlan, asked_plan, current_plan
from web.described import answer as answered
from web.described import describe, query
from web.home import plan_summary
from web.lookup.answer import Question, answer_question
from web.parameters import NEAR, coordinates, metres, position_near
from web.scope import within
from web.shell import page_map
from web.v1.moments import AT, moment_asked

__all__ = ["blueprint"]

blueprint = Blueprint("lookup", __name__)
LONGEST_QUERY = 2000


@blueprint.get("/lookup")
@requires("worker", scope="free")
def page() -> str:
    """Show the page; its script reads ``?q=``, ``?lon=&lat=&datum=``, ``?unit=`` or ``?grid=``."""
    current = current_plan()
    return render_template(
        "lookup.html",
        map=page_map("lookup"),
        entry="lookup.js",
        plan=plan_summary(current),
        datums=_datums(),
        examples=_examples(current),
        has_addresses=current.has_addresses,
    )


@blueprint.get("/api/v1/lookup")
@requires("worker", scope="limited")
@describe(
    mark("Answer which grid a text, a position, a building or a code means, and who answers."),
    parameters=(
        query("q", {"type": "string", "maxLength": LONGEST_QUERY}, mark("The text.")),
        query("lon", {"type": "number"}, mark("Degrees.")),
        query("lat", {"type": "number"}, mark("Degrees.")),
        query("datum", {"enum": list(DATUMS)}, mark("What the coordinates are in; never guessed.")),
        query(
            "label",
            {"type": "string"},
            mark("Name of a listed place at the position: the grid that its list gives counts."),
        ),
        query("accuracy", {"type": "number"}, mark("Metres that the position may be off.")),
        NEAR,
        query("unit", {"type": "string"}, mark("Id of a unit.")),
        query("grid", {"type": "string"}, mark("Code of a grid.")),
        AT,
    ),
    answers={200: answered({"type": "object"})},
    problems=(404, 422),
)
def answer() -> Response:
    """Answer ``?q=``, ``?lon=&lat=&datum=``, ``?unit=`` or ``?grid=``."""
    asked = Question(
        position=coordinates(request.args) if "lon" in request.args else None,
        label=request.args.get("label", ""),
        accuracy_m=metres(request.args, "accuracy"),
        unit_id=request.args.get("unit", ""),
        grid=request.args.get("grid", ""),
        text=request.args.get("q", "")[:LONGEST_QUERY].strip(),
        datum=request.args.get("datum", ""),
        near=position_near(request.args),
    )
    current = asked_plan()
    found = answer_question(current, asked, str(get_locale()))
    return jsonify(found if moment_asked() is None else _as_of(found, current))


def _as_of(found: dict[str, Any], current: CurrentPlan) -> dict[str, Any]:
    """Return an answer about the past: with its plan and a link to it, without cases of today."""
    at = request.args["at"]
    link = f"{found['share']}&{urlencode({'at': at})}" if found.get("share") else ""
    answer = {**found, "share": link, "as_of": {"at": at, "plan": current.plan.name}}
    return answer | ({"open_cases": None} if "open_cases" in found else {})


def _datums() -> list[tuple[str, str]]:
    names = {
        "wgs84": _("WGS 84 (GPS devices, phones)"),
        "cgcs2000": _("CGCS2000 (survey results, Tianditu)"),
        "gcj02": _("GCJ-02 (AMap, Tencent maps)"),
        "bd09": _("BD-09 (Baidu maps)"),
    }
    return [(datum, names[datum]) for datum in DATUMS]


def _examples(current: CurrentPlan) -> list[str]:
    """Return a building, a compound and a grid of the caller's area to try."""
    units, grids, tree = current.plan.units, current.leaves, current.plan.hierarchy
    if caller().scope is not None:
        units = units.loc[within(current.unit_grids, tree).to_numpy()]
        grids = grids.loc[within(grids["code"], tree).to_numpy()]
    found = []
    for kind, column in (("building", "address"), ("compound", "name")):
        texts = units.loc[units["kind"].eq(kind) & units[column].ne(""), column]
        found += texts.iloc[len(texts) // 2 :][:1].astype(str).tolist()
    names = grids["name"].iloc[len(grids) // 2 :][:1]
    return [text for text in [*found, *names.astype(str)] if text]
