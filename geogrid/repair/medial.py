"""The lines that split a gap among the grids around it, each place to the nearest of them.

The face is cut into triangles between points set along its border about as densely as it is
wide (in metres). Where the corners of a triangle belong to two grids the line runs between
the middles of its sides; with three, three lines meet inside. Between two sides that run in
parallel this is exactly the line in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.topology import Floats, Integers

__all__ = ["DenseBorder", "dense_border", "medial_segments"]

NOBODY = -1
_MOST_POINTS = 3000
_STEP = 0.7
_GROWTH = 1.4


@dataclass(frozen=True)
class DenseBorder:
    """The border of a face as a chain of close points, in metres.

    Attributes
    ----------
    place
        (p,) points, ring after ring.
    ring
        (p,) ring of each.
    step
        (p,) border edge that begins at the point or that it lies on.
    before, after
        (p,) who is beyond the border before and after it, −1 for nobody.
    spacing
        How far apart the points are at most, in metres.
    """

    place: Floats
    ring: Integers
    step: Integers
    before: Integers
    after: Integers
    spacing: float


def dense_border(rings: Sequence[tuple[Floats, Integers, Integers]]) -> DenseBorder:
    """Set points along rings, close where edges meet.

    Parameters
    ----------
    rings : of each ring its (n, 2) corners in metres in order, and for each edge from a corner
        to the next its number and who is beyond it
    """
    lengths = [np.hypot(*(np.roll(place, -1, axis=0) - place).T) for place, _step, _item in rings]
    area = abs(sum(_signed_area(place) for place, _step, _item in rings))
    total = float(sum(length.sum() for length in lengths))
    gap = max(_STEP * 2.0 * area / total, total / _MOST_POINTS)
    columns: list[list[npt.NDArray[Any]]] = [[], [], [], [], []]
    for at, ((place, step, item), length) in enumerate(zip(rings, lengths, strict=True)):
        shares = [
            _shares(one, gap, is_even=beyond < 0)
            for one, beyond in zip(length.tolist(), item.tolist(), strict=True)
        ]
        edge = np.repeat(np.arange(len(place)), [len(one) for one in shares])
        share = np.concatenate(shares)
        along = (np.roll(place, -1, axis=0) - place)[edge]
        first = share == 0.0
        before = np.where(first, np.roll(item, 1)[edge], item[edge])
        parts = (
            place[edge] + share[:, None] * along,
            np.full(len(edge), at),
            step[edge],
            before,
            item[edge],
        )
        for column, part in zip(columns, parts, strict=True):
            column.append(part)
    place_, ring_, step_, before_, after_ = (np.concatenate(column) for column in columns)
    return DenseBorder(place_, ring_, step_, before_, after_, gap)


def _shares(length: float, gap: float, *, is_even: bool) -> Floats:
    """Return where points lie along an edge: close at its ends, wider towards its middle.

    Edges with nobody beyond get points evenly: a line may end anywhere on them.
    """
    if is_even:
        return np.arange(max(int(np.ceil(length / gap)), 1)) / max(np.ceil(length / gap), 1.0)
    half = max(0.5 * length, 0.0)
    count = int(np.log1p(half / gap * (_GROWTH - 1.0)) / np.log(_GROWTH))
    steps = gap * (_GROWTH ** np.arange(1, count + 1) - 1.0) / (_GROWTH - 1.0) / length
    steps = steps[steps < 0.5 - 0.25 * gap / length]
    return np.concatenate([[0.0], steps, [0.5] if count else [], 1.0 - steps[::-1]])


def _signed_area(place: Floats) -> float:
    x, y = (place - place[0]).T
    return 0.5 * float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def medial_segments(
    border: DenseBorder, rank: Integers
) -> tuple[Floats, Integers, npt.NDArray[np.bool_]]:
    """Return the segments of the dividing lines, in metres.

    Parameters
    ----------
    border : the border of the face
    rank : (g,) order of the grids, to settle ties

    Returns
    -------
    ends, corner, is_border
        (s, 2, 2) ends of the segments; (s, 2) the point of the border that each end is, −1 for
        the others; (s, 2) whether the end lies inside a border edge.

    Raises
    ------
    shapely.GEOSException
        The face cannot be cut into triangles.
    """
    triangle = _triangles(border)
    label = _point_labels(border, rank)
    halves = _half_labels(border, triangle, label, rank)
    follow = {(a, b) for a, b in _border_pairs(border)}
    segments: list[tuple[tuple[int, int], tuple[int, int]]] = []
    centres: list[Floats] = []
    seen: dict[tuple[int, int], tuple[int, int]] = {}
    for corners, sides in zip(triangle.tolist(), halves, strict=True):
        changes: list[tuple[int, int]] = []
        for k in range(3):
            a, b = corners[k], corners[(k + 1) % 3]
            if sides[2 * k - 1] != sides[2 * k]:
                changes.append((a, a))
            if sides[2 * k] != sides[2 * k + 1]:
                changes.append((min(a, b), max(a, b)))
            segments += _mismatch(seen, (a, b), (sides[2 * k], sides[2 * k + 1]))
        if len(changes) == 2:
            segments.append((changes[0], changes[1]))
        elif changes:
            centre = (-1 - len(centres), -1 - len(centres))
            centres.append(border.place[corners].mean(axis=0))
            segments += [(one, centre) for one in changes]
    ends = np.array(segments, dtype=np.int64).reshape(-1, 2, 2)
    if not len(ends):
        return np.zeros((0, 2, 2)), np.zeros((0, 2), dtype=np.int64), np.zeros((0, 2), dtype=bool)
    known = np.concatenate([border.place, np.array(centres[::-1]).reshape(-1, 2)])
    place = 0.5 * (known[ends[:, :, 0]] + known[ends[:, :, 1]])
    is_corner = (ends[:, :, 0] == ends[:, :, 1]) & (ends[:, :, 0] >= 0)
    on_border = np.array(
        [
            [tuple(end) in follow or tuple(end[::-1]) in follow for end in pair]
            for pair in ends.tolist()
        ]
    )
    return place, np.where(is_corner, ends[:, :, 0], -1), on_border & ~is_corner


def _mismatch(
    seen: dict[tuple[int, int], tuple[int, int]], pair: tuple[int, int], labels: tuple[int, int]
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the half sides where the triangle on the other side says something else."""
    a, b = pair
    other = seen.get((b, a))
    seen[pair] = labels
    if other is None:
        return []
    middle = (min(a, b), max(a, b))
    found = []
    if other[1] != labels[0]:
        found.append(((a, a), middle))
    if other[0] != labels[1]:
        found.append(((b, b), middle))
    return found


