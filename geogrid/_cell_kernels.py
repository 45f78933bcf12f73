"""Compiled: the grid of each point, from the cells of a :class:`geogrid._raster.Raster`.

Points go through in blocks, and a block through stages, so that the loads of one stage do not
wait for each other: first the root's cell, then nodes, then the leaves' headers, then edges.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._leaf_kernels import beside_line, in_leaf
from geogrid._raster import FIRST_LINK, LINE, NODE, OUTSIDE, Raster
from geogrid._row_kernels import find_by_rows
from geogrid._threads import chunks, in_threads

__all__ = ["find"]

Floats = npt.NDArray[np.float64]

_BLOCK = 1024
_CHUNK = 65_536
_CACHE_BYTES = 32_000_000
"""A raster beyond what a processor keeps close is asked row by row of its root,"""
_POINTS_PER_BYTE = 1 / 512
"""where there are enough points for what they lead to,"""
_AT_ONCE = 1 << 23
"""and so many at once, at most: ordered, they are held a second time."""


def find(raster: Raster, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
    """Return the grid of (n,) points, −1 outside, `UNSETTLED` where the plain rule must decide."""
    found = np.empty(len(x), np.int32)
    x, y = x.view(), y.view()
    x.flags.writeable = y.flags.writeable = False  # one kind of array, so compiled once
    words = raster.leaves.view(np.int64)

    def ask(x: Floats, y: Floats, found: npt.NDArray[np.int32]) -> None:
        _find(
            x, y, found, raster.frame, raster.columns, raster.cells, raster.first_cell,
            raster.fineness, raster.leaves, words, np.empty(_BLOCK, np.int64),
            np.empty((_BLOCK, 2)), np.empty(_BLOCK, np.int64),
        )  # fmt: skip

    size = raster.cells.nbytes + raster.leaves.nbytes
    if size > _CACHE_BYTES and len(x) > size * _POINTS_PER_BYTE:
        for begin in range(0, len(x), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            find_by_rows(raster, x[some], y[some], found[some], ask)
    elif len(x) < 2 * _CHUNK:
        ask(x, y, found)
    else:
        runs = chunks(len(x), parts=max(1, len(x) // _CHUNK))
        in_threads(lambda begin, end: ask(x[begin:end], y[begin:end], found[begin:end]), runs)
    return found


@kernel
def _find(
    px: Any,
    py: Any,
    found: Any,
    frame: Any,
    columns: Any,
    cells: Any,
    first_cell: Any,
    fineness: Any,
    leaves: Any,
    words: Any,
    waiting: Any,
    places: Any,
    starts: Any,
) -> None:
    for begin in range(0, len(px), _BLOCK):
        stop = min(len(px), begin + _BLOCK)
        count = _ask_root(
            px[begin:stop],
            py[begin:stop],
            found[begin:stop],
            frame,
            columns,
            cells,
            waiting,
            places,
        )
        for k in range(count):
            at = begin + waiting[k]
            found[at] = _go_down(
                cells, first_cell, fineness, np.int64(found[at]), places[k, 0], places[k, 1]
            )
            starts[k] = FIRST_LINK - found[at]
        for k in range(count):
            at, link = begin + waiting[k], starts[k]
            if link < 0:
                continue
            if link & 3 == LINE:
                found[at] = beside_line(leaves, words, link >> 2, px[at], py[at])
            else:
                found[at] = in_leaf(leaves, words, link >> 2, px[at], py[at])


@kernel
def _ask_root(
    px: Any, py: Any, found: Any, frame: Any, columns: Any, cells: Any, waiting: Any, places: Any
) -> int:
    """Write the codes of the root's cells; list the points that they lead on, and return how many.

    `places` are where those points lie in their cells, from 0 to 1.
    """
    west, south, east, north = frame[0], frame[1], frame[2], frame[3]
    from_x, from_y, scale_x, scale_y = frame[4], frame[5], frame[6], frame[7]
    wide, high = columns[0], columns[1]
    count = 0
    for at in range(len(px)):
        x, y = px[at], py[at]
        code: Any = np.int32(OUTSIDE)
        if (x >= west) & (x <= east) & (y >= south) & (y <= north):
            u, v = (x - from_x) * scale_x, (y - from_y) * scale_y
            column, row = min(np.int64(u), wide - 1), min(np.int64(v), high - 1)
            code = cells[row * wide + column]
            places[count, 0], places[count, 1] = u - column, v - row
        found[at] = code
        waiting[count] = at
        count += code <= FIRST_LINK
    return count


@kernel
def _go_down(cells: Any, first_cell: Any, fineness: Any, code: Any, u: Any, v: Any) -> Any:
    """Return the code of the leaf or answer that a link leads to, through any nodes."""
    while code <= FIRST_LINK and (FIRST_LINK - code) & 3 == NODE:
        node = (FIRST_LINK - code) >> 2
        fine = fineness[node]
        u, v = u * fine, v * fine
        column, row = min(np.int64(u), fine - 1), min(np.int64(v), fine - 1)
        u, v = u - column, v - row
        code = np.int64(cells[first_cell[node] + row * fine + column])
    return code
