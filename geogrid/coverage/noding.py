"""Nodes of edges: where they cross, touch or end on each other, the same for all owners.

Existing corners within 4 ulp of an edge become its nodes and keep their bits; where two
edges cross, the crossing is rounded to one new vertex. An edge bends by rounding when it is
split, so the pieces are looked at again until nothing meets without a node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._threads import query_tree
from geogrid.coverage.unmatched import on_edge, ulp
from geogrid.topology import Floats, Integers, connected_components

__all__ = ["Pieces", "merged_corners", "node_edges"]

_NEAR_ULP = 4.0
_MOST_ROUNDS = 8


@dataclass(frozen=True)
class Pieces:
    """Edges cut at their nodes.

    Attributes
    ----------
    vertices
        (v, 2) the vertices given, then the new crossings.
    edge, begin, stop
        (p,) the edge that each piece was cut from and its two ends, in order along each
        edge from its first end to its second.
    """

    vertices: Floats
    edge: Integers
    begin: Integers
    stop: Integers


def merged_corners(vertices: Floats, chosen: Integers, is_fixed: npt.NDArray[np.bool_]) -> Integers:
    """Return for every vertex the one that stands for it.

    Parameters
    ----------
    vertices : (v, 2)
    chosen : (c,) vertices that may move by 4 ulp onto another of them
    is_fixed : (v,) vertices that may not: others move onto them
    """
    corner = np.arange(len(vertices))
    if len(chosen) < 2:
        return corner
    points = shapely.points(vertices[chosen])
    one, other = shapely.STRtree(points).query(
        points, predicate="dwithin", distance=_NEAR_ULP * ulp(vertices[chosen])
    )
    label = chosen[connected_components(len(chosen), one, other)]
    order = np.lexsort((chosen, ~is_fixed[chosen], label))
    first = np.searchsorted(label[order], label, side="left")
    corner[chosen] = chosen[order[first]]
    corner[is_fixed] = np.flatnonzero(is_fixed)
    return corner


def node_edges(vertices: Floats, low: Integers, high: Integers) -> Pieces:
    """Cut edges where they meet.

    Parameters
    ----------
    vertices : (v, 2) distinct, sorted
    low, high : (e,) ends of distinct edges

    Returns
    -------
    Pieces
        Edges whose ends are the same vertex have no pieces.
    """
    is_edge = low != high
    pieces = Pieces(vertices, np.flatnonzero(is_edge), low[is_edge], high[is_edge])
    active = np.arange(len(pieces.edge))
    for _ in range(_MOST_ROUNDS):
        cut, vertex, places = _meetings(pieces, active)
        if not len(cut):
            break
        pieces, active = _split(pieces, cut, vertex, places)
    return pieces


def _meetings(pieces: Pieces, active: Integers) -> tuple[Integers, Integers, Floats]:
    """Return (piece, vertex) pairs to cut at, and all vertices with the new crossings."""
    low = np.minimum(pieces.begin, pieces.stop)
    high = np.maximum(pieces.begin, pieces.stop)
    low, high, piece_of = _distinct(low, high)
    at = pieces.vertices
    lines = shapely.linestrings(np.stack([at[low], at[high]], axis=1))
    fresh = np.unique(piece_of[active])
    margin = 2.0 * _NEAR_ULP * np.maximum(ulp(at[low[fresh]]), ulp(at[high[fresh]]))
    one, other = query_tree(shapely.STRtree(lines), lines[fresh], "dwithin", margin)
    one = fresh[one]
    differ = one != other
    one, other = one[differ], other[differ]
    both = np.column_stack(_distinct(np.minimum(one, other), np.maximum(one, other))[:2])
    touch, vertex, is_touching = _touches(at, low, high, both)
    cross_pair = both[~is_touching]
    cross, place = _crossings(at, low, high, cross_pair)
    number, places = _numbered(at, place)
    line = np.concatenate([touch, cross_pair[cross, 0], cross_pair[cross, 1]])
    node = np.concatenate([vertex, number, number])
    real = (node != low[line]) & (node != high[line])
    pairs = np.column_stack(_distinct(line[real], node[real])[:2])
    return *_all_pieces(piece_of, pairs), places


def _distinct(one: Integers, other: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the different pairs in order, and which of them each pair is."""
    width = int(other.max(initial=0)) + 1
    keys, position = np.unique(one * width + other, return_inverse=True)
    return *np.divmod(keys, width), position.ravel()


