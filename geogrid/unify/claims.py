"""Who covers each face: the codes each layer has there, and the one that stands for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.coverage.arrangement import cover_faces
from geogrid.topology import Floats, Integers
from geogrid.unify.layers import Layers
from geogrid.unify.planar import Planar, components

__all__ = ["Claims", "must_cover", "read_claims"]


@dataclass(frozen=True)
class Claims:
    """Which grids lie over each face of an arrangement.

    Attributes
    ----------
    face, layer, code
        (k,) distinct triples of a face, a layer and the position of a code in it, sorted.
    in_region
        (f,) faces inside the region; all False where there is none.
    kind
        (f,) number of the set of claims: faces with the same one have the same codes in all
        layers and the same side of the region.
    owner
        (l, f) the code that stands for a layer on a face, −1 where the layer has none. Where
        grids of one layer overlap, the one with the longest border along the place.
    """

    face: Integers
    layer: Integers
    code: Integers
    in_region: npt.NDArray[np.bool_]
    kind: Integers
    owner: Integers


def read_claims(planar: Planar, layers: Layers, length_m: Floats) -> Claims:
    """Return who covers each face.

    Parameters
    ----------
    planar : made of the edges of all layers and the region
    layers : the layers
    length_m : (e,) length of each edge
    """
    count = len(planar.faces)
    face, item = cover_faces(planar.faces, layers.polygons)
    triples = np.unique(
        np.column_stack([face, layers.layer[item], layers.code[item]]).reshape(-1, 3), axis=0
    )
    face, layer, code = triples.T
    in_region = np.zeros(count, dtype=bool)
    if layers.region is not None:
        in_region[cover_faces(planar.faces, np.array([layers.region], dtype=object))[0]] = True
    owner = np.full((len(layers.names), count), -1, dtype=np.int64)
    for at in range(len(layers.names)):
        own = layer == at
        owner[at] = _standing(planar, face[own], code[own], length_m)
    kind = _kinds(face, layer, code, in_region)
    return Claims(face, layer, code, in_region, kind, owner)


def _kinds(
    face: Integers, layer: Integers, code: Integers, in_region: npt.NDArray[np.bool_]
) -> Integers:
    """Return one number per set of claims, −1 for faces that nobody covers."""
    bounds = np.searchsorted(face, np.arange(len(in_region) + 1))
    pairs = np.column_stack([layer, code])
    keys = [
        (bool(inside), pairs[first:last].tobytes())
        for inside, first, last in zip(in_region, bounds[:-1], bounds[1:], strict=True)
    ]
    number = {key: at for at, key in enumerate(sorted(set(keys)))}
    kind = np.array([number[key] for key in keys], dtype=np.int64)
    kind[~in_region & (bounds[:-1] == bounds[1:])] = -1
    return kind


def _standing(planar: Planar, face: Integers, code: Integers, length_m: Floats) -> Integers:
    """Return the code of each face in one layer; contested places go to one of their claims."""
    owner = np.full(len(planar.faces), -1, dtype=np.int64)
    many = np.bincount(face, minlength=len(owner)) > 1
    owner[face[~many[face]]] = code[~many[face]]
    if not many.any():
        return owner
    bounds = np.searchsorted(face, np.arange(len(owner) + 1))
    sets = [
        code[bounds[at] : bounds[at + 1]].tobytes() if many[at] else b"" for at in range(len(owner))
    ]
    number = {key: at for at, key in enumerate(sorted(set(sets) - {b""}))}
    place = components(planar, np.array([number.get(key, -1) for key in sets], dtype=np.int64))
    one = np.concatenate([planar.left, planar.right])
    other = np.concatenate([planar.right, planar.left])
    length = np.tile(length_m, 2)
    beside = (one >= 0) & (other >= 0)
    beside &= (place[one] >= 0) & (place[other] < 0) & (owner[other] >= 0)
    one, other, length = place[one[beside]], owner[other[beside]], length[beside]
    for at in range(int(place.max()) + 1):  # few: places that a layer covers twice
        held = np.flatnonzero(place == at)
        claims = code[bounds[held[0]] : bounds[held[0] + 1]]
        along = [length[(one == at) & (other == claim)].sum() for claim in claims]
        owner[held] = claims[int(np.argmax(along))]
    return owner


def must_cover(planar: Planar, claims: Claims, has_region: bool) -> npt.NDArray[np.bool_]:
    """Return which faces must end in a grid: the region, else whatever any layer covers."""
    if has_region:
        return claims.in_region
    covered = np.zeros(len(planar.faces), dtype=bool)
    covered[claims.face] = True
    return covered
