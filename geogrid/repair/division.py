"""Gaps with several neighbours as transfers, one for each part; all gaps at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries, interior_points
from geogrid.repair.dividing import DividingLines, FaceBorders, dividing_lines
from geogrid.repair.gaps import GapBorder
from geogrid.repair.locality import positions_by_group
from geogrid.repair.mosaic import Mosaic
from geogrid.repair.standing import Standing
from geogrid.repair.street_lines import street_segments
from geogrid.repair.transfers import Transfer
from geogrid.repair.webs import segment_webs
from geogrid.topology import Edges, Floats, Integers, polygon_edges

__all__ = ["Drawing", "divide_gaps"]

_SAME_AREA = 1e-9


@dataclass
class Drawing:
    """New vertices of dividing lines.

    Attributes
    ----------
    vertices
        Parts of the table of vertices: those of the mosaic, then those of the lines.
    cuts
        New vertices on an atom (low, high), in order from low to high.
    """

    vertices: list[Floats]
    cuts: dict[tuple[int, int], list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Pieces:
    """The borders of faces cut where lines end on them.

    Attributes
    ----------
    row, face
        (p,) the border edge that each piece is of, and its face.
    ends
        (p, 2, 2) from low to high.
    is_cut
        (p, 2) ends that are not ends of the border edge.
    """

    row: Integers
    face: Integers
    ends: Floats
    is_cut: npt.NDArray[np.bool_]


def divide_gaps(
    mosaic: Mosaic,
    standing: Standing,
    drawing: Drawing,
    gaps: Mapping[int, GapBorder],
    defects: Mapping[int, tuple[int, ...]],
    *,
    streets: Geometries | None = None,
    by_streets: frozenset[int] = frozenset(),
) -> dict[int, list[Transfer]]:
    """Return the parts of gaps, each for the nearest grid; without those that do not divide.

    Parameters
    ----------
    mosaic, standing : the faces, and what settles ties
    drawing : gets the new vertices
    gaps : faces with their borders
    defects : that each face belongs to
    streets : street lines
    by_streets : the faces that they divide where they run through
    """
    if not gaps:
        return {}
    names = np.array(sorted(gaps), dtype=np.int64)
    atom, borders = _borders(mosaic, [gaps[face] for face in names.tolist()])
    along_streets = _street_lines(mosaic, standing, names, borders, streets, by_streets)
    lines = _merged(mosaic, standing, borders, along_streets)
    pieces = _cut_borders(mosaic, atom, borders, lines)
    parts, owner = _parts(pieces, lines, mosaic.faces[names])
    crossed = np.setdiff1d(owner[~shapely.is_valid(parts)], list(along_streets))
    if len(crossed):
        lines = _drawn_again(mosaic, standing, borders, lines, crossed)
        pieces = _cut_borders(mosaic, atom, borders, lines)
        parts, owner = _parts(pieces, lines, mosaic.faces[names])
    whole = shapely.area(mosaic.faces[names])
    difference = np.abs(np.bincount(owner, shapely.area(parts), len(names)) - whole)
    is_right = lines.is_divided & (np.bincount(owner, minlength=len(names)) > 0)
    is_right &= difference <= _SAME_AREA * whole
    kept = is_right[owner]
    parts, owner = parts[kept], owner[kept]
    if not len(parts):
        return {}
    cut = atom, borders, pieces
    return _transfers(mosaic, standing, drawing, cut, (parts, owner), names, defects)


def _borders(mosaic: Mosaic, gaps: Sequence[GapBorder]) -> tuple[Integers, FaceBorders]:
    """Return the atoms of all borders, and these as directed edges."""
    atom = np.concatenate([gap.atom for gap in gaps])
    turned = np.concatenate([gap.turn for gap in gaps]) > 0
    low, high = mosaic.low[atom], mosaic.high[atom]
    face = np.repeat(np.arange(len(gaps)), [len(gap.atom) for gap in gaps])
    item = np.concatenate([gap.item for gap in gaps])
    return atom, FaceBorders(face, np.where(turned, low, high), np.where(turned, high, low), item)


def _street_lines(
    mosaic: Mosaic,
    standing: Standing,
    names: Integers,
    borders: FaceBorders,
    streets: Geometries | None,
    by_streets: frozenset[int],
) -> dict[int, tuple[Floats, Integers]]:
    """Return the segments of the faces that streets divide, and the border edges of ends."""
    found: dict[int, tuple[Floats, Integers]] = {}
    if streets is None or not len(streets):
        return found
    for at, face in enumerate(names.tolist()):
        if face not in by_streets:
            continue
        first, last = np.searchsorted(borders.face, [at, at + 1])
        start, end = borders.start[first:last], borders.end[first:last]
        drawn = street_segments(
            mosaic.vertices[start],
            mosaic.vertices[end],
            borders.item[first:last],
            mosaic.faces[face],
            streets,
            standing,
        )
        if drawn is not None:
            found[at] = drawn[0], np.where(drawn[1] >= 0, drawn[1] + first, -1)
    return found


def _merged(
    mosaic: Mosaic,
    standing: Standing,
    borders: FaceBorders,
    along_streets: Mapping[int, tuple[Floats, Integers]],
) -> DividingLines:
    """Return the lines of all faces: along streets where there are any, else in the middle."""
    lines = dividing_lines(mosaic.vertices, borders, standing)
    if not along_streets:
        return lines
    faces = np.repeat(list(along_streets), [len(places) for places, _at in along_streets.values()])
    places, edges = (np.concatenate(one) for one in zip(*along_streets.values(), strict=True))
    is_divided = lines.is_divided.copy()
    is_divided[list(along_streets)] = True
    return _exchanged(lines, DividingLines(faces, places, edges, is_divided))


def _drawn_again(
    mosaic: Mosaic,
    standing: Standing,
    borders: FaceBorders,
    lines: DividingLines,
    crossed: Integers,
) -> DividingLines:
    """Return lines with those exact that cross the border of their face once simplified."""
    row = np.flatnonzero(np.isin(borders.face, crossed))
    some = FaceBorders(borders.face[row], borders.start[row], borders.end[row], borders.item[row])
    exact = dividing_lines(mosaic.vertices, some, standing, is_simple=False)
    edge = np.where(exact.edge >= 0, row[exact.edge], -1)
    return _exchanged(lines, DividingLines(exact.face, exact.place, edge, lines.is_divided))


def _exchanged(lines: DividingLines, others: DividingLines) -> DividingLines:
    """Return lines with the others in place of those of the same faces."""
    kept = ~np.isin(lines.face, others.face)
    face = np.concatenate([lines.face[kept], others.face])
    order = np.argsort(face, kind="stable")
    return DividingLines(
        face[order],
        np.concatenate([lines.place[kept], others.place])[order],
        np.concatenate([lines.edge[kept], others.edge])[order],
        others.is_divided,
    )


def _cut_borders(
    mosaic: Mosaic, atom: Integers, borders: FaceBorders, lines: DividingLines
) -> _Pieces:
    low, high = mosaic.vertices[mosaic.low[atom]], mosaic.vertices[mosaic.high[atom]]
    is_on = lines.edge.ravel() >= 0
    cut = lines.edge.ravel()[is_on]
    place = lines.place.reshape(-1, 2)[is_on] + 0.0
    share = np.einsum("ij,ij->i", place - low[cut], high[cut] - low[cut])
    rows = np.arange(len(atom))
    row = np.concatenate([rows, cut, rows])
    stops = np.concatenate([low, place, high])
    along = np.concatenate([np.full(len(rows), -np.inf), share, np.full(len(rows), np.inf)])
    is_cut = np.concatenate([np.zeros(len(rows)), np.ones(len(cut)), np.zeros(len(rows))]) > 0
    order = np.lexsort((stops[:, 1], stops[:, 0], along, row))
    row, stops, is_cut = row[order], stops[order], is_cut[order]
    is_new = np.ones(len(row), dtype=bool)
    is_new[1:] = (row[1:] != row[:-1]) | (stops[1:] != stops[:-1]).any(axis=1)
    row, stops = row[is_new], stops[is_new]
    is_cut = is_cut[is_new] & (stops != high[row]).any(axis=1)
    at = np.flatnonzero(row[1:] == row[:-1])
    return _Pieces(
        row[at],
        borders.face[row[at]],
        np.stack([stops[at], stops[at + 1]], axis=1),
        np.stack([is_cut[at], is_cut[at + 1]], axis=1),
    )


def _parts(pieces: _Pieces, lines: DividingLines, faces: Geometries) -> tuple[Geometries, Integers]:
    """Return the faces between the borders and the lines, and which gap each is part of."""
    segments = np.concatenate([pieces.ends, lines.place + 0.0])
    face = np.concatenate([pieces.face, lines.face])
    real = (segments[:, 0] != segments[:, 1]).any(axis=1)
    segments, face = segments[real], face[real]
    order = np.argsort(face, kind="stable")
    webs = segment_webs(segments[order], face[order])
    found, owner = shapely.get_parts(shapely.polygonize(webs[:, None]), return_index=True)
    parts = np.asarray(found, dtype=object)
    has_holes = (shapely.get_num_interior_rings(faces) > 0)[owner]
    is_inside = np.ones(len(parts), dtype=bool)  # but for grids that a gap runs all around
    is_inside[has_holes] = shapely.contains(
        faces[owner[has_holes]], interior_points(parts[has_holes])
    )
    parts, owner = parts[is_inside], owner[is_inside]
    order = np.lexsort((*shapely.bounds(parts).T, shapely.area(parts), owner))
    return parts[order], owner[order]


def _transfers(
    mosaic: Mosaic,
    standing: Standing,
    drawing: Drawing,
    cut: tuple[Integers, FaceBorders, _Pieces],
    found: tuple[Geometries, Integers],
    names: Integers,
    defects: Mapping[int, tuple[int, ...]],
) -> dict[int, list[Transfer]]:
    """Return the parts with those who get them, their new vertices numbered."""
    parts, owner = found
    edges = polygon_edges(parts)
    start, end, stops = _numbered(mosaic, drawing, cut, edges, owner[edges.owner])
    _note_cuts(mosaic, drawing, cut, stops)
    _atom, borders, pieces = cut
    item = _beyond(mosaic, standing, borders, pieces, (edges.owner, start, end), len(parts))
    for bare in np.flatnonzero(item < 0).tolist():
        item[bare] = _nearest(mosaic, borders, int(owner[bare]), parts[bare])
    bounds = np.searchsorted(edges.owner, np.arange(len(parts) + 1)).tolist()
    moved: dict[int, list[Transfer]] = {}
    for one, (first, last) in enumerate(pairwise(bounds)):
        name = int(names[owner[one]])
        moved.setdefault(name, []).append(
            Transfer(
                name, int(item[one]), (), start[first:last], end[first:last],
                parts[one], defects[name],
            )
        )  # fmt: skip
    return moved


def _numbered(
    mosaic: Mosaic,
    drawing: Drawing,
    cut: tuple[Integers, FaceBorders, _Pieces],
    edges: Edges,
    face: Integers,
) -> tuple[Integers, Integers, Integers]:
    """Return the vertices of start and end of edges, and (p, 2) of the ends of pieces.

    New ones are added to the drawing, face by face; a face finds its own only.
    """
    _atom, borders, pieces = cut
    width = len(edges.vertices)
    keys, position = np.unique(
        np.concatenate([face * width + edges.start, face * width + edges.end]),
        return_inverse=True,
    )
    gap, corner = np.divmod(keys, width)
    places = edges.vertices[corner]
    border = np.concatenate([borders.start, borders.end])
    known = positions_by_group(np.tile(borders.face, 2), mosaic.vertices[border], gap, places)
    number = np.where(known >= 0, border[known], -1)
    fresh = known < 0
    number[fresh] = sum(map(len, drawing.vertices)) + np.arange(fresh.sum())
    drawing.vertices.append(places[fresh])
    start, end = number[position.ravel()].reshape(2, -1)
    ends = positions_by_group(gap, places, np.repeat(pieces.face, 2), pieces.ends.reshape(-1, 2))
    return start, end, np.where(ends >= 0, number[ends], -1).reshape(-1, 2)


def _note_cuts(
    mosaic: Mosaic,
    drawing: Drawing,
    cut: tuple[Integers, FaceBorders, _Pieces],
    stops: Integers,
) -> None:
    """Write the vertices at which border edges are cut into the drawing."""
    atom, _borders, pieces = cut
    is_stop = pieces.is_cut[:, 1] & (stops[:, 1] >= 0)
    row = pieces.row[is_stop]
    bounds = np.flatnonzero(np.diff(row, prepend=-1)).tolist()
    for inside in np.split(np.arange(len(row)), bounds[1:]) if bounds else ():
        one = atom[row[inside[0]]]
        key = int(mosaic.low[one]), int(mosaic.high[one])
        drawing.cuts[key] = stops[is_stop, 1][inside].tolist()


def _beyond(
    mosaic: Mosaic,
    standing: Standing,
    borders: FaceBorders,
    pieces: _Pieces,
    edges: tuple[Integers, Integers, Integers],
    count: int,
) -> Integers:
    """Return the grid with the longest border along each part, −1 where there is none.

    `edges` are (part, start, end) of the borders of the parts.
    """
    part, start, end = edges
    found = np.full(count, -1, dtype=np.int64)
    row = pieces.row[~pieces.is_cut.any(axis=1)]
    row = row[borders.item[row] >= 0]
    if not len(row):
        return found
    width = int(max(start.max(), end.max(), borders.start.max(), borders.end.max())) + 1
    keys = borders.start[row] * width + borders.end[row]
    order = np.argsort(keys, kind="stable")
    wanted = start * width + end
    near = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    hit = np.flatnonzero(keys[near] == wanted)
    along = mosaic.vertices[end[hit]] - mosaic.vertices[start[hit]]
    grids = len(standing.rank)
    pairs, position = np.unique(
        part[hit] * grids + borders.item[row[near[hit]]], return_inverse=True
    )
    length = np.bincount(position.ravel(), np.hypot(along[:, 0], along[:, 1]), len(pairs))
    one, item = np.divmod(pairs, grids)
    best = np.lexsort((standing.rank[item], -length, one))
    first = best[np.unique(one[best], return_index=True)[1]]
    found[one[first]] = item[first]
    return found


def _nearest(mosaic: Mosaic, borders: FaceBorders, face: int, part: shapely.Geometry) -> int:
    """Return the grid whose border of a face is nearest to a part of it."""
    first, last = np.searchsorted(borders.face, [face, face + 1])
    held = first + np.flatnonzero(borders.item[first:last] >= 0)
    at = mosaic.vertices
    ends = np.stack([at[borders.start[held]], at[borders.end[held]]], axis=1)
    near = shapely.STRtree(shapely.linestrings(ends)).nearest(shapely.point_on_surface(part))
    return int(borders.item[held[near]])
