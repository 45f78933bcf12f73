"""Doubts about a list of points that only show against the grids: wrong datum, swapped axes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from geogrid.crs import DATUMS, to_wgs84
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.locate import GridIndex, locate

__all__ = ["find_swapped", "suspect_other_datum"]

Floats = npt.NDArray[np.float64]

_SAMPLE = 5_000
_FEWEST = 10
_GAIN = 0.10
_MOST_INSIDE = 0.5


def suspect_other_datum(index: GridIndex, lon: Floats, lat: Floats, datum: str) -> Finding | None:
    """Say when many more points would lie in the grids under another datum.

    Parameters
    ----------
    index
        Of grids in WGS 84.
    lon, lat : (n,) finite degrees, as written
    datum
        What they are said to be in.

    Returns
    -------
    Finding with both shares, or None. Grids much larger than the shift (some 500 m) give no
    evidence either way.
    """
    step = max(1, len(lon) // _SAMPLE)
    lon, lat = lon[::step], lat[::step]
    if len(lon) < _FEWEST:
        return None
    shares = {
        name: float((locate(index, *to_wgs84(lon, lat, name)) >= 0).mean())
        for name in DATUMS
        if name != "cgcs2000"
    }
    said = shares["wgs84" if datum == "cgcs2000" else datum]
    other = max(shares, key=lambda name: shares[name])
    if shares[other] < _MOST_INSIDE or shares[other] - said < _GAIN:
        return None
    return Finding(
        "datum_suspected",
        _(
            "Read as {datum}, {said:.0%} of the points lie in the grids; as {other} it would be"
            " {better:.0%}. Is the datum right?"
        ),
        {"datum": datum, "said": said, "other": other, "better": shares[other]},
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
