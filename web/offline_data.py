"""What a copy for offline use carries: the grids of an area to the bit, who answers, buildings.

The page that reads it (``web/js/offline``) decides which grid a point is in by the rule of
:mod:`geogrid.locate`, so outlines are not simplified, and those of the finest grids that
touch the area come along: a point on its border may be theirs. Coordinates are differences of
whole billionths of a degree where these give the same doubles, else the doubles themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.addresses.spelling import spelling_rules
from geogrid.drawing.basemap import encode_streets
from geogrid.errors import LimitError
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from web.cards import answer_cards
from web.current import SHOWN_DECIMALS, CurrentPlan
from web.home import plan_summary
from web.offline_places import Places, place_columns, places_within
from web.share_data import labels_of

__all__ = [
    "FORMAT",
    "MOST_COORDINATES",
    "MOST_PLACES",
    "area_name",
    "codes_below",
    "encoded_shapes",
    "offline_data",
]

FORMAT = 2
"""Raised when pages of an earlier release could not read it."""
MOST_COORDINATES = 400_000
MOST_PLACES = 50_000
_NAMED = 3
_BILLION = 1_000_000_000
_TOUCH_DEG = 1e-7
"""A centimetre: borders closer together than that are one border to the locator."""
_GROUPS = {"kind": "kind", "level": "level", "unit": "unit_kind", "certainty": "certainty"}


def offline_data(
    current: CurrentPlan, areas: Sequence[str], language: str, *, has_phones: bool
) -> dict[str, Any]:
    """Return the copy of some grids with all below them.

    Parameters
    ----------
    current
        The plan.
    areas
        Codes of grids.
    language
        ``"zh"`` or ``"en"``: of the labels.
    has_phones
        Whether phone numbers come along, those that the caller may see.

    Raises
    ------
    LimitError
        That is too much to keep in a browser.
    """
    tree = current.plan.hierarchy
    inside = codes_below(tree, areas)
    shown = _shapes(current, inside)
    rows = places_within(current, inside)
    _check_size(shown, len(rows))
    place = {code: at for at, code in enumerate(_with_chains(tree, shown["code"]))}
    return {
        "format": FORMAT,
        "digest": current.plan.digest,
        "area": area_name(tree, areas),
        "plan": _summary(current, shown, inside),
        "labels": {name: labels_of(group, language) for name, group in _GROUPS.items()},
        "rules": spelling_rules(),
        "grids": _grid_rows(current, place),
        "own": [at for code, at in place.items() if code in inside],
        "leaves": _leaves(current, shown, place),
        "shapes": encoded_shapes(shown, place),
        **_answers(current, place, language, has_phones=has_phones),
        "units": place_columns(rows, place),
        "streets": _streets(current, shown),
    }


def codes_below(tree: Hierarchy, areas: Sequence[str]) -> set[str]:
    """Return grids with all below them."""
    tops = set(areas)
    return {code for code in tree.parents if not tops.isdisjoint(tree.chain(code))}


def area_name(tree: Hierarchy, areas: Sequence[str]) -> str:
    """Return what grids are called together: three names, and that there are more."""
    names = [tree.names[code] or code for code in areas[:_NAMED]]
    return "、".join([*names, "…"] if len(areas) > _NAMED else names)


def _shapes(current: CurrentPlan, inside: set[str]) -> gpd.GeoDataFrame:
    """Return the grids that are drawn: those inside, and the finest ones that touch them."""
    grids = current.by_code
    leaves = current.leaves
    mine = leaves[leaves["code"].isin(inside)].geometry.to_numpy()
    near = np.unique(leaves.sindex.query(mine, predicate="dwithin", distance=_TOUCH_DEG)[1])
    return grids[grids["code"].isin(inside | set(leaves["code"].iloc[near]))]


def _check_size(shown: gpd.GeoDataFrame, places: int) -> None:
    coordinates = int(shapely.get_num_coordinates(shown.geometry.to_numpy()).sum())
    if coordinates > MOST_COORDINATES or places > MOST_PLACES:
        raise LimitError(
            _(
                "This area is too large to keep in a browser: {corners} corners of grids and "
                "{units} addresses, where {most_corners} and {most_units} are the most. "
                "Choose one community."
            ),
            corners=coordinates,
            units=places,
            most_corners=MOST_COORDINATES,
            most_units=MOST_PLACES,
        )


def _with_chains(tree: Hierarchy, codes: Iterable[str]) -> list[str]:
    """Return grids and all above them, each once."""
    return list(dict.fromkeys(step for code in codes for step in tree.chain(code)))


def _leaves(current: CurrentPlan, shown: gpd.GeoDataFrame, place: Places) -> list[int]:
    """Return the finest grids among those shown, in the order of precedence of the locator."""
    codes = current.leaves["code"].to_numpy(dtype=object)[current.index.order]
    return [place[code] for code in codes if code in shown.index]


def _summary(current: CurrentPlan, shown: gpd.GeoDataFrame, inside: set[str]) -> dict[str, Any]:
    """Return what maps need to know, of the area alone."""
    own = shown[shown["code"].isin(inside)]
    counts = own["level"].value_counts()
    summary = plan_summary(current)
    levels = [
        {"level": each["level"], "label": each["label"], "count": int(counts[each["level"]])}
        for each in summary["levels"]
        if each["level"] in counts
    ]
    return {
        "name": summary["name"],
        "is_sample": summary["is_sample"],
        "attribution": summary["attribution"],
        "bounds": own.total_bounds.round(SHOWN_DECIMALS).tolist() if len(own) else None,
        "levels": [{**each, "url": str(each["level"])} for each in levels],
        "shown_level": max((each["level"] for each in levels if each["count"] <= 300), default=0),
        "streets": "streets" if len(current.plan.streets) else None,
    }


def _grid_rows(current: CurrentPlan, codes: Iterable[str]) -> list[list[Any]]:
    """Return code, name, level, kind and parent of grids."""
    tree = current.plan.hierarchy
    kinds = current.by_code["kind"].fillna("").astype(str)
    return [
        [code, tree.names[code], tree.levels[code], kinds[code], tree.parents[code]]
        for code in codes
    ]


def encoded_shapes(shown: gpd.GeoDataFrame, place: Places) -> dict[str, Any]:
    """Return the outlines as flat lists, a point of a grid's inside with each.

    ``coordinates`` are x and y in turn; ``rings`` the points of each ring, ``parts`` the
    rings of each polygon, its shell first, and ``owners`` the grid of each.
    """
    shapes = shown.geometry.to_numpy()
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    places = shapely.get_coordinates(shapely.point_on_surface(shapes)).round(SHOWN_DECIMALS)
    positions = np.array([place[code] for code in shown["code"]], np.int64)
    return {
        **_numbers(shapely.get_coordinates(rings)),
        "rings": shapely.get_num_coordinates(rings).tolist(),
        "parts": np.bincount(part, minlength=len(parts)).tolist(),
        "owners": positions[owner].tolist(),
        "places": dict(zip(positions.tolist(), places.tolist(), strict=True)),
    }


def _numbers(coordinates: npt.NDArray[np.float64]) -> dict[str, Any]:
    whole = np.rint(coordinates * _BILLION)
    if not np.array_equal(whole / _BILLION, coordinates):
        return {"unit": 0, "coordinates": coordinates.ravel().tolist()}
    steps = np.diff(whole, axis=0, prepend=0.0).astype(np.int64)
    return {"unit": _BILLION, "coordinates": steps.ravel().tolist()}


def _answers(
    current: CurrentPlan, codes: Iterable[str], language: str, *, has_phones: bool
) -> dict[str, list[Any]]:
    """Return who answers at each grid itself, and whom to ask first in its chain.

    Those above are not repeated: the page goes up the chain. ``first`` is a position among all
    that it so finds.
    """
    rows, firsts = [], []
    for code in codes:
        cards = answer_cards(current, current.plan.hierarchy.chain(code), language)
        firsts.append(next((at for at, card in enumerate(cards) if card["first"]), -1))
        own = [card for card in cards if card["grid"] == code and card["post"]]
        rows.append([_without(card, has_phones=has_phones) for card in own])
    return {"answers": rows, "first": firsts}


def _without(card: dict[str, Any], *, has_phones: bool) -> dict[str, Any]:
    """Return what is not empty and not to be had from elsewhere."""
    left = {"first", "grid", "grid_name"} | (set() if has_phones else {"phone"})
    return {key: value for key, value in card.items() if value and key not in left}


def _streets(current: CurrentPlan, shown: gpd.GeoDataFrame) -> dict[str, Any]:
    streets = current.plan.streets
    if not len(streets) or not len(shown):
        return {}
    west, south, east, north = shown.total_bounds
    near = streets.cx[west:east, south:north]
    return {
        "major": encode_streets(near, range(5)),
        "minor": encode_streets(near, range(5, 7)),
    }
