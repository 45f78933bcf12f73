"""Compiled: the grid of each point, from the cells of a :class:`geogrid._raster.Raster`.

Points go through in blocks, and a block through stages, each a short loop without branches that
depend on where a point lies: so loads do not wait for each other, nor for a branch guessed wrong.
First come the root's cells, then nodes, then what is near lines, then what is in leaves.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._leaf_kernels import beside_lines, in_leaves, load
from geogrid._raster import CACHE_BYTES, FIRST_LINK, LEAF, LINE, NODE, Raster
from geogrid._root_kernels import ask_root, list_links
from geogrid._row_kernels import find_by_rows
from geogrid._threads import chunks, in_threads

__all__ = ["find", "make_ready"]

Floats = npt.NDArray[np.float64]

_BLOCK = 4096
_ALONE = 131_072
"""Fewer points than this are not worth a second thread;"""
_CHUNK = 262_144
"""a thread takes about so many at once."""
_POINTS_PER_BYTE = 1 / 512
"""A raster beyond what a processor keeps close is asked row by row of its root where there are
enough points for what they lead to,"""
_AT_ONCE = 1 << 23
"""and so many at once, at most: ordered, they are held a second time."""
_LINE_STEP, _LEAF_STEP = 2, 8
"""Words from one load to the next, so that three meet all of a line, or three edges of a leaf."""


def make_ready(raster: Raster, x: Floats, y: Floats) -> None:
    """Load the code that many points in a large raster need; given a corner of the layer."""
    _ask(raster, x, y, by_rows=True)


def find(raster: Raster, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
    """Return the grid of (n,) points, −1 outside, `UNSETTLED` where the plain rule must decide."""
    is_many = len(x) > raster.nbytes * _POINTS_PER_BYTE
    return _ask(raster, x, y, by_rows=is_many and raster.nbytes > CACHE_BYTES)


def _ask(raster: Raster, x: Floats, y: Floats, *, by_rows: bool) -> npt.NDArray[np.int32]:
    found = np.empty(len(x), np.int32)
    x, y = x.view(), y.view()
    x.flags.writeable = y.flags.writeable = False  # one kind of array, so compiled once
    words = raster.leaves.view(np.int64)

    def ask(x: Floats, y: Floats, found: npt.NDArray[np.int32], is_asked: bool = False) -> None:
        _find(
            x, y, found, raster.frame, raster.columns, raster.cells, raster.first_cell,
            raster.fineness, raster.leaves, words, np.empty((3, _BLOCK), np.uint32),
            np.empty((_BLOCK, 2)), is_asked,
        )  # fmt: skip

    if by_rows:
        for begin in range(0, len(x), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            find_by_rows(raster, x[some], y[some], found[some], partial(ask, is_asked=True))
    elif len(x) < _ALONE:
        ask(x, y, found)
    else:
        runs = chunks(len(x), parts=max(2, len(x) // _CHUNK))
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
    lists: Any,
    places: Any,
    is_asked: bool,
) -> None:
    """Write the grids of points; where the root `is_asked` already, its codes are there."""
    for begin in range(0, len(px), _BLOCK):
        some = slice(begin, begin + _BLOCK)
        x, y, codes = px[some], py[some], found[some]
        if not is_asked:
            ask_root(x, y, codes, frame, columns, cells, lists[0])
        ends = _sort_links(codes, lists, list_links(codes, lists[NODE]))
        if ends[NODE]:
            _enter_nodes(x, y, frame, columns, lists[NODE, : ends[NODE]], places)
            ends = _go_down(codes, cells, first_cell, fineness, lists, ends, places)
        lines, in_cells = lists[LINE, : ends[LINE]], lists[LEAF, : ends[LEAF]]
        touched = load(words, codes, lines, _LINE_STEP) + load(words, codes, in_cells, _LEAF_STEP)
        places[0, 0] = touched  # else the compiler would leave the loads out
        beside_lines(leaves, words, x, y, codes, lines)
        in_leaves(leaves, words, x, y, codes, in_cells)


@kernel
def _sort_links(codes: Any, lists: Any, links: int) -> tuple[Any, Any, Any]:
    """Share out the listed points by the kind of their links; return how many there are of each."""
    leaves = nodes = lines = 0
    for k in range(links):
        at = lists[NODE, k]
        kind = (FIRST_LINK - codes[at]) & 3
        lists[LEAF, leaves] = lists[LINE, lines] = lists[NODE, nodes] = at
        leaves, nodes, lines = (
            leaves + (kind == LEAF),
            nodes + (kind == NODE),
            lines + (kind == LINE),
        )
    return leaves, nodes, lines


@kernel
def _enter_nodes(px: Any, py: Any, frame: Any, columns: Any, nodes: Any, places: Any) -> None:
    """Write where the points in `nodes` lie in their cells of the root, from 0 to 1."""
    for k in range(len(nodes)):
        at = nodes[k]
        u, v = (px[at] - frame[4]) * frame[6], (py[at] - frame[5]) * frame[7]
        places[k, 0] = u - min(np.int64(u), columns[0] - 1)
        places[k, 1] = v - min(np.int64(v), columns[1] - 1)


@kernel
def _go_down(
    codes: Any, cells: Any, first_cell: Any, fineness: Any, lists: Any, ends: Any, places: Any
) -> tuple[Any, Any, Any]:
    """Write the codes of the cells of nodes, and of those in them; list leaves and lines too."""
    leaves, count, lines = ends
    while count:
        nodes = 0
        for k in range(count):
            at = lists[NODE, k]
            node = np.uint64((FIRST_LINK - codes[at]) >> 2)
            fine = fineness[node]
            u, v = places[k, 0] * fine, places[k, 1] * fine
            column, row = min(np.int64(u), fine - 1), min(np.int64(v), fine - 1)
            code = cells[np.uint64(first_cell[node] + row * fine + column)]
            codes[at] = code
            kind = (FIRST_LINK - code) & 3 if code <= FIRST_LINK else -1
            lists[LEAF, leaves] = lists[LINE, lines] = lists[NODE, nodes] = at
            places[nodes, 0], places[nodes, 1] = u - column, v - row
            leaves, nodes, lines = (
                leaves + (kind == LEAF),
                nodes + (kind == NODE),
                lines + (kind == LINE),
            )
        count = nodes
    return leaves, count, lines
