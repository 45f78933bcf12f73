"""Datums, reference systems and metres on the ellipsoid.

Four datums of longitude and latitude meet in a Chinese office: WGS 84 and CGCS 2000
(equal here, they differ by less than a metre), GCJ-02 (AMap, Tencent) and BD-09 (Baidu).
geogrid stores WGS 84. A datum is never guessed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid import _gcj02
from geogrid._authalic import polygon_area
from geogrid.errors import CrsError
from geogrid.i18n import mark as _

__all__ = [
    "DATUMS",
    "area_m2",
    "convert_geometry",
    "from_wgs84",
    "geodesic_m",
    "is_in_china",
    "lengths_m",
    "local_crs",
    "metres_per_degree",
    "to_wgs84",
]

Floats = npt.NDArray[np.float64]

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
"""Names of the datums, as files, options and requests give them."""

_SHIFTED = {"gcj02": _gcj02.gcj02_from_wgs84, "bd09": _gcj02.bd09_from_wgs84}
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_ROUNDING = 1e-10
_WGS84 = pyproj.Geod(ellps="WGS84")


class _Geodetic(NamedTuple):
    """How to get from a CRS to radians on its ellipsoid."""

    transformer: pyproj.Transformer | None
    radians_per_unit: float
    axis_m: float
    e2: float

    def radians(self, coordinates: Floats) -> Floats:
        """Return longitude and latitude in radians of (n, 2) coordinates of the CRS."""
        if self.transformer is not None:
            x, y = self.transformer.transform(coordinates[:, 0], coordinates[:, 1])
            coordinates = np.column_stack([x, y])
        return np.asarray(coordinates * self.radians_per_unit)


def is_in_china(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return where GCJ-02 differs from WGS 84: the rectangle of the published formula.

    Parameters
    ----------
    lon, lat : array_like of degrees

    Examples
    --------
    >>> is_in_china([114.06, -0.13], [22.54, 51.5])
    array([ True, False])
    """
    return _in_rectangle(np.asarray(lon, np.float64), np.asarray(lat, np.float64), 0.0)


def _in_rectangle(
    lon: Floats | float, lat: Floats | float, margin_deg: float
) -> npt.NDArray[np.bool_]:
    west, south, east, north = _CHINA
    return np.asarray(
        (lon >= west - margin_deg)
        & (lon <= east + margin_deg)
        & (lat >= south - margin_deg)
        & (lat <= north + margin_deg)
    )


def _check_datum(datum: str) -> None:
    if datum not in DATUMS:
        raise CrsError(
            _("Unknown coordinate datum {datum}; use one of {known}."),
            datum=datum,
            known=", ".join(DATUMS),
        )


def _pair(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return np.asarray(x), np.asarray(y)


def _shaped(x: Floats, y: Floats) -> tuple[object, object]:
    return (x, y) if x.ndim else (float(x), float(y))


@overload
def from_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]: ...
@overload
def from_wgs84(
    lon: Floats | list[float], lat: Floats | list[float], datum: str
) -> tuple[Floats, Floats]: ...
def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> tuple[object, object]:
    """Convert WGS 84 longitude and latitude to another datum.

    Parameters
    ----------
    lon, lat : float or array_like of float64, degrees
    datum : one of :data:`DATUMS`

    Returns
    -------
    (lon, lat) in degrees, of the shape given. Points outside China and NaN are unchanged.
    The bits of a point do not depend on what else is in the array.

    Raises
    ------
    CrsError
        The datum is not one of :data:`DATUMS`.

    Examples
    --------
    >>> lon, lat = from_wgs84(113.912316, 22.543847, "gcj02")
    >>> round(lon, 6), round(lat, 6)
    (113.917176, 22.540796)
    """
    _check_datum(datum)
    x, y = _pair(lon, lat)
    if datum not in _SHIFTED:
        return _shaped(x.copy(), y.copy())
    inside = _in_rectangle(x, y, 0.0)
    if not x.ndim:
        alone = float(x), float(y)
        return _SHIFTED[datum](*alone) if inside else alone
    moved_x, moved_y = _SHIFTED[datum](np.where(inside, x, 105.5), np.where(inside, y, 35.0))
    return _shaped(np.where(inside, moved_x, x), np.where(inside, moved_y, y))


