"""Put a level above grids: communities from one file, their grids from another."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.locate import build_index, locate

__all__ = ["add_upper_level"]

_COLUMNS = ["code", "name", "parent", "level", "kind", "households", "people"]


def add_upper_level(
    grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Return `areas` and `grids` as one frame of two levels.

    A grid belongs to the area it names as its parent, by code or by name, else to the one
    that holds a point inside it.

    Parameters
    ----------
    grids
        Columns of boundary files, all rows with a level; any CRS.
    areas
        The level above: columns of boundary files; any CRS, converted to that of `grids`.

    Returns
    -------
    frame, findings
        Areas first, one level above the coarsest of `grids`; what belongs to no area is said.

    Raises
    ------
    FieldError
        A code stands for an area and for a grid.

    Examples
    --------
    >>> def layer(codes, shapes, level):
    ...     table = {"code": codes, "name": codes, "parent": "", "level": level, "kind": ""}
    ...     return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")
    >>> low = layer(["11", "12"], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], 3)
    >>> frame, _ = add_upper_level(low, layer(["1"], [shapely.box(0, 0, 2, 1)], None))
    >>> frame[["code", "parent", "level"]].values.tolist()
    [['1', '', 2], ['11', '1', 3], ['12', '1', 3]]
    """
    above = areas.to_crs(grids.crs)
    both = sorted(set(above["code"]) & set(grids["code"]))
    if both:
        raise FieldError(
            _("These codes stand for a grid and for an area above it: {codes}."),
            codes=", ".join(both[:5]),
        )
    coarsest = int(grids["level"].min())
    above = above.assign(
        level=pd.array([max(coarsest - 1, 0)] * len(above), dtype="Int64"), parent=""
    )
    below = grids.copy()
    is_top = below["level"] == coarsest
    below.loc[is_top, "parent"] = _parents(below[is_top], above)
    columns = [name for name in _COLUMNS if name in below.columns]
    frame = pd.concat([above.reindex(columns=[*columns, above.geometry.name]), below])
    orphans = np.flatnonzero((is_top & (below["parent"] == "")).to_numpy())
    return gpd.GeoDataFrame(frame.reset_index(drop=True), crs=grids.crs), _said(orphans)


def _parents(grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the code of the area of each grid: named, else by place, else ``""``."""
    codes = areas["code"].astype("str")
    only = areas[~areas["name"].duplicated(keep=False) & (areas["name"] != "")]
    by_word = dict(zip(only["name"], only["code"], strict=True)) | dict(
        zip(codes, codes, strict=True)
    )
    named = grids["parent"].map(by_word)
    sound = shapely.make_valid(grids.geometry.to_numpy())
    inside = shapely.get_coordinates(shapely.point_on_surface(sound))
    positions = locate(build_index(areas, codes.tolist()), inside[:, 0], inside[:, 1])
    placed = np.append(codes.to_numpy(dtype=object), "")[positions]
    return named.where(named.notna(), pd.Series(placed, index=grids.index)).astype("str")


def _said(orphans: np.ndarray) -> list[Finding]:
    if not orphans.size:
        return []
    return [
        Finding(
            "no_parent",
            _("Row {rows}: lies in none of the areas above."),
            rows=tuple(map(int, orphans)),
        )
    ]
