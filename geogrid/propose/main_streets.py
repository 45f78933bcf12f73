"""Which stretches of border run along main streets."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid.arcs import Arcs
from geogrid.crs import lengths_m, metres_per_degree
from geogrid.drawing.basemap import STREET_CLASSES
from geogrid.propose._facing import add_up

__all__ = ["REACH_M", "street_lengths"]

Floats = npt.NDArray[np.float64]

REACH_M: Mapping[int, float] = {0: 35.0, 1: 30.0, 2: 25.0, 3: 20.0}
"""Classes of main streets (:data:`geogrid.drawing.basemap.STREET_CLASSES`: motorways to tertiary
roads) to how far from its line a border may run, m: wide streets have two carriageways."""

_STEP_M = 15.0
_PARALLEL = np.cos(np.radians(30.0))


def street_lengths(arcs: Arcs, crs: object, streets: gpd.GeoDataFrame | None) -> Floats:
    """Return how much of each arc runs along a main street, (a,) metres.

    Borders are looked at every 15 m; a piece counts where the nearest stretch of main street is
    within :data:`REACH_M` and within 30° of its direction, so that a border which crosses a
    street does not count.
    """
    found = np.zeros(len(arcs.left))
    lines = _main_streets(streets)
    if lines is None or not len(arcs.path):
        return found
    begins, ends, reach = lines
    points = arcs.vertices[arcs.path]
    inner = np.ones(len(points), dtype=bool)
    inner[arcs.first[1:] - 1] = False
    step = np.flatnonzero(inner)
    arc = np.searchsorted(arcs.first, step, side="right") - 1
    length = lengths_m(points[step], points[step + 1], crs)
    if not pyproj.CRS.from_user_input(crs).equals("EPSG:4326", ignore_axis_order=True):
        change = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        points = np.column_stack(change.transform(points[:, 0], points[:, 1]))
    scale = np.array([*map(float, metres_per_degree(float(begins[:, 1].mean())))])
    pieces = np.maximum(1, np.ceil(length / _STEP_M)).astype(np.int64)
    row = np.repeat(np.arange(len(step)), pieces)
    within = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (within + 0.5) / pieces[row]
    start, way = points[step] * scale, (points[step + 1] - points[step]) * scale
    middles = shapely.points(start[row] + share[:, None] * way[row])
    segments = shapely.linestrings(np.stack([begins * scale, ends * scale], axis=1))
    tree = shapely.STRtree(segments)
    near, at = tree.query_nearest(middles, max_distance=max(REACH_M.values()), all_matches=False)
    road = (ends - begins)[at] * scale
    way = way[row[near]]
    size = np.hypot(*road.T) * np.hypot(*way.T)
    along = np.abs((road * way).sum(axis=1)) >= _PARALLEL * size
    close = shapely.distance(middles[near], segments[at]) <= reach[at]
    good = near[along & close]
    return add_up(arc[row[good]], (length / pieces)[row[good]], len(found))


def _main_streets(streets: gpd.GeoDataFrame | None) -> tuple[Floats, Floats, Floats] | None:
    """Return begin and end of every stretch in degrees, and its reach in metres."""
    if streets is None or not len(streets):
        return None
    kinds = streets["highway"].fillna("").astype(str).str.removesuffix("_link")
    classes = kinds.map(STREET_CLASSES)
    main = streets[classes.isin([*REACH_M]).to_numpy()]
    if not len(main):
        return None
    lines, row = shapely.get_parts(
        np.asarray(main.to_crs("EPSG:4326").geometry.array, dtype=object), return_index=True
    )
    at, line = shapely.get_coordinates(lines, return_index=True)
    goes_on = line[1:] == line[:-1]
    reach = classes[classes.isin([*REACH_M])].map(REACH_M).to_numpy(dtype=np.float64)
    return at[:-1][goes_on], at[1:][goes_on], reach[row[line[:-1][goes_on]]]
