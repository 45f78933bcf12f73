"""The faces where polygons do not cover exactly once, each with one constant set of polygons.

A set of polygons is written as a signed sum (see :mod:`geogrid.topology`): grids +1, the
region they must fill −1. Over a face the sum is f = m − 1 inside the region and m outside,
m grids over the face. Faces with f ≠ 0 are cut by the edges of all polygons that run
through them, so that each piece has one constant set of polygons over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.arrangement import (
    Geometries,
    cover_faces,
    edge_components,
    holding_face,
    interior_points,
    is_dust,
    polygonise,
    punch_nested,
)
from geogrid.topology import ChainSum, Edges, Floats, Integers, chain_sum, polygon_edges
from geogrid.unmatched import Split, split_leftovers, ulp

__all__ = ["Faces", "SignedSum", "find_faces", "signed_sum"]

_NEAR_ULP = 8.0
_ROUNDING_ULP = 64.0


@dataclass(frozen=True)
class SignedSum:
    """Polygons with the sign they are summed with, and what the sum leaves over.

    Attributes
    ----------
    polygons
        (n,) valid (Multi)Polygons or None.
    sign
        (n,) +1, −1, or 0 for polygons that only cut faces.
    group
        (n,) the sum that each polygon belongs to.
    edges, total, split
        Their edges, the chain sum and the leftover edges split at each other's corners.
    """

    polygons: Geometries
    sign: npt.NDArray[np.int8]
    group: Integers
    edges: Edges
    total: ChainSum
    split: Split

    @property
    def is_zero(self) -> bool:
        """Whether every edge of every group sums to zero, bit for bit."""
        return not self.total.weight.any()


@dataclass(frozen=True)
class Faces:
    """Faces that are not covered exactly once.

    Attributes
    ----------
    polygon
        (f,) Polygons in the coordinates of the data.
    face, item
        (k,) sorted pairs of a face and a polygon of the sum that covers it.
    unresolved
        (u,) areas that could not be accounted for: the sum of f · area over their faces is
        not the area of the leftover chain.
    hairline
        (h,) positions in ``split.pieces`` of edges that enclose nothing wider than rounding.
    covered_once
        Faces covered as they should be, by one polygon: what a union without a region is
        made of where no grids meet edge to edge.
    pieces
        Number of leftover components that lie in no face of another one: the separate
        places that are covered, where there is no region.
    """

    polygon: Geometries
    face: Integers
    item: Integers
    unresolved: Geometries
    hairline: Integers
    covered_once: Geometries
    pieces: int


def signed_sum(
    polygons: Geometries, sign: npt.NDArray[np.int8], group: Integers | None = None
) -> SignedSum:
    """Sum the edges of signed polygons and split what is left over.

    Parameters
    ----------
    polygons : (n,) valid (Multi)Polygons with finite coordinates, or None
    sign : (n,) +1, −1 or 0
    group : (n,) sum that each polygon belongs to; one sum when left out
    """
    groups = np.zeros(len(polygons), dtype=np.int64) if group is None else group
    edges = polygon_edges(polygons)
    total = chain_sum(edges, sign, groups)
    return SignedSum(polygons, sign, groups, edges, total, split_leftovers(edges.vertices, total))


def find_faces(signed: SignedSum, *, expected: int = 0) -> Faces:
    """Return the faces whose sum is not as `expected`, cut to constant sets of polygons.

    Parameters
    ----------
    signed : SignedSum
    expected : the sum over a face that is right: 0 where a region is subtracted, 1 where
        there is none and the faces inside the outline should be covered once

    Returns
    -------
    Faces
        In an order that does not depend on the order of the polygons.
    """
    pieces = signed.split.pieces
    left = np.flatnonzero(pieces.weight)
    vertices = signed.edges.vertices
    component = edge_components(vertices, pieces.low[left], pieces.high[left])
    order = np.argsort(component, kind="stable")
    left, component = left[order], component[order]
    low, high = pieces.low[left], pieces.high[left]
    faces, owner = polygonise(vertices[low], vertices[high], component)
    is_thin = is_dust(faces)
    dusty = np.setdiff1d(component, owner[~is_thin])
    faces, owner = faces[~is_thin], owner[~is_thin]
    first = np.unique(component, return_index=True)[1]
    inner, face, innermost = holding_face(faces, owner, shapely.points(vertices[low[first]]))
    whole = punch_nested(faces, owner, inner, face)
    over, item = cover_faces(whole, signed.polygons)
    is_wrong = _is_wrong(signed, len(whole), over, item, expected)
    is_lost = _is_unbalanced(signed, left, component, faces, owner, innermost, over, item)
    cut, cut_face, cut_item, uncut = _cut_to_sets(signed, whole[is_wrong])
    lost = np.unique(owner[np.isin(owner, np.flatnonzero(is_lost))])
    return Faces(
        polygon=cut,
        face=cut_face,
        item=cut_item,
        unresolved=np.concatenate([_hulls(faces, owner, lost), uncut]),
        hairline=left[np.isin(component, dusty)],
        covered_once=whole[~is_wrong],
        pieces=int((innermost < 0).sum()),
    )


def _is_wrong(
    signed: SignedSum, count: int, over: Integers, item: Integers, expected: int
) -> npt.NDArray[np.bool_]:
    """Return which faces have a group whose sum is not as expected."""
    groups = int(signed.group.max(initial=0)) + 1
    key, position = np.unique(over * groups + signed.group[item], return_inverse=True)
    sums = np.bincount(position, signed.sign[item], len(key)).astype(np.int64)
    if expected == 0:
        wrong = np.zeros(count, dtype=bool)
        wrong[key[sums != 0] // groups] = True
        return wrong
    right = np.zeros(count, dtype=bool)
    right[key[sums == expected] // groups] = True
    return ~right


def _is_unbalanced(
    signed: SignedSum,
    left: Integers,
    component: Integers,
    faces: Geometries,
    owner: Integers,
    innermost: Integers,
    over: Integers,
    item: Integers,
) -> npt.NDArray[np.bool_]:
    """Return the components whose faces do not add up to the area of their edges."""
    pieces, vertices = signed.split.pieces, signed.edges.vertices
    groups, count = int(signed.group.max(initial=0)) + 1, len(innermost)
    low, high = vertices[pieces.low[left]], vertices[pieces.high[left]]
    first = np.unique(component, return_index=True)[1]
    start, end = low - low[first][component], high - low[first][component]
    cross = start[:, 0] * end[:, 1] - end[:, 0] * start[:, 1]
    weight = pieces.weight[left]
    chain = np.bincount(
        component * groups + pieces.group[left], 0.5 * weight * cross, count * groups
    )
    area = shapely.area(faces)
    inside = np.bincount(
        owner[over] * groups + signed.group[item], signed.sign[item] * area[over], count * groups
    )
    # what lies over the face around a component lies over all of its faces as well
    whole = np.bincount(owner, area, count)
    held, around = _items_around(innermost, over, item)
    outside = np.bincount(
        held * groups + signed.group[around], signed.sign[around] * whole[held], count * groups
    )
    length = np.hypot(*(end - start).T) * np.abs(weight)
    slack = np.bincount(component, length * np.maximum(ulp(low), ulp(high)), count)
    miss = np.abs(chain - (inside - outside)).reshape(count, groups).max(axis=1, initial=0.0)
    return np.asarray(miss > _ROUNDING_ULP * slack)


def _items_around(innermost: Integers, over: Integers, item: Integers) -> tuple[Integers, Integers]:
    """Return pairs of a component and an item that covers the face around it."""
    held = np.flatnonzero(innermost >= 0)
    first = np.searchsorted(over, innermost[held], side="left")
    count = np.searchsorted(over, innermost[held], side="right") - first
    inner = np.repeat(held, count)
    offset = np.arange(len(inner)) - np.repeat(np.cumsum(count) - count, count)
    return inner, item[np.repeat(first, count) + offset]


def _hulls(faces: Geometries, owner: Integers, chosen: Integers) -> Geometries:
    hulls = [shapely.union_all(faces[owner == component]) for component in chosen]
    return np.array(hulls, dtype=object)


def _cut_to_sets(
    signed: SignedSum, faces: Geometries
) -> tuple[Geometries, Integers, Integers, Geometries]:
    """Cut faces by all edges through them; also return the faces that came apart."""
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
    is_uncut = np.abs(covered - shapely.area(faces)) > _ROUNDING_ULP * ulps * length
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
