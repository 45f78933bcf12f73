"""Compiled: the grid of each point, from the cells of a :class:`geogrid._raster.Raster`.

Points go through in blocks, and a block through stages, so that the loads of one stage do not
wait for each other: first the root's cell, then nodes, then the leaves' headers, then edges.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._order_kernels import deal, put_back
from geogrid._raster import (
    COUNT_SHIFT,
    FIRST_LINK,
    HEADER,
    LINE,
    NODE,
    OUTSIDE,
    UNSETTLED,
    WORDS,
    Raster,
)
from geogrid._side_kernels import FILTER, UNDERFLOW, UNKNOWN, side
from geogrid._threads import chunks, in_threads

__all__ = ["find", "passes_west"]

Floats = npt.NDArray[np.float64]

_BLOCK = 1024
_CHUNK = 65_536
_MOST_DEALT = 1 << 23
"""Points put in order at once, in 20 bytes of memory each,"""
_CACHE = 32_000_000
"""where the raster has more bytes than a large cache"""
_BYTES_A_POINT = 128
"""and no more than so many for each point (measured)."""
_SUM = 0xFFFFFFFF


def find(raster: Raster, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
    """Return the grid of (n,) points, −1 outside, `UNSETTLED` where the plain rule must decide."""
    found = np.empty(len(x), np.int32)
    for begin in range(0, len(x), _MOST_DEALT):
        some = slice(begin, begin + _MOST_DEALT)
        if _pays(raster, len(x[some])):
            near = deal(x[some], y[some], raster.frame[1], raster.frame[3])
            put_back(_ask(raster, near.x, near.y), near.place, found[some])
        else:
            found[some] = _ask(raster, x[some], y[some])
    return found


def _pays(raster: Raster, points: int) -> bool:
    """Return whether to put points in order first: they would wait for memory, and meet often."""
    size = raster.leaves.nbytes + raster.cells.nbytes
    return size > _CACHE and points * _BYTES_A_POINT > size


def _ask(raster: Raster, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
    found = np.empty(len(x), np.int32)
    x, y = x.view(), y.view()
    x.flags.writeable = y.flags.writeable = False  # one kind of array, so compiled once

    def run(begin: int, end: int) -> None:
        _find(
            x[begin:end],
            y[begin:end],
            found[begin:end],
            raster.frame,
            raster.columns,
            raster.cells,
            raster.first_cell,
            raster.fineness,
            raster.leaves,
            raster.leaves.view(np.int64),
            np.empty(_BLOCK, np.int64),
            np.empty((_BLOCK, 2)),
            np.empty(_BLOCK, np.int64),
        )

    in_threads(run, chunks(len(x), parts=max(1, len(x) // _CHUNK)))
    return found


@kernel
def passes_west(ax: float, ay: float, bx: float, by: float, west: float, x: float, y: float) -> int:
    """Return whether an edge passes at or west of the point moved by (+ε, +ε²): 1, 0 or UNKNOWN.

    `a` is the lower end (the western one of a horizontal edge). Of edges that come from west of
    the cell only the side counts: they run on beyond the cell's western limit `west`.
    """
    if (ax <= west) & (bx <= west):
        return 0
    if ((y >= ay) | (ax <= west)) & ((y < by) | (bx <= west)):
        turn = side(ax, ay, bx, by, x, y)
        if turn == UNKNOWN:
            return UNKNOWN
        return 1 if turn <= 0 else 0
    return 0


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
                found[at] = _beside_line(leaves, words, link >> 2, px[at], py[at])
            else:
                found[at] = _in_leaf(leaves, words, link >> 2, px[at], py[at])


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


@kernel
def _beside_line(leaves: Any, words: Any, start: int, x: float, y: float) -> Any:
    """Return the answer right or left of a line; on it the right one, unless that is outside."""
    ax, ay, bx, by = leaves[start], leaves[start + 1], leaves[start + 2], leaves[start + 3]
    answers = words[start + 4]
    answer_left, answer_right = answers >> 32, np.int64(np.int32(answers & _SUM))
    left, right = (ax - x) * (by - y), (ay - y) * (bx - x)
    turn = left - right
    size = abs(left) + abs(right)
    if (abs(turn) > FILTER * size) & (size > UNDERFLOW):
        is_left = np.int64(turn > 0.0)
        return answer_right + is_left * (answer_left - answer_right)
    exact = side(ax, ay, bx, by, x, y)
    if exact == UNKNOWN:
        return UNSETTLED
    return answer_left if exact > 0 or (exact == 0 and answer_right == OUTSIDE) else answer_right


@kernel
def _in_leaf(leaves: Any, words: Any, start: int, x: float, y: float) -> Any:
    """Return the answer of a leaf; the edges that count are those of :func:`passes_west`."""
    total = words[start]
    west = leaves[start + 1]
    edges = words[start + 2]
    at = start + HEADER
    for _ in range(edges):
        ax, ay, bx, by = leaves[at], leaves[at + 1], leaves[at + 2], leaves[at + 3]
        counts = (
            ((y >= ay) | (ax <= west)) & ((y < by) | (bx <= west)) & ((ax > west) | (bx > west))
        )
        left, right = (ax - x) * (by - y), (ay - y) * (bx - x)
        turn = left - right
        size = abs(left) + abs(right)
        is_sure = (abs(turn) > FILTER * size) & (size > UNDERFLOW)
        passes = counts & (turn < 0.0)  # no branches up to here: they would be guessed wrong
        if counts & (not is_sure):
            exact = side(ax, ay, bx, by, x, y)
            if exact == UNKNOWN:
                return UNSETTLED
            passes = exact <= 0
        total += np.int64(passes) * words[at + 4]
        at += WORDS
    holders = total >> COUNT_SHIFT
    if holders == 1:
        return np.int64(total & _SUM) - 1
    if holders != 0:
        return UNSETTLED
    return _first_touching(leaves, words, start, x, y)


@kernel
def _first_touching(leaves: Any, words: Any, start: int, x: float, y: float) -> Any:
    """Return the grid first met counter-clockwise from just north of east, of edges on the point.

    What lies clockwise of that edge is outside, so one grid alone can have it, unless grids
    overlap beyond it.
    """
    best, is_single = 0, True
    best_x, best_y = 0.0, 0.0
    for k in range(words[start + 2]):
        at = start + HEADER + WORDS * k
        ax, ay, bx, by = leaves[at], leaves[at + 1], leaves[at + 2], leaves[at + 3]
        if (y < ay) | (y > by) | (x < min(ax, bx)) | (x > max(ax, bx)):
            continue
        turn = side(ax, ay, bx, by, x, y)
        if turn == UNKNOWN:
            return UNSETTLED
        if turn != 0:
            continue
        for end in range(2):
            tx, ty = (ax, ay) if end == 0 else (bx, by)
            if tx == x and ty == y:
                continue
            order = -1 if best == 0 else _compare(x, y, tx, ty, best_x, best_y)
            if order == UNKNOWN:
                return UNSETTLED
            if order < 0:
                best, best_x, best_y, is_single = words[at + 4], tx, ty, True
            elif order == 0:
                is_single = False
    if best == 0:
        return OUTSIDE
    grids = abs(best)
    if not is_single or grids >> COUNT_SHIFT != 1:
        return UNSETTLED
    return np.int64(grids & _SUM) - 1


@kernel
def _compare(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> int:
    """Return −1 where the direction to a comes before that to b, 1 after, 0 for the same."""
    first, second = _half(x, y, ax, ay), _half(x, y, bx, by)
    if first != second:
        return -1 if first < second else 1
    if first & 1:
        return 0
    turn = side(x, y, ax, ay, bx, by)
    return turn if turn == UNKNOWN else -turn


@kernel
def _half(x: float, y: float, to_x: float, to_y: float) -> int:
    if to_y == y:
        return 1 if to_x < x else 3
    return 0 if to_y > y else 2
