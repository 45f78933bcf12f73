"""All borders of all layers as one planar arrangement: faces, and the edges between them.

Every later step only puts labels on faces and dissolves equal ones, so whatever is decided,
the result has each place exactly once and its borders match bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
import shapely.errors

from geogrid.coverage.arrangement import Geometries, is_dust
from geogrid.coverage.noding import merged_corners, node_edges
from geogrid.coverage.unmatched import on_edge
from geogrid.topology import Floats, Integers, connected_components, polygon_edges

__all__ = ["Planar", "arrange", "components", "dissolve", "without_needless_corners"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Planar:
    """Faces and the edges between them.

    Attributes
    ----------
    faces
        (f,) polygons whose shared corners have the same bits.
    vertices
        (v, 2) their corners.
    low, high
        (e,) ends of each edge, ``low < high``.
    left, right
        (e,) face to the left and right of low → high, −1 for none.
    is_cut
        (e,) edges that no layer drew: they only cut narrow tails off.
    """

    faces: Geometries
    vertices: Floats
    low: Integers
    high: Integers
    left: Integers
    right: Integers
    is_cut: Flags


def arrange(polygons: Geometries, is_fixed: Flags, cuts: Floats) -> Planar:
    """Return the faces between all edges of polygons.

    Parameters
    ----------
    polygons : (n,) valid (Multi)Polygons
    is_fixed : (n,) those whose corners keep their place where another's is within 4 ulp
    cuts : (c, 2, 2) lines that cut faces besides; ends that lead nowhere do nothing
    """
    edges = polygon_edges(polygons)
    fixed = np.zeros(len(edges.vertices), dtype=bool)
    fixed[edges.start[is_fixed[edges.owner]]] = True
    corner = merged_corners(edges.vertices, np.arange(len(edges.vertices)), fixed)
    start, end = corner[edges.start], corner[edges.end]
    keys = np.unique(np.sort(np.column_stack([start, end]), axis=1), axis=0)
    vertices, low, high = _with_cuts(edges.vertices, keys, cuts)
    pieces = node_edges(vertices, low, high)
    at = pieces.vertices
    ends = np.sort(np.column_stack([pieces.begin, pieces.stop]), axis=1)
    distinct, of_piece = np.unique(ends, axis=0, return_inverse=True)
    drawn = np.zeros(len(distinct), dtype=bool)
    drawn[of_piece.ravel()[pieces.edge < len(keys)]] = True
    lines = shapely.linestrings(np.stack([at[distinct[:, 0]], at[distinct[:, 1]]], axis=1))
    noded = shapely.union_all(lines)  # adds nothing where all is noded, which GEOS verifies
    faces = np.asarray(shapely.get_parts(shapely.polygonize([noded])), dtype=object)
    return _without_dust(_planar(faces, at[distinct[~drawn]]))


def _with_cuts(vertices: Floats, keys: Integers, cuts: Floats) -> tuple[Floats, Integers, Integers]:
    low, high = keys.T
    if not len(cuts):
        return vertices, low, high
    number = len(vertices) + np.arange(2 * len(cuts)).reshape(-1, 2)
    both = np.concatenate([vertices, cuts.reshape(-1, 2)])
    return both, np.append(low, number[:, 0]), np.append(high, number[:, 1])


def _planar(faces: Geometries, cut: Floats) -> Planar:
    """Return the arrangement of faces; `cut` are the (c, 2, 2) ends of edges nobody drew."""
    edges = polygon_edges(faces)
    low, high = np.minimum(edges.start, edges.end), np.maximum(edges.start, edges.end)
    keys, of = np.unique(np.column_stack([low, high]).reshape(-1, 2), axis=0, return_inverse=True)
    left, right = np.full((2, len(keys)), -1, dtype=np.int64)
    is_forward = edges.start < edges.end
    left[of.ravel()[is_forward]] = edges.owner[is_forward]
    right[of.ravel()[~is_forward]] = edges.owner[~is_forward]
    known = {row.tobytes() for row in _sorted_ends(cut)}
    ends = edges.vertices[keys]
    is_cut = np.zeros(len(keys), dtype=bool)
    if known:
        is_cut = np.array([row.tobytes() in known for row in _sorted_ends(ends)], dtype=bool)
    return Planar(faces, edges.vertices, keys[:, 0], keys[:, 1], left, right, is_cut)


def _sorted_ends(ends: Floats) -> Floats:
    """Return (c, 4) the ends of edges, the smaller first."""
    one, other = ends[:, 0], ends[:, 1]
    swap = (one[:, 0] > other[:, 0]) | ((one[:, 0] == other[:, 0]) & (one[:, 1] > other[:, 1]))
    flipped = np.where(swap[:, None, None], ends[:, ::-1], ends)
    return np.ascontiguousarray(flipped.reshape(-1, 4)) + 0.0


def _without_dust(planar: Planar) -> Planar:
    """Join faces as thin as rounding to the neighbour with the longest common border."""
    is_thin = is_dust(planar.faces)
    if not is_thin.any():
        return planar
    inner = (planar.left >= 0) & (planar.right >= 0)
    one = np.concatenate([planar.left[inner], planar.right[inner]])
    other = np.concatenate([planar.right[inner], planar.left[inner]])
    span = planar.vertices[planar.high[inner]] - planar.vertices[planar.low[inner]]
    length = np.tile(np.hypot(*span.T), 2)
    label = np.arange(len(planar.faces))
    while True:
        open_ = is_thin[one] & ~is_thin[other]
        if not open_.any():
            break
        order = np.lexsort((label[other[open_]], -length[open_], one[open_]))
        face, first = np.unique(one[open_][order], return_index=True)
        label[face] = label[other[open_][order[first]]]
        is_thin = is_thin.copy()
        is_thin[face] = False
    keep = ~is_thin
    cut = planar.vertices[np.column_stack([planar.low, planar.high])[planar.is_cut]]
    return _planar(dissolve(planar.faces[keep], label[keep])[0], cut)


def components(planar: Planar, label: Integers, barrier: Flags | None = None) -> Integers:
    """Return a number per face: faces of one label that share edges have the same one.

    Parameters
    ----------
    planar : the arrangement
    label : (f,) label of each face, −1 for faces that count nowhere
    barrier : (e,) edges across which faces do not belong together

    Returns
    -------
    (f,) numbers from 0 in the order of the faces, −1 where the label is −1.
    """
    joins = (planar.left >= 0) & (planar.right >= 0)
    joins &= label[planar.left] == label[planar.right]
    if barrier is not None:
        joins &= ~barrier
    lowest = connected_components(len(label), planar.left[joins], planar.right[joins])
    number = np.full(len(label), -1, dtype=np.int64)
    counts = label >= 0
    number[counts] = np.unique(lowest[counts], return_inverse=True)[1]
    return number


def dissolve(faces: Geometries, label: Integers) -> tuple[Geometries, Integers]:
    """Return one (Multi)Polygon per label ≥ 0, and these labels ascending.

    No coordinate is computed: edges inside a label fall away, all others stay.
    """
    order = np.argsort(label, kind="stable")
    order = order[label[order] >= 0]
    found, first, count = np.unique(label[order], return_index=True, return_counts=True)
    joined = np.empty(len(found), dtype=object)
    joined[:] = faces[order[first]]
    for at in np.flatnonzero(count > 1).tolist():
        some = faces[order[first[at] : first[at] + count[at]]]
        try:
            joined[at] = shapely.coverage_union_all(some)
        except shapely.errors.GEOSException:  # it takes rounding in hairlines for an overlap
            joined[at] = _union_by_edges(some)
    return joined, found


def _union_by_edges(faces: Geometries) -> shapely.Geometry:
    """Return what faces make together: polygons of the edges that only one of them has."""
    edges = polygon_edges(faces)
    ends = np.column_stack([edges.start, edges.end])
    _, of, count = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True, return_counts=True)
    rim = edges.vertices[ends[count[of.ravel()] == 1]]
    made = np.asarray(shapely.get_parts(shapely.polygonize(shapely.linestrings(rim))), dtype=object)
    own = polygon_edges(made)
    first = np.unique(own.owner, return_index=True)[1]
    directed = {step.tobytes() for step in np.ascontiguousarray(rim)}
    step = np.stack([own.vertices[own.start[first]], own.vertices[own.end[first]]], axis=1)
    inside = np.array([one.tobytes() in directed for one in np.ascontiguousarray(step)], dtype=bool)
    kept = made[inside]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)


def without_needless_corners(polygons: Geometries, drawn: Floats) -> Geometries:
    """Drop corners of noding in straight borders at which no third border ends any more.

    Parameters
    ----------
    polygons : (n,) (Multi)Polygons whose shared borders match
    drawn : (d, 2) corners that somebody drew; they stay
    """
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    is_open = np.append(ring[:-1] == ring[1:], False)
    following = points[1:][is_open[:-1]]
    points, ring = points[is_open], ring[is_open]
    places, vertex = np.unique(np.concatenate([points, following]), axis=0, return_inverse=True)
    start, end = vertex.ravel()[: len(points)], vertex.ravel()[len(points) :]
    known = {row.tobytes() for row in np.ascontiguousarray(drawn + 0.0)}
    is_drawn = np.array([(row + 0.0).tobytes() in known for row in places], dtype=bool)
    keep = is_drawn | ~_goes_straight_on(places, start, end)
    while True:
        count = np.bincount(ring[keep[start]], minlength=len(rings))
        short = (count < 3)[ring] & ~keep[start]
        if not short.any():
            break
        keep[start[short]] = True
    stays = keep[start]
    outlines = shapely.linearrings(points[stays], indices=ring[stays])
    is_shell = np.append(True, ring_part[1:] != ring_part[:-1])
    shells, holes, of = outlines[is_shell], outlines[~is_shell], ring_part[~is_shell]
    whole = shapely.polygons(shells)
    for part in np.unique(of).tolist():
        whole[part] = shapely.Polygon(shells[part], holes[of == part])
    return _collected(whole, part_owner, len(polygons))


def _goes_straight_on(places: Floats, start: Integers, end: Integers) -> Flags:
    """Return the vertices where two edges meet in one line; of two borders may be left a turn."""
    ends = np.unique(np.sort(np.column_stack([start, end]), axis=1), axis=0)
    both = np.concatenate([ends, ends[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    degree = np.bincount(both[:, 0], minlength=len(places))
    at = np.flatnonzero(degree == 2)
    first = np.searchsorted(both[:, 0], at)
    one, other = places[both[first, 1]], places[both[first + 1, 1]]
    straight = np.zeros(len(places), dtype=bool)
    straight[at] = on_edge(places[at], one, other)[0]
    return straight


def _collected(parts: Geometries, owner: Integers, count: int) -> Geometries:
    """Return one polygon or multipolygon per owner."""
    single = np.bincount(owner, minlength=count) == 1
    result = np.empty(count, dtype=object)
    result[owner[single[owner]]] = parts[single[owner]]
    many = ~single[owner]
    if many.any():
        label, position = np.unique(owner[many], return_inverse=True)
        result[label] = shapely.multipolygons(parts[many], indices=position)
    return result
