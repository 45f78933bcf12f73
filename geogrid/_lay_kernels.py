"""Compiled passes that lay edges into the cells of nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._compiled import kernel
from geogrid._merge_kernels import ends_of
from geogrid._raster import MARGIN
from geogrid._side_kernels import UNKNOWN, side

__all__ = ["fill_cells", "sum_cells"]

_CLEAR = 0.001
_STEEP = 1000.0
"""Up to so many columns per row, a crossing in floats is right to `_CLEAR`."""


@kernel
def _row_span(u: float, v: float, to_u: float, to_v: float, row: int, wide: int) -> tuple[Any, Any]:
    """Return the first and last column that an edge touches in a row, and a little more."""
    begin, end = 0.0, 1.0
    if to_v > v:
        begin = min(max((row - MARGIN - v) / (to_v - v), 0.0), 1.0)
        end = min(max((row + 1.0 + MARGIN - v) / (to_v - v), 0.0), 1.0)
    one, other = u + begin * (to_u - u), u + end * (to_u - u)
    first = np.floor(min(one, other) - MARGIN)
    last = np.floor(max(one, other) + MARGIN)
    return np.int64(max(first, 0.0)), np.int64(min(last, wide - 1.0))


@kernel
def _rows(v: float, to_v: float, first_row: int, last_row: int) -> tuple[Any, Any]:
    """Return the first and last row of an edge within given ones."""
    first = np.floor(max(v - MARGIN, first_row * 1.0))
    last = np.floor(min(to_v + MARGIN, last_row * 1.0))
    return np.int64(first), np.int64(last)


@kernel
def _first_column(
    ax: float, ay: float, bx: float, by: float, y: float, lines: Any, guess: float, is_steep: bool
) -> Any:
    """Return the first line of a row that an edge passes at or west of, −1 where unknown."""
    wide = len(lines)
    if is_steep and abs(guess - np.rint(guess)) > _CLEAR:
        return np.int64(min(max(np.ceil(guess), 0.0), wide * 1.0))
    first, stop = 0, wide
    while first < stop:
        middle = (first + stop) >> 1
        turn = side(ax, ay, bx, by, lines[middle], y)
        if turn == UNKNOWN:
            return -1
        if turn <= 0:
            stop = middle
        else:
            first = middle + 1
    return first


@kernel
def _passes_from(
    ax: float, ay: float, bx: float, by: float, place: Any, row: int, lines: Any, y_lines: Any
) -> Any:
    """Return from which line on an edge passes west along the southern limit of a row.

    That many lines where it does not pass at all, −1 where unknown.
    """
    y, west = y_lines[row], lines[0]
    if not (((y >= ay) | (ax <= west)) & ((y < by) | (bx <= west))):
        return len(lines)
    if by == ay:
        return 0
    u, v, to_u, to_v = place
    is_steep = abs(to_u - u) < _STEEP * (to_v - v)
    guess = u + (to_u - u) * ((row - v) / (to_v - v)) if is_steep else 0.0
    return _first_column(ax, ay, bx, by, y, lines, guess, is_steep)


@kernel
def sum_cells(
    places: Any,
    edges: Any,
    total: Any,
    listed: Any,
    node_first: Any,
    node_stop: Any,
    node_place: Any,
    node_lines: Any,
    node_cell: Any,
    node_base: Any,
    wide: Any,
    high: Any,
    lines_x: Any,
    lines_y: Any,
    frame: Any,
    bounds: Any,
    counts: Any,
    sums: Any,
    has_failed: Any,
) -> None:
    """Count the edges of each cell, and sum up what lies at its south-western corner.

    `bounds` are the nodes and rows to do: first node, stop, first row, stop. The sum of a cell
    is what holds its corner moved by (+ε, +ε²).
    """
    for node in range(bounds[0], bounds[1]):
        columns, rows = wide[node], high[node]
        first_row, last_row = bounds[2], min(bounds[3], rows) - 1
        from_u, from_v, fine = node_place[node, 0], node_place[node, 1], node_place[node, 2]
        x_lines = lines_x[node_lines[node, 0] : node_lines[node, 0] + columns]
        y_lines = lines_y[node_lines[node, 1] : node_lines[node, 1] + rows]
        west = x_lines[0]
        cell = node_cell[node]
        for item in range(node_first[node], node_stop[node]):
            edge = listed[item]
            ax, ay, bx, by = ends_of(places, edges, edge)
            v = ((ay - frame[5]) * frame[7] - from_v) * fine
            to_v = ((by - frame[5]) * frame[7] - from_v) * fine
            is_beside = v > last_row + 1.5 or to_v < first_row - 0.5
            if is_beside and ax > west and bx > west:
                continue
            u = ((ax - frame[4]) * frame[6] - from_u) * fine
            to_u = ((bx - frame[4]) * frame[6] - from_u) * fine
            begin, end = _rows(v, to_v, first_row, last_row)
            for row in range(begin, end + 1):
                first, last = _row_span(u, v, to_u, to_v, row, columns)
                for column in range(first, last + 1):
                    counts[cell + row * columns + column] += 1
            if (ax <= west) & (bx <= west):
                continue
            begin = first_row if ax <= west else max(first_row, begin)
            end = last_row if bx <= west else min(last_row, end + 1)
            place = u, v, to_u, to_v
            for row in range(begin, end + 1):
                column = _passes_from(ax, ay, bx, by, place, row, x_lines, y_lines)
                if column < 0:
                    has_failed[0] = 1
                elif column < columns:
                    sums[cell + row * columns + column] += total[edge]
        for row in range(first_row, last_row + 1):
            running = node_base[node]
            for column in range(columns):
                running += sums[cell + row * columns + column]
                sums[cell + row * columns + column] = running


@kernel
def fill_cells(
    places: Any,
    edges: Any,
    listed: Any,
    node_first: Any,
    node_stop: Any,
    node_place: Any,
    node_cell: Any,
    wide: Any,
    high: Any,
    frame: Any,
    bounds: Any,
    place: Any,
    filled: Any,
) -> None:
    """List the edges of each cell; `place` is where each cell's list goes on."""
    for node in range(bounds[0], bounds[1]):
        columns, rows = wide[node], high[node]
        first_row, last_row = bounds[2], min(bounds[3], rows) - 1
        from_u, from_v, fine = node_place[node, 0], node_place[node, 1], node_place[node, 2]
        cell = node_cell[node]
        for item in range(node_first[node], node_stop[node]):
            edge = listed[item]
            ax, ay, bx, by = ends_of(places, edges, edge)
            v = ((ay - frame[5]) * frame[7] - from_v) * fine
            to_v = ((by - frame[5]) * frame[7] - from_v) * fine
            if v > last_row + 1.5 or to_v < first_row - 0.5:
                continue
            u = ((ax - frame[4]) * frame[6] - from_u) * fine
            to_u = ((bx - frame[4]) * frame[6] - from_u) * fine
            begin, end = _rows(v, to_v, first_row, last_row)
            for row in range(begin, end + 1):
                first, last = _row_span(u, v, to_u, to_v, row, columns)
                for column in range(first, last + 1):
                    filled[place[cell + row * columns + column]] = edge
                    place[cell + row * columns + column] += 1
