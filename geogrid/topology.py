"""Edges of polygons and their chain sum: the exact part of a coverage check.

Every ring is oriented by its exact signed area (shells counter-clockwise, holes
clockwise) and written as directed edges; an edge from a to b counts +1, from b to a −1.
Where the sum over all polygons of a group is zero on every edge, the number of polygons
over a point does not change across any edge. Nothing geometric is computed: coordinates
are compared bit by bit, all four of an edge, after −0 became 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.rings import COMPILED_FROM, COMPILED_UP_TO, Rings, polygon_rings

__all__ = [
    "ChainSum",
    "Edges",
    "Leftovers",
    "chain_sum",
    "connected_components",
    "distinct_vertices",
    "leftovers",
    "polygon_edges",
    "ring_edges",
    "ring_steps",
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


@dataclass(frozen=True)
class Leftovers:
    """What a chain sum leaves over.

    Attributes
    ----------
    edges
        The directed edges whose undirected edge does not sum to zero.
    total
        Their chain sum: no weight is zero.
    different, matched
        Number of different undirected edges, and of those that sum to zero.
    """

    edges: Edges
    total: ChainSum
    different: int
    matched: int


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
    >>> import shapely
    >>> edges = polygon_edges([shapely.box(0, 0, 1, 1)])
    >>> edges.vertices[edges.start].tolist()
    [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    """
    return ring_edges(polygon_rings(np.asarray(polygons, dtype=object)))


def ring_edges(rings: Rings, steps: Integers | None = None) -> Edges:
    """Return the directed edges of rings, the polygon to their left.

    Parameters
    ----------
    rings : Rings
    steps : positions in the coordinates where the edges begin; all when left out
    """
    if steps is None:
        steps = ring_steps(rings)
    ends = np.concatenate([rings.coordinates[steps], rings.coordinates[steps + 1]])
    vertices, vertex = distinct_vertices(ends)
    start, end = np.split(vertex, 2)
    ring = rings.ring_of(steps)
    backward = rings.direction[ring] < 0
    owner = rings.polygon[ring]
    keep = start != end
    return Edges(
        vertices=vertices,
        start=np.where(backward, end, start)[keep],
        end=np.where(backward, start, end)[keep],
        owner=owner[keep],
    )


def ring_steps(rings: Rings) -> Integers:
    """Return the positions in the coordinates where the steps of rings begin, ring by ring."""
    length = rings.stop - rings.first - 1
    ahead = np.repeat(rings.first - np.cumsum(length) + length, length)
    return np.asarray(np.arange(int(length.sum())) + ahead)


def leftovers(rings: Rings, sign: npt.NDArray[np.int8], group: Integers) -> Leftovers:
    """Return the edges that do not cancel in the sum over the polygons of each group.

    Parameters
    ----------
    rings : of valid polygons with finite coordinates
    sign : (n,) +1, −1 or 0 per polygon; polygons with 0 are left out of the sum
    group : (n,) group of each polygon

    Returns
    -------
    Leftovers
        The compiled pass only finds them; they are then summed as :func:`chain_sum` does.
    """
    counted = rings if sign.all() else rings.where(sign[rings.polygon] != 0)
    if not COMPILED_FROM <= len(rings.coordinates) < COMPILED_UP_TO:
        edges = ring_edges(counted)
        total = chain_sum(edges, sign, group)
        left = total.weight != 0
        different, matched = len(left), int((~left).sum())
        kept = _only(edges, left[total.member])
    else:
        from geogrid._chain_kernels import uncancelled  # noqa: PLC0415 - loads the compiler

        steps, different, matched = uncancelled(
            counted.coordinates,
            counted.first,
            counted.stop,
            counted.direction * sign[counted.polygon],
            group[counted.polygon],
        )
        kept = ring_edges(counted, steps)
    return Leftovers(kept, chain_sum(kept, sign, group), different, matched)


def _only(edges: Edges, chosen: npt.NDArray[np.bool_]) -> Edges:
    """Return some of the edges over the vertices that they have."""
    start, end = edges.start[chosen], edges.end[chosen]
    used, vertex = np.unique(np.concatenate([start, end]), return_inverse=True)
    start, end = np.split(vertex.astype(np.int64), 2)
    return Edges(edges.vertices[used], start, end, edges.owner[chosen])


def distinct_vertices(coordinates: Floats) -> tuple[Floats, Integers]:
    """Return the distinct rows of (n, 2) coordinates by their bits, and each row's position.

    Parameters
    ----------
    coordinates : (n, 2); −0 counts as 0

    Returns
    -------
    vertices, position
        (v, 2) sorted by x, then y; (n,) where each row stands among them.
    """
    points = np.ascontiguousarray(coordinates) + 0.0  # −0 + 0 is 0
    order = np.lexsort((points[:, 1], points[:, 0]))
    ranked = points[order]
    bits = ranked.view(np.uint64)
    is_new = np.ones(len(ranked), dtype=bool)
    is_new[1:] = (bits[1:] != bits[:-1]).any(axis=1)
    position = np.empty(len(ranked), dtype=np.int64)
    position[order] = np.cumsum(is_new) - 1
    return ranked[is_new], position


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
    >>> import shapely
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
    is_new = np.zeros(len(order), dtype=bool)
    is_new[:1] = True
    for key in (group, low, high):  # one after the other: there can be many millions
        ranked = key[order]
        is_new[1:] |= ranked[1:] != ranked[:-1]
    first = np.flatnonzero(is_new)
    member = np.empty(len(order), dtype=np.int64)
    member[order] = np.cumsum(is_new) - 1
    total = (
        np.add.reduceat(weight[order], first, dtype=np.int32)
        if len(first)
        else np.zeros(0, dtype=np.int32)
    )
    one = order[first]
    return ChainSum(group[one], low[one], high[one], total, member)


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
