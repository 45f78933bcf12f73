"""Compiled passes that make answers, lines and leaves of the cells that edges lie in."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._compiled import kernel
from geogrid._leaf_kernels import passes_west
from geogrid._merge_kernels import ends_of
from geogrid._raster import COUNT_SHIFT, HEADER, MARGIN, OUTSIDE, UNSETTLED, WORDS
from geogrid._side_kernels import UNKNOWN, side

__all__ = ["answer_sums", "find_bases", "find_lines", "write_leaves", "write_lines"]

_SUM = 0xFFFFFFFF


@kernel
def answer_sums(sums: Any, codes: Any) -> None:
    """Write the grid of each sum, `UNSETTLED` where it is more than one."""
    for at in range(len(sums)):
        holders = sums[at] >> COUNT_SHIFT
        code = np.int64(sums[at] & _SUM) - 1 if holders == 1 else UNSETTLED
        codes[at] = OUTSIDE if sums[at] == 0 else code


@kernel
def find_bases(
    places: Any,
    edges: Any,
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
        base[k], is_known[k] = sums[k], True
        for item in range(cell_first[here], cell_first[here + 1]):
            edge = filled[item]
            ax, ay, bx, by = ends_of(places, edges, edge)
            passes = passes_west(ax, ay, bx, by, west, west, south)
            if passes == UNKNOWN:
                is_known[k] = False
                break
            base[k] -= passes * total[edge]


@kernel
def find_lines(
    places: Any,
    edges: Any,
    total: Any,
    filled: Any,
    cell_first: Any,
    cell: Any,
    node: Any,
    row: Any,
    column: Any,
    node_place: Any,
    corners: Any,
    sums: Any,
    frame: Any,
    left: Any,
    right: Any,
) -> None:
    """Write the sums on both sides of the edge of each cell that has one which passes through.

    Where there is no such edge, −1 is written: no sum of a cell is negative. Horizontal edges are
    turned to run west, so that the side where points on them belong is the right one as well.
    """
    for k in range(len(cell)):
        here = cell[k]
        left[k] = right[k] = -1
        if cell_first[here + 1] - cell_first[here] != 1:
            continue
        edge = filled[cell_first[here]]
        ax, ay, bx, by = ends_of(places, edges, edge)
        place_u, place_v, fine = (
            node_place[node[k], 0],
            node_place[node[k], 1],
            node_place[node[k], 2],
        )
        u, v, wide = place_u + column[k] / fine, place_v + row[k] / fine, 1.0 / fine
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
        one = sums[k] if is_left else sums[k] - total[edge]
        other = one + total[edge]
        left[k], right[k] = (other, one) if ay == by else (one, other)


@kernel
def _is_near(u: float, v: float) -> bool:
    """Return whether a place is in the cell of width 1 or just outside."""
    room = 2.0 * MARGIN
    return (u >= -room) & (u <= 1.0 + room) & (v >= -room) & (v <= 1.0 + room)


@kernel
def write_lines(
    places: Any,
    edges: Any,
    edge: Any,
    answers: Any,
    which: Any,
    at: int,
    seen: Any,
    start: Any,
    leaves: Any,
    words: Any,
) -> int:
    """Write lines from word `at` on, each once for all the cells that it is the same in.

    Returns where the last one ends; `seen` is where the line of an edge begins, −1 at first, and
    `which` the place of each edge there.
    """
    for k in range(len(edge)):
        here = edge[k]
        known = seen[which[k]]
        if known >= 0 and words[known + 4] == answers[k]:
            start[k] = known
            continue
        ax, ay, bx, by = ends_of(places, edges, here)
        if ay == by:
            ax, ay, bx, by = bx, by, ax, ay
        leaves[at], leaves[at + 1], leaves[at + 2], leaves[at + 3] = ax, ay, bx, by
        words[at + 4] = answers[k]
        seen[which[k]] = at
        start[k] = at
        at += WORDS
    return at


@kernel
def write_leaves(
    places: Any,
    edges: Any,
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
            ax, ay, bx, by = ends_of(places, edges, edge)
            leaves[at], leaves[at + 1], leaves[at + 2], leaves[at + 3] = ax, ay, bx, by
            words[at + 4] = total[edge]
            at += WORDS
