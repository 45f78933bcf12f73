"""Blocks between streets, cut into atoms: the smallest pieces that grids are made of.

1. The region without its streets, each as wide as its class, falls into blocks. A dual
   carriageway with its side roads is one wide street, so nothing is left between the lanes.
2. Every block grows until it meets its neighbours (a Voronoi diagram of points along the
   block edges, merged by block). The common line lies in the middle of the street.
3. Large or populous blocks are cut straight across their longer side, again and again.
4. All lines are noded on a lattice of 1 mm, so that neighbours share every vertex.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from sample.streets import Streets, street_class

__all__ = ["MILLIMETRE", "cut_blocks", "street_blocks"]

MILLIMETRE = 0.001

_HALF_WIDTH_M = (0.0, 4.0, 7.0, 9.0, 14.0)
_SPACING_M = 6.0
_MIN_WIDTH_M = 34.0
_MIN_AREA_M2 = 4000.0


def _cores(region: shapely.Polygon, streets: Streets) -> npt.NDArray[np.object_]:
    """Return the blocks' insides: what streets leave, without slivers."""
    ranks = np.array([street_class(str(value)) for value in streets.highways])
    used = ranks > 0
    widths = np.array(_HALF_WIDTH_M)[ranks[used]]
    barriers = shapely.union_all(shapely.buffer(streets.lines[used], widths, quad_segs=2))
    inside = shapely.difference(region, barriers)
    # closing the notches of dead ends, then dropping what is narrow
    parts = shapely.get_parts(inside)
    opened = shapely.buffer(shapely.buffer(parts, -_MIN_WIDTH_M / 2), _MIN_WIDTH_M / 2 - 1)
    pieces = shapely.get_parts(opened)
    return np.asarray(pieces[shapely.area(pieces) >= _MIN_AREA_M2])


def street_blocks(region: shapely.Polygon, streets: Streets) -> npt.NDArray[np.object_]:
    """Return polygons (metres) that fill `region`, bounded by the middles of streets."""
    cores = _cores(region, streets)
    rings = shapely.segmentize(shapely.simplify(cores, 0.5), _SPACING_M)
    xy, owner = shapely.get_coordinates(rings, return_index=True)
    xy = np.round(xy, 3)
    xy, first = np.unique(xy, axis=0, return_index=True)
    owner = owner[first]
    cells = shapely.voronoi_polygons(
        shapely.multipoints(xy), extend_to=region.buffer(500), ordered=True
    )
    cells = shapely.get_parts(cells)
    grown = [shapely.coverage_union_all(cells[owner == i]) for i in range(len(cores))]
    grown = shapely.coverage_simplify(np.array(grown, dtype=object), 5.0)
    return np.asarray(shapely.get_parts(shapely.intersection(grown, region)))


def _long_sides(blocks: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return corners a, b, c, d of the boxes around blocks, a→b and d→c the longer sides."""
    boxes = shapely.oriented_envelope(blocks)
    corners = np.round(shapely.get_coordinates(boxes), 3).reshape(-1, 5, 2)[:, :4]
    sides = np.hypot(*np.moveaxis(corners[:, 1:3] - corners[:, :2], 2, 0))
    turn = sides[:, 0] < sides[:, 1]
    corners[turn] = np.roll(corners[turn], -1, axis=1)
    return np.asarray(corners)


def _halving_lines(blocks: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return, per block, the line across its longer side that halves its area."""
    a, b, c, d = np.moveaxis(_long_sides(blocks), 1, 0)
    half = shapely.area(blocks) / 2
    low, high = np.full(len(blocks), 0.3), np.full(len(blocks), 0.7)
    for _ in range(8):
        middle = (low + high) / 2
        ring = np.stack([a, a + middle[:, None] * (b - a), d + middle[:, None] * (c - d), d], 1)
        less = shapely.area(shapely.intersection(blocks, shapely.polygons(ring))) < half
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    middle = np.round((low + high) / 2, 2)[:, None]
    beyond = (d - a) * 0.01
    ends = np.stack([a + middle * (b - a) - beyond, d + middle * (c - d) + beyond], axis=1)
    return np.asarray(shapely.linestrings(np.round(ends, 3)))


def _split(block: shapely.Polygon, line: shapely.LineString) -> npt.NDArray[np.object_]:
    """Return the pieces of `block` on both sides of `line`."""
    noded = shapely.union_all([block.boundary, line], grid_size=MILLIMETRE)
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    kept = shapely.contains(block.buffer(0.01), pieces) & (shapely.area(pieces) > 1)
    return np.asarray(pieces[kept])


def _is_waisted(blocks: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Whether a block is two bodies with less than 12 m of width between them."""
    parts, owner = shapely.get_parts(shapely.buffer(blocks, -6), return_index=True)
    bodies = np.bincount(owner[shapely.area(parts) > 150], minlength=len(blocks))
    return np.asarray((bodies > 1) & (shapely.area(blocks) > 2000))


def cut_blocks(
    blocks: npt.NDArray[np.object_],
    density: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
    *,
    max_area_m2: float,
    max_households: float,
) -> npt.NDArray[np.object_]:
    """Return the atoms: `blocks` cut until none is too large or too populous, noded.

    Parameters
    ----------
    blocks
        Polygons in metres.
    density
        Households per m² at points (n, 2) in metres.
    max_area_m2, max_households
        What an atom may have at most.
    """
    done: list[npt.NDArray[np.object_]] = []
    waiting = blocks
    while len(waiting):
        centre = shapely.get_coordinates(shapely.point_on_surface(waiting))
        area = shapely.area(waiting)
        small = (area <= max_area_m2) & (np.round(density(centre) * area, 6) <= max_households)
        small &= ~_is_waisted(waiting)
        done.append(waiting[small])
        large = waiting[~small]
        lines = _halving_lines(large) if len(large) else large
        halves = [_split(block, line) for block, line in zip(large, lines, strict=True)]
        done.extend(half for half in halves if len(half) < 2)
        waiting = np.array([p for half in halves if len(half) > 1 for p in half], dtype=object)
    lines = shapely.union_all(shapely.boundary(np.concatenate(done)), grid_size=MILLIMETRE)
    atoms = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    filled = shapely.union_all(blocks, grid_size=MILLIMETRE).buffer(0.01)
    return np.asarray(atoms[shapely.contains(filled, shapely.point_on_surface(atoms))])
