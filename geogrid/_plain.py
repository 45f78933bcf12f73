"""The locator's plain rule over all candidates: no compiler, no raster, any geometry.

A tree of the parts' bounds gives candidates; edges then decide, see `_tie_rule`.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._tie_rule import PartEdges, build_edges, examine, first_touching
from geogrid.rings import COMPILED_FROM, Rings

__all__ = ["PlainIndex", "part_bounds"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_PARTS_PER_POINT = 64
"""A batch of fewer points than that is not worth the tree, unless it is there already. (A single
point is: others follow.)"""


class PlainIndex:
    """Polygons as the plain rule asks them.

    Parameters
    ----------
    rings : of the (p,) polygons, those of a polygon in succession, its shell first
    owner : (p,) position of the grid of each polygon
    bounds : (p, 4) from :func:`part_bounds`
    """

    def __init__(self, rings: Rings, owner: Integers, bounds: Floats) -> None:
        self._rings, self._owner, self._bounds = rings, owner, bounds
        self._known = _lay_out(rings, len(owner), _only_few(rings, len(owner)))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.box(*self._bounds.T))

    def _candidates(self, px: Floats, py: Floats) -> tuple[Integers, Integers]:
        """Return (point, polygon) where the bounds of the polygon hold the point."""
        is_batch = 1 < len(px) < len(self._owner) / _PARTS_PER_POINT
        if is_batch and "_tree" not in vars(self):
            return _pairs_in_bounds(self._bounds, px, py)
        point, part = self._tree.query(shapely.points(px, py))
        return point, part

    def _edges(self, part: Integers) -> tuple[Integers, PartEdges]:
        """Return edges of the polygons asked, and the place of each polygon among those.

        Of a large layer only the polygons that were ever asked are laid out: few, mostly those
        at overlaps.
        """
        place, edges = self._known
        if (place[part] < 0).any():
            chosen = np.union1d(np.flatnonzero(place >= 0), part)
            self._known = place, edges = _lay_out(self._rings, len(self._owner), chosen)
        return place, edges

    def find(
        self, order: Integers, rank: Integers, px: Floats, py: Floats
    ) -> npt.NDArray[np.int32]:
        """Return the grid of (n,) points, −1 outside and where they are not finite.

        Parameters
        ----------
        order, rank : (size,) grids in the order of precedence, and the place of each in it
        px, py : (n,) points
        """
        point, part, holds, touches = self._pairs(px, py)
        best = np.full(len(px), len(order), np.int64)
        np.minimum.at(best, point[holds], rank[self._owner[part[holds]]])
        left = touches & (best[point] == len(order))
        self._settle_outer(rank, best, point[left], part[left], (px, py))
        return np.append(order, -1)[best].astype(np.int32)

    def count(self, px: Floats, py: Floats) -> npt.NDArray[np.int32]:
        """Return how many grids hold each of (n,) points, moved by (+ε, +ε²)."""
        point, part, holds, _ = self._pairs(px, py)
        pairs = np.unique(np.column_stack([point, self._owner[part]])[holds], axis=0)
        return np.bincount(pairs[:, 0], minlength=len(px)).astype(np.int32)

    def _pairs(
        self, px: Floats, py: Floats
    ) -> tuple[Integers, Integers, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Return (point, polygon) for all that may hold each other, and whether they do."""
        usable = np.flatnonzero(np.isfinite(px) & np.isfinite(py))
        if not usable.size or not len(self._owner):
            none = np.zeros(0, np.int64)
            return none, none, none.astype(np.bool_), none.astype(np.bool_)
        point, part = self._candidates(px[usable], py[usable])
        point = usable[point]
        place, edges = self._edges(part)
        return point, part, *examine(edges, place[part], px[point], py[point])

    def _settle_outer(
        self,
        rank: Integers,
        best: Integers,
        point: Integers,
        part: Integers,
        at: tuple[Floats, Floats],
    ) -> None:
        """Give points on the outer border the first grid they touch, in place in `best`."""
        order = np.argsort(point, kind="stable")
        point, part = point[order], part[order]
        precedence = rank[self._owner[part]]
        outer, first, count = np.unique(point, return_index=True, return_counts=True)
        best[outer] = precedence[first]
        for where in np.flatnonzero(count > 1):
            some = slice(first[where], first[where] + count[where])
            x, y = (float(axis[outer[where]]) for axis in at)
            place, edges = self._edges(part[some])
            chosen = first_touching(edges, place[part[some]], precedence[some], x, y)
            best[outer[where]] = precedence[some][chosen]


def part_bounds(rings: Rings, count: int) -> Floats:
    """Return (count, 4) west, south, east, north of polygons, NaN where there are no rings."""
    bounds = np.full((count, 4), np.nan)
    if len(rings.first):
        starts = np.flatnonzero(np.diff(rings.polygon, prepend=-1))
        steps = np.concatenate([[0], np.cumsum(rings.stop - rings.first)])[:-1]
        has = rings.polygon[starts]
        bounds[has, :2] = np.minimum.reduceat(rings.coordinates, steps[starts])
        bounds[has, 2:] = np.maximum.reduceat(rings.coordinates, steps[starts])
    return bounds


def _pairs_in_bounds(bounds: Floats, px: Floats, py: Floats) -> tuple[Integers, Integers]:
    """Return (point, polygon) where bounds hold a point, from the points in the order of x."""
    order = np.argsort(px)
    first = np.searchsorted(px[order], bounds[:, 0])
    count = np.maximum(np.searchsorted(px[order], bounds[:, 2], side="right") - first, 0)
    part = np.repeat(np.arange(len(bounds)), count)
    step = np.arange(len(part)) - np.repeat(np.cumsum(count) - count, count)
    point = order[first[part] + step]
    is_within = (bounds[part, 1] <= py[point]) & (py[point] <= bounds[part, 3])
    return point[is_within], part[is_within]


def _only_few(rings: Rings, count: int) -> Integers:
    """Return all polygons of a small layer, none of a large one."""
    return np.arange(count if len(rings.coordinates) < COMPILED_FROM else 0)


def _lay_out(rings: Rings, count: int, chosen: Integers) -> tuple[Integers, PartEdges]:
    place = np.full(count, -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    return place, build_edges(rings.of(chosen), len(chosen))
