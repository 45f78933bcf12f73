"""New outlines: old edges, plus the borders of faces gained, minus those of faces lost.

Everything that stays cancels or stays bit for bit; a node on an edge is kept only where
somebody has a corner there afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.repair.locality import Locality, positions
from geogrid.repair.mosaic import Mosaic
from geogrid.repair.rings import polygons_of_rings, walk_rings
from geogrid.repair.transfers import Transfer
from geogrid.topology import Floats, Integers, distinct_vertices, polygon_edges

__all__ = ["Ground", "redraw_outlines", "summed_edges"]


@dataclass(frozen=True)
class Ground:
    """What outlines are redrawn from.

    Attributes
    ----------
    polygons
        (n,) of the sum as they are.
    locality, mosaic
        Their edges at the broken places, and these noded.
    vertices
        (w, 2) those of the mosaic, then those of lines drawn through faces.
    cuts
        Vertices on an atom (low, high) besides its ends, in order from low to high.
    """

    polygons: Geometries
    locality: Locality
    mosaic: Mosaic
    vertices: Floats
    cuts: Mapping[tuple[int, int], Sequence[int]]


def redraw_outlines(
    ground: Ground, transfers: Sequence[Transfer], is_active: npt.NDArray[np.bool_]
) -> dict[int, shapely.Geometry | None]:
    """Return the new polygon of every item that changes, None where it comes to nothing valid.

    Parameters
    ----------
    ground : the polygons and their noded edges
    transfers : the faces that change hands
    is_active : (w,) vertices that are corners afterwards; other nodes are not put in
    """
    moved = sorted({item for transfer in transfers for item in transfer.items})
    noded = np.setdiff1d(_noded_items(ground, is_active), moved)
    redrawn: dict[int, shapely.Geometry | None] = {}
    if moved:
        redrawn |= _rebuilt(ground, np.array(moved), transfers, is_active)
    if len(noded):
        redrawn |= _with_nodes(ground, noded, is_active)
    return redrawn


def _noded_items(ground: Ground, is_active: npt.NDArray[np.bool_]) -> Integers:
    """Return the items with an edge that has an active node inside, or that moves a corner."""
    locality, mosaic = ground.locality, ground.mosaic
    is_noded = np.zeros(len(locality.low), dtype=bool)
    at, follows = mosaic.piece_edge, mosaic.piece_edge[1:] == mosaic.piece_edge[:-1]
    stop = np.where(
        mosaic.piece_turn > 0, mosaic.high[mosaic.piece_atom], mosaic.low[mosaic.piece_atom]
    )
    is_noded[at[:-1][follows & is_active[stop[:-1]]]] = True
    for (low, high), inside in ground.cuts.items():
        if any(is_active[one] for one in inside):
            atom = _atom(mosaic, low, high)
            is_noded[at[mosaic.piece_atom == atom]] = True
    is_moved = locality.corner != np.arange(len(locality.corner))
    movers = np.flatnonzero(is_moved & is_active[locality.corner])
    by_corner: Integers = np.zeros(0, dtype=np.int64)
    if len(movers):
        points = shapely.points(locality.vertices[movers])
        outlines = shapely.boundary(ground.polygons[locality.items])
        hit = shapely.STRtree(outlines).query(points, predicate="intersects")[1]
        by_corner = locality.items[np.unique(hit)]
    return np.union1d(locality.item[is_noded[locality.edge]], by_corner)


def _atom(mosaic: Mosaic, low: int, high: int) -> int:
    keys = mosaic.low * len(mosaic.vertices) + mosaic.high
    return int(np.searchsorted(keys, low * len(mosaic.vertices) + high))


def _number_points(ground: Ground, points: Floats) -> tuple[Integers, Floats]:
    """Return the vertex number of points, and the vertices with those that are new."""
    at = positions(ground.locality.vertices, points)
    unknown = np.flatnonzero(at < 0)
    fresh, position = distinct_vertices(points[unknown])
    at[unknown] = len(ground.vertices) + position
    return at, np.concatenate([ground.vertices, fresh])


def _edge_of(ground: Ground, start: Integers, end: Integers) -> Integers:
    """Return the edge of the locality between two vertices, −1 where there is none."""
    locality = ground.locality
    count = len(locality.vertices)
    keys = np.minimum(locality.low, locality.high) * count + np.maximum(locality.low, locality.high)
    order = np.argsort(keys, kind="stable")
    wanted = np.minimum(start, end) * count + np.maximum(start, end)
    is_known = (start < count) & (end < count)
    if not len(keys):
        return np.full(len(start), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    return np.where(is_known & (keys[order][at] == wanted), order[at], -1)


def _cornered(ground: Ground, at: Integers) -> Integers:
    """Return the vertices that stand for vertices."""
    corner = ground.locality.corner
    return np.where(at < len(corner), corner[np.minimum(at, len(corner) - 1)], at)


def _rebuilt(
    ground: Ground,
    items: Integers,
    transfers: Sequence[Transfer],
    is_active: npt.NDArray[np.bool_],
) -> dict[int, shapely.Geometry | None]:
    edges = polygon_edges(ground.polygons[items])
    number, vertices = _number_points(ground, edges.vertices)
    own = edges.owner, number[edges.start]
    owner, start, end = _in_pieces(
        ground,
        edges.owner,
        _cornered(ground, number[edges.start]),
        _cornered(ground, number[edges.end]),
    )
    where = {int(item): at for at, item in enumerate(items)}
    parts = [(owner, start, end)]
    for one in transfers:
        if one.receiver >= 0:
            parts.append((_all(where[one.receiver], one.start), one.start, one.end))
        parts += [(_all(where[item], one.start), one.end, one.start) for item in one.losers]
    owner, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    chains = summed_edges(np.column_stack(_cut(ground, owner, start, end)))
    walks = [
        walk_rings(vertices, *chain.T) if chain is not None and len(chain) else None
        for chain in chains
    ]
    rings = _slim_rings(ground, walks, own, is_active)
    return dict(zip(items.tolist(), polygons_of_rings(vertices, rings), strict=True))


def _all(value: int, like: Integers) -> Integers:
    return np.full(len(like), value, dtype=np.int64)


def _in_pieces(
    ground: Ground, owner: Integers, start: Integers, end: Integers
) -> tuple[Integers, Integers, Integers]:
    """Replace the edges of the locality by their atoms."""
    mosaic, edge = ground.mosaic, _edge_of(ground, start, end)
    plain = (edge < 0) & (start != end)
    first = np.searchsorted(mosaic.piece_edge, edge, side="left")
    count = np.where(edge < 0, 0, np.searchsorted(mosaic.piece_edge, edge, side="right") - first)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    piece = np.repeat(first, count) + offset
    is_along = np.repeat(ground.locality.low[np.maximum(edge, 0)] == start, count)
    is_forward = (mosaic.piece_turn[piece] > 0) == is_along
    low, high = mosaic.low[mosaic.piece_atom[piece]], mosaic.high[mosaic.piece_atom[piece]]
    owner = np.concatenate([owner[plain], np.repeat(owner, count)])
    begin = np.concatenate([start[plain], np.where(is_forward, low, high)])
    stop = np.concatenate([end[plain], np.where(is_forward, high, low)])
    return owner, begin, stop


def _cut(
    ground: Ground, owner: Integers, start: Integers, end: Integers
) -> tuple[Integers, Integers, Integers]:
    """Cut the atoms on which lines through gaps end, those around faces on their way as well."""
    if not ground.cuts:
        return owner, start, end
    rows: list[tuple[int, int, int]] = []
    width = int(max(start.max(initial=0), end.max(initial=0), *map(max, ground.cuts))) + 1
    keys = np.minimum(start, end) * width + np.maximum(start, end)
    is_cut = np.isin(keys, [low * width + high for low, high in ground.cuts])
    columns = (owner, start, end)
    for one, begin, stop in zip(*(column[is_cut].tolist() for column in columns), strict=True):
        inside = list(ground.cuts.get((min(begin, stop), max(begin, stop)), ()))
        stops = [begin, *(inside if begin < stop else inside[::-1]), stop]
        rows += [(one, *pair) for pair in pairwise(stops)]
    cut = np.array(rows, dtype=np.int64).reshape(-1, 3)
    owner, start, end = (
        np.concatenate([column[~is_cut], part]) for column, part in zip(columns, cut.T, strict=True)
    )
    return owner, start, end


def summed_edges(rows: Integers) -> list[Integers | None]:
    """Return the directed edges that are left of each owner's sum, None where not ±1.

    Parameters
    ----------
    rows : (e, 3) owner from 0, start and end of each edge
    """
    owner, start, end = rows.T
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low, owner))
    keys = np.column_stack([owner, low, high])[order]
    is_new = np.ones(len(keys), dtype=bool)
    is_new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    first = np.flatnonzero(is_new)
    weight = np.add.reduceat(np.where(start < end, 1, -1)[order], first)
    keys = keys[first]
    left = weight != 0
    owners = int(owner.max()) + 1
    bad = set(keys[np.abs(weight) > 1, 0].tolist())
    keys, weight = keys[left], weight[left]
    edges = np.where(weight[:, None] > 0, keys[:, 1:], keys[:, :0:-1])
    parts = np.split(edges, np.searchsorted(keys[:, 0], np.arange(1, owners)))
    return [None if at in bad else part for at, part in enumerate(parts)]


def _slim_rings(
    ground: Ground,
    walks: Sequence[list[list[int]] | None],
    own: tuple[Integers, Integers],
    is_active: npt.NDArray[np.bool_],
) -> list[list[list[int]] | None]:
    """Return rings without nodes that are nobody's corners, None where one comes to nothing.

    `own` has the owners and the vertices of the corners that each item had.
    """
    at = [item for item, rings in enumerate(walks) for _ring in rings or ()]
    rings = [ring for many in walks for ring in many or ()]
    length = [len(ring) for ring in rings]
    item = np.repeat(np.array(at, dtype=np.int64), length)
    line = np.array([vertex for ring in rings for vertex in ring], dtype=np.int64)
    shown = _restored(ground, item, line, own, is_active).tolist()
    slim: list[list[list[int]] | None] = [None if not rings else [] for rings in walks]
    begin = 0
    for owner, count in zip(at, length, strict=True):
        ring = [vertex for vertex in shown[begin : begin + count] if vertex >= 0]
        begin += count
        mine = slim[owner]
        if len(ring) < 3:
            slim[owner] = None
        elif mine is not None:
            mine.append(_begun(ring))
    return slim


def _begun(ring: list[int]) -> list[int]:
    """Return a ring from its lowest vertex, so that it does not depend on the walk."""
    at = ring.index(min(ring))
    return ring[at:] + ring[:at]


def _restored(
    ground: Ground,
    item: Integers,
    line: Integers,
    own: tuple[Integers, Integers],
    is_active: npt.NDArray[np.bool_],
) -> Integers:
    """Return each vertex, the own corner that it stands for, or −1 for a node without use."""
    owner, vertex = own
    corner = ground.locality.corner
    width = int(max(line.max(initial=0), vertex.max(initial=0))) + 1
    is_kept = (line >= len(is_active)) | is_active[np.minimum(line, len(is_active) - 1)]
    is_kept |= np.isin(item * width + line, owner * width + vertex)
    shown = np.where(is_kept, line, -1)
    is_moved = vertex < len(corner)
    is_moved[is_moved] = corner[vertex[is_moved]] != vertex[is_moved]
    moved = owner[is_moved] * width + corner[vertex[is_moved]]
    back = dict(zip(moved.tolist(), vertex[is_moved].tolist(), strict=True))
    if back:
        for row in np.flatnonzero(~is_kept).tolist():
            shown[row] = back.get(int(item[row]) * width + int(line[row]), -1)
    return shown


def _with_nodes(
    ground: Ground, items: Integers, is_active: npt.NDArray[np.bool_]
) -> dict[int, shapely.Geometry | None]:
    """Return polygons with active nodes put into their rings, everything else as it was."""
    parts, part_item = shapely.get_parts(ground.polygons[items], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    number, vertices = _number_points(ground, points)
    corner = _cornered(ground, number)
    is_kept = (corner < len(is_active)) & is_active[np.minimum(corner, len(is_active) - 1)]
    shown = np.where(is_kept, corner, number)
    edge = _edge_of(ground, corner[:-1], corner[1:])
    edge[ring[:-1] != ring[1:]] = -1
    line, line_ring = [shown], [ring]
    place: list[Floats] = [np.arange(len(shown), dtype=np.float64)]
    for step in _noded_steps(ground, edge):
        inside = [
            one for one in _inside(ground, int(edge[step]), int(corner[step])) if is_active[one]
        ]
        line.append(np.array(inside, dtype=np.int64))
        line_ring.append(np.full(len(inside), ring[step]))
        place.append(step + np.arange(1, len(inside) + 1) / (len(inside) + 1.0))
    order = np.argsort(np.concatenate(place), kind="stable")
    rings = shapely.linearrings(
        vertices[np.concatenate(line)[order]], indices=np.concatenate(line_ring)[order]
    )
    return _assembled(ground.polygons[items], items, rings, ring_part, part_item)


def _noded_steps(ground: Ground, edge: Integers) -> list[int]:
    """Return the steps of rings along edges that have nodes."""
    mosaic = ground.mosaic
    count = np.bincount(mosaic.piece_edge, minlength=len(ground.locality.low))
    for low, high in ground.cuts:
        count[mosaic.piece_edge[mosaic.piece_atom == _atom(mosaic, low, high)]] += 1
    return np.flatnonzero((edge >= 0) & (count[edge] > 1)).tolist()


def _inside(ground: Ground, edge: int, start: int) -> list[int]:
    """Return the nodes inside an edge in order from one of its ends."""
    mosaic = ground.mosaic
    first, last = np.searchsorted(mosaic.piece_edge, [edge, edge + 1])
    line: list[int] = []
    for piece in range(first, last):
        atom = int(mosaic.piece_atom[piece])
        low, high = int(mosaic.low[atom]), int(mosaic.high[atom])
        cuts = list(ground.cuts.get((low, high), ()))
        line += [*cuts, high] if mosaic.piece_turn[piece] > 0 else [*cuts[::-1], low]
    line = line[:-1]
    return line if ground.locality.low[edge] == start else line[::-1]


def _assembled(
    before: Geometries,
    items: Integers,
    rings: Geometries,
    ring_part: Integers,
    part_item: Integers,
) -> dict[int, shapely.Geometry | None]:
    parts = [
        shapely.Polygon(mine[0], mine[1:].tolist())
        for mine in np.split(rings, np.flatnonzero(np.diff(ring_part)) + 1)
    ]
    found: dict[int, shapely.Geometry | None] = {}
    for at, item in enumerate(items.tolist()):
        mine = [parts[one] for one in np.flatnonzero(part_item == at)]
        is_multi = before[at].geom_type == "MultiPolygon"
        found[item] = shapely.multipolygons(mine) if is_multi else mine[0]
    return found
