"""What one worker does with its partition: everything that can be said without the others."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.soundness import Soundness, soundness
from geogrid.coverage.validity import rows_beyond_poles, rows_not_finite, stand_ins
from geogrid.formats.parquet_parts import ParquetPart, read_part
from geogrid.rings import Rings, polygon_rings
from geogrid.scale.cells import Cells
from geogrid.scale.sums import Counted, EdgeSums, edge_sums, in_buckets
from geogrid.topology import (
    Floats,
    Integers,
    chain_sum,
    distinct_vertices,
    leftovers,
    ring_edges,
    ring_steps,
)

__all__ = [
    "Part",
    "PartSums",
    "Summary",
    "Wanted",
    "are_among",
    "bucket_of",
    "inner_of",
    "load_part",
    "occupied",
    "prepare",
    "sum_part",
    "summarise",
    "wanted",
]


@dataclass(frozen=True)
class Part:
    """A partition in a worker's memory.

    Attributes
    ----------
    first
        Position of its first polygon among all.
    sign
        How its polygons count: 1, or −1 for the region.
    polygons
        (n,) as given.
    rings
        Of the polygons to check with; none where a coordinate is not finite.
    bounds
        (n, 4) of the polygons to check with; NaN for what has no area.
    sound
        Which are sound.
    not_finite, beyond_poles
        Positions among all of polygons with a coordinate that is not finite, or a latitude
        over 90°.
    """

    first: int
    sign: int
    polygons: Geometries
    rings: Rings
    bounds: Floats
    sound: Soundness
    not_finite: tuple[int, ...]
    beyond_poles: tuple[int, ...] = ()

    def __sizeof__(self) -> int:
        """Return about how much would travel if the part did, so that it stays where it is."""
        return 3 * self.rings.coordinates.nbytes + sys.getsizeof(self.polygons)


@dataclass(frozen=True)
class Summary:
    """What the client must know of a partition: see :class:`Part`; bounds are (4,)."""

    sound: Soundness
    not_finite: tuple[int, ...]
    beyond_poles: tuple[int, ...]
    bounds: Floats
    steps: int


@dataclass(frozen=True)
class PartSums:
    """The edges of a partition, summed.

    Attributes
    ----------
    inner
        Of the squares that no other partition has edges in: final.
    shared
        Of the other squares, by bucket, also edges that sum to zero here.
    """

    inner: Counted
    shared: list[EdgeSums]


@dataclass(frozen=True)
class Wanted:
    """Polygons that matter for defects: positions among all, and their WKB."""

    rows: Integers
    wkb: list[bytes]


def load_part(source: ParquetPart, is_geographic: bool) -> Part:
    """Read and prepare a partition of grids."""
    return prepare(read_part(source), source.first, is_geographic=is_geographic)


def prepare(polygons: Geometries, first: int, *, is_geographic: bool, sign: int = 1) -> Part:
    """Ask of every polygon what can be asked of it alone.

    Parameters
    ----------
    polygons : (n,) geometries or None
    first : position of the first among all
    is_geographic : whether coordinates are degrees
    sign : how they count in the sum
    """
    rings = polygon_rings(polygons)
    bad = tuple(first + row for row in rows_not_finite(polygons, rings))
    if bad:
        none = np.zeros(len(polygons), dtype=bool)
        rings = rings.where(np.zeros(len(rings.first), dtype=bool))
        bounds = np.full((len(polygons), 4), np.nan)
        return Part(first, sign, polygons, rings, bounds, Soundness(none, none, none), bad)
    beyond = tuple(first + row for row in rows_beyond_poles(rings)) if is_geographic else ()
    sound = soundness(polygons, rings, is_geographic=is_geographic)
    changed = np.flatnonzero(~sound.is_valid & ~sound.is_bare)
    stand_in = stand_ins(polygons, sound.is_valid, rings)
    rings = rings.exchanged(changed, stand_in[changed])
    bounds = shapely.bounds(stand_in).reshape(-1, 4)
    return Part(first, sign, polygons, rings, bounds, sound, bad, beyond)


def summarise(part: Part) -> Summary:
    """Return what the client must know of a partition."""
    known = part.bounds[np.isfinite(part.bounds).all(axis=1)]
    bounds = np.full(4, np.nan)
    if len(known):
        bounds = np.concatenate([known[:, :2].min(axis=0), known[:, 2:].max(axis=0)])
    steps = int((part.rings.stop - part.rings.first).sum())
    return Summary(part.sound, part.not_finite, part.beyond_poles, bounds, steps)


def occupied(part: Part, cells: Cells) -> Integers:
    """Return the squares that a partition has edges in."""
    found = np.zeros(cells.side * cells.side, dtype=bool)
    found[_cell(part, cells, ring_steps(part.rings))] = True
    return np.flatnonzero(found)


def sum_part(part: Part, cells: Cells, shared: Integers, buckets: int) -> PartSums:
    """Sum the edges of a partition.

    Parameters
    ----------
    part : Part
    cells : the squares
    shared : squares that other partitions have edges in as well
    buckets : how many to share the edges in these out to
    """
    sign = np.full(len(part.polygons), part.sign, dtype=np.int8)
    group = np.zeros(len(part.polygons), dtype=np.int64)
    is_shared = cells.table(shared)
    steps = ring_steps(part.rings)
    edges = ring_edges(part.rings, steps[is_shared[_cell(part, cells, steps)]])
    outer = edge_sums(edges, chain_sum(edges, sign, group))
    local = leftovers(part.rings, sign, group)
    left = edge_sums(local.edges, local.total)
    inner = Counted(
        left.where(~is_shared[cells.of(left.ends[:, :2], left.ends[:, 2:])]),
        local.different - len(outer.weight),
        local.matched - int((outer.weight == 0).sum()),
    )
    return PartSums(inner, in_buckets(outer, buckets))


def inner_of(sums: PartSums) -> Counted:
    """Return what is settled of a partition's edges."""
    return sums.inner


