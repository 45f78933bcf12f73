"""Build the :class:`geogrid._raster.Raster` of a layer, level by level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geogrid._compiled import chunks, in_threads, workers
from geogrid._raster import FIRST_LINK, HEADER, OUTSIDE, UNSETTLED, WORDS, Raster
from geogrid._raster_kernels import fill_cells, find_bases, merge_edges, sum_cells, write_leaves
from geogrid.rings import Rings

__all__ = ["build_raster"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ROOT_CELLS = (4_096, 1 << 20)
_CELLS_PER_EDGE = 24
_CROWD = 6
_FINEST = 64
_EDGES_PER_CELL = 1.5
_LATTICE = 2.0**26
_ULPS_PER_CELL = 2.0**20
_LARGEST = 1e140
_STALLS = 3
_ALL_ROWS = 1 << 62
_COUNT_SHIFT = 32


@dataclass(frozen=True, eq=False)
class _Level:
    """Nodes of one depth. `place` is (n, 3): lower left corner in cells of the root, fineness."""

    listed: npt.NDArray[np.int32]
    first: Integers
    stop: Integers
    place: Floats
    base: Integers
    wide: Integers
    high: Integers
    stalls: Integers
    is_doubtful: Flags

    @cached_property
    def cell(self) -> Integers:
        """(n + 1,) where the cells of each node begin among those of the level."""
        return np.concatenate([[0], np.cumsum(self.wide * self.high)])


def build_raster(rings: Rings, owner: Integers, is_valid: Flags) -> Raster | None:
    """Lay the edges of polygons into cells.

    Parameters
    ----------
    rings : of the (p,) parts of all grids, finite
    owner : (p,) position of the grid of each part
    is_valid : (p,) whether the part is a valid polygon; where one is not, cells are unsettled

    Returns
    -------
    Raster, or None where there is nothing to lay out or coordinates are beyond its arithmetic.
    """
    places = rings.coordinates
    frame = _frame(places, len(places))
    if frame is None:
        return None
    bounds, columns, room = frame
    boxes = _boxes(rings, ~is_valid)
    ends, total = _edges(rings.where(is_valid[rings.polygon]), owner)
    return _Build(bounds, columns, room, ends, total, boxes).run()


def _frame(places: Floats, count: int) -> tuple[Floats, Integers, float] | None:
    """Return frame, columns and the room for rounding in coordinates."""
    if not count:
        return None
    low, high = places.min(axis=0), places.max(axis=0)
    largest = float(np.abs(places).max())
    if not (low < high).all() or largest > _LARGEST:
        return None
    span = high - low
    finest = largest * np.finfo(np.float64).eps * _ULPS_PER_CELL
    cells = float(np.clip(_CELLS_PER_EDGE * count, *_ROOT_CELLS))
    side = np.sqrt(span[0] / cells) * np.sqrt(span[1])
    columns = np.clip(np.rint(span / side), 1, cells).astype(np.int64)
    columns = np.minimum(columns, np.floor(span / finest / 2)).astype(np.int64)
    if (columns < 1).any():
        return None
    width = span / (columns - 1 / 512)
    frame = np.concatenate([low, high, low - width / 1024, 1.0 / width])
    return frame, columns, 16 * largest * np.finfo(np.float64).eps


def _boxes(rings: Rings, chosen: Flags) -> Floats:
    """Return (k, 4) west, south, east, north of the rings of the chosen parts."""
    ring = np.flatnonzero(chosen[rings.polygon])
    found = [rings.coordinates[rings.first[at] : rings.stop[at]] for at in ring]
    return np.array([[*each.min(axis=0), *each.max(axis=0)] for each in found]).reshape(-1, 4)


def _edges(rings: Rings, owner: Integers) -> tuple[Floats, Integers]:
    """Return the ends of all different edges that matter, and what crossing each changes."""
    places = rings.coordinates
    steps = int((rings.stop - rings.first).sum())
    table = np.full(1 << max(4, int(np.ceil(np.log2(1.5 * steps + 1)))), -1, np.int32)
    low, high = np.empty(steps, np.int32), np.empty(steps, np.int32)
    total = np.empty(steps, np.int64)
    worth = (np.int64(1) << _COUNT_SHIFT) + owner[rings.polygon] + 1
    count = merge_edges(
        places,
        places.view(np.uint64),
        rings.first,
        rings.stop,
        rings.direction,
        worth,
        table,
        low,
        high,
        total,
    )
    kept = np.flatnonzero(total[:count] != 0)
    ends = np.empty((len(kept), 4))
    ends[:, :2], ends[:, 2:] = places[low[kept]], places[high[kept]]
    return ends, total[kept]


class _Build:
    """The raster while it grows."""

    def __init__(
        self,
        frame: Floats,
        columns: Integers,
        room: float,
        ends: Floats,
        total: Integers,
        boxes: Floats,
    ) -> None:
        self.frame, self.columns, self.room = frame, columns, room
        self.ends, self.total, self.boxes = ends, total, boxes
        width = 1.0 / frame[6:8]
        finest = room / 16 * _ULPS_PER_CELL
        self.finest = min(_LATTICE / columns.max(), float((width / finest).min()))
        self.cells: list[npt.NDArray[np.int32]] = []
        self.first_cell: list[Integers] = []
        self.fineness: list[Integers] = []
        self.leaves: list[Floats] = []
        self.counts = {"cells": 0, "nodes": 1, "words": 0}
        self.doubtful = np.zeros(1, np.int64)

    def run(self) -> Raster | None:
        level: _Level | None = _Level(
            np.arange(len(self.ends), dtype=np.int32),
            np.zeros(1, np.int64),
            np.array([len(self.ends)]),
            np.array([[0.0, 0.0, 1.0]]),
            np.zeros(1, np.int64),
            self.columns[:1],
            self.columns[1:],
            np.zeros(1, np.int64),
            np.array([len(self.boxes) > 0]),
        )
        while level is not None:
            level = self._lay(level)
        if self.doubtful[0]:
            return None
        return Raster(
            self.frame,
            self.columns,
            np.concatenate(self.cells),
            np.concatenate(self.first_cell),
            np.concatenate(self.fineness),
            np.concatenate(self.leaves) if self.leaves else np.zeros(0),
        )

    def _lay(self, level: _Level) -> _Level | None:
        cell = level.cell
        lines_x, lines_y, at = self._lines(level)
        counts = np.zeros(cell[-1], np.int64)
        sums = np.zeros(cell[-1], np.int64)

        def sum_up(*bounds: int) -> None:
            sum_cells(
                self.ends, self.total, level.listed, level.first, level.stop, level.place, at, cell,
                level.base, level.wide, level.high, lines_x, lines_y, self.frame,
                np.array(bounds), counts, sums, self.doubtful,
            )  # fmt: skip

        self._in_bands(level, sum_up)
        first = np.concatenate([[0], np.cumsum(counts)])
        place, filled = first[:-1].copy(), np.empty(first[-1], np.int32)

        def fill(*bounds: int) -> None:
            fill_cells(
                self.ends, level.listed, level.first, level.stop, level.place, cell,
                level.wide, level.high, self.frame, np.array(bounds), place, filled,
            )  # fmt: skip

        self._in_bands(level, fill)
        return self._settle(level, counts, sums, first, filled, (lines_x, lines_y, at))

    def _in_bands(self, level: _Level, action: Callable[..., None]) -> None:
        """Share out the nodes among threads, of a single one its rows."""
        if len(level.first) > 1:
            in_threads(lambda a, b: action(a, b, 0, _ALL_ROWS), chunks(len(level.first)))
        else:
            runs = chunks(int(level.high[0]), parts=workers())
            in_threads(lambda a, b: action(0, 1, a, b), runs)

    def _lines(self, level: _Level) -> tuple[Floats, Floats, Integers]:
        """Return the western and southern limits of all cells' columns and rows."""
        found, begins = [], []
        for axis, count in ((0, level.wide), (1, level.high)):
            begin = np.cumsum(count) - count
            step = np.arange(int(count.sum())) - np.repeat(begin, count)
            place = np.repeat(level.place[:, axis], count)
            place = place + step / np.repeat(level.place[:, 2], count)
            found.append(self.frame[4 + axis] + place / self.frame[6 + axis] - self.room)
            begins.append(begin)
        return found[0], found[1], np.column_stack(begins)

    def _settle(
        self,
        level: _Level,
        counts: Integers,
        sums: Integers,
        first: Integers,
        filled: npt.NDArray[np.int32],
        lines: tuple[Floats, Floats, Integers],
    ) -> _Level | None:
        """Turn cells into answers, leaves and nodes of the next level."""
        codes = np.full(len(counts), UNSETTLED, np.int32)
        codes[sums == 0] = OUTSIDE
        is_one = sums >> _COUNT_SHIFT == 1
        codes[is_one] = (sums[is_one] & 0xFFFFFFFF) - 1
        is_doubtful = self._doubtful_cells(level)
        codes[is_doubtful] = UNSETTLED
        full = np.flatnonzero(counts)
        node = np.searchsorted(level.cell, full, side="right") - 1
        row, column = np.divmod(full - level.cell[node], level.wide[node])
        corners = np.column_stack(
            [lines[0][lines[2][node, 0] + column], lines[1][lines[2][node, 1] + row]]
        )
        base, is_known = np.empty(len(full), np.int64), np.empty(len(full), np.bool_)

        def run(begin: int, end: int) -> None:
            find_bases(
                self.ends, self.total, filled, first, full[begin:end], corners[begin:end], sums,
                base[begin:end], is_known[begin:end],
            )  # fmt: skip

        in_threads(run, chunks(len(full)))
        codes[full[~is_known]] = UNSETTLED
        fine = 2 ** np.clip(
            np.ceil(np.log2(counts[full] / _EDGES_PER_CELL) / 2), 1, np.log2(_FINEST)
        ).astype(np.int64)
        stalls = np.where(
            counts[full] > 0.75 * (level.stop - level.first)[node], level.stalls[node] + 1, 0
        )
        is_node = (
            (counts[full] > _CROWD)
            & is_known
            & (fine * level.place[node, 2] <= self.finest)
            & (stalls < _STALLS)
        )
        is_leaf = ~is_node & is_known & ~is_doubtful[full]
        self._write(codes, full[is_leaf], corners[is_leaf, 0], base[is_leaf], filled, first)
        children = full[is_node]
        ids = self.counts["nodes"] + np.arange(len(children))
        codes[children] = FIRST_LINK - (2 * ids + 1)
        self.cells.append(codes)
        self.first_cell.append(self.counts["cells"] + level.cell[:-1])
        self.fineness.append(level.wide)
        self.counts["cells"] += len(codes)
        self.counts["nodes"] += len(children)
        if not len(children):
            return None
        node, row, column = node[is_node], row[is_node], column[is_node]
        place = level.place[node].copy()
        place[:, 0] += column / place[:, 2]
        place[:, 1] += row / place[:, 2]
        place[:, 2] *= fine[is_node]
        return _Level(
            filled,
            first[children],
            first[children + 1],
            place,
            base[is_node],
            fine[is_node],
            fine[is_node],
            stalls[is_node],
            is_doubtful[children],
        )

    def _write(
        self,
        codes: npt.NDArray[np.int32],
        cell: Integers,
        west: Floats,
        base: Integers,
        filled: npt.NDArray[np.int32],
        first: Integers,
    ) -> None:
        words = HEADER + WORDS * (first[cell + 1] - first[cell])
        start = np.cumsum(words) - words
        leaves = np.empty(int(words.sum()))

        def run(begin: int, end: int) -> None:
            write_leaves(
                self.ends, self.total, filled, first, cell[begin:end], west[begin:end],
                base[begin:end], start[begin:end], leaves, leaves.view(np.int64),
            )  # fmt: skip

        in_threads(run, chunks(len(cell)))
        codes[cell] = FIRST_LINK - 2 * (start + self.counts["words"])
        self.leaves.append(leaves)
        self.counts["words"] += len(leaves)

    def _doubtful_cells(self, level: _Level) -> Flags:
        """Return the cells of a level that boxes of invalid parts meet."""
        found = np.zeros(level.cell[-1], np.bool_)
        for node in np.flatnonzero(level.is_doubtful):
            from_uv, fine = level.place[node, :2], level.place[node, 2]
            size = np.array([level.wide[node], level.high[node]])
            low = ((self.boxes[:, :2] - self.frame[4:6]) * self.frame[6:8] - from_uv) * fine
            high = ((self.boxes[:, 2:] - self.frame[4:6]) * self.frame[6:8] - from_uv) * fine
            begin = np.clip(np.floor(low - 0.01), 0, size).astype(np.int64)
            end = np.clip(np.floor(high + 0.01) + 1, 0, size).astype(np.int64)
            cells = found[level.cell[node] : level.cell[node + 1]].reshape(size[::-1])
            for (c0, r0), (c1, r1) in zip(begin.tolist(), end.tolist(), strict=True):
                cells[r0:r1, c0:c1] = True
        return found