@overload
def to_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]: ...
@overload
def to_wgs84(
    lon: Floats | list[float], lat: Floats | list[float], datum: str
) -> tuple[Floats, Floats]: ...
def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> tuple[object, object]:
    """Convert longitude and latitude of a datum to WGS 84, exactly undoing :func:`from_wgs84`.

    Parameters
    ----------
    lon, lat : float or array_like of float64, degrees
    datum : one of :data:`DATUMS`

    Returns
    -------
    (lon, lat) in degrees, of the shape given. Points outside China and NaN are unchanged.
    A round trip from WGS 84 misses by less than 1e-9° anywhere in China, the border of the
    formula's rectangle included; the bits of a point do not depend on what else is in the
    array, so shared edges stay shared.

    Notes
    -----
    The formula jumps at its rectangle. In a strip outside it, as wide as the shift, a
    position is also that of a point inside, which is then returned; in a strip inside it,
    a position may belong to no point at all and is returned as it is. Both strips lie in
    the sea or abroad.

    Raises
    ------
    CrsError
        The datum is not one of :data:`DATUMS`.

    Examples
    --------
    >>> lon, lat = to_wgs84(113.9171764808363, 22.540796131694766, "gcj02")
    >>> round(lon, 6), round(lat, 6)
    (113.912316, 22.543847)
    """
    _check_datum(datum)
    if type(lon) is float and type(lat) is float and datum not in _SHIFTED:
        return lon, lat  # a request's point needs no arrays
    x, y = _pair(lon, lat)
    if datum not in _SHIFTED:
        return _shaped(x.copy(), y.copy())
    near = _in_rectangle(x, y, 0.1)
    if not x.ndim:
        return _alone_to_wgs84(float(x), float(y), datum) if near else (float(x), float(y))
    back_x, back_y = _gcj02.inverse(
        _SHIFTED[datum], np.where(near, x, 105.5), np.where(near, y, 35.0)
    )
    # a point on the rectangle's own edge comes back with rounding; beyond the edge the next
    # conversion would leave it where it is
    inside = near & _in_rectangle(back_x, back_y, _ROUNDING)
    west, south, east, north = _CHINA
    back_x, back_y = np.clip(back_x, west, east), np.clip(back_y, south, north)
    return _shaped(np.where(inside, back_x, x), np.where(inside, back_y, y))


def _alone_to_wgs84(x: float, y: float, datum: str) -> tuple[float, float]:
    """Do for one point near China what :func:`to_wgs84` does for many, to the same bits."""
    back_x, back_y = _gcj02.inverse(_SHIFTED[datum], x, y)
    if not _in_rectangle(back_x, back_y, _ROUNDING):
        return x, y
    west, south, east, north = _CHINA
    return min(max(back_x, west), east), min(max(back_y, south), north)


def convert_geometry(
    geometry: npt.ArrayLike, source_datum: str, target_datum: str
) -> npt.NDArray[np.object_]:
    """Convert geometries of longitude and latitude from one datum to another.

    Parameters
    ----------
    geometry : array_like of shapely geometries (or one), degrees; None is kept
    source_datum, target_datum : names of :data:`DATUMS`

    Returns
    -------
    The same geometries with converted vertices; a vertex that two of them share has the
    same bits in both. Z values are kept.

    Raises
    ------
    CrsError
        A datum is not one of :data:`DATUMS`.
    """
    _check_datum(source_datum)
    _check_datum(target_datum)

    def convert(coordinates: Floats) -> Floats:
        lon, lat = to_wgs84(coordinates[:, 0], coordinates[:, 1], source_datum)
        lon, lat = from_wgs84(lon, lat, target_datum)
        return np.column_stack([lon, lat, coordinates[:, 2:]])

    result: npt.NDArray[np.object_] = np.array(geometry, dtype=object)
    if source_datum == target_datum:
        return result
    has_z = np.asarray(shapely.has_z(result))
    for chosen, include_z in ((has_z, True), (~has_z, False)):
        result[chosen] = shapely.transform(result[chosen], convert, include_z=include_z)
    return result


@lru_cache(maxsize=64)
def _geodetic(wkt: str) -> _Geodetic | None:
    crs = pyproj.CRS.from_wkt(wkt)
    geographic = crs.geodetic_crs
    if geographic is None:
        return None
    geographic = geographic.to_2d()
    ellipsoid = geographic.get_geod()
    transformer = (
        None
        if crs.is_geographic
        else pyproj.Transformer.from_crs(crs.to_2d(), geographic, always_xy=True)
    )
    unit = float(geographic.axis_info[0].unit_conversion_factor)
    return _Geodetic(transformer, unit, float(ellipsoid.a), float(ellipsoid.es))


