"""Pieces of border made one where nothing parts them any more.

After an operation a vertex may be no node any longer (the third border left it), or a border may
lie between a grid and itself. Here the latter goes, and arcs run again from node to node.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from geogrid.redraw.arc import Arc, Integers, Key, Point, make_arc, reversed_arc
from geogrid.redraw.graph import ArcGraph

__all__ = ["join"]

End = tuple[int, int]


def join(
    graph: ArcGraph, removed: Iterable[Arc], pieces: Iterable[Arc]
) -> tuple[list[Arc], list[Arc]]:
    """Return the arcs to take away and the arcs to put there instead.

    Parameters
    ----------
    graph : the draft as it is
    removed : arcs of the draft that the pieces replace
    pieces : stretches that end at all vertices where three or more of them or of the arcs that
        stay meet

    Returns
    -------
    removed, added
        Sorted by key; what stays as it was is in neither.
    """
    gone = {arc.key: arc for arc in removed}
    parts = [piece for piece in pieces if piece.left != piece.right]
    ends = _absorb(graph, gone, parts)
    added = {arc.key: arc for arc in _chained(graph, gone, parts, ends)}
    for key in [key for key, arc in added.items() if arc.same(gone.get(key))]:
        del added[key], gone[key]
    return [gone[key] for key in sorted(gone)], [added[key] for key in sorted(added)]


def _absorb(graph: ArcGraph, gone: dict[Key, Arc], parts: list[Arc]) -> dict[Point, list[End]]:
    """Take in arcs that stay but end where only one other stretch does; return all ends."""
    ends: dict[Point, list[End]] = {}
    for number, piece in enumerate(parts):
        _note(ends, number, piece)
    waiting = {*ends, *(end for arc in gone.values() for end in arc.ends)}
    while waiting:
        point = waiting.pop()
        rest = [arc for arc in graph.at_node(point) if arc.key not in gone]
        if not rest or len(rest) + len(ends.get(point, ())) != 2:
            continue
        for arc in {arc.key: arc for arc in rest}.values():
            gone[arc.key] = arc
            parts.append(arc)
            _note(ends, len(parts) - 1, arc)
            waiting.update(arc.ends)
    return ends


def _note(ends: dict[Point, list[End]], number: int, piece: Arc) -> None:
    for side, point in enumerate(piece.ends):
        ends.setdefault(point, []).append((number, side))


def _chained(
    graph: ArcGraph, gone: dict[Key, Arc], parts: list[Arc], ends: dict[Point, list[End]]
) -> list[Arc]:
    links = {}
    for point, some in ends.items():
        if len(some) == 2 and all(arc.key in gone for arc in graph.at_node(point)):
            one, other = some
            if _goes_on(parts, one, other):
                links[one], links[other] = other, one
    seen: set[int] = set()
    found = []
    for number in range(len(parts)):
        if number not in seen:
            found.append(_chain(parts, links, number, seen))
    return found


def _goes_on(parts: list[Arc], one: End, other: End) -> bool:
    first, second = parts[one[0]], parts[other[0]]
    left, right = (first.left, first.right) if one[1] else (first.right, first.left)
    onward = (second.right, second.left) if other[1] else (second.left, second.right)
    return (left, right) == onward


def _chain(parts: list[Arc], links: dict[End, End], number: int, seen: set[int]) -> Arc:
    """Return the arc that a piece belongs to."""
    begin: End = (number, 0)
    while begin in links:  # back to where the chain begins, or once around
        before, side = links[begin]
        begin = (before, 1 - side)
        if before == number:
            break
    paths, at = [], begin
    first = parts[at[0]] if at[1] == 0 else reversed_arc(parts[at[0]])
    while True:
        piece = parts[at[0]] if at[1] == 0 else reversed_arc(parts[at[0]])
        seen.add(at[0])
        paths.append(piece.points)
        onward = links.get((at[0], 1 - at[1]))
        if onward is None or onward[0] in seen:
            break
        at = onward
    points = np.concatenate([paths[0], *(path[1:] for path in paths[1:])])
    if begin in links:
        points = _from_lowest(points)
    return make_arc(points, first.left, first.right)


def _from_lowest(ring: Integers) -> Integers:
    at = int(np.lexsort((ring[:-1, 1], ring[:-1, 0]))[0])
    return np.concatenate([ring[at:-1], ring[: at + 1]])
