"""Read the place out of a link that somebody shared from a map.

Each map says in its links in which order the coordinates stand and, mostly, in which datum
(:data:`_APPS`). Nothing is fetched: a short link holds no coordinates, and that is said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import pyproj

from geogrid.crs import is_in_china

__all__ = ["LinkedPlace", "read_map_link"]

_LONGEST = 4000
_SCHEMES = "https?|geo|maps?|androidamap|iosamap|amapuri|baidumap|bdapp|qqmap|comgooglemaps"
_LINK = re.compile(
    rf"(?:(?:{_SCHEMES}):|(?<![\w.@])(?=(?:[a-z0-9-]+\.)+(?:com|cn|org|gl)/))"
    r"[^\s<>“”「」【】《》，。；！]+",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[\s【】「」《》“”<>:：，。,;；]+")
_NUMBER = r"-?\d+(?:\.\d+)?"
_PAIR = re.compile(r"(?<![\w.-])(-?\d+\.\d+)\s*[,|/ ]\s*(-?\d+\.\d+)(?![\d.])")
_METRES = re.compile(r"(?<![\w.-])(\d{6,8}(?:\.\d+)?)\s*[,|]\s*(\d{6,8}(?:\.\d+)?)(?![\d.])")
_GEO = re.compile(rf"geo:({_NUMBER}),({_NUMBER})", re.IGNORECASE)
_GOOGLE_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})")
_SEGMENT = re.compile(rf"({_NUMBER}),\s*\+?({_NUMBER})")
_AT = re.compile(rf"/(?:@|place/|search/)({_NUMBER}),\s*\+?({_NUMBER})")

_Order = Literal["lonlat", "latlon"]


class LinkedPlace(NamedTuple):
    """What a link says.

    Attributes
    ----------
    app
        Code of ``map_app`` in the vocabulary; ``""`` for a link of some other page.
    lon, lat
        Degrees of `datum`; NaN where the link holds no coordinates.
    datum
        One of :data:`geogrid.crs.DATUMS`; ``""`` where the app does not define it.
    words
        What else the text says: a name or an address, mostly.
    """

    app: str
    lon: float
    lat: float
    datum: str
    words: str


@dataclass(frozen=True)
class _App:
    """How one map writes its links.

    Attributes
    ----------
    hosts, schemes
        By which its links are known; a host stands for those below it too.
    datum
        ``""`` where it has to be asked.
    pairs
        Parameters that hold two coordinates and their order; the first that is there counts.
    singles
        Pairs of parameters: longitude and latitude.
    """

    hosts: tuple[str, ...]
    schemes: tuple[str, ...] = ()
    datum: str = ""
    pairs: tuple[tuple[str, _Order], ...] = ()
    singles: tuple[tuple[str, str], ...] = (("lon", "lat"), ("lng", "lat"))


_ANYWHERE: tuple[tuple[str, _Order], ...] = (
    ("ll", "latlon"), ("latlng", "latlon"), ("q", "latlon"), ("query", "latlon"),
    ("location", "latlon"), ("center", "lonlat"), ("position", "lonlat"), ("markers", "lonlat"),
)  # fmt: skip
_APPS: Mapping[str, _App] = {
    "amap": _App(
        ("amap.com", "gaode.com"),
        ("androidamap", "iosamap", "amapuri"),
        "gcj02",
        (
            ("to[lnglat]", "lonlat"), ("to", "lonlat"), ("position", "lonlat"),
            ("dest", "lonlat"), ("lnglat", "lonlat"),
            ("p", "latlon"), ("q", "latlon"), ("location", "lonlat"), ("markers", "lonlat"),
            ("center", "lonlat"),
        ),
        (("lon", "lat"), ("lng", "lat"), ("dlon", "dlat")),
    ),
    "baidu": _App(
        ("map.baidu.com",),
        ("baidumap", "bdapp"),
        "bd09",
        (
            ("location", "latlon"), ("destination", "latlon"), ("latlng", "latlon"),
            ("center", "latlon"), ("point", "lonlat"), ("c", "lonlat"),
        ),
    ),
    "tencent": _App(
        ("map.qq.com",),
        ("qqmap",),
        "gcj02",
        (("marker", "latlon"), ("tocoord", "latlon"), ("coord", "latlon"), ("center", "latlon")),
        (("pointx", "pointy"), ("lng", "lat"), ("lon", "lat")),
    ),
    "tianditu": _App(
        ("tianditu.gov.cn", "tianditu.cn", "tianditu.com"),
        (),
        "cgcs2000",
        (
            ("center", "lonlat"), ("position", "lonlat"), ("location", "lonlat"),
            ("markers", "lonlat"), ("lnglat", "lonlat"), ("latlng", "latlon"),
        ),
        (("lon", "lat"), ("lng", "lat"), ("x", "y")),
    ),
    "google": _App(
        ("google.com", "google.cn", "google.com.hk", "goo.gl"),
        ("comgooglemaps",),
        "",
        (
            ("query", "latlon"), ("destination", "latlon"), ("daddr", "latlon"), ("q", "latlon"),
            ("ll", "latlon"), ("center", "latlon"), ("viewpoint", "latlon"),
        ),
    ),
    "apple": _App(
        ("maps.apple.com", "maps.apple"),
        ("map", "maps"),
        "",
        (
            ("coordinate", "latlon"), ("daddr", "latlon"), ("ll", "latlon"), ("q", "latlon"),
            ("sll", "latlon"), ("center", "latlon"),
        ),
    ),
    "osm": _App(
        ("openstreetmap.org", "osm.org"), (), "wgs84", (("map", "latlon"),), (("mlon", "mlat"),)
    ),
    "geo": _App((), ("geo",), "wgs84", (("q", "latlon"),)),
    "": _App((), (), "", _ANYWHERE),
}  # fmt: skip
_DATUM_SAID = {
    ("amap", "coordinate", "wgs84"): "wgs84",
    ("amap", "dev", "1"): "wgs84",
    ("baidu", "coord_type", "wgs84"): "wgs84",
    ("baidu", "coord_type", "gcj02"): "gcj02",
    ("tencent", "coord_type", "1"): "wgs84",
}


def read_map_link(text: str) -> LinkedPlace | None:
    """Return the place of the first link in `text`, None when there is no link.

    Parameters
    ----------
    text
        A link alone, or what an app shares: a name, an address, a link.

    Examples
    --------
    >>> read_map_link("https://uri.amap.com/marker?position=114.0245,22.5363&name=x")
    LinkedPlace(app='amap', lon=114.0245, lat=22.5363, datum='gcj02', words='')
    >>> read_map_link("泰然七路 12 号") is None
    True
    """
    found = _LINK.search(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    words = _BRACKETS.sub(" ", text[: found.start()] + " " + text[found.end() :]).strip()
    link = found[0].replace("&amp;", "&").rstrip(").,;")
    try:
        parts = urlsplit(link if re.match(r"[A-Za-z]+:", link) else f"https://{link}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    app = _app_of(parts.scheme.lower(), host)
    # a page of one screen keeps its place behind the #
    fragment = parts.fragment.partition("?")[2] or parts.fragment
    given = dict(parse_qsl(fragment)) | dict(parse_qsl(parts.query))
    place = _place(app, given, unquote(link))
    if place is None:
        return LinkedPlace(app, math.nan, math.nan, "", words)
    return LinkedPlace(app, *place, _datum(app, given, *place), words)


def _app_of(scheme: str, host: str) -> str:
    for code, app in _APPS.items():
        if scheme in app.schemes or any(f".{host}".endswith(f".{own}") for own in app.hosts):
            return code
    return ""


def _datum(app: str, given: Mapping[str, str], lon: float, lat: float) -> str:
    for (whose, name, value), datum in _DATUM_SAID.items():
        if whose == app and given.get(name, "").lower() == value:
            return datum
    is_shifted = bool(is_in_china(lon, lat))
    return _APPS[app].datum if is_shifted or _APPS[app].datum else "wgs84"


def _place(app: str, given: Mapping[str, str], link: str) -> tuple[float, float] | None:
    """Return longitude and latitude, the pin before the middle of the view."""
    rule = _APPS[app]
    if app == "osm":  # map=17/22.5363/114.0245
        given = {**given, "map": given.get("map", "").partition("/")[2]}
    singles = (_degrees(given.get(lon), given.get(lat)) for lon, lat in rule.singles)
    pin = (_GOOGLE_PIN.search(link), "latlon") if app == "google" else (None, "latlon")
    ways = [pin, *((_PAIR.search(given.get(name, "")), order) for name, order in rule.pairs)]
    pairs = (_ordered(found, order) for found, order in ways)
    for place in (*singles, *pairs):
        if place is not None:
            return place
    if app == "baidu":
        return _from_metres(link)
    return _in_path(app, link)


def _in_path(app: str, link: str) -> tuple[float, float] | None:
    if app == "geo":
        return _ordered(_GEO.match(link), "latlon")
    if app == "amap":
        return _ordered(_PAIR.search(link.partition("lnglat=")[2]), "lonlat")
    _before, _way, way = link.partition("/dir/")  # to the last of its places
    stops = [stop for stop in way.partition("/@")[0].partition("?")[0].split("/") if stop]
    if stops and (last := _ordered(_SEGMENT.fullmatch(stops[-1]), "latlon")):
        return last
    return _ordered(_AT.search(link), "latlon")


def _ordered(found: re.Match[str] | None, order: str) -> tuple[float, float] | None:
    if found is None:
        return None
    lon, lat = (found[1], found[2]) if order == "lonlat" else (found[2], found[1])
    return _degrees(lon, lat) or _degrees(lat, lon)


def _degrees(lon: str | None, lat: str | None) -> tuple[float, float] | None:
    """Return two numbers that are a place; 0, 0 says that an app had none."""
    if not lon or not lat or not all(re.fullmatch(_NUMBER, each) for each in (lon, lat)):
        return None
    x, y = float(lon), float(lat)
    return (x, y) if abs(x) <= 180 and abs(y) <= 90 and (x or y) else None


def _from_metres(link: str) -> tuple[float, float] | None:
    """Return BD-09 degrees of Baidu's own metres; x is the larger one in all of China."""
    found = _METRES.search(link)
    if found is None:
        return None
    first, second = float(found[1]), float(found[2])
    lon, lat = _baidu_mercator()(max(first, second), min(first, second), inverse=True)
    return float(lon), float(lat)


@cache
def _baidu_mercator() -> pyproj.Proj:
    """Return the projection of bd09mc.

    Baidu publishes it as polynomials; they are the Mercator projection of Clarke's ellipsoid of
    1866 to within a centimetre.
    """
    return pyproj.Proj(proj="merc", ellps="clrk66")
