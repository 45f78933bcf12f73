"""Read and check the parameters of a request."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from geogrid.crs import DATUMS, to_wgs84
from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from web.described import query

__all__ = [
    "NEAR",
    "coordinates",
    "known_datum",
    "local_path",
    "metres",
    "page_number",
    "position_near",
]

NEAR = query(
    "near",
    {"type": "string", "examples": ["114.03,22.53"]},
    _("Longitude and latitude in WGS 84: of what fits as well the nearer comes first."),
)
"""The parameter of searches that may know where somebody is."""

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def local_path(text: str) -> str:
    """Return `text` if it is a path of this server, else that of the first page.

    Browsers take a backslash for a slash and leave tabs and ends of lines out.
    """
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if is_ours else "/"


def coordinates(arguments: Mapping[str, str]) -> tuple[float, float]:
    """Return longitude and latitude in WGS 84 from ``lon``, ``lat`` and ``datum``.

    Raises
    ------
    FieldError
        If one is missing, no number or out of range, or the datum is not named.
    """
    datum = known_datum(arguments.get("datum", ""))
    lon = _degrees(arguments, "lon", 180.0)
    lat = _degrees(arguments, "lat", 90.0)
    if lon == 0 and lat == 0:
        raise FieldError(_("0, 0 is no position: the device or the list had none."))
    converted = to_wgs84(lon, lat, datum)
    return float(converted[0]), float(converted[1])


def known_datum(text: str) -> str:
    """Return the datum that a request names.

    Raises
    ------
    FieldError
        It names none that is known.
    """
    datum = text.lower()
    if datum not in DATUMS:
        raise FieldError(
            _("Say the datum of the coordinates: datum= one of {known}."), known=", ".join(DATUMS)
        )
    return datum


def position_near(arguments: Mapping[str, str], datum: str = "wgs84") -> tuple[float, float] | None:
    """Return longitude and latitude (WGS 84) of ``near=``, which is in `datum`; None without it.

    Raises
    ------
    FieldError
        It is no position.
    """
    if "near" not in arguments:
        return None
    lon, _comma, lat = arguments["near"].partition(",")
    return coordinates({"lon": lon, "lat": lat, "datum": datum})


def metres(arguments: Mapping[str, str], name: str) -> float:
    """Return a length of 0 m or more, 0 where it is not given.

    Raises
    ------
    FieldError
        It is none.
    """
    text = arguments.get(name, "0").strip()
    if not NUMBER.fullmatch(text) or not 0 <= float(text) < math.inf:
        raise FieldError(
            _("{name}= must be metres, 0 or more, not “{text}”."), name=name, text=text[:40]
        )
    return float(text)


def _degrees(arguments: Mapping[str, str], name: str, largest: float) -> float:
    text = arguments.get(name, "")
    if not NUMBER.fullmatch(text.strip()):
        raise FieldError(
            _("{name}= must be a number of degrees, not “{text}”."), name=name, text=text[:40]
        )
    value = float(text)
    if not abs(value) <= largest:
        raise FieldError(
            _("{name}= must lie between −{largest} and {largest}, not {text}."),
            name=name,
            largest=int(largest),
            text=text[:40],
        )
    return value


def page_number(arguments: Mapping[str, str], rows: int, per_page: int) -> tuple[int, int]:
    """Return ``page=`` of a list of so many rows, and its number of pages.

    What is no number is the first page, what is past the end the last one.
    """
    text, pages = arguments.get("page", ""), max(1, -(-rows // per_page))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return min(max(number, 1), pages), pages
