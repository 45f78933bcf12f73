"""Cut faces by the edges that run through them, so that one set of polygons lies over each.

Edges that sum to zero do not bound a face, but they run through it where a third grid lies
over the border of two others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._threads import query_tree
from geogrid.coverage.arrangement import (
    Geometries,
    cover_faces,
    interior_points,
    is_dust,
    polygonise,
)
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import ROUNDING_ULP, ulp
from geogrid.topology import Floats, Integers, distinct_vertices, polygon_edges

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
    if not len(faces):
        none = np.zeros(0, dtype=np.int64)
        return faces, none, none, faces
    lines = _edges_through(signed, faces)
    shapely.prepare(faces)
    pieces, face, is_uncut = _cut(faces, lines, np.zeros(0, dtype=np.int64))
    if is_uncut.any():
        pieces, face, is_uncut = _cut(faces, lines, np.flatnonzero(is_uncut))
    over, item = cover_faces(pieces, signed.polygons, signed.tree)
    pieces, over, item = _join_equal(pieces, face, over, item)
    return pieces, over, item, faces[is_uncut]


def _cut(
    faces: Geometries, lines: tuple[Floats, Floats, Integers], finely: Integers
) -> tuple[Geometries, Integers, npt.NDArray[np.bool_]]:
    """Return pieces of faces, the face of each, and which faces they do not add up to."""
    pieces, face = polygonise(*lines, finely=finely)
    keep = ~is_dust(pieces)
    pieces, face = pieces[keep], face[keep]
    inside = shapely.contains_properly(faces[face], interior_points(pieces))
    pieces, face = pieces[inside], face[inside]
    covered = np.bincount(face, shapely.area(pieces), len(faces))
    bounds = shapely.bounds(faces).reshape(-1, 4)
    ulps = np.maximum(ulp(bounds[:, :2]), ulp(bounds[:, 2:]))
    length = np.bincount(face, shapely.length(pieces), len(faces)) + shapely.length(faces)
    return pieces, face, np.abs(covered - shapely.area(faces)) > ROUNDING_ULP * ulps * length


def _edges_through(signed: SignedSum, faces: Geometries) -> tuple[Floats, Floats, Integers]:
    """Return the distinct edges of all polygons that touch each face, by face."""
    lines = _edges_near(signed, faces)
    if not len(lines):
        return lines[:, 0], lines[:, 1], np.zeros(0, dtype=np.int64)
    bounds = shapely.bounds(faces)
    margin = _NEAR_ULP * np.maximum(ulp(bounds[:, :2]), ulp(bounds[:, 2:]))
    face, line = query_tree(shapely.STRtree(shapely.linestrings(lines)), faces, "dwithin", margin)
    order = np.lexsort((line, face))
    face, line = face[order], line[order]
    return lines[line, 0], lines[line, 1], face


def _edges_near(signed: SignedSum, faces: Geometries) -> Floats:
    """Return (e, 2, 2) edges: those of the polygons near a face, split where they are left over."""
    hit = np.unique(signed.tree.query(faces)[1])
    near = polygon_edges(signed.polygons[hit])
    left, corner, pieces = signed.edges, signed.split.corner, signed.split.pieces
    places = np.concatenate([near.vertices, left.vertices])
    vertices, vertex = distinct_vertices(places)
    here, there = np.split(vertex, [len(near.vertices)])
    all_edges = _undirected(here[near.start], here[near.end])
    known = _undirected(there[left.start], there[left.end])
    new = all_edges[~_is_among(all_edges, known)]
    stands_for = np.arange(len(vertices))  # leftover corners beside each other count as one
    stands_for[there] = there[corner]
    through = stands_for[new]
    through = through[through[:, 0] != through[:, 1]]
    cut = np.column_stack([there[pieces.low], there[pieces.high]])[_are_owned(signed, hit)]
    both = np.concatenate([through, cut])
    low, high = np.divmod(np.unique(both[:, 0] * len(vertices) + both[:, 1]), len(vertices))
    return np.stack([vertices[low], vertices[high]], axis=1)


def _are_owned(signed: SignedSum, polygons: Integers) -> npt.NDArray[np.bool_]:
    """Return which split leftovers come from an edge that one of the polygons has."""
    total, split = signed.total, signed.split
    is_row = np.zeros(len(total.weight), dtype=bool)
    is_row[total.member[np.isin(signed.edges.owner, polygons)]] = True
    owned = np.zeros(len(split.pieces.weight), dtype=bool)
    owned[split.pieces.member[is_row[split.source]]] = True
    return owned


def _undirected(one: Integers, other: Integers) -> Integers:
    return np.column_stack([np.minimum(one, other), np.maximum(one, other)])


def _is_among(edges: Integers, known: Integers) -> npt.NDArray[np.bool_]:
    """Return which rows of vertex pairs are among the known ones."""
    count = int(max(edges.max(initial=0), known.max(initial=0))) + 1
    return np.asarray(np.isin(edges @ (count, 1), known @ (count, 1)))


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
