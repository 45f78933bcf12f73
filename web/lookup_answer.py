"""Answer ``/lookup``: from what somebody asked to the grid, who answers and what to beware of.

An answer has a ``kind``: ``place`` (a point or a unit with its grids), ``grid``, ``choose``
(``matches`` to pick from, for the ``reason`` given), ``datum`` (coordinates whose datum must
be said), ``outside`` or ``nothing``. The page's script puts it into words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from geogrid.addresses import AddressMatch, find_addresses, find_unit, units_within
from geogrid.coordinates import read_coordinates
from geogrid.crs import to_wgs84
from geogrid.posts import Answer, responsible, who_answers
from geogrid.vocabulary import label
from web.cards import answer_cards, grid_card, match_card, place_card
from web.current import SHOWN_DECIMALS, CurrentPlan

__all__ = ["Question", "answer_question"]

_CANDIDATES = 12
_MANY = 40
_FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Question:
    """What somebody asked; the first one that is given counts.

    Attributes
    ----------
    position
        Longitude and latitude in WGS 84.
    unit_id, grid
        A unit or a grid picked from a list.
    text
        What was typed: an address, a name, a code or coordinates.
    datum
        Of coordinates in `text`; empty when nobody said.
    """

    position: tuple[float, float] | None = None
    unit_id: str = ""
    grid: str = ""
    text: str = ""
    datum: str = ""


def answer_question(current: CurrentPlan, asked: Question, language: str) -> dict[str, Any]:
    """Return the answer to `asked` as the page shows it."""
    if asked.position is not None:
        return _at(current, *asked.position, language)
    if asked.unit_id:
        unit = find_unit(current.book, asked.unit_id)
        return _match(current, unit, language) if unit else _nothing()
    if asked.grid:
        return _grid(current, asked.grid, language)
    typed = read_coordinates(asked.text, near=_middle(current))
    if typed is None:
        return _text(current, asked.text, language)
    if not asked.datum:
        return {"kind": "datum", "lon": typed.lon, "lat": typed.lat}
    return _at(current, *to_wgs84(typed.lon, typed.lat, asked.datum), language)


def _middle(current: CurrentPlan) -> tuple[float, float]:
    west, south, east, north = current.bounds
    return (west + east) / 2, (south + north) / 2


def _at(current: CurrentPlan, lon: float, lat: float, language: str) -> dict[str, Any]:
    """Answer for a bare position."""
    place = place_card(current, lon, lat, language)
    share = _place_link(lon, lat)
    if not place["inside"]:
        return {**place, "kind": "outside", "share": share}
    return {
        **place,
        "kind": "place",
        "title": f"{lon:.{SHOWN_DECIMALS}f}, {lat:.{SHOWN_DECIMALS}f}",
        "detail": "WGS 84",
        "across": _across(current, place, language),
        "share": share,
    }


def _place_link(lon: float, lat: float) -> str:
    x, y = f"{lon:.{SHOWN_DECIMALS}f}", f"{lat:.{SHOWN_DECIMALS}f}"
    return url_for("lookup.page", lon=x, lat=y, datum="wgs84")


def _across(current: CurrentPlan, place: dict[str, Any], language: str) -> dict[str, Any] | None:
    """Return the grid across the boundary with whom to ask there."""
    beyond: dict[str, Any] | None = place["across"]
    if beyond is None:
        return None
    chain = current.plan.hierarchy.chain(beyond["code"])
    cards = answer_cards(current, chain, language)
    first = next((card for card in cards if card["first"]), None)
    own = next((card for card in place["answers"] if card["first"]), None)
    return {**beyond, "first": first, "is_same": first == own}


def _grid(current: CurrentPlan, code: str, language: str) -> dict[str, Any]:
    if code not in current.by_code.index:
        return _nothing()
    card = grid_card(current, code, language)
    return {
        **card,
        "kind": "grid",
        "title": card["name"] or code,
        "detail": f"{card['kind_label']} · {card['level_label']}",
        "share": url_for("lookup.page", q=code),
    }


def _nothing() -> dict[str, Any]:
    return {"kind": "nothing", "reason": "none", "matches": []}


def _text(current: CurrentPlan, text: str, language: str) -> dict[str, Any]:
    """Answer for an address, a name or a code: the one it means, or several to choose from."""
    matches = find_addresses(current.book, text, limit=_CANDIDATES)
    certain = [each for each in matches if each.certainty != "partial"]
    if len(certain) == 1 and certain[0].kind != "street":
        return _match(current, certain[0], language, asked=text)
    share = url_for("lookup.page", q=text)
    if certain:
        return {**_road(current, certain[0], language), "share": share}
    alike = [each for each in matches if each.score == matches[0].score]
    reason = "several" if len(alike) > 1 else "similar"
    matches = (alike if len(alike) > 1 else matches) or _nearest(current, text)
    if not matches:
        return {**_nothing(), "share": share}
    return {**_choice(current, reason, matches, language), "share": share}


def _road(current: CurrentPlan, road: AddressMatch, language: str) -> dict[str, Any]:
    """Offer what stands along a road, for its name alone or for a number that is not known."""
    reason = "street" if road.certainty == "exact" else "number"
    found = find_addresses(current.book, road.label, limit=_CANDIDATES)
    along = [each for each in found if each.kind != "street"]
    return {**_choice(current, reason, along, language), **_view(road)}


def _nearest(current: CurrentPlan, text: str) -> list[AddressMatch]:
    """Return what fits the beginning of `text`, as much of it as finds something."""
    for length in range(min(len(text) - 1, _MANY), _FEWEST_LETTERS - 1, -1):
        matches = find_addresses(current.book, text[:length], limit=_CANDIDATES)
        if matches:
            return matches
    return []


def _choice(
    current: CurrentPlan, reason: str, matches: Sequence[AddressMatch], language: str
) -> dict[str, Any]:
    cards = [match_card(current, each, language) for each in matches]
    return {"kind": "choose", "reason": reason, "matches": cards}


def _view(match: AddressMatch) -> dict[str, float]:
    """Return the position to show, when there is one."""
    return {} if math.isnan(match.lon) else {"lon": match.lon, "lat": match.lat}


def _match(
    current: CurrentPlan, match: AddressMatch, language: str, asked: str = ""
) -> dict[str, Any]:
    if match.kind == "grid":
        return _grid(current, match.grid, language)
    # an exact match says that the text holds nothing but the address
    share = url_for("lookup.page", q=asked) if asked and match.certainty == "exact" else ""
    answer = _spread(current, match, language) if match.spans else _listed(current, match, language)
    return {
        **answer,
        "certainty": match.certainty,
        "certainty_label": label("certainty", match.certainty, language),
        "share": share or _unit_share(current, match),
    }


def _spread(current: CurrentPlan, match: AddressMatch, language: str) -> dict[str, Any]:
    """Answer for a unit whose parts lie in several grids.

    Where the same person answers first in all of them, that is the answer, for the finest
    grid they have in common; else one part must be chosen.
    """
    inside = units_within(current.book, match.unit_id)
    parts = [match_card(current, each, language) for each in inside[:_MANY]]
    common = _common(current, match.spans)
    if not common or len({_first(current, code) for code in (common, *match.spans)}) > 1:
        return {"kind": "choose", "reason": "compound", "matches": parts, **_view(match)}
    card = grid_card(current, common, language)
    return {
        "kind": "place",
        "title": match.label,
        "detail": label("unit_kind", match.kind, language),
        "within": parts,
        "spans": len(match.spans),
        **{name: card[name] for name in ("chain", "answers", "open_cases", "bounds")},
        **_view(match),
    }


def _common(current: CurrentPlan, codes: Sequence[str]) -> str:
    """Return the finest grid above all of `codes`, ``""`` when there is none."""
    chains = [current.plan.hierarchy.chain(code) for code in codes]
    return next((code for code in chains[0] if all(code in each for each in chains)), "")


def _first(current: CurrentPlan, code: str) -> Answer | None:
    chain = current.plan.hierarchy.chain(code)
    return responsible(who_answers(current.posts_by_grid, chain))


def _listed(current: CurrentPlan, match: AddressMatch, language: str) -> dict[str, Any]:
    """Answer for a unit: its list counts, the polygon says where the list disagrees."""
    has_place = not math.isnan(match.lon)
    place = place_card(current, match.lon, match.lat, language) if has_place else {}
    drawn = [step["code"] for step in place.get("chain", [])]
    answer = {
        "kind": "place",
        "title": match.label,
        "detail": label("unit_kind", match.kind, language),
    }
    if not match.grid or match.grid in drawn or match.grid not in current.by_code.index:
        unknown = match.grid if match.grid and match.grid not in drawn else ""
        if not drawn:
            return {**place, **answer, **_unplaced(place)}
        across = _across(current, place, language)
        return {**place, **answer, "across": across, "unknown_grid": unknown}
    card = grid_card(current, match.grid, language)
    steps = place.get("chain", [])
    return {
        **answer,
        **{name: place[name] for name in ("lon", "lat") if name in place},
        **{name: card[name] for name in ("chain", "answers", "open_cases", "bounds")},
        "listed": card["chain"][0] if has_place else None,
        "drawn": steps[0] if steps else None,
    }


def _unplaced(place: dict[str, Any]) -> dict[str, Any]:
    """Return what to say of a unit that is in no grid."""
    if place:
        return {"kind": "outside"}
    return {"kind": "nothing", "reason": "no_place", "matches": []}


def _unit_share(current: CurrentPlan, match: AddressMatch) -> str:
    """Return a link that finds the unit again: by its address or name, else by its position."""
    units = current.plan.units
    for row in units.loc[units["unit_id"] == match.unit_id, ["address", "name"]].itertuples():
        for text in (row.address, row.name):
            found = find_addresses(current.book, str(text), limit=2) if text else []
            if [each.unit_id for each in found if each.certainty != "partial"] == [match.unit_id]:
                return url_for("lookup.page", q=text)
    if math.isnan(match.lon):
        return url_for("lookup.page", q=match.label)
    return _place_link(match.lon, match.lat)
