"""``/addresses/corrections``: what people in the field say addresses mean, to be decided on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask import url_for as url
from flask_babel import format_datetime

from geogrid.errors import GeogridError
from geogrid.store.address_corrections import (
    Correction,
    CorrectionMissingError,
    decide_correction,
    find_correction,
    list_corrections,
)
from geogrid.store.opening import reading
from web.auth import caller, caller_id, has_role, requires
from web.current import current_plan
from web.errors import page_with_error
from web.grid_choices import finest_choices
from web.learned_names import LONGEST_NAME
from web.parameters import local_path
from web.v1.caller import database, now, text_of
from web.v1.corrections import is_within, take_correction, touched_by

__all__ = ["blueprint"]

blueprint = Blueprint("corrections_page", __name__, url_prefix="/addresses/corrections")
_DECIDED_SHOWN, _WAITING_SHOWN = 30, 500
_LOCATED_AT_ONCE = 500
_LONGEST_NOTE = 500
_MOST_CHOICES = 2_000
_DECISIONS = {"confirm": "confirmed", "refuse": "refused"}


@blueprint.get("")
@requires("supervisor", scope="limited")
def page() -> str:
    """Show what waits for a decision, and what was decided last, within the caller's limits."""
    with reading(database()) as connection:
        waiting = list_corrections(connection, "open")
        decided = [
            each for status in _DECISIONS.values() for each in list_corrections(connection, status)
        ]
    decided.sort(key=lambda each: (each.decided_at or each.created_at, each.id), reverse=True)
    mine = [*_mine(waiting)] if caller().scope is not None else None
    return render_template(
        "corrections.html",
        many=len(waiting if mine is None else mine),
        waiting=_shown(_mine(waiting) if mine is None else mine, _WAITING_SHOWN),
        decided=_shown(_mine(decided), _DECIDED_SHOWN),
    )


def _mine(found: list[Correction]) -> Iterator[tuple[Correction, list[str]]]:
    """Yield those within the caller's limits with the grids that they are about."""
    current = current_plan()
    for start in range(0, len(found), _LOCATED_AT_ONCE):
        some = found[start : start + _LOCATED_AT_ONCE]
        for each, codes in zip(some, touched_by(current, some), strict=True):
            if is_within(current, codes):
                yield each, codes


def _shown(mine: Iterable[tuple[Correction, list[str]]], most: int) -> list[dict[str, Any]]:
    """Return the first, each with the name of its grid and links."""
    tree = current_plan().plan.hierarchy
    shown = []
    for each, codes in islice(mine, most):
        link = None
        if each.place is not None:
            lon, lat = each.place
            link = url("lookup.page", lon=lon, lat=lat, datum="wgs84")
        elif each.means:
            link = url("lookup.page", q=each.means)
        said = {"grid": tree.names.get(codes[0], codes[0]), "link": link, "it": each}
        shown.append(said | {"day": format_datetime(each.created_at, "yyyy-MM-dd HH:mm")})
    return shown


@blueprint.get("/new")
@requires("worker", scope="limited")
def new() -> str:
    """Ask what an address means; other pages link here with what they know of it."""
    return _form(request.args)


def _form(said: Mapping[str, str], error: GeogridError | None = None) -> str:
    current = current_plan()
    grids = finest_choices(current.plan.hierarchy, current.finest, _MOST_CHOICES)
    return render_template(
        "correction_new.html",
        said=said,
        back=local_path(said.get("back", "")),
        error=error,
        grids=grids,
        longest=LONGEST_NAME,
        done="done" in request.args,
    )


@blueprint.post("/new")
@requires("worker", scope="limited")
def add() -> Response:
    """Keep what somebody says of an address; with ``confirm=`` it counts at once.

    That is for those who may decide; ``back=`` is the page to return to.
    """
    form = {name: text for name, text in request.form.items() if text.strip()}
    if form.pop("there", "") != "1":  # the place where somebody is counts only if they say so
        form = {name: text for name, text in form.items() if name not in ("lon", "lat", "datum")}
    try:
        number = take_correction(form)
    except GeogridError as error:
        return page_with_error(_form(request.form, error), error)
    if "confirm" in form and has_role("supervisor"):  # what it says is within their limits
        decide_correction(database(), number, "confirmed", at=now(), by=caller_id())
    back = local_path(form["back"]) if "back" in form else url("corrections_page.new", done="1")
    return make_response(redirect(back))


@blueprint.post("/<int:number>/<decision>")
@requires("supervisor", scope="limited")
def decide(number: int, decision: str) -> Response:
    """Confirm or refuse a correction within the caller's limits."""
    if decision not in _DECISIONS:
        abort(404)
    current = current_plan()
    try:
        with reading(database()) as connection:
            found = find_correction(connection, number)
    except CorrectionMissingError:
        abort(404)
    if not is_within(current, touched_by(current, [found])[0]):
        abort(403)
    why = text_of(request.form.get("why", ""), "why", _LONGEST_NOTE)
    status, was = _DECISIONS[decision], request.form.get("was", "")
    decide_correction(database(), number, status, at=now(), by=caller_id(), decision=why, was=was)
    return make_response(redirect(url("corrections_page.page")))
