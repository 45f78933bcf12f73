"""Metres called degrees and degrees called metres: who said so, and what to choose instead."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj

from geogrid.errors import CrsError
from geogrid.i18n import mark as _
from geogrid.reading.gauss_kruger import describe_numbers

__all__ = ["Stated", "no_degrees", "no_metres"]

Floats = npt.NDArray[np.float64]


class Stated(NamedTuple):
    """What a user said of a file.

    Attributes
    ----------
    datum
        If one was named.
    by_user
        Whether the reference system is the user's word and not the file's.
    """

    datum: str | None = None
    by_user: bool = False


def no_degrees(bounds: Floats, crs: pyproj.CRS, stated: Stated, name: str) -> CrsError:
    """Return the error of numbers in metres that are said to be degrees.

    Parameters
    ----------
    bounds : west, south, east, north of every geometry, float64[n, 4]
    crs : what they are said to be in
    stated : whether the user said so, or the file
    name : what to call the file in messages
    """
    chosen = _(
        "You chose longitude and latitude, but the coordinates of {file} are metres, like {x},"
        " {y}: choose a system in 3° zones (--crs EPSG:4547). {hint}"
    )
    return CrsError(
        chosen
        if stated.by_user
        else _(
            "{file} says it is in degrees ({crs}), but its numbers are like {x}, {y}: they are"
            " metres or feet. Give the right system, such as crs='EPSG:4547'"
            " (--crs EPSG:4547). {hint}"
        ),
        file=name,
        crs=crs.name,
        x=f"{bounds[0, 0]:.1f}",
        y=f"{bounds[0, 1]:.1f}",
        hint=describe_numbers(*np.median(bounds[:, :2], axis=0)),
    )


def no_metres(bounds: Floats, crs: pyproj.CRS, stated: Stated, name: str) -> CrsError:
    """Return the error of degrees that are said to be metres.

    Parameters
    ----------
    bounds : west, south, east, north of every geometry, float64[n, 4]
    crs : what they are said to be in
    stated : whether the user said so, or the file
    name : what to call the file in messages
    """
    chosen = _(
        "You chose a system in metres, but the coordinates of {file} are longitude and latitude,"
        " like {x}, {y}: choose a system in degrees (--crs EPSG:4490)."
    )
    return CrsError(
        chosen
        if stated.by_user
        else _(
            "{file} says it is in metres or feet ({crs}), but its numbers are like {x}, {y}:"
            " they are longitude and latitude. Give crs='EPSG:4490' (--crs EPSG:4490)."
        ),
        file=name,
        crs=crs.name,
        x=f"{np.median(bounds[:, [0, 2]]):.4f}",
        y=f"{np.median(bounds[:, [1, 3]]):.4f}",
    )
