"""The edges at the broken places, with everybody who owns them: all that a repair looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._threads import query_tree
from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.noding import merged_corners
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import ulp
from geogrid.topology import Floats, Integers, distinct_vertices, polygon_edges

__all__ = ["Locality", "find_locality", "positions", "positions_by_group"]

_NEAR_ULP = 16.0


@dataclass(frozen=True)
class Locality:
    """Edges at broken places.

    Attributes
    ----------
    vertices
        (v, 2) distinct, sorted.
    low, high
        (e,) ends of each different edge; corners within 4 ulp are one already.
    corner
        (v,) the vertex that stands for each vertex.
    is_through
        (e,) edges that touch a defect with an area.
    edge, item, turn
        (k,) each use of an edge by a polygon of the sum: 1 where its interior lies to the
        left of low → high, else −1.
    items
        (m,) polygons of the sum that have any of the edges, ascending.
    """

    vertices: Floats
    low: Integers
    high: Integers
    corner: Integers
    is_through: npt.NDArray[np.bool_]
    edge: Integers
    item: Integers
    turn: Integers
    items: Integers


def positions(vertices: Floats, points: Floats) -> Integers:
    """Return where each point is among sorted distinct vertices, −1 where it is none of them.

    Parameters
    ----------
    vertices : (v, 2) sorted by x, then y
    points : (n, 2)
    """
    keys, wanted = _keys(vertices), _keys(points)
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def positions_by_group(
    group: Integers, points: Floats, wanted_group: Integers, wanted: Floats
) -> Integers:
    """Return where each wanted point is among the points of its group, −1 where it is none.

    Parameters
    ----------
    group, points : (v,) and (v, 2) known points; the first of equal ones is found
    wanted_group, wanted : (n,) and (n, 2)
    """
    number = distinct_vertices(np.concatenate([points, wanted]))[1]
    keys = np.concatenate([group, wanted_group]) * len(number) + number
    known, sought = keys[: len(points)], keys[len(points) :]
    if not len(known):
        return np.full(len(sought), -1, dtype=np.int64)
    order = np.argsort(known, kind="stable")
    at = order[np.minimum(np.searchsorted(known, sought, sorter=order), len(known) - 1)]
    return np.where(known[at] == sought, at, -1)


def _keys(points: Floats) -> npt.NDArray[np.complex128]:
    """Return points as complex numbers: they compare by x, then y, and by all their bits."""
    return np.ascontiguousarray(points + 0.0).view(np.complex128).ravel()


def find_locality(
    signed: SignedSum, places: Geometries, is_fixed: npt.NDArray[np.bool_]
) -> Locality:
    """Return the edges of a sum that are left over or touch defects.

    Parameters
    ----------
    signed : the grids and the region
    places : (d,) defects with an area
    is_fixed : (n,) polygons of the sum whose vertices must not move
    """
    total, known = signed.total, signed.edges.vertices
    left = np.flatnonzero(total.weight)
    ends = np.stack([known[total.low[left]], known[total.high[left]]], axis=1)
    near = _items_near(signed.tree, ends, places)
    edges = polygon_edges(signed.polygons[near])
    vertices = edges.vertices
    low, high = np.minimum(edges.start, edges.end), np.maximum(edges.start, edges.end)
    keys, use = np.unique(low * len(vertices) + high, return_inverse=True)
    low, high = np.divmod(keys, max(len(vertices), 1))
    at = positions(vertices, ends.reshape(-1, 2)).reshape(-1, 2)
    is_left = np.isin(keys, at.min(axis=1) * len(vertices) + at.max(axis=1))
    is_through = _touches(vertices, low, high, places)
    item = near[edges.owner]
    fixed = np.zeros(len(vertices), dtype=bool)
    by_fixed = is_fixed[item]
    fixed[edges.start[by_fixed]] = fixed[edges.end[by_fixed]] = True
    corner = merged_corners(vertices, np.unique(at), fixed)
    is_moved = corner != np.arange(len(vertices))
    keep = is_left | is_through | is_moved[low] | is_moved[high]
    number = np.cumsum(keep) - 1
    used = keep[use]
    return Locality(
        vertices=vertices,
        low=corner[low[keep]],
        high=corner[high[keep]],
        corner=corner,
        is_through=is_through[keep],
        edge=number[use[used]],
        item=item[used],
        turn=np.where(edges.start < edges.end, 1, -1)[used],
        items=np.unique(item[used]),
    )


def _items_near(tree: shapely.STRtree, ends: Floats, places: Geometries) -> Integers:
    by_edge = tree.query(shapely.linestrings(ends))[1]
    by_place = tree.query(places)[1]
    return np.unique(np.concatenate([by_edge, by_place]))


def _touches(
    vertices: Floats, low: Integers, high: Integers, places: Geometries
) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(low), dtype=bool)
    if len(places) and len(low):
        lines = shapely.linestrings(np.stack([vertices[low], vertices[high]], axis=1))
        bounds = shapely.bounds(places)
        margin = _NEAR_ULP * np.maximum(ulp(bounds[:, :2]), ulp(bounds[:, 2:]))
        shapely.prepare(places)
        found[query_tree(shapely.STRtree(lines), places, "dwithin", margin)[1]] = True
    return found
