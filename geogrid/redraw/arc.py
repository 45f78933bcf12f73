"""One stretch of border: whole numbers of 1e-9°, with one grid to its left and one to its right.

An arc is written in one way only: from the lower of its ends (by x, then y), a closed one
towards the lower of its second and last but one vertex. So two drafts with the same borders
have the same arcs, and an arc is known by its first edge, which no other arc has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = [
    "OUTSIDE",
    "UNITS",
    "Arc",
    "Box",
    "Integers",
    "Key",
    "Point",
    "arc_segments",
    "box_of",
    "make_arc",
    "reversed_arc",
    "to_degrees",
    "to_units",
]

Integers = npt.NDArray[np.int64]
Point = tuple[int, int]
Key = tuple[int, int, int, int]
Box = tuple[int, int, int, int]

UNITS = 10**9
"""Units of a degree: coordinates of plans are whole numbers of 1e-9°."""

OUTSIDE = ""
"""What lies beyond the region."""


@dataclass(frozen=True, eq=False)
class Arc:
    """A stretch of border between two nodes; see :func:`make_arc`.

    Attributes
    ----------
    points
        (k, 2) int64, longitude and latitude in units of 1e-9°; read-only.
    left, right
        Labels of what lies on the two sides: a finest grid, a gap, or :data:`OUTSIDE`.
    """

    points: Integers
    left: str
    right: str

    @cached_property
    def box(self) -> Box:
        """Bounds west, south, east, north in units."""
        return box_of(self.points)

    @cached_property
    def ends(self) -> tuple[Point, Point]:
        """First and last vertex."""
        (x, y), (u, v) = self.points[[0, -1]].tolist()
        return (x, y), (u, v)

    @cached_property
    def key(self) -> Key:
        """Its first edge, by which it is known."""
        (x, y), (u, v) = self.points[:2].tolist()
        return x, y, u, v

    @property
    def is_closed(self) -> bool:
        """Whether it ends where it begins."""
        return self.ends[0] == self.ends[1]

    def same(self, other: Arc | None) -> bool:
        """Return whether both are one stretch with the same sides, bit for bit."""
        return (
            other is not None
            and self.left == other.left
            and self.right == other.right
            and np.array_equal(self.points, other.points)
        )


def make_arc(points: npt.ArrayLike, left: str, right: str) -> Arc:
    """Return an arc as it is always written.

    Parameters
    ----------
    points : array_like (k, 2) of int, in units of 1e-9°
    left, right : labels of the sides as the points run
    """
    path = np.ascontiguousarray(points, dtype=np.int64)
    begin, second, last_but_one, end = path[[0, 1, -2, -1]].tolist()
    is_forward = second <= last_but_one if begin == end else begin < end
    if not is_forward:
        path, left, right = np.ascontiguousarray(path[::-1]), right, left
    path.flags.writeable = False
    return Arc(path, left, right)


def reversed_arc(arc: Arc) -> Arc:
    """Return a stretch as it runs the other way, which is not how it is kept."""
    return Arc(arc.points[::-1], arc.right, arc.left)


def arc_segments(arcs: Iterable[Arc]) -> tuple[Integers, Integers, Integers]:
    """Return the edges of arcs: (s, 2) starts, (s, 2) ends, (s,) the arc of each."""
    paths = [arc.points for arc in arcs]
    if not paths:
        none = np.zeros((0, 2), dtype=np.int64)
        return none, none, np.zeros(0, dtype=np.int64)
    start = np.concatenate([path[:-1] for path in paths])
    end = np.concatenate([path[1:] for path in paths])
    return start, end, np.repeat(np.arange(len(paths)), [len(path) - 1 for path in paths])


def box_of(points: Integers) -> Box:
    """Return the bounds of (k, 2) points."""
    (west, south), (east, north) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return west, south, east, north


def to_units(degrees: npt.ArrayLike) -> Integers:
    """Return degrees as whole numbers of 1e-9°, to the nearest."""
    return np.rint(np.asarray(degrees, dtype=np.float64) * UNITS).astype(np.int64)


def to_degrees(units: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return units as degrees: the doubles nearest to the decimal numbers."""
    return np.asarray(units, dtype=np.int64) / UNITS
