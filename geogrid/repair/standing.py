"""How the polygons of one sum stand towards each other: who may change, who comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid.areas import straight_area_m2
from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.widths import metres_per_unit
from geogrid.topology import Floats, Integers

__all__ = ["RULES", "UNRANKED", "Standing", "rank_grids"]

UNRANKED = 2**31
"""Priority of the grids that are not in the list."""

RULES = ("longest_border", "largest", "smallest", "given_order")
"""Who gets an overlap that neither a lock nor a priority decides."""


@dataclass(frozen=True)
class Standing:
    """What decides between the polygons of a sum.

    Attributes
    ----------
    grids
        Items below this are grids; the region follows, where there is one.
    has_region
        Whether there is.
    rule
        One of :data:`RULES`.
    priority
        (g,) place of each grid in the list of priorities, UNRANKED where it is not in it.
    rank
        (g,) order of the grids by place and code, to settle ties.
    is_locked
        (g,) grids that must not change.
    codes
        (g,) of the grids.
    polygons
        (n,) of the sum.
    crs
        Of their coordinates.
    """

    grids: int
    has_region: bool
    rule: str
    priority: Integers
    rank: Integers
    is_locked: npt.NDArray[np.bool_]
    codes: Sequence[str]
    polygons: Geometries
    crs: pyproj.CRS

    def is_ranked(self, item: int) -> bool:
        """Whether a grid is in the list of priorities."""
        return bool(self.priority[item] < UNRANKED)

    def winner(self, items: Sequence[int], border_m: dict[int, float]) -> int:
        """Return who keeps a place that several grids cover.

        Parameters
        ----------
        items : the grids over it; at most one of them is locked
        border_m : length of the border that each of them has with it from outside
        """
        return min(items, key=lambda item: self._key(item, border_m.get(item, 0.0)))

    def _key(self, item: int, border_m: float) -> tuple[float, ...]:
        merit = 0.0
        if self.rule == "longest_border":
            merit = -float(f"{border_m:.6g}")
        elif self.rule in ("largest", "smallest"):
            area = float(straight_area_m2(self.polygons[[item]], self.crs)[0])
            merit = -area if self.rule == "largest" else area
        elif self.rule == "given_order":
            merit = float(item)
        return (
            float(not self.is_locked[item]),
            float(self.priority[item]),
            merit,
            float(self.rank[item]),
        )

    def length_m(self, start: Floats, end: Floats) -> float:
        """Return the length of straight edges near each other, in metres."""
        if not len(start):
            return 0.0
        scale = metres_per_unit(start[:1], self.crs)[0]
        return float(np.hypot(*(scale @ (end - start).T)).sum())


def rank_grids(polygons: Geometries, codes: Sequence[str]) -> Integers:
    """Return the rank of each grid from west to east, whatever the order of the rows.

    Parameters
    ----------
    polygons : (g,) polygons or None
    codes : of each, to tell grids in one place apart
    """
    bounds = shapely.bounds(polygons)
    area = shapely.area(polygons)
    columns = (area, *bounds.T[::-1])
    order = np.argsort(bounds[:, 0], kind="stable")
    is_tied = np.append(bounds[order[1:], 0] == bounds[order[:-1], 0], False)
    is_tied[1:] |= is_tied[:-1].copy()
    tied = order[is_tied]
    names = np.array([codes[row] for row in tied.tolist()], dtype="U")
    order[is_tied] = tied[np.lexsort((names, *(column[tied] for column in columns)))]
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank
