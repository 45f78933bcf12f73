"""The locator's plain rule over all candidates: no compiler, no raster, any geometry.

A tree of the parts' bounds gives candidates; edges then decide, see `_tie_rule`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._tie_rule import PartEdges, build_edges, examine, first_touching
from geogrid.rings import Rings

__all__ = ["PlainIndex", "build_plain"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PlainIndex:
    """Polygons as the plain rule asks them.

    Attributes
    ----------
    tree : of the bounds of the (p,) polygons
    edges : of the polygons
    owner : (p,) position of the grid of each polygon
    """

    tree: shapely.STRtree
    edges: PartEdges
    owner: Integers

    def find(
        self, order: Integers, rank: Integers, px: Floats, py: Floats
    ) -> npt.NDArray[np.int32]:
        """Return the grid of (n,) points, −1 outside and where they are not finite.

        Parameters
        ----------
        order, rank : (size,) grids in the order of precedence, and the place of each in it
        px, py : (n,) points
        """
        found = np.full(len(px), -1, np.int32)
        usable = np.flatnonzero(np.isfinite(px) & np.isfinite(py))
        if not usable.size or not len(self.owner):
            return found
        point, part = self.tree.query(shapely.points(px[usable], py[usable]))
        point = usable[point]
        holds, touches = examine(self.edges, part, px[point], py[point])
        best = np.full(len(px), len(order), np.int64)
        np.minimum.at(best, point[holds], rank[self.owner[part[holds]]])
        left = touches & (best[point] == len(order))
        self._settle_outer(rank, best, point[left], part[left], (px, py))
        return np.append(order, -1)[best].astype(np.int32)

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
        precedence = rank[self.owner[part]]
        outer, first, count = np.unique(point, return_index=True, return_counts=True)
        best[outer] = precedence[first]
        for where in np.flatnonzero(count > 1):
            some = slice(first[where], first[where] + count[where])
            x, y = (float(axis[outer[where]]) for axis in at)
            chosen = first_touching(self.edges, part[some], precedence[some], x, y)
            best[outer[where]] = rank[self.owner[chosen]]


def build_plain(rings: Rings, owner: Integers) -> PlainIndex:
    """Index polygons for the plain rule; `rings` are theirs, `owner` the grid of each."""
    count = len(owner)
    bounds = np.full((count, 4), np.nan)
    if len(rings.first):
        steps = np.concatenate([[0], np.cumsum(rings.stop - rings.first)])[:-1]
        first = np.searchsorted(rings.polygon, np.arange(count))
        low = np.minimum.reduceat(rings.coordinates, steps[first])
        high = np.maximum.reduceat(rings.coordinates, steps[first])
        bounds = np.hstack([low, high])
    return PlainIndex(shapely.STRtree(shapely.box(*bounds.T)), build_edges(rings, count), owner)
