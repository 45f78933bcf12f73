"""Whether grids of a layer overlap anywhere: only where edges are left over can they.

Around a point of an overlap the edges that bound it do not cancel in the chain sum
(:mod:`geogrid.topology`), so one of two overlapping polygons has a leftover edge. In a sound
layer these are the polygons along its border; only they are compared with those beside them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._plain import part_bounds
from geogrid.rings import Rings, ring_polygons
from geogrid.topology import leftovers

__all__ = ["has_overlaps"]

Integers = npt.NDArray[np.int64]

_PAIRS_AT_ONCE = 4_096
_INTERIORS_MEET = "T********"


def has_overlaps(rings: Rings, owner: Integers, is_valid: npt.NDArray[np.bool_]) -> bool:
    """Return whether the interiors of two grids meet.

    Parameters
    ----------
    rings : of the (p,) parts of all grids, those of a part in succession, shell first
    owner : (p,) grid of each part; parts of one grid may overlap
    is_valid : (p,) whether each part is a valid polygon; others are made valid
    """
    one, other = _pairs(rings, owner, is_valid)
    for begin in range(0, len(one), _PAIRS_AT_ONCE):
        some = slice(begin, begin + _PAIRS_AT_ONCE)
        parts, place = np.unique(np.concatenate([one[some], other[some]]), return_inverse=True)
        shapes = ring_polygons(rings.of(parts), len(parts))
        broken = ~is_valid[parts]
        shapes[broken] = shapely.make_valid(shapes[broken])
        first, second = (shapes[each] for each in np.split(place, 2))
        if shapely.relate_pattern(first, second, _INTERIORS_MEET).any():
            return True
    return False


def _pairs(
    rings: Rings, owner: Integers, is_valid: npt.NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Return the pairs of parts of different grids that may overlap."""
    count = len(owner)
    left = leftovers(
        rings.where(is_valid[rings.polygon]), np.ones(count, np.int8), np.zeros(count, np.int64)
    )
    is_suspect = ~is_valid
    is_suspect[left.edges.owner] = True
    suspects = np.flatnonzero(is_suspect)
    boxes = shapely.box(*part_bounds(rings, count).T)
    one, other = shapely.STRtree(boxes).query(boxes[suspects])
    one = suspects[one]
    is_pair = (owner[one] != owner[other]) & ((one < other) | ~is_suspect[other])
    return one[is_pair], other[is_pair]
