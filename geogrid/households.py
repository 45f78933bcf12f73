"""Households and people of every grid: its own number, or added up from what is inside."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _

__all__ = ["HOMES_FROM", "count_homes", "units_to_add"]

HOMES_FROM: Mapping[str, str] = {
    "": "",
    "plan": "",
    "grids": _("summed from the grids below"),
    "units": _("summed from the building list"),
}
"""Where a number comes from to the words to show beside it; nothing for a grid's own."""


def count_homes(
    grids: pd.DataFrame, units: pd.DataFrame, unit_grids: pd.Series, hierarchy: Hierarchy
) -> pd.DataFrame:
    """Return households and people of every grid.

    A grid's own number counts. Without one, the numbers of the grids below are added up when
    one of them has its own, else those of the units inside (:func:`units_to_add`).

    Parameters
    ----------
    grids
        Columns code, households, people; every level.
    units
        Columns unit_id, kind, parent, street, number, compound, building, households, people.
    unit_grids
        Code of the finest grid of each unit, ``""`` outside; indexed as `units`.
    hierarchy
        Of `grids`.

    Returns
    -------
    DataFrame
        By code: households and people (Int64, missing where nobody says), households_from
        and people_from, keys of :data:`HOMES_FROM`.
    """
    rows = grids.drop_duplicates("code").set_index("code")
    found = pd.DataFrame(index=rows.index)
    for name in ("households", "people"):
        own = {str(code): int(count) for code, count in rows[name].dropna().items()}
        taken = units_to_add(units, name)
        inside = units.loc[taken, name].groupby(unit_grids[taken]).sum()
        added = _add_up({str(code): int(n) for code, n in inside.items()}, hierarchy)
        counts = _resolve(own, added, hierarchy)
        found[name] = pd.array(
            [counts[code][0] if code in counts else None for code in rows.index], dtype="Int64"
        )
        found[f"{name}_from"] = [counts[code][1] if code in counts else "" for code in rows.index]
    return found


def units_to_add(units: pd.DataFrame, name: str) -> pd.Series:
    """Return which units to add up so that nobody counts twice, bool[n].

    Buildings count. An entrance counts where its building does not say, a compound where
    nothing in it does. Units belong together by parent, or by the same parts of the address.

    Examples
    --------
    >>> blank = dict.fromkeys(["parent", "street", "number"], "")
    >>> units = pd.DataFrame([
    ...     {**blank, "unit_id": "1", "kind": "compound", "compound": "甲苑", "building": "",
    ...      "households": 70},
    ...     {**blank, "unit_id": "2", "kind": "building", "compound": "甲苑", "building": "1号楼",
    ...      "households": 30}])
    >>> units_to_add(units, "households").tolist()
    [False, True]
    """
    texts = units[["unit_id", "kind", "parent", "street", "number", "compound", "building"]]
    texts = texts.astype("str").fillna("").astype(object)  # which are sought by hash
    known = units[name].notna()
    place = texts["street"] + "|" + texts["number"] + "|" + texts["compound"]
    house = (place + "|" + texts["building"]).where(texts["building"] + texts["number"] != "", "")
    buildings = known & (texts["kind"] == "building")
    entrances = known & (texts["kind"] == "entrance")
    entrances &= ~texts["parent"].isin(texts.loc[buildings, "unit_id"])
    entrances &= ~(house.isin(house[buildings]) & (house != ""))
    counted = buildings | entrances
    parents = texts.loc[counted, "parent"]
    above = parents.map(texts.drop_duplicates("unit_id").set_index("unit_id")["parent"])
    compounds = known & (texts["kind"] == "compound")
    compounds &= ~texts["unit_id"].isin([*parents, *above.dropna()])
    named = texts["compound"]
    compounds &= ~(named.isin(named[counted]) & (named != ""))
    return counted | compounds


def _add_up(inside: Mapping[str, int], hierarchy: Hierarchy) -> dict[str, int]:
    """Return the counts of grids, each also in the grids above its own."""
    added: dict[str, int] = {}
    for own, count in inside.items():
        for code in hierarchy.chain(own):
            added[code] = added.get(code, 0) + count
    return added


def _resolve(
    own: Mapping[str, int], added: Mapping[str, int], hierarchy: Hierarchy
) -> dict[str, tuple[int, str]]:
    """Return count and origin of every grid that has one, the finest first."""
    counts: dict[str, tuple[int, str]] = {}
    below: dict[str, list[str]] = {}
    for code in sorted(hierarchy.parents, key=lambda each: -len(hierarchy.chain(each))):
        known = [counts[child] for child in below.get(code, []) if child in counts]
        if code in own:
            counts[code] = (own[code], "plan")
        elif any(origin != "units" for _count, origin in known):
            counts[code] = (sum(count for count, _origin in known), "grids")
        elif code in added:
            counts[code] = (added[code], "units")
        below.setdefault(hierarchy.parents[code], []).append(code)
    return counts