def area_m2(geometries: npt.ArrayLike, crs: object) -> Floats:
    """Return the ellipsoidal area of polygons whose edges are straight in lon/lat.

    Parameters
    ----------
    geometries : array_like (n,) of shapely geometries; all but (Multi)Polygons count 0
    crs : anything pyproj accepts; a projected CRS is converted vertex by vertex to its own
        geographic CRS, a local one without an ellipsoid is measured in its plane

    Returns
    -------
    (n,) m². Areas of parts add up to the area of the whole to 1e-12, and a vertex added
    on an edge changes nothing.

    Raises
    ------
    CrsError
        There is no CRS.

    Examples
    --------
    >>> int(area_m2([shapely.box(114, 22, 115, 23)], "EPSG:4326")[0] / 1e6)
    11394
    """
    if crs is None:
        raise CrsError(_("Areas need a coordinate reference system, and there is none."))
    system = pyproj.CRS.from_user_input(crs)
    shapes = np.atleast_1d(np.asarray(geometries, dtype=object))
    geodetic = _geodetic(system.to_wkt())
    if geodetic is None:
        return np.asarray(shapely.area(shapes) * _plane_unit_m(system) ** 2)
    return polygon_area(shapes, geodetic.radians, axis_m=geodetic.axis_m, e2=geodetic.e2)


def lengths_m(start: Floats, end: Floats, crs: object) -> Floats:
    """Return the geodesic length of steps on the ellipsoid of their CRS.

    Parameters
    ----------
    start, end : (n, 2) in the units of `crs`
    crs : anything pyproj accepts; a local one without an ellipsoid is measured in its plane

    Returns
    -------
    (n,) metres

    Raises
    ------
    CrsError
        There is no CRS.

    Examples
    --------
    >>> lengths_m(np.array([[114.0, 22.5]]), np.array([[114.0, 22.6]]), "EPSG:4326").round()
    array([11074.])
    """
    if crs is None:
        raise CrsError(_("Lengths need a coordinate reference system, and there is none."))
    system = pyproj.CRS.from_user_input(crs)
    geodetic = _geodetic(system.to_wkt())
    if geodetic is None:
        return np.asarray(np.hypot(*(end - start).T) * _plane_unit_m(system))
    ellipsoid = pyproj.Geod(a=geodetic.axis_m, es=geodetic.e2)
    ends = [*geodetic.radians(start).T, *geodetic.radians(end).T]
    return np.asarray(ellipsoid.inv(*ends, radians=True)[2])


def _plane_unit_m(system: pyproj.CRS) -> float:
    return float(system.axis_info[0].unit_conversion_factor) if system.axis_info else 1.0


def metres_per_degree(lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the length of one degree of longitude and of latitude on WGS 84.

    Parameters
    ----------
    lat : array_like of degrees

    Returns
    -------
    (east_m, north_m), each of the shape of `lat`, in metres per degree.

    Examples
    --------
    >>> east_m, north_m = metres_per_degree(22.5)
    >>> round(float(east_m)), round(float(north_m))
    (102896, 110737)
    """
    radians = np.radians(np.asarray(lat, np.float64))
    bulge = 1.0 - _WGS84.es * np.sin(radians) ** 2
    degree = np.pi / 180.0
    east_m = degree * _WGS84.a * np.cos(radians) / np.sqrt(bulge)
    north_m = degree * _WGS84.a * (1.0 - _WGS84.es) / bulge**1.5
    return east_m, north_m


def local_crs(lon: float, lat: float) -> pyproj.CRS:
    """Return a metric CRS (transverse Mercator on WGS 84) centred on a point in degrees.

    Lengths are true to 1e-5 within 25 km of the centre's meridian.

    Examples
    --------
    >>> local_crs(114.06, 22.54).axis_info[0].unit_name
    'metre'
    """
    return pyproj.CRS.from_proj4(
        f"+proj=tmerc +lat_0={lat!r} +lon_0={lon!r} +k=1 +x_0=0 +y_0=0"
        " +ellps=WGS84 +units=m +no_defs"
    )


def geodesic_m(
    lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> Floats:
    """Return the geodesic distance on WGS 84 between points in degrees.

    Examples
    --------
    >>> round(float(geodesic_m(114.0, 22.5, 114.0, 22.6)))
    11074
    """
    ends = np.broadcast_arrays(lon1, lat1, lon2, lat2)
    return np.asarray(_WGS84.inv(*(np.asarray(end, np.float64) for end in ends))[2])
