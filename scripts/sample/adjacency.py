"""Which atoms share a border, how long it is, and how natural it is to cut there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sample.streets import Streets, street_class

__all__ = ["Borders", "borders", "directed_edges", "merge_small"]

_REACH_M = {4: 24.0, 3: 18.0, 2: 14.0, 1: 10.0}
_COST = {0: 1.4, 1: 0.8, 2: 0.55, 3: 0.4, 4: 0.3}


@dataclass(frozen=True)
class Borders:
    """Pairs of atoms a < b, the length of their common border in m and its cost."""

    a: npt.NDArray[np.intp]
    b: npt.NDArray[np.intp]
    length_m: npt.NDArray[np.float64]
    cost: npt.NDArray[np.float64]


def directed_edges(
    polygons: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return edges (n, 4) as x1, y1, x2, y2 along the rings, and the polygon of each."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = ring[1:] == ring[:-1]
    return np.hstack([xy[:-1], xy[1:]])[inner], owner[part[ring[:-1][inner]]]


def _street_cost(
    edges: npt.NDArray[np.float64], streets: Streets, reach_m: Mapping[int, float]
) -> npt.NDArray[np.float64]:
    """Return the cost of a cut per metre: low along main streets, high inside blocks."""
    middles = shapely.points(
        np.round((edges[:, 0] + edges[:, 2]) / 2, 3), np.round((edges[:, 1] + edges[:, 3]) / 2, 3)
    )
    ranks = np.array([street_class(str(value)) for value in streets.highways])
    cost = np.full(len(edges), _COST[0])
    for rank in sorted(reach_m):
        tree = shapely.STRtree(streets.lines[ranks == rank])
        near = tree.query(middles, predicate="dwithin", distance=reach_m[rank])[0]
        cost[near] = _COST[rank]
    return cost


def borders(
    polygons: npt.NDArray[np.object_],
    streets: Streets,
    *,
    reach_m: Mapping[int, float] = _REACH_M,
) -> Borders:
    """Return the common borders of noded polygons.

    Parameters
    ----------
    polygons
        Polygons in metres that share every vertex.
    streets
        Streets in metres.
    reach_m
        How far from a border a street of each rank may run and still count.
    """
    edges, owner = directed_edges(polygons)
    swap = (edges[:, 0] > edges[:, 2]) | (
        (edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3])
    )
    keys = np.where(swap[:, None], edges[:, [2, 3, 0, 1]], edges)
    order = np.lexsort(keys.T[::-1])
    keys, owner = keys[order], owner[order]
    same = np.flatnonzero((keys[1:] == keys[:-1]).all(axis=1))
    shared = keys[same]
    length = np.round(np.hypot(shared[:, 2] - shared[:, 0], shared[:, 3] - shared[:, 1]), 3)
    cost = np.round(length * _street_cost(shared, streets, reach_m), 3)
    pair = np.sort(np.stack([owner[same], owner[same + 1]], axis=1), axis=1)
    unique, inverse = np.unique(pair, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    return Borders(
        unique[:, 0],
        unique[:, 1],
        np.round(np.bincount(inverse, length), 3),
        np.round(np.bincount(inverse, cost), 3),
    )


def merge_small(
    polygons: npt.NDArray[np.object_],
    *,
    min_width_m: float,
    min_area_m2: float,
    streets: Streets | None = None,
) -> npt.NDArray[np.object_]:
    """Join pieces that are too narrow or too small to the neighbour they touch most.

    Parameters
    ----------
    polygons
        Polygons in metres that share every vertex.
    min_width_m, min_area_m2
        What a piece must have.
    streets
        If given, pieces are hardly ever joined across the larger ones.
    """
    while True:
        narrow = shapely.is_empty(shapely.buffer(polygons, -min_width_m / 2))
        small = np.flatnonzero(narrow | (shapely.area(polygons) < min_area_m2))
        if not len(small):
            return polygons
        polygons = _join(polygons, small, streets)


def _join(
    polygons: npt.NDArray[np.object_], small: npt.NDArray[np.intp], streets: Streets | None
) -> npt.NDArray[np.object_]:
    """Join each of `small` to its neighbour with the longest border, once."""
    nowhere = Streets(np.array([], str), np.array([], str), np.array([], object))
    common = borders(polygons, streets or nowhere, reach_m={2: 1.0, 3: 1.0, 4: 1.0})
    along_street = common.cost < 0.6 * common.length_m
    wish = np.round(common.length_m * np.where(along_street, 0.02, 1.0), 3)
    into = np.arange(len(polygons))
    taken = np.zeros(len(polygons), dtype=bool)
    area = np.round(shapely.area(polygons), 6)
    for i in small[np.argsort(area[small], kind="stable")]:
        rows = np.flatnonzero((common.a == i) | (common.b == i))
        if taken[i] or not len(rows):
            continue
        best = rows[np.argmax(wish[rows])]
        other = common.a[best] + common.b[best] - i
        if into[other] == other and not taken[other]:
            into[i], taken[i], taken[other] = other, True, True
    joined = [polygons[into == i] for i in range(len(polygons)) if into[i] == i]
    return np.array(
        [p[0] if len(p) == 1 else shapely.coverage_union_all(p) for p in joined], dtype=object
    )