def bucket_of(sums: PartSums, at: int) -> EdgeSums:
    """Return one bucket of a partition's edges."""
    return sums.shared[at]


def wanted(part: Part, cells: Cells, left: Floats, places: Floats, named: Integers) -> Wanted:
    """Return the polygons of a partition that matter for defects.

    Parameters
    ----------
    part : Part
    cells : the squares
    left : (k, 4) ends of all edges that are left over
    places : (p, 4) bounds around which all polygons matter
    named : positions among all of polygons that matter anyway
    """
    chosen = np.zeros(len(part.polygons), dtype=bool)
    if len(left):
        steps = ring_steps(part.rings)
        is_near = cells.table(cells.of(left[:, :2], left[:, 2:]))[_cell(part, cells, steps)]
        near = steps[is_near]
        near = near[are_among(part.rings, near, left)]
        chosen[part.rings.polygon[part.rings.ring_of(near)]] = True
    own = named[(named >= part.first) & (named < part.first + len(part.polygons))]
    chosen[own - part.first] = True
    known = np.flatnonzero(np.isfinite(part.bounds).all(axis=1))
    if len(places) and len(known):
        tree = shapely.STRtree(shapely.box(*part.bounds[known].T))
        chosen[known[tree.query(shapely.box(*places.T))[1]]] = True
    rows = np.flatnonzero(chosen)
    return Wanted(rows + part.first, shapely.to_wkb(part.polygons[rows]).tolist())


def are_among(
    rings: Rings, steps: Integers, ends: Floats
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which steps of rings run along one of some edges, in either direction.

    Parameters
    ----------
    rings : Rings
    steps : positions in the coordinates
    ends : (k, 4) the edges, as in :class:`geogrid.scale.sums.EdgeSums`
    """
    places = [rings.coordinates[steps], rings.coordinates[steps + 1], ends[:, :2], ends[:, 2:]]
    vertices, vertex = distinct_vertices(np.concatenate(places))
    count = len(steps)
    start, end, low, high = np.split(vertex, [count, 2 * count, 2 * count + len(ends)])
    key = np.minimum(start, end) * len(vertices) + np.maximum(start, end)
    return np.asarray(np.isin(key, low * len(vertices) + high))


def _cell(part: Part, cells: Cells, steps: Integers) -> Integers:
    return cells.of_steps(part.rings.coordinates, steps)
