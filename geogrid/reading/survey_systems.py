"""The coordinate systems that Chinese offices work in, as people name them, to EPSG codes.

A drawing in metres is nearly always on a Gauss–Krüger grid of 3° or 6° zones, either with
the zone's number before the easting (eight digits before the point) or without it (six).
Which of the two shows in the numbers; the system and the meridian are for a person to say.
The codes are those of the EPSG registry, which numbers each family without gaps from 75°E.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pyproj

from geogrid.errors import CrsError
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = ["MERIDIANS", "SYSTEMS", "Family", "crs_name", "guess_meridian", "system_options"]


class Family(NamedTuple):
    """The Gauss–Krüger zones of one datum.

    Attributes
    ----------
    by_zone, by_meridian
        EPSG code of the zone of 75°E with and without the zone's number before the easting.
    width
        Degrees of a zone.
    """

    by_zone: int
    by_meridian: int
    width: int


FAMILIES: Mapping[str, Family] = {
    "cgcs2000_3": Family(4513, 4534, 3),
    "cgcs2000_6": Family(4491, 4502, 6),
    "xian80_3": Family(2349, 2370, 3),
    "beijing54_3": Family(2401, 2422, 3),
}

SYSTEMS: Mapping[str, str] = {
    "cgcs2000_3": _("CGCS2000, metres in 3° zones"),
    "cgcs2000": _("CGCS2000, degrees (longitude, latitude)"),
    "wgs84": _("WGS 84, degrees (GPS)"),
    "gcj02": _("GCJ-02 (AMap, Tencent)"),
    "bd09": _("BD-09 (Baidu)"),
    "cgcs2000_6": _("CGCS2000, metres in 6° zones"),
    "xian80_3": _("Xi'an 1980, metres in 3° zones"),
    "beijing54_3": _("Beijing 1954, metres in 3° zones"),
    "epsg": _("Another one: I know its EPSG number"),
}
"""System to its plain name, the most usual first."""

MERIDIANS: Mapping[int, str] = {
    75: "", 78: "", 81: "", 84: "", 87: _("Ürümqi"), 90: _("Lhasa"), 93: "", 96: "", 99: "",
    102: _("Kunming, Xining"), 105: _("Chengdu, Lanzhou, Yinchuan"),
    108: _("Xi'an, Guiyang, Nanning"), 111: _("Hohhot, Haikou"),
    114: _("Shenzhen, Guangzhou, Wuhan, Zhengzhou, Changsha, Shijiazhuang"),
    117: _("Beijing, Tianjin, Jinan, Hefei, Nanchang"),
    120: _("Nanjing, Hangzhou, Fuzhou, Qingdao"), 123: _("Shenyang"),
    126: _("Changchun, Harbin"), 129: "", 132: "", 135: "",
}  # fmt: skip
"""Central meridian in degrees east to large cities that use it."""

_FIRST = 75
_ZONE_FROM_M = 13_000_000
_ZONE_M = 1_000_000
_DEGREES = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490"}
_SHIFTED = ("gcj02", "bd09")


def system_options(
    system: str, *, meridian: int | None = None, epsg: str = "", x_max: float = 0.0
) -> dict[str, str]:
    """Return the options of ``read_boundaries`` that a person's choice means.

    Parameters
    ----------
    system
        One of :data:`SYSTEMS`, or ``""`` for what the file says.
    meridian
        Central meridian in degrees, for systems in metres.
    epsg
        Number for the system ``"epsg"``, with or without ``EPSG:``.
    x_max
        Largest easting in the file; from 13,000,000 it carries the zone's number.

    Returns
    -------
    dict
        ``{"crs": …}``, ``{"datum": …}`` or nothing.

    Raises
    ------
    CrsError
        The choice is not complete.

    Examples
    --------
    >>> system_options("cgcs2000_3", meridian=114, x_max=506_000.0)
    {'crs': 'EPSG:4547'}
    >>> system_options("cgcs2000_3", meridian=114, x_max=38_506_000.0)
    {'crs': 'EPSG:4526'}
    >>> system_options("gcj02")
    {'datum': 'gcj02'}
    """
    if not system:
        return {}
    if system in _SHIFTED:
        return {"datum": system}
    if system in _DEGREES:
        return {"crs": _DEGREES[system]}
    if system in FAMILIES:
        return {"crs": f"EPSG:{_zone_code(FAMILIES[system], meridian, x_max)}"}
    number = epsg.strip().upper().removeprefix("EPSG").strip(": ")
    if system != "epsg" or not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise CrsError(_("Give the EPSG number of the coordinate system, such as 4547."))
    return {"crs": f"EPSG:{number}"}


def _zone_code(family: Family, meridian: int | None, x_max: float) -> int:
    if meridian is None or meridian not in MERIDIANS or (meridian - _FIRST) % family.width:
        raise CrsError(_("Choose the central meridian of the coordinate system."))
    first = family.by_zone if x_max >= _ZONE_FROM_M else family.by_meridian
    return first + (meridian - _FIRST) // family.width


def guess_meridian(x_max: float) -> int | None:
    """Return the 3° meridian that the zone's number before the easting says, if there is one.

    Examples
    --------
    >>> guess_meridian(38_506_000.0), guess_meridian(506_000.0)
    (114, None)
    """
    zone = int(x_max // _ZONE_M)
    return zone * 3 if zone * 3 in MERIDIANS and x_max >= _ZONE_FROM_M else None


def crs_name(crs: pyproj.CRS, language: str) -> str:
    """Return what people call a CRS, with its EPSG number where it has one.

    Examples
    --------
    >>> crs_name(pyproj.CRS("EPSG:4547"), "en")
    'CGCS2000, metres in 3° zones, central meridian 114° (EPSG:4547)'
    >>> crs_name(pyproj.CRS("EPSG:2232"), "en")
    'NAD83 / Colorado Central (ftUS) (EPSG:2232)'
    """
    number = crs.to_epsg()
    if number is None:
        return str(crs.name)
    name = next((system for system, code in _DEGREES.items() if code == f"EPSG:{number}"), "")
    words = translate(SYSTEMS[name], language) if name else _zone_name(number, language)
    return f"{words or crs.name} (EPSG:{number})"


def _zone_name(number: int, language: str) -> str:
    for system, family in FAMILIES.items():
        for first in (family.by_zone, family.by_meridian):
            meridian = _FIRST + (number - first) * family.width
            if _FIRST <= meridian <= max(MERIDIANS):
                return translate(
                    _("{system}, central meridian {meridian}°"),
                    language,
                    system=translate(SYSTEMS[system], language),
                    meridian=meridian,
                )
    return ""
