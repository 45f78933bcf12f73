"""Defects by pairs of neighbours: what lies between A and B, how long, how large, who lives there.

A gap with more than two neighbours is shared out among the pairs that face each other
across it, so that a road network nobody covers reads as roads and not as one stain.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import pyproj
import shapely

from geogrid.areas import straight_area_m2
from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.borders import Rings, Strips, border_shares, cut_to_strips, ring_owners
from geogrid.coverage.defects import Defect
from geogrid.coverage.homes import Homes, homes_inside
from geogrid.coverage.measure import SEVERITIES, Measures
from geogrid.coverage.tiers import Tier
from geogrid.coverage.widths import metres_per_unit, to_metres
from geogrid.topology import Floats, Integers

__all__ = ["BETWEEN_COLUMNS", "between_neighbours", "sum_pairs"]

BETWEEN_COLUMNS = (
    "one",
    "other",
    "kind",
    "severity",
    "defects",
    "length_m",
    "area_m2",
    "households",
    "buildings",
)
"""Columns of :meth:`CoverageReport.by_neighbours`."""

_BORDER_DETAILS = frozenset({"gap_border", "gap_open", "gap_alone", "spill"})


def between_neighbours(
    defects: Sequence[Defect],
    measures: Measures,
    tiers: Sequence[Tier],
    codes: Sequence[str],
    crs: pyproj.CRS,
    homes: Homes | None,
) -> pd.DataFrame:
    """Return the share that each pair of neighbours has in each defect.

    Parameters
    ----------
    defects, measures : of equal length
    tiers : the levels that the gaps were found on
    codes : code of every row of the grids
    crs : of the grids
    homes : households and buildings by place

    Returns
    -------
    DataFrame
        Columns at (the defect), one, other ("" for the border of the region), length_m,
        area_m2, households, buildings, kind and rank of the severity. The shares of a gap
        add up to it; an overlap of three grids counts for each of its three pairs.
    """
    shapes = np.array([_border(defect) for defect in defects], dtype=object)
    scale = metres_per_unit(measures.point, crs)
    length = shapely.length(to_metres(shapes, measures.point, scale))
    has_area = np.array([defect.line is None for defect in defects], dtype=bool)
    length = np.where(has_area, 0.5 * length, length)
    shared = _wide_gaps(defects)
    rows = [
        (at, *pair, length[at], measures.area_m2[at], *_homes(measures, at))
        for at, defect in enumerate(defects)
        if at not in shared
        for pair in _pairs(defect, codes)
    ]
    for tier in tiers:
        here = np.array([at for at in sorted(shared) if defects[at].level == tier.level], int)
        places = np.array([defects[at].geometry for at in here], dtype=object)
        rows += [
            (int(here[one[0]]), *one[1:])
            for one in _shared_out(places, tier, codes, crs, scale[here], homes)
        ]
    columns = ["at", "one", "other", "length_m", "area_m2", "households", "buildings"]
    shares = pd.DataFrame(rows, columns=columns)
    shares["kind"] = [defects[at].kind for at in shares["at"]]
    shares["rank"] = [SEVERITIES.index(str(measures.severity[at])) for at in shares["at"]]
    return shares


def _border(defect: Defect) -> shapely.Geometry:
    if defect.line is None:
        return defect.geometry
    return shapely.multilinestrings(shapely.linestrings(defect.line))


def _homes(measures: Measures, at: int) -> tuple[int, int]:
    if measures.households is None or measures.buildings is None:
        return 0, 0
    return int(measures.households[at]), int(measures.buildings[at])


def _is_at_border(defect: Defect) -> bool:
    return defect.detail.kind in _BORDER_DETAILS


def _wide_gaps(defects: Sequence[Defect]) -> set[int]:
    """Return the gaps with more than two neighbours, the region's border being one."""
    return {
        at
        for at, defect in enumerate(defects)
        if defect.kind == "gap" and len(defect.rows) + _is_at_border(defect) > 2
    }


def _pairs(defect: Defect, codes: Sequence[str]) -> list[tuple[str, str]]:
    names = sorted(codes[row] for row in defect.rows)
    if len(names) < 2 or (defect.kind == "spill"):
        return [(name, "") for name in names] or [("", "")]
    return list(combinations(names, 2))


