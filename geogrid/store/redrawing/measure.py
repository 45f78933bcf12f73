"""Area to the left of borders and their length, in whole numbers that add up without rounding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyproj

from geogrid._authalic import edge_area
from geogrid.redraw.arc import UNITS, Arc, Integers, arc_segments

__all__ = ["AREA_UNITS", "LENGTH_UNITS", "measured"]

AREA_UNITS = 10_000
"""Of a square metre."""
LENGTH_UNITS = 1_000
"""Of a metre."""

_WGS84 = pyproj.Geod(ellps="WGS84")
_A, _E2 = float(_WGS84.a), float(_WGS84.es)


def measured(arcs: Sequence[Arc], origin: int) -> tuple[Integers, Integers]:
    """Return what each border adds to the area of its left side, and how long it is.

    Parameters
    ----------
    arcs : of a draft
    origin : a latitude near it, in units of 1e-9°, the same for all borders of the draft

    Returns
    -------
    (n,) areas in units of 1/:data:`AREA_UNITS` m², signed: those of the borders of a grid add up
    to its area, on the ellipsoid; and (n,) lengths in units of 1/:data:`LENGTH_UNITS` m.
    """
    if not arcs:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    start, end, owner = arc_segments(arcs)
    one, other = np.radians(start / UNITS), np.radians(end / UNITS)
    from_lat = np.full(len(one), np.radians(origin / UNITS))
    under = edge_area(one, other, from_lat, axis_m=_A, e2=_E2)
    middle = 0.5 * (one[:, 1] + other[:, 1])
    bend = 1.0 - _E2 * np.sin(middle) ** 2
    north = (other[:, 1] - one[:, 1]) * _A * (1.0 - _E2) / bend**1.5
    east = (other[:, 0] - one[:, 0]) * np.cos(middle) * _A / np.sqrt(bend)
    count = len(arcs)
    area = np.bincount(owner, under, count)
    length = np.bincount(owner, np.hypot(north, east), count)
    return _whole(area * AREA_UNITS), _whole(length * LENGTH_UNITS)


def _whole(values: np.ndarray) -> Integers:
    return np.rint(values).astype(np.int64)
