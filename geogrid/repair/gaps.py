"""Who gets a gap: the one grid beside it, or each grid beside it the part nearest to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.repair.decisions import Verdicts
from geogrid.repair.docket import Docket
from geogrid.repair.mosaic import Mosaic
from geogrid.repair.standing import Standing
from geogrid.topology import Integers

__all__ = ["GapBorder", "decide_gaps", "gap_border"]

NOBODY = -1


@dataclass(frozen=True)
class GapBorder:
    """The border of a face that nobody covers, with who is beside it.

    Attributes
    ----------
    atom, turn
        (b,) the atoms; 1 where the face is to the left of low → high, else −1.
    item
        (b,) the grid that will be across each, −1 where it is none that may grow.
    """

    atom: Integers
    turn: Integers
    item: Integers


def gap_border(mosaic: Mosaic, standing: Standing, verdicts: Verdicts, face: int) -> GapBorder:
    """Return who is beside a gap once overlaps and spill are settled.

    Parameters
    ----------
    mosaic, standing : the faces, and who may change
    verdicts : with the faces that grids cover settled
    face : the gap
    """
    atom, turn = mosaic.border([face])
    item = [
        _across(mosaic, standing, verdicts, *one)
        for one in zip(atom.tolist(), turn.tolist(), strict=True)
    ]
    return GapBorder(atom, turn, np.array(item, dtype=np.int64))


def _across(mosaic: Mosaic, standing: Standing, verdicts: Verdicts, atom: int, turn: int) -> int:
    other = mosaic.beyond(atom, turn)
    if other in verdicts.receiver:
        item = verdicts.receiver[other]
        return item if item >= 0 and not standing.is_locked[item] else NOBODY
    beside = [
        item
        for item, side in mosaic.uses(atom)
        if side == -turn
        and item < standing.grids
        and not standing.is_locked[item]
        and item not in verdicts.covered
    ]
    return min(beside, key=lambda item: int(standing.rank[item]), default=NOBODY)


def decide_gaps(
    mosaic: Mosaic, standing: Standing, docket: Docket, verdicts: Verdicts
) -> dict[int, GapBorder]:
    """Return the gaps to fill with their borders; those with one neighbour are settled.

    Parameters
    ----------
    mosaic, standing : the faces, and what decides between grids
    docket : refusals are written into it
    verdicts : with the faces that grids cover settled; gaps with one neighbour are added
    """
    open_gaps: dict[int, GapBorder] = {}
    for face, at in verdicts.defects.items():
        if any(item < standing.grids for item in mosaic.cover[face]):
            continue
        if not all(docket.is_open(one) for one in at):
            continue
        border = gap_border(mosaic, standing, verdicts, face)
        beside = np.unique(border.item[border.item >= 0])
        if not len(beside):
            message = _("No grid that may change is beside it.")
            for one in at:
                docket.refuse(one, Finding("no_neighbour", message))
        elif len(beside) == 1:
            verdicts.receiver[face] = int(beside[0])
        else:
            open_gaps[face] = border
    return open_gaps


def longest_beside(mosaic: Mosaic, standing: Standing, border: GapBorder) -> int:
    """Return the grid with the longest border along a gap; the first by rank among equals."""
    start, end = mosaic.vertices[mosaic.low[border.atom]], mosaic.vertices[mosaic.high[border.atom]]
    length = {
        item: standing.length_m(start[border.item == item], end[border.item == item])
        for item in np.unique(border.item[border.item >= 0]).tolist()
    }
    return min(length, key=lambda item: (-float(f"{length[item]:.6g}"), int(standing.rank[item])))
