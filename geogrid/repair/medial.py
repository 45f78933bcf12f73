"""The lines that split gaps among the grids around them, each place to the nearest of them.

A face is cut into triangles between points set along its border about as densely as it is
wide (in metres). Where the corners of a triangle belong to two grids the line runs between
the middles of its sides; with three, three lines meet inside. Between two sides that run in
parallel this is exactly the line in the middle. Where nobody is beside a face (the border of
the region), points belong to the nearest grid, and lines cross the sides from them where both
grids are equally far. All faces are worked on at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._threads import by_rows
from geogrid.repair.locality import positions_by_group
from geogrid.topology import Floats, Integers

__all__ = ["BorderRings", "DenseBorder", "MedialSegments", "dense_border", "medial_segments"]

NOBODY = -1
_MOST_POINTS = 3000
_STEP = 0.7
_GROWTH = 1.4
_APART = 1.0 / 64.0
_HALVINGS = 12
_SPREAD = (_GROWTH ** np.arange(64.0) - 1.0) / (_GROWTH - 1.0)
"""How far points are from the end of an edge, in spacings."""


@dataclass(frozen=True)
class BorderRings:
    """Borders of faces, ring after ring.

    Attributes
    ----------
    face, ring
        (n,) of each corner, ascending; faces and rings are counted from 0, none is left out.
    place
        (n, 2) metres in a frame of each face.
    step, item
        (n,) number of the edge from each corner to the next, and who is beyond it, −1 for
        nobody.
    """

    face: Integers
    ring: Integers
    place: Floats
    step: Integers
    item: Integers


@dataclass(frozen=True)
class DenseBorder:
    """Borders of faces as chains of close points, in metres.

    Attributes
    ----------
    face, ring
        (p,) face and ring of each point.
    place
        (p, 2) points, ring after ring.
    follow
        (p,) the next point of the ring.
    step
        (p,) border edge that begins at the point or that it lies on.
    before, after
        (p,) who is beyond the border before and after it, −1 for nobody.
    width
        (f,) how wide each face is on average, in metres.
    """

    face: Integers
    ring: Integers
    place: Floats
    follow: Integers
    step: Integers
    before: Integers
    after: Integers
    width: Floats


@dataclass(frozen=True)
class MedialSegments:
    """Segments of dividing lines, in metres.

    Attributes
    ----------
    face
        (s,) that each divides.
    place
        (s, 2, 2) ends.
    corner, border
        (s, 2) the point of the border that each end is, and the point of the border that it
        lies behind, before the next; −1 for the others.
    is_cut
        (f,) faces that could be cut into triangles.
    """

    face: Integers
    place: Floats
    corner: Integers
    border: Integers
    is_cut: npt.NDArray[np.bool_]


def dense_border(rings: BorderRings) -> DenseBorder:
    """Set points along rings, close where edges meet.

    Parameters
    ----------
    rings : borders of the faces
    """
    ahead = _followers(rings.ring)
    behind = np.empty_like(ahead)
    behind[ahead] = np.arange(len(ahead))
    along = rings.place[ahead] - rings.place
    length = np.hypot(along[:, 0], along[:, 1])
    area = np.abs(np.bincount(rings.face, _turned_areas(rings.place, ahead)))
    total = np.bincount(rings.face, length)
    width = 2.0 * area / total
    gap = np.maximum(_STEP * width, total / _MOST_POINTS)
    edge, share = _shares(length, gap[rings.face], rings.item < 0)
    before = np.where(share == 0.0, rings.item[behind][edge], rings.item[edge])
    return DenseBorder(
        face=rings.face[edge],
        ring=rings.ring[edge],
        place=rings.place[edge] + share[:, None] * along[edge],
        follow=_followers(rings.ring[edge]),
        step=rings.step[edge],
        before=before,
        after=rings.item[edge],
        width=width,
    )


def _followers(ring: Integers) -> Integers:
    """Return the next point of each point of closed rings."""
    ahead = np.arange(1, len(ring) + 1)
    is_last = np.append(ring[1:] != ring[:-1], True)[: len(ring)]
    return np.where(is_last, np.searchsorted(ring, ring), ahead)


def _turned_areas(place: Floats, ahead: Integers) -> Floats:
    """Return what each edge adds to the area of its ring, positive counter-clockwise."""
    (x, y), (next_x, next_y) = place.T, place[ahead].T
    return np.asarray(0.5 * (x * next_y - next_x * y))


def _shares(length: Floats, gap: Floats, is_even: npt.NDArray[np.bool_]) -> tuple[Integers, Floats]:
    """Return (edge, share) of points along edges: close at the ends, wider towards the middle.

    Edges with nobody beyond get points evenly: a line may end anywhere on them. Their pieces
    are odd in number, so that no point is where the line between two equal sides ends.
    """
    levels = (np.log1p(0.5 * length / gap * (_GROWTH - 1.0)) / np.log(_GROWTH)).astype(np.int64)
    steps = np.arange(1, int(levels.max(initial=0)) + 1)
    is_kept = gap[:, None] * _SPREAD[steps] < 0.5 * length[:, None] - 0.25 * gap[:, None]
    inner = (is_kept & (steps <= levels[:, None])).sum(axis=1)
    even = 2 * np.floor(0.5 * np.ceil(length / gap)).astype(np.int64) + 1
    count = np.where(is_even, even, 1 + 2 * inner + (levels > 0))
    edge = np.repeat(np.arange(len(length)), count)
    at = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    from_end = np.minimum(at, count[edge] - at)
    is_near = from_end <= inner[edge]
    near = gap[edge] * _SPREAD[np.where(is_near, from_end, 0)] / length[edge]
    share = np.where(is_near, np.where(at == from_end, near, 1.0 - near), 0.5)
    return edge, np.where(is_even[edge], at / count[edge], share)


def medial_segments(border: DenseBorder, rank: Integers) -> MedialSegments:
    """Return the segments of the dividing lines, in metres.

    Parameters
    ----------
    border : the borders of the faces
    rank : (g,) order of the grids, to settle ties
    """
    triangle, is_cut = _triangles(border)
    label = _point_labels(border, rank)
    ahead, back = _half_labels(border, triangle, label, rank)
    following = np.roll(triangle, -1, axis=1)
    middle = np.stack([np.minimum(triangle, following), np.maximum(triangle, following)], axis=2)
    corner = np.stack([triangle, triangle], axis=2)
    is_change = np.stack([back != ahead, ahead != np.roll(back, -1, axis=1)], axis=2)
    change = np.stack([corner, middle], axis=2).reshape(-1, 6, 2)
    ends = np.concatenate(
        [
            _within(is_change.reshape(-1, 6), change, len(border.place)),
            _mismatches(triangle, following, ahead, np.roll(back, -1, axis=1)),
        ]
    )
    known = np.concatenate([border.place, border.place[triangle].mean(axis=1)])
    place = 0.5 * (known[ends[:, :, 0]] + known[ends[:, :, 1]])
    low, high = ends[:, :, 0], ends[:, :, 1]
    is_point = high < len(border.place)
    is_corner = is_point & (low == high)
    from_bare = is_point & ~is_corner
    from_bare[from_bare] = _is_from_bare(border, label, low[from_bare], high[from_bare])
    place[from_bare] = _equally_far(border, label, low[from_bare], high[from_bare])
    on_point = np.where(is_point, low, 0), np.where(is_point, high, 0)
    is_next = is_point & ~is_corner & (border.follow[on_point[0]] == on_point[1])
    is_last = is_point & ~is_corner & (border.follow[on_point[1]] == on_point[0])
    return MedialSegments(
        face=border.face[low[:, 0]],
        place=place,
        corner=np.where(is_corner, low, NOBODY),
        border=np.where(is_next, low, np.where(is_last, high, NOBODY)),
        is_cut=is_cut,
    )


def _is_from_bare(
    border: DenseBorder, label: Integers, low: Integers, high: Integers
) -> npt.NDArray[np.bool_]:
    """Return which sides between two grids have an end that nobody is beside."""
    is_bare = (border.before < 0) & (border.after < 0)
    return np.asarray((is_bare[low] | is_bare[high]) & (label[low] != label[high]))


def _equally_far(border: DenseBorder, label: Integers, low: Integers, high: Integers) -> Floats:
    """Return the (s, 2) places on sides that are as far from the one grid as from the other."""
    if not len(low):
        return np.zeros((0, 2))
    ends = np.stack([low, high], axis=1)
    x, y = np.moveaxis(border.place[ends], 2, 0)
    swap = (x[:, 0] > x[:, 1]) | ((x[:, 0] == x[:, 1]) & (y[:, 0] > y[:, 1]))
    ends[swap] = ends[swap, ::-1]
    wanted = np.column_stack([border.face[ends.ravel()], label[ends.ravel()]])
    pairs, of = np.unique(wanted, axis=0, return_inverse=True)
    one, other = _grid_borders(border, pairs)[of.reshape(-1, 2)].T
    start, along = border.place[ends[:, 0]], border.place[ends[:, 1]] - border.place[ends[:, 0]]

    def lead(share: Floats) -> Floats:
        points = shapely.points(start + share[:, None] * along)
        return np.asarray(shapely.distance(points, other) - shapely.distance(points, one))

    low_share, high_share = np.full(len(ends), _APART), np.full(len(ends), 1.0 - _APART)
    low_lead, high_lead = lead(low_share), lead(high_share)
    for _halving in range(_HALVINGS):
        share = 0.5 * (low_share + high_share)
        now = lead(share)
        is_nearer = now > 0.0
        low_share, low_lead = (
            np.where(is_nearer, share, low_share),
            np.where(is_nearer, now, low_lead),
        )
        high_share = np.where(is_nearer, high_share, share)
        high_lead = np.where(is_nearer, high_lead, now)
    # between so near places the lead falls along a line
    fall = low_lead - high_lead
    part = np.divide(
        low_lead,
        fall,
        out=np.full(len(ends), 0.5),
        where=(low_lead > 0) & (high_lead <= 0) & (fall > 0),
    )
    return np.asarray(start + (low_share + part * (high_share - low_share))[:, None] * along)


def _grid_borders(border: DenseBorder, pairs: Integers) -> npt.NDArray[np.object_]:
    """Return the line along which each grid is beside each face; `pairs` are (n, 2), sorted."""
    count = int(pairs[:, 1].max()) + 1
    keys = pairs[:, 0] * count + pairs[:, 1]
    key = np.where((border.after >= 0) & (border.after < count), border.face * count, -1)
    key = np.where(key >= 0, key + border.after, -1)
    at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    held = np.flatnonzero(keys[at] == key)
    held = held[np.argsort(at[held], kind="stable")]
    ends = np.stack([border.place[held], border.place[border.follow[held]]], axis=1)
    lines = np.full(len(keys), None, dtype=object)
    return np.asarray(
        shapely.multilinestrings(shapely.linestrings(ends), indices=at[held], out=lines)
    )


def _within(is_change: npt.NDArray[np.bool_], change: Integers, centre: int) -> Integers:
    """Return the segments inside triangles: between two places of change, else to the middle."""
    count = is_change.sum(axis=1)
    through = np.flatnonzero(count == 2)
    pick = np.argsort(~is_change[through], axis=1, kind="stable")[:, :2]
    two = change[through[:, None], pick]
    at, which = np.nonzero(is_change & (count != 2)[:, None])
    middle = np.stack([at + centre, at + centre], axis=1)
    return np.concatenate([two, np.stack([change[at, which], middle], axis=1)])


def _mismatches(start: Integers, end: Integers, first: Integers, last: Integers) -> Integers:
    """Return the half sides where the triangles on both sides say different things."""
    start, end, first, last = start.ravel(), end.ravel(), first.ravel(), last.ravel()
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low))
    follows = np.flatnonzero((np.diff(low[order]) == 0) & (np.diff(high[order]) == 0))
    one, other = order[follows], order[follows + 1]
    facing = start[one] == end[other]
    one, other = one[facing], other[facing]
    middle = np.stack([low, high], axis=1)
    found = []
    for point, differs in (
        (start[other], last[one] != first[other]),
        (end[other], first[one] != last[other]),
    ):
        at = point[differs]
        found.append(np.stack([np.stack([at, at], axis=1), middle[other[differs]]], axis=1))
    return np.concatenate(found)


def _triangles(border: DenseBorder) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return (t, 3) points of each triangle, counter-clockwise, and which faces have any."""
    first = np.unique(border.ring, return_index=True)[1]
    face = border.face[first]
    size = np.abs(np.bincount(border.ring, _turned_areas(border.place, border.follow)))
    order = np.lexsort((-size, face))  # the shell before the holes
    rings = shapely.linearrings(border.place, indices=border.ring)
    faces = shapely.polygons(rings[order], indices=face[order])
    cut = _cut_to_triangles(faces)
    points, owner = shapely.get_coordinates(cut, return_index=True)  # four for each triangle
    corners = points.reshape(-1, 4, 2)[:, :3]
    owners = np.repeat(owner[::4], 3)
    at = positions_by_group(border.face, border.place, owners, corners.reshape(-1, 2))
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    is_left = one[:, 0] * other[:, 1] > one[:, 1] * other[:, 0]
    triangle = at.reshape(-1, 3)
    return np.where(is_left[:, None], triangle, triangle[:, ::-1]), ~shapely.is_missing(cut)


