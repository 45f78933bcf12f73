"""Households and buildings by place: who lives in a defect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyproj
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.errors import CrsError, FieldError
from geogrid.i18n import mark as _
from geogrid.topology import Floats, Integers

__all__ = ["Homes", "homes_inside", "read_homes"]

_BUILDING = "building"


@dataclass(frozen=True)
class Homes:
    """Buildings as points with their households.

    Attributes
    ----------
    points
        (n,) points in the CRS of the grids.
    households
        (n,) households of each, 0 where unknown.
    """

    points: Geometries
    households: Integers


def read_homes(units: pd.DataFrame, crs: pyproj.CRS) -> Homes:
    """Take buildings and their households out of a table of units.

    Parameters
    ----------
    units : columns lon, lat (WGS 84 degrees), households, and kind where units of several
        kinds nest: then only the buildings count, else every row is a building
    crs : of the grids

    Raises
    ------
    FieldError
        A column is missing.
    CrsError
        The grids lie in a bare plane, where degrees cannot be placed.
    """
    missing = [name for name in ("lon", "lat", "households") if name not in units]
    if missing:
        raise FieldError(_("The units have no column {columns}."), columns=", ".join(missing))
    if "kind" in units and (units["kind"] == _BUILDING).any():
        units = units[units["kind"] == _BUILDING]
    place = units[["lon", "lat"]].to_numpy(dtype=np.float64)
    known = np.isfinite(place).all(axis=1)
    count = pd.to_numeric(units["households"]).fillna(0).to_numpy(dtype=np.int64)
    return Homes(shapely.points(_from_lonlat(place[known], crs)), count[known])


def _from_lonlat(place: Floats, crs: pyproj.CRS) -> Floats:
    if crs.geodetic_crs is None:
        raise CrsError(_("Units have longitudes, and the grids' reference system has no datum."))
    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs.to_2d(), always_xy=True)
    return np.column_stack(transformer.transform(place[:, 0], place[:, 1]))


def homes_inside(homes: Homes, shapes: Geometries) -> tuple[Integers, Integers]:
    """Return the households and the buildings inside each polygon, or on its edge.

    Parameters
    ----------
    homes : Homes
    shapes : (n,) geometries; points and lines hold nobody
    """
    has_area = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    area, home = shapely.STRtree(homes.points).query(shapes[has_area], predicate="intersects")
    place = has_area[area]
    households = np.bincount(place, homes.households[home], len(shapes))
    return households.astype(np.int64), np.bincount(place, minlength=len(shapes)).astype(np.int64)
