"""The answer of a :class:`geogrid._raster.Raster` for one point, in plain Python.

The readable form of `_cell_kernels`, and what answers the first look-ups of a process: it
loads no compiler.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geogrid._exact import direction_key, side_of_edge
from geogrid._raster import FIRST_LINK, HEADER, LEAF, LINE, OUTSIDE, UNSETTLED, WORDS, Raster

__all__ = ["find_one"]

Edge = tuple[float, float, float, float]


def find_one(raster: Raster, x: float, y: float) -> int:
    """Return the grid of a point, `OUTSIDE`, or `UNSETTLED` where the plain rule must decide."""
    west, south, east, north, from_x, from_y, scale_x, scale_y = raster.frame.tolist()
    if not (west <= x <= east and south <= y <= north):
        return OUTSIDE
    wide, high = raster.columns.tolist()
    u, v, cell = (x - from_x) * scale_x, (y - from_y) * scale_y, 0
    while True:
        column, row = min(int(u), wide - 1), min(int(v), high - 1)
        code = int(raster.cells[cell + row * wide + column])
        if code > FIRST_LINK:
            return code
        target, kind = divmod(FIRST_LINK - code, 4)
        if kind == LINE:
            return _beside_line(raster, target, x, y)
        if kind == LEAF:
            return _in_leaf(raster, target, x, y)
        wide = high = int(raster.fineness[target])
        cell = int(raster.first_cell[target])
        u, v = (u - column) * wide, (v - row) * high


def _beside_line(raster: Raster, start: int, x: float, y: float) -> int:
    """Return the answer right or left of a line; on it the right one, unless that is outside."""
    ax, ay, bx, by = raster.leaves[start : start + 4].tolist()
    turn = side_of_edge(ax, ay, bx, by, x, y)
    right, left = raster.leaves[start + 4 : start + 5].view(np.int32).tolist()
    return left if turn > 0 or (turn == 0 and right == OUTSIDE) else right


def _in_leaf(raster: Raster, start: int, x: float, y: float) -> int:
    total, _, count = raster.leaves[start : start + HEADER].view(np.int64).tolist()
    west = float(raster.leaves[start + 1])
    edges = list(_edges(raster, start + HEADER, count))
    for (ax, ay, bx, by), worth in edges:
        if ax <= west and bx <= west:
            continue
        if (y >= ay or ax <= west) and (y < by or bx <= west):
            total += worth if side_of_edge(ax, ay, bx, by, x, y) <= 0 else 0
    holders, grid = divmod(total, 1 << 32)
    if holders == 1:
        return grid - 1
    return _first_touching(edges, x, y) if holders == 0 else UNSETTLED


def _edges(raster: Raster, start: int, count: int) -> Iterator[tuple[Edge, int]]:
    words = raster.leaves[start : start + WORDS * count].reshape(count, WORDS)
    ends, worth = words[:, :4].tolist(), words.view(np.int64)[:, 4].tolist()
    yield from zip(map(tuple, ends), worth, strict=True)


def _first_touching(edges: list[tuple[Edge, int]], x: float, y: float) -> int:
    """Return the grid first met counter-clockwise from just north of east."""
    met = []
    for (ax, ay, bx, by), worth in edges:
        if not (ay <= y <= by and min(ax, bx) <= x <= max(ax, bx)):
            continue
        if side_of_edge(ax, ay, bx, by, x, y) == 0:
            ends = [end for end in ((ax, ay), (bx, by)) if end != (x, y)]
            met += [(direction_key(x, y, end), abs(worth)) for end in ends]
    if not met:
        return OUTSIDE
    first = min(met)
    is_single = sum(key == first[0] for key, _ in met) == 1
    holders, grid = divmod(first[1], 1 << 32)
    return grid - 1 if is_single and holders == 1 else UNSETTLED
