"""``/api/v1``: what the map pages and other systems ask for."""

from __future__ import annotations

from flask import Blueprint, Response, abort, json, jsonify, request
from flask_babel import get_locale

from geogrid.i18n import mark as _
from web.assets import cache_forever
from web.auth import requires
from web.cards import grid_card, match_card
from web.current import CurrentPlan, asked_plan, current_plan, plan_with_digest
from web.described import answer, describe, query
from web.lookup.people import find_people
from web.parameters import NEAR, position_near
from web.v1.moments import AT

__all__ = ["blueprint"]

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
SUGGESTIONS = 12
PEOPLE = 5
LONGEST_QUERY = 200


def _kept(digest: str) -> CurrentPlan:
    found = plan_with_digest(digest)
    if found is None:
        abort(404)
    return found


@blueprint.get("/plan/<digest>/levels/<int:level>.geojson")
@requires("worker", scope="free")
@describe(
    _("Return the grids of one level for drawing, rounded to what a screen can show."),
    answers={200: answer({"type": "object"}, kind="application/geo+json")},
)
def level(digest: str, level: int) -> Response:
    """Return the grids of one level for drawing; kept by the browser for ever."""
    current = _kept(digest)
    if level not in current.levels:
        abort(404)
    body = current.level_geojson(level)
    return cache_forever(Response(body, mimetype="application/geo+json"), by="private")


@blueprint.get("/plan/<digest>/streets.json")
@requires("worker", scope="free")
@describe(
    _("Return the streets of the base map."),
    parameters=(query("detail", {"enum": ["major", "minor"]}, _("Which streets.")),),
    answers={200: answer({"type": "object"})},
)
def streets(digest: str) -> Response:
    """Return the streets of the base map, ``?detail=major`` or ``minor``."""
    detail = "minor" if request.args.get("detail") == "minor" else "major"
    body = json.dumps(_kept(digest).street_arrays(detail), separators=(",", ":"))
    return cache_forever(Response(body, mimetype="application/json"), by="private")


@blueprint.get("/grids/<code>")
@requires("worker", scope="limited")
@describe(
    _("Return the card of a grid: who answers, what is in it, what is beside it."),
    parameters=(AT,),
    answers={200: answer({"type": "object"})},
    problems=(404, 422),
)
def grid(code: str) -> Response:
    """Return the card of one grid."""
    current = asked_plan()
    if code not in current.by_code.index:
        abort(404)
    return jsonify(grid_card(current, code, str(get_locale())))


@blueprint.get("/addresses")
@requires("worker", scope="free")
@describe(
    _("Return the addresses, grids and streets that match a text best."),
    parameters=(
        query("q", {"type": "string", "maxLength": LONGEST_QUERY}, _("The text.")),
        NEAR,
        query("people", {"enum": ["1"]}, _("With staff whose name begins so, without numbers.")),
    ),
    answers={200: answer({"type": "object"})},
    problems=(422,),
)
def addresses() -> Response:
    """Return the best matches of ``?q=``, ranked; with ``?people=1`` staff of that name first."""
    from geogrid.addresses.finder import suggest_places  # noqa: PLC0415 - loads the compiler

    text = request.args.get("q", "")[:LONGEST_QUERY]
    current = current_plan()
    language = str(get_locale())
    near = position_near(request.args)
    found = suggest_places(current.finder, text, near=near, limit=SUGGESTIONS)
    matches = [match_card(current, each, language) for each in found]
    if "people" in request.args:
        people = find_people(current, text, language, is_typing=True)
        matches = [each | {"phone": ""} for each in people][:PEOPLE] + matches
    return jsonify(query=text, matches=matches[:SUGGESTIONS])
