"""Whether points lie where the addresses beside them are, or would under another datum.

The datums in use lie 300 to 800 m apart in China. Where a list has both coordinates and
addresses, the distance between the two shows a wrong datum even in the middle of a plan,
where no point falls outside. This only says so; the datum stays the one that was named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geogrid.crs import geodesic_m, to_wgs84
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = ["DATUM_NAMES", "DatumName", "beside_addresses", "compare_with_addresses", "sharpened"]

DATUM_NAMES: dict[str, str] = {
    "wgs84": _("WGS 84 (GPS)"),
    "cgcs2000": _("CGCS2000 (China's survey system)"),
    "gcj02": _("GCJ-02 (AMap, Tencent)"),
    "bd09": _("BD-09 (Baidu)"),
}
"""Datum to its plain name."""

_RIVALS = ("wgs84", "gcj02", "bd09")
_FEWEST = 5
_FAR_M = 150.0
_NEARER = 0.4
_COMPARED = 500


class DatumName(NamedTuple):
    """A datum as a value of a message: its name in the language of the message."""

    datum: str

    def text(self, language: str = "en") -> str:
        """Return the plain name."""
        return translate(DATUM_NAMES[self.datum], language)


def compare_with_addresses(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    datum: str,
    *,
    address_lon: npt.ArrayLike,
    address_lat: npt.ArrayLike,
) -> Finding | None:
    """Say when another datum brings the points much nearer to their addresses.

    Parameters
    ----------
    lon, lat
        (n,) degrees as written, in `datum`; NaN where there are none.
    datum
        The one named.
    address_lon, address_lat
        (n,) degrees in WGS 84 of the same rows' addresses, NaN where they are not known.

    Returns
    -------
    Finding or None
        ``"other_datum"``; None when the points are within 150 m of their addresses on the
        median, when no datum makes it less than two fifths, or with fewer than five pairs.

    Examples
    --------
    >>> from geogrid.crs import from_wgs84
    >>> lon, lat = [114.05 + n / 1000 for n in range(9)], [22.54] * 9
    >>> shifted = from_wgs84(lon, lat, "gcj02")
    >>> finding = compare_with_addresses(*shifted, "wgs84", address_lon=lon, address_lat=lat)
    >>> finding.params["other"].datum
    'gcj02'
    """
    numbers = [np.asarray(each, np.float64) for each in (lon, lat, address_lon, address_lat)]
    known = np.isfinite(numbers).all(axis=0)
    if known.sum() < _FEWEST:
        return None
    x, y, at_x, at_y = (each[known] for each in numbers)
    off_m = {
        each: float(np.median(geodesic_m(*to_wgs84(x, y, each), at_x, at_y)))
        for each in (*_RIVALS, datum)
    }
    best = min(off_m, key=lambda each: off_m[each])
    if off_m[datum] < _FAR_M or off_m[best] > _NEARER * off_m[datum]:
        return None
    return Finding(
        "other_datum",
        _(
            "The points lie {far} m from their addresses; read as {other} it would be {near} m."
            " Was {named} the right choice?"
        ),
        {
            "far": round(off_m[datum]),
            "near": round(off_m[best]),
            "other": DatumName(best),
            "named": DatumName(datum),
        },
    )


def beside_addresses(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    addresses: Sequence[str],
    datum: str,
    find_address: Callable[[Sequence[str]], list[tuple[float, float, str] | None]],
) -> Finding | None:
    """Look up the addresses of some rows, evenly spread, and compare their points with them.

    Parameters
    ----------
    lon, lat
        (n,) degrees as written, in `datum`.
    addresses
        (n,) texts, ``""`` where there is none.
    datum
        The one named.
    find_address
        Longitude, latitude (WGS 84) and label of each text, None where it is not known.
    """
    numbers = np.column_stack([np.asarray(axis, np.float64) for axis in (lon, lat)])
    given = [at for at, text in enumerate(addresses) if text and np.isfinite(numbers[at]).all()]
    some = given[:: max(1, len(given) // _COMPARED)]
    found = find_address([addresses[at] for at in some]) if some else []
    places = np.array([place[:2] if place else (np.nan, np.nan) for place in found]).reshape(-1, 2)
    x, y = numbers[some].T
    return compare_with_addresses(x, y, datum, address_lon=places[:, 0], address_lat=places[:, 1])


def sharpened(said: Sequence[Finding], by_addresses: Finding | None) -> list[Finding]:
    """Return findings with what addresses say of the datum, which is more than grids do."""
    if by_addresses is None:
        return list(said)
    return [by_addresses, *(each for each in said if each.kind != "datum_suspected")]
