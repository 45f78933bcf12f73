"""Build the :class:`geogrid._raster.Raster` of a layer, level by level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geogrid._compiled import chunks, in_threads
from geogrid._loops import wind_once
from geogrid._raster import (
    COUNT_SHIFT,
    FIRST_LINK,
    HEADER,
    LEAF,
    LINE,
    NODE,
    OUTSIDE,
    UNSETTLED,
    WORDS,
    Raster,
)
from geogrid._raster_kernels import find_lines, merge_edges, write_leaves, write_lines
from geogrid._raster_level import Cells, Ground, Level, lay, lies_in_boxes
from geogrid.rings import Rings

__all__ = ["build_raster"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

_ROOT_CELLS = (4_096, 1 << 20)
_CELLS_PER_EDGE = 16
_CROWD = 6
"""Cells with more edges are cut again,"""
_EDGES_PER_CELL = 1.5
"""into about so many for each new cell,"""
_FINEST = 64
"""along each axis into 2 to so many,"""
_ROOT_LISTED = 500_000
"""Edges in all cells of the root, at most, and 4 for each coordinate."""
_GROWTH = 4
"""A cut that lists edges more than so many times is made only while there is memory left:"""
_LARGEST_BYTES = 40_000_000, 4.25
"""bytes of all, and times the coordinates' bytes where that is more."""
_STALLS = 3
"""unless nearly all edges went into one cell so many times: they meet in a point."""
_LATTICE = 2.0**26
"""Cells along an axis at most: beyond, rounding would exceed the cells' margin."""
_ULPS_PER_CELL = 2.0**20
_ROOM_ULPS = 16
_LARGEST = 1e140


def build_raster(rings: Rings, owner: Integers, is_valid: Flags, bounds: Floats) -> Raster | None:
    """Lay the edges of polygons into cells.

    Parameters
    ----------
    rings : of the (p,) parts of all grids, finite
    owner : (p,) position of the grid of each part
    is_valid : (p,) whether the part is a valid polygon; cells that one which is not might reach
        are left unsettled, unless it only touches itself in corners
    bounds : (p, 4) west, south, east, north of each part

    Returns
    -------
    Raster, or None where there is nothing to lay out or coordinates are beyond its arithmetic.
    """
    framed = _frame(rings)
    if framed is None:
        return None
    is_clear = wind_once(rings, is_valid)
    ends, worth = _merged(rings.where(is_clear[rings.polygon]), owner)
    ground = Ground(*framed, ends, worth, bounds[~is_clear])
    pieces = list(_levels(ground, len(rings.coordinates)))
    if not pieces[-1]:
        return None
    cells, first_cell, fineness, leaves = map(np.concatenate, zip(*pieces, strict=True))
    arrays = ground.frame, ground.columns, cells, first_cell, fineness, leaves
    for array in arrays:  # as arrays from a file are: a kernel is compiled for one kind
        array.flags.writeable = False
    return Raster(*arrays)


def _frame(rings: Rings) -> tuple[Floats, Integers, float] | None:
    """Return frame, columns and the room for rounding in coordinates."""
    places = rings.coordinates
    if not len(places):
        return None
    low, high = places.min(axis=0), places.max(axis=0)
    largest = float(np.abs(places).max())
    if not (low < high).all() or largest > _LARGEST:
        return None
    span, ulp = high - low, largest * np.finfo(np.float64).eps
    cells = float(np.clip(_CELLS_PER_EDGE * len(places), *_ROOT_CELLS))
    side = np.sqrt(span[0] / cells) * np.sqrt(span[1])
    columns = np.clip(np.rint(span / side), 1, cells)
    columns = np.maximum(np.floor(columns * _share_of_cells(rings, columns / span)), 1)
    columns = np.minimum(columns, np.floor(span / ulp / _ULPS_PER_CELL / 2)).astype(np.int64)
    if (columns < 1).any():
        return None
    width = span / (columns - 1 / 512)
    frame = np.concatenate([low, high, low - width / 1024, 1.0 / width])
    return frame, columns, _ROOM_ULPS * ulp


def _share_of_cells(rings: Rings, per_unit: Floats) -> float:
    """Return by how much to reduce columns and rows so that long edges do not fill memory."""
    step = np.abs(np.diff(rings.coordinates, axis=0))
    step[rings.stop[:-1] - 1] = 0.0
    with np.errstate(over="ignore"):
        crossings = float((step.sum(axis=0) * per_unit).sum()) / 2
    return min(1.0, (_ROOT_LISTED + 4 * len(step)) / max(crossings, 1.0))


