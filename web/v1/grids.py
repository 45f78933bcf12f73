"""``/api/v1/grids`` and ``/api/v1/plans/…/grids``: boundaries as GeoJSON, of any day."""

from __future__ import annotations

from bisect import bisect_right

from flask import Blueprint, Response, json, request, url_for

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.opening import reading
from geogrid.store.plans import PlanRecord
from web.auth import requires
from web.described import answer, describe, query, ref
from web.v1.caller import database, plan_in_force, plan_seen
from web.v1.grid_layers import Bounds, grid_layer
from web.v1.moments import AT, moment_asked
from web.v1.paging import PAGE, add_links, limit_asked, next_page
from web.v1.versions import IF_NONE_MATCH, not_modified, plan_tag

__all__ = ["blueprint"]

blueprint = Blueprint("grids", __name__, url_prefix="/api/v1")
GEOJSON = "application/geo+json"
MOST_CODES = 1_000
_CODES = {"type": "array", "items": {"type": "string"}}
_FILTERS = (
    query("code", _CODES, _("Only these; may be repeated.")),
    query("parent", {"type": "string"}, _("Only the grids right below this one.")),
    query("level", {"type": "integer", "minimum": 0, "maximum": 99}, _("Only this level.")),
    query(
        "bbox", {"type": "string", "examples": ["114.0,22.5,114.1,22.6"]},
        _("Only grids that touch this box: west,south,east,north in degrees of WGS 84."),
    ),
    *PAGE,
    IF_NONE_MATCH,
)  # fmt: skip
_ANSWERS = {
    200: answer(
        ref("Grids"),
        kind=GEOJSON,
        headers={"Link": _("The next page."), "ETag": _("The version, for If-None-Match.")},
    ),
    304: answer(said=_("The caller has this version.")),
}


@blueprint.get("/grids")
@requires("worker", scope="free")
@describe(
    _("Return grids of the plan in force now, or at a date, as GeoJSON."),
    parameters=(AT, *_FILTERS),
    answers=_ANSWERS,
    problems=(404, 422),
)
def in_force() -> Response:
    """Return grids of the plan in force now, or at a date."""
    return _answer(plan_in_force(moment_asked()))


@blueprint.get("/plans/<int:plan>/grids")
@requires("worker", scope="free")
@describe(
    _("Return grids of a plan as GeoJSON."),
    parameters=_FILTERS,
    answers=_ANSWERS,
    problems=(422,),
)
def of_plan(plan: int) -> Response:
    """Return grids of a plan."""
    with reading(database()) as connection:
        found = plan_seen(connection, plan)
    return _answer(found)


def _answer(plan: PlanRecord) -> Response:
    limit, level, bounds, codes = limit_asked(), _level(), _bounds(), _codes()
    held = not_modified(plan_tag(plan))
    if held is not None:
        return held
    layer = grid_layer(plan)
    found = layer.find(codes=codes, parent=request.args.get("parent"), level=level, bounds=bounds)
    cursor = request.args.get("cursor")
    begin = 0 if cursor is None else bisect_right(layer.codes[found], cursor)
    some = found[begin : begin + limit]
    last = str(layer.codes[some[-1]]) if begin + limit < len(found) else None
    # the next page is of this plan, whatever is in force by then
    following = next_page(last, path=url_for("grids.of_plan", plan=plan.id))
    links = [] if following is None else [{"rel": "next", "href": following}]
    head = {"type": "FeatureCollection", "plan": plan.id, "numberMatched": len(found)}
    head |= {"numberReturned": len(some), "links": links}
    body = f'{json.dumps(head)[:-1]},"features":[{",".join(layer.features(some))}]}}'
    response = Response(body, mimetype=GEOJSON)
    response.set_etag(plan_tag(plan))
    return add_links(response, following)


def _codes() -> list[str]:
    codes = request.args.getlist("code")
    if len(codes) > MOST_CODES:
        raise FieldError(_("code= may be repeated {most} times at most."), most=MOST_CODES)
    return codes


def _level() -> int | None:
    text = request.args.get("level")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise FieldError(_("level= must be a whole number from 0 to 99."))
    return int(text)


def _bounds() -> Bounds | None:
    text = request.args.get("bbox")
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise FieldError(
            _("bbox= must be west,south,east,north in degrees, not “{text}”."), text=text[:80]
        )
    return west, south, east, north
