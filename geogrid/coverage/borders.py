"""Who borders a gap, and which part of it lies between which two neighbours.

A file drawn to compound walls leaves all its roads in one gap with every grid around it.
Cut into triangles between its own corners (a constrained Delaunay triangulation), each
piece of road lies between the two borders that its triangles join, and the pieces add up
to the gap exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import near_edges, ulp
from geogrid.topology import Floats, Integers

__all__ = ["Rings", "Strips", "border_shares", "cut_to_strips", "ring_owners"]

_NEAR_ULP = 16.0


@dataclass(frozen=True)
class Rings:
    """The ring segments of some polygons and who else has them on the border.

    Attributes
    ----------
    polygon
        (s,) position of the polygon of each segment.
    start, end
        (s, 2) ends, in ring order.
    segment, item
        (k,) sorted pairs of a segment and a polygon of the sum whose edge runs there.
    """

    polygon: Integers
    start: Floats
    end: Floats
    segment: Integers
    item: Integers


@dataclass(frozen=True)
class Strips:
    """Triangles of polygons, each between two neighbours.

    Attributes
    ----------
    triangle
        (t,) triangles in the coordinates of the polygons; those of one polygon tile it.
    polygon
        (t,) position of the polygon.
    one, other
        (t,) the neighbours it lies between, ``one <= other``; equal where the polygon has
        the same neighbour on both sides.
    segment
        (g, 2) pairs of a triangle and the ring segment that is one of its sides.
    uncut
        (u,) polygons that could not be cut into triangles: rounding made them cross
        themselves.
    """

    triangle: Geometries
    polygon: Integers
    one: Integers
    other: Integers
    segment: Integers
    uncut: Integers


def ring_owners(polygons: Geometries, signed: SignedSum) -> Rings:
    """Return the ring segments of faces with the polygons whose leftover edges run there.

    Parameters
    ----------
    polygons : (n,) faces found by :func:`geogrid.coverage.faces.find_faces`
    signed : the sum they were found in
    """
    rings, owner = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    step = np.flatnonzero((ring[:-1] == ring[1:]) & (points[:-1] != points[1:]).any(axis=1))
    start, end = points[step], points[step + 1]
    segment, row = _edges_at(signed, 0.5 * (start + end))
    pairs = _unique_pairs(*_owners_of(signed, segment, row))
    return Rings(owner[ring[step]].astype(np.int64), start, end, pairs[:, 0], pairs[:, 1])


def _edges_at(signed: SignedSum, points: Floats) -> tuple[Integers, Integers]:
    """Return pairs of a point and the leftover edge of the chain sum that runs through it."""
    total, vertices = signed.total, signed.edges.vertices
    reach = _NEAR_ULP * ulp(points)
    edge, point = near_edges(vertices[total.low], vertices[total.high], points, reach).T
    order = np.lexsort((edge, point))
    return point[order], edge[order]


def _owners_of(signed: SignedSum, key: Integers, row: Integers) -> tuple[Integers, Integers]:
    """Replace rows of the chain sum by the polygons that have the edge."""
    order = np.argsort(signed.total.member, kind="stable")
    first = np.searchsorted(signed.total.member[order], row, side="left")
    count = np.searchsorted(signed.total.member[order], row, side="right") - first
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    edge = order[np.repeat(first, count) + offset]
    return np.repeat(key, count), signed.edges.owner[edge]


def _unique_pairs(one: Integers, other: Integers) -> Integers:
    return np.unique(np.column_stack([one, other]).reshape(-1, 2), axis=0)


def border_shares(rings: Rings, count: int) -> tuple[Integers, Integers, Floats]:
    """Return (polygon, item, share): how much of each polygon's outline each item borders.

    Parameters
    ----------
    rings : Rings
    count : number of polygons
    """
    length = np.hypot(*(rings.end - rings.start).T)
    whole = np.bincount(rings.polygon, length, count)
    pairs, position = np.unique(
        np.column_stack([rings.polygon[rings.segment], rings.item]), axis=0, return_inverse=True
    )
    part = np.bincount(position.ravel(), length[rings.segment], len(pairs))
    return pairs[:, 0], pairs[:, 1], part / whole[pairs[:, 0]]


def cut_to_strips(polygons: Geometries, rings: Rings, rank: Integers, grids: int) -> Strips:
    """Cut polygons into triangles and say which two neighbours each lies between.

    Parameters
    ----------
    polygons : (n,) Polygons
    rings : from :func:`ring_owners` of the same polygons
    rank : (m,) order of the polygons of the sum; where several have the same segment, the
        lowest counts, so that the answer does not depend on the order of the input
    grids : items from this one on are the region: a neighbour only where no grid is
    """
    cut, uncut = _triangulated(polygons)
    triangle, polygon = shapely.get_parts(cut, return_index=True)
    side = _sides(triangle, polygon, rings)
    neighbour = np.full(len(rings.polygon) + 1, -1, dtype=np.int64)
    order = np.argsort(-rank[rings.item], kind="stable")
    neighbour[rings.segment[order]] = rings.item[order]
    first, second = _two_neighbours(neighbour[side], grids)
    touching, corner_of = np.nonzero(side[:, :3] >= 0)
    return Strips(
        triangle,
        polygon.astype(np.int64),
        np.minimum(first, second),
        np.maximum(first, second),
        np.column_stack([touching, side[touching, corner_of]]),
        uncut,
    )


def _triangulated(polygons: Geometries) -> tuple[Geometries, Integers]:
    """Return the triangles of each polygon as a collection, and the polygons that fail."""
    try:
        return shapely.constrained_delaunay_triangles(polygons), np.zeros(0, dtype=np.int64)
    except shapely.GEOSException:
        cut, failed = np.full(len(polygons), None, dtype=object), []
        for position, polygon in enumerate(polygons):
            try:
                cut[position] = shapely.constrained_delaunay_triangles(polygon)
            except shapely.GEOSException:
                failed.append(position)
        return cut, np.array(failed, dtype=np.int64)


def _sides(triangle: Geometries, polygon: Integers, rings: Rings) -> Integers:
    """Return (t, 9) ring segments: the three sides, then before and after each corner; −1."""
    corners = shapely.get_coordinates(triangle).reshape(-1, 4, 2)[:, :3]
    places = np.concatenate([corners.reshape(-1, 2), rings.start, rings.end]) + 0.0
    place = np.unique(places, axis=0, return_inverse=True)[1].ravel()
    corner = place[: 3 * len(triangle)].reshape(-1, 3)
    start, end = place[3 * len(triangle) :].reshape(2, -1)
    found = [
        _find((rings.polygon, start, end), (polygon, corner[:, i], corner[:, (i + 1) % 3]))
        for i in range(3)
    ]
    turned = [
        _find((rings.polygon, end, start), (polygon, corner[:, i], corner[:, (i + 1) % 3]))
        for i in range(3)
    ]
    after = [_find((rings.polygon, start), (polygon, corner[:, i])) for i in range(3)]
    before = [_find((rings.polygon, end), (polygon, corner[:, i])) for i in range(3)]
    sides = [np.maximum(one, other) for one, other in zip(found, turned, strict=True)]
    return np.column_stack([*sides, *before, *after])


def _find(keys: tuple[Integers, ...], wanted: tuple[Integers, ...]) -> Integers:
    """Return the position of each wanted tuple among the keys, −1 where there is none."""
    both = np.concatenate([np.column_stack(keys), np.column_stack(wanted)])
    number = np.unique(both, axis=0, return_inverse=True)[1].ravel()
    count = len(keys[0])
    at = np.full(int(number.max(initial=0)) + 1, -1, dtype=np.int64)
    at[number[:count]] = np.arange(count)
    return np.asarray(at[number[count:]])


def _two_neighbours(candidates: Integers, grids: int) -> tuple[Integers, Integers]:
    """Return the first two different neighbours of each row; twice the one, where only one."""
    ordered = np.column_stack([np.where(candidates < grids, candidates, -1), candidates])
    rows = np.arange(len(ordered))
    first = ordered[rows, np.argmax(ordered >= 0, axis=1)]
    differs = (ordered >= 0) & (ordered != first[:, None])
    second = ordered[rows, np.argmax(differs, axis=1)]
    return first, np.where(differs.any(axis=1), second, first)
