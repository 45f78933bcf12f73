"""Walk directed edges into rings, and rings into polygons."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from geogrid.topology import Floats, Integers

__all__ = ["polygon_of_edges", "walk_rings"]


def walk_rings(vertices: Floats, start: Integers, end: Integers) -> list[list[int]] | None:
    """Return the simple closed rings that directed edges make, the interior to their left.

    Where several rings meet in a vertex, each goes on along the border of the same piece of
    interior, and a ring that comes back to a vertex is cut off there, so that no ring
    touches itself.

    Parameters
    ----------
    vertices : (v, 2)
    start, end : (e,) directed edges, each once

    Returns
    -------
    list of vertex positions without the repeated last one; None where edges do not close

    Examples
    --------
    >>> corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> walk_rings(corners, np.array([0, 1, 2]), np.array([1, 2, 0]))
    [[0, 1, 2]]
    """
    if len(set(begin := start.tolist())) == len(begin):
        return _plain_rings(dict(zip(begin, end.tolist(), strict=True)))
    ahead: dict[int, list[int]] = {}
    for one, other in zip(start.tolist(), end.tolist(), strict=True):
        ahead.setdefault(one, []).append(other)
    rings: list[list[int]] = []
    for first in start.tolist():
        while ahead.get(first):
            ring = _walk(vertices, ahead, first)
            if ring is None:
                return None
            rings += _simple(ring)
    return rings


def _plain_rings(ahead: dict[int, int]) -> list[list[int]] | None:
    """Return the rings of edges that no two of begin in the same vertex."""
    rings: list[list[int]] = []
    while ahead:
        first, here = next(iter(ahead.items()))
        ring = [first]
        del ahead[first]
        while here != first:
            ring.append(here)
            following = ahead.pop(here, None)
            if following is None:
                return None
            here = following
        if len(ring) > 2:
            rings.append(ring)
    return rings


def _walk(vertices: Floats, ahead: dict[int, list[int]], first: int) -> list[int] | None:
    """Return one closed walk, its edges taken out of `ahead`."""
    begin = ahead[first].pop(0)
    walk, before, here = [first], first, begin
    while True:
        choices = ahead.get(here, [])
        options = [begin, *choices] if here == first else choices
        if not options:
            return None
        pick = _turns_to(vertices, before, here, options)
        if here == first:
            if pick == 0:
                return walk
            pick -= 1
        walk.append(here)
        before, here = here, choices.pop(pick)


def _turns_to(vertices: Floats, before: int, here: int, choices: Sequence[int]) -> int:
    """Return the choice that is first clockwise from the way back."""
    if len(choices) == 1:
        return 0
    origin = vertices[here]
    back = vertices[before] - origin
    angles = []
    for choice in choices:
        along = vertices[choice] - origin
        turn = math.atan2(back[1], back[0]) - math.atan2(along[1], along[0])
        angles.append(turn % (2.0 * math.pi) or 2.0 * math.pi)
    return int(np.argmin(angles))


def _simple(walk: list[int]) -> list[list[int]]:
    """Cut a closed walk at the vertices that it passes twice."""
    rings: list[list[int]] = []
    path: list[int] = []
    place: dict[int, int] = {}
    for vertex in walk:
        if vertex in place:
            at = place[vertex]
            loop = path[at:]
            for gone in loop[1:]:
                del place[gone]
            del path[at + 1 :]
            if len(loop) > 2:
                rings.append(loop)
            continue
        place[vertex] = len(path)
        path.append(vertex)
    if len(path) > 2:
        rings.append(path)
    return rings


def polygons_of_rings(
    vertices: Floats, many: Sequence[Sequence[Sequence[int]] | None]
) -> list[shapely.Geometry | None]:
    """Return the polygon of each set of rings, None where it has none.

    Parameters
    ----------
    vertices : (v, 2)
    many : sets of rings as for :func:`polygon_of_edges`, or None
    """
    found: list[shapely.Geometry | None] = [None] * len(many)
    alone = [at for at, rings in enumerate(many) if rings is not None and len(rings) == 1]
    for at, rings in enumerate(many):
        if rings is not None and len(rings) > 1:
            found[at] = polygon_of_edges(vertices, rings)
    if alone:
        corners = [many[at][0] for at in alone]  # type: ignore[index]
        owner = np.repeat(np.arange(len(alone)), [len(ring) for ring in corners])
        line = np.array([vertex for ring in corners for vertex in ring], dtype=np.int64)
        closed = shapely.linearrings(vertices[line], indices=owner)
        shapes = shapely.polygons(closed)
        for at, shape, shell in zip(alone, shapes, shapely.is_ccw(closed).tolist(), strict=True):
            found[at] = shape if shell else None
    return found


def polygon_of_edges(vertices: Floats, rings: Iterable[Sequence[int]]) -> shapely.Geometry | None:
    """Return the (Multi)Polygon of rings with the interior to their left.

    Parameters
    ----------
    vertices : (v, 2)
    rings : from :func:`walk_rings`; shells run counter-clockwise, holes clockwise

    Returns
    -------
    None where there is no shell, or a hole in none.
    """
    closed = [shapely.linearrings(vertices[list(ring)]) for ring in rings]
    is_shell = [bool(shapely.is_ccw(ring)) for ring in closed]
    shells = [ring for ring, shell in zip(closed, is_shell, strict=True) if shell]
    holes = [ring for ring, shell in zip(closed, is_shell, strict=True) if not shell]
    if not shells:
        return None
    inside = _holes_by_shell(shells, holes)
    if inside is None:
        return None
    parts = [
        shapely.polygons(shell, inside[at]) if inside[at] else shapely.polygons(shell)
        for at, shell in enumerate(shells)
    ]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _holes_by_shell(
    shells: list[shapely.LinearRing], holes: list[shapely.LinearRing]
) -> list[list[shapely.LinearRing]] | None:
    found: list[list[shapely.LinearRing]] = [[] for _shell in shells]
    if not holes:
        return found
    if len(shells) == 1:
        return [holes]
    areas = shapely.polygons(shells)
    size = shapely.area(areas)
    points = shapely.point_on_surface(shapely.polygons(holes))
    for at, point in enumerate(points):
        around = np.flatnonzero(shapely.contains_xy(areas, point.x, point.y))
        if not len(around):
            return None
        found[around[np.argmin(size[around])]].append(holes[at])
    return found
