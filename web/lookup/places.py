"""Answers for texts and units: the place that is meant, or several to choose from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from flask import url_for

from geogrid.addresses import AddressMatch, find_addresses, units_within
from geogrid.addresses.parsing import parse_address
from geogrid.addresses.place_found import PlaceFound
from geogrid.posts import Answer, responsible, who_answers
from geogrid.vocabulary import label
from web.cards import grid_card, match_card, place_card, source_text
from web.current import CurrentPlan
from web.lookup.spot import across_card, grid_answer, nothing, place_link

__all__ = ["place_picked", "text_answer", "unit_answer"]

Match: TypeAlias = AddressMatch | PlaceFound

_CANDIDATES = 12
_MANY = 40
_FEWEST_LETTERS = 2
_LONGEST = 200
_SAME_DEG = 1e-6


def text_answer(
    current: CurrentPlan, text: str, near: tuple[float, float] | None, language: str
) -> dict[str, Any]:
    """Answer for an address, a name or a code: the one it means, or several to choose from."""
    from geogrid.addresses.finder import find_places  # noqa: PLC0415 - loads the compiler

    text = text[:_LONGEST]
    found = find_places(current.finder, text, near=near, limit=_CANDIDATES)
    share = url_for("lookup.page", q=text)
    if not found or found[0].certainty == "partial":
        return {**_doubtful(current, found, text, language), "share": share}
    best = found[0]
    alike = [each for each in found if each.certainty == best.certainty]
    if best.kind == "street" and best.certainty != "estimated":
        return {**_road(current, best, language), "share": share}
    if "several" in best.reasons and len(alike) > 1:
        return {**_choice(current, "several", alike, language), "share": share}
    answer = unit_answer(current, best, language, asked=text)
    if best.certainty == "exact":
        return answer
    is_estimated = best.certainty == "estimated"
    if is_estimated:
        answer |= {"title": _door(best, text), "detail": ""}
    rest = _along(current, best) if is_estimated else found[1:]
    return {**answer, "others": [match_card(current, each, language) for each in rest]}


def place_picked(
    current: CurrentPlan, called: str, position: tuple[float, float]
) -> PlaceFound | None:
    """Return the place of a list that is called so and is there, None where there is none.

    Its list may give another grid than the polygons do.
    """
    from geogrid.addresses.finder import find_places  # noqa: PLC0415 - loads the compiler

    found = find_places(current.finder, called[:_LONGEST], near=position, limit=_CANDIDATES)
    for each in found:
        is_there = math.dist((each.lon, each.lat), position) < _SAME_DEG
        if each.label == called and is_there:
            return replace(each, certainty="exact", reasons=())
    return None


def _door(road: PlaceFound, text: str) -> str:
    """Return what to call a door of a road that no list has."""
    number = parse_address(text).value("number")
    return f"{road.label}{number}号" if number else road.label


def unit_answer(
    current: CurrentPlan, match: Match, language: str, asked: str = ""
) -> dict[str, Any]:
    """Return the answer for one place that was found, with how certain it is and why."""
    if match.kind == "grid":
        answer = grid_answer(current, match.grid, language)
    elif match.spans:
        answer = _spread(current, match, language)
    else:
        answer = _listed(current, match, language)
    # an exact match says that the text holds nothing but the address
    exact = url_for("lookup.page", q=asked) if asked and match.certainty == "exact" else ""
    share = exact or answer.get("share", "") or _share_link(current, match)
    return {**answer, **_how_certain(match, language), "share": share}


def _how_certain(match: Match, language: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "certainty": match.certainty,
        "certainty_label": label("certainty", match.certainty, language),
    }
    if not isinstance(match, AddressMatch):
        reasons = [label("search_reason", reason, language) for reason in match.reasons]
        answer |= {
            "reasons": reasons,
            "source": source_text(match.source, language),
            "dated": match.dated,
        }
    return answer


def _doubtful(
    current: CurrentPlan, found: Sequence[PlaceFound], text: str, language: str
) -> dict[str, Any]:
    """Offer what is similar to a text that names no one place."""
    alike = [each for each in found if each.score == found[0].score]
    if len(alike) > 1:
        return _choice(current, "several", alike, language)
    matches = found or _beginning(current, text)
    return _choice(current, "similar", matches, language) if matches else nothing()


def _beginning(current: CurrentPlan, text: str) -> list[AddressMatch]:
    """Return what fits the beginning of `text`, as much of it as finds something."""
    for length in range(min(len(text) - 1, _MANY), _FEWEST_LETTERS - 1, -1):
        matches = find_addresses(current.book, text[:length], limit=_CANDIDATES)
        if matches:
            return matches
    return []


def _road(current: CurrentPlan, road: PlaceFound, language: str) -> dict[str, Any]:
    """Offer what stands along a road, for its name alone or for a number that is not known."""
    reason = "number" if road.certainty == "street" else "street"
    along = _along(current, road)
    return {**_choice(current, reason, along, language), **_view(road)}


def _along(current: CurrentPlan, road: PlaceFound) -> list[AddressMatch]:
    found = find_addresses(current.book, road.label, limit=_CANDIDATES)
    return [each for each in found if each.kind != "street"]


def _choice(
    current: CurrentPlan, reason: str, matches: Sequence[Match], language: str
) -> dict[str, Any]:
    cards = [match_card(current, each, language) for each in matches]
    return {"kind": "choose", "reason": reason, "matches": cards}


def _view(match: Match) -> dict[str, float]:
    """Return the position to show, when there is one."""
    return {} if math.isnan(match.lon) else {"lon": match.lon, "lat": match.lat}


def _spread(current: CurrentPlan, match: Match, language: str) -> dict[str, Any]:
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
        **_named(match, language),
        "within": parts,
        "spans": len(match.spans),
        **{name: card[name] for name in ("chain", "answers", "open_cases", "bounds")},
        **_view(match),
    }


def _named(match: Match, language: str) -> dict[str, Any]:
    detail = label("unit_kind", match.kind, language)
    return {"kind": "place", "title": match.label, "detail": detail}


def _common(current: CurrentPlan, codes: Sequence[str]) -> str:
    """Return the finest grid above all of `codes`, ``""`` when there is none."""
    chains = [current.plan.hierarchy.chain(code) for code in codes]
    return next((code for code in chains[0] if all(code in each for each in chains)), "")


def _first(current: CurrentPlan, code: str) -> Answer | None:
    chain = current.plan.hierarchy.chain(code)
    return responsible(who_answers(current.posts_by_grid, chain))


def _listed(current: CurrentPlan, match: Match, language: str) -> dict[str, Any]:
    """Answer for a unit: its list counts, the polygon says where the list disagrees."""
    has_place = not math.isnan(match.lon)
    place = place_card(current, match.lon, match.lat, language) if has_place else {}
    drawn = [step["code"] for step in place.get("chain", [])]
    answer = _named(match, language)
    if not match.grid or match.grid in drawn or match.grid not in current.by_code.index:
        unknown = match.grid if match.grid and match.grid not in drawn else ""
        if not drawn:
            return {**place, **answer, **_unplaced(place)}
        across = across_card(current, place, language)
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


def _share_link(current: CurrentPlan, match: Match) -> str:
    """Return a link that finds the place again: by its address or name, else by its position."""
    units = current.plan.units
    for row in units.loc[units["unit_id"] == match.unit_id, ["address", "name"]].itertuples():
        for text in (row.address, row.name):
            found = find_addresses(current.book, str(text), limit=2) if text else []
            if [each.unit_id for each in found if each.certainty != "partial"] == [match.unit_id]:
                return url_for("lookup.page", q=text)
    if math.isnan(match.lon):
        return url_for("lookup.page", q=match.label)
    return place_link(match.lon, match.lat)
