"""Seeded inputs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt


def random_points(
    grids: gpd.GeoDataFrame, count: int, *, seed: int = 7
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return `count` points over the extent of `grids`."""
    west, south, east, north = grids.total_bounds
    rng = np.random.default_rng(seed)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)
