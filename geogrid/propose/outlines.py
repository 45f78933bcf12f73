"""Outlines of grids made of units, without the corners that only the units needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.arcs import Arcs, build_arcs, rebuild_polygons
from geogrid.propose._facing import united

__all__ = ["grid_outlines"]

Geometries = npt.NDArray[np.object_]


def grid_outlines(
    units: gpd.GeoDataFrame,
    labels: Sequence[str] | npt.NDArray[np.object_],
    corners: npt.NDArray[np.float64],
) -> dict[str, shapely.Geometry]:
    """Return the polygon of each label.

    Parameters
    ----------
    units : of :func:`~geogrid.propose.unit_areas`
    labels : (n,)
    corners : (c, 2) those of the plan; they stay

    Returns
    -------
    Label to polygon, neighbours with the same vertices. A corner that only ended a border
    between units, on a border of the plan, is left out, so that borders which stay keep their bits.
    """
    shapes = np.asarray(units.geometry.array, dtype=object)
    names, number = np.unique(np.asarray(labels).astype(str), return_inverse=True)
    built = build_arcs(united(shapes, number.ravel(), len(names)))
    _codes, grid = np.unique(units["grid"].astype(str), return_inverse=True)
    thinned = _without(built, _old_steps(build_arcs(shapes), grid.ravel()), _keys(corners))
    return dict(zip(names.tolist(), rebuild_polygons(thinned, len(names)), strict=True))


def _keys(points: npt.NDArray[np.float64]) -> set[tuple[float, float]]:
    return {(x, y) for x, y in points.tolist()}


def _old_steps(arcs: Arcs, grid: npt.NDArray[np.int64]) -> set[tuple[float, ...]]:
    """Return the steps, both ways, of borders between units of two grids of the plan."""
    codes = np.append(grid, -1)  # outside
    old = np.flatnonzero(codes[arcs.left] != codes[arcs.right])
    found: set[tuple[float, ...]] = set()
    for arc in old.tolist():
        way = arcs.vertices[arcs.path[arcs.first[arc] : arcs.first[arc + 1]]].tolist()
        for one, other in pairwise(way):
            found.add((*one, *other))
            found.add((*other, *one))
    return found


def _without(arcs: Arcs, old: set[tuple[float, ...]], corners: set[tuple[float, float]]) -> Arcs:
    """Return the arcs without inner vertices on old borders that are no corners of the plan."""
    path, first = [], [0]
    for begin, stop in zip(arcs.first[:-1].tolist(), arcs.first[1:].tolist(), strict=True):
        rows = arcs.path[begin:stop].tolist()
        way = [tuple(each) for each in arcs.vertices[rows].tolist()]
        gone = [
            0 < at < len(rows) - 1
            and way[at] not in corners
            and (*way[at - 1], *way[at]) in old
            and (*way[at], *way[at + 1]) in old
            for at in range(len(rows))
        ]
        path += [row for row, is_gone in zip(rows, gone, strict=True) if not is_gone]
        first.append(len(path))
    return replace(arcs, path=np.array(path, dtype=np.int64), first=np.array(first, dtype=np.int64))
