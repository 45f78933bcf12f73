"""The grids of the plans that were asked for last, ready to be searched."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from flask import current_app, json

from geogrid.store.opening import reading
from geogrid.store.plans import PlanRecord, plan_grids
from web.v1.caller import database

__all__ = ["Bounds", "GridLayer", "grid_layer"]

KEPT = 3
Bounds = tuple[float, float, float, float]
_TEXTS = ("code", "name", "parent", "kind")
_NUMBERS = ("level", "households", "people")


@dataclass(frozen=True, eq=False)
class GridLayer:
    """The grids of one version of a plan, by code."""

    plan_id: int
    grids: gpd.GeoDataFrame

    @cached_property
    def codes(self) -> npt.NDArray[np.object_]:
        """Codes in order."""
        return self.grids["code"].to_numpy(dtype=object)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The grids by place."""
        return shapely.STRtree(self.grids.geometry.to_numpy())

    def find(
        self,
        *,
        codes: Collection[str] = (),
        parent: str | None = None,
        level: int | None = None,
        bounds: Bounds | None = None,
    ) -> npt.NDArray[np.intp]:
        """Return positions of the grids that meet all that is asked, in the order of codes.

        Parameters
        ----------
        codes, parent, level : of the grids; nothing and None ask nothing
        bounds : west, south, east, north of a box that they touch, in degrees
        """
        asked = np.ones(len(self.grids), dtype=bool)
        if codes:
            asked &= self.grids["code"].isin(set(codes)).to_numpy()
        if parent is not None:
            asked &= (self.grids["parent"] == parent).to_numpy()
        if level is not None:
            asked &= (self.grids["level"] == level).fillna(False).to_numpy(dtype=bool)
        if bounds is not None:
            touched = np.zeros(len(self.grids), dtype=bool)
            touched[self.tree.query(shapely.box(*bounds), predicate="intersects")] = True
            asked &= touched
        return np.flatnonzero(asked)

    def features(self, positions: npt.NDArray[np.intp]) -> list[str]:
        """Return grids as GeoJSON texts whose coordinates read back to the same bits."""
        some = self.grids.iloc[positions]
        shapes = shapely.to_geojson(some.geometry.to_numpy())
        rows = some.drop(columns=some.geometry.name).to_dict("records")
        return [_feature(row, shape) for row, shape in zip(rows, shapes, strict=True)]


def _feature(row: dict[str, Any], shape: str) -> str:
    known = {name: row.get(name) or "" for name in _TEXTS}
    known |= {name: None if _is_none(row[name]) else int(row[name]) for name in _NUMBERS}
    rest = {
        name: None if _is_none(value) else value for name, value in row.items() if name not in known
    }
    properties = json.dumps(known | rest, default=str)
    head = f'{{"type":"Feature","id":{json.dumps(row["code"])}'
    return f'{head},"properties":{properties},"geometry":{shape}}}'


def _is_none(value: object) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


class _Kept:
    """The last few layers by plan and version."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.layers: OrderedDict[tuple[int, int], GridLayer] = OrderedDict()


def grid_layer(plan: PlanRecord) -> GridLayer:
    """Return the grids of a plan; a published one never changes, a draft with its version."""
    kept: _Kept = current_app.extensions.setdefault("geogrid_grid_layers", _Kept())
    key = (plan.id, 0 if plan.number is not None else plan.version)
    with kept.lock:
        found = kept.layers.get(key)
    if found is None:
        with reading(database()) as connection:
            grids = plan_grids(connection, plan)
        found = GridLayer(plan.id, grids.sort_values("code", ignore_index=True))
    with kept.lock:
        kept.layers[key] = found
        kept.layers.move_to_end(key)
        while len(kept.layers) > KEPT:
            kept.layers.popitem(last=False)
    return found