def _merged(rings: Rings, owner: Integers) -> tuple[Floats, Integers]:
    """Return the ends of all different edges that matter, and what crossing each changes."""
    places = rings.coordinates
    steps = int((rings.stop - rings.first).sum())
    table = np.full(1 << max(4, int(np.ceil(np.log2(1.5 * steps + 1)))), -1, np.int32)
    low, high = np.empty(steps, np.int32), np.empty(steps, np.int32)
    worth = np.empty(steps, np.int64)
    each = (np.int64(1) << COUNT_SHIFT) + owner[rings.polygon] + 1
    ring = rings.first, rings.stop, rings.direction, each
    count = merge_edges(places, places.view(np.uint64), *ring, table, low, high, worth)
    kept = np.flatnonzero(worth[:count])
    return np.hstack([places[low[kept]], places[high[kept]]]), worth[kept]


def _levels(
    ground: Ground, coordinates: int
) -> Iterator[tuple[Codes, Integers, Integers, Floats] | None]:
    """Yield cells, first cells, fineness and leaves of each level; None last where it fails."""
    level: Level | None = _root(ground)
    cells_before, nodes, words = 0, 1, 0
    finest = _finest(ground)
    budget = max(_LARGEST_BYTES[0], _LARGEST_BYTES[1] * coordinates * 16) / 8
    while level is not None:
        cells = lay(ground, level)
        if cells is not None and nodes > 1:
            level, cells = _affordable(ground, level, cells, budget - words - cells_before / 2)
        if cells is None:
            yield None
            return
        codes, is_doubtful = _answers(ground, level, cells)
        is_node, fine, stalls = _crowded(level, cells, finest)
        children = cells.full[is_node]
        codes[children] = FIRST_LINK - NODE - 4 * (nodes + np.arange(len(children)))
        is_leaf = ~is_node & cells.is_known & ~is_doubtful[cells.full]
        left, right = _sides(ground, level, cells)
        is_line = is_leaf & (left >= 0)
        lines = _write_lines(ground, cells, np.flatnonzero(is_line), (left, right), words, codes)
        is_leaf &= ~is_line
        leaves = _write_leaves(ground, cells, is_leaf, words + len(lines), codes)
        leaves = np.concatenate([lines, leaves])
        yield codes, cells_before + level.cell[:-1], level.wide, leaves
        cells_before += len(codes)
        nodes += len(children)
        words += len(leaves)
        level = _next(level, cells, is_node, (fine, stalls, is_doubtful))


def _root(ground: Ground) -> Level:
    count = len(ground.ends)
    zero = np.zeros(1, np.int64)
    return Level(
        listed=np.arange(count, dtype=np.int32),
        first=zero,
        stop=zero + count,
        place=np.array([[0.0, 0.0, 1.0]]),
        base=zero,
        wide=ground.columns[:1],
        high=ground.columns[1:],
        stalls=zero,
        is_doubtful=np.array([len(ground.boxes) > 0]),
    )


def _finest(ground: Ground) -> float:
    """Return how many cells may make one of the root's, along an axis."""
    narrowest = ground.room / _ROOM_ULPS * _ULPS_PER_CELL * ground.frame[6:8].max()
    return min(_LATTICE / float(ground.columns.max()), 1.0 / float(narrowest))


def _affordable(
    ground: Ground, level: Level, cells: Cells, words: float
) -> tuple[Level, Cells | None]:
    """Leave nodes whole, as one leaf, that are not worth the memory of cutting them.

    Where edges run long beside each other, each is listed in every cell that it passes.
    """
    listed = np.diff(cells.first[level.cell])
    cost = WORDS * listed + np.diff(level.cell)
    is_dear = listed > _GROWTH * (level.stop - level.first)
    spent = np.cumsum(np.where(is_dear, 0, cost))
    is_whole = ~is_dear & (spent > words)
    left = max(0.0, words - float(cost[~is_dear & ~is_whole].sum()))
    is_whole |= is_dear & (np.cumsum(np.where(is_dear, cost, 0)) > left / 2)
    if not is_whole.any():
        return level, cells
    one = np.where(is_whole, 1, level.wide)
    place = level.place.copy()
    place[is_whole, 2] /= level.wide[is_whole]
    stalls = np.where(is_whole, _STALLS, level.stalls)
    level = replace(level, place=place, wide=one, high=one, stalls=stalls)
    return level, lay(ground, level)


def _answers(ground: Ground, level: Level, cells: Cells) -> tuple[Codes, Flags]:
    """Return codes that are right for cells without edges, and which cells meet a box."""
    codes = _answer(cells.sums)
    codes[cells.full] = UNSETTLED
    is_doubtful = lies_in_boxes(ground, level)
    codes[is_doubtful] = UNSETTLED
    return codes, is_doubtful


