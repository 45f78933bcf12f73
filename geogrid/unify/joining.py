"""Join pieces that are too narrow or too small to a neighbour: only labels change.

A piece of a leading grid only ever goes to the rest of that grid, so borders of the leading
layer never move and none of its grids vanishes. A piece outside the leading layer goes to a
leading grid first. Everything is decided in rounds on the whole, so that the order of rows
does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.topology import Floats, Integers, connected_components
from geogrid.unify.planar import Planar, components

__all__ = ["Pieces", "join_pieces", "pieces_of", "whole_leads"]

Flags = npt.NDArray[np.bool_]
_LEAST_SHARE = 1.0 / 3.0


@dataclass(frozen=True)
class Pieces:
    """Connected faces with one label in every layer.

    Attributes
    ----------
    piece
        (f,) piece of each face, −1 outside.
    label
        (l, p) code of each piece in each layer, −1 for none.
    area_m2
        (p,) area.
    """

    piece: Integers
    label: Integers
    area_m2: Floats


@dataclass(frozen=True)
class _Links:
    """Pairs of pieces that share a border, both ways, with its length."""

    one: Integers
    other: Integers
    length_m: Floats


def pieces_of(
    planar: Planar,
    owner: Integers,
    inside: Flags,
    area_m2: Floats,
    *,
    barrier: Flags | None = None,
) -> Pieces:
    """Return the pieces that labels make.

    Parameters
    ----------
    planar : the arrangement
    owner : (l, f) label of each face in each layer
    inside : (f,) faces that must end in a grid
    area_m2 : (f,) area of each face
    barrier : (e,) edges across which faces do not belong together
    """
    label = np.unique(owner.T, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
    label[~inside] = -1
    piece = components(planar, label, barrier)
    count = int(piece.max(initial=-1)) + 1
    first = np.unique(piece[piece >= 0], return_index=True)[1]
    faces = np.flatnonzero(piece >= 0)[first]
    total = np.bincount(piece[piece >= 0], area_m2[piece >= 0], count)
    return Pieces(piece, owner[:, faces], total.astype(np.float64))


def join_pieces(
    planar: Planar, owner: Integers, pieces: Pieces, is_given: Flags, length_m: Floats
) -> Integers:
    """Return the labels after the given pieces went to neighbours that keep theirs.

    Parameters
    ----------
    planar, owner : the arrangement and its labels
    pieces : made of them
    is_given : (p,) pieces to give away; those without anybody to go to stay
    length_m : (e,) length of each edge

    Returns
    -------
    (l, f) labels.
    """
    links = _links(planar, pieces, length_m)
    is_open = is_given.copy()
    target = np.arange(len(is_given))
    allowed = _allowed(pieces, links)
    while is_open.any():
        usable = allowed & is_open[links.one] & ~is_open[links.other]
        if usable.any():
            given, kept = _best(pieces, links, np.flatnonzero(usable))
            target[given] = target[kept]
            is_open[given] = False
        else:
            is_open[_leaders(pieces, links, allowed, is_open)] = False
    labels = pieces.label[:, target]
    result = owner.copy()
    held = pieces.piece >= 0
    result[:, held] = labels[:, pieces.piece[held]]
    return result


def _links(planar: Planar, pieces: Pieces, length_m: Floats) -> _Links:
    both = (planar.left >= 0) & (planar.right >= 0)
    one, other = pieces.piece[planar.left[both]], pieces.piece[planar.right[both]]
    length = length_m[both]
    differ = (one != other) & (one >= 0) & (other >= 0)
    one, other, length = one[differ], other[differ], length[differ]
    pairs = np.concatenate([np.column_stack([one, other]), np.column_stack([other, one])])
    keys, of = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
    total = np.bincount(of.ravel(), np.tile(length, 2), len(keys)).astype(np.float64)
    return _Links(keys[:, 0], keys[:, 1], total)


def _allowed(pieces: Pieces, links: _Links) -> Flags:
    """Return which links a piece may go along; a tail only leaves its body along a long side."""
    lead = pieces.label[0]
    allowed = (lead[links.one] < 0) | (lead[links.one] == lead[links.other])
    is_body = (pieces.label[:, links.one] == pieces.label[:, links.other]).all(axis=0)
    count = len(pieces.area_m2)
    has_body = np.zeros(count, dtype=bool)
    has_body[links.one[is_body]] = True
    around = np.bincount(links.one, links.length_m, count)
    is_short = links.length_m < _LEAST_SHARE * around[links.one]
    return np.asarray(allowed & ~(has_body[links.one] & ~is_body & is_short))


def _best(pieces: Pieces, links: _Links, usable: Integers) -> tuple[Integers, Integers]:
    """Return each giving piece once, with the neighbour it goes to.

    The leading layer first, then layers in their order: a neighbour with the same code in
    an earlier layer is nearer; then the longest common border decides. The own body, cut
    off by a chord, comes last.
    """
    one, other = links.one[usable], links.other[usable]
    same = pieces.label[:, one] == pieces.label[:, other]
    is_body = same.all(axis=0)
    by_layer = [~row for row in same[1:]]
    keys = [
        other,
        *pieces.label[::-1, other],
        -np.round(links.length_m[usable], 6),
        *by_layer[::-1],
        pieces.label[0, other] < 0,
        is_body,
        one,
    ]
    order = np.lexsort(keys)
    given, first = np.unique(one[order], return_index=True)
    return given, other[order[first]]


def _leaders(pieces: Pieces, links: _Links, allowed: Flags, is_open: Flags) -> Integers:
    """Return of each cluster of pieces that wait for each other the largest one."""
    between = allowed & is_open[links.one] & is_open[links.other]
    count = len(is_open)
    cluster = connected_components(count, links.one[between], links.other[between])
    waiting = np.flatnonzero(is_open)
    keys = [*pieces.label[::-1, waiting], -np.round(pieces.area_m2[waiting], 6), cluster[waiting]]
    order = np.lexsort(keys)
    first = np.unique(cluster[waiting][order], return_index=True)[1]
    return waiting[order[first]]


def whole_leads(owner: Integers, pieces: Pieces) -> Integers:
    """Return labels with every leading grid in one piece: that of its largest piece."""
    lead = pieces.label[0]
    order = np.lexsort((*pieces.label[::-1], -np.round(pieces.area_m2, 6), lead))
    order = order[lead[order] >= 0]
    found, first = np.unique(lead[order], return_index=True)
    largest = np.zeros(int(lead.max(initial=-1)) + 1, dtype=np.int64)
    largest[found] = order[first]
    result = owner.copy()
    held = (pieces.piece >= 0) & (owner[0] >= 0)
    result[:, held] = pieces.label[:, largest[owner[0, held]]]
    return result
