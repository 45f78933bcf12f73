"""Close small gaps in line work, so that lines drawn to enclose something do.

Nothing that was drawn is moved. Where an end stops short of another line by no more than a
tolerance, a straight piece is added, and each is listed; ends that still meet nothing are
listed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["ClosedLines", "close_lines"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]
Geometries = npt.NDArray[np.object_]

_OWN = 3.0
"""An end does not close onto its own line nearer than this many tolerances along it."""


@dataclass(frozen=True, eq=False)
class ClosedLines:
    """Line work whose small gaps are closed.

    Attributes
    ----------
    lines : ndarray of LineString
        Noded: they meet at their ends only.
    bridges : float64[n, 2, 2]
        The straight pieces that were added: from where to where.
    """

    lines: Geometries
    bridges: Floats

    @property
    def gaps_m(self) -> Floats:
        """Length of each bridge, in the units of the lines (metres in a metric plane)."""
        return np.asarray(np.hypot(*(self.bridges[:, 1] - self.bridges[:, 0]).T))


def close_lines(lines: Sequence[Floats], *, tolerance_m: float) -> ClosedLines:
    """Node lines and bridge the gaps between their ends and other lines.

    Parameters
    ----------
    lines
        Vertices of shape (k, 2) each, in metres of one plane; outlines repeat their first.
    tolerance_m
        The widest gap that is bridged; 0 for none.

    Returns
    -------
    ClosedLines
        An end is joined to the nearest other end within reach, else to the nearest vertex,
        else to the nearest place of a line. Ends of pieces shorter than the tolerance are
        left alone: they are lines drawn a little too far. Where a border is shorter than twice
        the tolerance, the ends around it may be joined past it, and areas beside it with it.

    Examples
    --------
    >>> u = np.array([[0.0, 0.0], [10, 0], [10, 10], [0, 10], [0, 0.4]])
    >>> close_lines([u], tolerance_m=0.5).gaps_m
    array([0.4])
    """
    noded = _noded(shapely.linestrings(line) for line in lines if _is_line(line))
    none = np.empty((0, 2, 2))
    if tolerance_m <= 0 or not len(noded):
        return ClosedLines(noded, none)
    chains = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(noded)))
    segments, chain, at = _segments(chains)
    ends, of_chain, along = _loose_ends(chains, tolerance_m)
    if not len(ends):
        return ClosedLines(noded, none)
    work = _Work(segments, chain, at, tolerance_m)
    bridges = work.bridges(ends, of_chain, along, shapely.length(chains))
    if not len(bridges):
        return ClosedLines(noded, none)
    pieces = _split_at(segments, bridges[:, 1])
    parts = [*shapely.linestrings(pieces), *shapely.linestrings(bridges)]
    return ClosedLines(_noded(parts), bridges)


def _is_line(line: Floats) -> bool:
    return len(line) > 1 and bool(np.isfinite(line).all()) and bool((line != line[0]).any())


def _noded(lines: Iterable[shapely.Geometry]) -> Geometries:
    parts = shapely.get_parts(shapely.unary_union(list(lines)))
    return np.asarray(parts[shapely.get_dimensions(parts) == 1])


def _segments(chains: Geometries) -> tuple[Floats, Integers, Floats]:
    """Return segments (n, 2, 2), the chain of each, and how far along it each begins."""
    points, of_point = shapely.get_coordinates(chains, return_index=True)
    is_step = of_point[1:] == of_point[:-1]
    segments = np.stack([points[:-1], points[1:]], axis=1)
    length = np.where(is_step, np.hypot(*(points[1:] - points[:-1]).T), 0.0)
    run = np.concatenate([[0.0], np.cumsum(length)])
    first = run[np.searchsorted(of_point, of_point)]
    return segments[is_step], of_point[:-1][is_step], (run - first)[:-1][is_step]


def _loose_ends(chains: Geometries, tolerance: float) -> tuple[Floats, Integers, Floats]:
    """Return ends of chains that meet no other: place, chain, and where along it (0 or all).

    Of a short piece that hangs on another line only the end itself is loose, and it is left out.
    """
    ends = np.stack(
        [shapely.get_coordinates(shapely.get_point(chains, place)) for place in (0, -1)], axis=1
    )
    _distinct, place, count = np.unique(
        ends.reshape(-1, 2), axis=0, return_inverse=True, return_counts=True
    )
    is_loose = (count[place.ravel()] == 1).reshape(-1, 2)
    length = shapely.length(chains)
    hangs = is_loose.sum(axis=1) == 1
    is_loose[hangs & (length <= tolerance)] = False
    chain, side = np.nonzero(is_loose)
    return ends[chain, side], chain, side * length[chain]


@dataclass(frozen=True, eq=False)
class _Work:
    """The segments that loose ends may close onto."""

    segments: Floats
    chain: Integers
    at: Floats
    tolerance: float

    def bridges(self, ends: Floats, of_chain: Integers, along: Floats, lengths: Floats) -> Floats:
        """Return the pieces to add, each once."""
        tree = shapely.STRtree(shapely.linestrings(self.segments))
        found, near = tree.query(shapely.points(ends), predicate="dwithin", distance=self.tolerance)
        allowed = self._is_other(found, near, ends, of_chain, along, lengths)
        found, near = found[allowed], near[allowed]
        if not len(found):
            return np.empty((0, 2, 2))
        target, rank = self._targets(ends[found], near, ends)
        apart = np.hypot(*(target - ends[found]).T)
        order = np.lexsort((apart, rank, found))
        taken, first = np.unique(found[order], return_index=True)
        chosen = order[first]
        bridges = np.stack([ends[taken], target[chosen]], axis=1)
        bridges = bridges[apart[chosen] > 0]
        undirected = np.where(
            (bridges[:, :1] > bridges[:, 1:]).any(axis=2, keepdims=True), bridges[:, ::-1], bridges
        )
        ordered = np.sort(undirected.reshape(len(bridges), 2, 2), axis=1)
        _kept, first = np.unique(ordered.reshape(-1, 4), axis=0, return_index=True)
        return np.asarray(bridges[np.sort(first)])

    def _is_other(
        self,
        found: Integers,
        near: Integers,
        ends: Floats,
        of_chain: Integers,
        along: Floats,
        lengths: Floats,
    ) -> npt.NDArray[np.bool_]:
        """Return whether a segment is another line, or the far part of the end's own."""
        step = np.hypot(*(self.segments[:, 1] - self.segments[:, 0]).T)
        nearest_along = np.clip(along[found], self.at[near], self.at[near] + step[near])
        is_own = self.chain[near] == of_chain[found]
        way = np.abs(nearest_along - along[found])
        is_far = (way > _OWN * self.tolerance) & (lengths[of_chain[found]] > _OWN * self.tolerance)
        touches = (self.segments[near] == ends[found][:, None]).all(axis=2).any(axis=1)
        return np.asarray((~is_own | is_far) & ~touches)

    def _targets(self, at: Floats, near: Integers, ends: Floats) -> tuple[Floats, Integers]:
        """Return where on each segment to close to, and 0 for an end, 1 for a vertex, 2 between."""
        start, end = self.segments[near, 0], self.segments[near, 1]
        way = end - start
        share = np.clip(((at - start) * way).sum(axis=1) / (way * way).sum(axis=1), 0, 1)
        place = start + share[:, None] * way
        to_start, to_end = np.hypot(*(start - at).T), np.hypot(*(end - at).T)
        corner = np.where((to_start <= to_end)[:, None], start, end)
        has_corner = np.minimum(to_start, to_end) <= self.tolerance
        target = np.where(has_corner[:, None], corner, place)
        is_end = _rows_in(target, ends)
        return target, np.where(has_corner & is_end, 0, np.where(has_corner, 1, 2))