def _answer(sums: Integers) -> Codes:
    """Return the grid of each sum, `UNSETTLED` where it is more than one."""
    codes = np.full(len(sums), UNSETTLED, np.int32)
    codes[sums == 0] = OUTSIDE
    is_one = sums >> COUNT_SHIFT == 1
    codes[is_one] = (sums[is_one] & ((1 << COUNT_SHIFT) - 1)) - 1
    return codes


def _crowded(level: Level, cells: Cells, finest: float) -> tuple[Flags, Integers, Integers]:
    """Return which full cells to cut again, into how many along an axis, and their stalls."""
    count = cells.first[cells.full + 1] - cells.first[cells.full]
    power = np.ceil(np.log2(count / _EDGES_PER_CELL) / 2)
    fine = 2 ** np.clip(power, 1, np.log2(_FINEST)).astype(np.int64)
    is_stalled = count > 0.75 * (level.stop - level.first)[cells.node]
    stalls = np.where(is_stalled, level.stalls[cells.node] + 1, 0)
    is_node = (count > _CROWD) & cells.is_known & (stalls < _STALLS)
    return is_node & (fine * level.place[cells.node, 2] <= finest), fine, stalls


def _sides(ground: Ground, level: Level, cells: Cells) -> tuple[Integers, Integers]:
    """Return the sums left and right of the one edge of full cells, −1 where it is not so."""
    count = len(cells.full)
    left, right = np.empty(count, np.int64), np.empty(count, np.int64)
    fine = level.place[cells.node, 2]
    boxes = np.column_stack(
        [
            level.place[cells.node, 0] + cells.column / fine,
            level.place[cells.node, 1] + cells.row / fine,
            1.0 / fine,
        ]
    )

    def run(begin: int, end: int) -> None:
        some = slice(begin, end)
        find_lines(
            ground.ends, ground.worth, cells.filled, cells.first, cells.full[some],
            cells.corners[some], boxes[some], cells.sums, ground.frame, left[some], right[some],
        )  # fmt: skip

    in_threads(run, chunks(count))
    return left, right


def _write_lines(
    ground: Ground,
    cells: Cells,
    chosen: Integers,
    sums: tuple[Integers, Integers],
    words: int,
    codes: Codes,
) -> Floats:
    """Return the lines of the chosen full cells, and link to them; `words` came before."""
    cell = cells.full[chosen]
    edge = cells.filled[cells.first[cell]]
    left, right = (_answer(each[chosen]).astype(np.int64) for each in sums)
    answers = (left << 32) | (right & 0xFFFFFFFF)
    start = np.empty(len(cell), np.int64)
    lines = np.empty(WORDS * len(cell))
    seen = np.full(len(ground.ends), -1, np.int32)
    size = write_lines(ground.ends, edge, answers, words, seen, start, lines, lines.view(np.int64))
    codes[cell] = FIRST_LINK - LINE - 4 * start
    return lines[:size]


def _write_leaves(ground: Ground, cells: Cells, is_leaf: Flags, words: int, codes: Codes) -> Floats:
    """Return the leaves of the chosen full cells, and link to them; `words` came before."""
    cell = cells.full[is_leaf]
    size = HEADER + WORDS * (cells.first[cell + 1] - cells.first[cell])
    start = np.cumsum(size) - size
    leaves = np.empty(int(size.sum()))
    west, base = cells.corners[is_leaf, 0], cells.base[is_leaf]

    def run(begin: int, end: int) -> None:
        some = slice(begin, end)
        write_leaves(
            ground.ends, ground.worth, cells.filled, cells.first, cell[some], west[some],
            base[some], start[some], leaves, leaves.view(np.int64),
        )  # fmt: skip

    in_threads(run, chunks(len(cell)))
    codes[cell] = FIRST_LINK - LEAF - 4 * (start + words)
    return leaves


def _next(
    level: Level, cells: Cells, is_node: Flags, told: tuple[Integers, Integers, Flags]
) -> Level | None:
    """Return the level of the cells that are cut again."""
    fine, stalls, is_doubtful = told
    children, node = cells.full[is_node], cells.node[is_node]
    if not len(children):
        return None
    place = level.place[node]
    step = np.column_stack([cells.column[is_node], cells.row[is_node]])
    place[:, :2] += step / place[:, 2:]
    place[:, 2] *= fine[is_node]
    return Level(
        listed=cells.filled,
        first=cells.first[children],
        stop=cells.first[children + 1],
        place=place,
        base=cells.base[is_node],
        wide=fine[is_node],
        high=fine[is_node],
        stalls=stalls[is_node],
        is_doubtful=is_doubtful[children],
    )
