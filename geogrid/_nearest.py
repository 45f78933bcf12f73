"""Distance to the nearest border, in metres, and the grid across it.

Of a large layer only the borders of polygons near the points asked are looked at, so that the
first question does not wait for an index of all borders. They are kept in a plane whose x is
scaled by the cosine of their middle latitude. The nearest edge there is a first guess; every
edge that could still be nearer on the ellipsoid is then measured with the metres per degree of
the point's own latitude.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._plain import part_bounds
from geogrid.crs import geodesic_m, metres_per_degree
from geogrid.rings import COMPILED_FROM, Rings
from geogrid.topology import ring_steps

if TYPE_CHECKING:
    from geogrid._border_kernels import EdgeCells

__all__ = ["Borders"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_SAME_M = 0.01
"""Borders closer together than this are one border, drawn twice."""
_SAME_DEG = 2e-7
"""More than `_SAME_M` in degrees."""
_FAR_DEG = 1.0
"""Points this far away get the edge that is nearest in the plane, not measured again."""
_MANY = 2_000
"""So many points are worth listing all edges by cells, and loading the compiler."""
_POINTS_AT_ONCE = 20_000
_STRIP_DEG = 0.05
"""Points of a large layer are asked strip by strip, so that those asked at once are near."""
_LEAST_NORTH_M = 110_000.0
"""Less than the metres of a degree of latitude anywhere."""


class Borders:
    """The borders of a layer in degrees.

    Parameters
    ----------
    rings : of the (p,) polygons
    owner : (p,) grid of each
    """

    def __init__(self, rings: Rings, owner: Integers) -> None:
        self._rings, self._owner = rings, owner
        is_small = len(rings.coordinates) < COMPILED_FROM
        self._all = _build_nearest(rings, owner) if is_small else None

    @cached_property
    def _cells(self) -> tuple[EdgeCells, Integers]:
        """The edges by cells, for many points, and the grid of each edge."""
        from geogrid._border_kernels import lay_edges  # noqa: PLC0415 - loads the compiler

        places = self._rings.coordinates
        steps = ring_steps(self._rings)
        is_edge = (places[steps] != places[steps + 1]).any(axis=1)
        length = self._rings.stop - self._rings.first - 1
        owner = self._owner[np.repeat(self._rings.polygon, length)]
        y = places[:, 1]
        middle = float(y.min() + y.max()) / 2
        return lay_edges(places, steps[is_edge], float(_squeeze(middle))), owner[is_edge]

    @cached_property
    def _bounds(self) -> Floats:
        return part_bounds(self._rings, len(self._owner))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.box(*self._bounds.T))

    def look_up(
        self, x: Floats, y: Floats, own: npt.NDArray[np.int32], rank: Integers
    ) -> tuple[Floats, npt.NDArray[np.int32]]:
        """Return (distance_m, neighbour) of (n,) points, given the grid each one is in."""
        distance_m = np.full(len(x), np.nan)
        neighbour = np.full(len(x), -1, np.int32)
        usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(self._owner):
            return distance_m, neighbour
        if len(usable) >= _MANY:
            some, found = self._by_cells(usable, x[usable], y[usable], own[usable], rank)
            distance_m[some], neighbour[some] = found
            usable = np.setdiff1d(usable, some, assume_unique=True)
        if self._all is None:
            usable = usable[np.lexsort((x[usable], np.floor(y[usable] / _STRIP_DEG)))]
        for begin in range(0, len(usable), _POINTS_AT_ONCE):
            some = usable[begin : begin + _POINTS_AT_ONCE]
            edges = self._all or self._near(x[some], y[some])
            distance_m[some], neighbour[some] = edges.look_up(x[some], y[some], own[some], rank)
        return distance_m, neighbour

    def _by_cells(
        self, names: Integers, x: Floats, y: Floats, own: npt.NDArray[np.int32], rank: Integers
    ) -> tuple[Integers, tuple[Floats, npt.NDArray[np.int32]]]:
        """Return what was found for those of the points that lie among the borders or near them."""
        from geogrid._border_kernels import near_edges  # noqa: PLC0415 - loads the compiler

        cells, owner = self._cells
        low, span = cells.frame[:2], cells.frame[2:] * cells.columns
        near = (x >= low[0] - span[0]) & (x <= low[0] + 2.0 * span[0])
        near = np.flatnonzero(near & (y >= low[1] - span[1]) & (y <= low[1] + 2.0 * span[1]))
        metric = metres_per_degree(y[near])
        point, edge = near_edges(cells, x[near], y[near], metric, _SAME_M)
        step = cells.step[edge]
        ends = cells.coordinates[step], cells.coordinates[step + 1]
        found = _judge((point, *ends, owner[edge]), x[near], y[near], own[near], rank)
        return names[near], found

    def _near(self, x: Floats, y: Floats) -> NearestEdges:
        """Return the borders of all polygons that may be the nearest to some point.

        A polygon's border lies within its bounds, so it is no farther away than their farthest
        corner; what is nearer than that has bounds that come nearer.
        """
        _, part = self._tree.query_nearest(shapely.points(x, y), all_matches=False)
        west, south, east, north = self._bounds[part].T
        high = np.maximum(y - south, north - y)
        wide = np.maximum(x - west, east - x)
        east_m, north_m = metres_per_degree(y)
        reach_m = np.hypot(wide * east_m, high * north_m)
        up = reach_m / _LEAST_NORTH_M + _SAME_DEG
        squeeze = np.cos(np.radians(np.minimum(np.abs(y) + up, 90.0)))
        across = np.minimum(up / np.maximum(squeeze, 1e-9) * 1.01, 1e3) + _SAME_DEG
        windows = shapely.box(x - across, y - up, x + across, y + up)
        chosen = np.unique(self._tree.query(windows)[1])
        return _build_nearest(self._rings.of(chosen), self._owner[chosen])


@dataclass(frozen=True, eq=False)
class NearestEdges:
    """The borders of a layer in degrees, ready for :meth:`look_up`.

    Attributes
    ----------
    tree : of the (m,) edges in the scaled plane
    start, end : (m, 2) their ends in degrees
    owner : (m,) grid of each edge
    squeeze : scale of x in the plane
    """

    tree: shapely.STRtree
    start: Floats
    end: Floats
    owner: Integers
    squeeze: float

    def look_up(
        self, x: Floats, y: Floats, own: npt.NDArray[np.int32], rank: Integers
    ) -> tuple[Floats, npt.NDArray[np.int32]]:
        """Return (distance_m, neighbour) of (n,) finite points, given the grid each is in."""
        point, edge = self._candidates(x, y)
        pairs = point, self.start[edge], self.end[edge], self.owner[edge]
        return _judge(pairs, x, y, own, rank)

    def _candidates(self, x: Floats, y: Floats) -> tuple[Integers, Integers]:
        """Return the pairs (point, edge) of all edges that may be the nearest."""
        points = shapely.points(x * self.squeeze, y)
        _, length = self.tree.query_nearest(points, return_distance=True, all_matches=False)
        ratio = _squeeze(y) / self.squeeze
        slack = np.where(length < _FAR_DEG, np.maximum(ratio, 1.0 / ratio), 1.0)
        reach = length * (slack + 1e-9) + _SAME_DEG
        point, edge = self.tree.query(points, predicate="dwithin", distance=reach)
        return point, edge


def _judge(
    pairs: tuple[Integers, Floats, Floats, Integers],
    x: Floats,
    y: Floats,
    own: npt.NDArray[np.int32],
    rank: Integers,
) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Return (distance_m, neighbour) of (n,) points from their candidates.

    `pairs` are the point of each candidate edge, the edge's ends and its grid; each point has
    at least one.
    """
    point, start, end, owner = pairs
    foot_x, foot_y = _foot(start, end, x[point], y[point])
    east_m, north_m = metres_per_degree(y)
    east = (foot_x - x[point]) * east_m[point]
    north = (foot_y - y[point]) * north_m[point]
    length = np.hypot(east, north)
    best = np.lexsort((foot_y, foot_x, length, point))
    best = best[np.unique(point[best], return_index=True)[1]]
    distance_m = geodesic_m(x, y, foot_x[best], foot_y[best])

    across = (length <= length[best][point] + _SAME_M) & (owner != own[point])
    chosen = np.full(len(x), len(rank), np.int64)
    np.minimum.at(chosen, point[across], rank[owner[across]])
    grids = np.append(np.argsort(rank), -1)
    return distance_m, grids[chosen].astype(np.int32)


