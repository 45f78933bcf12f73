"""Distance to the nearest border, in metres, and the grid across it.

Borders are kept in a plane whose x is scaled by the cosine of the layer's middle latitude.
The nearest edge there is a first guess; every edge that could still be nearer on the
ellipsoid is then measured with the metres per degree of the point's own latitude.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.crs import geodesic_m, metres_per_degree
from geogrid.rings import Rings
from geogrid.topology import ring_steps

__all__ = ["NearestEdges", "build_nearest"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_SAME_M = 0.01
"""Borders closer together than this are one border, drawn twice."""
_SAME_DEG = 2e-7
"""More than `_SAME_M` in degrees."""
_FAR_DEG = 1.0
"""Points this far away get the edge that is nearest in the plane, not measured again."""
_POINTS_AT_ONCE = 20_000


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
        """Return (distance_m, neighbour) of (n,) points, given the grid each one is in."""
        distance_m = np.full(len(x), np.nan)
        neighbour = np.full(len(x), -1, np.int32)
        usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(self.start):
            return distance_m, neighbour
        for begin in range(0, len(usable), _POINTS_AT_ONCE):
            some = usable[begin : begin + _POINTS_AT_ONCE]
            distance_m[some], neighbour[some] = self._look_up(x[some], y[some], own[some], rank)
        return distance_m, neighbour

    def _look_up(
        self, x: Floats, y: Floats, own: npt.NDArray[np.int32], rank: Integers
    ) -> tuple[Floats, npt.NDArray[np.int32]]:
        point, edge = self._candidates(x, y)
        foot_x, foot_y = _foot(self.start[edge], self.end[edge], x[point], y[point])
        east_m, north_m = metres_per_degree(y)
        east = (foot_x - x[point]) * east_m[point]
        north = (foot_y - y[point]) * north_m[point]
        length = np.hypot(east, north)
        best = np.lexsort((length, point))
        best = best[np.unique(point[best], return_index=True)[1]]
        distance_m = geodesic_m(x, y, foot_x[best], foot_y[best])

        owner = self.owner[edge]
        across = (length <= length[best][point] + _SAME_M) & (owner != own[point])
        chosen = np.full(len(x), len(rank), np.int64)
        np.minimum.at(chosen, point[across], rank[owner[across]])
        grids = np.append(np.argsort(rank), -1)
        return distance_m, grids[chosen].astype(np.int32)

    def _candidates(self, x: Floats, y: Floats) -> tuple[Integers, Integers]:
        """Return the pairs (point, edge) of all edges that may be the nearest."""
        points = shapely.points(x * self.squeeze, y)
        _, length = self.tree.query_nearest(points, return_distance=True, all_matches=False)
        ratio = _squeeze(y) / self.squeeze
        slack = np.where(length < _FAR_DEG, np.maximum(ratio, 1.0 / ratio), 1.0)
        reach = length * (slack + 1e-9) + _SAME_DEG
        point, edge = self.tree.query(points, predicate="dwithin", distance=reach)
        return point, edge


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


def build_nearest(rings: Rings, part_owner: Integers) -> NearestEdges:
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
