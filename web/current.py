"""The current plan with what is derived from it once: indexes, shapes, the address book."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from flask import Flask, current_app

from geogrid.addresses import AddressBook, build_address_book
from geogrid.basemap import encode_streets
from geogrid.crs import area_m2
from geogrid.hierarchy import leaves, neighbours, shown_at
from geogrid.locate import GridIndex, build_index, locate
from geogrid.store.plan import Plan

__all__ = ["CurrentPlan", "current_plan", "plan_with_digest"]

KEPT = 3
SHOWN_DECIMALS = 6


@dataclass(frozen=True, eq=False)
class CurrentPlan:
    """One plan and what is derived from it, each piece made when first asked for."""

    plan: Plan

    @cached_property
    def by_code(self) -> gpd.GeoDataFrame:
        """The grids of every level, by code."""
        return self.plan.grids.drop_duplicates("code").set_index("code", drop=False)

    @cached_property
    def levels(self) -> list[int]:
        """The levels of the plan, coarsest first."""
        return sorted({int(level) for level in self.plan.grids["level"].dropna()})

    @cached_property
    def leaves(self) -> gpd.GeoDataFrame:
        """The finest grids: those that no other grid calls its parent."""
        return leaves(self.plan.grids).reset_index(drop=True)

    @cached_property
    def index(self) -> GridIndex:
        """The locator over :attr:`leaves`."""
        return build_index(self.leaves, self.leaves["code"].to_numpy())

    @cached_property
    def book(self) -> AddressBook:
        """Addresses, grids and streets to look up."""
        return build_address_book(self.plan.units, self.plan.grids, self.plan.streets)

    @cached_property
    def areas_m2(self) -> dict[str, float]:
        """Area of every grid, on the ellipsoid."""
        grids = self.by_code
        areas = area_m2(grids.geometry.to_numpy(), grids.crs)
        return dict(zip(grids["code"], areas.tolist(), strict=True))

    @cached_property
    def neighbours(self) -> dict[str, list[str]]:
        """Neighbours on the same level, filled by :meth:`neighbours_of`."""
        return {}

    def neighbours_of(self, code: str) -> list[str]:
        """Return the codes of the grids that share a boundary with `code` on its level."""
        if code not in self.neighbours:
            self.neighbours[code] = neighbours(self.plan.grids, code)
        return self.neighbours[code]

    @cached_property
    def case_grids(self) -> pd.Series:
        """Code of the finest grid of each case, ``""`` outside."""
        return self._placed(self.plan.cases)

    @cached_property
    def unit_grids(self) -> pd.Series:
        """Code of the finest grid of each unit: by list first, then by polygon."""
        units = self.plan.units
        placed = self._placed(units)
        listed = units["grid"].fillna("").astype(str) if "grid" in units else placed
        return placed.where(listed == "", listed)

    @cached_property
    def grid_of_unit(self) -> dict[str, str]:
        """Unit to the code of its finest grid."""
        return dict(zip(self.plan.units["unit_id"], self.unit_grids, strict=True))

    def _placed(self, rows: pd.DataFrame) -> pd.Series:
        positions = locate(self.index, rows["lon"].to_numpy(), rows["lat"].to_numpy())
        return pd.Series(self.codes_at(positions), index=rows.index, dtype="str")

    def under(self, codes: pd.Series, code: str) -> pd.Series:
        """Return which of `codes` are `code` or a grid below it."""
        return codes.isin(self._families.get(code, set()))

    @cached_property
    def _families(self) -> dict[str, set[str]]:
        families: dict[str, set[str]] = {}
        for each in self.by_code.index:
            for above in self.plan.hierarchy.chain(each):
                families.setdefault(above, set()).add(each)
        return families

    def codes_at(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.object_]:
        """Return the codes at `positions` of :attr:`leaves`, ``""`` for −1."""
        codes = np.append(self.leaves["code"].to_numpy(dtype=object), "")
        return codes[positions]

    @cached_property
    def bounds(self) -> list[float]:
        """West, south, east and north of the plan in degrees."""
        return [round(float(edge), SHOWN_DECIMALS) for edge in self.plan.grids.total_bounds]

    def level_geojson(self, level: int) -> bytes:
        """Return the grids of a level as GeoJSON, rounded to what a screen can show.

        Undivided coarser grids are among them, so that no hole is shown where nobody is missing.
        """
        if level not in self._geojson:
            self._geojson[level] = _geojson(shown_at(self.plan.grids, level))
        return self._geojson[level]

    @cached_property
    def _geojson(self) -> dict[int, bytes]:
        return {}

    def street_arrays(self, detail: str) -> dict[str, Any]:
        """Return the encoded streets: ``major`` or ``minor``."""
        if detail not in self._streets:
            classes = range(5) if detail == "major" else range(5, 7)
            self._streets[detail] = encode_streets(self.plan.streets, classes)
        return self._streets[detail]

    @cached_property
    def _streets(self) -> dict[str, dict[str, Any]]:
        return {}


def _geojson(grids: gpd.GeoDataFrame) -> bytes:
    rounded = shapely.transform(grids.geometry.to_numpy(), lambda xy: xy.round(SHOWN_DECIMALS))
    shown = pd.DataFrame(grids[["code", "name", "kind"]]).fillna("").astype(str)
    places = shapely.get_coordinates(shapely.point_on_surface(grids.geometry.to_numpy()))
    shown["label"] = places.round(SHOWN_DECIMALS).tolist()
    frame = gpd.GeoDataFrame(shown, geometry=rounded, crs=None)
    text: str = frame.to_json(drop_id=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


class _Cache:
    """The last few plans by digest."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.plans: OrderedDict[str, CurrentPlan] = OrderedDict()

    def keep(self, plan: Plan) -> CurrentPlan:
        with self.lock:
            if plan.digest not in self.plans:
                self.plans[plan.digest] = CurrentPlan(plan)
            self.plans.move_to_end(plan.digest)
            while len(self.plans) > KEPT:
                self.plans.popitem(last=False)
            return self.plans[plan.digest]


def _cache(app: Flask) -> _Cache:
    cache: _Cache = app.extensions.setdefault("geogrid_plans", _Cache())
    return cache


def current_plan() -> CurrentPlan:
    """Return the workspace's plan as it is now."""
    return _cache(current_app).keep(current_app.config["WORKSPACE"].current())


def plan_with_digest(digest: str) -> CurrentPlan | None:
    """Return the plan an address names, or None when it is no longer kept."""
    now = current_plan()
    if now.plan.digest == digest:
        return now
    return _cache(current_app).plans.get(digest)
