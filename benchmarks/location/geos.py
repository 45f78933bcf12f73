"""The peers on GEOS: a tree that is queried by as many threads, and GeoPandas."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.location.contestant import Contestant, Pairs, threads
from benchmarks.location.inputs import Layer


def tree() -> Contestant:
    """The tree is there and its polygons are prepared; points are made before as well."""
    return Contestant(_tree, lambda found: Pairs(*np.concatenate(found, axis=1)))


def sjoin() -> Contestant:
    """As a user calls it, on two frames."""
    return Contestant(_sjoin, _joined)


def _tree(layer: Layer) -> Callable[[], Any]:
    shapes = layer.grids.geometry.to_numpy()
    shapely.prepare(shapes)
    index = shapely.STRtree(shapes)
    points = np.array_split(shapely.points(layer.x, layer.y), threads())
    firsts = np.cumsum([0, *(len(part) for part in points[:-1])])
    pool = ThreadPoolExecutor(threads())

    def query(first: int, part: Any) -> Any:
        found = index.query(part, predicate="intersects")
        found[0] += first
        return found

    return lambda: list(pool.map(query, firsts, points))


def _sjoin(layer: Layer) -> Callable[[], Any]:
    points = gpd.GeoDataFrame(geometry=shapely.points(layer.x, layer.y), crs=layer.grids.crs)
    return lambda: gpd.sjoin(points, layer.grids, how="left", predicate="intersects")


def _joined(frame: Any) -> Pairs:
    found = frame["index_right"].dropna()
    return Pairs(found.index.to_numpy(np.int64), found.to_numpy(np.int64))
