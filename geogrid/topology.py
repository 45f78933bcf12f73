"""Edges of polygons and their chain sum: the exact part of a coverage check.

Every ring is oriented by its exact signed area (shells counter-clockwise, holes
clockwise) and written as directed edges; an edge from a to b counts +1, from b to a −1.
Where the sum over all polygons of a group is zero on every edge, the number of polygons
over a point does not change across any edge. Nothing geometric is computed: coordinates
are compared bit by bit, all four of an edge, after −0 became 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import shapely

__all__ = [
    "ChainSum",
    "Edges",
    "chain_sum",
    "connected_components",
    "polygon_edges",
    "sum_edges",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Weights = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Edges:
    """The directed edges of many polygons over shared vertices.

    Attributes
    ----------
    vertices
        (v, 2) distinct vertices in the units of the data, sorted by x, then y; no −0.
    start, end
        (e,) positions in `vertices`; the polygon lies to the left of start → end.
    owner
        (e,) position of the polygon that the edge belongs to.
    """

    vertices: Floats
    start: Integers
    end: Integers
    owner: Integers


@dataclass(frozen=True)
class ChainSum:
    """The sum of directed edges per undirected edge and group.

    Attributes
    ----------
    group, low, high
        (u,) group and the two vertices of each distinct edge, ``low < high``; sorted by
        group, low, high.
    weight
        (u,) times the edge runs low → high minus times it runs high → low, int32.
    member
        (e,) position of each directed edge's row in the sum.
    """

    group: Integers
    low: Integers
    high: Integers
    weight: Weights
    member: Integers


def polygon_edges(polygons: npt.ArrayLike) -> Edges:
    """Return the directed edges of polygons, the interior to their left.

    Parameters
    ----------
    polygons : array_like (n,) of (Multi)Polygons with finite coordinates; None and empty
        ones have no edges. Steps of length zero (repeated vertices) are left out.

    Returns
    -------
    Edges
        Over the distinct vertices of all polygons.

    Examples
    --------
    >>> edges = polygon_edges([shapely.box(0, 0, 1, 1)])
    >>> edges.vertices[edges.start].tolist()
    [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    """
    parts, part_owner = shapely.get_parts(np.asarray(polygons, dtype=object), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    is_hole = np.zeros(len(rings), dtype=bool)
    is_hole[1:] = ring_part[1:] == ring_part[:-1]
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    vertices, vertex = _distinct(coordinates)
    step = np.flatnonzero((ring[:-1] == ring[1:]) & (vertex[:-1] != vertex[1:]))
    start, end, ring_of = vertex[step], vertex[step + 1], ring[step]
    backward = (_orientation(coordinates, ring, len(rings)) < 0) != is_hole
    flip = backward[ring_of]
    return Edges(
        vertices=vertices,
        start=np.where(flip, end, start),
        end=np.where(flip, start, end),
        owner=part_owner[ring_part[ring_of]].astype(np.int64),
    )


def _distinct(coordinates: Floats) -> tuple[Floats, Integers]:
    """Return the distinct rows of (n, 2) coordinates by their bits, and each row's position."""
    points = np.ascontiguousarray(coordinates) + 0.0  # −0 + 0 is 0
    order = np.lexsort((points[:, 1], points[:, 0]))
    ranked = points[order]
    bits = ranked.view(np.uint64)
    is_new = np.ones(len(ranked), dtype=bool)
    is_new[1:] = (bits[1:] != bits[:-1]).any(axis=1)
    position = np.empty(len(ranked), dtype=np.int64)
    position[order] = np.cumsum(is_new) - 1
    return ranked[is_new], position


def _orientation(coordinates: Floats, ring: Integers, count: int) -> npt.NDArray[np.int8]:
    """Return the sign of each closed ring's signed area: 1 counter-clockwise, exact."""
    first = np.searchsorted(ring, np.arange(count))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        x, y = (coordinates - coordinates[np.minimum(first, len(ring) - 1)][ring]).T
        same = ring[:-1] == ring[1:]
        ahead = np.where(same, x[:-1] * y[1:], 0.0)
        behind = np.where(same, x[1:] * y[:-1], 0.0)
        doubled = np.bincount(ring[:-1], ahead - behind, count)
        size = np.bincount(ring[:-1], np.abs(ahead) + np.abs(behind), count)
        steps = np.bincount(ring, minlength=count)
        is_sure = np.abs(doubled) > (steps + 8) * np.finfo(np.float64).eps * size
    sign = np.sign(np.where(is_sure, doubled, 0.0)).astype(np.int8)
    ends = np.append(first[1:], len(ring))
    for unsure in np.flatnonzero(~is_sure & (steps > 2)):  # slivers as thin as rounding
        sign[unsure] = _exact_sign(coordinates[first[unsure] : ends[unsure]])
    return sign


def _exact_sign(ring: Floats) -> int:
    """Return the sign of one closed ring's signed area in rational arithmetic."""
    x = [Fraction(float(value)) for value in ring[:, 0]]
    y = [Fraction(float(value)) for value in ring[:, 1]]
    doubled = sum((x[i] * y[i + 1] - x[i + 1] * y[i] for i in range(len(x) - 1)), start=Fraction(0))
    return (doubled > 0) - (doubled < 0)


def chain_sum(
    edges: Edges,
    sign: npt.NDArray[np.int8] | None = None,
    group: Integers | None = None,
) -> ChainSum:
    """Sum directed edges per undirected edge, over all polygons of each group.

    Parameters
    ----------
    edges : Edges
    sign : (n,) +1 or −1 per polygon, e.g. −1 for the region the others must fill; all +1
        when left out.
    group : (n,) group of each polygon, 0 … ; one group when left out. The children of a
        parent and, with sign −1, the parent form one group.

    Returns
    -------
    ChainSum
        A group is seamless exactly when all its weights are zero, provided that its
        polygons are valid.

    Examples
    --------
    >>> left, right, region = shapely.box([0, 1, 0], 0, [1, 2, 2], 1)
    >>> chain_sum(polygon_edges([left, right])).weight.tolist()
    [-1, 1, -1, 0, 1, -1, 1]
    """
    low, high = np.minimum(edges.start, edges.end), np.maximum(edges.start, edges.end)
    weight = np.where(edges.start < edges.end, np.int32(1), np.int32(-1))
    if sign is not None:
        weight = weight * sign[edges.owner].astype(np.int32)
    owner_group = np.zeros(len(low), dtype=np.int64) if group is None else group[edges.owner]
    return sum_edges(owner_group, low, high, weight)


def sum_edges(group: Integers, low: Integers, high: Integers, weight: Weights) -> ChainSum:
    """Add up the weights of equal (group, low, high), compared in full."""
    order = np.lexsort((high, low, group))
    keys = np.column_stack([group, low, high])[order]
    is_new = np.ones(len(keys), dtype=bool)
    is_new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    first = np.flatnonzero(is_new)
    member = np.empty(len(keys), dtype=np.int64)
    member[order] = np.cumsum(is_new) - 1
    total = (
        np.add.reduceat(weight[order], first, dtype=np.int32)
        if len(first)
        else np.zeros(0, dtype=np.int32)
    )
    groups, lows, highs = keys[first].T
    return ChainSum(groups, lows, highs, total, member)


def connected_components(count: int, one: Integers, other: Integers) -> Integers:
    """Label the connected components of an undirected graph.

    Parameters
    ----------
    count : number of nodes
    one, other : (k,) the nodes that each link joins

    Returns
    -------
    (count,) the lowest node of each node's component.

    Examples
    --------
    >>> connected_components(4, np.array([3, 1]), np.array([1, 3])).tolist()
    [0, 1, 2, 1]
    """
    label = np.arange(count, dtype=np.int64)
    while True:
        low = np.minimum(label[one], label[other])
        lower = label.copy()
        for node in (label[one], label[other]):
            np.minimum.at(lower, node, low)
        while not np.array_equal(lower, lower[lower]):
            lower = lower[lower]
        if np.array_equal(lower, label):
            return label
        label = lower
