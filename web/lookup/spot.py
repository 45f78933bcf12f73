"""Answers for a spot on the map and for a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from geogrid.posts import responsible, who_answers
from geogrid.touching import circle, touching
from web.cards import answer_cards, grid_card, place_card
from web.current import SHOWN_DECIMALS, CurrentPlan

__all__ = ["Spot", "across_card", "grid_answer", "nothing", "place_link", "spot_answer"]

_NAMES = {"wgs84": "WGS 84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}
_ROUGH_M = 2_000.0
_NAMED = 5


@dataclass(frozen=True)
class Spot:
    """Where somebody is or points at.

    Attributes
    ----------
    lon, lat
        Degrees, WGS 84.
    accuracy_m
        How far off a device's position may be; 0 for none.
    datum
        In which it was given.
    app
        Name of the map whose link it is from.
    """

    lon: float
    lat: float
    accuracy_m: float = 0.0
    datum: str = "wgs84"
    app: str = ""


def spot_answer(current: CurrentPlan, spot: Spot, language: str) -> dict[str, Any]:
    """Return the grids a spot lies in, or how far off they are."""
    place = place_card(current, spot.lon, spot.lat, language)
    title = f"{spot.lon:.{SHOWN_DECIMALS}f}, {spot.lat:.{SHOWN_DECIMALS}f}"
    common = {
        **place,
        "title": title,
        "detail": _origin(spot),
        "share": place_link(spot.lon, spot.lat),
        "vague": _vague(current, spot, place, language),
    }
    if not place["inside"]:
        return {**common, "kind": "outside"}
    return {**common, "kind": "place", "across": across_card(current, place, language)}


def _origin(spot: Spot) -> str:
    """Return in what the spot was given, and in what it is shown."""
    names = dict.fromkeys([_NAMES[spot.datum], _NAMES["wgs84"]])
    return " · ".join(part for part in (spot.app, " → ".join(names)) if part)


def place_link(lon: float, lat: float) -> str:
    """Return the link that asks for a position in WGS 84."""
    x, y = f"{lon:.{SHOWN_DECIMALS}f}", f"{lat:.{SHOWN_DECIMALS}f}"
    return url_for("lookup.page", lon=x, lat=y, datum="wgs84")


def across_card(
    current: CurrentPlan, place: dict[str, Any], language: str
) -> dict[str, Any] | None:
    """Return the grid across the boundary with whom to ask there."""
    beyond: dict[str, Any] | None = place["across"]
    if beyond is None:
        return None
    own = next((card for card in place["answers"] if card["first"]), None)
    first = _first_card(current, beyond["code"], language)
    return {**beyond, "first": first, "is_same": first == own}


def _first_card(current: CurrentPlan, code: str, language: str) -> dict[str, Any] | None:
    cards = answer_cards(current, current.plan.hierarchy.chain(code), language)
    return next((card for card in cards if card["first"]), None)


def _vague(
    current: CurrentPlan, spot: Spot, place: dict[str, Any], language: str
) -> dict[str, Any] | None:
    """Return the grids that the circle of a vague position touches, where it leaves its own."""
    edge = place["boundary_m"]
    if not spot.accuracy_m or edge is None or spot.accuracy_m <= edge:
        return None
    if spot.accuracy_m > _ROUGH_M:
        return {"count": None, "grids": [], "is_same": False}
    found = touching(current.index, circle(spot.lon, spot.lat, spot.accuracy_m))
    codes = [str(code) for code in current.codes_at(found.grids)]
    tree = current.plan.hierarchy
    firsts = {responsible(who_answers(current.posts_by_grid, tree.chain(code))) for code in codes}
    return {
        "count": len(codes),
        "grids": [
            {
                "code": code,
                "name": tree.names[code],
                "first": _first_card(current, code, language),
            }
            for code in codes[:_NAMED]
        ],
        "is_same": len(firsts) == 1,
    }


def grid_answer(current: CurrentPlan, code: str, language: str) -> dict[str, Any]:
    """Return a grid, ``nothing`` for an unknown code."""
    if code not in current.by_code.index:
        return nothing()
    card = grid_card(current, code, language)
    return {
        **card,
        "kind": "grid",
        "title": card["name"] or code,
        "detail": f"{card['kind_label']} · {card['level_label']}",
        "share": url_for("lookup.page", q=code),
    }


def nothing() -> dict[str, Any]:
    """Return the answer where there is none."""
    return {"kind": "nothing", "reason": "none", "matches": []}
