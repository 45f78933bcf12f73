"""The pieces into which lines divide a face: walked around, holes put where they belong."""

from __future__ import annotations

from collections.abc import Sequence

from geogrid.i18n import mark as _
from geogrid.redraw._exactly import doubled_area
from geogrid.redraw._walking import closed_path, holds, inner_point, walks
from geogrid.redraw.arc import Integers
from geogrid.redraw.errors import RedrawError

__all__ = ["Half", "face_pieces"]

Half = tuple[int, bool]
"""A stretch by number, and whether it runs as that does; the face is to its left."""


def face_pieces(halves: Sequence[Half], paths: Sequence[Integers]) -> list[list[Half]]:
    """Return the pieces of one face by the halves around them.

    Parameters
    ----------
    halves : all that have the face to their left; lines that divide it come in both directions
    paths : (k, 2) of each stretch

    Raises
    ------
    RedrawError
        Rounding made stretches cross.
    """
    ways = [paths[number] if forward else paths[number][::-1] for number, forward in halves]
    cycles = walks(ways)
    closed = [closed_path(ways, cycle) for cycle in cycles]
    areas = [doubled_area(path) for path in closed]
    outer = [at for at, area in enumerate(areas) if area > 0]
    pieces = {at: [halves[way] for way in cycles[at]] for at in outer}
    for at, cycle in enumerate(cycles):
        if at in pieces:
            continue
        turned = {(number, not forward) for number, forward in (halves[way] for way in cycle)}
        point = inner_point(ways[cycle[0]])
        around = [
            one
            for one in outer
            if not turned.intersection(pieces[one]) and holds(closed[one], point)
        ]
        if not around:
            x, y = (point // 2).tolist()
            raise RedrawError(
                _("Corners lie too close together here; draw a little further off."), at=(x, y)
            )
        pieces[min(around, key=lambda one: areas[one])] += [halves[way] for way in cycle]
    return list(pieces.values())
