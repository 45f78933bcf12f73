"""Gaps with several neighbours as transfers, one for each part."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.repair.dividing import dividing_lines
from geogrid.repair.gaps import GapBorder
from geogrid.repair.locality import positions
from geogrid.repair.mosaic import Mosaic
from geogrid.repair.standing import Standing
from geogrid.repair.street_lines import street_segments
from geogrid.repair.transfers import Transfer
from geogrid.topology import Floats, Integers, polygon_edges

__all__ = ["Drawing", "divide_gap"]

_SAME_AREA = 1e-9


@dataclass
class Drawing:
    """New vertices of dividing lines.

    Attributes
    ----------
    vertices
        Parts of the table of vertices: those of the mosaic, then those of each line.
    cuts
        New vertices on an atom (low, high), in order from low to high.
    """

    vertices: list[Floats]
    cuts: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many vertices there are."""
        return sum(len(part) for part in self.vertices)


def divide_gap(
    mosaic: Mosaic,
    standing: Standing,
    drawing: Drawing,
    face: int,
    border: GapBorder,
    defects: tuple[int, ...],
    *,
    streets: Geometries | None = None,
) -> list[Transfer] | None:
    """Return the parts of a gap, each for the nearest grid; None where it cannot be divided.

    Parameters
    ----------
    mosaic, standing : the faces, and what settles ties
    drawing : gets the new vertices
    face, border : the gap
    defects : it belongs to
    streets : street lines that divide it where they run through it
    """
    at = mosaic.vertices
    drawn = _drawn(mosaic, standing, border, face, streets)
    if drawn is None:
        return None
    places, on_atom = drawn
    fresh, cuts = _cut_points(mosaic, places, on_atom)
    parts = _parts(mosaic, border, places, fresh, cuts)
    whole = shapely.area(mosaic.faces[face])
    if not len(parts) or abs(shapely.area(parts).sum() - whole) > _SAME_AREA * whole + 0.0:
        return None
    corners = np.unique(shapely.get_coordinates(parts) + 0.0, axis=0)
    near = np.unique([mosaic.low[border.atom], mosaic.high[border.atom]])
    near = near[np.lexsort((at[near, 1], at[near, 0]))]
    known = positions(at[near], corners)
    number = np.where(known >= 0, near[known], -1)
    number[known < 0] = drawing.count + np.arange((known < 0).sum())
    edges = polygon_edges(parts)
    start, end = number[edges.start], number[edges.end]
    cut_at = {key: number[positions(corners, fresh[rows])].tolist() for key, rows in cuts.items()}
    item = _receivers(mosaic, standing, border, cut_at, parts, edges.owner, start, end)
    drawing.vertices.append(corners[known < 0])
    drawing.cuts |= cut_at
    return [
        Transfer(
            face, int(item[one]), (), start[edges.owner == one], end[edges.owner == one],
            parts[one], defects,
        )
        for one in range(len(parts))
    ]  # fmt: skip


def _drawn(
    mosaic: Mosaic,
    standing: Standing,
    border: GapBorder,
    face: int,
    streets: Geometries | None,
) -> tuple[Floats, Integers] | None:
    """Return (s, 2, 2) dividing segments and (s, 2) the atom that an end lies on, −1 for none."""
    at, turned = mosaic.vertices, border.turn > 0
    low, high = mosaic.low[border.atom], mosaic.high[border.atom]
    start, end = np.where(turned, low, high), np.where(turned, high, low)
    drawn = None
    if streets is not None and len(streets):
        drawn = street_segments(
            at[start], at[end], border.item, mosaic.faces[face], streets, standing
        )
    if drawn is None:
        drawn = dividing_lines(at, start, end, border.item, standing)
    if drawn is None:
        return None
    places, edge = drawn
    return places, np.where(edge >= 0, border.atom[np.maximum(edge, 0)], -1)


def _cut_points(
    mosaic: Mosaic, places: Floats, on_atom: Integers
) -> tuple[Floats, dict[tuple[int, int], list[int]]]:
    """Return the points where lines end on border edges, and which lie on each, in order."""
    fresh = np.zeros((0, 2))
    cuts: dict[tuple[int, int], list[int]] = {}
    for atom in np.unique(on_atom[on_atom >= 0]).tolist():
        here = np.unique(places[on_atom == atom] + 0.0, axis=0)
        low, high = int(mosaic.low[atom]), int(mosaic.high[atom])
        along = mosaic.vertices[high] - mosaic.vertices[low]
        order = np.argsort((here - mosaic.vertices[low]) @ along, kind="stable")
        cuts[low, high] = [len(fresh) + one for one in range(len(order))]
        fresh = np.concatenate([fresh, here[order]])
    return fresh, cuts


def _parts(
    mosaic: Mosaic,
    border: GapBorder,
    places: Floats,
    fresh: Floats,
    cuts: dict[tuple[int, int], list[int]],
) -> Geometries:
    """Return the faces between the border and the lines."""
    at = mosaic.vertices
    pieces = []
    for low, high in zip(
        mosaic.low[border.atom].tolist(), mosaic.high[border.atom].tolist(), strict=True
    ):
        line = np.concatenate([at[[low]], fresh[cuts.get((low, high), [])], at[[high]]])
        pieces.append(np.stack([line[:-1], line[1:]], axis=1))
    segments = np.concatenate([*pieces, places + 0.0])
    segments = segments[(segments[:, 0] != segments[:, 1]).any(axis=1)]
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(segments)))
    faces = np.asarray(faces, dtype=object)
    return faces[np.lexsort((*shapely.bounds(faces).T, shapely.area(faces)))]


def _receivers(
    mosaic: Mosaic,
    standing: Standing,
    border: GapBorder,
    cuts: dict[tuple[int, int], list[int]],
    parts: Geometries,
    owner: Integers,
    start: Integers,
    end: Integers,
) -> Integers:
    """Return the grid that each part goes to: the one beyond its border, else the nearest."""
    item_of: dict[tuple[int, int], int] = {}
    for atom, item in zip(border.atom.tolist(), border.item.tolist(), strict=True):
        low, high = int(mosaic.low[atom]), int(mosaic.high[atom])
        line = [low, *cuts.get((low, high), ()), high]
        item_of |= {(min(pair), max(pair)): item for pair in pairwise(line)}
    found = np.full(len(parts), -1, dtype=np.int64)
    at = mosaic.vertices
    for part in range(len(parts)):
        length: dict[int, float] = {}
        for one, other in zip(
            start[owner == part].tolist(), end[owner == part].tolist(), strict=True
        ):
            item = item_of.get((min(one, other), max(one, other)), -1)
            if item >= 0 and max(one, other) < len(at):
                length[item] = length.get(item, 0.0) + float(np.hypot(*(at[other] - at[one])))
        if length:
            found[part] = min(length, key=lambda one: (-length[one], int(standing.rank[one])))
    bare = np.flatnonzero(found < 0)
    if len(bare):
        held = np.flatnonzero(border.item >= 0)
        lines = shapely.linestrings(
            np.stack(
                [at[mosaic.low[border.atom[held]]], at[mosaic.high[border.atom[held]]]], axis=1
            )
        )
        near = shapely.STRtree(lines).nearest(shapely.point_on_surface(parts[bare]))
        found[bare] = border.item[held[near]]
    return found