def _rows_in(rows: Floats, known: Floats) -> npt.NDArray[np.bool_]:
    _all, place = np.unique(np.vstack([known, rows]), axis=0, return_inverse=True)
    place = place.ravel()
    return np.isin(place[len(known) :], place[: len(known)])


def _split_at(segments: Floats, places: Floats) -> Floats:
    """Return the segments, split where one passes through a place between its ends."""
    tree = shapely.STRtree(shapely.linestrings(segments))
    points = shapely.points(places)
    reach = 1e-9 * (1.0 + float(np.abs(segments).max()))
    place, hit = tree.query(points, predicate="dwithin", distance=reach)
    inner = ~(segments[hit] == places[place][:, None]).all(axis=2).any(axis=1)
    place, hit = place[inner], hit[inner]
    if not len(hit):
        return segments
    start = segments[hit, 0]
    way = segments[hit, 1] - start
    share = ((places[place] - start) * way).sum(axis=1) / (way * way).sum(axis=1)
    order = np.lexsort((share, hit))
    split, first = np.unique(hit[order], return_index=True)
    pieces = []
    for segment, stops in zip(split, np.split(places[place[order]], first[1:]), strict=True):
        chain = np.vstack([segments[segment, :1], stops, segments[segment, 1:]])
        pieces.append(np.stack([chain[:-1], chain[1:]], axis=1))
    return np.concatenate([np.delete(segments, split, axis=0), *pieces])
