"""Seeded inputs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely


def seamless_coverage(count: int, *, seed: int = 20261122) -> gpd.GeoDataFrame:
    """Return about `count` four-cornered grids with jittered shared corners, lon/lat."""
    side = round(count**0.5)
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    corners[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, (side - 1, side - 1, 2))
    lonlat = np.round(corners * 0.002 + (114.0, 22.5), 9)
    rings = np.stack(
        [lonlat[:-1, :-1], lonlat[:-1, 1:], lonlat[1:, 1:], lonlat[1:, :-1], lonlat[:-1, :-1]],
        axis=2,
    ).reshape(-1, 5, 2)
    codes = [f"{number:08d}" for number in range(len(rings))]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapely.polygons(rings), crs="EPSG:4326")


def random_points(
    grids: gpd.GeoDataFrame, count: int, *, seed: int = 7
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return `count` points over the extent of `grids`."""
    west, south, east, north = grids.total_bounds
    rng = np.random.default_rng(seed)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)
