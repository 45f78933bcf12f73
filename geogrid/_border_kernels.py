"""Compiled: the nearest edge of each point, from a :class:`geogrid._border_tree.BorderTree`.

What is computed for an edge is, operation by operation, what :mod:`geogrid._border_search` does
without a compiler.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._border_grounds import Around
from geogrid._border_search import SAME_M, Nearest
from geogrid._border_tree import CHILDREN, BorderTree
from geogrid._compiled import kernel

__all__ = ["find_nearest"]

Integers = npt.NDArray[np.int64]

_DEEPEST = 24
"""Levels; a tree of all memory has less."""
_NOTHING = 1e300


def find_nearest(
    tree: BorderTree, around: Around, own: npt.NDArray[np.int32], rank: Integers
) -> Nearest:
    """Do what :func:`geogrid._border_search.search` does, around each of n finite points."""
    square, lon, lat = np.empty((3, len(own)))
    across = np.empty(len(own), np.int64)
    room = _DEEPEST * CHILDREN
    _find(
        around.x,
        around.y,
        around.measure,
        own,
        rank,
        tree.coordinates,
        tree.first,
        tree.count,
        tree.owner,
        tree.boxes,
        tree.below,
        (np.empty(room, np.int64), np.empty(room), np.empty(CHILDREN)),
        (np.empty(len(tree.first), np.int64), np.empty(len(tree.first))),
        (square, lon, lat, across),
    )
    return Nearest(square, lon, lat, across)


@kernel
def _find(
    px: Any,
    py: Any,
    measure: Any,
    own: Any,
    rank: Any,
    coordinates: Any,
    first: Any,
    count: Any,
    owner: Any,
    boxes: Any,
    below: Any,
    waiting: Any,
    seen: Any,
    found: Any,
) -> None:
    """Walk down the tree for each point, the nearest box first.

    What is nearest to one point bounds the search for the next, so points in the order of a curve
    go faster; the answers are the same. `waiting` is room for what is still to be looked at and
    how near it may be, `seen` for the runs that were and how near they are.
    """
    stack, least, bounds = waiting
    runs, nearest = seen
    last = 0
    for at in range(len(px)):
        here = px[at], py[at], measure[at, 0], measure[at, 1], measure[at, 2], measure[at, 3]
        best = _to_run(here, coordinates, first[last], count[last])
        reach = (np.sqrt(best[0]) + SAME_M) ** 2
        known = 0
        stack[0], least[0], top = len(boxes) - 1, 0.0, 1
        while top:
            top -= 1
            if least[top] > reach:
                continue
            node = stack[top]
            if node >= 0:
                _to_boxes(here, boxes[node], bounds)
                top = _push(below[node], bounds, reach, stack, least, top)
                continue
            run = -1 - node
            one = _to_run(here, coordinates, first[run], count[run])
            runs[known], nearest[known] = run, one[0]
            known += 1
            if _comes_before(one, best):
                best = one
                last = run
                reach = (np.sqrt(best[0]) + SAME_M) ** 2
        grid, lowest = -1, len(rank)
        for k in range(known):
            other = owner[runs[k]]
            if nearest[k] <= reach and other != own[at] and rank[other] < lowest:
                grid, lowest = other, rank[other]
        found[0][at], found[1][at], found[2][at] = best
        found[3][at] = grid


@kernel
def _comes_before(one: Any, other: Any) -> bool:
    """Return whether a place is nearer, or as near and farther south, or west."""
    if one[0] != other[0]:
        return one[0] < other[0]
    return one[2] < other[2] or (one[2] == other[2] and one[1] < other[1])


@kernel
def _push(below: Any, bounds: Any, reach: float, stack: Any, least: Any, top: int) -> int:
    """Put boxes within reach on the stack, the nearest on top."""
    base = top
    for child in range(CHILDREN):
        bound = bounds[child]
        if bound <= reach:
            place = top
            while place > base and least[place - 1] < bound:
                stack[place], least[place] = stack[place - 1], least[place - 1]
                place -= 1
            stack[place], least[place] = below[child], bound
            top += 1
    return top


@kernel
def _to_boxes(here: Any, boxes: Any, bounds: Any) -> None:
    """Write less than the square of the distance to any place in each of eight boxes."""
    x, y, east, north, narrows, grows = here
    for k in range(len(bounds)):
        west, south, to_east, to_north = boxes[0, k], boxes[1, k], boxes[2, k], boxes[3, k]
        beside = max(west - x, x - to_east, 0.0)
        to_y = max(south - y, 0.0) - max(y - to_north, 0.0)
        above = to_y * (north + grows * to_y)
        narrowest = min(east - narrows * (south - y), east - narrows * (to_north - y))
        beside *= max(narrowest, 0.0)
        bounds[k] = (beside * beside + above * above) * (1.0 - 1e-12)


@kernel
def _to_run(here: Any, coordinates: Any, first: int, count: int) -> Any:
    """Return the square of the distance to a run of edges, and the place on it that is nearest."""
    x, y, east, north, narrows, grows = here
    best, best_x, best_y = _NOTHING, 0.0, 0.0
    for at in range(first, first + count):
        one_x, one_y = coordinates[at, 0], coordinates[at, 1]
        other_x, other_y = coordinates[at + 1, 0], coordinates[at + 1, 1]
        turned = (one_y > other_y) | ((one_y == other_y) & (one_x > other_x))
        ax, bx = (other_x, one_x) if turned else (one_x, other_x)
        ay, by = (other_y, one_y) if turned else (one_y, other_y)
        along_x, along_y = (bx - ax) * east, (by - ay) * north
        length = along_x * along_x + along_y * along_y
        share = (x - ax) * east * along_x + (y - ay) * north * along_y
        share = share / (length if length > 0.0 else 1.0)
        share = min(max(share, 0.0), 1.0)
        is_low = share <= 0.5
        part = share if is_low else share - 1.0
        foot_x = (ax if is_low else bx) + part * (bx - ax)
        foot_y = (ay if is_low else by) + part * (by - ay)
        to_x, to_y = foot_x - x, foot_y - y
        metres_x, metres_y = to_x * (east - narrows * to_y), to_y * (north + grows * to_y)
        square = metres_x * metres_x + metres_y * metres_y
        comes_first = (square < best) | (
            (square == best) & ((foot_y < best_y) | ((foot_y == best_y) & (foot_x < best_x)))
        )
        best = square if comes_first else best
        best_x = foot_x if comes_first else best_x
        best_y = foot_y if comes_first else best_y
    return best, best_x, best_y
