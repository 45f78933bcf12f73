"""One level of a raster while it is built: which edges are in which of its nodes' cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geogrid._raster_kernels import fill_cells, find_bases, sum_cells
from geogrid._threads import chunks, in_threads, workers

__all__ = ["Cells", "Ground", "Level", "lay", "lies_in_boxes"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Edges = npt.NDArray[np.int32]

_ALL_ROWS = 1 << 62
_BEYOND_BOX = 0.01
_NARROW = 2**31


@dataclass(frozen=True, eq=False)
class Ground:
    """What is laid into cells.

    Attributes
    ----------
    frame, columns : as in :class:`geogrid._raster.Raster`
    room : more than rounding can move a coordinate
    ends : (m, 4) ends of the different edges, the lower one first
    worth : (m,) what crossing each eastward changes
    boxes : (k, 4) bounds of polygons that only the plain rule understands
    """

    frame: Floats
    columns: Integers
    room: float
    ends: Floats
    worth: Integers
    boxes: Floats


@dataclass(frozen=True, eq=False)
class Level:
    """Nodes of one depth.

    Attributes
    ----------
    listed, first, stop : edges of each node, ``listed[first:stop]``
    place : (n, 3) lower left corner in cells of the root, and how many of its cells make one
        of the root's
    base : (n,) what lies in the west of each node
    wide, high : (n,) cells along x and y
    stalls : (n,) levels since a cut last helped
    is_doubtful : (n,) whether a box reaches into the node
    """

    listed: Edges
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


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a level, and those with edges in particular.

    Attributes
    ----------
    sums : (c,) what lies at the south-western corner of each cell
    first, filled : edges of each cell, ``filled[first[cell]:first[cell + 1]]``; narrow integers
        where they suffice
    full : (f,) cells with edges
    node, row, column : (f,) where each of those is
    corners : (f, 2) south-western corner of each
    base : (f,) what lies in the west of each
    is_known : (f,) whether `base` is
    """

    sums: Integers
    first: Integers
    filled: Edges
    full: Integers
    node: Integers
    row: Integers
    column: Integers
    corners: Floats
    base: Integers
    is_known: Flags


def lay(ground: Ground, level: Level) -> Cells | None:
    """Lay the edges of each node into its cells; None where arithmetic fails (tiny numbers)."""
    lines_x, lines_y, at = _lines(ground, level)
    counts = np.zeros(level.cell[-1], np.int32)
    sums = np.zeros(level.cell[-1], np.int64)
    has_failed = np.zeros(1, np.int64)

    def sum_up(*bounds: int) -> None:
        sum_cells(
            ground.ends, ground.worth, level.listed, level.first, level.stop, level.place, at,
            level.cell, level.base, level.wide, level.high, lines_x, lines_y, ground.frame,
            np.array(bounds), counts, sums, has_failed,
        )  # fmt: skip

    _in_bands(level, sum_up)
    if has_failed[0]:
        return None
    listed = int(counts.sum(dtype=np.int64))
    first: Integers = np.zeros(len(counts) + 1, "i4" if listed < _NARROW else "i8")
    np.cumsum(counts, out=first[1:])
    filled = _fill(ground, level, first)
    full = np.flatnonzero(counts)
    node = np.searchsorted(level.cell, full, side="right") - 1
    row, column = np.divmod(full - level.cell[node], level.wide[node])
    corners = np.column_stack([lines_x[at[node, 0] + column], lines_y[at[node, 1] + row]])
    base, is_known = _bases(ground, (filled, first), full, corners, sums)
    return Cells(sums, first, filled, full, node, row, column, corners, base, is_known)


def _fill(ground: Ground, level: Level, first: Integers) -> Edges:
    place, filled = first[:-1].copy(), np.empty(first[-1], np.int32)

    def fill(*bounds: int) -> None:
        fill_cells(
            ground.ends, level.listed, level.first, level.stop, level.place, level.cell,
            level.wide, level.high, ground.frame, np.array(bounds), place, filled,
        )  # fmt: skip

    _in_bands(level, fill)
    return filled


def _bases(
    ground: Ground,
    edges: tuple[Edges, Integers],
    full: Integers,
    corners: Floats,
    sums: Integers,
) -> tuple[Integers, Flags]:
    base, is_known = np.empty(len(full), np.int64), np.empty(len(full), np.bool_)

    def run(begin: int, end: int) -> None:
        some = slice(begin, end)
        find_bases(
            ground.ends, ground.worth, *edges, full[some], corners[some], sums, base[some],
            is_known[some],
        )  # fmt: skip

    in_threads(run, chunks(len(full)))
    return base, is_known


def _in_bands(level: Level, action: Callable[..., None]) -> None:
    """Share out the nodes among threads, of a single one its rows."""
    if len(level.first) > 1:
        in_threads(lambda a, b: action(a, b, 0, _ALL_ROWS), chunks(len(level.first)))
    else:
        runs = chunks(int(level.high[0]), parts=workers())
        in_threads(lambda a, b: action(0, 1, a, b), runs)


def _lines(ground: Ground, level: Level) -> tuple[Floats, Floats, Integers]:
    """Return the western and southern limits of columns and rows, and where a node's begin.

    They lie a little lower than where cells begin, so that no rounding puts a point below.
    """
    found, begins = [], []
    for axis, count in ((0, level.wide), (1, level.high)):
        begin = np.cumsum(count) - count
        step = np.arange(int(count.sum())) - np.repeat(begin, count)
        place = np.repeat(level.place[:, axis], count) + step / np.repeat(level.place[:, 2], count)
        frame = ground.frame
        found.append(frame[4 + axis] + place / frame[6 + axis] - ground.room)
        begins.append(begin)
    return found[0], found[1], np.column_stack(begins)


def lies_in_boxes(ground: Ground, level: Level) -> Flags:
    """Return which cells of a level meet a box."""
    found = np.zeros(level.cell[-1], np.bool_)
    frame, boxes = ground.frame, ground.boxes
    low, high = ((boxes[:, at : at + 2] - frame[4:6]) * frame[6:8] for at in (0, 2))
    for node in np.flatnonzero(level.is_doubtful):
        corner, fine = level.place[node, :2], level.place[node, 2]
        size = np.array([level.wide[node], level.high[node]])
        near = ((high >= corner - 1) & (low <= corner + size / fine + 1)).all(axis=1)
        begin = np.floor((low[near] - corner) * fine - _BEYOND_BOX)
        stop = np.floor((high[near] - corner) * fine + _BEYOND_BOX) + 1
        begin, stop = (np.clip(each, 0, size).astype(np.int64) for each in (begin, stop))
        cells = found[level.cell[node] : level.cell[node + 1]].reshape(size[::-1])
        for (west, south), (east, north) in zip(begin.tolist(), stop.tolist(), strict=True):
            cells[south:north, west:east] = True
    return found
