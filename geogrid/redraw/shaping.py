"""A stretch of border drawn anew: by a line from border to border, or along a street."""

from __future__ import annotations

import numpy as np

from geogrid.i18n import mark as _
from geogrid.redraw._concluding import Draft, conclude, redrawn
from geogrid.redraw._exactly import doubled_area
from geogrid.redraw._places import (
    OnBorder,
    Place,
    border_at,
    border_at_arc,
    corner_arcs,
    line_points,
    nearest_on_path,
    place_point,
)
from geogrid.redraw.arc import OUTSIDE, Arc, Integers, Point
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph
from geogrid.redraw.record import Record

__all__ = ["reshape", "snap_to_line"]


def reshape(graph: ArcGraph, line: object, *, moves_region: bool = False) -> Record:
    """Draw a stretch of one border anew.

    Parameters
    ----------
    graph : the draft; it stays as it is
    line : (n, 2) degrees or a LineString, from a place on a border to another on the same one.
        Of a border that goes around, the stretch is replaced that the line is nearer to.
    moves_region : whether the edge of the region may move

    Raises
    ------
    RedrawError
        The line does not begin and end on one border, another border meets it between
        these, or it would cross or touch a border.
    """
    drawn = line_points(line)
    (x, y), (u, v) = drawn[[0, -1]].tolist()
    first, last = border_at(graph, (x, y)), border_at(graph, (u, v))
    if first.point == last.point:
        raise RedrawError(_("The line begins and ends at the same place."), at=first.point)
    drawn = np.concatenate([[first.point], drawn[1:-1], [last.point]])
    arcs = _arcs_with(graph, first, last, moves_region=moves_region)
    ways = [(*_with_line(arc, first.point, last.point, drawn), arc.key, arc) for arc in arcs]
    _between, piece, _key, arc = min(ways, key=lambda way: (way[0], way[2]))
    parameters = {"line": (drawn / 10**9).tolist(), "moves_region": moves_region}
    draft = Draft(removed=[arc], pieces=[piece])
    return conclude(graph, "reshape", parameters, draft, moves_region=moves_region)


def _arcs_with(
    graph: ArcGraph, first: OnBorder, last: OnBorder, *, moves_region: bool
) -> list[Arc]:
    """Return the arcs that have both places, those on the edge of the region only if need be."""
    begin, end = (
        corner_arcs(graph, one.point) if one.is_vertex else [one.arc] for one in (first, last)
    )
    common = [arc for arc in begin if any(arc is other for other in end)]
    if not common:
        raise RedrawError(
            _(
                "The line does not begin and end on the same border; another one meets it in"
                " between."
            ),
            at=last.point,
        )
    inner = [arc for arc in common if OUTSIDE not in (arc.left, arc.right)]
    return inner if inner and not moves_region else common


def _with_line(arc: Arc, begin: Point, end: Point, drawn: Integers) -> tuple[int, Arc]:
    """Return an arc with what lies between two places on it replaced, and twice the area between.

    Of a closed arc the stretch is replaced that leaves less between it and the line.
    """
    path, one, other = _with_places(arc, begin, end)
    if one > other:
        one, other, drawn = other, one, drawn[::-1]
    inside = np.concatenate([path[:one], drawn, path[other + 1 :]])
    loop = np.concatenate([drawn, path[one : other + 1][::-1][1:]])
    ways = [(abs(doubled_area(loop)), inside)]
    if arc.is_closed:
        outside = np.concatenate([path[one : other + 1], drawn[::-1][1:]])
        loop = np.concatenate([drawn, path[other + 1 :], path[1 : one + 1]])
        ways.append((abs(doubled_area(loop)), outside))
    between, path = min(ways, key=lambda way: way[0])
    return between, Arc(path, arc.left, arc.right)


