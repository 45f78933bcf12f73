"""Narrow tails of pieces: where two borders run side by side before one turns away.

A tail is what a disc of the given width cannot reach. It is cut off by a chord of the disc
that stops there, so that it can go to the neighbour along it while the rest stays.
"""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.measure import zoom_points
from geogrid.coverage.widths import is_narrower, metres_per_unit, to_metres
from geogrid.topology import Floats

__all__ = ["tail_cuts"]

_CORE = 0.49
_OPENED = 1.01
_TRIM = 1e-4
_BEYOND = 0.02
_QUADRANT_SEGMENTS = 16
_AN_ARC = 2


def tail_cuts(shapes: Geometries, crs: pyproj.CRS, width_m: float) -> Floats:
    """Return lines that cut off the tails narrower than a width.

    Parameters
    ----------
    shapes : (n,) (Multi)Polygons
    crs : of their coordinates
    width_m : metres

    Returns
    -------
    (c, 2, 2) lines in the coordinates of the shapes, a little longer than the tails are wide.
    Corners of pieces are no tails: a tail holds more than the square of the width.
    """
    parts = np.asarray(shapely.get_parts(shapes), dtype=object)
    if not len(parts) or width_m <= 0.0:
        return np.zeros((0, 2, 2))
    centre = zoom_points(parts)
    scale = metres_per_unit(centre, crs)
    metric = to_metres(parts, centre, scale)
    wide = ~is_narrower(metric, width_m)
    metric, centre, scale = metric[wide], centre[wide], scale[wide]
    core = shapely.buffer(metric, -_CORE * width_m, quad_segs=_QUADRANT_SEGMENTS)
    opened = shapely.buffer(core, _CORE * _OPENED * width_m, quad_segs=_QUADRANT_SEGMENTS)
    rest, owner = shapely.get_parts(shapely.difference(metric, opened), return_index=True)
    is_tail = shapely.area(rest) > width_m * width_m
    rest, owner = rest[is_tail], owner[is_tail]
    near = shapely.buffer(shapely.boundary(metric[owner]), _TRIM * width_m)
    arcs = shapely.line_merge(shapely.difference(shapely.boundary(rest), near))
    arcs, tail = shapely.get_parts(arcs, return_index=True)
    is_arc = (shapely.get_num_points(arcs) >= _AN_ARC) & ~shapely.is_closed(arcs)
    arcs, owner = arcs[is_arc], owner[tail[is_arc]]
    chords = np.stack(
        [
            shapely.get_coordinates(shapely.get_point(arcs, 0)),
            shapely.get_coordinates(shapely.get_point(arcs, -1)),
        ],
        axis=1,
    )
    length = np.hypot(*(chords[:, 1] - chords[:, 0]).T)
    chords, owner, length = (each[length > 0.0] for each in (chords, owner, length))
    along = (chords[:, 1] - chords[:, 0]) / length[:, None] * _BEYOND * width_m
    chords = np.stack([chords[:, 0] - along, chords[:, 1] + along], axis=1)
    back = np.linalg.inv(scale)[owner]
    lines = np.einsum("nij,nkj->nki", back, chords) + centre[owner][:, None]
    return np.asarray(lines[np.lexsort(lines.reshape(-1, 4).T)])
