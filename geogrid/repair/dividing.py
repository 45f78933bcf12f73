"""The lines that divide faces, in the coordinates of the data, as few as will do."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._threads import by_rows
from geogrid.coverage.widths import metres_per_unit
from geogrid.repair.locality import positions_by_group
from geogrid.repair.medial import BorderRings, DenseBorder, dense_border, medial_segments
from geogrid.repair.rings import walk_rings
from geogrid.repair.standing import Standing
from geogrid.repair.webs import segment_webs
from geogrid.topology import Floats, Integers

__all__ = ["DividingLines", "FaceBorders", "dividing_lines"]

_STRAIGHT = 0.056
"""How far a line may stray when it is simplified, in shares of the width of its face."""


@dataclass(frozen=True)
class FaceBorders:
    """Borders of faces that are to be divided.

    Attributes
    ----------
    face
        (b,) face of each edge, counted from 0, ascending.
    start, end
        (b,) its ends, the face to its left.
    item
        (b,) the grid beyond it, −1 for nobody.
    """

    face: Integers
    start: Integers
    end: Integers
    item: Integers

    @property
    def count(self) -> int:
        """How many faces there are."""
        return int(self.face[-1]) + 1 if len(self.face) else 0


@dataclass(frozen=True)
class DividingLines:
    """Segments that divide faces.

    Attributes
    ----------
    face
        (s,) that each divides, ascending.
    place
        (s, 2, 2) ends.
    edge
        (s, 2) the edge of the border that each end lies inside, −1 for the other ends.
    is_divided
        (f,) faces whose lines could be found, be there any or not.
    """

    face: Integers
    place: Floats
    edge: Integers
    is_divided: npt.NDArray[np.bool_]


def dividing_lines(
    at: Floats, borders: FaceBorders, standing: Standing, *, is_simple: bool = True
) -> DividingLines:
    """Return the lines that divide faces, each place to the nearest grid.

    Parameters
    ----------
    at : (v, 2) vertices
    borders : of the faces
    standing : the reference system, and what settles ties
    is_simple : leave out corners that hardly matter; where a face is much narrower than on
        average, such a line may cross its border
    """
    is_divided = np.zeros(borders.count, dtype=bool)
    face, ring, corner = _rings(at, borders)
    if not len(face):
        none = np.zeros(0, dtype=np.int64)
        return DividingLines(none, np.zeros((0, 2, 2)), none.reshape(0, 2), is_divided)
    names, first, face = np.unique(face, return_index=True, return_inverse=True)
    origin = at[corner[first]]
    scale = metres_per_unit(origin, standing.crs)
    step = _steps(borders, ring, corner)
    metres = np.einsum("nij,nj->ni", scale[face], at[corner] - origin[face])
    dense = dense_border(BorderRings(face, ring, metres, step, borders.item[step]))
    medial = medial_segments(dense, standing.rank)
    is_divided[names] = medial.is_cut
    back = np.linalg.inv(scale)[medial.face]
    moved = np.einsum("nij,nkj->nki", back, medial.place) + origin[medial.face][:, None]
    is_corner = medial.corner >= 0
    moved[is_corner] = at[borders.start[dense.step[medial.corner[is_corner]]]]
    edge, moved = _on_border(at, borders, dense, medial.border, moved)
    straight = is_simple * _STRAIGHT * dense.width / np.sqrt(np.abs(np.linalg.det(scale)))
    line_face, lines = _simpler(medial.face, moved, straight)
    is_end = medial.border.ravel() >= 0
    held = positions_by_group(
        np.repeat(medial.face, 2)[is_end],
        moved.reshape(-1, 2)[is_end],
        np.repeat(line_face, 2),
        lines.reshape(-1, 2),
    )
    found = np.append(edge.ravel()[is_end], -1)[held].reshape(-1, 2)
    return DividingLines(names[line_face], lines, found, is_divided)


def _rings(at: Floats, borders: FaceBorders) -> tuple[Integers, Integers, Integers]:
    """Return (face, ring, vertex) of the corners of all faces with a border that closes."""
    found: list[list[int]] = []
    faces: list[int] = []
    bounds = np.searchsorted(borders.face, np.arange(borders.count + 1)).tolist()
    for face, (first, last) in enumerate(pairwise(bounds)):
        rings = walk_rings(at, borders.start[first:last], borders.end[first:last])
        for ring in rings or ():
            lowest = ring.index(min(ring))
            found.append(ring[lowest:] + ring[:lowest])
            faces.append(face)
    length = [len(ring) for ring in found]
    corner = np.array([vertex for ring in found for vertex in ring], dtype=np.int64)
    face_of = np.repeat(np.array(faces, dtype=np.int64), length)
    return face_of, np.repeat(np.arange(len(found)), length), corner


def _steps(borders: FaceBorders, ring: Integers, corner: Integers) -> Integers:
    """Return the edge from each corner to the next; one runs along one face only."""
    is_last = np.append(ring[1:] != ring[:-1], True)
    ahead = np.where(is_last, np.searchsorted(ring, ring), np.arange(1, len(ring) + 1))
    width = int(max(borders.start.max(), borders.end.max())) + 1
    keys = borders.start * width + borders.end
    order = np.argsort(keys, kind="stable")
    wanted = corner * width + corner[ahead]
    return np.asarray(order[np.searchsorted(keys, wanted, sorter=order)])


def _on_border(
    at: Floats, borders: FaceBorders, dense: DenseBorder, point: Integers, place: Floats
) -> tuple[Integers, Floats]:
    """Return the border edge of each end that lies on one, and the ends moved onto it."""
    is_on = point >= 0
    edge = np.full(point.shape, -1, dtype=np.int64)
    edge[is_on] = dense.step[point[is_on]]
    start, end = borders.start[edge[is_on]], borders.end[edge[is_on]]
    low, high = at[np.minimum(start, end)], at[np.maximum(start, end)]
    moved = place.copy()
    moved[is_on] = _onto(place[is_on], low, high)
    return edge, moved


def _onto(points: Floats, low: Floats, high: Floats) -> Floats:
    """Return points moved onto their edges, but for rounding."""
    along = high - low
    share = np.einsum("ij,ij->i", points - low, along) / np.einsum("ij,ij->i", along, along)
    return np.asarray(low + share[:, None] * along + 0.0)


def _simpler(face: Integers, segments: Floats, straight: Floats) -> tuple[Integers, Floats]:
    """Return segments as fewer ones that stray from them by no more than `straight`."""
    if not len(segments):
        return face, segments
    order = np.argsort(face, kind="stable")
    names, group = np.unique(face[order], return_inverse=True)
    webs = segment_webs(segments[order], group)
    whole = by_rows(lambda some: shapely.normalize(shapely.line_merge(some)), webs)
    parts, owner = shapely.get_parts(whole, return_index=True)
    lines = by_rows(shapely.simplify, parts, straight[names[owner]])
    points, line = shapely.get_coordinates(lines, return_index=True)
    follows = np.flatnonzero(line[:-1] == line[1:])
    ends = np.stack([points[follows], points[follows + 1]], axis=1) + 0.0
    return names[owner[line[follows]]], ends
