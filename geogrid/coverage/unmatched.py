"""Corners on a neighbour's straight edge: leftover edges that match once they are split.

Leftover corners within 4 ulp of each other count as one, leftover edges are split at every
leftover corner that lies on them within 4 ulp, and the pieces are summed again. What cancels
is harmless in area but tears on the next edit. In longitude and latitude such corners are
almost never exactly collinear, so this decides between one note and thousands of false
slivers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._threads import query_tree
from geogrid.topology import ChainSum, Floats, Integers, connected_components, sum_edges

__all__ = [
    "ROUNDING_ULP",
    "Split",
    "near_edges",
    "near_points",
    "on_edge",
    "split_leftovers",
    "ulp",
]

ROUNDING_ULP = 64.0
"""How far sums over edges may be off by rounding, in ulp of their coordinates."""

_TOLERANCE_ULP = 4.0
_COMPILED_FROM = 20_000


@dataclass(frozen=True)
class Split:
    """Leftover edges, split at the leftover corners on them.

    Attributes
    ----------
    corner
        (v,) the vertex that stands for each vertex: itself, or for leftover corners within
        4 ulp of each other the first of them.
    pieces
        The chain sum of the pieces; its weights are zero where the pieces cancel. Its
        ``member`` is the row of each piece.
    source
        (p,) position in the chain sum of the edge that each piece was cut from.
    edge, vertex
        (k,) each pair of an edge of the chain sum and a vertex that it lacks: one inside
        it, or one beside its end.
    """

    corner: Integers
    pieces: ChainSum
    source: Integers
    edge: Integers
    vertex: Integers


def ulp(coordinates: npt.ArrayLike) -> Floats:
    """Return the distance to the next float of the larger of each row's coordinates."""
    return np.asarray(np.spacing(np.max(np.abs(np.atleast_2d(coordinates)), axis=-1)))


def on_edge(point: Floats, start: Floats, end: Floats) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Return which points lie inside their edge within 4 ulp, and where along it (0 to 1).

    Parameters
    ----------
    point, start, end : (k, 2) in the units of the data
    """
    along, reach = end - start, point - start
    squared = np.einsum("ij,ij->i", along, along)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.einsum("ij,ij->i", along, reach) / squared
        distance = np.abs(along[:, 0] * reach[:, 1] - along[:, 1] * reach[:, 0]) / np.sqrt(squared)
    is_near = distance <= _TOLERANCE_ULP * np.maximum(ulp(start), ulp(end))
    return is_near & (share > 0.0) & (share < 1.0), share


def split_leftovers(vertices: Floats, total: ChainSum) -> Split:
    """Split the edges that do not sum to zero at each other's corners and sum again.

    Parameters
    ----------
    vertices : (v, 2) of the edges
    total : the chain sum over all edges

    Returns
    -------
    Split
        Over the leftover edges only; an edge without a corner on it is its own piece.
    """
    left = np.flatnonzero(total.weight)
    corner = _one_per_place(vertices, np.unique([total.low[left], total.high[left]]))
    low, high = corner[total.low[left]], corner[total.high[left]]
    ends = np.unique([low, high])
    reach = 2.0 * _TOLERANCE_ULP * ulp(vertices[ends])
    edge, found = near_edges(vertices[low], vertices[high], vertices[ends], reach).T
    vertex = ends[found]
    is_on, share = on_edge(vertices[vertex], vertices[low[edge]], vertices[high[edge]])
    edge, vertex, share = edge[is_on], vertex[is_on], share[is_on]
    source, begin, stop = _cut(low, high, edge, vertex, share)
    weight = np.where(begin < stop, 1, -1).astype(np.int32) * total.weight[left[source]]
    pieces = sum_edges(
        total.group[left[source]], np.minimum(begin, stop), np.maximum(begin, stop), weight
    )
    beside_low = np.flatnonzero(low != total.low[left])
    beside_high = np.flatnonzero(high != total.high[left])
    return Split(
        corner,
        pieces,
        left[source],
        left[np.concatenate([edge, beside_low, beside_high])],
        np.concatenate([vertex, low[beside_low], high[beside_high]]),
    )


def _one_per_place(vertices: Floats, leftover: Integers) -> Integers:
    """Return for every vertex the first leftover vertex within 4 ulp, else itself."""
    corner = np.arange(len(vertices))
    if len(leftover):
        one, other = near_points(vertices[leftover], _TOLERANCE_ULP * ulp(vertices[leftover]))
        corner[leftover] = leftover[connected_components(len(leftover), one, other)]
    return corner


def near_points(points: Floats, reach: Floats) -> tuple[Integers, Integers]:
    """Return the pairs of points that are no farther from each other than the first's reach.

    Parameters
    ----------
    points : (n, 2) in the units of the data
    reach : (n,) in the same units, as small as rounding
    """
    if len(points) < _COMPILED_FROM:
        shapes = shapely.points(points)
        found = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=reach)
        return found[0], found[1]
    from geogrid._near_kernels import points_by_points  # noqa: PLC0415 - loads the compiler

    extent = np.ptp(points, axis=0).max()
    side = max(extent / np.sqrt(len(points)), 16.0 * reach.max())
    one, other = points_by_points(points, reach, side)
    is_near = np.hypot(*(points[one] - points[other]).T) <= reach[one]
    return one[is_near], other[is_near]


def near_edges(start: Floats, end: Floats, points: Floats, reach: Floats) -> Integers:
    """Return the (k, 2) pairs of an edge and a point no farther from it than its reach, sorted.

    A point is not paired with the edges that end in it.

    Parameters
    ----------
    start, end : (e, 2) ends of the edges in the units of the data
    points : (n, 2)
    reach : (n,) in the same units, as small as rounding
    """
    if not len(start) or not len(points):
        return np.zeros((0, 2), dtype=np.int64)
    if len(start) < _COMPILED_FROM:
        lines = shapely.linestrings(np.stack([start, end], axis=1))
        point, edge = query_tree(shapely.STRtree(lines), shapely.points(points), "dwithin", reach)
        is_end = (points[point] == start[edge]).all(axis=1)
        is_end |= (points[point] == end[edge]).all(axis=1)
        edge, point = edge[~is_end], point[~is_end]
    else:
        from geogrid._near_kernels import points_by_edges  # noqa: PLC0415 - loads the compiler

        edge, point = points_by_edges(start, end, points, float(reach.max()))
        along, ahead = end[edge] - start[edge], points[point] - start[edge]
        squared = np.einsum("ij,ij->i", along, along)
        share = np.clip(np.einsum("ij,ij->i", along, ahead) / squared, 0.0, 1.0)
        is_near = np.hypot(*(ahead - share[:, None] * along).T) <= reach[point]
        edge, point = edge[is_near], point[is_near]
    order = np.lexsort((point, edge))
    return np.column_stack([edge[order], point[order]])


def _cut(
    low: Integers, high: Integers, edge: Integers, vertex: Integers, share: Floats
) -> tuple[Integers, Integers, Integers]:
    """Return (edge, begin, stop) of the pieces, in order along each edge."""
    order = np.lexsort((vertex, share, edge))
    cuts = np.bincount(edge, minlength=len(low))
    owner = np.repeat(np.arange(len(low)), cuts + 1)
    begin, stop = low[owner], high[owner]
    piece = np.arange(len(edge)) + edge[order]  # before each cut, one piece an edge begins
    stop[piece] = begin[piece + 1] = vertex[order]
    is_piece = begin != stop
    return owner[is_piece], begin[is_piece], stop[is_piece]
