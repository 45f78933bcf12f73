"""Rings that touch themselves in corners, which GEOS calls invalid, and what is inside them.

National layers have hundreds: a ring that passes a corner twice, where its ground hangs
together, or where a hole reaches it. Cut there into loops, such a ring winds around points as
its loops do. If they form valid polygons, it winds around each point once or not at all, as
a valid ring does: inside is then the same for winding numbers as for crossings counted by twos.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.rings import Rings

__all__ = ["wind_once"]

Floats = npt.NDArray[np.float64]
Loop = list[tuple[float, float]]

_SMALLEST_LOOP = 3


def wind_once(rings: Rings, is_valid: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which parts are valid, or one ring that only touches itself in corners.

    Parameters
    ----------
    rings : of the (p,) parts, finite
    is_valid : (p,) whether GEOS calls them valid
    """
    winds_once = is_valid.copy()
    for part in np.flatnonzero(~is_valid):
        here = slice(*np.searchsorted(rings.polygon, [part, part + 1]))
        if here.stop - here.start == 1:
            places = rings.coordinates[rings.first[here.start] : rings.stop[here.start]]
            winds_once[part] = _winds_once(places, int(rings.direction[here.start]))
    return winds_once


def _winds_once(places: Floats, direction: int) -> bool:
    """Tell it of one closed ring; `direction` is 1 where it runs counter-clockwise around all."""
    loops = _cut([(x, y) for x, y in places.tolist()])
    if len(loops) < 2 or min(map(len, loops)) < _SMALLEST_LOOP:
        return False  # it crosses itself, or goes somewhere and straight back
    lines = [shapely.linearrings(loop) for loop in loops]
    is_shell = shapely.is_ccw(lines) == (direction > 0)
    filled = shapely.polygons(lines)
    if direction == 0 or not shapely.is_valid(filled).all():
        return False
    shells, holes = np.flatnonzero(is_shell), np.flatnonzero(~is_shell)
    shell, hole = np.nonzero(shapely.contains(filled[shells][:, None], filled[holes]))
    if sorted(hole.tolist()) != list(range(len(holes))):
        return False  # ground to the wrong side of a loop, or within two
    whole = [
        shapely.Polygon(lines[each], [lines[holes[k]] for k in hole[shell == place]])
        for place, each in enumerate(shells)
    ]
    return bool(shapely.is_valid(shapely.multipolygons(whole)))


def _cut(places: Loop) -> list[Loop]:
    """Return the loops of a closed ring between visits of the same corner."""
    loops: list[Loop] = []
    path: Loop = []
    at: dict[tuple[float, float], int] = {}
    for place in places:
        if path and place == path[-1]:
            continue
        if place in at:
            begin = at[place]
            loops.append(path[begin:])
            for passed in path[begin + 1 :]:
                del at[passed]
            del path[begin + 1 :]
        else:
            at[place] = len(path)
            path.append(place)
    return loops
