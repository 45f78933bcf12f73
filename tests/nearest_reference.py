"""Distances to borders, written plainly: geodesics to many places on every edge, ever closer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyproj
import shapely

GEOD = pyproj.Geod(ellps="WGS84")
_PLACES = np.linspace(0.0, 1.0, 13)


def distances_m(grids: Sequence[shapely.Geometry], lon: float, lat: float) -> np.ndarray:
    """Return metres from a point to the border of each grid; edges are straight in degrees."""
    lines = shapely.boundary(np.asarray(grids, dtype=object))
    parts, owner = shapely.get_parts(lines, return_index=True)
    found = np.full(len(grids), np.inf)
    for part, grid in zip(parts, owner, strict=True):
        corners = shapely.get_coordinates(part)
        found[grid] = min(found[grid], _to_edges(corners[:-1], corners[1:], lon, lat))
    return found


def _to_edges(start: np.ndarray, end: np.ndarray, lon: float, lat: float) -> float:
    low, high = np.zeros(len(start)), np.ones(len(start))
    while True:
        shares = low[:, None] + (high - low)[:, None] * _PLACES
        places = start[:, None] + shares[:, :, None] * (end - start)[:, None]
        x, y = places.reshape(-1, 2).T
        metres = GEOD.inv(np.full(len(x), lon), np.full(len(x), lat), x, y)[2]
        metres = metres.reshape(shares.shape)
        if (high - low).max() < 1e-12:
            return float(metres.min())
        best = metres.argmin(axis=1)
        rows = np.arange(len(start))
        low = shares[rows, np.maximum(best - 1, 0)]
        high = shares[rows, np.minimum(best + 1, len(_PLACES) - 1)]
