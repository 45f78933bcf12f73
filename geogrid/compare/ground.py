"""Which ground changes hands between two sheets of grids, without overlaying what stays.

The edges of every grid are summed, those of the new plan +1 and those of the old −1, grid by
grid (:mod:`geogrid.topology`). What cancels, also once corners that lie on the other's edge
within 4 ulp are shared (:mod:`geogrid.coverage.unmatched`), bounds nothing new; a grid that
is bit for bit the same leaves no edge. Between the edges that are left, every face is asked at
one point who held it and who holds it: whoever did and does not loses it, whoever does and did
not gains it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid.areas import straight_area_m2
from geogrid.coverage.arrangement import (
    Geometries,
    cover_faces,
    edge_components,
    holding_face,
    is_dust,
    polygonise,
    punch_nested,
)
from geogrid.coverage.measure import zoom_points
from geogrid.coverage.unmatched import split_leftovers
from geogrid.coverage.widths import is_narrower, metres_per_unit, to_metres
from geogrid.rings import polygon_rings
from geogrid.topology import Floats, Integers, leftovers

__all__ = ["Ground", "ground_moved"]

_BALANCE = 1e-9
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """The faces that change hands.

    Attributes
    ----------
    face
        (f,) Polygons in the coordinates of the grids, none over another.
    area_m2
        (f,) on the ellipsoid.
    is_noise
        (f,) narrower than the tolerance.
    lost_face, lost_grid
        (k,) pairs of a face and the grid that held it and does not any more.
    gained_face, gained_grid
        (m,) pairs of a face and the grid that holds it and did not before.
    """

    face: Geometries
    area_m2: Floats
    is_noise: Flags
    lost_face: Integers
    lost_grid: Integers
    gained_face: Integers
    gained_grid: Integers

    def lost_m2(self, grid: Integers, counted: Flags | None = None) -> Floats:
        """Return what grids lose, over all faces or those that are counted."""
        return self._sum(self.lost_face, self.lost_grid, grid, counted)

    def gained_m2(self, grid: Integers, counted: Flags | None = None) -> Floats:
        """Return what grids gain, over all faces or those that are counted."""
        return self._sum(self.gained_face, self.gained_grid, grid, counted)

    def _sum(self, face: Integers, of: Integers, grid: Integers, counted: Flags | None) -> Floats:
        area = self.area_m2 if counted is None else np.where(counted, self.area_m2, 0.0)
        count = int(max(of.max(initial=-1), grid.max(initial=-1))) + 1
        return np.asarray(np.bincount(of, area[face], count)[grid], np.float64)


def ground_moved(
    before: Geometries, after: Geometries, crs: pyproj.CRS, *, tolerance_m: float
) -> Ground:
    """Return the faces that some grid loses or gains.

    Parameters
    ----------
    before, after : (n,) valid (Multi)Polygons or None, the same grid at the same position
    crs : of their coordinates; their edges are straight in it
    tolerance_m : faces that hold no circle of this diameter are noise
    """
    is_changed = ~np.asarray(shapely.equals_exact(before, after, 0.0), dtype=bool)
    is_changed &= ~(shapely.is_missing(before) & shapely.is_missing(after))
    grid = np.flatnonzero(is_changed)
    polygons = np.concatenate([before[grid], after[grid]])
    sign = np.repeat(np.array([-1, 1], np.int8), len(grid))
    group = np.tile(np.arange(len(grid)), 2)
    left = leftovers(polygon_rings(polygons), sign, group)
    vertices = left.edges.vertices
    pieces = split_leftovers(vertices, left.total).pieces
    counts = pieces.weight != 0
    ends = np.unique(np.column_stack([pieces.low[counts], pieces.high[counts]]), axis=0)
    edges = vertices[ends[:, 0]], vertices[ends[:, 1]], *edge_components(vertices, *ends.T)
    found = _held(_faces(*edges), polygons, sign, group, crs, tolerance_m)
    lost_more = _unbalanced(found, polygons, crs, len(grid))
    if lost_more.any():  # GEOS drew edges together: node their clusters to the ulp
        is_near = np.isin(pieces.group[counts], np.flatnonzero(lost_more))
        own = np.column_stack([pieces.low[counts], pieces.high[counts]])[is_near]
        width = len(vertices)
        cluster = np.unique(edges[2][np.isin(ends @ (width, 1), own @ (width, 1))])
        found = _held(_faces(*edges, finely=cluster), polygons, sign, group, crs, tolerance_m)
    return replace(found, lost_grid=grid[found.lost_grid], gained_grid=grid[found.gained_grid])


def _held(
    face: Geometries,
    polygons: Geometries,
    sign: npt.NDArray[np.int8],
    group: Integers,
    crs: pyproj.CRS,
    tolerance_m: float,
) -> Ground:
    """Ask each face who held it and who holds it."""
    over, item = cover_faces(face, polygons)
    width = int(group.max(initial=0)) + 1
    key, position = np.unique(over * width + group[item], return_inverse=True)
    turns = np.bincount(position.ravel(), sign[item], len(key)).astype(np.int64)
    of, who = np.divmod(key, width)
    is_lost, is_gained = turns < 0, turns > 0
    return Ground(
        face,
        straight_area_m2(face, crs),
        _is_noise(face, crs, tolerance_m),
        of[is_lost],
        who[is_lost],
        of[is_gained],
        who[is_gained],
    )


def _unbalanced(ground: Ground, polygons: Geometries, crs: pyproj.CRS, count: int) -> Flags:
    """Return the grids whose areas before and after do not differ by what they gain and lose."""
    before, after = straight_area_m2(polygons, crs).reshape(2, count)
    every = np.arange(count)
    miss = np.abs(after - before - (ground.gained_m2(every) - ground.lost_m2(every)))
    return np.asarray(miss > _BALANCE * np.maximum(before, after))


def _faces(
    start: Floats, end: Floats, component: Integers, crosses: Flags, *, finely: npt.ArrayLike = ()
) -> Geometries:
    order = np.argsort(component, kind="stable")
    start, end = start[order], end[order]
    component, crosses = component[order], crosses[order]
    faces, owner = polygonise(start, end, component, crosses, finely=finely)
    keep = ~is_dust(faces)
    faces, owner = faces[keep], owner[keep]
    first = np.unique(component, return_index=True)[1]
    inner, face, _ = holding_face(faces, owner, shapely.points(start[first]))
    return punch_nested(faces, owner, inner, face)


def _is_noise(faces: Geometries, crs: pyproj.CRS, tolerance_m: float) -> Flags:
    if not len(faces):
        return np.zeros(0, dtype=bool)
    point = zoom_points(faces)
    return is_narrower(to_metres(faces, point, metres_per_unit(point, crs)), tolerance_m)