def _with_places(arc: Arc, begin: Point, end: Point) -> tuple[Integers, int, int]:
    """Return the path of an arc with two places on it as vertices, and where they stand."""
    places = [border_at_arc(arc, point) for point in (begin, end)]
    fresh = sorted(
        {(one.step, one.point) for one in places if not one.is_vertex},
        key=lambda at: (at[0], _along(arc.points, at)),
    )
    steps, points = [step + 1 for step, _point in fresh], [point for _step, point in fresh]
    path = np.insert(arc.points, steps, points, axis=0) if fresh else arc.points
    one, other = (int(np.flatnonzero((path == place.point).all(axis=1))[0]) for place in places)
    return path, one, other


def _along(path: Integers, at: tuple[int, Point]) -> int:
    (x, y), (u, v) = path[at[0] : at[0] + 2].tolist()
    return (at[1][0] - x) * (u - x) + (at[1][1] - y) * (v - y)


def snap_to_line(
    graph: ArcGraph,
    at: Place,
    line: object,
    *,
    moves_junctions: bool = False,
    moves_region: bool = False,
) -> Record:
    """Lay a border along a street.

    The border between two junctions leads straight from each to the nearest point of the
    street, and follows the street in between.

    Parameters
    ----------
    graph : the draft; it stays as it is
    at : (longitude, latitude) on the border, in degrees
    line : the street, (n, 2) degrees or a LineString
    moves_junctions : whether the junctions move onto the street, with all borders that meet there;
        those on the edge of the region stay, unless that may move
    moves_region : whether the edge of the region may move

    Raises
    ------
    RedrawError
        There is no border; it goes around one grid; the street does not run beside it; or a
        border would cross or touch another.
    """
    arc = border_at(graph, place_point(at)).arc
    street = line_points(line)
    if arc.is_closed:
        raise RedrawError(
            _("This border goes all around; draw the stretch that is to follow the street."),
            at=arc.ends[0],
        )
    along = _stretch(street, *arc.ends)
    if len(along) < 2:
        raise RedrawError(_("The street does not run beside this border."), at=arc.ends[0])
    arcs, pieces = [arc], [_led(arc, along)]
    if moves_junctions:
        arcs, pieces = _with_junctions(graph, arc, along, moves_region=moves_region)
    parameters = {
        "at": list(at), "line": (street / 10**9).tolist(),
        "moves_junctions": moves_junctions, "moves_region": moves_region,
    }  # fmt: skip
    draft = Draft(removed=arcs, pieces=pieces)
    return conclude(graph, "snap_to_line", parameters, draft, moves_region=moves_region)


def _stretch(street: Integers, begin: Point, end: Point) -> Integers:
    """Return the street between the points nearest to two others, from the first to the second."""
    _far, first, start = nearest_on_path(street, begin)
    _far, last, stop = nearest_on_path(street, end)
    is_forward = (first, _along(street, (first, start))) <= (last, _along(street, (last, stop)))
    low, high = sorted((first, last))
    between = street[low + 1 : high + 1][:: 1 if is_forward else -1]
    return _distinct(np.concatenate([[start], between, [stop]]))


def _distinct(path: Integers) -> Integers:
    is_new = np.append(True, (path[1:] != path[:-1]).any(axis=1))
    return np.asarray(path[is_new])


def _led(arc: Arc, along: Integers) -> Arc:
    path = np.concatenate([arc.points[:1], along, arc.points[-1:]])
    return Arc(_distinct(path), arc.left, arc.right)


def _with_junctions(
    graph: ArcGraph, arc: Arc, along: Integers, *, moves_region: bool
) -> tuple[list[Arc], list[Arc]]:
    ends = {arc.ends[0]: along[0], arc.ends[1]: along[-1]}
    for end in arc.ends:
        edge = any(OUTSIDE in (other.left, other.right) for other in graph.at_node(end))
        if edge and not moves_region:
            ends[end] = np.array(end)
    others = {other.key: other for end in ends for other in graph.at_node(end)}
    del others[arc.key]
    path = _distinct(np.concatenate([[ends[arc.ends[0]]], along, [ends[arc.ends[1]]]]))
    moved = []
    for other in others.values():
        points = other.points.copy()
        for side in (0, -1):
            points[side] = ends.get(other.ends[side], points[side])
        moved.append(redrawn(other, points))
    return [arc, *others.values()], [Arc(path, arc.left, arc.right), *moved]