def _shared_out(
    places: Geometries,
    tier: Tier,
    codes: Sequence[str],
    crs: pyproj.CRS,
    scale: Floats,
    homes: Homes | None,
) -> list[tuple[int, str, str, float, float, int, int]]:
    """Return (gap, one, other, length_m, area_m2, households, buildings) of wide gaps."""
    if not len(places):
        return []
    rings = ring_owners(places, tier.signed)
    names = [*(codes[row] for row in tier.rows), *([""] if tier.has_region else [])]
    rank = np.argsort(np.argsort(np.array(names)))
    strips = cut_to_strips(places, rings, rank, len(tier.rows))
    one, other = _settled(strips, shapely.area(strips.triangle))
    pairs = np.column_stack([strips.polygon, one, other])
    keys, position = np.unique(pairs, axis=0, return_inverse=True)
    position = position.ravel()
    area = np.bincount(position, straight_area_m2(strips.triangle, crs), len(keys))
    step = np.einsum("nij,nj->ni", scale[rings.polygon], rings.end - rings.start)
    length = np.bincount(
        position[strips.segment[:, 0]],
        0.5 * np.hypot(*step.T)[strips.segment[:, 1]],
        len(keys),
    )
    living = np.zeros((2, len(keys)), dtype=np.int64)
    if homes is not None:
        inside = homes_inside(homes, strips.triangle)
        living = np.array([np.bincount(position, each, len(keys)) for each in inside], dtype=int)
    return [
        (int(gap), *_ordered(names[a], names[b]), *measured)
        for (gap, a, b), *measured in zip(
            keys.tolist(), length.tolist(), area.tolist(), *living.tolist(), strict=True
        )
    ] + _uncut(places, strips.uncut, rings, names, crs)


def _uncut(
    places: Geometries, uncut: Integers, rings: Rings, names: Sequence[str], crs: pyproj.CRS
) -> list[tuple[int, str, str, float, float, int, int]]:
    """Give gaps that cannot be cut to the two neighbours with the longest borders."""
    area = straight_area_m2(places[uncut], crs)
    gap, item, share = border_shares(rings, len(places))
    rows = []
    for position, size in zip(uncut.tolist(), area.tolist(), strict=True):
        here = np.flatnonzero(gap == position)
        longest = [names[at] for at in item[here[np.argsort(-share[here], kind="stable")]]]
        rows.append(
            (
                position,
                *_ordered(longest[0], longest[1]),
                0.0,
                size,
                0,
                0,
            )
        )
    return rows


def _ordered(one: str, other: str) -> tuple[str, str]:
    """Return two codes in order, "" last and only once."""
    if one == other:
        return one, ""
    return (max(one, other), "") if "" in (one, other) else (min(one, other), max(one, other))


def _settled(strips: Strips, area: Floats) -> tuple[Integers, Integers]:
    """Give triangles with one neighbour on all sides to its largest pair in the same gap."""
    one, other = strips.one.copy(), strips.other.copy()
    is_bay = one == other
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    pairs = np.column_stack([strips.polygon, one, other])[~is_bay]
    keys, position = np.unique(pairs, axis=0, return_inverse=True)
    sums = np.bincount(position.ravel(), area[~is_bay], len(keys))
    for (gap, a, b), total in zip(keys.tolist(), sums.tolist(), strict=True):
        for side in (a, b):
            best[gap, side] = max(best.get((gap, side), (0.0, -1, -1)), (total, a, b))
    for at in np.flatnonzero(is_bay).tolist():
        key = int(strips.polygon[at]), int(one[at])
        one[at], other[at] = best[key][1:] if key in best else (one[at], one[at])
    return one, other


def sum_pairs(shares: pd.DataFrame, *, has_homes: bool) -> pd.DataFrame:
    """Sum the shares of pairs by pair and kind, the gravest, most lived-in and longest first.

    Parameters
    ----------
    shares : from :func:`between_neighbours`
    has_homes : whether households and buildings are known
    """
    summed = shares.groupby(["one", "other", "kind"], as_index=False).agg(
        rank=("rank", "min"),
        defects=("at", "nunique"),
        length_m=("length_m", "sum"),
        area_m2=("area_m2", "sum"),
        households=("households", "sum"),
        buildings=("buildings", "sum"),
    )
    summed["severity"] = [SEVERITIES[rank] for rank in summed["rank"]]
    if not has_homes:
        summed[["households", "buildings"]] = pd.NA
    summed[["households", "buildings"]] = summed[["households", "buildings"]].astype("Int64")
    ranked = summed.sort_values(
        ["rank", "households", "length_m", "one", "other", "kind"],
        ascending=[True, False, False, True, True, True],
        ignore_index=True,
    )
    return ranked[list(BETWEEN_COLUMNS)]
