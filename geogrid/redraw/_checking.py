"""Whether a draft stays seamless when arcs are exchanged: exactly, and only where it changes.

Four things together keep every point in one grid. Edges meet at their ends only, and where more
than two do, every arc ends. Around each node what lies to the left of one arc lies to the
right of the next. Nothing that stays finds itself on another side of what moved. And what hangs
together with nothing that stays lies in the grid that its outer side says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cmp_to_key
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from geogrid.i18n import mark as _
from geogrid.redraw._exactly import clashing_pairs, crossings, meeting_pairs
from geogrid.redraw._naming import named
from geogrid.redraw.arc import OUTSIDE, Arc, Box, Integers, Key, Point, arc_segments, box_of
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph

__all__ = ["check_exchange", "check_region_border", "sided_edges"]

Side = tuple[int, int, int, int, str, str]


class _Exchange(NamedTuple):
    """Arcs to be exchanged, and those around them that stay."""

    graph: ArcGraph
    removed: Mapping[Key, Arc]
    added: Sequence[Arc]
    staying: Sequence[Arc]
    came: Sequence[Side]
    went: Sequence[Side]


def check_exchange(graph: ArcGraph, removed: Sequence[Arc], added: Sequence[Arc]) -> None:
    """Raise where the draft would tear if arcs were exchanged.

    Raises
    ------
    RedrawError
        Borders would cross or touch, or something would lie on the wrong side; with the place.
    """
    if not removed and not added:
        return
    before, after = sided_edges(removed), sided_edges(added)
    came, went = sorted(after - before), sorted(before - after)
    gone = {arc.key: arc for arc in removed}
    near = {arc.key: arc for tip in _tips(removed, added) for arc in graph.at_node(tip)}
    if came or went:
        near |= {arc.key: arc for arc in graph.near(_around([*came, *went]))}
    staying = [near[key] for key in sorted(near) if key not in gone]
    work = _Exchange(graph, gone, added, staying, came, went)
    _check_edges(work)
    _check_nodes(work)
    _check_sides(work)
    _check_islands(work)


def _tips(removed: Iterable[Arc], added: Iterable[Arc]) -> list[Point]:
    return sorted({tip for arc in (*removed, *added) for tip in arc.ends})


def _around(edges: Sequence[Side]) -> Box:
    """Return the bounds of edges."""
    ends = np.array([edge[:4] for edge in edges], dtype=np.int64).reshape(-1, 2)
    return box_of(ends)


def _check_edges(work: _Exchange) -> None:
    """Raise where new edges meet others, or themselves, but at nodes."""
    arcs = [*work.added, *work.staying]
    start, end, owner = arc_segments(arcs)
    fresh = _fresh(work, start, end, int(np.searchsorted(owner, len(work.added))))
    steps = (start[fresh] == end[fresh]).all(axis=1)
    if steps.any():
        raise RedrawError(_("Two corners would fall together."), at=_point(start[fresh[steps][0]]))
    tips = _tips(work.removed.values(), work.added)
    points = np.concatenate([start[fresh], end[fresh], np.array(tips, dtype=np.int64)])
    low, high = points.min(axis=0), points.max(axis=0)
    here = np.flatnonzero(
        ((np.maximum(start, end) >= low) & (np.minimum(start, end) <= high)).all(axis=1)
    )
    one, other = meeting_pairs((start[fresh], end[fresh]), (start[here], end[here]))
    one, other = fresh[one], here[other]
    one, other = one[one != other], other[one != other]
    clash = np.flatnonzero(clashing_pairs(start[one], end[one], start[other], end[other]))
    if len(clash):
        _refuse_clash(work, arcs, owner, start, end, (int(one[clash[0]]), int(other[clash[0]])))
    _check_touches(work, arcs, start[here], end[here], points)


def _fresh(work: _Exchange, start: Integers, end: Integers, count: int) -> Integers:
    """Return which of the first `count` edges were not there before, or are there twice now."""
    old_start, old_end, _owner = arc_segments(work.removed.values())
    old = {*_edges(old_start, old_end)}
    edges = _edges(start[:count], end[:count])
    times = Counter(edges)
    fresh = [at for at, edge in enumerate(edges) if edge not in old or times[edge] > 1]
    return np.array(fresh, dtype=np.int64)


def _edges(start: Integers, end: Integers) -> list[tuple[int, ...]]:
    rows = np.column_stack([start, end]).tolist()
    return [(a, b, c, d) if (a, b) < (c, d) else (c, d, a, b) for a, b, c, d in rows]


def _point(point: Integers) -> Point:
    x, y = point.tolist()
    return x, y


def _refuse_clash(
    work: _Exchange, arcs: Sequence[Arc], owner: Integers, start: Integers, end: Integers,
    pair: tuple[int, int],
) -> None:  # fmt: skip
    low = np.maximum(*(np.minimum(start[at], end[at]) for at in pair))
    high = np.minimum(*(np.maximum(start[at], end[at]) for at in pair))
    one, other = (arcs[owner[at]] for at in pair)
    place = _point((low + high) // 2)
    if one is other:
        raise RedrawError(
            _("The border of {one} would cross or touch itself."),
            at=place, one=named(work.graph, [one.left, one.right]),
        )  # fmt: skip
    raise RedrawError(
        _("The border of {one} would cross or touch the border of {other}."),
        at=place,
        one=named(work.graph, [one.left, one.right]),
        other=named(work.graph, [other.left, other.right]),
    )


def _check_touches(
    work: _Exchange, arcs: Sequence[Arc], start: Integers, end: Integers, points: Integers
) -> None:
    """Raise where more than two edges, or ends of arcs, meet at a new vertex within an arc."""
    meet = Counter(map(tuple, np.concatenate([start, end]).tolist()))
    stops = Counter(end for arc in arcs for end in arc.ends)
    for x, y in set(map(tuple, points.tolist())):
        edges, ends = meet[x, y], stops[x, y]
        if ends != edges and (ends or edges != 2):
            beside = [arc for arc in arcs if (arc.points == (x, y)).all(axis=1).any()]
            sides = {side for arc in beside for side in (arc.left, arc.right)}
            raise RedrawError(
                _("Borders of {grids} would touch at a corner."),
                at=(x, y), grids=named(work.graph, sides),
            )  # fmt: skip


def _check_nodes(work: _Exchange) -> None:
    """Raise where around a node one arc's left is not the next one's right."""
    for point in _tips(work.removed.values(), work.added):
        leaving = []
        stays = {arc.key: arc for arc in work.graph.at_node(point) if arc.key not in work.removed}
        for arc in (*stays.values(), *(arc for arc in work.added if point in arc.ends)):
            leaving += _leaving(arc, point)
        leaving.sort(key=cmp_to_key(_turn))
        for at, (_direction, _left, right) in enumerate(leaving):
            if leaving[at - 1][1] != right:
                raise RedrawError(
                    _("At a corner it would not be clear where {grids} end."),
                    at=point, grids=named(work.graph, {leaving[at - 1][1], right}),
                )  # fmt: skip


def _leaving(arc: Arc, point: Point) -> list[tuple[Point, str, str]]:
    """Return direction, left and right of an arc as it leaves a node, twice for a closed one."""
    found = []
    if arc.ends[0] == point:
        x, y = (arc.points[1] - arc.points[0]).tolist()
        found.append(((x, y), arc.left, arc.right))
    if arc.ends[1] == point:
        x, y = (arc.points[-2] - arc.points[-1]).tolist()
        found.append(((x, y), arc.right, arc.left))
    return found


def _turn(one: tuple[Point, str, str], other: tuple[Point, str, str]) -> int:
    """Compare directions counter-clockwise from just north of east to east."""
    (x, y), (u, v) = one[0], other[0]
    half, other_half = not (y > 0 or (y == 0 and x < 0)), not (v > 0 or (v == 0 and u < 0))
    if half != other_half:
        return int(half) - int(other_half)
    cross = x * v - y * u
    return (cross < 0) - (cross > 0)


def sided_edges(arcs: Iterable[Arc]) -> set[Side]:
    """Return the edges of arcs, each from its lower end, with what lies left and right."""
    found: set[Side] = set()
    for arc in arcs:
        path = arc.points.tolist()
        for (x, y), (u, v) in pairwise(path):
            if (x, y) < (u, v):
                found.add((x, y, u, v, arc.left, arc.right))
            else:
                found.add((u, v, x, y, arc.right, arc.left))
    return found


def _check_sides(work: _Exchange) -> None:
    """Raise where something that stays would lie in another grid than before."""
    moved = [(side, 1) for side in work.came] + [(side, -1) for side in work.went]
    held = {end for arc in work.added for end in arc.ends}
    loose = [arc for arc in work.staying if not held.intersection(arc.ends)]
    if not moved or not loose:
        return
    number: dict[str, int] = {}
    worth = np.array(
        [sign * (number.setdefault(side[5], len(number)) - number.setdefault(side[4], len(number)))
         for side, sign in moved]
    )  # fmt: skip
    edges = np.array([side[:4] for side, _sign in moved], dtype=np.int64)
    middles = np.array([arc.points[0] + arc.points[1] for arc in loose])
    crossed = crossings(middles, 2 * edges[:, :2], 2 * edges[:, 2:])
    lost = np.flatnonzero(crossed @ worth)
    if len(lost):
        arc = loose[lost[0]]
        raise RedrawError(
            _("{grids} would lie on the other side of the border."),
            at=arc.ends[0], grids=named(work.graph, [arc.left, arc.right]),
        )  # fmt: skip


def _check_islands(work: _Exchange) -> None:
    """Raise where new arcs that hang together with nothing else lie in another grid than said."""
    for island in _islands(work):
        tip, said = _outer_side(island)
        rest = [arc for arc in work.added if not any(arc is one for one in island)]
        found = work.graph.label_west_of(
            (2 * tip[0], 2 * tip[1]), without=work.removed, beside=rest
        )
        if found != said:
            raise RedrawError(
                _("{grids} would lie inside {other}."),
                at=tip,
                grids=named(
                    work.graph, {s for arc in island for s in (arc.left, arc.right)} - {said}
                ),
                other=named(work.graph, [found]),
            )


def _islands(work: _Exchange) -> list[list[Arc]]:
    """Return the groups of added arcs that no arc that stays is connected with."""
    held = {
        end: any(arc.key not in work.removed for arc in work.graph.at_node(end))
        for arc in work.added
        for end in arc.ends
    }
    groups: dict[Point, list[Arc]] = {}
    leader: dict[Point, Point] = {end: end for end in held}

    def lead(point: Point) -> Point:
        while leader[point] != point:
            point = leader[point]
        return point

    for arc in work.added:
        leader[lead(arc.ends[0])] = lead(arc.ends[1])
    for arc in work.added:
        groups.setdefault(lead(arc.ends[0]), []).append(arc)
    anchored = {lead(end) for end, is_held in held.items() if is_held}
    return [group for head, group in groups.items() if head not in anchored]


def _outer_side(island: Sequence[Arc]) -> tuple[Point, str]:
    """Return the westernmost (southernmost) vertex of arcs, and what they say lies west of it."""
    x, y = min(min(map(tuple, arc.points.tolist())) for arc in island)
    leaving = []
    for arc in island:
        for at in np.flatnonzero((arc.points == (x, y)).all(axis=1)).tolist():
            if at + 1 < len(arc.points):
                u, v = (arc.points[at + 1] - arc.points[at]).tolist()
                leaving.append(((u, v), arc.left, arc.right))
            if at:
                u, v = (arc.points[at - 1] - arc.points[at]).tolist()
                leaving.append(((u, v), arc.right, arc.left))
    # all directions lie from just east of south to north: the last one counter-clockwise
    last = leaving[0]
    for one in leaving[1:]:
        if last[0][0] * one[0][1] - last[0][1] * one[0][0] > 0:
            last = one
    return (x, y), last[1]


def check_region_border(removed: Iterable[Arc], added: Iterable[Arc]) -> None:
    """Raise where the edge of the region would move but by corners put on it.

    A corner put on an edge is rounded to 1e-9° and may be up to two of these (0.2 mm) away.

    Raises
    ------
    RedrawError
        The edge of the region would move.
    """
    message = _("The edge of the region would move here.")
    before, after = _border(removed), _border(added)
    for begin, ends in before.items():
        for end in ends:
            at = begin
            while at != end:
                onward = [to for to in after.get(at, ()) if to == end or _is_on(to, begin, end)]
                if not onward:
                    raise RedrawError(message, at=begin)
                after[at].remove(onward[0])
                at = onward[0]
    left = [begin for begin, ends in after.items() if ends]
    if left:
        raise RedrawError(message, at=left[0])


def _border(arcs: Iterable[Arc]) -> dict[Point, list[Point]]:
    """Return where edges of the region lead from each vertex, the region to their left."""
    onward: dict[Point, list[Point]] = {}
    for arc in arcs:
        if OUTSIDE in (arc.left, arc.right):
            points = [(x, y) for x, y in arc.points.tolist()]
            ways = points if arc.right == OUTSIDE else points[::-1]
            for begin, end in pairwise(ways):
                onward.setdefault(begin, []).append(end)
    return onward


def _is_on(point: Point, begin: Point, end: Point) -> bool:
    """Return whether a point is within two units of a segment, beside its inside."""
    x, y, u, v = point[0] - begin[0], point[1] - begin[1], end[0] - begin[0], end[1] - begin[1]
    cross, along, size = u * y - v * x, u * x + v * y, u * u + v * v
    return cross * cross <= 4 * size and 0 < along < size
