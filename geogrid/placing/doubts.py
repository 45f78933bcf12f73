"""Doubts about a list of points that only show against the grids: wrong datum, swapped axes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyproj

from geogrid.crs import DATUMS, to_wgs84
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.locate import GridIndex, locate
from geogrid.placing.grid_layer import WGS84
from geogrid.reading.gauss_kruger import other_zones

__all__ = ["find_swapped", "shares_by_datum", "suspect_other_datum", "suspect_other_zone"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

_IN_A_GRID = _(
    "Read as {datum}, {said:.0%} of the points lie in the grids; as {other} it would be"
    " {better:.0%}. Is the datum right?"
)
_IN_THEIR_GRID = _(
    "Read as {datum}, {said:.0%} of the points lie in the grid that their own row names; as"
    " {other} it would be {better:.0%}. Is the datum right?"
)
_IN_ANOTHER_ZONE = _(
    "Read as {datum}, {said:.0%} of the points lie in the grids; as {other} it would be"
    " {better:.0%}. Is the zone right?"
)
_SAMPLE = 5_000
_FEWEST = 10
_GAIN = 0.10
_MOST_INSIDE = 0.5


def shares_by_datum(
    index: GridIndex, lon: Floats, lat: Floats, named: Integers | None = None
) -> dict[str, float]:
    """Return the share of points that lie where they should, read under each datum.

    Parameters
    ----------
    index
        Of grids in WGS 84.
    lon, lat : (n,) finite degrees, as written; n > 0
    named : (n,) position of the grid that each row itself names
        The point should lie in it; without `named`, in any grid.
    """

    def share(datum: str) -> float:
        found = locate(index, *to_wgs84(lon, lat, datum))
        return float((found >= 0 if named is None else found == named).mean())

    shares = {datum: share(datum) for datum in DATUMS if datum != "cgcs2000"}
    return shares | {"cgcs2000": shares["wgs84"]}


def suspect_other_datum(
    index: GridIndex, lon: Floats, lat: Floats, datum: str, named: Integers | None = None
) -> Finding | None:
    """Say when many more points would lie in the grids under another datum.

    Parameters
    ----------
    index
        Of grids in WGS 84.
    lon, lat : (n,) finite degrees, as written
    datum
        What they are said to be in.
    named : (n,) position of the grid that each row itself names, −1 where it names none
        Where ten rows name one, only these count, each in its own grid: an offset then shows
        in the middle of a plan too, where no point falls outside.

    Returns
    -------
    Finding with both shares, or None. Grids much larger than the shift (some 500 m) give no
    evidence either way.
    """
    if named is not None:
        says = named >= 0
        shares = _sampled(index, lon[says], lat[says], named[says])
        if max(shares.values(), default=0.0) >= _MOST_INSIDE:  # else they name another plan's
            return _doubt(shares, datum, _IN_THEIR_GRID)
    return _doubt(_sampled(index, lon, lat), datum, _IN_A_GRID)


def suspect_other_zone(index: GridIndex, x: Floats, y: Floats, crs: pyproj.CRS) -> Finding | None:
    """Say when many more points would lie in the grids in another Gauss–Krüger zone.

    Parameters
    ----------
    index
        Of grids in WGS 84.
    x, y : (n,) finite eastings and northings, as written
    crs
        What they are said to be in.
    """
    zones = other_zones(crs)
    if len(x) < _FEWEST or not zones:
        return None
    some = slice(None, None, max(1, len(x) // _SAMPLE))

    def share(system: object) -> float:
        to_degrees = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
        lon, lat = to_degrees.transform(x[some], y[some])
        return float((locate(index, lon, lat) >= 0).mean())

    own = crs.to_string()
    shares = {own: share(crs)}
    if shares[own] < 1.0 - _GAIN:
        shares |= {zone: share(zone) for zone in zones if zone != own}
    return _doubt(shares, own, _IN_ANOTHER_ZONE)


def _sampled(
    index: GridIndex, lon: Floats, lat: Floats, named: Integers | None = None
) -> dict[str, float]:
    """Return the shares of some points, evenly spread; none of too few."""
    if len(lon) < _FEWEST:
        return {}
    some = slice(None, None, max(1, len(lon) // _SAMPLE))
    return shares_by_datum(index, lon[some], lat[some], None if named is None else named[some])


def _doubt(shares: dict[str, float], datum: str, message: str) -> Finding | None:
    other = max(shares, key=lambda name: shares[name], default=datum)
    if not shares or shares[other] < _MOST_INSIDE or shares[other] - shares[datum] < _GAIN:
        return None
    return Finding(
        "datum_suspected",
        message,
        {"datum": datum, "said": shares[datum], "other": other, "better": shares[other]},
    )


def find_swapped(
    index: GridIndex,
    x: Floats,
    y: Floats,
    convert: Callable[[Floats, Floats], tuple[Floats, Floats]],
) -> npt.NDArray[np.bool_]:
    """Return which points outside all grids lie in one when x and y change places.

    Parameters
    ----------
    index
        Of grids in WGS 84.
    x, y : (n,) coordinates as written, finite
    convert
        From what is written to WGS 84.
    """
    lon, lat = convert(y, x)
    usable = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)
    swapped = np.zeros(len(x), np.bool_)
    swapped[usable] = locate(index, lon[usable], lat[usable]) >= 0
    return swapped
