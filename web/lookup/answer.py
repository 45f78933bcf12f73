"""Answer ``/lookup``: from what somebody asked to the grid, who answers and what to beware of.

An answer has a ``kind``: ``place`` (a point or a unit with its grids), ``grid``, ``choose``
(``matches`` to pick from, for the ``reason`` given), ``datum`` (coordinates whose datum must
be said), ``outside`` or ``nothing``. The page's script puts it into words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from geogrid.addresses import find_unit
from geogrid.coordinates import datum_said, read_coordinates
from geogrid.crs import to_wgs84
from geogrid.map_links import LinkedPlace, read_map_link
from geogrid.vocabulary import label
from web.current import CurrentPlan
from web.lookup.people import people_answer
from web.lookup.places import place_picked, text_answer, unit_answer
from web.lookup.spot import Spot, grid_answer, nothing, spot_answer

__all__ = ["Question", "answer_question"]


@dataclass(frozen=True)
class Question:
    """What somebody asked; the first one that is given counts.

    Attributes
    ----------
    position
        Longitude and latitude in WGS 84.
    label
        Of the place of a list that was picked there.
    accuracy_m
        How far off `position` may be.
    unit_id, grid
        A unit or a grid picked from a list.
    text
        What was typed or pasted: an address, a name, a code, coordinates or a map's link.
    datum
        Of coordinates in `text`; empty when nobody said.
    near
        Longitude and latitude in WGS 84 of whoever asks; of equals the nearer comes first.
    """

    position: tuple[float, float] | None = None
    label: str = ""
    accuracy_m: float = 0.0
    unit_id: str = ""
    grid: str = ""
    text: str = ""
    datum: str = ""
    near: tuple[float, float] | None = None


def answer_question(current: CurrentPlan, asked: Question, language: str) -> dict[str, Any]:
    """Return the answer to `asked` as the page shows it."""
    if asked.position is not None:
        place = place_picked(current, asked.label, asked.position) if asked.label else None
        if place is not None:
            return unit_answer(current, place, language)
        return spot_answer(current, Spot(*asked.position, asked.accuracy_m), language)
    if asked.unit_id:
        unit = find_unit(current.book, asked.unit_id)
        return unit_answer(current, unit, language) if unit else nothing()
    if asked.grid:
        return grid_answer(current, asked.grid, language)
    link = read_map_link(asked.text)
    if link is not None:
        return _linked(current, asked, link, language)
    return _typed(current, asked, language)


def _typed(current: CurrentPlan, asked: Question, language: str) -> dict[str, Any]:
    """Answer for coordinates, else for words."""
    rest, said = datum_said(asked.text)
    typed = read_coordinates(rest, near=_middle(current))
    if typed is None:
        return _worded(current, asked, asked.text, language)
    datum = said or asked.datum
    if not datum:
        return {"kind": "datum", "lon": typed.lon, "lat": typed.lat}
    spot = Spot(*to_wgs84(typed.lon, typed.lat, datum), datum=datum)
    return spot_answer(current, spot, language)


def _middle(current: CurrentPlan) -> tuple[float, float]:
    west, south, east, north = current.bounds
    return (west + east) / 2, (south + north) / 2


def _worded(current: CurrentPlan, asked: Question, text: str, language: str) -> dict[str, Any]:
    """Answer for words: an exact address first, then somebody's name or number, then the rest."""
    places = text_answer(current, text, asked.near, language)
    if places["kind"] in ("place", "grid") and places.get("certainty", "exact") == "exact":
        return places
    return people_answer(current, text, language) or places


def _linked(
    current: CurrentPlan, asked: Question, link: LinkedPlace, language: str
) -> dict[str, Any]:
    """Answer for a link; where it holds no coordinates, for the words around it."""
    app = label("map_app", link.app, language)
    if math.isnan(link.lon):
        found = _worded(current, asked, link.words, language) if link.words else nothing()
        return {**found, "unread": app} | ({} if link.words else {"reason": "link"})
    datum = link.datum or asked.datum
    if not datum:
        return {"kind": "datum", "lon": link.lon, "lat": link.lat, "app": app}
    spot = Spot(*to_wgs84(link.lon, link.lat, datum), datum=datum, app=app)
    return spot_answer(current, spot, language)
