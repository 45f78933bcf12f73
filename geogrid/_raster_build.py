"""Build the :class:`geogrid._raster.Raster` of a layer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geogrid._merge_kernels import merge_edges, sum_steps
from geogrid._raster import COUNT_SHIFT, Raster
from geogrid._raster_growth import ROOM_ULPS, ULPS_PER_CELL, grow
from geogrid._raster_level import Ground
from geogrid._self_touching import self_touching
from geogrid.rings import Rings

__all__ = ["build_raster"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

_ROOT_CELLS = (4_096, 1 << 20)
_CELLS_PER_EDGE = 16
_ROOT_LISTED = 500_000
"""Edges in all cells of the root, at most, and 4 for each coordinate."""
_LARGEST = 1e140


def build_raster(rings: Rings, owner: Integers, is_valid: Flags, bounds: Floats) -> Raster | None:
    """Lay the edges of polygons into cells.

    Parameters
    ----------
    rings : of the (p,) parts of all grids, finite
    owner : (p,) position of the grid of each part
    is_valid : (p,) whether the part is a valid polygon; cells that one which is not might reach
        are left unsettled, unless it only touches itself
    bounds : (p, 4) west, south, east, north of each part

    Returns
    -------
    Raster, or None where there is nothing to lay out or coordinates are beyond its arithmetic.
    """
    framed = _frame(rings, bounds)
    if framed is None:
        return None
    sound, doubled = self_touching(rings, np.flatnonzero(~is_valid))
    is_clear = is_valid.copy()
    is_clear[sound] = True
    edges, worth = _merged(rings.where(is_clear[rings.polygon]), owner)
    boxes = np.concatenate([bounds[~is_clear], doubled])
    ground = Ground(*framed, rings.coordinates, edges, worth, boxes)
    grown = grow(ground, len(rings.coordinates))
    if grown is None:
        return None
    arrays = ground.frame, ground.columns, *grown
    for array in arrays:  # as arrays from a file are: a kernel is compiled for one kind
        array.flags.writeable = False
    return Raster(*arrays)


def _frame(rings: Rings, bounds: Floats) -> tuple[Floats, Integers, float] | None:
    """Return frame, columns and the room for rounding in coordinates."""
    count = len(rings.coordinates)
    if not count:
        return None
    low, high = np.nanmin(bounds[:, :2], axis=0), np.nanmax(bounds[:, 2:], axis=0)
    largest = float(max(-low.min(), high.max()))
    if not (low < high).all() or largest > _LARGEST:
        return None
    span, ulp = high - low, largest * np.finfo(np.float64).eps
    cells = float(np.clip(_CELLS_PER_EDGE * count, *_ROOT_CELLS))
    side = np.sqrt(span[0] / cells) * np.sqrt(span[1])
    columns = np.clip(np.rint(span / side), 1, cells)
    columns = np.maximum(np.floor(columns * _share_of_cells(rings, columns / span)), 1)
    columns = np.minimum(columns, np.floor(span / ulp / ULPS_PER_CELL / 2)).astype(np.int64)
    if (columns < 1).any():
        return None
    width = span / (columns - 1 / 512)
    frame = np.concatenate([low, high, low - width / 1024, 1.0 / width])
    return frame, columns, ROOM_ULPS * ulp


def _share_of_cells(rings: Rings, per_unit: Floats) -> float:
    """Return by how much to reduce columns and rows so that long edges do not fill memory."""
    steps = np.array(sum_steps(rings.coordinates, rings.first, rings.stop))
    with np.errstate(over="ignore"):
        crossings = float((steps * per_unit).sum()) / 2
    return min(1.0, (_ROOT_LISTED + 4 * len(rings.coordinates)) / max(crossings, 1.0))


def _merged(rings: Rings, owner: Integers) -> tuple[Codes, Integers]:
    """Return all different edges that matter, and what crossing each changes."""
    places = rings.coordinates
    steps = int((rings.stop - rings.first).sum())
    table = np.full(1 << max(4, int(np.ceil(np.log2(1.5 * steps + 1)))), -1, np.int32)
    edges, worth = np.empty(steps, np.int32), np.empty(steps, np.int64)
    each = (np.int64(1) << COUNT_SHIFT) + owner[rings.polygon] + 1
    ring = rings.first, rings.stop, rings.direction, each
    count = merge_edges(places, places.view(np.uint64), *ring, table, edges, worth)
    return edges[:count], worth[:count]
