"""Areas of polygons whose edges are straight in their own coordinates, projected ones too.

:func:`geogrid.crs.area_m2` measures edges that are straight in longitude and latitude. An
edge that is straight in a projection bends there, by little, but then a corner added in its
middle changes the area, slivers turn over, and sums no longer reconcile. So the edges of a
projection are measured once as they are and once in halves, and extrapolated (Richardson:
the error falls with the fourth power of the length of the edge).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid._authalic import edge_area
from geogrid.crs import area_m2
from geogrid.topology import Floats, Integers, Weights

__all__ = ["chain_area_m2", "straight_area_m2"]

Geometries = npt.NDArray[np.object_]

_AT_ONCE = 500_000


@lru_cache(maxsize=64)
def _geodetic(wkt: str) -> tuple[pyproj.Transformer, float, pyproj.Geod]:
    """Return the way from a projection to its own geographic CRS, its unit, its ellipsoid."""
    crs = pyproj.CRS.from_wkt(wkt).to_2d()
    geographic = crs.geodetic_crs.to_2d()
    transformer = pyproj.Transformer.from_crs(crs, geographic, always_xy=True)
    unit = float(geographic.axis_info[0].unit_conversion_factor)
    return transformer, unit, geographic.get_geod()


def straight_area_m2(shapes: Geometries, crs: pyproj.CRS) -> Floats:
    """Return the ellipsoidal area of polygons with edges straight in the plane of `crs`.

    Parameters
    ----------
    shapes : (n,) geometries; all but (Multi)Polygons count 0
    crs : of their coordinates; for a geographic one this is :func:`geogrid.crs.area_m2`

    Returns
    -------
    (n,) m². Areas of parts add up to the area of the whole, and a corner added on an edge
    changes nothing.

    Examples
    --------
    >>> square = np.array([shapely.box(500000, 2490000, 501000, 2491000)])
    >>> round(float(straight_area_m2(square, pyproj.CRS("EPSG:4547"))[0]))
    1000000
    """
    if not len(shapes):
        return np.zeros(0)
    if not crs.is_projected or crs.geodetic_crs is None:
        return area_m2(shapes, crs)
    areal = shapes.copy()
    areal[shapely.get_dimensions(shapes) < 2] = None
    parts, part_owner = shapely.get_parts(areal, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    is_shell = np.ones(len(rings), dtype=bool)
    is_shell[1:] = ring_part[1:] != ring_part[:-1]
    area = np.bincount(
        ring[:-1], _edge_areas(points, ring, crs, np.searchsorted(ring, ring)), len(rings)
    )
    x, y = (points - points[np.searchsorted(ring, ring)]).T
    planar = np.bincount(ring[:-1], x[:-1] * y[1:] - x[1:] * y[:-1], len(rings))
    sign = np.where((planar > 0.0) == is_shell, 1.0, -1.0)
    return np.asarray(np.bincount(part_owner[ring_part], sign * area, len(shapes)))


def chain_area_m2(start: Floats, end: Floats, weight: Weights, crs: pyproj.CRS) -> float:
    """Return the ellipsoidal area that a closed chain of directed edges goes around.

    Parameters
    ----------
    start, end : (n, 2) ends of the edges, in the coordinates of `crs`, straight in its plane
    weight : (n,) how often each edge runs from start to end
    crs : of the coordinates

    Returns
    -------
    m², positive where the chain runs counter-clockwise in the plane: Σ f · area of the faces
    with winding number f. The same as the difference of the areas of the polygons that the
    chain is the sum of.

    Examples
    --------
    >>> ring = shapely.get_coordinates(shapely.box(500000, 2490000, 501000, 2491000))[::-1]
    >>> round(chain_area_m2(ring[1:], ring[:-1], np.ones(4, int), pyproj.CRS("EPSG:4547")))
    1000000
    """
    if not len(start):
        return 0.0
    if crs.geodetic_crs is None:
        one, other = start - start[0], end - start[0]
        unit = float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
        under = one[:, 0] * other[:, 1] - other[:, 0] * one[:, 1]
        return math.fsum(0.5 * weight * under) * unit**2
    under = np.empty(len(start))
    for begin in range(0, len(start), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        under[some] = _areas_under(start[some], end[some], start[:1], crs)
    return math.fsum(weight * under) * _handedness(start[0], crs)


def _areas_under(start: Floats, end: Floats, origin: Floats, crs: pyproj.CRS) -> Floats:
    """Return the signed area between each edge and the parallel of one point."""
    points = np.concatenate([origin, np.stack([start, end], axis=1).reshape(-1, 2)])
    pair = np.repeat(np.arange(len(start) + 1), 2)[1:]
    return _edge_areas(points, pair, crs, np.zeros(len(points), dtype=np.int64))[1::2]


def _handedness(point: Floats, crs: pyproj.CRS) -> float:
    """Return −1 where the axes of a projection are a mirror image of east and north."""
    transformer, _unit, _ellipsoid = _geodetic(crs.to_wkt())
    x, y = point
    step = 1e-6 * max(abs(x), abs(y), 1.0)
    lon, lat = transformer.transform([x, x + step, x], [y, y, y + step])
    turn = (lon[1] - lon[0]) * (lat[2] - lat[0]) - (lon[2] - lon[0]) * (lat[1] - lat[0])
    return math.copysign(1.0, turn)


def _edge_areas(points: Floats, ring: Integers, crs: pyproj.CRS, origin: Integers) -> Floats:
    """Return the signed area under each step of rings; 0 between two rings.

    `origin` is the point whose parallel the area of each point's ring is counted from.
    """
    transformer, unit, ellipsoid = _geodetic(crs.to_wkt())

    def radians(places: Floats) -> Floats:
        return np.column_stack(transformer.transform(places[:, 0], places[:, 1])) * unit

    corner = radians(points)
    from_lat = corner[origin[:-1], 1]

    def under(start: Floats, end: Floats) -> Floats:
        return edge_area(start, end, from_lat, axis_m=float(ellipsoid.a), e2=float(ellipsoid.es))

    areas = under(corner[:-1], corner[1:])
    if crs.is_projected:
        middle = radians(0.5 * (points[:-1] + points[1:]))
        halves = under(corner[:-1], middle) + under(middle, corner[1:])
        areas = (4.0 * halves - areas) / 3.0
    return np.where(ring[:-1] == ring[1:], areas, 0.0)
