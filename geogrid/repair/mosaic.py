"""Broken places as a mosaic: noded edges, the faces between them, and who covers each face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries, cover_faces, interior_points, is_dust
from geogrid.coverage.noding import node_edges
from geogrid.coverage.signed import SignedSum
from geogrid.repair.locality import Locality, positions
from geogrid.topology import Floats, Integers, polygon_edges

__all__ = ["Mosaic", "build_mosaic"]


@dataclass(frozen=True)
class Mosaic:
    """Noded edges (atoms) of all owners and the faces they bound.

    Attributes
    ----------
    vertices
        (v, 2) those of the locality, then the crossings.
    low, high
        (a,) ends of each atom, ``low < high``.
    left, right
        (a,) face to the left and right of low → high, −1 where no face was made.
    atom, item, turn
        (k,) uses of atoms by polygons of the sum: 1 where the interior is to the left of
        low → high, else −1; sorted by atom. Uses that cancel are left out.
    piece_edge, piece_atom, piece_turn
        (p,) the atoms of each edge of the locality, in order from its low to its high end;
        1 where the atom runs low → high that way.
    faces
        (f,) polygons whose corners are `vertices`, bit for bit.
    cover
        The items over each face, ascending.
    """

    vertices: Floats
    low: Integers
    high: Integers
    left: Integers
    right: Integers
    atom: Integers
    item: Integers
    turn: Integers
    piece_edge: Integers
    piece_atom: Integers
    piece_turn: Integers
    faces: Geometries
    cover: list[frozenset[int]]

    @cached_property
    def _sides(self) -> tuple[Integers, Integers, Integers]:
        """Return (face, atom, turn) of all borders of faces, sorted by face."""
        atom = np.arange(len(self.low))
        face = np.concatenate([self.left, self.right])
        turn = np.repeat([1, -1], len(atom))
        atom = np.tile(atom, 2)
        kept = np.flatnonzero(face >= 0)
        order = kept[np.lexsort((atom[kept], face[kept]))]
        return face[order], atom[order], turn[order]

    def border(self, faces: Sequence[int]) -> tuple[Integers, Integers]:
        """Return (atom, turn) of the border of some faces together, the faces to its left."""
        face, atom, turn = self._sides
        if len(faces) == 1:
            own = slice(*np.searchsorted(face, [faces[0], faces[0] + 1]).tolist())
            if (atom[own][1:] != atom[own][:-1]).all():
                return atom[own], turn[own]
        first = np.searchsorted(face, faces, side="left")
        last = np.searchsorted(face, faces, side="right")
        rows = np.concatenate([np.arange(*span) for span in zip(first, last, strict=True)])
        atoms, position, count = np.unique(atom[rows], return_inverse=True, return_counts=True)
        turns = np.zeros(len(atoms), dtype=np.int64)
        turns[position] = turn[rows]
        return atoms[count == 1], turns[count == 1]

    def beyond(self, atom: int, turn: int) -> int:
        """Return the face across an atom from the face to its left (turn 1) or right, or −1."""
        return int(self.right[atom] if turn > 0 else self.left[atom])

    def uses(self, atom: int) -> list[tuple[int, int]]:
        """Return (item, turn) of everybody who has an atom on the border."""
        first, uses = self._uses
        return uses[first[atom] : first[atom + 1]]

    @cached_property
    def _uses(self) -> tuple[list[int], list[tuple[int, int]]]:
        """Return where the uses of each atom begin, and (item, turn) of all."""
        first = np.searchsorted(self.atom, np.arange(len(self.low) + 1))
        return first.tolist(), list(zip(self.item.tolist(), self.turn.tolist(), strict=True))


def build_mosaic(locality: Locality, signed: SignedSum, places: Geometries) -> Mosaic:
    """Node the edges of a locality and find the faces at its defects.

    Parameters
    ----------
    locality : the edges
    signed : grids (+1) and region (−1)
    places : (d,) defects with an area; over other faces only a point is asked about
    """
    pieces = node_edges(locality.vertices, locality.low, locality.high)
    count = len(pieces.vertices)
    low, high = np.minimum(pieces.begin, pieces.stop), np.maximum(pieces.begin, pieces.stop)
    keys, atom_of = np.unique(low * count + high, return_inverse=True)
    low, high = np.divmod(keys, max(count, 1))
    piece_turn = np.where(pieces.begin < pieces.stop, 1, -1)
    atom, item, turn = _uses(locality, pieces.edge, atom_of, piece_turn)
    weight = np.bincount(atom, turn * signed.sign[item], len(keys)).astype(np.int64)
    is_open = weight != 0
    is_open[atom_of[locality.is_through[pieces.edge]]] = True
    if not locality.is_through.any() and not weight.any():
        is_open[:] = False
    faces, face, face_atom, face_turn = _faces(pieces.vertices, low, high, np.flatnonzero(is_open))
    left, right = np.full((2, len(keys)), -1, dtype=np.int64)
    left[face_atom[face_turn > 0]] = face[face_turn > 0]
    right[face_atom[face_turn < 0]] = face[face_turn < 0]
    is_known = is_dust(faces)  # elsewhere edges inside a face that is right were left out
    if len(faces) and len(places):
        inside = shapely.STRtree(places).query(interior_points(faces), predicate="within")[0]
        is_known[inside] = True
    cover = _cover(faces, signed, left, right, (atom, item, turn), is_known)
    return Mosaic(
        pieces.vertices, low, high, left, right, atom, item, turn,
        pieces.edge, atom_of, piece_turn, faces, cover,
    )  # fmt: skip


def _uses(
    locality: Locality, piece_edge: Integers, piece_atom: Integers, piece_turn: Integers
) -> tuple[Integers, Integers, Integers]:
    """Return (atom, item, turn) of all polygons, sums of ±1 that are not zero."""
    first = np.searchsorted(piece_edge, locality.edge, side="left")
    number = np.searchsorted(piece_edge, locality.edge, side="right") - first
    offset = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    piece = np.repeat(first, number) + offset
    item = np.repeat(locality.item, number)
    turn = np.repeat(locality.turn, number) * piece_turn[piece]
    width = int(item.max(initial=0)) + 1
    keys, position = np.unique(piece_atom[piece] * width + item, return_inverse=True)
    total = np.bincount(position.ravel(), turn, len(keys)).astype(np.int64)
    kept = total != 0
    atom, items = np.divmod(keys[kept], width)
    return atom, items, np.sign(total[kept])


def _faces(
    vertices: Floats, low: Integers, high: Integers, chosen: Integers
) -> tuple[Geometries, Integers, Integers, Integers]:
    """Return the faces between atoms, and (face, atom, turn) of their borders."""
    none = np.zeros(0, dtype=np.int64)
    if not len(chosen):
        return np.zeros(0, dtype=object), none, none, none
    lines = shapely.linestrings(np.stack([vertices[low[chosen]], vertices[high[chosen]]], axis=1))
    faces = np.asarray(shapely.get_parts(shapely.polygonize(lines)), dtype=object)
    faces = faces[_by_place(faces)]
    edges = polygon_edges(faces)
    order = np.lexsort((vertices[:, 1], vertices[:, 0]))
    at = order[positions(vertices[order], edges.vertices)]
    start, end = at[edges.start], at[edges.end]
    keys = low * len(vertices) + high
    atom = np.searchsorted(keys, np.minimum(start, end) * len(vertices) + np.maximum(start, end))
    return faces, edges.owner, atom, np.where(start < end, 1, -1)


def _by_place(faces: Geometries) -> Integers:
    return np.lexsort((*shapely.bounds(faces).T, shapely.area(faces)))


def _cover(
    faces: Geometries,
    signed: SignedSum,
    left: Integers,
    right: Integers,
    uses: tuple[Integers, Integers, Integers],
    is_known: npt.NDArray[np.bool_],
) -> list[frozenset[int]]:
    """Return the polygons over each face: asked at a point, and corrected by its borders."""
    over, item = cover_faces(faces, signed.polygons, signed.tree)
    bounds = np.searchsorted(over, np.arange(1, len(faces)))
    cover = [set(items.tolist()) for items in np.split(item, bounds)][: len(faces)]
    for atom, one, turn in zip(*(column.tolist() for column in uses), strict=True):
        inside, outside = (left[atom], right[atom]) if turn > 0 else (right[atom], left[atom])
        if inside >= 0 and is_known[inside]:
            cover[inside].add(one)
        if outside >= 0 and is_known[outside]:
            cover[outside].discard(one)
    return [frozenset(items) for items in cover]
