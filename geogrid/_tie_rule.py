"""The tie rule for points on borders: as if moved by (+ε, +ε²), decided exactly.

Moved so, a point lies in a ring when an odd number of its edges with
``y_low ≤ y < y_high`` pass at or west of it: half-open in y because of ε², closed in x
because of ε. That is the same as asking the grid east of the last such edge, but works
ring by ring, so it needs no seamless layer. Each polygon lists its edges by rows of y, so
that a point looks at a handful of them however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geogrid._exact import direction_key, is_on_edge, orientation
from geogrid.rings import Rings
from geogrid.topology import ring_steps

__all__ = ["PartEdges", "build_edges", "examine", "first_touching"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

_EDGES_AT_ONCE = 2_000_000


@dataclass(frozen=True, eq=False)
class PartEdges:
    """The edges of (p,) polygons, those of a polygon and of a ring in succession.

    Attributes
    ----------
    start, end : (m, 2) ends of each edge in the direction of its ring
    ring : (m,) ring of each edge
    first_edge, first_ring : (p + 1,) where the edges and rings of each polygon begin; the
        first ring of a polygon is its shell
    south, rows_per_unit : (p,) the smallest y of each polygon, and its rows per unit of y
    first_row : (p + 1,) where the rows of each polygon begin
    first_listed : (rows + 1,) where the list of each row begins
    listed : edges of each row, all that reach into it, its limits included
    """

    start: Floats
    end: Floats
    ring: Integers
    first_edge: Integers
    first_ring: Integers
    south: Floats
    rows_per_unit: Floats
    first_row: Integers
    first_listed: Integers
    listed: Integers

    def row(self, part: Integers, y: Floats) -> Integers:
        """Return the row of y in each polygon; rounding is the same for edges and points."""
        with np.errstate(over="ignore", invalid="ignore"):
            place = np.floor((y - self.south[part]) * self.rows_per_unit[part])
        last = self.first_row[part + 1] - self.first_row[part] - 1
        within = np.minimum(np.nan_to_num(place, nan=0.0), last).astype(np.int64)
        return np.asarray(self.first_row[part] + np.maximum(within, 0))


def build_edges(rings: Rings, parts: int) -> PartEdges:
    """Lay out the edges of polygons; edges without length are left out.

    Parameters
    ----------
    rings : of the (p,) polygons, those of a polygon in succession, its shell first
    parts : number of polygons
    """
    coordinates = rings.coordinates
    steps = ring_steps(rings)
    start, end = coordinates[steps], coordinates[steps + 1]
    ring = np.repeat(np.arange(len(rings.first)), rings.stop - rings.first - 1)
    is_edge = (start != end).any(axis=1)
    start, end, ring = start[is_edge], end[is_edge], ring[is_edge]
    part = rings.polygon[ring]
    positions = np.arange(parts + 1)
    first_edge = np.searchsorted(part, positions)
    south, rows_per_unit, rows = _rows(start, end, first_edge)
    edges = PartEdges(
        start=start,
        end=end,
        ring=ring,
        first_edge=first_edge.astype(np.int64),
        first_ring=np.searchsorted(rings.polygon, positions).astype(np.int64),
        south=south,
        rows_per_unit=rows_per_unit,
        first_row=np.concatenate([[0], np.cumsum(rows)]).astype(np.int64),
        first_listed=np.zeros(0, np.int64),
        listed=np.zeros(0, np.int64),
    )
    low = edges.row(part, np.minimum(start[:, 1], end[:, 1]))
    high = edges.row(part, np.maximum(start[:, 1], end[:, 1]))
    edge, row = _expand(low, high + 1)
    first_listed = np.searchsorted(np.sort(row), np.arange(edges.first_row[-1] + 1))
    listed = edge[np.argsort(row, kind="stable")]
    return replace(edges, first_listed=first_listed.astype(np.int64), listed=listed)


def _rows(start: Floats, end: Floats, first_edge: Integers) -> tuple[Floats, Floats, Integers]:
    """Choose the rows of each polygon so that all lists together are at most 5 × its edges."""
    count = np.diff(first_edge)
    parts = len(count)
    has_edges = np.flatnonzero(count)
    first = first_edge[has_edges]
    south, north = np.zeros(parts), np.zeros(parts)
    climbs = np.zeros(parts)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if len(first):
            south[has_edges] = np.minimum.reduceat(start[:, 1], first)
            north[has_edges] = np.maximum.reduceat(start[:, 1], first)
            climbs[has_edges] = np.add.reduceat(np.abs(end[:, 1] - start[:, 1]), first)
        height = north - south
        wanted = np.minimum(count / 2, 4 * count / (climbs / height))
        rows = np.maximum(np.nan_to_num(wanted, nan=1.0, posinf=1.0), 1).astype(np.int64)
        per_unit = rows / height
    is_flat = ~np.isfinite(per_unit) | ~np.isfinite(height)
    return south, np.where(is_flat, 0.0, per_unit), np.where(is_flat, 1, rows)


def _expand(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """Return (pair, item) for all items of the half-open ranges first[k]:last[k]."""
    count = last - first
    pair = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    return pair, first[pair] + step


def examine(edges: PartEdges, part: Integers, x: Floats, y: Floats) -> tuple[Booleans, Booleans]:
    """Tell for pairs of polygon and point whether they hold each other.

    Parameters
    ----------
    edges : of the polygons
    part : (k,) polygon of each pair
    x, y : (k,) finite point of each pair, within the bounds of the polygon

    Returns
    -------
    holds : (k,) the polygon holds the point once it is moved by (+ε, +ε²)
    touches : (k,) the point itself is on an edge of the polygon
    """
    holds, touches = np.zeros(len(part), np.bool_), np.zeros(len(part), np.bool_)
    row = edges.row(part, y)
    first, last = edges.first_listed[row], edges.first_listed[row + 1]
    load = np.cumsum(last - first)
    cuts = np.searchsorted(load, np.arange(_EDGES_AT_ONCE, load[-1:].sum(), _EDGES_AT_ONCE))
    for some in np.split(np.arange(len(part)), cuts):
        if some.size:
            holds[some], touches[some] = _examine(
                edges, part[some], first[some], last[some], (x[some], y[some])
            )
    return holds, touches


def _examine(
    edges: PartEdges, part: Integers, first: Integers, last: Integers, at: tuple[Floats, Floats]
) -> tuple[Booleans, Booleans]:
    pair, place = _expand(first, last)
    edge = edges.listed[place]
    x, y = at[0][pair], at[1][pair]
    start_y, end_y = edges.start[edge, 1], edges.end[edge, 1]
    reaches = (np.minimum(start_y, end_y) <= y) & (y <= np.maximum(start_y, end_y))
    pair, edge, x, y = pair[reaches], edge[reaches], x[reaches], y[reaches]
    start, end = edges.start[edge], edges.end[edge]
    side = orientation(start[:, 0], start[:, 1], end[:, 0], end[:, 1], x, y)
    in_box = (np.minimum(start[:, 0], end[:, 0]) <= x) & (x <= np.maximum(start[:, 0], end[:, 0]))
    touches = np.bincount(pair[(side == 0) & in_box], minlength=len(part)) > 0

    rises, falls = end[:, 1] > start[:, 1], end[:, 1] < start[:, 1]
    is_west = (rises & (side <= 0) & (y < end[:, 1])) | (falls & (side >= 0) & (y < start[:, 1]))
    return _is_held(edges, part, pair[is_west], edge[is_west]), touches


def _is_held(edges: PartEdges, part: Integers, pair: Integers, edge: Integers) -> Booleans:
    """Return, from the edges west of each pair's point: odd for the shell, even for all holes."""
    rings = edges.first_ring[part + 1] - edges.first_ring[part]
    shell = np.cumsum(rings) - rings
    slot = shell[pair] + edges.ring[edge] - edges.first_ring[part[pair]]
    is_odd = np.bincount(slot, minlength=int(rings.sum())) % 2 == 1
    return np.asarray(is_odd[shell] & (np.add.reduceat(is_odd, shell, dtype=np.int64) == 1))


