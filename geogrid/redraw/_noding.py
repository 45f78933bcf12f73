"""Drawn lines and borders cut where they meet, at points of 1e-9°.

Where a line crosses a border, both get the nearest whole point as a corner, which bends them
by less than a unit. That may make them meet again, so it is done until nothing is new; the
outcome is checked as that of every operation is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geogrid.i18n import mark as _
from geogrid.redraw._exactly import meeting_pairs
from geogrid.redraw.arc import Arc, Integers, Point
from geogrid.redraw.errors import RedrawError

__all__ = ["cut_at", "node_lines"]

_MOST_ROUNDS = 8


def node_lines(
    lines: Sequence[Integers], arcs: Sequence[Arc]
) -> tuple[list[Integers], list[tuple[Arc, list[Arc]]]]:
    """Return lines and arcs with corners wherever a line meets an arc or another line.

    Parameters
    ----------
    lines : (k, 2) each
    arcs : those that lines may meet

    Returns
    -------
    pieces, cuts
        The lines cut at every corner that an arc or a line has too; and each arc that a line
        meets, with its parts, cut likewise.

    Raises
    ------
    RedrawError
        Corners lie so close together that they cannot be told apart.
    """
    paths = [*lines, *(arc.points for arc in arcs)]
    for _round in range(_MOST_ROUNDS):
        fresh = _meetings(paths, len(lines))
        if not fresh:
            break
        for number, points in fresh.items():
            paths[number] = _with_points(paths[number], points)
    else:
        at = next(iter(next(iter(fresh.values()))))[1]
        raise RedrawError(
            _("Corners lie too close together here; draw a little further off."), at=at
        )
    drawn = paths[: len(lines)]
    marks = _shared(drawn, paths[len(lines) :])
    pieces = [piece for path in drawn for piece in cut_at(path, marks)]
    cuts = []
    for arc, path in zip(arcs, paths[len(lines) :], strict=True):
        if len(path) > len(arc.points) or any(point in marks for point in _points(path)):
            cuts.append((arc, [Arc(piece, arc.left, arc.right) for piece in cut_at(path, marks)]))
    return pieces, cuts


def _points(path: Integers) -> list[Point]:
    return [(x, y) for x, y in path.tolist()]


def _shared(drawn: Sequence[Integers], others: Sequence[Integers]) -> set[Point]:
    """Return the vertices of lines that arcs or lines have too, and the ends of lines."""
    count: dict[Point, int] = {}
    for path in drawn:
        for point in _points(path):
            count[point] = count.get(point, 0) + 1
    found = {point for point, times in count.items() if times > 1}
    found |= {end for path in drawn for end in (_points(path)[0], _points(path)[-1])}
    for path in others:
        found.update(point for point in _points(path) if point in count)
    return found


def cut_at(path: Integers, marks: set[Point]) -> list[Integers]:
    """Return a path in pieces that end at marked vertices."""
    points = _points(path)
    stops = [at for at in range(1, len(points) - 1) if points[at] in marks]
    return [
        path[first : last + 1]
        for first, last in zip([0, *stops], [*stops, len(points) - 1], strict=True)
    ]


def _meetings(paths: Sequence[Integers], lines: int) -> dict[int, set[tuple[int, Point]]]:
    """Return new corners by path: the edge that each lies on, and where."""
    start = np.concatenate([path[:-1] for path in paths])
    end = np.concatenate([path[1:] for path in paths])
    owner = np.repeat(np.arange(len(paths)), [len(path) - 1 for path in paths])
    first = np.cumsum([0, *(len(path) - 1 for path in paths[:-1])])
    count = int((owner < lines).sum())
    one, other = meeting_pairs((start[:count], end[:count]), (start, end))
    keep = (one < other) | (other >= count)
    found: dict[int, set[tuple[int, Point]]] = {}
    ends = np.column_stack([start, end]).tolist()
    for line, edge in zip(one[keep].tolist(), other[keep].tolist(), strict=True):
        if line == edge:
            continue
        for at, point in _meeting(ends[line], ends[edge], (line, edge)):
            path = int(owner[at])
            found.setdefault(path, set()).add((at - int(first[path]), point))
    return found


def _meeting(one: list[int], other: list[int], pair: tuple[int, int]) -> list[tuple[int, Point]]:
    """Return the corners that two edges need: which of the pair, and where."""
    ax, ay, bx, by = one
    cx, cy, dx, dy = other
    c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    a = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    b = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    found = [(pair[0], (x, y)) for x, y, side in ((cx, cy, c), (dx, dy, d))
             if side == 0 and _is_within(x, y, one)]  # fmt: skip
    found += [(pair[1], (x, y)) for x, y, side in ((ax, ay, a), (bx, by, b))
              if side == 0 and _is_within(x, y, other)]  # fmt: skip
    if c * d < 0 and a * b < 0:
        point = _rounded(ax, bx, a, a - b), _rounded(ay, by, a, a - b)
        found += [
            (number, point)
            for number, edge in zip(pair, (one, other), strict=True)
            if point not in ((edge[0], edge[1]), (edge[2], edge[3]))
        ]
    return found


def _rounded(begin: int, end: int, share: int, whole: int) -> int:
    """Return begin + (end − begin) · share / whole, to the nearest whole number."""
    if whole < 0:
        share, whole = -share, -whole
    return begin + (2 * (end - begin) * share + whole) // (2 * whole)


def _is_within(x: int, y: int, edge: list[int]) -> bool:
    """Return whether a point on the line of an edge lies between its ends."""
    ax, ay, bx, by = edge
    along = (x - ax) * (bx - ax) + (y - ay) * (by - ay)
    return 0 < along < (bx - ax) ** 2 + (by - ay) ** 2


def _with_points(path: Integers, points: set[tuple[int, Point]]) -> Integers:
    def rank(at: tuple[int, Point]) -> tuple[int, int]:
        (ax, ay), (bx, by) = path[at[0] : at[0] + 2].tolist()
        return at[0], (at[1][0] - ax) * (bx - ax) + (at[1][1] - ay) * (by - ay)

    ordered = sorted(points, key=rank)
    longer = np.insert(path, [step + 1 for step, _p in ordered], [p for _s, p in ordered], axis=0)
    is_new = np.append(True, (longer[1:] != longer[:-1]).any(axis=1))
    return np.asarray(longer[is_new])
