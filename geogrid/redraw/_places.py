"""Places that a planner points at: corners, borders, lines and polygons as whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.redraw.arc import Arc, Integers, Point, to_units
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph

__all__ = [
    "REACH",
    "OnBorder",
    "Place",
    "border_at",
    "border_at_arc",
    "corner_arcs",
    "line_points",
    "nearest_on_path",
    "place_point",
]

Place = tuple[float, float] | Sequence[float]

REACH = 1_000
"""Units (1e-6°, 0.1 m) within which a place on a border counts as on it."""

_FURTHEST = 180 * 10**9


class OnBorder(NamedTuple):
    """A place on an arc: the vertex ``step`` or, between it and the next, `point`."""

    arc: Arc
    step: int
    point: Point
    is_vertex: bool


def place_point(place: Place) -> Point:
    """Return (longitude, latitude) in degrees as units.

    Raises
    ------
    InputError
        These are not two numbers in degrees.
    """
    return _pairs([place])[0]


def line_points(line: object, *, least: int = 2) -> Integers:
    """Return a drawn line, (n, 2) degrees or a LineString, as units; no vertex twice in a row.

    Raises
    ------
    InputError
        It has fewer than `least` different vertices, or they are no degrees.
    """
    given = shapely.get_coordinates(line) if isinstance(line, shapely.Geometry) else line
    points = _pairs(given)  # type: ignore[arg-type]
    path = [point for at, point in enumerate(points) if not at or point != points[at - 1]]
    if len(path) < least:
        raise InputError(_("Draw a line of at least {least} different points."), least=least)
    return np.array(path, dtype=np.int64)


def _pairs(places: Sequence[Place]) -> list[Point]:
    try:
        degrees = np.asarray(places, dtype=np.float64)
    except (TypeError, ValueError):
        degrees = np.zeros(0)
    if degrees.ndim != 2 or degrees.shape[1] != 2 or not np.isfinite(degrees).all():
        raise InputError(_("A place is a longitude and a latitude in degrees."))
    units = np.clip(degrees, -400.0, 400.0)
    points = to_units(units)
    if (np.abs(points) > [_FURTHEST, _FURTHEST // 2]).any():
        raise InputError(_("A place is a longitude and a latitude in degrees."))
    return [(x, y) for x, y in points.tolist()]


def corner_arcs(graph: ArcGraph, point: Point) -> list[Arc]:
    """Return the arcs that have a vertex at a point, each once.

    Raises
    ------
    RedrawError
        There is no corner.
    """
    found = [arc for arc in graph.near((*point, *point)) if (arc.points == point).all(axis=1).any()]
    if not found:
        raise RedrawError(_("There is no corner of a grid here."), at=point)
    return found


def border_at(graph: ArcGraph, point: Point, arcs: Sequence[Arc] | None = None) -> OnBorder:
    """Return the border nearest to a point, within :data:`REACH`; a vertex there comes first.

    Parameters
    ----------
    point : in units
    arcs : to look at; all near the point when left out

    Raises
    ------
    RedrawError
        There is no border within reach.
    """
    x, y = point
    near = graph.near((x - REACH, y - REACH, x + REACH, y + REACH)) if arcs is None else arcs
    found = [(nearest_on_path(arc.points, point)[0], at) for at, arc in enumerate(near)]
    if not found or min(found)[0] > REACH:
        raise RedrawError(_("There is no border here; begin and end lines on a border."), at=point)
    return border_at_arc(near[min(found)[1]], point)


def border_at_arc(arc: Arc, point: Point) -> OnBorder:
    """Return the place on an arc nearest to a point; a vertex within a unit of it comes first."""
    _far, step, foot = nearest_on_path(arc.points, point)
    for vertex in (step, step + 1):
        u, v = arc.points[vertex].tolist()
        if foot == (u, v) or math.hypot(u - point[0], v - point[1]) <= 1.0:
            return OnBorder(arc, vertex, (u, v), True)
    return OnBorder(arc, step, foot, False)


def nearest_on_path(path: Integers, point: Point) -> tuple[float, int, Point]:
    """Return how far a path is from a point, its nearest edge and the nearest point there.

    Distances are in units of latitude: a degree of longitude counts as it does there.
    """
    squeeze = math.cos(math.radians(point[1] / 1e9))
    local: npt.NDArray[np.float64] = (path - point) * [squeeze, 1.0]
    start, along = local[:-1], np.diff(local, axis=0)
    size = np.maximum((along**2).sum(axis=1), 1e-30)
    share = np.clip(-(start * along).sum(axis=1) / size, 0.0, 1.0)
    distance = np.hypot(*(start + share[:, None] * along).T)
    at = int(np.argmin(distance))
    foot = np.rint(path[at] + share[at] * (path[at + 1] - path[at])).astype(np.int64)
    u, v = foot.tolist()
    return float(distance[at]), at, (u, v)
