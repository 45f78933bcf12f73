"""四至: what bounds a grid to the east, south, west and north, in words."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from geogrid.crs import local_crs
from geogrid.hierarchy import Hierarchy

__all__ = ["SIDES", "bounds_in_words"]

SIDES = ("east", "south", "west", "north")
_NEAR_M = 30.0
_LEAST_M = 25.0
_MOST = 2


def bounds_in_words(
    grids: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, tree: Hierarchy, code: str
) -> Mapping[str, list[str]]:
    """Return for each side the streets that run along the boundary, else the grids beyond it.

    A piece of the boundary belongs to the side to which it lies from the middle of the grid. A
    street counts where at least 25 m of it run within 30 m of that piece.

    Parameters
    ----------
    grids, streets : in EPSG:4326
    tree : of `grids`
    code : of the grid

    Returns
    -------
    mapping
        A key of :data:`SIDES` to at most two names, the longest first; empty where nobody knows.
    """
    row = grids[grids["code"] == code].iloc[0]
    middle = row.geometry.centroid
    plane = local_crs(middle.x, middle.y)
    own = gpd.GeoSeries([row.geometry], crs=grids.crs).to_crs(plane).iloc[0]
    sides = _sides(own)
    zone = gpd.GeoSeries([own.buffer(_NEAR_M)], crs=plane).to_crs(grids.crs).iloc[0]
    named = (
        streets[streets["name"].fillna("").astype(str).str.strip() != ""]
        if len(streets)
        else streets
    )
    near = named[named.intersects(zone)].to_crs(plane) if len(named) else named
    beside = grids[(grids["level"] == row["level"]) & (grids["code"] != code)]
    beside = beside[beside.intersects(zone)].to_crs(plane)
    found: dict[str, list[str]] = {}
    for side, line in sides.items():
        lengths: dict[str, float] = {}
        ground = line.buffer(_NEAR_M, cap_style="flat")
        for name, street in zip(near["name"], near.geometry, strict=True) if len(near) else ():
            lengths[str(name)] = lengths.get(str(name), 0.0) + street.intersection(ground).length
        names = _longest(lengths)
        found[side] = names or _longest(
            {
                tree.names[other] or str(other): shape.buffer(1.0).intersection(line).length
                for other, shape in zip(beside["code"], beside.geometry, strict=True)
            }
        )
    return found


def _longest(lengths: Mapping[str, float]) -> list[str]:
    long = sorted(
        (name for name in lengths if lengths[name] >= _LEAST_M), key=lambda n: -lengths[n]
    )
    if len(long) > 1 and lengths[long[1]] < 0.35 * lengths[long[0]]:
        return long[:1]
    return long[:_MOST]


def _sides(shape: shapely.Geometry) -> dict[str, shapely.Geometry]:
    """Return the outer boundary (m) cut into what lies to each side of the middle."""
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    ring = shapely.get_coordinates(shapely.segmentize(largest.exterior, 10.0))
    west, south, east, north = largest.bounds
    middle = (ring[1:] + ring[:-1]) / 2 - [(west + east) / 2, (south + north) / 2]
    across = middle / [max(east - west, 1.0), max(north - south, 1.0)]
    is_lying = np.abs(across[:, 0]) > np.abs(across[:, 1])
    which = np.where(is_lying, np.where(across[:, 0] > 0, 0, 2), np.where(across[:, 1] > 0, 3, 1))
    steps = shapely.linestrings(np.stack([ring[:-1], ring[1:]], axis=1))
    return {
        side: shapely.line_merge(shapely.multilinestrings(steps[which == at]))
        for at, side in enumerate(SIDES)
    }
