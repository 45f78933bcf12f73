"""Compiled: the grid of a point from the leaf or line of a cell, and the exact sides it needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._compiled import kernel
from geogrid._raster import COUNT_SHIFT, HEADER, OUTSIDE, UNSETTLED, WORDS
from geogrid._side_kernels import FILTER, UNDERFLOW, UNKNOWN, side

__all__ = ["beside_line", "in_leaf", "passes_west"]

_SUM = 0xFFFFFFFF


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
def beside_line(leaves: Any, words: Any, start: int, x: float, y: float) -> Any:
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
def in_leaf(leaves: Any, words: Any, start: int, x: float, y: float) -> Any:
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
