"""Nodes of one depth of a raster while it is built: which edges are in which of their cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geogrid._lay_kernels import fill_cells, sum_cells
from geogrid._raster_kernels import answer_sums, find_bases
from geogrid._threads import chunks, in_threads, workers

__all__ = ["Cells", "Ground", "Level", "answer", "lay", "lies_in_boxes"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Small = npt.NDArray[np.int32]

_ALL_ROWS = 1 << 62
_BEYOND_BOX = 0.01


@dataclass(frozen=True, eq=False)
class Ground:
    """What is laid into cells.

    Attributes
    ----------
    frame, columns : as in :class:`geogrid._raster.Raster`
    room : more than rounding can move a coordinate
    places : (n, 2) coordinates
    edges : (m,) the different edges, as :func:`geogrid._merge_kernels.merge_edges` writes them
    worth : (m,) what crossing each eastward changes
    boxes : (k, 4) bounds of polygons that only the plain rule understands
    """

    frame: Floats
    columns: Integers
    room: float
    places: Floats
    edges: Small
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

    listed: Small
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

    def pieces(self, cells: int) -> Iterator[Level]:
        """Return the nodes in order, in levels of about so many cells."""
        cuts = np.flatnonzero(np.diff(self.cell[:-1] // cells)) + 1
        for begin, stop in pairwise([0, *cuts.tolist(), len(self.first)]):
            some = slice(begin, stop)
            yield replace(
                self,
                first=self.first[some],
                stop=self.stop[some],
                place=self.place[some],
                base=self.base[some],
                wide=self.wide[some],
                high=self.high[some],
                stalls=self.stalls[some],
                is_doubtful=self.is_doubtful[some],
            )


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a level, and those with edges in particular.

    Attributes
    ----------
    codes : (c,) answer of each cell, right for those without edges
    first, filled : edges of each cell, ``filled[first[cell]:first[cell + 1]]``
    full : (f,) cells with edges
    node, row, column : (f,) where each of those is
    sums : (f,) what lies at the south-western corner of each
    corners : (f, 2) south-western corner of each
    base : (f,) what lies in the west of each
    is_known : (f,) whether `base` is
    """

    codes: Small
    first: Integers
    filled: Small
    full: Integers
    node: Small
    row: Small
    column: Small
    sums: Integers
    corners: Floats
    base: Integers
    is_known: Flags


def lay(ground: Ground, level: Level) -> Cells | None:
    """Lay the edges of each node into its cells; None where arithmetic fails (tiny numbers)."""
    lines_x, lines_y, at = _lines(ground, level)
    count = int(level.cell[-1])
    first, sums = np.zeros(count + 2, np.int64), np.zeros(count, np.int64)
    has_failed = np.zeros(1, np.int64)

    def sum_up(*bounds: int) -> None:
        sum_cells(
            ground.places, ground.edges, ground.worth, level.listed, level.first, level.stop,
            level.place, at, level.cell, level.base, level.wide, level.high, lines_x, lines_y,
            ground.frame, np.array(bounds), first[2:], sums, has_failed,
        )  # fmt: skip

    _in_bands(level, sum_up)
    if has_failed[0]:
        return None
    full = np.flatnonzero(first[2:])
    np.cumsum(first, out=first)
    filled = _fill(ground, level, first)
    first = first[:-1]
    node, row, column = _whereabouts(level, full)
    corners = np.column_stack([lines_x[at[node, 0] + column], lines_y[at[node, 1] + row]])
    codes, sums = answer(sums), sums[full]
    base, is_known = _bases(ground, (filled, first), full, corners, sums)
    return Cells(codes, first, filled, full, node, row, column, sums, corners, base, is_known)


def answer(sums: Integers) -> Small:
    """Return the grid of each sum, `UNSETTLED` where it is more than one."""
    codes = np.empty(len(sums), np.int32)

    def run(begin: int, end: int) -> None:
        answer_sums(sums[begin:end], codes[begin:end])

    in_threads(run, chunks(len(sums)))
    return codes


def _whereabouts(level: Level, cell: Integers) -> tuple[Small, Small, Small]:
    """Return node, row and column of each cell."""
    node = np.searchsorted(level.cell, cell, side="right") - 1
    row, column = np.divmod(cell - level.cell[node], level.wide[node])
    return node.astype(np.int32), row.astype(np.int32), column.astype(np.int32)


def _fill(ground: Ground, level: Level, first: Integers) -> Small:
    """Return the edges of all cells; `first` moves on from where a cell's begin to where they end.

    So it is given one place late.
    """
    filled = np.empty(first[-1], np.int32)

    def fill(*bounds: int) -> None:
        fill_cells(
            ground.places, ground.edges, level.listed, level.first, level.stop, level.place,
            level.cell, level.wide, level.high, ground.frame, np.array(bounds), first[1:], filled,
        )  # fmt: skip

    _in_bands(level, fill)
    return filled


def _bases(
    ground: Ground,
    edges: tuple[Small, Integers],
    full: Integers,
    corners: Floats,
    sums: Integers,
) -> tuple[Integers, Flags]:
    base, is_known = np.empty(len(full), np.int64), np.empty(len(full), np.bool_)

    def run(begin: int, end: int) -> None:
        some = slice(begin, end)
        find_bases(
            ground.places, ground.edges, ground.worth, *edges, full[some], corners[some],
            sums[some], base[some], is_known[some],
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
