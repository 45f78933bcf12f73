"""Whether the arrays of an index lead nowhere outside themselves: asked of files."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geogrid._raster import FIRST_LINK, HEADER, LEAF, LINE, NODE, UNSETTLED, WORDS, Raster
from geogrid.rings import Rings

__all__ = ["are_sound_rings", "is_sound_raster"]

Integers = npt.NDArray[np.int64]


def are_sound_rings(rings: Rings, owner: Integers, order: Integers) -> bool:
    """Return whether rings lie in their coordinates, parts in order, owners among the grids."""
    count, parts = len(rings.coordinates), len(owner)
    length = rings.stop - rings.first
    return bool(
        np.isfinite(rings.coordinates).all()
        and (rings.first >= 0).all()
        and (length >= 0).all()
        and (length <= count).all()
        and (rings.stop <= count).all()
        and (rings.polygon >= 0).all()
        and (rings.polygon < parts).all()
        and (np.diff(rings.polygon) >= 0).all()
        and ((owner >= 0) & (owner < len(order))).all()
        and np.array_equal(np.sort(order), np.arange(len(order)))
    )


def is_sound_raster(raster: Raster, grids: int) -> bool:
    """Return whether every link leads to a leaf or to a later node, and every answer exists."""
    cells, first, fine = raster.cells, raster.first_cell, raster.fineness
    wide, high = raster.columns.tolist()
    if not (0 < wide < 1 << 31 and 0 < high < 1 << 31 and _is_frame(raster.frame)):
        return False
    if not (len(first) == len(fine) > 0 and ((fine > 0) & (fine < 1 << 31)).all()):
        return False
    size = np.concatenate([[wide * high], fine[1:] ** 2])
    if not np.array_equal(first, np.cumsum(size) - size) or size.sum() != len(cells):
        return False
    if ((cells > FIRST_LINK) & ((cells < UNSETTLED) | (cells >= grids))).any():
        return False
    links = np.flatnonzero(cells <= FIRST_LINK)
    target, kind = np.divmod(FIRST_LINK - cells[links].astype(np.int64), 4)
    is_node = kind == NODE
    node = np.searchsorted(first, links, side="right") - 1
    later = (target > node) & (target < len(first))
    lines = target[kind == LINE]
    return bool(
        (kind <= LINE).all()
        and later[is_node].all()
        and (lines + WORDS <= len(raster.leaves)).all()
        and _are_leaves(raster, target[kind == LEAF])
    )


def _is_frame(frame: npt.NDArray[np.float64]) -> bool:
    """Return whether all places within the limits have a column and a row, from 0 on."""
    low, high, begin, scale = frame.reshape(4, 2)
    with np.errstate(over="ignore", invalid="ignore"):
        is_held = (begin <= low) & (scale > 0) & ((high - begin) * scale < 1 << 31)
    return bool(np.isfinite(frame).all() and is_held.all())


def _are_leaves(raster: Raster, start: Integers) -> bool:
    """Return whether leaves that begin at `start` lie in the words, with finite edges."""
    words = raster.leaves.view(np.int64)
    if (start + HEADER > len(words)).any():
        return False
    count = words[start + HEADER - 1]
    room = (len(words) - start - HEADER) // WORDS
    return bool(((count >= 0) & (count <= room)).all())
