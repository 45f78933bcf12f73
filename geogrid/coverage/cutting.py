"""Cut faces by the edges that run through them, so that one set of polygons lies over each.

Edges that sum to zero do not bound a face, but they run through it where a third grid lies
over the border of two others.
"""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.coverage.arrangement import (
    Geometries,
    cover_faces,
    interior_points,
    is_dust,
    polygonise,
)
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import ROUNDING_ULP, ulp
from geogrid.topology import Floats, Integers

__all__ = ["cut_to_sets"]

_NEAR_ULP = 8.0


def cut_to_sets(
    signed: SignedSum, faces: Geometries
) -> tuple[Geometries, Integers, Integers, Geometries]:
    """Cut faces by all edges through them, until each piece has one set of polygons over it.

    Parameters
    ----------
    signed : the polygons
    faces : (n,) faces over which the sum of the polygons does not change

    Returns
    -------
    pieces, over, item, uncut
        The pieces; sorted pairs of a piece and a polygon over it; and the faces whose pieces
        do not add up to them.
    """
    start, end, owner = _edges_through(signed, faces)
    pieces, face = polygonise(start, end, owner)
    keep = ~is_dust(pieces)
    pieces, face = pieces[keep], face[keep]
    shapely.prepare(faces)
    inside = shapely.contains_properly(faces[face], interior_points(pieces))
    pieces, face = pieces[inside], face[inside]
    covered = np.bincount(face, shapely.area(pieces), len(faces))
    bounds = shapely.bounds(faces).reshape(-1, 4)
    ulps = np.maximum(ulp(bounds[:, :2]), ulp(bounds[:, 2:]))
    length = np.bincount(face, shapely.length(pieces), len(faces)) + shapely.length(faces)
    is_uncut = np.abs(covered - shapely.area(faces)) > ROUNDING_ULP * ulps * length
    over, item = cover_faces(pieces, signed.polygons)
    pieces, over, item = _join_equal(pieces, face, over, item)
    return pieces, over, item, faces[is_uncut]


def _edges_through(signed: SignedSum, faces: Geometries) -> tuple[Floats, Floats, Integers]:
    """Return the distinct edges of all polygons that touch each face, by face."""
    lines = _edges_near(signed, faces)
    if not len(lines):
        return lines[:, 0], lines[:, 1], np.zeros(0, dtype=np.int64)
    bounds = shapely.bounds(faces)
    margin = _NEAR_ULP * np.maximum(ulp(bounds[:, :2]), ulp(bounds[:, 2:]))
    face, line = shapely.STRtree(shapely.linestrings(lines)).query(
        faces, predicate="dwithin", distance=margin
    )
    order = np.lexsort((line, face))
    face, line = face[order], line[order]
    return lines[line, 0], lines[line, 1], face


def _edges_near(signed: SignedSum, faces: Geometries) -> Floats:
    """Return (e, 2, 2) edges: all split leftovers, and those of the polygons near a face."""
    if not len(faces):
        return np.zeros((0, 2, 2))
    _, hit = shapely.STRtree(signed.polygons).query(faces)
    total, pieces, vertices = signed.total, signed.split.pieces, signed.edges.vertices
    is_hit = np.zeros(len(signed.polygons), dtype=bool)
    is_hit[hit] = True
    is_near = np.zeros(len(total.weight), dtype=bool)
    is_near[total.member[is_hit[signed.edges.owner]]] = True
    through = np.flatnonzero(is_near & (total.weight == 0))
    low = np.concatenate([signed.split.corner[total.low[through]], pieces.low])
    high = np.concatenate([signed.split.corner[total.high[through]], pieces.high])
    low, high = np.unique(np.column_stack([low, high])[low != high], axis=0).T
    return np.stack([vertices[low], vertices[high]], axis=1)


def _join_equal(
    pieces: Geometries, face: Integers, over: Integers, item: Integers
) -> tuple[Geometries, Integers, Integers]:
    """Join the pieces of one face that have the same set of polygons and touch."""
    sets: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    items = np.split(item, np.searchsorted(over, np.arange(1, len(pieces))))
    for piece, members in enumerate(items[: len(pieces)]):
        sets.setdefault((int(face[piece]), tuple(members.tolist())), []).append(piece)
    joined: list[shapely.Geometry] = []
    covers: list[tuple[int, ...]] = []
    for (_, items_over), group in sets.items():
        parts = (
            [pieces[group[0]]]
            if len(group) == 1
            else shapely.get_parts(shapely.union_all(pieces[group])).tolist()
        )
        joined += parts
        covers += [items_over] * len(parts)
    count = np.array([len(one) for one in covers], dtype=np.int64)
    flat = np.array([one for many in covers for one in many], dtype=np.int64)
    return np.array(joined, dtype=object), np.repeat(np.arange(len(joined)), count), flat
