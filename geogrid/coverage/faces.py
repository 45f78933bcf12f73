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

from geogrid.coverage.arrangement import (
    Geometries,
    cover_faces,
    edge_components,
    holding_face,
    is_dust,
    polygonise,
    punch_nested,
)
from geogrid.coverage.cutting import cut_to_sets
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import ROUNDING_ULP, ulp
from geogrid.topology import Floats, Integers

__all__ = ["Faces", "find_faces"]


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
    component, crosses = edge_components(vertices, pieces.low[left], pieces.high[left])
    order = np.argsort(component, kind="stable")
    left, component, crosses = left[order], component[order], crosses[order]
    low, high = pieces.low[left], pieces.high[left]
    edges = vertices[low], vertices[high], component, crosses
    found = _arranged(signed, left, edges, np.zeros(0, dtype=np.int64), expected)
    if found.is_lost.any():
        found = _arranged(signed, left, edges, np.flatnonzero(found.is_lost), expected)
    faces, owner, whole, is_wrong = found.faces, found.owner, found.whole, found.is_wrong
    dusty = np.setdiff1d(component, owner)
    cut, cut_face, cut_item, uncut = cut_to_sets(signed, whole[is_wrong])
    lost = np.unique(owner[np.isin(owner, np.flatnonzero(found.is_lost))])
    return Faces(
        polygon=cut,
        face=cut_face,
        item=cut_item,
        unresolved=np.concatenate([_hulls(faces, owner, lost), uncut]),
        hairline=left[np.isin(component, dusty)],
        covered_once=whole[~is_wrong],
        pieces=int((found.innermost < 0).sum()),
    )


@dataclass(frozen=True)
class _Arranged:
    """The faces between the edges of each component.

    Attributes
    ----------
    faces, owner : without holes for other components, and the component of each
    whole : with them
    is_wrong : (n,) whether the sum over each is not as expected
    innermost : (c,) the smallest face around each component, −1 where there is none
    is_lost : (c,) whether a component's faces do not add up to the area of its edges
    """

    faces: Geometries
    owner: Integers
    whole: Geometries
    is_wrong: npt.NDArray[np.bool_]
    innermost: Integers
    is_lost: npt.NDArray[np.bool_]


def _arranged(
    signed: SignedSum,
    left: Integers,
    edges: tuple[Floats, Floats, Integers, npt.NDArray[np.bool_]],
    finely: Integers,
    expected: int,
) -> _Arranged:
    start, _end, component, _crosses = edges
    faces, owner = polygonise(*edges, finely=finely)
    is_thin = is_dust(faces)
    faces, owner = faces[~is_thin], owner[~is_thin]
    first = np.unique(component, return_index=True)[1]
    inner, face, innermost = holding_face(faces, owner, shapely.points(start[first]))
    whole = punch_nested(faces, owner, inner, face)
    over, item = cover_faces(whole, signed.polygons, signed.tree if len(whole) else None)
    is_wrong = _is_wrong(signed, len(whole), over, item, expected)
    is_lost = _is_unbalanced(signed, left, component, faces, owner, innermost, over, item)
    return _Arranged(faces, owner, whole, is_wrong, innermost, is_lost)


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
    return np.asarray(miss > ROUNDING_ULP * slack)


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
