"""Cut the cells of a raster level by level until none is crowded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geogrid._raster import FIRST_LINK, NODE, UNSETTLED, WORDS
from geogrid._raster_leaves import Growing, write
from geogrid._raster_level import Cells, Ground, Level, lay, lies_in_boxes

__all__ = ["ROOM_ULPS", "ULPS_PER_CELL", "grow"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Grown = tuple[Codes, Integers, Integers, Floats]

_CROWD = 24
"""Cells with more edges are cut again,"""
_EDGES_PER_CELL = 8.0
"""into about so many for each new cell,"""
_FINEST = 64
"""along each axis into 2 to so many,"""
_CELLS_AT_ONCE = 1 << 16
"""nodes of about so many cells at a time, so that what is held meanwhile stays small."""
_ROOT_CELLS_AT_ONCE = 1 << 18
"""and of the root more, because all edges are looked through for each part of it."""
_GROWTH = 4
"""A cut that lists edges more than so many times is made only while there is memory left:"""
_LARGEST_BYTES = 40_000_000, 4.25
"""bytes of all, and times the coordinates' bytes where that is more."""
_STALLS = 3
"""unless nearly all edges went into one cell so many times: they meet in a point."""
_LATTICE = 2.0**26
"""Cells along an axis at most: beyond, rounding would exceed the cells' margin."""
ULPS_PER_CELL = 2.0**20
ROOM_ULPS = 16


def grow(ground: Ground, coordinates: int) -> Grown | None:
    """Return cells, first cells, fineness and leaves; None where arithmetic fails."""
    waiting = deque(_root(ground))
    done: list[tuple[Integers, Integers]] = []
    nodes, finest, root = 1, _finest(ground), int(ground.columns.prod())
    budget = max(_LARGEST_BYTES[0], _LARGEST_BYTES[1] * coordinates * 16) / 8
    leaves, codes = Growing(np.float64, int(budget)), Growing(np.int32, int(budget))
    while waiting:
        level = waiting.popleft()
        cells = lay(ground, level)
        if cells is not None and codes.used >= root:
            share = _listed(level) / (_listed(level) + sum(map(_listed, waiting)))
            room = budget - leaves.used - codes.used / 2
            level, cells = _affordable(ground, level, cells, room, share)
        if cells is None:
            return None
        is_doubtful = lies_in_boxes(ground, level)
        cells.codes[cells.full] = cells.codes[is_doubtful] = UNSETTLED
        node, fine, stalls = _crowded(level, cells, finest)
        children = cells.full[node]
        cells.codes[children] = FIRST_LINK - NODE - 4 * (nodes + np.arange(len(children)))
        is_leaf = cells.is_known & ~is_doubtful[cells.full]
        is_leaf[node] = False
        write(ground, level, cells, is_leaf, leaves)
        known = int(0 < codes.used < root)  # rows of the root that come later are no new node
        done.append((codes.used + level.cell[known:-1], level.wide[known:]))
        codes.add(cells.codes)
        nodes += len(children)
        if len(children):
            waiting.extend(_next(level, cells, node, (fine, stalls, is_doubtful[children])))
    first_cell, fineness = map(np.concatenate, zip(*done, strict=True))
    return codes.written, first_cell, fineness, leaves.written


def _listed(level: Level) -> int:
    return int((level.stop - level.first).sum())


def _root(ground: Ground) -> Iterator[Level]:
    """Return the root as some rows after others."""
    count = len(ground.edges)
    zero, stop, every = np.zeros(1, np.int64), np.full(1, count), np.arange(count, dtype=np.int32)
    wide, high = ground.columns.tolist()
    rows = max(1, _ROOT_CELLS_AT_ONCE // wide)
    for row in range(0, high, rows):
        yield Level(
            listed=every,
            first=zero,
            stop=stop,
            place=np.array([[0.0, row, 1.0]]),
            base=zero,
            wide=ground.columns[:1],
            high=np.full(1, min(rows, high - row)),
            stalls=zero,
            is_doubtful=np.array([len(ground.boxes) > 0]),
        )


def _finest(ground: Ground) -> float:
    """Return how many cells may make one of the root's, along an axis."""
    narrowest = ground.room / ROOM_ULPS * ULPS_PER_CELL * ground.frame[6:8].max()
    return min(_LATTICE / float(ground.columns.max()), 1.0 / float(narrowest))


def _affordable(
    ground: Ground, level: Level, cells: Cells, words: float, share: float
) -> tuple[Level, Cells | None]:
    """Leave nodes whole, as one leaf, that are not worth the memory of cutting them.

    Where edges run long beside each other, each is listed in every cell that it passes. Such
    nodes may take their `share` of the words that are left.
    """
    listed = np.diff(cells.first[level.cell])
    cost = WORDS * listed + np.diff(level.cell)
    is_dear = listed > _GROWTH * (level.stop - level.first)
    spent = np.cumsum(np.where(is_dear, 0, cost))
    is_whole = ~is_dear & (spent > words)
    left = max(0.0, words - float(cost[~is_dear & ~is_whole].sum())) * share
    is_whole |= is_dear & (np.cumsum(np.where(is_dear, cost, 0)) > left / 2)
    if not is_whole.any():
        return level, cells
    one = np.where(is_whole, 1, level.wide)
    place = level.place.copy()
    place[is_whole, 2] /= level.wide[is_whole]
    stalls = np.where(is_whole, _STALLS, level.stalls)
    level = replace(level, place=place, wide=one, high=one, stalls=stalls)
    return level, lay(ground, level)


def _crowded(level: Level, cells: Cells, finest: float) -> tuple[Integers, Integers, Integers]:
    """Return which full cells to cut again, into how many along an axis, and their stalls."""
    count = cells.first[cells.full + 1] - cells.first[cells.full]
    chosen = np.flatnonzero((count > _CROWD) & cells.is_known)
    count, node = count[chosen], cells.node[chosen]
    power = np.ceil(np.log2(count / _EDGES_PER_CELL) / 2)
    fine = 2 ** np.clip(power, 1, np.log2(_FINEST)).astype(np.int64)
    is_stalled = count > 0.75 * (level.stop - level.first)[node]
    stalls = np.where(is_stalled, level.stalls[node] + 1, 0)
    is_node = (stalls < _STALLS) & (fine * level.place[node, 2] <= finest)
    return chosen[is_node], fine[is_node], stalls[is_node]


def _next(
    level: Level, cells: Cells, chosen: Integers, told: tuple[Integers, Integers, Flags]
) -> Iterator[Level]:
    """Return levels of the cells that are cut again."""
    fine, stalls, is_doubtful = told
    children, node = cells.full[chosen], cells.node[chosen]
    place = level.place[node]
    step = np.column_stack([cells.column[chosen], cells.row[chosen]])
    place[:, :2] += step / place[:, 2:]
    place[:, 2] *= fine
    listed, first, stop = cells.filled, cells.first[children], cells.first[children + 1]
    count = stop - first
    if count.sum() < len(listed) / 2:  # not to hold all until these have their turn
        begin = np.cumsum(count) - count
        listed = listed[np.arange(count.sum()) + np.repeat(first - begin, count)]
        first, stop = begin, begin + count
    whole = Level(
        listed=listed,
        first=first,
        stop=stop,
        place=place,
        base=cells.base[chosen],
        wide=fine,
        high=fine,
        stalls=stalls,
        is_doubtful=is_doubtful,
    )
    yield from whole.pieces(_CELLS_AT_ONCE)
