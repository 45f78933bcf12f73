"""Faces of leftover edges: node each component about its own origin, then polygonise.

Noding everything at once is slow and lets one bad place change the answer elsewhere, so
each connected component is noded alone, in coordinates relative to one of its vertices:
intersections are then as fine as the component is small.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geogrid._threads import query_tree
from geogrid.coverage.noding import node_edges
from geogrid.coverage.unmatched import ulp
from geogrid.coverage.walking import walked_faces
from geogrid.topology import Floats, Integers, connected_components, distinct_vertices

__all__ = [
    "cover",
    "cover_faces",
    "edge_components",
    "holding_face",
    "interior_points",
    "is_dust",
    "polygonise",
    "punch_nested",
]

Geometries = npt.NDArray[np.object_]

_DUST_ULP = 8.0
_LARGE, _FEW = 2_000, 0.2  # clusters of so many edges are walked where so few of them cross
# shares of the room around a point, in directions that no drawing follows
_MOVES = ((0.31, 0.17), (-0.23, 0.41), (0.13, -0.37), (-0.43, -0.29), (0.59, -0.11), (0.07, 0.61))


def edge_components(
    vertices: Floats, low: Integers, high: Integers
) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Label edges that touch or cross each other, directly or through others.

    Parameters
    ----------
    vertices : (v, 2)
    low, high : (e,) ends of each edge

    Returns
    -------
    component, crosses
        (e,) number of each edge's component, from 0; and which edges meet another one
        elsewhere than at a common end.
    """
    if not len(low):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    lines = shapely.linestrings(np.stack([vertices[low], vertices[high]], axis=1))
    one, other = query_tree(shapely.STRtree(lines), lines, "intersects")
    different = one != other
    one, other = one[different], other[different]
    count = len(vertices)
    node = connected_components(
        count, np.concatenate([low, low[one]]), np.concatenate([high, low[other]])
    )
    component = np.asarray(np.unique(node[low], return_inverse=True)[1], dtype=np.int64)
    meets = np.bincount(one, minlength=len(low))
    shares = np.bincount(np.concatenate([low, high]), minlength=count)
    crosses = meets != shares[low] + shares[high] - 2
    return component, np.asarray(crosses)


def polygonise(
    start: Floats,
    end: Floats,
    cluster: Integers,
    crosses: npt.NDArray[np.bool_] | None = None,
    *,
    finely: npt.ArrayLike = (),
) -> tuple[Geometries, Integers]:
    """Return the bounded faces of each cluster of edges.

    Parameters
    ----------
    start, end : (e, 2) ends of the edges; their order within a cluster decides rounding,
        so callers pass sorted edges
    cluster : (e,) number of the cluster, ascending
    crosses : (e,) edges that meet another one elsewhere than at a common end, where that is
        known: clusters in which none, or few of many, do are walked and not noded as a whole
    finely : clusters that are noded to the ulp. GEOS, when it fails at first, draws edges together
        that are apart by a millionth of a millionth of their size.

    Returns
    -------
    faces, owner
        Polygons in the coordinates of the input, and the cluster of each.
    """
    if not len(start):
        return np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64)
    fine = np.isin(cluster, finely)
    if fine.any():
        others = None if crosses is None else crosses[~fine]
        each = [_finely_noded(start, end, cluster, one) for one in np.unique(cluster[fine])]
        each.append(polygonise(start[~fine], end[~fine], cluster[~fine], others))
        faces, owners = map(np.concatenate, zip(*each, strict=True))
        order = np.argsort(owners, kind="stable")
        return faces[order], owners[order]
    if crosses is None:
        return _noded_faces(start, end, cluster)
    size, crossing = np.bincount(cluster), np.bincount(cluster, crosses)
    is_fit = (crossing == 0) | ((size > _LARGE) & (crossing < _FEW * size))
    fit = is_fit[cluster]
    walked = _with_nodes(start[fit], end[fit], cluster[fit], crosses[fit])
    found, found_owner, unfit = walked_faces(*walked)
    rest = ~fit | np.isin(cluster, unfit)
    faces, owner = polygonise(start[rest], end[rest], cluster[rest])
    both, owners = np.concatenate([found, faces]), np.concatenate([found_owner, owner])
    order = np.argsort(owners, kind="stable")
    return both[order], owners[order]


