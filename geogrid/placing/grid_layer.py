"""The grids that points are located in, with the names of everything above them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.errors import CrsError
from geogrid.hierarchy import build_hierarchy, fill_levels, leaves
from geogrid.i18n import mark as _
from geogrid.locate import GridIndex, build_index

__all__ = ["WGS84", "GridLayer", "MakeIndex", "build_layer"]

Objects = npt.NDArray[np.object_]
MakeIndex = Callable[[gpd.GeoDataFrame], GridIndex]
WGS84 = "EPSG:4326"
_DEFAULTS = {"name": "", "parent": "", "level": pd.NA}


@dataclass(frozen=True, eq=False)
class GridLayer:
    """The finest grids of a plan, ready for location.

    Attributes
    ----------
    index
        Of their polygons in WGS 84.
    codes, names : (n,) of the grids; "" where there is none
    upper
        ``level_2_name``, … to the (n,) names at that level, the nearest level first.
    center
        A point in the middle of all of them, degrees.
    """

    index: GridIndex
    codes: Objects
    names: Objects
    upper: dict[str, Objects]
    center: tuple[float, float]


def build_layer(grids: gpd.GeoDataFrame, make_index: MakeIndex = build_index) -> GridLayer:
    """Take the undivided grids of a plan and look up what they belong to.

    Parameters
    ----------
    grids
        All levels or one, in any CRS; column code, and name, parent, level where known.
    make_index
        Makes the index of the finest grids, or loads one that was kept
        (:func:`geogrid.store.cached_index`).

    Raises
    ------
    CrsError
        The grids have no CRS.
    """
    if grids.crs is None:
        raise CrsError(_("The grids have no coordinate reference system."))
    missing = {name: value for name, value in _DEFAULTS.items() if name not in grids.columns}
    plan = fill_levels(grids.assign(**missing)).reset_index(drop=True)
    finest = _finest(plan)
    shapes = finest.to_crs(WGS84)
    west, south, east, north = shapes.total_bounds
    return GridLayer(
        index=make_index(shapes),
        codes=_texts(finest, "code"),
        names=_texts(finest, "name"),
        upper=_upper(plan, finest),
        center=(float(west + east) / 2, float(south + north) / 2),
    )


def _finest(plan: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the undivided grids; without any parents, those of the finest level."""
    undivided = leaves(plan)
    if len(undivided) < len(plan):
        return undivided.reset_index(drop=True)
    return plan[plan["level"] == plan["level"].max()].reset_index(drop=True)


def _texts(grids: gpd.GeoDataFrame, column: str) -> Objects:
    return np.array(["" if value is None else str(value) for value in grids[column]], dtype=object)


def _upper(plan: gpd.GeoDataFrame, finest: gpd.GeoDataFrame) -> dict[str, Objects]:
    tree = build_hierarchy(plan)
    last = int(finest["level"].max())
    written = dict(zip(plan["code"], plan["parent"], strict=True))
    names: dict[int, Objects] = {}
    for at, code in enumerate(finest["code"]):
        steps = tree.chain(code)
        for step in steps:
            _name_at(names, tree.levels[step], len(finest))[at] = tree.names[step] or step
        outside = written.get(steps[-1], "")
        if outside and outside not in steps:  # a parent that is not among the grids
            _name_at(names, tree.levels[steps[-1]] - 1, len(finest))[at] = outside
    return {f"level_{n}_name": names[n] for n in sorted(names, reverse=True) if n < last}


def _name_at(names: dict[int, Objects], level: int, count: int) -> Objects:
    return names.setdefault(level, np.full(count, "", dtype=object))
