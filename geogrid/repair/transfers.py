"""Faces on their way from the grids that lose them to the grid that gets them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.repair.decisions import Verdicts
from geogrid.repair.mosaic import Mosaic
from geogrid.repair.standing import Standing
from geogrid.topology import Integers

__all__ = ["Transfer", "whole_transfers"]


@dataclass(frozen=True)
class Transfer:
    """One face that changes hands.

    Attributes
    ----------
    face
        The face of the mosaic that it is, or is part of.
    receiver
        The item that gets it, −1 for nobody.
    losers
        The items that lose it, ascending.
    start, end
        (b,) directed border, the face to its left; positions in the vertices.
    place
        The face.
    defects
        Positions in the docket.
    keepers
        The item that has it already and keeps it, if any.
    riders
        Positions in the docket of the defects that are settled with them.
    """

    face: int
    receiver: int
    losers: tuple[int, ...]
    start: Integers
    end: Integers
    place: shapely.Polygon
    defects: tuple[int, ...]
    keepers: tuple[int, ...] = ()
    riders: tuple[int, ...] = ()

    @property
    def items(self) -> tuple[int, ...]:
        """Everybody whose outline changes."""
        return self.losers if self.receiver < 0 else (*self.losers, self.receiver)


def whole_transfers(mosaic: Mosaic, standing: Standing, verdicts: Verdicts) -> list[Transfer]:
    """Return the settled faces as transfers, in the order of the faces."""
    found = []
    for face, receiver in sorted(verdicts.receiver.items()):
        grids = {item for item in mosaic.cover[face] if item < standing.grids}
        atom, turn = mosaic.border([face])
        low, high = mosaic.low[atom], mosaic.high[atom]
        found.append(
            Transfer(
                face,
                -1 if receiver in grids else receiver,
                tuple(sorted(grids - {receiver})),
                np.where(turn > 0, low, high),
                np.where(turn > 0, high, low),
                mosaic.faces[face],
                verdicts.defects[face],
                tuple({receiver} & grids),
                verdicts.riders.get(face, ()),
            )
        )
    return found
