"""Compiled: many points asked row by row of the root, whatever their order.

What the cells of one row lead to is a small part of a large raster: asked together, its points
find it in the processor's cache, where points in any order wait for memory at each step.
Each answer is the point's own, so the order changes none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._raster import Raster
from geogrid._root_kernels import ask_root, list_links
from geogrid._threads import chunks, in_threads

__all__ = ["find_by_rows"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

_BLOCK = 4096


def find_by_rows(
    raster: Raster, x: Floats, y: Floats, found: Codes, ask: Callable[[Floats, Floats, Codes], None]
) -> None:
    """Write the grids of (n,) points; `ask` writes them over the codes that the root leads on."""
    runs = chunks(len(x))
    counts = _counted(raster, x, y, found, runs)
    x, y, answers, place = _ordered(raster, x, y, found, runs, counts)

    def run(begin: int, end: int) -> None:
        ask(x[begin:end], y[begin:end], answers[begin:end])
        _put(answers[begin:end], place[begin:end], found)

    in_threads(run, chunks(len(place)))


def _counted(
    raster: Raster, x: Floats, y: Floats, found: Codes, runs: list[tuple[int, int]]
) -> Counts:
    """Write the codes of the root's cells; return, of each run, the points in each row to ask."""
    counts = np.zeros((len(runs), int(raster.columns[1])), np.int64)

    def count(run: int, _: int) -> None:
        some = slice(*runs[run])
        _count_rows(
            x[some], y[some], found[some], raster.frame, raster.columns, raster.cells, counts[run],
            np.empty((2, _BLOCK), np.uint32),
        )  # fmt: skip

    in_threads(count, _one_by_one(runs))
    return counts


def _ordered(
    raster: Raster, x: Floats, y: Floats, found: Codes, runs: list[tuple[int, int]], counts: Counts
) -> tuple[Floats, Floats, Codes, Codes]:
    """Return the points to ask, row by row, the codes of their cells, and where each was."""
    stop = np.cumsum(counts.T).reshape(counts.T.shape).T  # row by row, in each run by run
    first = np.ascontiguousarray(stop - counts)
    total = int(counts.sum())
    to_x, to_y = np.empty(total), np.empty(total)
    codes, place = np.empty(total, np.int32), np.empty(total, np.int32)

    def order(run: int, _: int) -> None:
        begin, end = runs[run]
        some = slice(begin, end)
        _order_rows(
            x[some], y[some], found[some], raster.frame, raster.columns, first[run],
            np.empty((2, _BLOCK), np.uint32), begin, to_x, to_y, codes, place,
        )  # fmt: skip

    in_threads(order, _one_by_one(runs))
    to_x.flags.writeable = to_y.flags.writeable = False  # as all points that are asked
    return to_x, to_y, codes, place


def _one_by_one(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(run, run + 1) for run in range(len(runs))]


@kernel
def _count_rows(
    px: Any, py: Any, found: Any, frame: Any, columns: Any, cells: Any, counts: Any, lists: Any
) -> None:
    """Write the codes of the root's cells; count in each row the points that they lead on."""
    from_y, scale_y, last = frame[5], frame[7], np.uint32(columns[1] - 1)
    for begin in range(0, len(px), _BLOCK):
        some = slice(begin, begin + _BLOCK)
        ask_root(px[some], py[some], found[some], frame, columns, cells, lists[0])
        for k in range(list_links(found[some], lists[1])):
            y = py[begin + lists[1, k]]
            counts[min(np.uint32(np.int32((y - from_y) * scale_y)), last)] += 1


@kernel
def _order_rows(
    px: Any,
    py: Any,
    found: Any,
    frame: Any,
    columns: Any,
    first: Any,
    lists: Any,
    begin: int,
    to_x: Any,
    to_y: Any,
    codes: Any,
    place: Any,
) -> None:
    """Write the points that are led on, by what, and where they were, from `first` of a row on."""
    from_y, scale_y, last = frame[5], frame[7], np.uint32(columns[1] - 1)
    for begins in range(0, len(px), _BLOCK):
        for k in range(list_links(found[begins : begins + _BLOCK], lists[1])):
            at = begins + lists[1, k]
            row = min(np.uint32(np.int32((py[at] - from_y) * scale_y)), last)
            to = first[row]
            first[row] = to + 1
            to_x[to], to_y[to], codes[to], place[to] = px[at], py[at], found[at], begin + at


@kernel
def _put(answers: Any, place: Any, found: Any) -> None:
    for at in range(len(answers)):
        found[place[at]] = answers[at]
