"""Corners moved, put in and taken out: every grid that has one changes with it."""

from __future__ import annotations

import numpy as np

from geogrid.i18n import mark as _
from geogrid.redraw._concluding import Draft, conclude, redrawn
from geogrid.redraw._places import (
    REACH,
    Place,
    border_at,
    border_at_arc,
    corner_arcs,
    nearest_on_path,
    place_point,
)
from geogrid.redraw.arc import OUTSIDE, Arc, Integers, Point
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph
from geogrid.redraw.record import Record

__all__ = ["delete_vertex", "insert_vertex", "move_vertex"]


def move_vertex(graph: ArcGraph, at: Place, to: Place, *, moves_region: bool = False) -> Record:
    """Move a corner, of one border or where several meet.

    A junction on the edge of the region slides along the edge, which keeps all its corners.

    Parameters
    ----------
    graph : the draft; it stays as it is
    at : (longitude, latitude) of a vertex, in degrees
    to : where it goes
    moves_region : whether the edge of the region may move

    Raises
    ------
    RedrawError
        There is no corner, a border would cross or touch another, an island would change
        sides, or the edge of the region would move.
    """
    point, target = place_point(at), place_point(to)
    arcs = corner_arcs(graph, point)
    edge = [arc for arc in graph.at_node(point) if OUTSIDE in (arc.left, arc.right)]
    if len(edge) == 2 < len(graph.at_node(point)) and not moves_region:
        moved = _slid(arcs, edge, point, target)
    else:
        moved = [_with(arc, point, target) for arc in arcs]
    parameters = {"at": list(at), "to": list(to), "moves_region": moves_region}
    draft = Draft(removed=arcs, pieces=moved)
    return conclude(graph, "move_vertex", parameters, draft, moves_region=moves_region)


def _with(arc: Arc, point: Point, target: Point) -> Arc:
    """Return an arc with one of its vertices elsewhere."""
    moved = arc.points.copy()
    moved[(moved == point).all(axis=1)] = target
    return redrawn(arc, moved)


def _slid(arcs: list[Arc], edge: list[Arc], point: Point, target: Point) -> list[Arc]:
    """Return arcs that meet on the edge of the region, meeting elsewhere on the edge."""
    far = [nearest_on_path(arc.points, target)[0] for arc in edge]
    if min(far) > REACH:
        raise RedrawError(_("The edge of the region would move here."), at=point)
    onto, other = edge if far[0] <= far[1] else edge[::-1]
    place = border_at_arc(onto, target)
    path = onto.points
    if not place.is_vertex:
        path = np.insert(path, place.step + 1, place.point, axis=0)
    at = place.step + (0 if place.is_vertex else 1)
    if not 0 < at < len(path) - 1:
        raise RedrawError(_("Another border meets the edge of the region here."), at=place.point)
    rest = [arc for arc in arcs if arc is not onto and arc is not other]
    moved = [_with(arc, point, place.point) for arc in rest]
    if onto is other:  # one grid has the whole edge
        cut = [path[: at + 1], path[at:]]
        return [*(Arc(piece, onto.left, onto.right) for piece in cut), *moved]
    inner = other.left if other.right == OUTSIDE else other.right
    left, right = (inner, OUTSIDE) if onto.right == OUTSIDE else (OUTSIDE, inner)
    ways = [(path[: at + 1], left, right), (path[at:], onto.left, onto.right)]
    if onto.ends[0] != point:
        ways = [(path[: at + 1], onto.left, onto.right), (path[at:], left, right)]
    return [other, *(Arc(*way) for way in ways), *moved]


def insert_vertex(
    graph: ArcGraph, at: Place, to: Place | None = None, *, moves_region: bool = False
) -> Record:
    """Put a corner on a border, and move it at once where it is to go elsewhere.

    Parameters
    ----------
    graph : the draft; it stays as it is
    at : (longitude, latitude) on a border, in degrees
    to : where the new corner goes; the nearest point of the border when left out
    moves_region : whether the edge of the region may move

    Raises
    ------
    RedrawError
        There is no border, or it has a corner there; or as :func:`move_vertex`.
    """
    place = border_at(graph, place_point(at))
    if place.is_vertex:
        raise RedrawError(_("There is a corner here already."), at=place.point)
    target = place.point if to is None else place_point(to)
    arc, step = place.arc, place.step
    points = np.insert(arc.points, step + 1, target, axis=0)
    parameters = {
        "at": list(at), "to": None if to is None else list(to), "moves_region": moves_region
    }  # fmt: skip
    draft = Draft(removed=[arc], pieces=[redrawn(arc, points)])
    return conclude(graph, "insert_vertex", parameters, draft, moves_region=moves_region)


def delete_vertex(graph: ArcGraph, at: Place, *, moves_region: bool = False) -> Record:
    """Take a corner out; where several borders meet, they meet at the nearest next corner.

    Parameters
    ----------
    graph : the draft; it stays as it is
    at : (longitude, latitude) of a vertex, in degrees
    moves_region : whether the edge of the region may move

    Raises
    ------
    RedrawError
        There is no corner, or none near that has only two borders; a ring would have fewer
        than three corners; or as :func:`move_vertex`.
    """
    point = place_point(at)
    arcs = corner_arcs(graph, point)
    is_node = len(graph.at_node(point)) > 2 or len(arcs) > 1
    pieces = _drawn_in(arcs, point) if is_node else [_without(arcs[0], point)]
    parameters = {"at": list(at), "moves_region": moves_region}
    draft = Draft(removed=arcs, pieces=pieces)
    return conclude(graph, "delete_vertex", parameters, draft, moves_region=moves_region)


def _without(arc: Arc, point: Point) -> Arc:
    """Return an arc without a vertex that no other arc has."""
    least = 4 if arc.is_closed else 2
    ring = arc.points
    if arc.is_closed and arc.ends[0] == point:
        kept = np.concatenate([ring[1:-1], ring[1:2]])
    else:
        kept = ring[(ring != point).any(axis=1)]
    if len(kept) < least:
        raise RedrawError(_("A ring needs three corners; merge the grid instead."), at=point)
    return redrawn(arc, kept)


def _drawn_in(arcs: list[Arc], point: Point) -> list[Arc]:
    """Return arcs that meet at a node, drawn on to the nearest next corner within one of them."""
    options = []
    for number, arc in enumerate(arcs):
        for side, at in ((0, 1), (1, -2)):
            if arc.ends[side] == point and len(arc.points) > 2:
                step = arc.points[at] - arc.points[0 if side == 0 else -1]
                options.append((int((step * step).sum()), number, side))
    if not options:
        raise RedrawError(
            _("All borders lead straight to where others meet; move this corner instead."),
            at=point,
        )
    _distance, number, side = min(options)
    x, y = arcs[number].points[1 if side == 0 else -2].tolist()
    found = []
    for each, arc in enumerate(arcs):
        points = arc.points
        if each == number:
            points = points[1:] if side == 0 else points[:-1]
        if len(points) < 2:
            continue
        begin = [(x, y)] if _is_at(points[0], point) else []
        finish = [(x, y)] if _is_at(points[-1], point) else []
        inner = points[len(begin) : len(points) - len(finish)]
        found.append(redrawn(arc, np.array([*begin, *inner.tolist(), *finish])))
    return found


def _is_at(vertex: Integers, point: Point) -> bool:
    return bool((vertex == point).all())
