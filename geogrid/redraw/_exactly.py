"""Exact questions about whole coordinates: who crosses whom, what lies to the west, who is next.

Points are given doubled, so that the middle of an edge is whole too. All numbers stay far below
2^53, so :func:`geogrid._exact.orientation` decides them exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geogrid._exact import orientation
from geogrid.redraw.arc import Integers, Point

__all__ = [
    "clashing_pairs",
    "clockwise_first",
    "crossings",
    "doubled_area",
    "is_counter_clockwise",
    "meeting_pairs",
    "sides",
    "west_most",
]

Signs = npt.NDArray[np.int8]
_AT_ONCE = 2_000_000


def sides(a: Integers, b: Integers, p: Integers) -> Signs:
    """Return +1 where p is left of a → b, −1 right of it, 0 on the line; (n, 2) each."""
    ax, ay, bx, by, px, py = (
        np.asarray(part[:, axis], dtype=np.float64) for part in (a, b, p) for axis in (0, 1)
    )
    return orientation(ax, ay, bx, by, px, py)


def crossings(points: Integers, start: Integers, end: Integers) -> Signs:
    """Return how edges cross the ray from each point to the west.

    Parameters
    ----------
    points : (m, 2) doubled
    start, end : (n, 2) of edges, doubled

    Returns
    -------
    (m, n) +1 where an edge runs north across the ray, −1 south, 0 where it does not. Ends count
    as the point moved by (+ε, +ε²) would see them.
    """
    north = end[:, 1] > start[:, 1]
    low, high = np.where(north[:, None], start, end), np.where(north[:, None], end, start)
    y = points[:, 1:]
    point, edge = np.nonzero((low[:, 1] <= y) & (y < high[:, 1]))
    found = np.zeros((len(points), len(start)), dtype=np.int8)
    is_west = sides(low[edge], high[edge], points[point]) <= 0
    point, edge = point[is_west], edge[is_west]
    found[point, edge] = np.where(north[edge], 1, -1)
    return found


def west_most(
    point: Point, start: Integers, end: Integers, crossed: Integers
) -> tuple[int, Fraction]:
    """Return which crossed edge is the last before a point from the west, and where it is.

    Parameters
    ----------
    point : doubled
    start, end : (n, 2) of edges, doubled
    crossed : positions of edges that cross the ray to the west, at least one
    """
    best: tuple[Fraction, Fraction] | None = None
    found = -1
    for at in crossed.tolist():
        (ax, ay), (bx, by) = start[at].tolist(), end[at].tolist()
        slope = Fraction(bx - ax, by - ay)
        rank = (ax + slope * (point[1] - ay), slope)
        if best is None or rank > best:
            best, found = rank, at
    assert best is not None
    return found, best[0]


def meeting_pairs(
    one: tuple[Integers, Integers], other: tuple[Integers, Integers]
) -> tuple[Integers, Integers]:
    """Return the pairs of edges whose bounds meet: positions in `one` and in `other`."""
    low, high = np.minimum(*one), np.maximum(*one)
    other_low, other_high = np.minimum(*other), np.maximum(*other)
    step = max(1, _AT_ONCE // max(len(other_low), 1))
    found = []
    for first in range(0, len(low), step):
        some = slice(first, first + step)
        meets = (low[some, None] <= other_high[None]) & (other_low[None] <= high[some, None])
        row, column = np.nonzero(meets.all(axis=2))
        found.append(np.stack([row + first, column]))
    pairs = np.concatenate(found, axis=1) if found else np.zeros((2, 0), dtype=np.int64)
    return pairs[0], pairs[1]


def clashing_pairs(a: Integers, b: Integers, c: Integers, d: Integers) -> npt.NDArray[np.bool_]:
    """Return which edges a → b and c → d, whose bounds meet, meet but at one common end.

    Parameters
    ----------
    a, b, c, d : (n, 2)
    """
    same = [(one == other).all(axis=1) for one in (a, b) for other in (c, d)]
    shared = np.sum(same, axis=0)
    c_side, d_side, a_side, b_side = sides(a, b, c), sides(a, b, d), sides(c, d, a), sides(c, d, b)
    apart = (c_side * d_side > 0) | (a_side * b_side > 0)
    tip = np.where((same[0] | same[1])[:, None], a, b)  # what they share, if one end
    along = np.where((same[0] | same[1])[:, None], b, a) - tip
    other = np.where((same[0] | same[2])[:, None], d, c) - tip
    forward = (np.sign(along) * np.sign(other) > 0).any(axis=1)
    on_line = (c_side == 0) & (d_side == 0)
    return np.asarray(np.where(shared == 0, ~apart, np.where(shared == 1, on_line & forward, True)))


def doubled_area(points: Integers) -> int:
    """Return twice the signed area inside a closed path, exactly."""
    local = (points - points[0]).tolist()
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(local))


def is_counter_clockwise(ring: Integers) -> bool:
    """Return how a simple closed ring that begins at its lowest vertex turns there."""
    (ax, ay), (bx, by), (cx, cy) = ring[[-2, 0, 1]].tolist()
    return bool((bx - ax) * (cy - by) - (by - ay) * (cx - bx) > 0)


def clockwise_first(back: Point, directions: Sequence[Point]) -> int:
    """Return which direction comes first when one turns clockwise from `back`.

    `back` itself comes last. Equal directions are told apart by nothing: there are none.
    """
    best = 0
    for at in range(1, len(directions)):
        if _is_sooner(back, directions[at], directions[best]):
            best = at
    return best


def _is_sooner(back: Point, one: Point, other: Point) -> bool:
    half, other_half = _half(back, one), _half(back, other)
    if half != other_half:
        return half < other_half
    return one[0] * other[1] - one[1] * other[0] < 0


def _half(back: Point, to: Point) -> int:
    """Return 0 for less than half a turn clockwise of `back`, 1 for more, 2 for `back` itself."""
    cross = back[0] * to[1] - back[1] * to[0]
    if cross:
        return 0 if cross < 0 else 1
    return 1 if back[0] * to[0] + back[1] * to[1] < 0 else 2
