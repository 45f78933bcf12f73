"""How far it is from points to boxes and edges: near each point, and anywhere.

Edges are straight in longitude and latitude.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyproj

from geogrid._border_tree import BorderTree
from geogrid._in_space import LARGEST_RADIUS_M, in_space
from geogrid.crs import metres_per_degree

__all__ = ["Afar", "Around", "local_measure"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_LEAST_SHARE = 0.99
"""Within a point's reach a degree is nowhere shorter than this share of one at the point."""
_WGS84 = pyproj.Geod(ellps="WGS84")
_SAMPLES = 8
_ROOM_M = 0.011
"""A little more than borders may be apart that are one."""


def local_measure(y: Floats) -> Floats:
    """Return (n, 4) metres of a degree east and north of points, and how they change.

    A place u degrees east and v north of a point at latitude y is `u * (east - narrows * v)`
    metres east and `v * (north + grows * v)` north: the metres per degree of the latitude in the
    middle, as the series of :func:`geogrid.crs.metres_per_degree` up to its second term.
    """
    east, north = metres_per_degree(y)
    half = np.pi / 360.0
    sine, cosine = np.sin(np.radians(y)), np.cos(np.radians(y))
    narrows = half * sine * north
    grows = half * north * 3.0 * _WGS84.es * sine * cosine / (1.0 - _WGS84.es * sine**2)
    return np.stack([east, north, narrows, grows], axis=1)


