"""Ways to spoil one place of a seamless boundary file and know exactly what was spoilt.

Every way keeps the end points of the edge it works on, so nothing else changes. Rings are
lists of (lon, lat) on the lattice, closed, counter-clockwise: a grid lies left of its edges.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from sample.projection import FUTIAN

__all__ = ["Boundaries", "Edge", "Point", "between", "metric", "width_m"]

Point = tuple[float, float]
_LATTICE = 1_000_000_000


def between(p: Point, q: Point, share: float, left_m: float) -> Point:
    """Return the point at `share` of the way from p to q, `left_m` metres to its left."""
    a, b = FUTIAN.to_metres(np.array([p, q]))
    along = (b - a) / np.hypot(*(b - a))
    place = a + share * (b - a) + left_m * np.array([-along[1], along[0]])
    lon, lat = FUTIAN.to_degrees(place.reshape(1, 2))[0]
    return float(lon), float(lat)


def metric(ring: list[Point]) -> shapely.Polygon:
    """Return the polygon of a ring in metres."""
    return shapely.Polygon(FUTIAN.to_metres(np.array(ring)))


def width_m(polygon: shapely.Geometry) -> float:
    """Return the diameter of the largest circle inside a polygon in metres."""
    tolerance = max(float(np.sqrt(polygon.area)) / 2000, 1e-6)
    return float(2 * shapely.maximum_inscribed_circle(polygon, tolerance=tolerance).length)


@dataclass(frozen=True)
class Edge:
    """One edge of a grid, with the grid across ("" at the border of the region)."""

    code: str
    position: int
    start: Point
    end: Point
    across: str
    length_m: float

    @property
    def is_halved_exactly(self) -> bool:
        """Whether the middle is on the lattice."""
        return all(
            (round(a * _LATTICE) + round(b * _LATTICE)) % 2 == 0
            for a, b in zip(self.start, self.end, strict=True)
        )

    @property
    def middle(self) -> Point:
        """The middle, on the lattice if `is_halved_exactly`."""
        lon, lat = (
            (round(a * _LATTICE) + round(b * _LATTICE)) / 2 / _LATTICE
            for a, b in zip(self.start, self.end, strict=True)
        )
        return round(lon, 9), round(lat, 9)


class Boundaries:
    """The rings of grids without holes, edited one place at a time."""

    def __init__(self, rings: dict[str, list[Point]]) -> None:
        self.rings = rings
        self.used: set[str] = set()
        self._left = {
            (p, q): code for code, ring in rings.items() for p, q in itertools.pairwise(ring)
        }

    def edges(self) -> Iterator[Edge]:
        """Yield all edges of grids that are still untouched, in code order."""
        for code in sorted(self.rings):
            ring = self.rings[code]
            for k, (p, q) in enumerate(itertools.pairwise(ring)):
                across = self._left.get((q, p), "")
                if self.used.isdisjoint({code, across}):
                    a, b = FUTIAN.to_metres(np.array([p, q]))
                    yield Edge(code, k, p, q, across, float(np.hypot(*(b - a))))

    def use(self, *codes: str) -> None:
        """Set grids aside, so that each has one defect at most."""
        self.used.update(codes)

    def around(self, code: str) -> set[str]:
        """Return the grids that share an edge with a grid."""
        ring = self.rings[code]
        found = {self._left.get((q, p), "") for p, q in itertools.pairwise(ring)}
        return found - {""}

    def touching(self, points: set[Point]) -> set[str]:
        """Return the grids that have any of the points as a vertex."""
        return {code for code, ring in self.rings.items() if not points.isdisjoint(ring)}

    def left_of(self, p: Point, q: Point) -> str:
        """Return the grid that lay left of p→q before any change, "" if none."""
        return self._left.get((p, q), "")

    def lead(self, code: str, p: Point, q: Point, via: list[Point]) -> None:
        """Lead the boundary of a grid from its vertex p to the next one, q, over `via`."""
        ring = self.rings[code]
        pairs = list(itertools.pairwise(ring))
        k = pairs.index((p, q))
        self.rings[code] = ring[: k + 1] + via + ring[k + 1 :]

    def dent(self, edge: Edge, depth_m: float, inset: float = 0.25) -> list[Point]:
        """Move the middle of an edge to the left (into its grid) or, if negative, out.

        Returns the ring of the area that changed hands.
        """
        via = [
            between(edge.start, edge.end, inset, depth_m),
            between(edge.start, edge.end, 1 - inset, depth_m),
        ]
        self.lead(edge.code, edge.start, edge.end, via)
        return [edge.start, *via, edge.end, edge.start]
