"""Compiled: the grids of points from the leaves and lines of their cells.

Nearly all are settled by a filter, without a branch that depends on where a point lies; the
few that it leaves open are asked again, exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._compiled import kernel
from geogrid._raster import COUNT_SHIFT, FIRST_LINK, HEADER, OUTSIDE, UNSETTLED, WORDS
from geogrid._side_kernels import FILTER, UNDERFLOW, UNKNOWN, side

__all__ = ["beside_lines", "in_leaves", "load", "passes_west"]

_SUM = 0xFFFFFFFF
_1, _2, _3, _4 = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
"""Places without a sign are not asked whether they count from the end."""


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
def load(words: Any, found: Any, listed: Any, step: int) -> Any:
    """Load three words of the line or leaf of each listed point, `step` apart; return a sum.

    Of all points at once, while later loops wait for memory at every few.
    """
    total, last = 0, np.uint64(len(words) - 1)
    for k in range(len(listed)):
        start = np.uint64((FIRST_LINK - found[listed[k]]) >> 2)
        second, third = start + np.uint64(step), start + np.uint64(2 * step)
        total += words[start] + words[min(second, last)] + words[min(third, last)]
    return total


@kernel
def beside_lines(leaves: Any, words: Any, px: Any, py: Any, found: Any, listed: Any) -> None:
    """Write the answers of the listed points, in whose cells are lines, over the links to them.

    `listed` is used up.
    """
    left_over = 0
    for k in range(len(listed)):
        at = listed[k]
        link = found[at]
        start = np.uint64((FIRST_LINK - link) >> 2)
        ax, ay = leaves[start], leaves[start + _1]
        bx, by = leaves[start + _2], leaves[start + _3]
        turn, is_sure = _turn(ax - px[at], ay - py[at], bx - px[at], by - py[at])
        answer = np.int32(words[start + _4] >> (~_bits(turn) >> 63 & 32))
        found[at] = answer if is_sure < 0 else link
        listed[left_over] = at
        left_over += is_sure >= 0
    for at in listed[:left_over]:
        start = (FIRST_LINK - found[at]) >> 2
        found[at] = _beside_line(leaves, words, start, px[at], py[at])


@kernel
def in_leaves(leaves: Any, words: Any, px: Any, py: Any, found: Any, listed: Any) -> None:
    """Write the answers of the listed points, in whose cells are leaves, over the links to them.

    The edges that count are those of :func:`passes_west`; signs are kept as the highest bits of
    words, because processors would guess branches wrong and wait for memory at each.
    `listed` is used up.
    """
    left_over = 0
    for k in range(len(listed)):
        at = listed[k]
        link, x, y = found[at], px[at], py[at] + 0.0  # −0 − 0 would be below 0
        start = np.uint64((FIRST_LINK - link) >> 2)
        total, west = words[start], leaves[start + _1]
        edge = start + np.uint64(HEADER)
        stop = edge + np.uint64(words[start + _2] * WORDS)
        doubts = 0
        while edge < stop:
            ax, ay = leaves[edge], leaves[edge + _1]
            bx, by = leaves[edge + _2], leaves[edge + _3]
            turn, is_sure = _turn(ax - x, ay - y, bx - x, by - y)
            is_below, is_under = _bits(y - ay), _bits(y - by)
            is_from_here, is_to_here = _bits(west - ax), _bits(west - bx)
            counts = (is_from_here | is_to_here) & (is_under | ~is_to_here)
            counts &= ~(is_below & is_from_here)
            total += words[edge + _4] & ((counts & _bits(turn)) >> 63)
            doubts |= counts & ~is_sure
            edge += np.uint64(WORDS)
        is_settled = (total >> COUNT_SHIFT == 1) & (doubts >= 0)
        found[at] = np.int32(total - 1) if is_settled else link
        listed[left_over] = at
        left_over += not is_settled
    for at in listed[:left_over]:
        start = (FIRST_LINK - found[at]) >> 2
        found[at] = _in_leaf(leaves, words, start, px[at], py[at])


@kernel
def _turn(ax: float, ay: float, bx: float, by: float) -> tuple[float, Any]:
    """Return what is positive where the origin is left of an edge; below 0 where that is sure."""
    left, right = ax * by, ay * bx
    turn, size = left - right, abs(left) + abs(right)
    return turn, _bits(FILTER * size - abs(turn)) & _bits(UNDERFLOW - size)


@kernel
def _bits(value: float) -> Any:
    """Return the bits of a number as a word, which is below 0 where the number is (or is −0)."""
    return np.float64(value).view(np.int64)


@kernel
def _beside_line(leaves: Any, words: Any, start: int, x: float, y: float) -> Any:
    """Return the answer right or left of a line; on it the right one, unless that is outside."""
    answers = words[start + 4]
    answer_left, answer_right = answers >> 32, np.int64(np.int32(answers & _SUM))
    ax, ay, bx, by = leaves[start], leaves[start + 1], leaves[start + 2], leaves[start + 3]
    turn = side(ax, ay, bx, by, x, y)
    if turn == UNKNOWN:
        return UNSETTLED
    return answer_left if turn > 0 or (turn == 0 and answer_right == OUTSIDE) else answer_right


@kernel
def _in_leaf(leaves: Any, words: Any, start: int, x: float, y: float) -> Any:
    """Return the answer of a leaf, exactly."""
    total, west = words[start], leaves[start + 1]
    for k in range(words[start + 2]):
        at = start + HEADER + WORDS * k
        ax, ay, bx, by = leaves[at], leaves[at + 1], leaves[at + 2], leaves[at + 3]
        passes = passes_west(ax, ay, bx, by, west, x, y)
        if passes == UNKNOWN:
            return UNSETTLED
        total += passes * words[at + 4]
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