@dataclass(frozen=True, eq=False)
class Around:
    """The surroundings of points, measured with :func:`local_measure`.

    Attributes
    ----------
    x, y : (n,) degrees
    """

    x: Floats
    y: Floats

    @cached_property
    def measure(self) -> Floats:
        """(n, 4), of each point."""
        return local_measure(self.y)

    def of(self, some: Integers) -> Around:
        """Return some of the points."""
        return self if len(some) == len(self.x) else Around(self.x[some], self.y[some])

    def apart_m(self, extent: Floats) -> Floats:
        """Return less than the metres to a box: west, south, east, north."""
        west, south, to_east, to_north = extent
        east, north, _, _ = self.measure.T
        beside = np.maximum(np.maximum(west - self.x, self.x - to_east), 0.0) * east
        above = np.maximum(np.maximum(south - self.y, self.y - to_north), 0.0) * north
        return np.asarray(np.maximum(beside, above) * _LEAST_SHARE)

    def boxes(self, tree: BorderTree) -> Floats:
        """Return the boxes in degrees."""
        return tree.boxes

    def to_boxes(self, point: Integers, boxes: Floats) -> tuple[Floats, Floats]:
        """Return squares of the least and greatest distance to each point's box."""
        east, north, narrows, grows = self.measure[point].T
        west_x, south_y, east_x, north_y = boxes.T - np.tile((self.x[point], self.y[point]), (2, 1))
        widths = east - narrows * south_y, east - narrows * north_y
        heights = south_y * (north + grows * south_y), north_y * (north + grows * north_y)
        beside = np.maximum(np.maximum(west_x, -east_x), 0.0) * np.maximum(np.minimum(*widths), 0.0)
        above = np.maximum(np.maximum(heights[0], -heights[1]), 0.0)
        wide = np.maximum(np.abs(west_x), np.abs(east_x)) * np.abs(widths).max(axis=0)
        high = np.abs(heights).max(axis=0)
        return beside**2 + above**2, wide**2 + high**2

    def to_edges(
        self, point: Integers, start: Floats, end: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return squares of the distance to each point's edge, and the place there, x and y."""
        x, y = self.x[point], self.y[point]
        east, north, narrows, grows = self.measure[point].T
        foot_x, foot_y = _foot(x, y, east, north, start, end)
        to_x, to_y = foot_x - x, foot_y - y
        metres_x, metres_y = to_x * (east - narrows * to_y), to_y * (north + grows * to_y)
        return metres_x * metres_x + metres_y * metres_y, foot_x, foot_y


def _foot(
    x: Floats, y: Floats, east: Floats, north: Floats, start: Floats, end: Floats
) -> tuple[Floats, Floats]:
    """Return the place on each edge nearest to its point, where a degree has these metres.

    It is reckoned from the end that is nearer, so it is the same for an edge run backwards, and
    an end is met exactly.
    """
    (ax, ay), (bx, by) = start.T, end.T
    turned = (ay > by) | ((ay == by) & (ax > bx))
    ax, bx = np.where(turned, bx, ax), np.where(turned, ax, bx)
    ay, by = np.where(turned, by, ay), np.where(turned, ay, by)
    along_x, along_y = (bx - ax) * east, (by - ay) * north
    length = along_x * along_x + along_y * along_y
    share = (x - ax) * east * along_x + (y - ay) * north * along_y
    share = np.divide(share, length, out=np.zeros(len(x)), where=length > 0.0)
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    is_low = share <= 0.5
    foot_x = np.where(is_low, ax + share * (bx - ax), bx - (1.0 - share) * (bx - ax))
    foot_y = np.where(is_low, ay + share * (by - ay), by - (1.0 - share) * (by - ay))
    return foot_x, foot_y


@dataclass(frozen=True, eq=False)
class Afar:
    """The whole ellipsoid; distances are straight lines through it, all the way round.

    A straight line is shorter than the way along the ground by a share that depends on its
    length and hardly on where it is: up to 6,000 km the nearest by one is the nearest by the
    other to 1 in 1,000.

    Attributes
    ----------
    x, y : (n,) degrees
    """

    x: Floats
    y: Floats

    @cached_property
    def _place(self) -> Floats:
        return in_space(np.column_stack([self.x, self.y]))

    def boxes(self, tree: BorderTree) -> Floats:
        """Return the boxes in space, least x, y and z before the greatest."""
        return tree.in_space

    def to_boxes(self, point: Integers, boxes: Floats) -> tuple[Floats, Floats]:
        """Return squares of the least and greatest distance to each point's box."""
        place = self._place[point].T
        below, above = boxes.T[:3] - place, place - boxes.T[3:]
        beside = np.maximum(np.maximum(below, above), 0.0)
        across = np.maximum(np.abs(below), np.abs(above))
        return (beside**2).sum(axis=0), (across**2).sum(axis=0)

    def to_edges(
        self, point: Integers, start: Floats, end: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return squares of the distance to each point's edge, and the place there, x and y.

        Infinity where another edge of the point has an end that is nearer for sure.
        """
        here = self._place[point]
        ends = np.stack([_square(here, start), _square(here, end)])
        nearest = np.full(len(self.x), np.inf)
        np.minimum.at(nearest, point, ends.min(axis=0))
        long = np.radians(np.hypot(*(end - start).T)) * LARGEST_RADIUS_M
        least = (np.sqrt(ends).sum(axis=0) - long) / 2  # no way is longer than two others
        some = np.flatnonzero(least <= np.sqrt(nearest)[point] + _ROOM_M)
        square, (x, y) = np.full(len(point), np.inf), start.T.copy()
        square[some], x[some], y[some] = self._to_edges(point[some], start[some], end[some])
        return square, x, y

    def _to_edges(
        self, point: Integers, start: Floats, end: Floats
    ) -> tuple[Floats, Floats, Floats]:
        x, y, here = self.x[point], self.y[point], self._place[point]
        near_x = x + 360.0 * np.rint((start[:, 0] / 2 + end[:, 0] / 2 - x) / 360.0)
        foot = np.column_stack(_foot(near_x, y, *metres_per_degree(y), start, end))
        step = end - start
        share = _lowest(lambda share: _square(here, start + share[:, None] * step), len(point))
        places = np.stack([foot, start + share[:, None] * step, start, end])
        squares = np.stack([_square(here, place) for place in places])
        best = squares.argmin(axis=0), np.arange(len(point))
        return squares[best], *places[best].T


def _square(here: Floats, places: Floats) -> Floats:
    """Return the squares of the straight lines from (n, 3) in space to (n, 2) in degrees."""
    return np.asarray(((in_space(places) - here) ** 2).sum(axis=1))


def _lowest(at: Callable[[Floats], Floats], count: int) -> Floats:
    """Return where functions of shares, from 0 to 1, are lowest: by parabolas ever narrower."""
    samples = np.stack([at(np.full(count, k / _SAMPLES)) for k in range(_SAMPLES + 1)])
    share = samples.argmin(axis=0) / _SAMPLES
    for width in (1.0 / _SAMPLES, _SAMPLES**-2.0, _SAMPLES**-3.0):
        share = np.clip(share, width, 1.0 - width)
        low, middle, high = at(share - width), at(share), at(share + width)
        bend = low - 2.0 * middle + high
        to_vertex = np.divide(low - high, 2.0 * bend, out=np.sign(low - high), where=bend > 0.0)
        share = share + width * np.clip(to_vertex, -1.0, 1.0)
    return share
