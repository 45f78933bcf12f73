"""Unmatched corners as defects: which grids meet there, along which stretch of border."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import Codes, Defect
from geogrid.coverage.faces import Faces
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import ulp
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.topology import Floats, Integers, connected_components

__all__ = ["hairline_defects", "unmatched_defects"]

_NEAR_ULP = 16.0


def unmatched_defects(
    signed: SignedSum,
    rows: Integers,
    codes: Sequence[str],
    *,
    explained: Geometries,
    level: int | None = None,
) -> list[Defect]:
    """Return the stretches of border whose corners one side has and the other lacks.

    Parameters
    ----------
    signed : the sum; items from ``len(rows)`` on are the region
    rows : (n,) position in the frame of each grid of the sum
    codes : code of every position in the frame
    explained : polygons already found to be defects; a corner of theirs is not said twice
    level : level of the grids

    Returns
    -------
    list of Defect
        One per stretch of connected edges that the same grids have in common.
    """
    split = signed.split
    edge, vertex = split.edge, split.vertex
    is_new = ~_is_corner(signed.edges.vertices[vertex], explained)
    edge, vertex = edge[is_new], vertex[is_new]
    if not len(edge):
        return []
    label, position = np.unique(edge, return_inverse=True)
    names, group = _parties(signed, label, edge, vertex)
    several = np.array([len(items) > 1 for items in names], dtype=bool)
    stretch = _stretches(signed, label, position, vertex, group)
    keep = np.flatnonzero(several[group])
    if not len(keep):
        return []
    keep = keep[np.argsort(stretch[keep], kind="stable")]
    one, first = np.unique(stretch[keep], return_index=True)
    vertices, total = signed.edges.vertices, signed.total
    where, corner = _pairs(stretch[position], vertex, len(vertices))
    corner = corner[is_kept := np.isin(where, one)]
    begin = np.searchsorted(where[is_kept], one)
    places = _places(vertices[corner], begin)
    count = np.diff(np.append(begin, len(corner))).tolist()
    ends = np.stack([vertices[total.low[label[keep]]], vertices[total.high[label[keep]]]], axis=1)
    stop = np.append(first[1:], len(keep)).tolist()
    parties_of = _described(names, rows, codes)
    return [
        _unmatched(parties_of[group[keep[at]]], places[number], count[number], ends[at:end], level)
        for number, (at, end) in enumerate(zip(first.tolist(), stop, strict=True))
    ]


def _is_corner(points: Floats, polygons: Geometries) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which points are corners of polygons, but for rounding."""
    found = np.zeros(len(points), dtype=bool)
    corners = shapely.points(shapely.get_coordinates(polygons))
    if len(corners) and len(points):
        near = shapely.STRtree(corners).query(
            shapely.points(points), predicate="dwithin", distance=_NEAR_ULP * ulp(points)
        )
        found[near[0]] = True
    return found


def _parties(
    signed: SignedSum, label: Integers, edge: Integers, vertex: Integers
) -> tuple[list[tuple[int, ...]], Integers]:
    """Return the sets of items that have an edge, or a leftover edge ending in a corner on it.

    The second array says which of the sets each edge of `label` has.
    """
    total, split = signed.total, signed.split
    directed = np.flatnonzero(total.weight[total.member])
    owner, row = signed.edges.owner[directed], total.member[directed]
    on_edge, one = _matches(label, row)
    ends = np.concatenate([split.corner[total.low[row]], split.corner[total.high[row]]])
    at_corner, other = _matches(vertex, ends)
    parts = np.concatenate([on_edge, np.searchsorted(label, edge)[at_corner]])
    items = np.concatenate([owner[one], owner[other % len(owner)]])
    parts, items = _pairs(parts, items, len(signed.polygons))
    size = np.bincount(parts, minlength=len(label))
    names: list[tuple[int, ...]] = []
    group = np.empty(len(label), dtype=np.int64)
    for several in np.unique(size):
        sets, position = np.unique(
            items[size[parts] == several].reshape(-1, several), axis=0, return_inverse=True
        )
        group[size == several] = len(names) + position.ravel()
        names += map(tuple, sets.tolist())
    return names, group