def first_touching(
    edges: PartEdges, parts: Integers, precedence: Integers, x: float, y: float
) -> int:
    """Return which of some polygons is met first, counter-clockwise from just north of east.

    Parameters
    ----------
    edges : of the polygons
    parts : (k,) polygons that touch the point and do not hold it once moved
    precedence : (k,) what settles equal directions (in a layer with overlaps), lowest first
    x, y : the point
    """
    best = None
    for at, (part, rank) in enumerate(zip(parts.tolist(), precedence.tolist(), strict=True)):
        for start, end in _incident(edges, part, x, y):
            for to in (start, end):
                if to != (x, y):
                    key = (direction_key(x, y, to), rank, at)
                    best = key if best is None or key < best else best
    return int(np.argmin(precedence)) if best is None else best[2]


def _incident(
    edges: PartEdges, part: int, x: float, y: float
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the edges of a polygon that the point lies on."""
    chosen = slice(edges.first_edge[part], edges.first_edge[part + 1])
    start, end = edges.start[chosen], edges.end[chosen]
    low, high = np.minimum(start, end), np.maximum(start, end)
    near = ((low <= (x, y)) & (high >= (x, y))).all(axis=1)
    pairs = zip(map(tuple, start[near].tolist()), map(tuple, end[near].tolist()), strict=True)
    return [(a, b) for a, b in pairs if is_on_edge(x, y, a, b)]
