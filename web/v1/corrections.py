"""``/api/v1/addresses/corrections``: what people in the field say an address means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely
from flask import Blueprint, Response, jsonify

from geogrid.addresses.entries import place_label
from geogrid.crs import DATUMS
from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.address_corrections import Proposal, propose_correction
from web.auth import requires
from web.current import CurrentPlan, current_plan
from web.described import answer, describe
from web.learned_names import LONGEST_NAME, without_numbers
from web.parameters import coordinates
from web.scope import in_scope
from web.security import for_programs
from web.v1.bodies import json_body
from web.v1.caller import OutsideAreaError, database, now, text_of, user_id

__all__ = ["blueprint", "is_within", "proposal_of", "take_correction", "touched_by"]

blueprint = Blueprint("corrections", __name__, url_prefix="/api/v1/addresses")
_LONGEST_LABEL, _LONGEST_NOTE, _LONGEST_CODE = 400, 500, 64
_NUMBER = {"type": "number"}
_SAME_DEGREES = 2e-6
"""Positions that are sent with six decimals are the same within this."""
Place: TypeAlias = tuple[float, float]
"""Longitude and latitude, WGS 84."""


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest}


_PROPERTIES: dict[str, dict[str, Any]] = {
    "text": {**_text(LONGEST_NAME), "minLength": 1},
    "means": _text(_LONGEST_LABEL),
    "unit": _text(_LONGEST_CODE),
    "grid": _text(_LONGEST_CODE),
    "lon": _NUMBER,
    "lat": _NUMBER,
    "datum": {"enum": list(DATUMS)},
    "note": _text(_LONGEST_NOTE),
}


@blueprint.post("/corrections")
@for_programs
@requires("worker", scope="limited")
@describe(
    _("Say what an address means: another name of an entry, a building, a grid or a point."),
    more=_(
        "A supervisor confirms or refuses it; until then nothing changes. `means` is the label of "
        "an entry of the gazetteer, `unit` the id of a building, `grid` the code of a "
        "finest grid; coordinates need their datum. Of several entries of one label the position "
        "says which. Callers with limits may only say what is within them."
    ),
    body={
        "application/json": {
            "type": "object",
            "required": ["text"],
            "properties": _PROPERTIES,
        }
    },
    answers={
        201: answer(
            {"type": "object", "properties": {"correction": {"type": "integer"}}},
            _("Its number; it waits for a decision."),
        )
    },
    problems=(413, 415, 422, 503),
)
def propose() -> tuple[Response, int]:
    """Keep a correction to be decided on."""
    return jsonify(correction=take_correction(json_body())), 201


def take_correction(said: Mapping[str, object]) -> int:
    """Keep what a caller says of an address, if it is within their limits; return its number.

    Parameters
    ----------
    said : as the body of the request

    Raises
    ------
    FieldError, OutsideAreaError
        As :func:`proposal_of`.
    """
    return propose_correction(database(), proposal_of(said), at=now(), by=user_id())


def proposal_of(said: Mapping[str, object]) -> Proposal:
    """Return what a caller says of an address, if it is within their limits.

    Parameters
    ----------
    said : as the body of the request

    Raises
    ------
    FieldError
        It means nothing, something that there is not, or may hold somebody's number.
    OutsideAreaError
        It is not within the caller's limits.
    """
    current = current_plan()
    longest = {name: _PROPERTIES[name]["maxLength"] for name in ("means", "unit", "grid", "note")}
    told = {name: text_of(said.get(name, ""), name, most) for name, most in longest.items()}
    asked = text_of(said.get("text", ""), "text", LONGEST_NAME, needed=True)
    if without_numbers(asked) != asked:
        raise FieldError(
            _("“text” has a long number that may be somebody's phone number; leave it out.")
        )
    point = _point(said)
    proposal = Proposal(asked=asked, note=told["note"], **_meant(current, told, point))
    said_at = [] if point is None else [_grid_at(current, point)]
    if not is_within(current, [*touched_by(current, [proposal])[0], *said_at]):
        raise OutsideAreaError(
            _("This place is outside your area. Whoever answers there can say what it is called.")
        )
    return proposal


def _point(body: Mapping[str, object]) -> tuple[float, float] | None:
    if "lon" not in body and "lat" not in body:
        return None
    return coordinates({name: str(body.get(name, "")) for name in ("lon", "lat", "datum")})


def _meant(current: CurrentPlan, told: Mapping[str, str], place: Place | None) -> dict[str, Any]:
    """Return what is named with its listed grid, and a place in it; an entry stays where it is.

    Of several entries called the same, a place or a grid says which: it becomes one of its own.

    Raises
    ------
    FieldError
        There is no such entry, building or grid, or the grid alone does not say where.
    """
    means, unit, grid = told["means"], told["unit"], told["grid"]
    called = _entries_called(current, {means}).get(means, []) if means else []
    if means and not called:
        raise FieldError(_("The gazetteer has no entry “{label}”."), label=means)
    if grid and grid not in current.by_code.index:
        raise FieldError(_("There is no grid {code} in this plan."), code=grid)
    here = [listed for listed, there in called if place is not None and _is_same(place, there)]
    if len(called) > 1 and (place is not None or grid):
        means = ""
        grid = grid or _known(current, here[0] if here else "")
    elif here:
        place = None
    if unit:
        if unit not in current.grid_of_unit:
            raise FieldError(_("There is no building {code}."), code=unit)
        grid = grid or _listed_grid(current, unit)
        place = place or _unit_place(current, unit)
    if place is None and grid and grid not in current.finest:
        raise FieldError(
            _("“{name}” is divided into smaller grids: choose one of them, or say the place."),
            name=current.plan.hierarchy.names[grid] or grid,
        )
    if place is None and grid and not means:
        inside = shapely.point_on_surface(current.by_code.geometry.loc[grid])
        place = float(inside.x), float(inside.y)
    return {"means": means, "unit_id": unit, "grid": grid, "place": place}


def _is_same(one: Place, other: Place) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) < _SAME_DEGREES


def _known(current: CurrentPlan, grid: str) -> str:
    return grid if grid in current.by_code.index else ""


def _listed_grid(current: CurrentPlan, unit: str) -> str:
    """Return the grid on the list of a building, ``""`` where its place says the grid."""
    units = current.plan.units
    listed = units.loc[units["unit_id"] == unit, "grid"].iloc[0]
    return _known(current, "" if pd.isna(listed) else str(listed))


def _unit_place(current: CurrentPlan, unit: str) -> Place | None:
    units = current.plan.units
    lon, lat = units.loc[units["unit_id"] == unit, ["lon", "lat"]].iloc[0].astype("float64")
    return None if np.isnan(lon) or np.isnan(lat) else (float(lon), float(lat))


def _entries_called(
    current: CurrentPlan, labels: Collection[str]
) -> dict[str, list[tuple[str, Place]]]:
    """Return the listed grid and the place of each entry that is called so."""
    entries = current.plan.addresses
    if entries is None or not labels:
        return {}
    called: dict[str, list[tuple[str, Place]]] = {}
    columns = (entries[name].tolist() for name in ("name", "address", "grid", "lon", "lat"))
    for name, address, grid, x, y in zip(*columns, strict=True):
        label = place_label(name, address)
        if label in labels:
            called.setdefault(label, []).append((grid, (x, y)))
    return called


def touched_by(current: CurrentPlan, proposals: Sequence[Proposal]) -> list[list[str]]:
    """Return the grids that each is about: where it puts the text, and where its entries are now.

    Returns
    -------
    list
        At least one code each; ``""`` for what is outside all grids.
    """
    known = _entries_called(current, {each.means for each in proposals if each.means})
    found = []
    for each in proposals:
        codes = [each.grid] if each.grid else []
        if each.unit_id:  # where it stands follows from it, and may be beyond a border
            own = current.grid_of_unit.get(each.unit_id, "")
            # a grid above the building's own says no more than that
            codes = [code for code in codes if code not in current.plan.hierarchy.chain(own)]
            codes.append(own)
        elif each.place is not None:
            codes.append(_grid_at(current, each.place))
        codes += [listed or _grid_at(current, place) for listed, place in known.get(each.means, [])]
        found.append(codes or [""])
    return found


def is_within(current: CurrentPlan, codes: Sequence[str]) -> bool:
    """Return whether all of some grids are within the caller's limits."""
    return all(in_scope(code, current.plan.hierarchy) for code in codes)


def _grid_at(current: CurrentPlan, place: Place | None) -> str:
    if place is None:
        return ""
    lon, lat = place
    return str(current.grids_at([lon], [lat])[0])
