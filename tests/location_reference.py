"""The tie rule of the locator, written plainly: slow, exact, one point at a time.

`owner_in_coverage` follows the rule's words for layers without overlaps; `owner_by_parity`
moves the point by (+ε, +ε²) ring by ring and so also serves layers with overlaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

import shapely

Point = tuple[Fraction, Fraction]
Edge = tuple[Point, Point]


def _point(xy: Sequence[float]) -> Point:
    return Fraction(xy[0]), Fraction(xy[1])


def _rings(part: shapely.Polygon) -> list[list[Edge]]:
    """Edges with the inside on their left."""
    shell = shapely.geometry.polygon.orient(part)
    rings = []
    for ring in (shell.exterior, *shell.interiors):
        corners = [_point(xy) for xy in ring.coords]
        rings.append([(a, b) for a, b in pairwise(corners) if a != b])
    return rings


def _parts(grid: shapely.Geometry) -> Iterator[shapely.Polygon]:
    yield from (part for part in shapely.get_parts(grid) if not part.is_empty)


def _edges(grid: shapely.Geometry) -> list[Edge]:
    return [edge for part in _parts(grid) for ring in _rings(part) for edge in ring]


def _crossing(edge: Edge, y: Fraction) -> tuple[Fraction, Fraction] | None:
    """Return (x_edge(y), dx/dy) of an edge with y_low ≤ y < y_high, else None."""
    (ax, ay), (bx, by) = edge
    if not min(ay, by) <= y < max(ay, by):
        return None
    slope = (bx - ax) / (by - ay)
    return ax + slope * (y - ay), slope


def _touches(edge: Edge, p: Point) -> bool:
    (ax, ay), (bx, by) = edge
    x, y = p
    in_box = min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
    return in_box and (bx - ax) * (y - ay) == (by - ay) * (x - ax)


def _direction(p: Point, to: Point) -> tuple[int, Fraction]:
    """Sorts counter-clockwise from just north of east; east itself comes last."""
    dx, dy = to[0] - p[0], to[1] - p[1]
    if dy == 0:
        return (1 if dx < 0 else 3), Fraction(0)
    return (0 if dy > 0 else 2), -dx / dy


def _first_touching(edges: list[list[Edge]], order: Sequence[int], p: Point) -> int:
    met = [
        (_direction(p, end), place, grid)
        for place, grid in enumerate(order)
        for edge in edges[grid]
        if _touches(edge, p)
        for end in edge
        if end != p
    ]
    return min(met)[2] if met else -1


def owner_in_coverage(grids: Sequence[shapely.Geometry], x: float, y: float) -> int:
    """Return the grid of a point in a layer without overlaps, −1 outside."""
    p = _point((x, y))
    edges = [_edges(grid) for grid in grids]
    west = [
        (crossing, grid, edge)
        for grid, own in enumerate(edges)
        for edge in own
        if (crossing := _crossing(edge, p[1])) is not None and crossing[0] <= p[0]
    ]
    if west:
        last = max(crossing for crossing, _, _ in west)
        # the inside is left of an edge, so a falling edge has it in the east
        east = [
            grid for crossing, grid, edge in west if crossing == last and edge[0][1] > edge[1][1]
        ]
        if east:
            assert len(east) == 1
            return east[0]
    return _first_touching(edges, range(len(grids)), p)


def owner_by_parity(
    grids: Sequence[shapely.Geometry], order: Sequence[int], x: float, y: float
) -> int:
    """Return the first grid in `order` that holds the moved point, else the first touching."""
    p = _point((x, y))
    for grid in order:
        for part in _parts(grids[grid]):
            inside = [_is_odd(ring, p) for ring in _rings(part)]
            if inside[0] and not any(inside[1:]):
                return grid
    return _first_touching([_edges(grid) for grid in grids], order, p)


def _is_odd(ring: list[Edge], p: Point) -> bool:
    crossings = [_crossing(edge, p[1]) for edge in ring]
    return sum(found is not None and found[0] <= p[0] for found in crossings) % 2 == 1
