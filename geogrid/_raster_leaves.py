"""What the cells of a raster hold once they are laid out: answers, lines and leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._raster import FIRST_LINK, HEADER, LEAF, LINE, WORDS
from geogrid._raster_kernels import find_lines, write_leaves, write_lines
from geogrid._raster_level import Cells, Ground, Level, answer
from geogrid._threads import chunks, in_threads

__all__ = ["Growing", "write"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Growing:
    """An array whose items are written one after another, without a copy in the end.

    Parameters
    ----------
    dtype : of the items
    expected : items to reserve; the system gives memory only where something is written
    """

    def __init__(self, dtype: type[np.generic], expected: int) -> None:
        self._items = np.empty(expected, dtype)
        self.used = 0

    def with_room(self, count: int) -> npt.NDArray[Any]:
        """Return all items; there is room for so many more from place `used` on."""
        if self.used + count > len(self._items):
            larger = np.empty(max(self.used + count, 2 * len(self._items)), self._items.dtype)
            larger[: self.used] = self.written
            self._items = larger
        return self._items

    def add(self, items: npt.NDArray[Any]) -> None:
        """Write items."""
        self.with_room(len(items))[self.used : self.used + len(items)] = items
        self.used += len(items)

    @property
    def written(self) -> npt.NDArray[Any]:
        """The items written."""
        return self._items[: self.used]


def write(ground: Ground, level: Level, cells: Cells, is_leaf: Flags, leaves: Growing) -> None:
    """Write lines and leaves of the chosen full cells, and link to them in their codes."""
    left, right = _sides(ground, level, cells)
    is_line = is_leaf & (left >= 0)
    _write_lines(ground, cells, is_line, (left[is_line], right[is_line]), leaves)
    _write_leaves(ground, cells, is_leaf & ~is_line, leaves)


def _sides(ground: Ground, level: Level, cells: Cells) -> tuple[Integers, Integers]:
    """Return the sums left and right of the one edge of full cells, −1 where it is not so."""
    count = len(cells.full)
    left, right = np.empty(count, np.int64), np.empty(count, np.int64)

    def run(begin: int, end: int) -> None:
        some = slice(begin, end)
        find_lines(
            ground.places, ground.edges, ground.worth, cells.filled, cells.first,
            cells.full[some], cells.node[some], cells.row[some], cells.column[some], level.place,
            cells.corners[some], cells.sums[some], ground.frame, left[some], right[some],
        )  # fmt: skip

    in_threads(run, chunks(count))
    return left, right


def _write_lines(
    ground: Ground,
    cells: Cells,
    is_line: Flags,
    sums: tuple[Integers, Integers],
    leaves: Growing,
) -> None:
    cell = cells.full[is_line]
    edge = cells.filled[cells.first[cell]]
    left, right = (answer(each).astype(np.int64) for each in sums)
    both = (left << 32) | (right & 0xFFFFFFFF)
    different, which = np.unique(edge, return_inverse=True)
    seen, start = np.full(len(different), -1, np.int64), np.empty(len(cell), np.int64)
    words = leaves.with_room(WORDS * len(cell))
    leaves.used = write_lines(
        ground.places, ground.edges, edge, both, which, leaves.used, seen, start, words,
        words.view(np.int64),
    )  # fmt: skip
    cells.codes[cell] = FIRST_LINK - LINE - 4 * start


def _write_leaves(ground: Ground, cells: Cells, is_leaf: Flags, leaves: Growing) -> None:
    cell = cells.full[is_leaf]
    size = HEADER + WORDS * (cells.first[cell + 1] - cells.first[cell])
    start = leaves.used + np.cumsum(size) - size
    words = leaves.with_room(int(size.sum()))
    leaves.used += int(size.sum())
    west, base = cells.corners[is_leaf, 0], cells.base[is_leaf]

    def run(begin: int, end: int) -> None:
        some = slice(begin, end)
        write_leaves(
            ground.places, ground.edges, ground.worth, cells.filled, cells.first, cell[some],
            west[some], base[some], start[some], words, words.view(np.int64),
        )  # fmt: skip

    in_threads(run, chunks(len(cell)))
    cells.codes[cell] = FIRST_LINK - LEAF - 4 * start
