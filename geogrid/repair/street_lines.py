"""Street lines through a gap: they divide it, and each side goes to the nearest grid."""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries, interior_points
from geogrid.coverage.noding import Pieces, node_edges
from geogrid.repair.dividing import FaceBorders, dividing_lines
from geogrid.repair.locality import positions
from geogrid.repair.standing import Standing
from geogrid.topology import Floats, Integers, polygon_edges

__all__ = ["street_segments"]


def street_segments(
    start: Floats,
    end: Floats,
    item: Integers,
    face: shapely.Polygon,
    streets: Geometries,
    standing: Standing,
) -> tuple[Floats, Integers] | None:
    """Return the segments that divide a face along streets.

    Parameters
    ----------
    start, end : (b, 2) directed border of the face
    item : (b,) the grid beyond each border edge, −1 for nobody
    face : the face
    streets : (l,) lines
    standing : the reference system, and what settles ties

    Returns
    -------
    (s, 2, 2) segments and (s, 2) positions in the border of the edges that their ends lie
    inside, −1 for the other ends; None where no street runs through.
    """
    lines = _steps(streets[shapely.intersects(streets, face)])
    if not len(lines):
        return None
    border = np.stack([start, end], axis=1)
    sides, borders = _sides(border, lines, face)
    if len(sides) < 2:
        return None
    drawn = [_inner(sides, borders)]
    for side in sides:
        edges = polygon_edges(np.array([side], dtype=object))
        ends = np.stack([edges.vertices[edges.start], edges.vertices[edges.end]], axis=1)
        beside = np.array([item[borders[key]] if key in borders else -1 for key in _keys(ends)])
        if len(np.unique(beside[beside >= 0])) > 1:
            alone = FaceBorders(np.zeros_like(beside), edges.start, edges.end, beside)
            divided = dividing_lines(edges.vertices, alone, standing)
            if not divided.is_divided.all():
                return None
            drawn.append(divided.place)
    return _noded(border, np.concatenate(drawn))


def _steps(lines: Geometries) -> Floats:
    """Return (s, 2, 2) the segments of lines."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    follows = np.flatnonzero((line[:-1] == line[1:]) & (points[:-1] != points[1:]).any(axis=1))
    return np.stack([points[follows], points[follows + 1]], axis=1) + 0.0


def _node(segments: Floats) -> Pieces:
    vertices = np.unique(segments.reshape(-1, 2) + 0.0, axis=0)
    at = positions(vertices, segments.reshape(-1, 2)).reshape(-1, 2)
    return node_edges(vertices, at[:, 0], at[:, 1])


def _sides(
    border: Floats, lines: Floats, face: shapely.Polygon
) -> tuple[Geometries, dict[tuple[float, ...], int]]:
    """Return the parts of a face between streets, and the border edge that pieces are from."""
    pieces = _node(np.concatenate([border, lines]))
    ends = np.stack([pieces.vertices[pieces.begin], pieces.vertices[pieces.stop]], axis=1)
    parts = shapely.get_parts(shapely.polygonize(shapely.linestrings(ends)))
    shapely.prepare(face)
    sides = parts[shapely.contains_properly(face, interior_points(parts))]
    is_border = pieces.edge < len(border)
    keys = _keys(ends[is_border])
    return sides, dict(zip(keys, pieces.edge[is_border].tolist(), strict=True))


def _keys(ends: Floats) -> list[tuple[float, ...]]:
    """Return each segment as four numbers, the same either way."""
    return [(*min(one), *max(one)) for one in _points(ends)]


def _points(ends: Floats) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the two ends of each segment as pairs of numbers."""
    return [(tuple(one), tuple(other)) for one, other in ends.tolist()]


def _inner(sides: Geometries, borders: dict[tuple[float, ...], int]) -> Floats:
    """Return the segments between sides."""
    edges = polygon_edges(sides)
    ends = np.stack([edges.vertices[edges.start], edges.vertices[edges.end]], axis=1)
    keys = sorted(set(_keys(ends)) - set(borders))
    return np.array(keys, dtype=np.float64).reshape(-1, 2, 2)


def _noded(border: Floats, drawn: Floats) -> tuple[Floats, Integers]:
    """Return drawn segments cut where they meet, and the border edge that each end lies inside."""
    pieces = _node(np.concatenate([border, drawn]))
    is_border = pieces.edge < len(border)
    ends = {tuple(one) for one in border.reshape(-1, 2).tolist()}
    inside: dict[tuple[float, ...], int] = {}
    for edge, place in zip(
        pieces.edge[is_border].tolist(),
        pieces.vertices[pieces.stop[is_border]].tolist(),
        strict=True,
    ):
        if tuple(place) not in ends:
            inside[tuple(place)] = edge
    at = np.stack([pieces.vertices[pieces.begin], pieces.vertices[pieces.stop]], axis=1)[~is_border]
    edge = [[inside.get(tuple(end), -1) for end in line] for line in at.tolist()]
    return at, np.array(edge, dtype=np.int64).reshape(-1, 2)
