"""West to east, then north to south: the order that grids are numbered in, made well-defined."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.widths import lonlat
from geogrid.topology import Floats, Integers

__all__ = ["reading_order"]

_DIGITS = 9


def reading_order(
    polygons: Geometries, crs: pyproj.CRS, names: np.typing.NDArray[np.object_] | None = None
) -> Integers:
    """Return positions from west to east in rows, and the rows from north to south.

    Standards say "west to east, then north to south" of grids that stand in no rows, so:

    1. A grid stands at the centroid of its polygon (normalised, so that the ring's first
       vertex does not matter), in WGS 84 degrees rounded to 1e-9; in a bare plane in its
       units. Grids without a polygon come last.
    2. The northernmost grid left begins a row. In the row are all grids left whose centroid
       is no further south of its centroid than half the median height of all the grids (of
       their bounds, in the same units). Then the next row begins, until none is left.
    3. Within a row, grids go from west to east; of two on one meridian the northern is
       first; then the smaller in WKB of the normalised polygon, then in `names`, then as
       given.

    Parameters
    ----------
    polygons : (n,) (Multi)Polygons, None or empty ones
    crs : of their coordinates
    names : (n,) texts that tell identical polygons apart

    Returns
    -------
    (n,) positions. The order of the polygons does not depend on the order they are given in.

    Examples
    --------
    >>> grids = shapely.box([1, 0, 1, 0], [0, 0, 1, 1], [2, 1, 2, 1], [1, 1, 2, 2])
    >>> reading_order(grids, pyproj.CRS("EPSG:4326")).tolist()
    [3, 2, 1, 0]
    """
    shapes = shapely.normalize(polygons)
    east, north, height = _places(shapes, crs)
    placed = np.flatnonzero(np.isfinite(east) & np.isfinite(north))
    row = np.full(len(shapes), len(shapes), dtype=np.int64)
    if placed.size:
        row[placed] = _rows(north[placed], 0.5 * float(np.median(height[placed])))
    text = [b"" if shape is None else bytes(shapely.to_wkb(shape)) for shape in shapes]
    wkb = np.unique(np.array(text, dtype=object), return_inverse=True)[1] if text else row
    named = row * 0 if names is None else np.unique(names.astype(str), return_inverse=True)[1]
    return np.lexsort((named, wkb, -north, east, row))


def _places(shapes: Geometries, crs: pyproj.CRS) -> tuple[Floats, Floats, Floats]:
    """Return longitude and latitude of the centroids, and the heights in degrees."""
    bounds = shapely.bounds(shapes)
    centre = shapely.centroid(shapes)
    place = np.column_stack([shapely.get_x(centre), shapely.get_y(centre)])
    middle = 0.5 * (bounds[:, 0] + bounds[:, 2])
    ends = [np.column_stack([middle, bounds[:, side]]) for side in (1, 3)]
    degrees = [lonlat(points, crs) for points in (place, *ends)] if len(shapes) else [place] * 3
    if not np.isfinite(degrees[0]).any():
        degrees = [place, *ends]
    at, south, top = degrees
    at = np.where(np.isfinite(at), at, np.nan).round(_DIGITS)
    return at[:, 0], at[:, 1], np.abs(top[:, 1] - south[:, 1])


def _rows(north: Floats, reach: float) -> Integers:
    """Return the number of the row each place is in."""
    down = np.argsort(-north, kind="stable")
    south = -north[down]
    row = np.zeros(len(north), dtype=np.int64)
    start = number = 0
    while start < len(south):
        end = int(np.searchsorted(south, south[start] + reach, side="right"))
        row[down[start:end]] = number
        start, number = max(end, start + 1), number + 1
    return row
