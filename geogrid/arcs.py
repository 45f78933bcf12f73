"""Shared arcs of a coverage: each stretch of border once, whoever has it on the other side.

A node is a vertex where borders meet or part, or where the pair of polygons on the two sides
changes; an arc runs from node to node with one polygon on its left and one on its right.
A ring without such a vertex (an island, a hole that one grid fills) has its lowest vertex as
node. Vertices, nodes and arcs come in an order that does not depend on that of the polygons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid._arc_chains import Chains, Halves, edge_halves, find_chains, node_flags
from geogrid.crs import lengths_m
from geogrid.rings import polygon_rings
from geogrid.topology import Floats, Integers, ring_edges

__all__ = ["Arcs", "build_arcs", "neighbours", "rebuild_polygons"]

Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Arcs:
    """The borders of polygons, each once.

    Attributes
    ----------
    vertices
        (v, 2) distinct vertices in the units of the data, sorted by x, then y; no −0.
    nodes
        (k,) positions of the vertices where arcs begin and end, ascending.
    path, first
        (p,) and (a + 1,): arc ``i`` runs along the vertices ``path[first[i]:first[i + 1]]``,
        from its lower node; a closed arc towards the lower of its second and last but one
        vertex. Sorted by the first vertex, then the second.
    left, right
        (a,) positions of the polygons on the two sides, −1 for none.
    ring_arcs, ring_first
        (s,) and (r + 1,): ring ``j`` is ``ring_arcs[ring_first[j]:ring_first[j + 1]]``, its
        polygon to the left: arc ``i`` as it runs, or ``~i`` against it. It begins at
        its lowest node.
    ring_part
        (r,) number of the part (shell with its holes) that each ring belongs to, ascending;
        the shell comes first.
    part_polygon
        (q,) position of the polygon of each part, ascending.
    """

    vertices: Floats
    nodes: Integers
    path: Integers
    first: Integers
    left: Integers
    right: Integers
    ring_arcs: Integers
    ring_first: Integers
    ring_part: Integers
    part_polygon: Integers


def build_arcs(polygons: npt.ArrayLike, *, codes: Sequence[str] | None = None) -> Arcs:
    """Return the arcs of polygons that do not overlap.

    Parameters
    ----------
    polygons : array_like (n,) of valid (Multi)Polygons with finite coordinates, None or empty
        ones. Repeated vertices are left out. Gaps do no harm, and where one side lacks a
        corner of the other, the two sides are two arcs.
    codes : (n,) code of each polygon, for errors; rows are counted from 1 without

    Returns
    -------
    Arcs

    Raises
    ------
    InputError
        Two polygons lie on the same side of an edge: they overlap.

    Examples
    --------
    >>> arcs = build_arcs(shapely.box([0, 1], 0, [1, 2], 1))
    >>> arcs.vertices[arcs.nodes].tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    >>> arcs.left.tolist(), arcs.right.tolist()
    ([-1, 0, 1], [0, 1, -1])
    """
    shapes = np.asarray(polygons, dtype=object)
    rings = polygon_rings(shapes)
    number = np.arange(len(rings.first))
    edges = ring_edges(replace(rings, polygon=number))
    halves, half = edge_halves(edges, rings.polygon, codes)
    is_node = node_flags(halves, len(edges.vertices))
    chains = find_chains(halves, is_node)
    path, first, lead = _paths(halves, chains)
    used = np.flatnonzero(chains.begin[half] == half)
    ring, half = edges.owner[used], half[used]
    order = np.lexsort((np.where(rings.direction[ring] < 0, -used, used), ring))
    ring, half = ring[order], half[order]
    ring, half = _from_lowest(ring, halves.start[half], half)
    arc = np.where(chains.is_forward[half], chains.number[half], ~chains.number[half])
    place, part, part_polygon = _sorted_rings(ring, half, *_ring_parts(shapes))
    size = np.bincount(place, minlength=len(part))
    return Arcs(
        vertices=edges.vertices,
        nodes=np.flatnonzero(is_node),
        path=path,
        first=first,
        left=halves.owner[lead],
        right=halves.owner[lead ^ 1],
        ring_arcs=arc[np.argsort(place, kind="stable")],
        ring_first=np.append(0, np.cumsum(size)),
        ring_part=part,
        part_polygon=part_polygon,
    )


def _paths(halves: Halves, chains: Chains) -> tuple[Integers, Integers, Integers]:
    """Return the vertices along the arcs, where each arc begins in them, and its first half."""
    forward = np.flatnonzero(chains.is_forward)
    number = chains.number[forward]
    order = np.lexsort((chains.steps[forward], number))
    forward, number = forward[order], number[order]
    first = np.append(0, np.cumsum(np.bincount(number, minlength=chains.arcs) + 1))
    path = np.empty(int(first[-1]), dtype=np.int64)
    path[np.arange(len(forward)) + number] = halves.start[forward]
    final = np.append(number[1:] != number[:-1], True)[: len(number)]
    path[first[1:] - 1] = halves.end[forward[final]]
    return path, first, chains.begin[forward[final]]


def _from_lowest(ring: Integers, start: Integers, half: Integers) -> tuple[Integers, Integers]:
    """Turn the halves of each ring, which are in order, so that the lowest start comes first."""
    count = np.bincount(ring)
    first = np.cumsum(count) - count
    place = np.arange(len(ring)) - first[ring]
    order = np.lexsort((start, ring))
    lowest = place[order[first[ring]]]
    turned = np.empty_like(half)
    turned[first[ring] + (place - lowest) % count[ring]] = half
    return ring, turned


def _ring_parts(polygons: Geometries) -> tuple[Integers, Integers, Flags]:
    """Return the part of each ring, the polygon of each part, and which rings are holes.

    Rings come as in :func:`geogrid.rings.polygon_rings`.
    """
    areal = polygons.copy()
    areal[shapely.get_dimensions(polygons) < 2] = None
    parts, polygon = shapely.get_parts(areal, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    part = part[shapely.get_num_coordinates(rings) > 0]
    is_hole = np.append(False, part[1:] == part[:-1])[: len(part)]
    return part, polygon, is_hole


def _sorted_rings(
    ring: Integers, half: Integers, part: Integers, polygon: Integers, is_hole: Flags
) -> tuple[Integers, Integers, Integers]:
    """Return the place of every half's ring among all, the parts of these, and their polygons."""
    known, first = np.unique(ring, return_index=True)
    key = half[first]  # the lower half first: as good as any order that all inputs share
    shell = np.zeros(len(polygon), dtype=np.int64)
    shell[part[known[~is_hole[known]]]] = key[~is_hole[known]]
    part, is_hole = part[known], is_hole[known]
    order = np.lexsort((key, is_hole, shell[part], polygon[part]))
    place = np.empty(len(part), dtype=np.int64)
    place[order] = np.arange(len(order))
    part = part[order]
    is_new = np.append(True, part[1:] != part[:-1])[: len(part)]
    at = np.searchsorted(known, ring)
    return place[at], np.cumsum(is_new) - 1, polygon[part[is_new]].astype(np.int64)