def _pairs(one: Integers, other: Integers, count: int) -> tuple[Integers, Integers]:
    """Return the different pairs of numbers, sorted; the second ones are below `count`."""
    pairs = np.unique(one * count + other)
    return pairs // count, pairs % count


def _matches(wanted: Integers, keys: Integers) -> tuple[Integers, Integers]:
    """Return all pairs of positions with equal values."""
    order = np.argsort(keys, kind="stable")
    first = np.searchsorted(keys[order], wanted, side="left")
    count = np.searchsorted(keys[order], wanted, side="right") - first
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(np.arange(len(wanted)), count), order[np.repeat(first, count) + offset]


def _stretches(
    signed: SignedSum, label: Integers, position: Integers, vertex: Integers, group: Integers
) -> Integers:
    """Label the edges of one group that share a corner or an end."""
    total, corner = signed.total, signed.split.corner
    which = np.concatenate([np.arange(len(label)), np.arange(len(label)), position])
    place = np.concatenate([corner[total.low[label]], corner[total.high[label]], vertex])
    keys = group[which] * len(corner) + place
    meeting = np.unique(keys, return_inverse=True)[1] + len(label)
    return connected_components(int(meeting.max()) + 1, which, meeting)[: len(label)]


def _places(points: Floats, begin: Integers) -> Geometries:
    """Return one Point or MultiPoint for each run of points."""
    run = np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(points))))
    shapes = shapely.points(points)
    places = np.asarray(shapely.multipoints(shapes, indices=run))
    is_single = np.bincount(run, minlength=len(begin)) == 1
    places[is_single] = shapes[begin[is_single]]
    return places


def _described(
    names: list[tuple[int, ...]], rows: Integers, codes: Sequence[str]
) -> list[tuple[tuple[int, ...], bool, Codes]]:
    """Return for each set of items its grids, whether the region is one, and their codes."""
    grids = [
        tuple(sorted({int(rows[item]) for item in items if item < len(rows)})) for items in names
    ]
    return [
        (those, items[-1] >= len(rows), Codes(sorted(codes[row] for row in those)))
        for items, those in zip(names, grids, strict=True)
    ]


def _unmatched(
    parties: tuple[tuple[int, ...], bool, Codes],
    place: shapely.Geometry,
    corners: int,
    ends: Floats,
    level: int | None,
) -> Defect:
    grids, has_region, named = parties
    params = {"corners": corners, "grids": named}
    if has_region:
        message = _("Corners that either the region's border or {grids} lacks: {corners}.")
        detail = Finding("unmatched_region", message, params)
    else:
        message = _("Corners on the border of {grids} that one side lacks: {corners}.")
        detail = Finding("unmatched", message, params)
    return Defect("unmatched", grids, place, detail, level, ends)


def hairline_defects(
    signed: SignedSum, faces: Faces, rows: Integers, codes: Sequence[str], level: int | None
) -> list[Defect]:
    """Return leftover edges that enclose nothing wider than rounding, as unmatched borders."""
    pieces, vertices = signed.split.pieces, signed.edges.vertices
    low, high = pieces.low[faces.hairline], pieces.high[faces.hairline]
    stretch = connected_components(len(vertices), low, high)[low]
    found = []
    for one in np.unique(stretch):
        chosen = stretch == one
        source = signed.split.source[np.isin(pieces.member, faces.hairline[chosen])]
        owner = signed.edges.owner[np.isin(signed.total.member, source)]
        grids = tuple(sorted({int(rows[item]) for item in owner if item < len(rows)}))
        corners = np.unique([low[chosen], high[chosen]])
        ends = np.stack([vertices[low[chosen]], vertices[high[chosen]]], axis=1)
        message = _("The borders of {grids} differ by no more than rounding.")
        params = {"grids": Codes(sorted(codes[row] for row in grids))}
        found.append(
            Defect(
                "unmatched",
                grids,
                shapely.multipoints(vertices[corners]),
                Finding("unmatched_rounding", message, params),
                level,
                ends,
            )
        )
    return found
