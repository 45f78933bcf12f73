"""Which grids a shape touches, and with which share of itself: a circle, a line, a polygon.

Shares are of area or of length on the WGS 84 ellipsoid. A shape over several grids of a
sound layer is shared out wholly between them and the outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid.crs import area_m2, lengths_m
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.locate import GridIndex, locate
from geogrid.rings import ring_polygons

__all__ = ["Touched", "circle", "touching"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]

_WGS84 = "EPSG:4326"
_CIRCLE_CORNERS = 256
_ROUNDING = 1e-12
_LARGEST_RADIUS_M = 1_000_000.0


@dataclass(frozen=True, eq=False)
class Touched:
    """The grids that a shape touches.

    Attributes
    ----------
    grids : (k,) positions of the grids, the largest share first, then the lowest code
    share : (k,) of the shape's area, of a line's length; 0 where only the border is touched
    outside : share that lies in no grid
    """

    grids: npt.NDArray[np.int32]
    share: Floats
    outside: float


def circle(lon: float, lat: float, radius_m: float) -> shapely.Polygon:
    """Return a circle on the ellipsoid as a polygon that has the circle's area to 1e-4.

    Parameters
    ----------
    lon, lat : centre in degrees
    radius_m : more than 0, up to 1,000 km

    Raises
    ------
    InputError
        A number is not usable.

    Examples
    --------
    >>> round(float(area_m2([circle(114.0, 22.5, 100.0)], "EPSG:4326")[0]))
    31413
    """
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0 and 0.0 < radius_m <= _LARGEST_RADIUS_M):
        raise InputError(
            _("A circle needs a centre in degrees and a radius up to {limit} km."),
            limit=int(_LARGEST_RADIUS_M / 1000),
        )
    turn = np.linspace(0.0, 360.0, _CIRCLE_CORNERS, endpoint=False)[::-1]
    ones = np.ones(_CIRCLE_CORNERS)
    x, y, _back = pyproj.Geod(ellps="WGS84").fwd(lon * ones, lat * ones, turn, radius_m * ones)
    if np.ptp(x) > 180.0:
        raise InputError(_("A circle must not reach over a pole or the 180th meridian."))
    return shapely.Polygon(np.column_stack([x, y]))


def touching(index: GridIndex, shape: shapely.Geometry) -> Touched:
    """Return the grids that a shape touches, with their shares of it.

    Parameters
    ----------
    index : of a layer in longitude and latitude
    shape : point, line or polygon in degrees (a circle from :func:`circle`); of a point the
        one grid of :func:`geogrid.locate` has all of it

    Returns
    -------
    Touched
        Where grids overlap, and along a border for the grids on both sides of a line on it,
        each has its share, and together they have more than all.

    Raises
    ------
    InputError
        The shape is empty, of mixed kinds, or invalid.

    Examples
    --------
    >>> from geogrid.locate import build_index
    >>> index = build_index([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> found = touching(index, shapely.LineString([(0.25, 0.0), (2.25, 0.0)]))
    >>> found.grids.tolist(), found.share.round(3).tolist(), round(found.outside, 3)
    ([1, 0], [0.5, 0.375], 0.125)
    """
    dimension = _dimension(shape)
    if dimension == 0:
        return _of_points(index, shape)
    parts, grid = _near(index, shape)
    meets = shapely.intersects(parts, shape)
    parts, grid = parts[meets], grid[meets]
    pieces = shapely.intersection(parts, shape)
    whole = _measure(np.array([shape], dtype=object), dimension)[0]
    if not whole > 0.0:
        raise InputError(_("The shape has neither area nor length."))
    grids, place = np.unique(grid, return_inverse=True)
    size = np.bincount(place, _measure(pieces, dimension), len(grids))
    inside = _measure(np.array([shapely.union_all(pieces)], dtype=object), dimension)[0]
    share = np.clip(size / whole, 0.0, 1.0)
    order = np.lexsort((index.rank[grids], -share))
    outside = float(1.0 - inside / whole)
    return Touched(
        grids[order].astype(np.int32), share[order], outside if outside > _ROUNDING else 0.0
    )


def _dimension(shape: shapely.Geometry) -> int:
    """Return 0 for points, 1 for lines, 2 for polygons."""
    kinds = np.unique(shapely.get_dimensions(shapely.get_parts(shape)))
    if shape is None or shapely.is_empty(shape) or len(kinds) != 1:
        raise InputError(_("Give one point, line or polygon, or several of one kind."))
    if not np.isfinite(shapely.get_coordinates(shape)).all() or not shapely.is_valid(shape):
        raise InputError(_("The shape crosses itself or has coordinates that are not numbers."))
    return int(kinds[0])


def _of_points(index: GridIndex, shape: shapely.Geometry) -> Touched:
    found = locate(index, *shapely.get_coordinates(shape).T)
    grids, count = np.unique(found[found >= 0], return_counts=True)
    order = np.lexsort((index.rank[grids], -count))
    share = count[order] / len(found)
    return Touched(grids[order], share, float((found < 0).mean()))


def _near(index: GridIndex, shape: shapely.Geometry) -> tuple[Objects, Integers]:
    """Return the parts whose bounds meet those of the shape, and the grid of each."""
    west, south, east, north = shapely.bounds(shape)
    bounds = index.bounds
    meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
    chosen = np.flatnonzero(meets & (bounds[:, 1] <= north) & (bounds[:, 3] >= south))
    parts = ring_polygons(index.rings.of(chosen), len(chosen))
    broken = ~index.is_valid[chosen]
    parts[broken] = shapely.make_valid(parts[broken])
    return parts, index.owner[chosen]


def _measure(shapes: Objects, dimension: int) -> Floats:
    """Return area in m² or length in m of what has the dimension in each shape."""
    if dimension == 2:
        parts, owner = shapely.get_parts(shapes, return_index=True)
        return np.asarray(np.bincount(owner, area_m2(parts, _WGS84), len(shapes)))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    lines, inner = shapely.get_parts(parts[shapely.get_dimensions(parts) == 1], return_index=True)
    owner = owner[shapely.get_dimensions(parts) == 1][inner]
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    length = lengths_m(coordinates[:-1][same], coordinates[1:][same], _WGS84)
    return np.asarray(np.bincount(owner[line[1:][same]], length, len(shapes)))