def _cut_to_triangles(faces: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return each face as triangles, None where that cannot be done."""
    try:
        return by_rows(shapely.constrained_delaunay_triangles, faces)
    except shapely.GEOSException:
        if len(faces) == 1:
            return np.array([None], dtype=object)
        half = len(faces) // 2
        return np.concatenate([_cut_to_triangles(faces[:half]), _cut_to_triangles(faces[half:])])


def _point_labels(border: DenseBorder, rank: Integers) -> Integers:
    """Return who each point belongs to; where nobody is beside it, the nearest."""
    label = np.where(border.after >= 0, border.after, border.before)
    is_bare = label < 0
    for face in np.unique(border.face[is_bare]).tolist():
        here = np.arange(*np.searchsorted(border.face, [face, face + 1]))
        bare, held = here[is_bare[here]], here[border.after[here] >= 0]
        lines = shapely.linestrings(
            np.stack([border.place[held], border.place[border.follow[held]]], axis=1)
        )
        at, near = shapely.STRtree(lines).query_nearest(shapely.points(border.place[bare]))
        owner = border.after[held[near]]
        order = np.lexsort((rank[owner], at))
        first = np.unique(at[order], return_index=True)[1]
        label[bare] = owner[order][first]
    return label


def _half_labels(
    border: DenseBorder, triangle: Integers, label: Integers, rank: Integers
) -> tuple[Integers, Integers]:
    """Return who has the side ahead of and the side behind each corner of each triangle."""
    before, after = border.before, border.after
    is_joint = (before >= 0) & (after >= 0) & (before != after)
    ahead = _sides(border, triangle, np.roll(triangle, -1, axis=1), label, is_joint)
    back = _sides(border, triangle, np.roll(triangle, 1, axis=1), label, is_joint)
    one, other = before[triangle], after[triangle]
    choice = np.where(rank[one] <= rank[other], one, other)
    both = np.where(ahead >= 0, ahead, back), np.where(back >= 0, back, ahead)
    joint = is_joint[triangle]
    return (
        np.where(joint, np.where(both[0] >= 0, both[0], choice), label[triangle]),
        np.where(joint, np.where(both[1] >= 0, both[1], choice), label[triangle]),
    )


def _sides(
    border: DenseBorder,
    here: Integers,
    there: Integers,
    label: Integers,
    is_joint: npt.NDArray[np.bool_],
) -> Integers:
    """Return who has the side of a triangle from a point where two grids meet, −1 if unsure."""
    one, other = border.before[here], border.after[here]
    far = label[there]
    fits = ~is_joint[there] & ((far == one) | (far == other))
    inner = np.where(fits, far, NOBODY)
    on_border = np.where(border.follow[there] == here, one, inner)
    return np.where(border.follow[here] == there, other, on_border)