def _with_nodes(
    start: Floats, end: Floats, cluster: Integers, crosses: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Integers]:
    """Cut the edges that cross where they do, and keep all others as they are."""
    if not crosses.any():
        return start, end, cluster
    label, position = np.unique(cluster[crosses], return_inverse=True)
    ends = np.stack([start[crosses], end[crosses]], axis=1)
    origin = ends[np.unique(position, return_index=True)[1], 0]
    local = ends - origin[position][:, None]
    bundles = shapely.multilinestrings(shapely.linestrings(local), indices=position)
    lines, owner = shapely.get_parts(shapely.union_all(bundles[:, None], axis=1), return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    here = owner[line]
    # a piece begins and ends where an edge did, to the bit, or in a new node
    known = np.concatenate([local.reshape(-1, 2), points])
    group = np.concatenate([np.repeat(position, 2), here])
    keys = np.unique(np.column_stack([group, known]), axis=0, return_inverse=True)[1].ravel()
    given = np.full(int(keys.max()) + 1, -1, dtype=np.int64)
    given[keys[: 2 * len(ends)]] = np.arange(2 * len(ends))
    at = given[keys[2 * len(ends) :]]
    moved = np.where((at >= 0)[:, None], ends.reshape(-1, 2)[at], points + origin[here])
    step = np.flatnonzero((line[:-1] == line[1:]) & (moved[:-1] != moved[1:]).any(axis=1))
    return (
        np.concatenate([start[~crosses], moved[step]]),
        np.concatenate([end[~crosses], moved[step + 1]]),
        np.concatenate([cluster[~crosses], label[here[step]]]),
    )


def _noded_faces(start: Floats, end: Floats, cluster: Integers) -> tuple[Geometries, Integers]:
    label, first, position = np.unique(cluster, return_index=True, return_inverse=True)
    origin = start[first]
    local = np.stack([start, end], axis=1) - origin[position][:, None]
    bundles = shapely.multilinestrings(shapely.linestrings(local), indices=position)
    noded = shapely.union_all(bundles[:, None], axis=1)
    faces, owner = shapely.get_parts(shapely.polygonize(noded[:, None]), return_index=True)
    coordinates, face = shapely.get_coordinates(faces, return_index=True)
    moved = shapely.set_coordinates(faces, coordinates + origin[owner][face])
    return np.asarray(moved, dtype=object), label[owner]


def _finely_noded(
    start: Floats, end: Floats, cluster: Integers, chosen: int
) -> tuple[Geometries, Integers]:
    here = cluster == chosen
    vertices, position = distinct_vertices(np.concatenate([start[here], end[here]]))
    pieces = node_edges(vertices, *np.split(position, 2))
    ends = np.column_stack([pieces.begin, pieces.stop])
    lines = shapely.linestrings(pieces.vertices[np.unique(np.sort(ends, axis=1), axis=0)])
    faces = shapely.get_parts(shapely.polygonize(lines))
    return np.asarray(faces, dtype=object), np.full(len(faces), chosen)


def is_dust(faces: Geometries) -> npt.NDArray[np.bool_]:
    """Return which faces are as thin as the rounding of their coordinates (16 ulp)."""
    if not len(faces):
        return np.zeros(0, dtype=bool)
    bounds = shapely.bounds(faces)
    thin = _DUST_ULP * np.maximum(ulp(bounds[:, :2]), ulp(bounds[:, 2:]))
    return np.asarray(2.0 * shapely.area(faces) <= thin * shapely.length(faces))


def interior_points(faces: Geometries) -> Geometries:
    """Return a point well inside each face.

    Where two sides of a face run together, GEOS may answer with a corner, or with a point in a
    neck as narrow as rounding; the middle of the largest triangle between corners that lies
    inside is taken there.
    """
    points = np.asarray(shapely.point_on_surface(faces), dtype=object)
    room = shapely.distance(points, shapely.boundary(faces))
    is_narrow = room <= 2.0 * _DUST_ULP * ulp(shapely.get_coordinates(points))
    for at in np.flatnonzero(is_narrow | ~shapely.contains_properly(faces, points)):
        triangles = shapely.get_parts(shapely.delaunay_triangles(faces[at]))
        middles = shapely.centroid(triangles)
        size = np.where(shapely.contains_properly(faces[at], middles), shapely.area(triangles), 0.0)
        if size.any():
            points[at] = middles[np.argmax(size)]
    return points


def cover(
    points: Geometries, polygons: Geometries, tree: shapely.STRtree | None = None
) -> tuple[Integers, Integers]:
    """Return the pairs of a point and a polygon with the point in its interior, sorted.

    Parameters
    ----------
    points : (n,) points
    polygons : (m,) valid (Multi)Polygons, None or empty ones; prepared as a side effect
    tree : index of the polygons, where there is one already
    """
    if not len(points):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    index = shapely.STRtree(polygons) if tree is None else tree
    point, polygon, is_inside = _near(points, polygons, index)
    return point[is_inside], polygon[is_inside]


def cover_faces(
    faces: Geometries, polygons: Geometries, tree: shapely.STRtree | None = None
) -> tuple[Integers, Integers]:
    """Return the pairs of a face and a polygon over it, asked at one point of the face.

    Where edges of polygons run through a face, its point may lie on one of them, or so near
    that both neighbours disown it; it is then moved within the face, away from all edges.

    Parameters
    ----------
    faces : (n,) polygons over which the sum of polygons does not change
    polygons : (m,) valid (Multi)Polygons, None or empty ones; prepared as a side effect
    tree : index of the polygons, where there is one already
    """
    if not len(faces):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    centre = interior_points(faces)
    room = shapely.distance(centre, shapely.boundary(faces))
    place = shapely.get_coordinates(centre)
    margin = np.minimum(_DUST_ULP * ulp(place), 0.25 * room)
    points = centre.copy()
    index = shapely.STRtree(polygons) if tree is None else tree
    outlines = np.full(len(polygons), None, dtype=object)
    for east, north in _MOVES:
        at = shapely.get_coordinates(points)
        squares = shapely.box(*(at - margin[:, None]).T, *(at + margin[:, None]).T)
        point, polygon = index.query(squares)  # a point between two bounds lies in neither
        hit = np.unique(polygon)
        hit = hit[shapely.is_missing(outlines[hit])]
        outlines[hit] = shapely.boundary(polygons[hit])
        shapely.prepare(outlines[hit])
        is_close = shapely.dwithin(outlines[polygon], points[point], margin[point])
        stuck = np.unique(point[is_close])
        if not len(stuck):
            break
        step = room[stuck, None] * np.array([east, north])
        points[stuck] = shapely.points(place[stuck] + step)
    point, polygon, is_inside = _near(points, polygons, index)
    return point[is_inside], polygon[is_inside]


def _near(
    points: Geometries, polygons: Geometries, tree: shapely.STRtree
) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    """Return sorted pairs of a point and a polygon around it, and which are truly inside."""
    point, polygon = tree.query(points)
    order = np.lexsort((polygon, point))
    point, polygon = point[order], polygon[order]
    shapely.prepare(polygons[np.unique(polygon)])
    return point, polygon, np.asarray(shapely.contains_properly(polygons[polygon], points[point]))


def holding_face(
    faces: Geometries, owner: Integers, corner: Geometries
) -> tuple[Integers, Integers, Integers]:
    """Return which components lie inside faces of others, and the innermost face of each.

    Parameters
    ----------
    faces, owner : as from :func:`polygonise`, the components numbered from 0
    corner : (c,) a vertex of each component

    Returns
    -------
    component, face, innermost
        Pairs of a component and a face of another one around it; and for every component
        the smallest of these faces, −1 where there is none.
    """
    component, face = cover(corner, faces)
    other = owner[face] != component
    component, face = component[other], face[other]
    innermost = np.full(len(corner), -1, dtype=np.int64)
    largest_first = np.argsort(-shapely.area(faces[face]), kind="stable")
    innermost[component[largest_first]] = face[largest_first]
    return component, face, innermost


def punch_nested(
    faces: Geometries, owner: Integers, component: Integers, face: Integers
) -> Geometries:
    """Cut the components that lie inside a face out of it.

    Parameters
    ----------
    faces, owner : as from :func:`polygonise`
    component, face : pairs as from :func:`holding_face`
    """
    if not len(component):
        return faces
    inner = np.flatnonzero(np.isin(owner, component))
    inner = inner[np.argsort(owner[inner], kind="stable")]
    label, position = np.unique(owner[inner], return_inverse=True)
    hulls = _merge(faces[inner], position)
    known = np.isin(component, label)  # a component without faces cuts nothing out
    component, face = component[known], face[known]
    order = np.lexsort((component, face))
    held, position = np.unique(face[order], return_inverse=True)
    holes = _merge(hulls[np.searchsorted(label, component[order])], position)
    punched = faces.copy()
    punched[held] = shapely.difference(faces[held], holes)
    return punched


def _merge(shapes: Geometries, group: Integers) -> Geometries:
    bundles = shapely.geometrycollections(shapes, indices=group)
    return np.asarray(shapely.union_all(bundles[:, None], axis=1), dtype=object)
