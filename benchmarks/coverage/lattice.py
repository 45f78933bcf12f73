"""Generated coverages without a seam: cells of a jittered lattice with wiggly shared sides.

A side is drawn once and read forward by one neighbour, backward by the other, so that both
have it bit by bit. Coordinates are lon/lat, rounded to 1e-9 degrees as plans keep them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]

CRS = "EPSG:4326"
ORIGIN = (113.0, 22.0)
CELL_DEGREES = 0.002
_SIDE_VERTICES = 3
_CORNER_JITTER = 0.2
_SIDE_JITTER = 0.06


class Coverage(NamedTuple):
    """Grids, the region they fill, and how many corners of one miss on the other side."""

    grids: gpd.GeoDataFrame
    region: gpd.GeoDataFrame | None
    missing_corners: int = 0


class _Sides(NamedTuple):
    """Each side of the lattice without its last vertex, and where each ends.

    `east` is (r + 1, c, 4, 2), from west to east; `north` is (r, c + 1, 4, 2), from south
    to north; `corners` is (r + 1, c + 1, 2).
    """

    corners: Floats
    east: Floats
    north: Floats


def seamless(count: int, *, seed: int = 20261126) -> Coverage:
    """Return `count` cells of 16 vertices each, and their noded outline as the region."""
    sides = _sides(*_shape(count), np.random.default_rng(seed))
    return Coverage(_frame(shapely.polygons(_rings(sides).reshape(count, -1, 2))), _outline(sides))


def unmatched(count: int, *, seed: int = 20261126) -> Coverage:
    """Return :func:`seamless` with a corner on every edge that the other side lacks.

    On a chessboard, the black cells have a vertex more at the floating-point middle of each
    edge, and so has the region where it runs along a white cell: nothing overlaps, nothing
    is missing, and not one edge cancels.
    """
    rows, columns = _shape(count)
    sides = _sides(rows, columns, np.random.default_rng(seed))
    rings = _rings(sides)
    row, column = np.indices((rows, columns))
    is_black = ((row + column) % 2 == 0).ravel()
    rings = rings.reshape(count, -1, 2)
    cells = np.empty(count, dtype=object)
    cells[is_black] = shapely.polygons(_with_middles(rings[is_black]))
    cells[~is_black] = shapely.polygons(rings[~is_black])
    edges = (sides.east.size + sides.north.size) // 2
    return Coverage(_frame(cells), _outline(sides, denser_along_white=True), edges)


def _shape(count: int) -> tuple[int, int]:
    """Return rows and columns whose product is `count`, as square as it can be."""
    rows = next(rows for rows in range(math.isqrt(count), 0, -1) if count % rows == 0)
    return rows, count // rows


def _sides(rows: int, columns: int, rng: np.random.Generator) -> _Sides:
    y, x = np.indices((rows + 1, columns + 1), dtype=np.float64)
    corners = np.stack([x, y], axis=-1)
    corners += rng.uniform(-_CORNER_JITTER, _CORNER_JITTER, corners.shape)
    return _Sides(
        _degrees(corners),
        _degrees(_wiggly(corners[:, :-1], corners[:, 1:], rng)),
        _degrees(_wiggly(corners[:-1], corners[1:], rng)),
    )


def _wiggly(start: Floats, end: Floats, rng: np.random.Generator) -> Floats:
    """Return the vertices from start up to, without, end: (…, 4, 2)."""
    share = np.arange(_SIDE_VERTICES + 1)[:, None] / (_SIDE_VERTICES + 1)
    step = end - start
    across = np.stack([-step[..., 1], step[..., 0]], axis=-1)
    offset = rng.uniform(-_SIDE_JITTER, _SIDE_JITTER, (*step.shape[:-1], _SIDE_VERTICES + 1, 1))
    offset[..., 0, :] = 0.0
    line: Floats = start[..., None, :] + share * step[..., None, :] + offset * across[..., None, :]
    return line


def _degrees(lattice: Floats) -> Floats:
    return np.round(lattice * CELL_DEGREES + ORIGIN, 9)


def _backward(side: Floats, end: Floats) -> Floats:
    """Return sides from their end to, without, their start."""
    return np.concatenate([end[..., None, :], side[..., :0:-1, :]], axis=-2)


def _rings(sides: _Sides) -> Floats:
    """Return the closed counter-clockwise ring of each cell: (r, c, 17, 2)."""
    corners, east, north = sides
    return np.concatenate(
        [
            east[:-1],
            north[:, 1:],
            _backward(east[1:], corners[1:, 1:]),
            _backward(north[:, :-1], corners[1:, :-1]),
            corners[:-1, :-1, None],
        ],
        axis=-2,
    )


def _with_middles(rings: Floats) -> Floats:
    """Return closed rings (…, k, 2) with the middle of each edge: (…, 2 k − 1, 2)."""
    dense = np.empty((*rings.shape[:-2], 2 * rings.shape[-2] - 1, 2))
    dense[..., ::2, :] = rings
    dense[..., 1::2, :] = (rings[..., :-1, :] + rings[..., 1:, :]) / 2.0
    return dense


def _outline(sides: _Sides, *, denser_along_white: bool = False) -> gpd.GeoDataFrame:
    """Return the outline with every vertex of the cells, and middles along white ones."""
    corners, east, north = sides
    ways = [
        east[0],
        north[:, -1],
        _backward(east[-1], corners[-1, 1:])[::-1],
        _backward(north[:, 0], corners[1:, 0])[::-1],
    ]
    ring = np.concatenate([*(way.reshape(-1, 2) for way in ways), ways[0][:1, 0]])
    if denser_along_white:
        parity = np.indices((len(north), east.shape[1])).sum(axis=0) % 2
        along = [parity[0], parity[:, -1], parity[-1, ::-1], parity[::-1, 0]]
        is_white = np.repeat(np.concatenate(along) == 1, _SIDE_VERTICES + 1)
        keep = np.ones(2 * len(ring) - 1, dtype=bool)
        keep[1::2] = is_white
        ring = _with_middles(ring)[keep]
    return gpd.GeoDataFrame(geometry=[shapely.Polygon(ring)], crs=CRS)


def _frame(cells: npt.NDArray[np.object_]) -> gpd.GeoDataFrame:
    codes = [f"{number:08d}" for number in range(len(cells))]
    return gpd.GeoDataFrame({"code": codes}, geometry=cells, crs=CRS)