def _border_pairs(border: DenseBorder) -> list[tuple[int, int]]:
    """Return the pairs of points that follow each other."""
    at = np.arange(len(border.ring))
    first = np.searchsorted(border.ring, border.ring)
    is_last = np.append(border.ring[1:] != border.ring[:-1], True)
    return list(zip(at.tolist(), np.where(is_last, first, at + 1).tolist(), strict=True))


def _triangles(border: DenseBorder) -> Integers:
    """Return (t, 3) points of each triangle, counter-clockwise."""
    rings = np.split(border.place, np.flatnonzero(np.diff(border.ring)) + 1)
    size = [abs(_signed_area(ring)) for ring in rings]
    shell = int(np.argmax(size))
    holes = [ring for at, ring in enumerate(rings) if at != shell]
    cut = shapely.get_parts(
        shapely.constrained_delaunay_triangles(shapely.Polygon(rings[shell], holes))
    )
    corners = shapely.get_coordinates(shapely.orient_polygons(cut)).reshape(-1, 4, 2)[:, :3]
    keys = np.ascontiguousarray(border.place + 0.0).view(np.complex128).ravel()
    order = np.argsort(keys, kind="stable")
    wanted = np.ascontiguousarray(corners.reshape(-1, 2) + 0.0).view(np.complex128).ravel()
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    return order[at].reshape(-1, 3)


def _point_labels(border: DenseBorder, rank: Integers) -> Integers:
    """Return who each point belongs to; where nobody is beside it, the nearest."""
    label = np.where(border.after >= 0, border.after, border.before)
    bare = np.flatnonzero(label < 0)
    if len(bare):
        pairs = np.array(_border_pairs(border))
        held = np.flatnonzero(border.after >= 0)
        lines = shapely.linestrings(border.place[pairs[held]])
        at, near = shapely.STRtree(lines).query_nearest(shapely.points(border.place[bare]))
        owner = border.after[held[near]]
        order = np.lexsort((rank[owner], at))
        first = np.unique(at[order], return_index=True)[1]
        label[bare] = owner[order][first]
    return label


def _half_labels(
    border: DenseBorder, triangle: Integers, label: Integers, rank: Integers
) -> list[list[int]]:
    """Return for each triangle who has the six halves of its sides, from corner to corner."""
    before, after = border.before, border.after
    is_joint = (before >= 0) & (after >= 0) & (before != after)
    follow = dict(_border_pairs(border))
    found = []
    for corners in triangle.tolist():
        halves = [0] * 6
        for k in range(3):
            here, ahead, back = corners[k], corners[(k + 1) % 3], corners[k - 1]
            ahead_label = back_label = int(label[here])
            if is_joint[here]:
                sides = (int(before[here]), int(after[here]))
                choice = min(sides, key=lambda one: int(rank[one]))
                ahead_label = _joint(follow.get(here) == ahead, follow.get(ahead) == here, sides)
                back_label = _joint(follow.get(here) == back, follow.get(back) == here, sides)
                ahead_label = _or(ahead_label, int(label[ahead]), sides, is_joint[ahead])
                back_label = _or(back_label, int(label[back]), sides, is_joint[back])
                ahead_label = back_label if ahead_label < 0 else ahead_label
                back_label = ahead_label if back_label < 0 else back_label
                if ahead_label < 0:
                    ahead_label = back_label = choice
            halves[2 * k] = ahead_label
            halves[2 * k - 1] = back_label
        found.append(halves)
    return found


def _joint(is_after: bool, is_before: bool, sides: tuple[int, int]) -> int:
    """Return who is beyond a triangle's side on the border, −1 where it is none."""
    return sides[1] if is_after else sides[0] if is_before else NOBODY


def _or(known: int, other: int, sides: tuple[int, int], is_joint: bool) -> int:
    if known >= 0 or is_joint:
        return known
    return other if other in sides else NOBODY