def _squeeze(lat: npt.ArrayLike) -> Floats:
    east_m, north_m = metres_per_degree(lat)
    return np.asarray(np.maximum(east_m / north_m, 1e-6))


def _foot(start: Floats, end: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the point of each edge nearest to its point, in degrees, measured in metres."""
    scale = _squeeze(y)
    along_x, along_y = (end[:, 0] - start[:, 0]) * scale, end[:, 1] - start[:, 1]
    to_x, to_y = (x - start[:, 0]) * scale, y - start[:, 1]
    share = (to_x * along_x + to_y * along_y) / (along_x**2 + along_y**2)
    share = np.clip(share, 0.0, 1.0)[:, None]
    foot = np.where(share <= 0.5, start + share * (end - start), end - (1 - share) * (end - start))
    return foot[:, 0], foot[:, 1]


def _build_nearest(rings: Rings, part_owner: Integers) -> NearestEdges:
    """Index the borders of polygons in degrees; `part_owner` is the grid of each polygon."""
    steps = ring_steps(rings)
    start, end = rings.coordinates[steps], rings.coordinates[steps + 1]
    is_edge = (start != end).any(axis=1)
    owner = part_owner[np.repeat(rings.polygon, rings.stop - rings.first - 1)][is_edge]
    start, end = start[is_edge], end[is_edge]
    middle = float(start[:, 1].min() + start[:, 1].max()) / 2 if len(start) else 0.0
    squeeze = float(_squeeze(middle))
    ends = np.stack([start, end], axis=1) * (squeeze, 1.0)
    return NearestEdges(shapely.STRtree(shapely.linestrings(ends)), start, end, owner, squeeze)
