"""A draft as it is redrawn: a view of it, its changes, log, figures and problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.redraw.arc import UNITS, Box
from geogrid.store.opening import reading
from geogrid.store.redrawing.advice import figure_of, problems_of
from geogrid.store.redrawing.entries import (
    entries_after,
    find_redraw,
    list_entries,
    to_redo,
    to_undo,
)
from geogrid.store.redrawing.opened import draft_state, open_draft
from geogrid.store.redrawing.window import window
from geogrid.store.redrawing.words import said
from web.auth import requires
from web.described import answer, describe, query, ref
from web.language import catalogue_language
from web.v1.caller import database, user_id
from web.v1.paging import PAGE, add_links, id_cursor, limit_asked, next_page
from web.v1.redraw.doing import draft_asked, finds_drafts
from web.v1.redraw.said import changes, entry_data, problem_data, profile

__all__ = ["blueprint"]

blueprint = Blueprint("redraw_seeing", __name__, url_prefix="/api/v1/plans/<int:plan>/redraw")
_MOST_CHANGES = 500
_UNLIKE = 3
_DEEPEST = 24
_SORTS = (
    "off", "code", "name", "households", "people", "area_m2", "compactness", "staff", "open_cases",
)  # fmt: skip
_WHOLE_NUMBER = {"type": "integer", "minimum": 0, "maximum": 2_147_483_647}


@blueprint.get("")
@requires("planner", scope="whole")
@describe(
    _("Return the borders and grids of a draft in a box, as they can be redrawn."),
    more=_(
        "Borders name their two sides by the ids of grids. Where a box has too many corners, the "
        "borders of coarser grids come instead, simplified, and “editable” is false."
    ),
    parameters=(
        query(
            "bbox", {"type": "string", "examples": ["114.0,22.5,114.1,22.6"]},
            _("west,south,east,north in degrees of WGS 84; everything when left out."),
        ),
        query(
            "zoom", {"type": "integer", "minimum": 0, "maximum": _DEEPEST, "default": 18},
            _("Zoom of the map, for borders that are simplified."),
        ),
    ),
    answers={200: answer(ref("RedrawView"))},
    problems=(409, 422),
)  # fmt: skip
@finds_drafts
def view(plan: int) -> Response:
    """Return what a map shows of a draft."""
    found = draft_asked(plan)
    box, zoom = _box(), _number("zoom", "18", _DEEPEST)
    with open_draft(database(), found, counts_anew=True) as (draft, state):
        seen = window(draft, box, zoom)
        with reading(database()) as connection:
            steps = _steps(connection, found)
        return jsonify(seen | steps | {"version": state.version, "status": state.status})


def _steps(connection: Any, plan: int) -> dict[str, Any]:
    """Return what undo and redo would do for the caller."""
    language = catalogue_language()
    found: dict[str, Any] = {}
    for name, ask in (("undo", to_undo), ("redo", to_redo)):
        entry = ask(connection, plan, user_id())
        text = None if entry is None else said(entry.kind, entry.about, language)
        found[name] = None if entry is None else {"text": text, "number": entry.number}
    return found


def _box() -> Box | None:
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
    found = [round(value * UNITS) for value in (west, south, east, north)]
    return found[0], found[1], found[2], found[3]


def _number(name: str, otherwise: str, most: int) -> int:
    text = request.args.get(name, otherwise)
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= most):
        raise FieldError(
            _("{name}= must be a whole number from 0 to {most}."), name=name, most=most
        )
    return int(text)


@blueprint.get("/changes")
@requires("planner", scope="whole")
@describe(
    _("Return what was done to a draft since a version; “reload” where that is too much."),
    parameters=(
        query("since", _WHOLE_NUMBER, _("The version that the caller has."), required=True),
    ),
    answers={200: answer(ref("RedrawChanges"))},
    problems=(409, 422),
)
@finds_drafts
def changed(plan: int) -> Response:
    """Return what was done since a version."""
    found = draft_asked(plan)
    since = _number("since", "", _WHOLE_NUMBER["maximum"])  # type: ignore[arg-type]
    with reading(database()) as connection:
        state, redraw = draft_state(connection, found), find_redraw(connection, found)
        entries = entries_after(connection, found, since) if redraw.number > since else []
        steps = _steps(connection, found)
    head = {"version": state.version, "status": state.status, "locked": list(redraw.locked)}
    head |= steps
    if len(entries) > _MOST_CHANGES or since > state.version:
        return jsonify(_nothing() | head | {"reload": True})
    if not entries:
        return jsonify(_nothing() | head)
    with open_draft(database(), found) as (draft, now):
        if draft.number > entries[-1].number:  # more was done meanwhile
            with reading(database()) as connection:
                entries = entries_after(connection, found, since)
            entries = [entry for entry in entries if entry.number <= draft.number]
        what = changes(draft, [entry.record for entry in entries])
        head["version"] = now.version
        said_now = [entry_data(entry) for entry in entries]
        return jsonify(_nothing() | head | what | {"entries": said_now})


def _nothing() -> dict[str, Any]:
    none: dict[str, Any] = {name: {"gone": [], "come": []} for name in ("arcs", "grids", "gaps")}
    return {"reload": False, "entries": [], "figures": {}, **none}


@blueprint.get("/log")
@requires("planner", scope="whole")
@describe(
    _("Return what was done to a draft in words, the newest first."),
    parameters=PAGE,
    answers={200: answer(ref("RedrawLog"), headers={"Link": _("The next page.")})},
    problems=(422,),
)
@finds_drafts
def log(plan: int) -> Response:
    """Return what was done, in words."""
    found, limit, before = draft_asked(plan), limit_asked(), id_cursor()
    with reading(database()) as connection:
        draft_state(connection, found)  # it is there
        entries = list_entries(connection, found, limit=limit + 1, before=before)
    following = next_page(str(entries[limit - 1].number) if len(entries) > limit else None)
    items = [entry_data(entry) for entry in entries[:limit]]
    return add_links(jsonify(items=items, next=following), following)


@blueprint.get("/figures")
@requires("planner", scope="whole")
@describe(
    _("Return the figures of the grids of a draft, those furthest from their right size first."),
    parameters=(
        query("sort", {"enum": [*_SORTS, *(f"-{name}" for name in _SORTS)]},
              _("By which figure; - turns the order round.")),
        query("level", {"type": "integer", "minimum": 0, "maximum": 99}, _("Only this level.")),
        query("code", {"type": "string", "maxLength": 200}, _("Only the grid of this code.")),
        query("q", {"type": "string", "maxLength": 200},
              _("Only grids with this in their name or code; those that begin with it first.")),
        query("page", _WHOLE_NUMBER, _("Which page, from 0.")),
        PAGE[0],
    ),
    answers={200: answer(ref("RedrawFigures"))},
    problems=(409, 422),
)  # fmt: skip
@finds_drafts
def figures(plan: int) -> Response:
    """Return the figures of the grids."""
    found, limit, page = draft_asked(plan), limit_asked(), _number("page", "0", 10**9)
    sort = request.args.get("sort", "off")
    if sort.removeprefix("-") not in _SORTS:
        raise FieldError(_("sort= must be one of {known}."), known=", ".join(_SORTS))
    level = _number("level", "0", 99) if "level" in request.args else None
    with open_draft(database(), found, counts_anew=True) as (draft, state):
        rows = draft.graph.rows
        labels = [label for label, row in rows.items() if level in (None, row["level"])]
        if "code" in request.args:
            only = draft.graph.find(request.args["code"])
            labels = [label for label in labels if label == only]
        asked = request.args.get("q", "").strip().casefold()
        if asked:
            labels = [label for label in labels if _likeness(rows[label], asked) < _UNLIKE]
        items = [
            {name: rows[label][name] for name in ("code", "name", "level", "kind", "parent")}
            | {"id": label, "locked": label in draft.redraw.locked}
            | figure_of(draft, label, profile())
            for label in labels
        ]
    items.sort(key=lambda item: (_likeness(item, asked), _order(item, sort)))
    some = items[page * limit : (page + 1) * limit]
    return jsonify(items=some, total=len(items), page=page, version=state.version)


def _likeness(row: Mapping[str, Any], asked: str) -> int:
    """Return how well a grid answers a search: 0 is its code or name, `_UNLIKE` not at all."""
    texts = [str(row[name] or "").casefold() for name in ("code", "name")]
    if not asked or asked in texts:
        return 0
    if any(text.startswith(asked) for text in texts):
        return 1
    return 2 if any(asked in text for text in texts) else _UNLIKE


def _order(item: dict[str, Any], sort: str) -> tuple[Any, ...]:
    """Return what sorts a row: the largest figures first, unknown ones last."""
    name = sort.removeprefix("-")
    value, turned = item[name], sort.startswith("-")
    if isinstance(value, str):
        letters = (
            [-ord(letter) for letter in value] if turned else [ord(letter) for letter in value]
        )
        return 0, letters, item["code"]
    if value is None:
        return 1, 0, item["code"]
    size = abs(value) if name == "off" else value
    return 0, size if turned else -size, item["code"]


@blueprint.get("/problems")
@requires("planner", scope="whole")
@describe(
    _("Return where grids of a draft are not as the place expects; gaps are those not approved."),
    parameters=(query("page", _WHOLE_NUMBER, _("Which page, from 0.")), PAGE[0]),
    answers={200: answer(ref("RedrawProblems"))},
    problems=(409, 422),
)
@finds_drafts
def problems(plan: int) -> Response:
    """Return what is to be looked at."""
    found, limit, page = draft_asked(plan), limit_asked(), _number("page", "0", 10**9)
    with open_draft(database(), found, counts_anew=True) as (draft, state):
        labels = [*draft.graph.gaps, *draft.graph.rows]
        listed = problems_of(draft, labels, profile())
    some = listed[page * limit : (page + 1) * limit]
    items = [problem_data(each) for each in some]
    return jsonify(items=items, total=len(listed), page=page, version=state.version)
