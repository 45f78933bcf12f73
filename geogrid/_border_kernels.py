"""Compiled: which edges of a layer in degrees may be the nearest to each of many points.

Edges are listed by the cells that they pass. Around a point cells are looked at ring by ring,
until all that is left is farther away than the nearest edge found. What is found are
candidates; the caller measures them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._threads import chunks, in_threads

__all__ = ["EdgeCells", "lay_edges", "near_edges"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_EDGES_PER_CELL = 2.0
_MOST_CELLS = 1 << 22
_BLOCK = 8
_RINGS = 6
"""Rings of cells before whole blocks of cells are looked at, where there is nothing for long."""
_ROOM = 1e-6
"""Edges are listed in cells that they miss by less, in widths of the cell."""
_SLACK = 1e-6
"""Edges that are farther by less, as a share, may be nearer: rounding is far below."""


@dataclass(frozen=True, eq=False)
class EdgeCells:
    """Edges by cell.

    Attributes
    ----------
    coordinates : (n, 2) degrees
    step : (m,) each edge runs from ``coordinates[step]`` to the next
    frame : (4,) where the cells begin, x and y, and their width and height
    columns : (2,) cells along x and y
    begins : (cells + 1,) where the edges of each cell begin in `listed`
    listed : edges, cell by cell
    coarse : (4,) as `frame`, of blocks of cells
    blocks : (rows, columns) whether a block has edges
    """

    coordinates: Floats
    step: Integers
    frame: Floats
    columns: Integers
    begins: Integers
    listed: npt.NDArray[np.int32]
    coarse: Floats
    blocks: npt.NDArray[np.bool_]


def lay_edges(coordinates: Floats, step: Integers, squeeze: float) -> EdgeCells:
    """List edges by cells that are about square on the ground.

    Parameters
    ----------
    coordinates, step : as in :class:`EdgeCells`, at least one edge
    squeeze : metres of a degree of longitude by those of one of latitude
    """
    ends = np.concatenate([coordinates[step], coordinates[step + 1]])
    low = np.array([axis.min() for axis in ends.T])
    span = np.array([axis.max() for axis in ends.T]) - low
    wanted = float(np.clip(len(step) / _EDGES_PER_CELL, 1, _MOST_CELLS))
    wide, high = span * (squeeze, 1.0)
    across = np.sqrt(wanted * wide / high) if high > 0 else wanted
    columns = np.clip([across, wanted / max(across, 1.0)], 1, wanted).astype(np.int64)
    size = np.where(span > 0, span / columns, 1.0)
    frame = np.concatenate([low, size])
    counts = np.zeros(int(columns.prod()) + 1, np.int64)
    none = np.zeros(0, np.int32)
    _list(coordinates, step, frame, columns, counts, none)
    begins = np.cumsum(counts) - counts
    listed = np.empty(int(counts.sum()), np.int32)
    _list(coordinates, step, frame, columns, begins.copy(), listed)
    coarse = np.concatenate([low, size * _BLOCK])
    return EdgeCells(
        coordinates, step, frame, columns, begins, listed, coarse, _blocks(counts[:-1], columns)
    )


def _blocks(counts: Integers, columns: Integers) -> npt.NDArray[np.bool_]:
    """Return which blocks of cells have edges."""
    wide, high = -(-columns // _BLOCK)
    full = np.zeros((high * _BLOCK, wide * _BLOCK), np.bool_)
    full[: columns[1], : columns[0]] = counts.reshape(columns[::-1]) > 0
    return np.asarray(full.reshape(high, _BLOCK, wide, _BLOCK).any(axis=(1, 3)))


def near_edges(
    cells: EdgeCells, x: Floats, y: Floats, metric: tuple[Floats, Floats], same_m: float
) -> tuple[Integers, Integers]:
    """Return pairs (point, edge): the nearest edge of each point, and all nearly as near.

    Parameters
    ----------
    cells : from :func:`lay_edges`
    x, y : (n,) degrees, finite
    metric : (n,) metres per degree of longitude and of latitude at each point
    same_m : edges farther by no more are wanted too

    Returns
    -------
    point, edge
        By point; some pairs several times.
    """
    nearest = np.empty(len(x))
    count, none = np.empty(len(x), np.int64), np.zeros(0, np.int64)
    east, north = metric

    c = cells
    given = (c.coordinates, c.step, c.frame, c.columns, c.begins, c.listed, c.coarse, c.blocks)

    def measure(begin: int, stop: int) -> None:
        some = slice(begin, stop)
        points = x[some], y[some], east[some], north[some]
        _measure(*(*given, *points, same_m, nearest[some], count[some], none))

    def write(begin: int, stop: int) -> None:
        some = slice(begin, stop)
        points = x[some], y[some], east[some], north[some]
        _write(*(*given, *points, same_m, nearest[some], first[some], edge))

    in_threads(measure, chunks(len(x)))
    first = np.cumsum(count) - count
    edge = np.empty(int(count.sum()), np.int64)
    in_threads(write, chunks(len(x)))
    return np.repeat(np.arange(len(x)), count), edge


@kernel
def _list(coordinates: Any, step: Any, frame: Any, columns: Any, place: Any, listed: Any) -> None:
    """Count the edges of each cell where `listed` is empty, else write them."""
    from_x, from_y, wide, high = frame[0], frame[1], frame[2], frame[3]
    for edge in range(len(step)):
        at = step[edge]
        ax, ay = (coordinates[at, 0] - from_x) / wide, (coordinates[at, 1] - from_y) / high
        bx, by = (coordinates[at + 1, 0] - from_x) / wide, (coordinates[at + 1, 1] - from_y) / high
        first = _within(min(ax, bx) - _ROOM, columns[0])
        last = _within(max(ax, bx) + _ROOM, columns[0])
        for column in range(first, last + 1):
            low, top = min(ay, by), max(ay, by)
            if last > first and ax != bx:  # only where it runs in this column, and a little more
                slope = (by - ay) / (bx - ax)
                one = ay + (column - _ROOM - ax) * slope
                other = ay + (column + 1 + _ROOM - ax) * slope
                low, top = max(low, min(one, other)), min(top, max(one, other))
            for row in range(
                _within(low - _ROOM * 4, columns[1]), _within(top + _ROOM * 4, columns[1]) + 1
            ):
                cell = row * columns[0] + column
                if len(listed):
                    listed[place[cell]] = edge
                place[cell] += 1


@kernel
def _within(value: float, count: int) -> int:
    return int(min(max(np.floor(value), 0.0), count - 1.0))


@kernel
def _length(coordinates: Any, step: Any, at: Any) -> float:
    """Return the metres from a point to an edge in the plane of the point."""
    x, y, east, north = at
    ax, ay = (coordinates[step, 0] - x) * east, (coordinates[step, 1] - y) * north
    along_x = (coordinates[step + 1, 0] - coordinates[step, 0]) * east
    along_y = (coordinates[step + 1, 1] - coordinates[step, 1]) * north
    share = -(ax * along_x + ay * along_y) / (along_x * along_x + along_y * along_y)
    share = min(max(share, 0.0), 1.0)
    dx, dy = ax + share * along_x, ay + share * along_y
    return np.sqrt(dx * dx + dy * dy)


@kernel
def _measure(
    coordinates: Any, step: Any, frame: Any, columns: Any, begins: Any, listed: Any, coarse: Any,
    blocks: Any, px: Any, py: Any, east: Any, north: Any, same_m: float, nearest: Any, count: Any,
    none: Any,
) -> None:  # fmt: skip
    """Find the nearest edge of each point, and how many are nearly as near."""
    for k in range(len(px)):
        at = px[k], py[k], east[k], north[k]
        best, is_found = _among_cells(coordinates, step, frame, columns, begins, listed, at)
        if not is_found:
            best = _among_blocks(
                coordinates, step, frame, columns, begins, listed, coarse, blocks, at, best
            )
        nearest[k] = best
        count[k] = _near_ones(
            coordinates,
            step,
            frame,
            columns,
            begins,
            listed,
            coarse,
            blocks,
            at,
            best * (1.0 + _SLACK) + same_m,
            0,
            none,
        )


@kernel
def _among_cells(
    coordinates: Any, step: Any, frame: Any, columns: Any, begins: Any, listed: Any, at: Any
) -> Any:
    """Return the nearest edge in the cells around a point, and whether it is the nearest of all."""
    x, y, _east, _north = at
    middle_x = _within((x - frame[0]) / frame[2], columns[0])
    middle_y = _within((y - frame[1]) / frame[3], columns[1])
    best = np.inf
    for ring in range(_RINGS):
        for row in range(max(middle_y - ring, 0), min(middle_y + ring, columns[1] - 1) + 1):
            is_end = (row == middle_y - ring) | (row == middle_y + ring)
            hop = 1 if is_end or ring == 0 else 2 * ring
            for column in range(middle_x - ring, middle_x + ring + 1, hop):
                if (column >= 0) & (column < columns[0]):
                    best = _in_cell(
                        coordinates, step, frame, columns, begins, listed, column, row, at, best
                    )
        if best <= _beyond(frame, columns[0], columns[1], middle_x, middle_y, ring, at):
            return best, True
    return best, False


@kernel
def _among_blocks(
    coordinates: Any,
    step: Any,
    frame: Any,
    columns: Any,
    begins: Any,
    listed: Any,
    coarse: Any,
    blocks: Any,
    at: Any,
    best: float,
) -> float:
    """Return the nearest edge of all, block by block, given one that may be it."""
    x, y, _east, _north = at
    high, wide = blocks.shape
    middle_x = _within((x - coarse[0]) / coarse[2], wide)
    middle_y = _within((y - coarse[1]) / coarse[3], high)
    ring = 0
    while True:
        for row in range(max(middle_y - ring, 0), min(middle_y + ring, high - 1) + 1):
            is_end = (row == middle_y - ring) | (row == middle_y + ring)
            hop = 1 if is_end or ring == 0 else 2 * ring
            for column in range(middle_x - ring, middle_x + ring + 1, hop):
                if (column < 0) | (column >= wide) or not blocks[row, column]:
                    continue
                if _to_cell(coarse, column, row, at) > best:
                    continue
                for low in range(row * _BLOCK, min((row + 1) * _BLOCK, columns[1])):
                    for left in range(column * _BLOCK, min((column + 1) * _BLOCK, columns[0])):
                        best = _in_cell(
                            coordinates, step, frame, columns, begins, listed, left, low, at, best
                        )
        if best <= _beyond(coarse, wide, high, middle_x, middle_y, ring, at):
            return best
        ring += 1


@kernel
def _in_cell(
    coordinates: Any,
    step: Any,
    frame: Any,
    columns: Any,
    begins: Any,
    listed: Any,
    column: int,
    row: int,
    at: Any,
    best: float,
) -> float:
    """Return the nearest of a cell's edges and what is known already."""
    cell = row * columns[0] + column
    first, stop = begins[cell], begins[cell + 1]
    if first == stop or _to_cell(frame, column, row, at) > best:
        return best
    for place in range(first, stop):
        best = min(best, _length(coordinates, step[listed[place]], at))
    return best


