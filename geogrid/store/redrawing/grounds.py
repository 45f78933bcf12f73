"""Ground between borders: what an operation changes, and where that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from geogrid.redraw import Arc, ArcGraph, Record, moved_points
from geogrid.redraw.arc import UNITS, Box

__all__ = ["box_around", "changed_ground", "enclosed", "extent"]


def enclosed(arcs: Iterable[Arc]) -> list[shapely.Geometry]:
    """Return what borders enclose between them, in degrees."""
    lines = [shapely.linestrings(arc.points / UNITS) for arc in arcs]
    if not lines:
        return []
    noded = shapely.union_all(np.array(lines, dtype=object))
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def changed_ground(records: Iterable[Record]) -> shapely.Geometry | None:
    """Return the ground that is in another grid by any of some operations, None without any."""
    changed = [
        face
        for record in records
        for face in enclosed([*record.removed, *record.added])
        if _is_moved(record, face)
    ]
    return shapely.union_all(changed) if changed else None


def _is_moved(record: Record, face: shapely.Geometry) -> bool:
    point = shapely.point_on_surface(face)
    return bool(len(moved_points(record, [point.x], [point.y])[0]))


def extent(record: Record, graph: ArcGraph) -> list[float] | None:
    """Return west, south, east, north in degrees of where an operation is.

    Where it changes no border that is its grids; None where these are no more.
    """
    arcs = [*record.removed, *record.added]
    if not arcs:
        known = [label for label in record.rows if label in graph.rows]
        finest = {leaf for label in known for leaf in graph.leaves(label)}
        arcs = [arc for label in finest | set(record.gaps) for arc in graph.beside(label)]
    return box_around([arc.box for arc in arcs])


def box_around(boxes: Sequence[Box]) -> list[float] | None:
    """Return what holds all boxes, in degrees; None without any."""
    if not boxes:
        return None
    some = np.array(boxes) / UNITS
    return [*some[:, :2].min(axis=0).tolist(), *some[:, 2:].max(axis=0).tolist()]
