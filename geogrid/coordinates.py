"""Read a longitude and a latitude out of what somebody typed or pasted.

``114.0245, 22.5363``, ``22.5363,114.0245``, ``１１４。０２４５，２２。５３６３`` and
``N22°32′10.7″ E114°1′28.2″`` all say the same place. What the numbers cannot say is their
datum; that has to be asked, unless it is written beside them (:func:`datum_said`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

__all__ = ["TypedCoordinates", "datum_said", "read_coordinates"]

_LONGEST = 120
_SPELLINGS = {
    "东经": "e", "東經": "e", "西经": "w", "西經": "w", "北纬": "n", "北緯": "n",
    "南纬": "s", "南緯": "s", "经度": "e", "經度": "e", "纬度": "n", "緯度": "n",
    "度": "°", "分": "'", "秒": '"', "−": "-", "–": "-",
    "′": "'", "’": "'", "‘": "'", "”": '"', "“": '"',
    "、": ",", ";": ",", "|": ",", "/": ",", "&": ",",
}  # fmt: skip
_WORDS = (
    (re.compile(r"longitude|long|lon|lng"), "e"),
    (re.compile(r"latitude|lat"), "n"),
    (re.compile(r"^\s*point\b|[()\[\]{}:=]"), " "),
    (re.compile(r"(?<=\d)。(?=\d)"), "."),
    (re.compile(r"''"), '"'),
)
_DATUM_WORDS = {
    "wgs84": r"wgs[-_ ]?(?:19)?84(?:坐标系?)?|gps",
    "cgcs2000": r"(?:国家|大地)?2000(?:国家大地)?坐标系?|cgcs[-_ ]?2000(?:坐标系?)?|天地图",
    "gcj02": r"gcj[-_ ]?02(?:坐标系?)?|(?:火星|国测局)坐标系?|(?:高德|腾讯)(?:地图)?(?:坐标)?|amap",
    "bd09": r"bd[-_ ]?09(?:ll)?(?:坐标系?)?|百度(?:地图)?(?:坐标)?|baidu",
}
_ANY_DATUM = "|".join(f"(?P<{datum}>{words})" for datum, words in _DATUM_WORDS.items())
_DATUM_BEFORE = re.compile(rf"^[(\[]?(?:{_ANY_DATUM})[\s:,)\]]*")
_DATUM_AFTER = re.compile(rf"[\s,;([]*(?:{_ANY_DATUM})[)\]]?$")
_ANGLE = (
    r"(?P<before{n}>[nsew])?\s*(?P<sign{n}>[-+])?(?P<degrees{n}>\d{{1,3}}(?:\.\d*)?)\s*"
    r"(?P<mark{n}>°)?\s*(?:(?P<minutes{n}>\d{{1,2}}(?:\.\d*)?)\s*'\s*"
    r"(?:(?P<seconds{n}>\d{{1,2}}(?:\.\d*)?)\s*\"\s*)?)?(?(before{n})|(?P<after{n}>[nsew])?)"
)
_PAIR = re.compile(
    rf"\s*{_ANGLE.format(n=1)}(?:\s*,\s*|\s+|(?<=[nsew°'\"])){_ANGLE.format(n=2)}\s*,?\s*"
)


class TypedCoordinates(NamedTuple):
    """A place as typed, in degrees of a datum that is not known yet."""

    lon: float
    lat: float


class _Angle(NamedTuple):
    """One number of a pair: degrees, what it says of itself, and whether it looks like one."""

    degrees: float
    axis: str
    is_marked: bool


def read_coordinates(
    text: str, *, near: tuple[float, float] | None = None
) -> TypedCoordinates | None:
    """Return the longitude and latitude in `text`, or None when it says something else.

    Parameters
    ----------
    text
        Two numbers in any order, also full-width, with ``°``, ``′``, ``″``, ``N``/``东经``,
        brackets or names. Two bare whole numbers are not taken for a place.
    near
        Longitude and latitude of a point of the area of interest. It decides which number
        is which where nothing else does: neither says so and both are at most 90. Without
        it the longitude is taken to come first.

    Examples
    --------
    >>> read_coordinates("22.5363，114.0245")
    TypedCoordinates(lon=114.0245, lat=22.5363)
    >>> read_coordinates("泰然七路 12 号") is None
    True
    """
    found = _PAIR.fullmatch(_plain(text)) if len(text) <= _LONGEST else None
    if found is None:
        return None
    first, second = _angle(found, 1), _angle(found, 2)
    if first is None or second is None or not (first.is_marked or second.is_marked):
        return None
    return _in_order(first, second, near)


def datum_said(text: str) -> tuple[str, str]:
    """Return the text without the words that name a datum or a map, and the datum.

    Examples
    --------
    >>> datum_said("高德：114.0245,22.5363")
    ('114.0245,22.5363', 'gcj02')
    >>> datum_said("114.0245,22.5363 (WGS-84)")
    ('114.0245,22.5363', 'wgs84')
    >>> datum_said("114.0245,22.5363")
    ('114.0245,22.5363', '')
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).strip()
    for pattern in (_DATUM_BEFORE, _DATUM_AFTER):
        found = pattern.search(plain.lower())
        if found is not None:
            rest = plain[: found.start()] + plain[found.end() :]
            return rest.strip(), str(found.lastgroup)
    return text, ""


def _plain(text: str) -> str:
    for odd, plain in (("º", "°"), ("˚", "°"), ("″", '"')):
        text = text.replace(odd, plain)  # NFKC would tear these apart
    text = unicodedata.normalize("NFKC", text).lower()
    for spelling, plain in _SPELLINGS.items():
        text = text.replace(spelling, plain)
    for pattern, plain in _WORDS:
        text = pattern.sub(plain, text)
    return text.strip()


def _angle(found: re.Match[str], n: int) -> _Angle | None:
    part = {name[:-1]: value for name, value in found.groupdict().items() if name.endswith(str(n))}
    minutes, seconds = float(part["minutes"] or 0), float(part["seconds"] or 0)
    letter = part["before"] or part["after"] or ""
    if minutes >= 60 or seconds >= 60:
        return None
    degrees = float(part["degrees"]) + minutes / 60 + seconds / 3600
    if (part["sign"] == "-") != (letter in {"s", "w"}):
        degrees = -degrees
    axis = {"e": "lon", "w": "lon", "n": "lat", "s": "lat", "": ""}[letter]
    return _Angle(degrees, axis, bool(letter or part["mark"] or "." in part["degrees"]))


def _in_order(
    first: _Angle, second: _Angle, near: tuple[float, float] | None
) -> TypedCoordinates | None:
    """Decide which of two angles is the longitude; None where neither way makes a place."""
    as_typed = TypedCoordinates(first.degrees, second.degrees)
    turned = TypedCoordinates(second.degrees, first.degrees)
    possible = []
    for pair, lon, lat in ((as_typed, first, second), (turned, second, first)):
        fits = abs(pair.lon) <= 180 and abs(pair.lat) <= 90
        if fits and lon.axis != "lat" and lat.axis != "lon":
            possible.append(pair)
    if len(possible) == 2 and near is not None:
        possible.sort(key=lambda pair: math.hypot(pair.lon - near[0], pair.lat - near[1]))
    return possible[0] if possible else None
