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
    parties = _parties(signed, label, edge, vertex)
    names, group = _numbered(parties)
    several = np.array([len(items) > 1 for items in names], dtype=bool)
    stretch = _stretches(signed, label, position, vertex, group)
    keep = np.flatnonzero(several[group])
    keep = keep[np.argsort(stretch[keep], kind="stable")]
    one, first = np.unique(stretch[keep], return_index=True)
    pairs = np.unique(np.column_stack([stretch[position], vertex]), axis=0)
    begin = np.searchsorted(pairs[:, 0], one, side="left")
    stop = np.searchsorted(pairs[:, 0], one, side="right")
    return [
        _unmatched(
            signed,
            rows,
            codes,
            items=names[group[edges[0]]],
            edges=label[edges],
            corners=pairs[begin[at] : stop[at], 1],
            level=level,
        )
        for at, edges in enumerate(np.split(keep, first[1:]))
        if len(edges)
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
) -> list[tuple[int, ...]]:
    """Return the items that have each edge or a leftover edge that ends in a corner on it."""
    total, split = signed.total, signed.split
    is_left = total.weight[total.member] != 0
    directed = np.flatnonzero(is_left)
    owner, row = signed.edges.owner[directed], total.member[directed]
    ends = np.concatenate([split.corner[total.low[row]], split.corner[total.high[row]]])
    by_edge = _matches(label, row)
    at_corner = _matches(vertex, ends)
    pairs = np.concatenate(
        [
            np.column_stack([by_edge[0], owner[by_edge[1]]]),
            np.column_stack(
                [
                    np.searchsorted(label, edge[at_corner[0]]),
                    np.tile(owner, 2)[at_corner[1]],
                ]
            ),
        ]
    )
    pairs = np.unique(pairs, axis=0)
    parts = np.split(pairs[:, 1], np.searchsorted(pairs[:, 0], np.arange(1, len(label))))
    return [tuple(items.tolist()) for items in parts]


def _matches(wanted: Integers, keys: Integers) -> tuple[Integers, Integers]:
    """Return all pairs of positions with equal values."""
    order = np.argsort(keys, kind="stable")
    first = np.searchsorted(keys[order], wanted, side="left")
    count = np.searchsorted(keys[order], wanted, side="right") - first
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(np.arange(len(wanted)), count), order[np.repeat(first, count) + offset]


def _numbered(parties: list[tuple[int, ...]]) -> tuple[list[tuple[int, ...]], Integers]:
    names = sorted(set(parties))
    number = {items: position for position, items in enumerate(names)}
    return names, np.array([number[items] for items in parties], dtype=np.int64)


def _stretches(
    signed: SignedSum, label: Integers, position: Integers, vertex: Integers, group: Integers
) -> Integers:
    """Label the edges of one group that share a corner or an end."""
    total, corner = signed.total, signed.split.corner
    which = np.concatenate([np.arange(len(label)), np.arange(len(label)), position])
    place = np.concatenate([corner[total.low[label]], corner[total.high[label]], vertex])
    keys = np.column_stack([group[which], place])
    meeting = np.unique(keys, axis=0, return_inverse=True)[1].ravel() + len(label)
    return connected_components(int(meeting.max()) + 1, which, meeting)[: len(label)]


def _unmatched(
    signed: SignedSum,
    rows: Integers,
    codes: Sequence[str],
    *,
    items: tuple[int, ...],
    edges: Integers,
    corners: Integers,
    level: int | None,
) -> Defect:
    vertices, total = signed.edges.vertices, signed.total
    points = shapely.points(vertices[corners])
    lines = shapely.linestrings(
        np.stack([vertices[total.low[edges]], vertices[total.high[edges]]], axis=1)
    )
    grids = tuple(sorted({int(rows[item]) for item in items if item < len(rows)}))
    params = {"corners": len(corners), "grids": Codes(sorted(codes[row] for row in grids))}
    if any(item >= len(rows) for item in items):
        message = _("Corners that either the region's border or {grids} lacks: {corners}.")
        detail = Finding("unmatched_region", message, params)
    else:
        message = _("Corners on the border of {grids} that one side lacks: {corners}.")
        detail = Finding("unmatched", message, params)
    place = points[0] if len(points) == 1 else shapely.multipoints(points)
    return Defect("unmatched", grids, place, detail, level, shapely.multilinestrings(lines))


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
        lines = np.stack([vertices[low[chosen]], vertices[high[chosen]]], axis=1)
        message = _("The borders of {grids} differ by no more than rounding.")
        params = {"grids": Codes(sorted(codes[row] for row in grids))}
        found.append(
            Defect(
                "unmatched",
                grids,
                shapely.multipoints(vertices[corners]),
                Finding("unmatched_rounding", message, params),
                level,
                shapely.multilinestrings(shapely.linestrings(lines)),
            )
        )
    return found
