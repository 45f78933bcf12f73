"""A published plan with its index and tree, to say in which grid something is."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, Engine

from geogrid.hierarchy import Hierarchy, build_hierarchy, leaves
from geogrid.locate import GridIndex, locate
from geogrid.store.index_cache import cached_index
from geogrid.store.plans import PlanRecord, plan_grids

__all__ = ["PlacedPlan", "placed_plan"]

_KEPT = 3


@dataclass(frozen=True, eq=False)
class PlacedPlan:
    """The grids of a plan, each piece derived when first asked for."""

    plan: PlanRecord
    grids: gpd.GeoDataFrame

    @cached_property
    def tree(self) -> Hierarchy:
        """Who belongs to whom."""
        return build_hierarchy(self.grids)

    @cached_property
    def leaves(self) -> gpd.GeoDataFrame:
        """The undivided grids."""
        return leaves(self.grids).reset_index(drop=True)

    @cached_property
    def index(self) -> GridIndex:
        """The locator over :attr:`leaves`."""
        return cached_index(self.leaves, self.leaves["code"].to_numpy())

    def codes_at(
        self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.object_]:
        """Return the codes of the finest grids of points in degrees, ``""`` outside."""
        codes = np.append(self.leaves["code"].to_numpy(dtype=object), "")
        return codes[locate(self.index, lon, lat)]

    def code_at(self, lon: float, lat: float) -> str:
        """Return the code of the finest grid of a point, ``""`` outside of all.

        Where no undivided grid is, as in an approved gap, a grid above may still be.
        """
        found = str(self.codes_at(np.array([lon]), np.array([lat]))[0])
        if found:
            return found
        touching = self.grids[shapely.intersects_xy(self.grids.geometry.to_numpy(), lon, lat)]
        order = touching.sort_values(["level", "code"], ascending=[False, True])
        return str(order["code"].iloc[0]) if len(order) else ""


_kept: WeakKeyDictionary[Engine, OrderedDict[str, PlacedPlan]] = WeakKeyDictionary()
_guard = Lock()


def placed_plan(connection: Connection, plan: PlanRecord) -> PlacedPlan:
    """Return a plan with its index; the published ones asked for last are kept in memory.

    Parameters
    ----------
    connection : of the database
    plan : as :func:`geogrid.store.plans.plan_at` gives it
    """
    if plan.number is None:
        return PlacedPlan(plan, plan_grids(connection, plan))
    key = f"{plan.id}/{plan.published_at}"
    with _guard:
        mine = _kept.setdefault(connection.engine, OrderedDict())
        found = mine.get(key)
    if found is None:
        found = PlacedPlan(plan, plan_grids(connection, plan))
    with _guard:
        mine[key] = found
        mine.move_to_end(key)
        while len(mine) > _KEPT:
            mine.popitem(last=False)
    return found