def _touches(
    at: Floats, low: Integers, high: Integers, both: Integers
) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    """Return (line, vertex) where an end lies on another line, and which pairs need no more."""
    lines, ends = [], []
    is_done = np.zeros(len(both), dtype=bool)
    for line, other in ((0, 1), (1, 0)):
        for end in (low, high):
            here, vertex = both[:, line], end[both[:, other]]
            is_shared = (vertex == low[here]) | (vertex == high[here])
            is_on, _ = on_edge(at[vertex], at[low[here]], at[high[here]])
            is_on &= ~is_shared
            lines.append(here[is_on])
            ends.append(vertex[is_on])
            is_done |= is_on | is_shared
    return np.concatenate(lines), np.concatenate(ends), is_done


def _crossings(
    at: Floats, low: Integers, high: Integers, both: Integers
) -> tuple[Integers, Floats]:
    """Return the pairs of lines that cross between their ends, and where, rounded."""
    start, along = at[low[both[:, 0]]], at[high[both[:, 0]]] - at[low[both[:, 0]]]
    begin, across = at[low[both[:, 1]]] - start, at[high[both[:, 1]]] - at[low[both[:, 1]]]
    turn = _cross(along, across)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = _cross(begin, across) / turn
        share_other = _cross(begin, along) / turn
    is_cross = (share > 0.0) & (share < 1.0) & (share_other > 0.0) & (share_other < 1.0)
    found = np.flatnonzero(is_cross)
    return found, start[found] + share[found, None] * along[found] + 0.0


def _cross(one: Floats, other: Floats) -> Floats:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])


def _numbered(at: Floats, place: Floats) -> tuple[Integers, Floats]:
    """Return the vertex of each place: one within 4 ulp that is there, else a new one."""
    if not len(place):
        return np.zeros(0, dtype=np.int64), at
    fresh, position = np.unique(place, axis=0, return_inverse=True)
    points = shapely.points(fresh)
    one, other = shapely.STRtree(points).query(
        points, predicate="dwithin", distance=_NEAR_ULP * ulp(fresh)
    )
    label, member = np.unique(connected_components(len(fresh), one, other), return_inverse=True)
    number = len(at) + np.arange(len(label))
    margin = _NEAR_ULP * ulp(fresh[label])
    beside = _beside(at[:, 0], fresh[label, 0], float(margin.max()))
    old_place, old = shapely.STRtree(shapely.points(at[beside])).query(
        points[label], predicate="dwithin", distance=margin
    )
    old = beside[old]
    order = np.lexsort((-old, old_place))
    number[old_place[order]] = old[order]
    is_new = number >= len(at)
    number[is_new] = len(at) + np.arange(is_new.sum())
    return number[member[position.ravel()]], np.concatenate([at, fresh[label[is_new]]])


def _beside(values: Floats, places: Floats, margin: float) -> Integers:
    """Return which values are within twice a margin of any place."""
    ordered = np.sort(places)
    after = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    apart = np.minimum(np.abs(ordered[after] - values), np.abs(ordered[after - 1] - values))
    return np.flatnonzero(apart <= 2.0 * margin)


def _all_pieces(line_of: Integers, pairs: Integers) -> tuple[Integers, Integers]:
    """Return (piece, vertex) for all pieces along each line of (line, vertex) pairs."""
    order = np.argsort(line_of, kind="stable")
    first = np.searchsorted(line_of[order], pairs[:, 0], side="left")
    count = np.searchsorted(line_of[order], pairs[:, 0], side="right") - first
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return order[np.repeat(first, count) + offset], np.repeat(pairs[:, 1], count)


def _split(
    pieces: Pieces, cut: Integers, vertex: Integers, places: Floats
) -> tuple[Pieces, Integers]:
    """Return the pieces cut at vertices, and which of them are new."""
    start, end = places[pieces.begin[cut]], places[pieces.stop[cut]]
    along = end - start
    share = np.einsum("ij,ij->i", along, places[vertex] - start) / np.einsum(
        "ij,ij->i", along, along
    )
    count = len(pieces.edge)
    owner = np.concatenate([np.arange(count), cut, np.arange(count)])
    stops = np.concatenate([pieces.begin, vertex, pieces.stop])
    place = np.concatenate([np.full(count, -np.inf), share, np.full(count, np.inf)])
    order = np.lexsort((stops, place, owner))
    owner, stops = owner[order], stops[order]
    follows = np.flatnonzero((owner[:-1] == owner[1:]) & (stops[:-1] != stops[1:]))
    source = owner[follows]
    fresh = np.flatnonzero(np.isin(source, cut))
    split = Pieces(places, pieces.edge[source], stops[follows], stops[follows + 1])
    return split, fresh
