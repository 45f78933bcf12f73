"""Whether coordinates can be what their reference system says: mistakes, said in words."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid.crs import is_in_china
from geogrid.errors import CrsError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.reading.gauss_kruger import describe_numbers, zone_mistake
from geogrid.reading.wrong_units import Stated, no_degrees, no_metres

__all__ = ["Bounds", "check_positions", "total_bounds"]

Floats = npt.NDArray[np.float64]

_CHINESE_DATUM = re.compile(r"CGCS|China Geodetic|Xian 1980|Beijing 1954", re.IGNORECASE)
_FAR_DEG = 1.0


class Bounds(NamedTuple):
    """West, south, east and north of something, in its own units."""

    west: float
    south: float
    east: float
    north: float


def total_bounds(geometry: npt.NDArray[np.object_]) -> Bounds | None:
    """Return the bounds of all geometries, None when there is nothing."""
    bounds = shapely.total_bounds(geometry if len(geometry) else None)
    return Bounds(*(float(value) for value in bounds)) if np.isfinite(bounds).all() else None


def check_positions(
    geometry: npt.NDArray[np.object_], crs: pyproj.CRS, *, stated: Stated, name: str
) -> tuple[list[Finding], npt.NDArray[np.intp]]:
    """Look for coordinates that cannot be, or hardly are, in `crs`.

    Parameters
    ----------
    geometry : polygons, None or empty where a row has none; in `crs`
    crs
        Geographic or projected.
    stated
        What the user said of it.
    name
        What to call the file in messages.

    Returns
    -------
    findings, unusable
        `unusable` are the rows whose coordinates are no degrees.

    Raises
    ------
    CrsError
        The numbers cannot be in `crs` at all: metres labelled as degrees, axes swapped,
        another zone.
    """
    bounds = np.asarray(shapely.bounds(geometry), dtype=np.float64)
    rows = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    if not rows.size:
        return [], rows
    findings = _at_zero(geometry)
    if crs.is_projected:
        return findings + _check_projected(bounds[rows], crs, stated, name), rows[:0]
    more, unusable = _check_degrees(bounds[rows], rows, crs, stated, name)
    return findings + more, unusable


def _check_degrees(
    bounds: Floats, rows: npt.NDArray[np.intp], crs: pyproj.CRS, stated: Stated, name: str
) -> tuple[list[Finding], npt.NDArray[np.intp]]:
    x, y = np.abs(bounds[:, [0, 2]]).max(axis=1), np.abs(bounds[:, [1, 3]]).max(axis=1)
    is_impossible = (x > 180) | (y > 90)
    if is_impossible.mean() >= 0.5:
        if (x <= 90).all() and (y <= 180).all():
            raise _swapped(name)
        raise no_degrees(bounds, crs, stated, name)
    findings = []
    if is_impossible.any():
        findings.append(
            Finding(
                "outside_degrees",
                _("Row {rows}: the coordinates are no longitude and latitude; left out."),
                rows=tuple(rows[is_impossible].tolist()),
                severity="error",
            )
        )
    usable = ~is_impossible
    findings += _check_china(bounds[usable], rows[usable], crs, stated.datum, name)
    return findings, rows[is_impossible]


def _swapped(name: str) -> CrsError:
    return CrsError(
        _(
            "{file}: longitude and latitude are swapped (the first number of a position must be"
            " the longitude). Swap the two columns or the axes where the file was made, and save"
            " it again."
        ),
        file=name,
    )


def _check_china(
    bounds: Floats, rows: npt.NDArray[np.intp], crs: pyproj.CRS, datum: str | None, name: str
) -> list[Finding]:
    """Say when data said to be Chinese are not in China, or would be if swapped."""
    x, y = bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1)
    is_inside = is_in_china(x, y)
    is_chinese = datum in ("cgcs2000", "gcj02", "bd09") or _CHINESE_DATUM.search(crs.name)
    if not is_inside.any() and is_in_china(y, x).all():
        if is_chinese:
            raise _swapped(name)
        return [
            Finding(
                "swapped_axes",
                _(
                    "Longitude and latitude look swapped: read as they are, the grids lie at"
                    " {lon}°E {lat}°N; swapped, they would lie in China."
                ),
                {"lon": f"{np.median(x):.2f}", "lat": f"{np.median(y):.2f}"},
                severity="error",
            )
        ]
    if is_chinese and not is_inside.all():
        return [
            Finding(
                "outside_china",
                _("Row {rows}: outside China, though the file is said to be {crs}."),
                {"crs": {"gcj02": "GCJ-02", "bd09": "BD-09"}.get(datum or "", "CGCS2000")},
                rows=tuple(rows[~is_inside].tolist()),
            )
        ]
    return []


def _check_projected(bounds: Floats, crs: pyproj.CRS, stated: Stated, name: str) -> list[Finding]:
    x, y = (float(np.median(bounds[:, [at, at + 2]])) for at in (0, 1))
    mistake = zone_mistake(x, y, crs, name)
    if mistake is not None:
        raise mistake
    to_degrees = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        raise CrsError(
            _("{file}: the numbers (like {x}, {y}) cannot be in {crs}; give the right crs. {hint}"),
            file=name,
            x=f"{x:.1f}",
            y=f"{y:.1f}",
            crs=crs.name,
            hint=describe_numbers(x, y),
        )
    area = crs.area_of_use
    if area is None or _is_near(lon, lat, Bounds(area.west, area.south, area.east, area.north)):
        return []
    if (np.abs(bounds[:, [0, 2]]) <= 180).all() and (np.abs(bounds[:, [1, 3]]) <= 90).all():
        raise no_metres(bounds, crs, stated, name)
    return [
        Finding(
            "outside_area_of_use",
            _(
                "Read as {crs} the grids lie at {lon}°, {lat}°, outside the area that system is"
                " for ({area}). Is it the right one?"
            ),
            {
                "crs": crs.name,
                "lon": f"{lon:.2f}",
                "lat": f"{lat:.2f}",
                "area": f"{area.west:g}…{area.east:g}°, {area.south:g}…{area.north:g}°",
            },
            severity="error",
        )
    ]


def _is_near(lon: float, lat: float, area: Bounds) -> bool:
    if area.west > area.east:  # across the antimeridian
        return area.south - _FAR_DEG <= lat <= area.north + _FAR_DEG
    is_within_lon = area.west - _FAR_DEG <= lon <= area.east + _FAR_DEG
    return is_within_lon and area.south - _FAR_DEG <= lat <= area.north + _FAR_DEG


def _at_zero(geometry: npt.NDArray[np.object_]) -> list[Finding]:
    xy, rows = shapely.get_coordinates(geometry, return_index=True)
    at_zero = np.unique(rows[(xy == 0).all(axis=1)])
    if not at_zero.size:
        return []
    return [
        Finding(
            "at_zero",
            _("Row {rows}: a corner lies at (0, 0), which usually means its position is missing."),
            rows=tuple(at_zero.tolist()),
        )
    ]
