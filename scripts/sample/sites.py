"""Where buildings stand: on a lattice along the longer side of each finest grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Plot", "lay_out", "survey"]

_INSETS_M = (10.0, 8.0, 6.0, 4.5)


@dataclass(frozen=True)
class Plot:
    """The part of a grid that may be built on, in metres, and the direction of its rows."""

    inside: shapely.Geometry
    along: npt.NDArray[np.float64]
    margin_m: float


def survey(polygon: shapely.Polygon) -> Plot:
    """Return the plot of a grid (metres): everything some metres from its border."""
    for margin in _INSETS_M:
        inside = shapely.buffer(polygon, -margin, join_style="mitre")
        if inside.area > 0.25 * polygon.area:
            break
    corners = np.round(shapely.get_coordinates(shapely.oriented_envelope(polygon))[:3], 3)
    sides = np.diff(corners, axis=0)
    longer = sides[int(np.argmax(np.round(np.hypot(*sides.T), 3)))]
    return Plot(inside, np.round(longer / np.hypot(*longer), 6), margin)


def lay_out(plot: Plot, count: int, shift: float) -> npt.NDArray[np.float64]:
    """Return `count` places (n, 2) in metres, row by row.

    Parameters
    ----------
    plot
        Where to build.
    count
        Number of buildings.
    shift
        0..1, moves the lattice so that neighbouring grids do not look alike.
    """
    across = np.array([-plot.along[1], plot.along[0]])
    centre = np.round(shapely.get_coordinates(shapely.centroid(plot.inside))[0], 2)
    reach = float(np.hypot(*np.ptp(np.array(plot.inside.bounds).reshape(2, 2), axis=0)))
    spacing = (plot.inside.area / count) ** 0.5
    while True:
        steps = np.arange(-np.ceil(reach / spacing), np.ceil(reach / spacing) + 1)
        v, u = np.meshgrid(steps * spacing, (steps + shift * 0.8) * spacing, indexing="ij")
        places = centre + u.reshape(-1, 1) * plot.along + v.reshape(-1, 1) * across
        places = np.round(places, 2)
        places = places[shapely.contains_xy(plot.inside, places[:, 0], places[:, 1])]
        if len(places) >= count:
            chosen = ((np.arange(count) + 0.5) * len(places) / count).astype(int)
            return np.asarray(places[chosen])
        spacing *= 0.93