def rebuild_polygons(arcs: Arcs, count: int) -> Geometries:
    """Return the polygons that the arcs bound, with the same vertices, bit for bit.

    Parameters
    ----------
    arcs : Arcs
    count : number of polygons

    Returns
    -------
    (count,) Polygons, MultiPolygons, or None where there were none; shells counter-clockwise,
    holes clockwise, every ring from its lowest node.

    Examples
    --------
    >>> square = shapely.box(0, 0, 1, 1)
    >>> rebuild_polygons(build_arcs([square]), 1)[0].equals(square)
    True
    """
    rebuilt = np.full(count, None, dtype=object)
    if not len(arcs.ring_part):
        return rebuilt
    arc = np.where(arcs.ring_arcs < 0, ~arcs.ring_arcs, arcs.ring_arcs)
    size = np.diff(arcs.first)[arc] - 1  # its last vertex is the first of the next one
    use = np.repeat(np.arange(len(arc)), size)
    along = np.arange(len(use)) - np.repeat(np.cumsum(size) - size, size)
    at = np.where(
        arcs.ring_arcs[use] < 0, arcs.first[arc[use] + 1] - 1 - along, arcs.first[arc[use]] + along
    )
    ring = np.repeat(np.arange(len(arcs.ring_part)), np.diff(arcs.ring_first))[use]
    rings = shapely.linearrings(arcs.vertices[arcs.path[at]], indices=ring)
    parts = shapely.polygons(rings, indices=arcs.ring_part)
    many = np.bincount(arcs.part_polygon, minlength=count)
    is_only = many[arcs.part_polygon] == 1
    rebuilt[arcs.part_polygon[is_only]] = parts[is_only]
    several, position = np.unique(arcs.part_polygon[~is_only], return_inverse=True)
    rebuilt[several] = shapely.multipolygons(parts[~is_only], indices=position)
    return rebuilt


def neighbours(arcs: Arcs, crs: object) -> pd.DataFrame:
    """Return which polygons share a border, and how long it is.

    Parameters
    ----------
    arcs : Arcs
    crs : of the vertices; anything pyproj accepts

    Returns
    -------
    DataFrame
        Columns one, other (positions, ``one < other``; one is −1 for the outer border and
        for gaps), length_m (geodesic, edge by edge) and arcs (their number); sorted by one,
        then other. Polygons that only touch at a corner are no neighbours.

    Raises
    ------
    CrsError
        There is no CRS.

    Examples
    --------
    >>> pairs = neighbours(build_arcs(shapely.box([0, 1], 0, [1, 2], 1)), "EPSG:4326")
    >>> pairs.round().to_dict("list")["length_m"]
    [333197.0, 333197.0, 110574.0]
    """
    inner = np.ones(len(arcs.path), dtype=bool)
    inner[arcs.first[1:] - 1] = False
    step = np.flatnonzero(inner)
    points = arcs.vertices[arcs.path]
    arc = np.searchsorted(arcs.first, step, side="right") - 1
    length = np.bincount(arc, lengths_m(points[step], points[step + 1], crs), len(arcs.left))
    pair = np.column_stack([np.minimum(arcs.left, arcs.right), np.maximum(arcs.left, arcs.right)])
    found, position, count = np.unique(pair, axis=0, return_inverse=True, return_counts=True)
    return pd.DataFrame(
        {
            "one": found[:, 0],
            "other": found[:, 1],
            "length_m": np.bincount(position.ravel(), length, len(found)),
            "arcs": count,
        }
    )
