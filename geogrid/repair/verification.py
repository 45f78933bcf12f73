"""The chain sum after a repair, from what was left before and what changed since."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import ulp
from geogrid.topology import Floats, Integers, distinct_vertices, polygon_edges, sum_edges

__all__ = ["stray_edges"]

_NEAR_ULP = 16.0


def stray_edges(
    signed: SignedSum, redrawn: Mapping[int, shapely.Geometry], remaining: Geometries
) -> Floats:
    """Return (s, 2, 2) edges that do not cancel although no remaining defect is near them.

    Parameters
    ----------
    signed : the sum before, against a region
    redrawn : new polygon of each item that changed
    remaining : where defects were refused or left
    """
    items = np.array(sorted(redrawn), dtype=np.int64)
    before = signed.polygons[items]
    after = np.array([redrawn[item] for item in items.tolist()], dtype=object)
    total, known = signed.total, signed.edges.vertices
    left = np.flatnonzero(total.weight)
    forward = np.where(total.weight[left] > 0, 1, -1)
    times = np.abs(total.weight[left])
    low, high = (
        np.repeat(known[total.low[left]], times, 0),
        np.repeat(known[total.high[left]], times, 0),
    )
    is_forward = np.repeat(forward, times)[:, None] > 0
    old = np.stack([np.where(is_forward, low, high), np.where(is_forward, high, low)], axis=1)
    change, sign = _changes(before, after, signed.sign[items])
    ends = np.concatenate([old, change])
    weight = np.concatenate([np.ones(len(old), dtype=np.int64), sign])
    edges = _left_over(ends, weight)
    if not len(edges) or not len(remaining):
        return edges
    margin = _NEAR_ULP * ulp(edges[:, 0])
    lines = shapely.linestrings(edges)
    near = shapely.STRtree(remaining).query(lines, predicate="dwithin", distance=margin)[0]
    return edges[np.setdiff1d(np.arange(len(edges)), near)]


def _changes(
    before: Geometries, after: Geometries, sign: npt.NDArray[np.int8]
) -> tuple[Floats, Integers]:
    """Return directed edges with their weights: the new ones, minus the old ones."""
    edges = polygon_edges(np.concatenate([after, before]))
    weight = np.concatenate([sign, -sign]).astype(np.int64)
    ends = np.stack([edges.vertices[edges.start], edges.vertices[edges.end]], axis=1)
    return ends, weight[edges.owner]


def _left_over(ends: Floats, weight: Integers) -> Floats:
    """Return the segments whose weights do not cancel."""
    vertices, vertex = distinct_vertices(ends.reshape(-1, 2))
    start, end = vertex.reshape(-1, 2).T
    total = sum_edges(
        np.zeros(len(start), dtype=np.int64),
        np.minimum(start, end),
        np.maximum(start, end),
        (weight * np.where(start < end, 1, -1)).astype(np.int32),
    )
    left = total.weight != 0
    return np.stack([vertices[total.low[left]], vertices[total.high[left]]], axis=1)