@kernel
def _to_cell(frame: Any, column: int, row: int, at: Any) -> float:
    """Return about how many metres a cell is from a point, never more."""
    x, y, east, north = at
    west, south = frame[0] + column * frame[2], frame[1] + row * frame[3]
    dx = max(west - x, x - west - frame[2], 0.0) * east
    dy = max(south - y, y - south - frame[3], 0.0) * north
    room = _ROOM * (frame[2] * east + frame[3] * north)
    return np.sqrt(dx * dx + dy * dy) * (1.0 - _SLACK) - room


@kernel
def _beyond(
    frame: Any, wide: int, high: int, middle_x: int, middle_y: int, ring: int, at: Any
) -> float:
    """Return the metres within which no cell beyond a ring comes near a point."""
    x, y, east, north = at
    least = np.inf
    if middle_x - ring > 0:
        least = min(least, (x - frame[0] - (middle_x - ring) * frame[2]) * east)
    if middle_x + ring < wide - 1:
        least = min(least, (frame[0] + (middle_x + ring + 1) * frame[2] - x) * east)
    if middle_y - ring > 0:
        least = min(least, (y - frame[1] - (middle_y - ring) * frame[3]) * north)
    if middle_y + ring < high - 1:
        least = min(least, (frame[1] + (middle_y + ring + 1) * frame[3] - y) * north)
    return max(least * (1.0 - _SLACK) - _ROOM * (frame[2] * east + frame[3] * north), 0.0)


