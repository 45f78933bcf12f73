"""Which defects of two checks are the same: by id, by grids and place, by the area they share."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.coverage.measure import zoom_points
from geogrid.coverage.widths import metres_per_unit
from geogrid.topology import Floats, Integers

__all__ = ["match_defects"]

Geometries = npt.NDArray[np.object_]

_SHARED = 0.5


def match_defects(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, *, near_m: float
) -> tuple[Integers, Integers]:
    """Return the pairs of positions of defects that are the same one.

    Parameters
    ----------
    before, after
        Columns id, kind, level, grids, geometry; any CRS.
    near_m
        Metres between defects of the same kind, level and grids that count as one.

    Returns
    -------
    before, after
        (k,) positions; an id belongs to one pair, places may belong to several.
    """
    old, new = _same_ids(before, after)
    free_old = np.setdiff1d(np.arange(len(before)), old)
    free_new = np.setdiff1d(np.arange(len(after)), new)
    shapes = _shapes_like(before, after)
    if shapes is None or not (len(before) and len(after)):
        return old, new
    now = np.asarray(after.geometry.array, dtype=object)
    one, other = _near(shapes, now, _reach(now, after.crs, near_m))
    is_open = np.isin(one, free_old) | np.isin(other, free_new)
    one, other = one[is_open], other[is_open]
    kind, grids = _keys(before, after)
    alike = kind[0][one] == kind[1][other]
    one, other = one[alike], other[alike]
    same = grids[0][one] == grids[1][other]
    shared = _shares_half(shapes[one[~same]], now[other[~same]])
    same[np.flatnonzero(~same)[shared]] = True
    return np.concatenate([old, one[same]]), np.concatenate([new, other[same]])


def _same_ids(before: pd.DataFrame, after: pd.DataFrame) -> tuple[Integers, Integers]:
    ids = pd.Index(before["id"].astype("str"))
    at = pd.Series(np.arange(len(ids)), index=ids)
    at = at[~at.index.duplicated() & (at.index != "")]
    found = at.reindex(after["id"].astype("str")).to_numpy(dtype=np.float64, na_value=np.nan)
    new = np.flatnonzero(np.isfinite(found))
    return found[new].astype(np.int64), new


def _shapes_like(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> Geometries | None:
    """Return the shapes before in the CRS after; None where the two cannot be related."""
    if before.crs == after.crs or not len(before):
        return np.asarray(before.geometry.array, dtype=object)
    if before.crs is None or after.crs is None:
        return None
    if before.crs.geodetic_crs is None or after.crs.geodetic_crs is None:
        return None
    return np.asarray(before.geometry.to_crs(after.crs).array, dtype=object)


def _reach(shapes: Geometries, crs: pyproj.CRS | None, near_m: float) -> Floats:
    """Return a distance in metres in the units of `crs` at each shape."""
    if crs is None:
        return np.full(len(shapes), near_m)
    centres = zoom_points(shapes)
    scale = np.sqrt(np.abs(np.linalg.det(metres_per_unit(centres, crs))))
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = near_m / scale
    return np.where(np.isfinite(reach), reach, 0.0)


def _near(before: Geometries, after: Geometries, reach: Floats) -> tuple[Integers, Integers]:
    """Return the pairs of shapes no further apart than `reach` of the later one."""
    usable = np.flatnonzero(~(shapely.is_missing(after) | shapely.is_empty(after)))
    new, old = shapely.STRtree(before).query(
        after[usable], predicate="dwithin", distance=reach[usable]
    )
    return old, usable[new]


def _keys(
    before: pd.DataFrame, after: pd.DataFrame
) -> tuple[tuple[Geometries, Geometries], tuple[Geometries, Geometries]]:
    """Return the kinds, and the levels with the grids, of both as comparable texts."""
    kinds, grids = [], []
    for frame in (before, after):
        kinds.append(frame["kind"].to_numpy(dtype=object))
        level = frame["level"].astype("Int64").astype("str").tolist()
        codes = [";".join(sorted(each)) for each in frame["grids"]]
        grids.append(np.array([f"{a}|{b}" for a, b in zip(level, codes, strict=True)], object))
    return (kinds[0], kinds[1]), (grids[0], grids[1])


def _shares_half(one: Geometries, other: Geometries) -> npt.NDArray[np.bool_]:
    """Return which pairs share at least half of the area of each of the two."""
    sound = shapely.is_valid(one) & shapely.is_valid(other)
    shared = np.zeros(len(one))
    shared[sound] = shapely.area(shapely.intersection(one[sound], other[sound]))
    larger = np.maximum(shapely.area(one), shapely.area(other))
    return np.asarray((larger > 0.0) & (shared >= _SHARED * larger))
