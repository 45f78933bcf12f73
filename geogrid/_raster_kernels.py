"""Compiled passes that lay edges into the cells of a :class:`geogrid._raster.Raster`."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._chain_kernels import vertex_hash
from geogrid._compiled import kernel
from geogrid._leaf_kernels import passes_west
from geogrid._raster import HEADER, MARGIN, WORDS
from geogrid._side_kernels import UNKNOWN, side

__all__ = [
    "fill_cells",
    "find_bases",
    "find_lines",
    "merge_edges",
    "sum_cells",
    "write_leaves",
    "write_lines",
]

_CLEAR = 0.001
_STEEP = 1000.0
"""Up to so many columns per row, a crossing in floats is right to `_CLEAR`."""


@kernel
def merge_edges(
    places: Any,
    bits: Any,
    first: Any,
    stop: Any,
    direction: Any,
    worth: Any,
    table: Any,
    low: Any,
    high: Any,
    total: Any,
) -> int:
    """Add up the worth of equal edges; return how many different ones there are.

    Each goes from its lower end to its higher one (from west to east where it is horizontal);
    `total` is what crossing it eastward (southward where it is horizontal) changes.
    """
    mask = len(table) - 1
    count = 0
    for ring in range(len(first)):
        for at in range(first[ring], stop[ring] - 1):
            ax, ay, bx, by = places[at, 0], places[at, 1], places[at + 1, 0], places[at + 1, 1]
            if ax == bx and ay == by:
                continue
            goes_up = by > ay or (by == ay and bx > ax)
            one, other = (at, at + 1) if goes_up else (at + 1, at)
            hashed = vertex_hash(bits[at, 0], bits[at, 1]) + vertex_hash(
                bits[at + 1, 0], bits[at + 1, 1]
            )
            slot = np.int64((hashed ^ (hashed >> np.uint64(31))) & np.uint64(mask))
            while table[slot] >= 0:
                edge = table[slot]
                if (
                    bits[low[edge], 0] == bits[one, 0]
                    and bits[low[edge], 1] == bits[one, 1]
                    and bits[high[edge], 0] == bits[other, 0]
                    and bits[high[edge], 1] == bits[other, 1]
                ):
                    break
                slot = (slot + 1) & mask
            if table[slot] < 0:
                table[slot] = count
                low[count], high[count], total[count] = one, other, 0
                count += 1
            leftward = goes_up == (direction[ring] > 0)
            total[table[slot]] += -worth[ring] if leftward else worth[ring]
    return count


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
    ends: Any,
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
            ax, ay, bx, by = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
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
    ends: Any,
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
            v = ((ends[edge, 1] - frame[5]) * frame[7] - from_v) * fine
            to_v = ((ends[edge, 3] - frame[5]) * frame[7] - from_v) * fine
            if v > last_row + 1.5 or to_v < first_row - 0.5:
                continue
            u = ((ends[edge, 0] - frame[4]) * frame[6] - from_u) * fine
            to_u = ((ends[edge, 2] - frame[4]) * frame[6] - from_u) * fine
            begin, end = _rows(v, to_v, first_row, last_row)
            for row in range(begin, end + 1):
                first, last = _row_span(u, v, to_u, to_v, row, columns)
                for column in range(first, last + 1):
                    filled[place[cell + row * columns + column]] = edge
                    place[cell + row * columns + column] += 1


@kernel
def find_bases(
    ends: Any,
    total: Any,
    filled: Any,
    cell_first: Any,
    cell: Any,
    corners: Any,
    sums: Any,
    base: Any,
    is_known: Any,
) -> None:
    """Return what lies west of each cell, where all edges that leave it there are turned away."""
    for k in range(len(cell)):
        here = cell[k]
        west, south = corners[k, 0], corners[k, 1]
        base[k], is_known[k] = sums[here], True
        for item in range(cell_first[here], cell_first[here + 1]):
            edge = filled[item]
            ax, ay, bx, by = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
            passes = passes_west(ax, ay, bx, by, west, west, south)
            if passes == UNKNOWN:
                is_known[k] = False
                break
            base[k] -= passes * total[edge]


@kernel
def find_lines(
    ends: Any,
    total: Any,
    filled: Any,
    cell_first: Any,
    cell: Any,
    corners: Any,
    boxes: Any,
    sums: Any,
    frame: Any,
    left: Any,
    right: Any,
) -> None:
    """Write the sums on both sides of the edge of each cell that has one which passes through.

    `boxes` are the cells' western and southern limits in cells of the root, and their widths.
    Where there is no such edge, −1 is written: no sum of a cell is negative. Horizontal edges are
    turned to run west, so that the side where points on them belong is the right one as well.
    """
    for k in range(len(cell)):
        here = cell[k]
        left[k] = right[k] = -1
        if cell_first[here + 1] - cell_first[here] != 1:
            continue
        edge = filled[cell_first[here]]
        ax, ay, bx, by = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
        u, v, wide = boxes[k, 0], boxes[k, 1], boxes[k, 2]
        from_u, from_v = (
            ((ax - frame[4]) * frame[6] - u) / wide,
            ((ay - frame[5]) * frame[7] - v) / wide,
        )
        to_u, to_v = (
            ((bx - frame[4]) * frame[6] - u) / wide,
            ((by - frame[5]) * frame[7] - v) / wide,
        )
        if _is_near(from_u, from_v) or _is_near(to_u, to_v):
            continue
        west, south = corners[k, 0], corners[k, 1]
        turn = side(ax, ay, bx, by, west, south)
        if turn == UNKNOWN:
            continue
        is_left = turn > 0 or (turn == 0 and ay == by)
        one = sums[here] if is_left else sums[here] - total[edge]
        other = one + total[edge]
        left[k], right[k] = (other, one) if ay == by else (one, other)


@kernel
def _is_near(u: float, v: float) -> bool:
    """Return whether a place is in the cell of width 1 or just outside."""
    room = 2.0 * MARGIN
    return (u >= -room) & (u <= 1.0 + room) & (v >= -room) & (v <= 1.0 + room)


@kernel
def write_lines(
    ends: Any, edge: Any, answers: Any, before: int, seen: Any, start: Any, leaves: Any, words: Any
) -> int:
    """Write lines, each once for all the cells that it is the same in; return how many words.

    `before` words came before; `seen` is where an edge's line begins, −1 at first.
    """
    at = 0
    for k in range(len(edge)):
        here = edge[k]
        known = seen[here]
        if known >= 0 and words[known + 4] == answers[k]:
            start[k] = before + known
            continue
        is_flat = ends[here, 1] == ends[here, 3]
        one, other = (2, 0) if is_flat else (0, 2)
        leaves[at], leaves[at + 1] = ends[here, one], ends[here, one + 1]
        leaves[at + 2], leaves[at + 3] = ends[here, other], ends[here, other + 1]
        words[at + 4] = answers[k]
        seen[here] = at
        start[k] = before + at
        at += WORDS
    return at


@kernel
def write_leaves(
    ends: Any,
    total: Any,
    filled: Any,
    cell_first: Any,
    cell: Any,
    west: Any,
    base: Any,
    start: Any,
    leaves: Any,
    words: Any,
) -> None:
    """Write each leaf: what lies west of it, its western limit, and its edges."""
    for k in range(len(cell)):
        here = cell[k]
        words[start[k]] = base[k]
        leaves[start[k] + 1] = west[k]
        words[start[k] + 2] = cell_first[here + 1] - cell_first[here]
        at = start[k] + HEADER
        for item in range(cell_first[here], cell_first[here + 1]):
            edge = filled[item]
            for axis in range(4):
                leaves[at + axis] = ends[edge, axis]
            words[at + 4] = total[edge]
            at += WORDS
