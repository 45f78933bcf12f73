"""Areas from lines: what strokes enclose, once their ends meet.

In CAD a line that ends on another one almost never ends exactly on it. Only loose ends
are moved, at most by the tolerance, onto a corner or into a line; every other vertex
stays as it was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Faces", "enclosed_faces", "snap_tolerance"]

Floats = npt.NDArray[np.float64]

_METRES = 0.01
_DEGREES = 1e-7
_LARGEST_DEGREE = 400.0
_NOTABLE = 1e-3
"""Share of the tolerance below which a miss is rounding and not worth a word."""


class Faces(NamedTuple):
    """What lines enclose.

    Attributes
    ----------
    polygons : ndarray of Polygon
        Disjoint; an area inside another one is a hole of it.
    joined
        How many loose ends were moved onto another line.
    loose : float64[n, 2]
        Ends that still meet nothing.
    """

    polygons: npt.NDArray[np.object_]
    joined: int
    loose: Floats


def snap_tolerance(lines: Sequence[Floats]) -> float:
    """Return how far a loose end may be moved: 1 cm, or as little in degrees."""
    largest = max((float(np.abs(line).max()) for line in lines if line.size), default=0.0)
    return _METRES if largest > _LARGEST_DEGREE else _DEGREES


def enclosed_faces(lines: Sequence[Floats]) -> Faces:
    """Return the areas that lines enclose.

    Parameters
    ----------
    lines
        Vertices of shape (k, 2) each; outlines with their first vertex repeated.
    """
    tolerance = snap_tolerance(lines)
    segments = np.concatenate(
        [np.stack([line[:-1], line[1:]], axis=1) for line in lines if len(line) > 1]
    )
    segments = _unique_segments(segments)
    segments, joined = _joined(segments, tolerance)
    noded = shapely.unary_union(shapely.linestrings(segments))
    parts = shapely.get_parts([noded])
    polygons = shapely.get_parts([shapely.polygonize(parts)])
    return Faces(polygons, joined, _loose_ends(segments))


def _unique_segments(segments: Floats) -> Floats:
    """Return segments without repetitions, in whichever direction, and without points."""
    segments = segments + 0.0  # −0 is 0
    is_line = (segments[:, 0] != segments[:, 1]).any(axis=1)
    kept = segments[is_line]
    flipped = (kept[:, 0, 0] > kept[:, 1, 0]) | (
        (kept[:, 0, 0] == kept[:, 1, 0]) & (kept[:, 0, 1] > kept[:, 1, 1])
    )
    kept[flipped] = kept[flipped][:, ::-1]
    return np.unique(kept.reshape(-1, 4), axis=0).reshape(-1, 2, 2)


def _vertices(segments: Floats) -> tuple[Floats, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return distinct vertices, those of each segment (n, 2), and how many segments end there."""
    vertices, of_segment = np.unique(segments.reshape(-1, 2), axis=0, return_inverse=True)
    of_segment = of_segment.reshape(-1, 2)
    return vertices, of_segment, np.bincount(of_segment.ravel(), minlength=len(vertices))


def _loose_ends(segments: Floats) -> Floats:
    """Return the ends that meet nothing, crossings of lines counted as meetings."""
    vertices, of_segment, degree = _vertices(segments)
    ends = np.flatnonzero(degree == 1)
    tree = shapely.STRtree(shapely.linestrings(segments))
    found, touched = tree.query(shapely.points(vertices[ends]), predicate="intersects")
    is_other = (of_segment[touched] != ends[found][:, None]).all(axis=1)
    return vertices[np.setdiff1d(ends, ends[found[is_other]])]


def _joined(segments: Floats, tolerance: float) -> tuple[Floats, int]:
    vertices, of_segment, degree = _vertices(segments)
    ends = np.flatnonzero(degree == 1)
    if not ends.size:
        return segments, 0
    target = _onto_vertices(vertices, ends, degree, tolerance)
    moved = int((target != np.arange(len(vertices))).sum())
    segments = _unique_segments(vertices[target[of_segment]])
    segments, inserted = _into_segments(segments, tolerance)
    return segments, moved + inserted


def _onto_vertices(
    vertices: Floats, ends: npt.NDArray[np.intp], degree: npt.NDArray[np.intp], tolerance: float
) -> npt.NDArray[np.intp]:
    """Return for every vertex the one it moves to: the nearest within reach, else itself.

    Of two loose ends the second moves to the first.
    """
    target = np.arange(len(vertices))
    tree = shapely.STRtree(shapely.points(vertices))
    found, near = tree.query(
        shapely.points(vertices[ends]), predicate="dwithin", distance=tolerance
    )
    source = ends[found]
    is_move = (near != source) & ((degree[near] > 1) | (near < source))
    source, near = source[is_move], near[is_move]
    apart = np.hypot(*(vertices[source] - vertices[near]).T)
    order = np.lexsort((near, apart, degree[near] == 1))[::-1]
    target[source[order]] = near[order]
    for _step in range(2):  # an end that moved to an end that moves
        target = target[target]
    return target


def _into_segments(segments: Floats, tolerance: float) -> tuple[Floats, int]:
    """Move loose ends onto the segment they just miss, and split it there."""
    vertices, of_segment, degree = _vertices(segments)
    ends = np.flatnonzero(degree == 1)
    lines = shapely.linestrings(segments)
    found, hit = shapely.STRtree(lines).query(
        shapely.points(vertices[ends]), predicate="dwithin", distance=tolerance
    )
    is_other = (of_segment[hit] != ends[found][:, None]).all(axis=1)
    hit, at = hit[is_other], ends[found[is_other]]
    if not hit.size:
        return segments, 0
    missed = shapely.distance(lines[hit], shapely.points(vertices[at]))
    order = np.lexsort((missed, at))
    at, nearest = np.unique(at[order], return_index=True)
    hit, missed = hit[order][nearest], missed[order][nearest]
    moved, along = _onto(vertices[at], segments[hit])
    is_off = missed > 0
    vertices[at[is_off]] = moved[is_off]
    split = _split(vertices[of_segment], hit, along, vertices[at])
    return _unique_segments(split), int((missed > tolerance * _NOTABLE).sum())


def _onto(points: Floats, segments: Floats) -> tuple[Floats, Floats]:
    """Return the nearest place on each point's segment, and how far along it is (0 to 1)."""
    start, way = segments[:, 0], segments[:, 1] - segments[:, 0]
    along = ((points - start) * way).sum(axis=1) / (way * way).sum(axis=1)
    return start + np.clip(along, 0, 1)[:, None] * way, along


def _split(segments: Floats, hit: npt.NDArray[np.intp], along: Floats, places: Floats) -> Floats:
    """Return the segments with those hit split at places, which may be several on one."""
    order = np.lexsort((along, hit))
    split, first = np.unique(hit[order], return_index=True)
    chains = [
        np.vstack([segments[segment, :1], inner, segments[segment, 1:]])
        for segment, inner in zip(split, np.split(places[order], first[1:]), strict=True)
    ]
    pieces = [np.stack([chain[:-1], chain[1:]], axis=1) for chain in chains]
    return np.concatenate([np.delete(segments, split, axis=0), *pieces])
