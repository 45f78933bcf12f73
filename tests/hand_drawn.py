"""Tiny coverages drawn by hand, in metres on a plane where planar and true sizes agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

PLANE = "+proj=laea +lat_0=0 +lon_0=0 +datum=WGS84 +units=m +type=crs"
"""Metres beside the point where the projection touches the earth."""


def grids(shapes: Sequence[Any], crs: Any = PLANE, **columns: Any) -> gpd.GeoDataFrame:
    """Return a frame of shapes (geometries or WKT) with codes A, B, C … unless given."""
    drawn = [shapely.from_wkt(one) if isinstance(one, str) else one for one in shapes]
    columns.setdefault("code", [chr(ord("A") + at) for at in range(len(drawn))])
    return gpd.GeoDataFrame(columns, geometry=drawn, crs=crs)


def lattice(columns: int, rows: int, side: float = 10.0) -> np.ndarray[Any, Any]:
    """Return columns × rows squares that share their corners, west to east, then north."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    west, south = x.ravel() * side, y.ravel() * side
    return np.asarray(shapely.box(west, south, west + side, south + side))


def outline(columns: int, rows: int, side: float = 10.0) -> shapely.Geometry:
    """Return the region of :func:`lattice` with all corners on its border."""
    return shapely.coverage_union_all(lattice(columns, rows, side))


def jittered(squares: np.ndarray[Any, Any], size: float, seed: int) -> np.ndarray[Any, Any]:
    """Return squares with every corner moved on its own, about as far as `size`."""
    corners = shapely.get_coordinates(squares).reshape(-1, 5, 2)[:, :4]
    noise = np.random.default_rng(seed).normal(scale=size, size=corners.shape)
    return np.asarray(shapely.polygons(corners + noise))
