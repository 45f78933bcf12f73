"""The zones of Chinese survey coordinates: which one a pair of numbers looks like.

China uses Gauss–Krüger zones of 3° (numbers 25–45, central meridian 3° × number) and 6°
(13–23, 6° × number − 3°), with a false easting of 500 km, with or without the zone's
number as millions of the easting. Numbers alone never decide; they make an error message
say what to try.
"""

from __future__ import annotations

import pyproj

from geogrid.errors import CrsError
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["describe_numbers", "other_zones", "zone_mistake"]

_MILLION = 1_000_000
_FALSE_EASTING = 500_000
_NORTHING = (1_800_000.0, 6_000_000.0)
_EASTING = (100_000.0, 900_000.0)
_FIRST_EPSG = {
    # CRS of the datum: 3° with number, 3° without, 6° with number, 6° without
    4490: (4513, 4534, 4491, 4502),
    4610: (2349, 2370, 2327, 2338),
    4214: (2401, 2422, 21413, 21453),
}
"""First EPSG number of each series for CGCS2000, Xi'an 1980 and Beijing 1954."""
_FIRST_ZONE = {3: 25, 6: 13}


def _zone(easting: float) -> int | None:
    number, rest = divmod(easting, _MILLION)
    in_zone = 13 <= number <= 45 and _EASTING[0] <= rest <= _EASTING[1]
    return int(number) if in_zone else None


def _is_northing(value: float) -> bool:
    return _NORTHING[0] <= value <= _NORTHING[1]


def _is_easting(value: float) -> bool:
    return _EASTING[0] <= value <= _EASTING[1] or _zone(value) is not None


def describe_numbers(x: float, y: float) -> Finding | str:
    """Say what a position looks like, as a hint for its user.

    Parameters
    ----------
    x, y
        First and second number of a position, units unknown.

    Examples
    --------
    >>> print(describe_numbers(38507000.0, 2493000.0).text())
    The eastings begin with zone number 38: CGCS2000 in 3° zones would be EPSG:4526.
    """
    if abs(x) <= 180 and abs(y) <= 90:
        return Finding("looks_like_degrees", _("The numbers look like longitude and latitude."), {})
    if _is_northing(x) and _is_easting(y) and not _is_northing(y):
        return Finding(
            "looks_swapped",
            _("The northing seems to come first; geogrid needs the easting first."),
            {},
        )
    zone = _zone(x)
    if zone is None or not _is_northing(y):
        return ""
    width = 3 if zone >= _FIRST_ZONE[3] else 6
    first = _FIRST_EPSG[4490][0 if width == 3 else 2]
    return Finding(
        "looks_like_zone",
        _(
            "The eastings begin with zone number {zone}: CGCS2000 in {width}° zones would be"
            " EPSG:{epsg}."
        ),
        {"zone": zone, "width": width, "epsg": first + zone - _FIRST_ZONE[width]},
    )


def zone_mistake(x: float, y: float, crs: pyproj.CRS, name: str) -> CrsError | None:
    """Return the error of a file whose eastings do not fit the zone of `crs`, else None.

    Parameters
    ----------
    x, y
        A typical position, in `crs`.
    crs
        Projected; other than Gauss–Krüger zones are not judged.
    """
    meridian, false_easting = _parameters(crs)
    if meridian is None or false_easting is None:
        return None
    if _is_northing(x) and _is_easting(y) and not _is_easting(x):
        return CrsError(
            _(
                "{file}: northing and easting are swapped (the first number must be the"
                " easting). Swap them where the file was made, and save it again."
            ),
            file=name,
        )
    zone, own = _zone(x), _zone(false_easting)
    if zone == own or not _is_northing(y) or not _is_easting(x):
        return None
    fix = _same_with_number(crs, meridian, zone)
    return CrsError(
        _(
            "{file}: the eastings (like {x}) do not fit {crs}: they {begin}. Give crs='{fix}'"
            " (--crs {fix})."
        ),
        file=name,
        x=f"{x:.1f}",
        crs=crs.name,
        begin=Finding("", _("begin with zone number {zone}"), {"zone": zone})
        if zone is not None
        else Finding("", _("have no zone number in front")),
        fix=fix,
    )


def other_zones(crs: pyproj.CRS) -> list[str]:
    """Return the zones whose eastings, without a number, look like those of `crs`.

    Returns
    -------
    ``"EPSG:4547"``, … of its datum, 3° zones first; none where `crs` is no such zone.
    """
    _meridian, false_easting = _parameters(crs)
    geodetic = crs.geodetic_crs
    series = _FIRST_EPSG.get(geodetic.to_epsg() if geodetic is not None else 0)
    if series is None or false_easting != _FALSE_EASTING:
        return []
    numbers = (*range(series[1], series[1] + 21), *range(series[3], series[3] + 11))
    return [f"EPSG:{number}" for number in numbers]


def _parameters(crs: pyproj.CRS) -> tuple[float | None, float | None]:
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None, None
    values = {parameter.name: parameter.value for parameter in operation.params}
    meridian = values.get("Longitude of natural origin")
    easting = values.get("False easting")
    is_zone = easting is not None and easting % _MILLION == _FALSE_EASTING
    return (meridian, easting) if is_zone and easting is not None else (None, None)


def _same_with_number(crs: pyproj.CRS, meridian: float, zone: int | None) -> str:
    geodetic = crs.geodetic_crs
    series = _FIRST_EPSG.get(geodetic.to_epsg() if geodetic is not None else 0)
    if series is None:
        return "EPSG:…"
    width = 3 if (zone is None and "3-degree" in crs.name) or (zone or 0) >= 25 else 6
    number = zone if zone is not None else round((meridian + (0 if width == 3 else 3)) / width)
    first = series[{3: 0, 6: 2}[width] + (zone is None)]
    return f"EPSG:{first + number - _FIRST_ZONE[width]}"
