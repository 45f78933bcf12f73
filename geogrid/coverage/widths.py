"""How wide a defect is: the largest circle that fits, in a metric frame of its own.

Shapely's inscribed circle is wrong by half on a sliver of a kilometre at its default
tolerance, so the diameter is bracketed by 2 A/P and 2 √(A/π), and bisected on whether a
negative buffer leaves nothing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid._threads import by_rows
from geogrid.coverage.arrangement import Geometries
from geogrid.crs import metres_per_degree
from geogrid.topology import Floats

__all__ = ["inscribed_width_m", "is_narrower", "lonlat", "metres_per_unit", "to_metres"]

_RELATIVE_PRECISION = 1e-4
_QUADRANT_SEGMENTS = 16
_STEP_M = 1.0


@lru_cache(maxsize=64)
def _to_lonlat(wkt: str) -> tuple[pyproj.Transformer | None, float]:
    """Return the way from a CRS to WGS 84 degrees, None for a plane; and metres per unit."""
    crs = pyproj.CRS.from_wkt(wkt)
    unit = float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
    if crs.geodetic_crs is None:
        return None, unit
    return pyproj.Transformer.from_crs(crs.to_2d(), "EPSG:4326", always_xy=True), unit


def lonlat(points: Floats, crs: pyproj.CRS) -> Floats:
    """Return WGS 84 longitude and latitude in degrees; NaN where the CRS is a bare plane.

    Parameters
    ----------
    points : (n, 2) coordinates of `crs`
    """
    transformer, _ = _to_lonlat(crs.to_wkt())
    if transformer is None:
        return np.full((len(points), 2), np.nan)
    return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))


def metres_per_unit(centres: Floats, crs: pyproj.CRS) -> Floats:
    """Return the (n, 2, 2) matrix from units of `crs` to metres east and north at centres.

    Also right where the scale of a projection is not 1 (Web Mercator) or its units are
    feet. A bare plane is scaled by its unit.

    Parameters
    ----------
    centres : (n, 2) coordinates of `crs`
    """
    transformer, unit = _to_lonlat(crs.to_wkt())
    if transformer is None:
        return np.tile(np.eye(2) * unit, (len(centres), 1, 1))
    step = 1e-5 if crs.is_geographic else _STEP_M / unit
    offsets = np.array([[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]])
    moved = lonlat((centres[:, None] + offsets).reshape(-1, 2), crs).reshape(-1, 4, 2)
    east_m, north_m = metres_per_degree(lonlat(centres, crs)[:, 1])
    slope = np.stack([moved[:, 0] - moved[:, 1], moved[:, 2] - moved[:, 3]], axis=2)
    return np.asarray(slope / (2.0 * step) * np.stack([east_m, north_m], axis=1)[:, :, None])


def to_metres(shapes: Geometries, centres: Floats, scale: Floats) -> Geometries:
    """Return each geometry in metres east and north of its centre.

    Parameters
    ----------
    shapes : (n,) geometries
    centres : (n, 2)
    scale : (n, 2, 2) from :func:`metres_per_unit`
    """
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    metres = np.einsum("nij,nj->ni", scale[owner], coordinates - centres[owner])
    return np.asarray(shapely.set_coordinates(shapes.copy(), metres), dtype=object)


def is_narrower(shapes: Geometries, width_m: float) -> npt.NDArray[np.bool_]:
    """Return which metric polygons hold no circle of diameter `width_m`.

    Parameters
    ----------
    shapes : (n,) Polygons in metres; anything without area is narrower than any width > 0
    width_m : metres; nothing is narrower than 0
    """
    low, high = _bracket(shapes)
    narrower = high < width_m
    unsure = np.flatnonzero((low < width_m) & ~narrower)
    narrower[unsure] = _vanishes(shapes[unsure], np.full(len(unsure), width_m))
    return narrower


def inscribed_width_m(shapes: Geometries) -> Floats:
    """Return the diameter of the largest circle inside each metric polygon, to 1e-4 of it.

    Parameters
    ----------
    shapes : (n,) Polygons in metres; 0 for anything without area

    Examples
    --------
    >>> width = inscribed_width_m(np.array([shapely.box(0, 0, 1000, 0.2)]))
    >>> round(float(width[0]), 4)
    0.2
    """
    low, high = _bracket(shapes)
    while True:
        open_ = np.flatnonzero(high > low * (1.0 + _RELATIVE_PRECISION))
        if not len(open_):
            return np.asarray(np.sqrt(low * high))
        middle = np.sqrt(low[open_] * high[open_])
        is_gone = _vanishes(shapes[open_], middle)
        high[open_] = np.where(is_gone, middle, high[open_])
        low[open_] = np.where(is_gone, low[open_], middle)


def _bracket(shapes: Geometries) -> tuple[Floats, Floats]:
    area, length = shapely.area(shapes), shapely.length(shapes)
    is_triangle = (shapely.get_num_coordinates(shapes) == 4) & (area > 0.0)  # r = 2 A/P exactly
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(area > 0.0, 2.0 * area / length, 0.0)
        low = np.where(is_triangle, 2.0 * low, low)
    high = np.where(area > 0.0, 2.0 * np.sqrt(area / np.pi), 0.0)
    return low, np.where(is_triangle, low, high)


def _vanishes(shapes: Geometries, width_m: Floats) -> npt.NDArray[np.bool_]:
    def shrink(some: Geometries, inward: Floats) -> Geometries:
        return np.asarray(shapely.buffer(some, -inward, quad_segs=_QUADRANT_SEGMENTS))

    return np.asarray(shapely.is_empty(by_rows(shrink, shapes, 0.5 * width_m)), dtype=bool)
