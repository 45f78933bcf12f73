"""A drawn area relabelled: what is inside it gets one label, whoever has it now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.redraw._concluding import Draft
from geogrid.redraw._exactly import crossings
from geogrid.redraw._noding import node_lines
from geogrid.redraw._places import line_points
from geogrid.redraw._walking import inner_point
from geogrid.redraw.arc import Arc, Integers, Key, Point, box_of, to_degrees, to_units
from geogrid.redraw.graph import ArcGraph

__all__ = ["area_rings", "carve"]

Edge = tuple[Point, Point]


def area_rings(area: object) -> list[Integers]:
    """Return the rings of drawn polygons in units, what is inside to their left.

    Parameters
    ----------
    area
        A ring as (n, 2) degrees, a (Multi)Polygon, or several (the polygons of units); several
        are united first.

    Raises
    ------
    InputError
        There is no area, or a polygon crosses itself.
    """
    shapes = [_polygon(one) for one in _several(area)]
    whole = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    whole = shapely.transform(whole, lambda points: to_degrees(to_units(points)))
    parts = [
        part
        for part in shapely.get_parts(whole)
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    if not parts or not all(shapely.is_valid(part) for part in parts):
        raise InputError(_("Draw an area whose outline does not cross itself."))
    rings = []
    for part in parts:
        oriented = shapely.geometry.polygon.orient(part)
        rings += [line_points(ring, least=3) for ring in (oriented.exterior, *oriented.interiors)]
    return rings


def _several(area: object) -> list[object]:
    if isinstance(area, shapely.Geometry):
        return [area]
    values = getattr(area, "geometry", area)
    some = list(values)  # type: ignore[call-overload]
    return some if some and isinstance(some[0], shapely.Geometry) else [area]


def _polygon(one: object) -> shapely.Geometry:
    if isinstance(one, shapely.Geometry):
        shape = one
    else:
        path = line_points(one, least=3)
        shape = shapely.Polygon(to_degrees(path))
    if shape.geom_type not in ("Polygon", "MultiPolygon") or not shapely.is_valid(shape):
        raise InputError(_("Draw an area whose outline does not cross itself."))
    return shape


def carve(
    graph: ArcGraph, rings: Sequence[Integers], renamed: Callable[[str], str]
) -> tuple[Draft, frozenset[str]]:
    """Return what gives an area another label.

    Parameters
    ----------
    graph : the draft
    rings : from :func:`area_rings`
    renamed : from the label that a place inside has to the one that it gets

    Returns
    -------
    draft, given
        With pieces to join; and the labels that gave something.
    """
    near = graph.near(box_of(np.concatenate(rings)))
    drawn, cuts = node_lines(rings, near)
    gone = {arc.key: arc for arc, _parts in cuts}
    parts = [part for _arc, some in cuts for part in some]
    pieces, given = _outline(graph, drawn, parts, gone, renamed)
    held = {end for piece in pieces for end in piece.ends}
    ways = {_edge(piece): _is_forward(piece) for piece in drawn if len(piece) == 2}
    whole = [(arc, [arc]) for arc in near if arc.key not in gone]
    removed = []
    for arc, some in [*cuts, *whole]:
        now = [
            _relabelled(part, is_inside, ways, renamed)
            for part, is_inside in zip(some, _are_inside(some, drawn), strict=True)
        ]
        given |= {arc.left} if any(one.left != arc.left for one in now) else set()
        given |= {arc.right} if any(one.right != arc.right for one in now) else set()
        is_changed = any(one.left != arc.left or one.right != arc.right for one in now)
        if is_changed or any(held.intersection(part.ends[1:]) for part in some[:-1]):
            removed.append(arc)
            pieces += now
    return Draft(removed=removed, pieces=pieces), frozenset(given)


def _outline(
    graph: ArcGraph,
    drawn: Sequence[Integers],
    parts: Sequence[Arc],
    gone: Mapping[Key, Arc],
    renamed: Callable[[str], str],
) -> tuple[list[Arc], set[str]]:
    """Return the stretches of an outline that become borders, and what lies inside of them."""
    borders = {_edge(arc.points) for arc in parts if len(arc.points) == 2}
    found, given = [], set()
    for piece in drawn:
        if len(piece) == 2 and _edge(piece) in borders:
            continue
        x, y = inner_point(piece).tolist()
        label = graph.label_west_of((x, y), without=gone, beside=parts)
        if renamed(label) != label:
            found.append(Arc(piece, renamed(label), label))
            given.add(label)
    return found, given


def _relabelled(
    arc: Arc, is_inside: bool, ways: Mapping[Edge, bool], renamed: Callable[[str], str]
) -> Arc:
    """Return an arc with its sides renamed where they lie in the area."""
    way = ways.get(_edge(arc.points)) if len(arc.points) == 2 else None
    if way is not None:  # on the outline, which has the area to its left
        if way == _is_forward(arc.points):
            return Arc(arc.points, renamed(arc.left), arc.right)
        return Arc(arc.points, arc.left, renamed(arc.right))
    if is_inside:
        return Arc(arc.points, renamed(arc.left), renamed(arc.right))
    return arc


def _is_forward(path: Integers) -> bool:
    return bool(path[0].tolist() < path[1].tolist())


def _edge(path: Integers) -> Edge:
    (ax, ay), (bx, by) = path[:2].tolist()
    return min(((ax, ay), (bx, by)), ((bx, by), (ax, ay)))


def _are_inside(arcs: Sequence[Arc], drawn: Sequence[Integers]) -> list[bool]:
    """Return which arcs lie inside rings that meet them at their ends only."""
    if not arcs:
        return []
    middles = np.array([inner_point(arc.points) for arc in arcs])
    start = np.concatenate([piece[:-1] for piece in drawn])
    end = np.concatenate([piece[1:] for piece in drawn])
    return (crossings(middles, 2 * start, 2 * end).sum(axis=1, dtype=np.int64) != 0).tolist()
