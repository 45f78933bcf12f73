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
from geogrid._raster import FIRST_LINK, OUTSIDE, Raster
from geogrid._threads import chunks, in_threads

__all__ = ["find_by_rows"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]


def find_by_rows(
    raster: Raster, x: Floats, y: Floats, found: Codes, ask: Callable[[Floats, Floats, Codes], None]
) -> None:
    """Write the grids of (n,) points; `ask` writes those of some that the root leads on."""
    runs = chunks(len(x))
    counts = _counted(raster, x, y, found, runs)
    x, y, place = _ordered(raster, x, y, found, runs, counts)
    answers = np.empty(len(place), np.int32)

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
            x[some], y[some], found[some], raster.frame, raster.columns, raster.cells, counts[run]
        )

    in_threads(count, _one_by_one(runs))
    return counts


def _ordered(
    raster: Raster, x: Floats, y: Floats, found: Codes, runs: list[tuple[int, int]], counts: Counts
) -> tuple[Floats, Floats, Codes]:
    """Return the points to ask, row by row, and where each was."""
    stop = np.cumsum(counts.T).reshape(counts.T.shape).T  # row by row, in each run by run
    first = np.ascontiguousarray(stop - counts)
    total = int(counts.sum())
    to_x, to_y, place = np.empty(total), np.empty(total), np.empty(total, np.int32)

    def order(run: int, _: int) -> None:
        begin, end = runs[run]
        some = slice(begin, end)
        _order_rows(
            x[some], y[some], found[some], raster.frame, raster.columns, begin, first[run],
            to_x, to_y, place,
        )  # fmt: skip

    in_threads(order, _one_by_one(runs))
    to_x.flags.writeable = to_y.flags.writeable = False  # as all points that are asked
    return to_x, to_y, place


def _one_by_one(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(run, run + 1) for run in range(len(runs))]


@kernel
def _count_rows(
    px: Any, py: Any, found: Any, frame: Any, columns: Any, cells: Any, counts: Any
) -> None:
    """Write the codes of the root's cells; count in each row the points that they lead on."""
    west, south, east, north = frame[0], frame[1], frame[2], frame[3]
    from_x, from_y, scale_x, scale_y = frame[4], frame[5], frame[6], frame[7]
    wide, high = columns[0], columns[1]
    for at in range(len(px)):
        x, y = px[at], py[at]
        code: Any = np.int32(OUTSIDE)
        if (x >= west) & (x <= east) & (y >= south) & (y <= north):
            column = min(np.int64((x - from_x) * scale_x), wide - 1)
            row = min(np.int64((y - from_y) * scale_y), high - 1)
            code = cells[row * wide + column]
            counts[row] += code <= FIRST_LINK
        found[at] = code


@kernel
def _order_rows(
    px: Any,
    py: Any,
    found: Any,
    frame: Any,
    columns: Any,
    begin: int,
    first: Any,
    x: Any,
    y: Any,
    place: Any,
) -> None:
    """Write the points that are led on, and where they were, from the `first` of each row on."""
    from_y, scale_y, high = frame[5], frame[7], columns[1]
    for at in range(len(px)):
        if found[at] <= FIRST_LINK:
            row = min(np.int64((py[at] - from_y) * scale_y), high - 1)
            to = first[row]
            first[row] = to + 1
            x[to], y[to], place[to] = px[at], py[at], begin + at


@kernel
def _put(answers: Any, place: Any, found: Any) -> None:
    for at in range(len(answers)):
        found[place[at]] = answers[at]