@kernel
def _write(
    coordinates: Any, step: Any, frame: Any, columns: Any, begins: Any, listed: Any, coarse: Any,
    blocks: Any, px: Any, py: Any, east: Any, north: Any, same_m: float, nearest: Any, first: Any,
    edge: Any,
) -> None:  # fmt: skip
    for k in range(len(px)):
        at = px[k], py[k], east[k], north[k]
        _near_ones(
            coordinates,
            step,
            frame,
            columns,
            begins,
            listed,
            coarse,
            blocks,
            at,
            nearest[k] * (1.0 + _SLACK) + same_m,
            first[k],
            edge,
        )


@kernel
def _near_ones(
    coordinates: Any,
    step: Any,
    frame: Any,
    columns: Any,
    begins: Any,
    listed: Any,
    coarse: Any,
    blocks: Any,
    at: Any,
    reach: float,
    place: int,
    edge: Any,
) -> int:
    """Return how many edges are within reach, some counted several times; write them if asked."""
    x, y, east, north = at
    across, up = reach / east, reach / north
    west = _within((x - across - frame[0]) / frame[2] - _ROOM, columns[0])
    last = _within((x + across - frame[0]) / frame[2] + _ROOM, columns[0])
    south = _within((y - up - frame[1]) / frame[3] - _ROOM, columns[1])
    top = _within((y + up - frame[1]) / frame[3] + _ROOM, columns[1])
    found = 0
    for block_row in range(south // _BLOCK, top // _BLOCK + 1):
        for block in range(west // _BLOCK, last // _BLOCK + 1):
            if not blocks[block_row, block] or _to_cell(coarse, block, block_row, at) > reach:
                continue
            for row in range(
                max(south, block_row * _BLOCK), min(top, block_row * _BLOCK + _BLOCK - 1) + 1
            ):
                for column in range(
                    max(west, block * _BLOCK), min(last, block * _BLOCK + _BLOCK - 1) + 1
                ):
                    cell = row * columns[0] + column
                    if begins[cell] == begins[cell + 1] or _to_cell(frame, column, row, at) > reach:
                        continue
                    for k in range(begins[cell], begins[cell + 1]):
                        one = np.int64(listed[k])
                        if _length(coordinates, step[one], at) <= reach:
                            if len(edge):
                                edge[place + found] = one
                            found += 1
    return found
