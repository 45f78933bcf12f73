"""Edges with what they sum to, in a form that travels: added up by key, bucket by bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.topology import ChainSum, Edges, Floats, Integers, Weights

__all__ = ["Counted", "EdgeSums", "add_up", "edge_sums", "in_buckets"]

_MIX = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD],
    dtype=np.uint64,
)


@dataclass(frozen=True)
class EdgeSums:
    """Different undirected edges and the sum of each.

    Attributes
    ----------
    ends
        (k, 4) x and y of the lower end, by x and then y, and of the upper one; no −0.
    weight
        (k,) how often the edge runs upwards less how often downwards, signed.
    """

    ends: Floats
    weight: Weights

    def where(self, chosen: npt.NDArray[np.bool_]) -> EdgeSums:
        """Return some of the edges."""
        return EdgeSums(self.ends[chosen], self.weight[chosen])


@dataclass(frozen=True)
class Counted:
    """What is left of edges that were summed, and how many there were.

    Attributes
    ----------
    left
        The edges that do not sum to zero.
    different, matched
        Number of different edges, and of those that sum to zero.
    """

    left: EdgeSums
    different: int
    matched: int


def edge_sums(edges: Edges, total: ChainSum) -> EdgeSums:
    """Return a chain sum with its coordinates."""
    ends = np.hstack([edges.vertices[total.low], edges.vertices[total.high]])
    return EdgeSums(ends, total.weight)


def in_buckets(sums: EdgeSums, count: int) -> list[EdgeSums]:
    """Share edges out by a hash of their ends; equal edges meet in one bucket.

    Parameters
    ----------
    sums : EdgeSums
    count : number of buckets
    """
    bits = np.ascontiguousarray(sums.ends).view(np.uint64).reshape(-1, 4)
    mixed = np.bitwise_xor.reduce(bits * _MIX, axis=1)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX[0]
    bucket: Integers = ((mixed >> np.uint64(33)) % np.uint64(count)).astype(np.int64)
    return [sums.where(bucket == one) for one in range(count)]


def add_up(given: Sequence[EdgeSums]) -> Counted:
    """Add up the sums of equal edges; equal are edges whose four coordinates are.

    Parameters
    ----------
    given : from several partitions

    Examples
    --------
    >>> one = EdgeSums(np.array([[0.0, 0.0, 1.0, 0.0]]), np.array([1], dtype=np.int32))
    >>> other = EdgeSums(one.ends, -one.weight)
    >>> add_up([one, other]).matched, len(add_up([one, one]).left.weight)
    (1, 1)
    """
    ends = np.concatenate([np.zeros((0, 4)), *(one.ends for one in given)])
    weight = np.concatenate([np.zeros(0, np.int32), *(one.weight for one in given)])
    order = np.lexsort(ends.T[::-1])
    ends, weight = ends[order], weight[order]
    is_new = np.ones(len(ends), dtype=bool)
    is_new[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    first = np.flatnonzero(is_new)
    total = np.add.reduceat(weight, first, dtype=np.int32) if len(first) else weight
    left = total != 0
    return Counted(EdgeSums(ends[first][left], total[left]), len(first), int((~left).sum()))
