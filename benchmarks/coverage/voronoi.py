"""A Voronoi coverage that fills a box, and the same with some of its polygons broken.

The seeds near a side of the box are mirrored across it, so that the sides are borders of the
diagram and nothing has to be clipped; vertices there are moved onto the side exactly.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.coverage.lattice import CELL_DEGREES, CRS, ORIGIN, Coverage, Floats

_BROKEN_SHARE = 0.01
_MOVE_CELLS = (1e-4, 1e-2)
_MIRROR_CELLS = 8.0
_SNAP_CELLS = 1e-6
# Of the broken polygons: a moved corner, a corner left out, a corner only this one has.
_MOVED, _LEFT_OUT = 0.6, 0.9


def voronoi(count: int, *, seed: int = 20261127) -> Coverage:
    """Return the `count` cells of random seeds in a box, and the noded box."""
    side = count**0.5
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(0.0, side, (count, 2))
    points = shapely.multipoints(_mirrored(seeds, side))
    faces = shapely.get_parts(shapely.voronoi_polygons(points))
    centre = shapely.get_coordinates(shapely.centroid(faces))
    faces = faces[((centre > 0.0) & (centre < side)).all(axis=1)]
    order = np.lexsort(np.floor(shapely.get_coordinates(shapely.centroid(faces))).T)
    cells = shapely.remove_repeated_points(
        shapely.transform(faces[order], lambda at: _placed(at, side))
    )
    region = gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(cells)], crs=CRS)
    codes = [f"{number:08d}" for number in range(len(cells))]
    return Coverage(gpd.GeoDataFrame({"code": codes}, geometry=cells, crs=CRS), region)


def broken_voronoi(count: int, *, seed: int = 20261127) -> Coverage:
    """Return :func:`voronoi` with 1 % of its polygons broken, each still valid by itself."""
    grids, region, _ = voronoi(count, seed=seed)
    rng = np.random.default_rng(seed + 1)
    cells = grids.geometry.to_numpy().copy()
    chosen = rng.permutation(count)[: round(count * _BROKEN_SHARE)]
    for row in chosen:
        cells[row] = _broken(cells[row], rng)
    return Coverage(grids.set_geometry(cells, crs=CRS), region)


def _mirrored(seeds: Floats, side: float) -> Floats:
    """Return seeds and their mirror images across the sides that are near."""
    images = [seeds]
    for axis in (0, 1):
        for wall in (0.0, side):
            known = np.concatenate(images)
            near = known[np.abs(known[:, axis] - wall) < _MIRROR_CELLS].copy()
            near[:, axis] = 2.0 * wall - near[:, axis]
            images.append(near)
    return np.concatenate(images)


def _placed(lattice: Floats, side: float) -> Floats:
    """Return degrees, with what is near a side of the box moved onto it."""
    for wall in (0.0, side):
        lattice = np.where(np.abs(lattice - wall) < _SNAP_CELLS, wall, lattice)
    return np.round(lattice * CELL_DEGREES + ORIGIN, 9)


def _broken(cell: shapely.Polygon, rng: np.random.Generator) -> shapely.Polygon:
    """Return a valid cell with one corner moved, left out or added."""
    ring = shapely.get_coordinates(cell)[:-1]
    while True:
        changed = shapely.Polygon(_changed(ring, rng))
        if changed.is_valid and changed.area > 0.0:
            return changed


def _changed(ring: Floats, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    corner = int(rng.integers(len(ring)))
    way = rng.uniform()
    if way < _MOVED or len(ring) < 4:
        low, high = np.log(_MOVE_CELLS)
        step = np.exp(rng.uniform(low, high)) * CELL_DEGREES
        turn = rng.uniform(0.0, 2.0 * np.pi)
        moved = ring.copy()
        moved[corner] = np.round(moved[corner] + step * np.array([np.cos(turn), np.sin(turn)]), 9)
        return moved
    if way < _LEFT_OUT:
        return np.delete(ring, corner, axis=0)
    middle = (ring[corner] + ring[corner - 1]) / 2.0
    return np.insert(ring, corner, middle, axis=0)
