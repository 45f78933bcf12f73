"""Compiled search for points beside points and beside edges, on a hashed grid of squares.

Squares are as wide as edges are long on average, so that it does not matter how unevenly
points lie over the extent. What is found are candidates; the caller measures them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel

__all__ = ["points_by_edges", "points_by_points"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_MIX_X = np.uint64(0x9E3779B97F4A7C15)
_MIX_Y = np.uint64(0xC2B2AE3D27D4EB4F)
_FARTHEST = 2.0**52


def points_by_edges(
    start: Floats, end: Floats, points: Floats, reach: float
) -> tuple[Integers, Integers]:
    """Return pairs of an edge and a point that lies about as near to it as `reach`, or nearer.

    Parameters
    ----------
    start, end : (e, 2) ends of the edges
    points : (p, 2)
    reach : in the units of the data

    Returns
    -------
    edge, point
        All pairs nearer than `reach`, and some that are not; none of an edge and its own end.
    """
    side = _side(start, end, points, reach)
    table, begins, order = _grid(points, side)
    count = np.zeros(len(start) + 1, dtype=np.int64)
    none = np.zeros((0, 2), dtype=np.int64)
    _edges(start, end, points, reach, side, table, begins, order, count, none)
    first = np.cumsum(count) - count
    pairs = np.empty((int(count.sum()), 2), dtype=np.int64)
    _edges(start, end, points, reach, side, table, begins, order, first, pairs)
    return pairs[:, 0], pairs[:, 1]


def points_by_points(points: Floats, reach: Floats, side: float) -> tuple[Integers, Integers]:
    """Return pairs of different points, each within the first one's reach in x and in y.

    Parameters
    ----------
    points : (p, 2)
    reach : (p,) in the units of the data, much smaller than `side`
    side : width of the squares
    """
    table, begins, order = _grid(points, side)
    count = np.zeros(len(points) + 1, dtype=np.int64)
    _points(points, reach, side, table, begins, order, count, np.zeros((0, 2), dtype=np.int64))
    first = np.cumsum(count) - count
    pairs = np.empty((int(count.sum()), 2), dtype=np.int64)
    _points(points, reach, side, table, begins, order, first, pairs)
    return pairs[:, 0], pairs[:, 1]


def _side(start: Floats, end: Floats, points: Floats, reach: float) -> float:
    """Return how wide squares are: as edges on average, and numbered without overflow."""
    wide = float(np.abs(end - start).max(axis=1).mean()) if len(start) else 1.0
    farthest = float(np.abs(points).max(initial=1.0))
    return max(wide, 4.0 * reach, farthest / _FARTHEST)


def _grid(points: Floats, side: float) -> tuple[Integers, Integers, Integers]:
    """Return a table of slots, where each slot's points begin, and the points slot by slot."""
    size = 1 << max(4, int(np.ceil(np.log2(2 * len(points) + 1))))
    slot = np.empty(len(points), dtype=np.int64)
    _slots(points, side, size - 1, slot)
    begins = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(slot, minlength=size), out=begins[1:])
    return np.array([size - 1]), begins, np.argsort(slot, kind="stable")


@kernel
def _slot(column: Any, row: Any, mask: Any) -> Any:
    mixed = np.uint64(column) * _MIX_X + np.uint64(row) * _MIX_Y
    mixed ^= mixed >> np.uint64(31)
    return np.int64(mixed & np.uint64(mask))


@kernel
def _slots(points: Any, side: float, mask: int, slot: Any) -> None:
    for at in range(len(points)):
        column, row = np.floor(points[at, 0] / side), np.floor(points[at, 1] / side)
        slot[at] = _slot(np.int64(column), np.int64(row), mask)


@kernel
def _edges(
    start: Any,
    end: Any,
    points: Any,
    reach: float,
    side: float,
    table: Any,
    begins: Any,
    order: Any,
    place: Any,
    pairs: Any,
) -> None:
    """Count each edge's points where `pairs` is empty, else write them."""
    for edge in range(len(start)):
        ax, ay, bx, by = start[edge, 0], start[edge, 1], end[edge, 0], end[edge, 1]
        west, east = min(ax, bx) - reach, max(ax, bx) + reach
        south, north = min(ay, by) - reach, max(ay, by) + reach
        first, last = np.int64(np.floor(west / side)), np.int64(np.floor(east / side))
        slope = (by - ay) / (bx - ax) if bx != ax else 0.0
        for column in range(first, last + 1):
            low, high = south, north
            if last > first and ax != bx:  # only where it runs in this column, and a little more
                one = ay + (column * side - reach - ax) * slope
                other = ay + ((column + 1) * side + reach - ax) * slope
                room = 2.0 * reach + 1e-9 * side
                low, high = max(low, min(one, other) - room), min(high, max(one, other) + room)
            for row in range(np.int64(np.floor(low / side)), np.int64(np.floor(high / side)) + 1):
                slot = _slot(column, row, table[0])
                for at in range(begins[slot], begins[slot + 1]):
                    point = order[at]
                    x, y = points[point, 0], points[point, 1]
                    if x < west or x > east or y < south or y > north:
                        continue
                    if (x == ax and y == ay) or (x == bx and y == by):
                        continue
                    if np.floor(x / side) != column or np.floor(y / side) != row:
                        continue  # another square in the same slot
                    across = abs((bx - ax) * (y - ay) - (by - ay) * (x - ax))
                    if across > 2.0 * reach * (abs(bx - ax) + abs(by - ay)):
                        continue
                    if len(pairs):
                        pairs[place[edge], 0], pairs[place[edge], 1] = edge, point
                    place[edge] += 1


@kernel
def _points(
    points: Any,
    reach: Any,
    side: float,
    table: Any,
    begins: Any,
    order: Any,
    place: Any,
    pairs: Any,
) -> None:
    """Count each point's neighbours where `pairs` is empty, else write them."""
    for one in range(len(points)):
        x, y, near = points[one, 0], points[one, 1], reach[one]
        for column in range(
            np.int64(np.floor((x - near) / side)), np.int64(np.floor((x + near) / side)) + 1
        ):
            for row in range(
                np.int64(np.floor((y - near) / side)), np.int64(np.floor((y + near) / side)) + 1
            ):
                slot = _slot(column, row, table[0])
                for at in range(begins[slot], begins[slot + 1]):
                    other = order[at]
                    if other == one or abs(points[other, 0] - x) > near:
                        continue
                    if abs(points[other, 1] - y) > near:
                        continue
                    square = np.floor(points[other, 0] / side), np.floor(points[other, 1] / side)
                    if square[0] != column or square[1] != row:
                        continue
                    if len(pairs):
                        pairs[place[one], 0], pairs[place[one], 1] = one, other
                    place[one] += 1
