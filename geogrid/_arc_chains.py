"""Chains of edges between nodes: the walk along borders that makes arcs, by doubling pointers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.topology import Edges, Integers

__all__ = ["Chains", "Halves", "edge_halves", "find_chains", "node_flags"]

Flags = npt.NDArray[np.bool_]


class Halves(NamedTuple):
    """Both directions of every edge: ``2 e`` from the lower to the higher vertex, ``2 e + 1`` back.

    Edges are numbered by their lower, then their higher vertex; so ``h ^ 1`` runs against ``h``.
    """

    start: Integers
    end: Integers
    owner: Integers


class Chains(NamedTuple):
    """The arc of every half.

    Attributes
    ----------
    begin
        First half of its chain, in its own direction.
    steps
        How many halves of the chain come before it.
    is_forward
        Whether it runs as its arc does.
    number
        Of its arc; arcs are numbered by their first vertex, then the second.
    arcs
        Number of arcs.
    """

    begin: Integers
    steps: Integers
    is_forward: Flags
    number: Integers
    arcs: int


def edge_halves(
    edges: Edges, polygon: Integers, codes: Sequence[str] | None
) -> tuple[Halves, Integers]:
    """Return both directions of every edge, and which of them each directed edge is.

    Parameters
    ----------
    edges : directed edges, their owners rings
    polygon : of each ring
    codes : of each polygon, for errors

    Raises
    ------
    InputError
        Two polygons lie on the same side of an edge.
    """
    low, high = np.minimum(edges.start, edges.end), np.maximum(edges.start, edges.end)
    order = np.lexsort((high, low))
    keys = np.column_stack([low, high])[order]
    is_new = np.ones(len(keys), dtype=bool)
    is_new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    half = np.empty(len(keys), dtype=np.int64)
    half[order] = 2 * (np.cumsum(is_new) - 1)
    half += edges.start > edges.end
    ends = keys[is_new]
    owner = np.full(2 * len(ends), -1, dtype=np.int64)
    owner[half] = polygon[edges.owner]
    twice = np.flatnonzero(np.bincount(half, minlength=1) > 1)
    if len(twice):
        rows = np.unique(polygon[edges.owner[half == twice[0]]]).tolist()
        names = [str(row + 1) if codes is None else codes[row] for row in rows]
        raise InputError(
            _("{grids} lie on the same side of one edge; check the grids and remove overlaps."),
            grids=", ".join(names),
        )
    return Halves(ends.ravel(), ends[:, ::-1].ravel(), owner), half


def node_flags(halves: Halves, count: int) -> Flags:
    """Return which of `count` vertices are nodes; every closed chain has one."""
    degree = np.bincount(halves.start, minlength=count)
    is_node = degree != 2
    one, other = _outgoing(halves, degree == 2)
    owner = halves.owner
    is_same = (owner[one ^ 1] == owner[other]) & (owner[one] == owner[other ^ 1])
    is_node[halves.start[one[~is_same]]] = True
    onward = _onward(halves, is_node)
    is_closed = ~_last(onward)[1]
    is_node[_lowest(halves.start, onward, is_closed)] = True
    return is_node


def _outgoing(halves: Halves, chosen: Flags) -> tuple[Integers, Integers]:
    """Return the two halves that begin at each chosen vertex, all of which have two."""
    beginning = np.flatnonzero(chosen[halves.start])
    beginning = beginning[np.argsort(halves.start[beginning], kind="stable")]
    return beginning[::2], beginning[1::2]


def _onward(halves: Halves, is_node: Flags) -> Integers:
    """Return the half that goes on where each half ends, itself where that is a node."""
    onward = np.arange(len(halves.start))
    one, other = _outgoing(halves, ~is_node)
    onward[one ^ 1], onward[other ^ 1] = other, one
    return onward


def _last(onward: Integers) -> tuple[Integers, Flags, Integers]:
    """Return the last half of each chain, whether it has one, and how many steps on it is."""
    hop, steps = onward.copy(), (onward != np.arange(len(onward))).astype(np.int64)
    is_end = steps == 0
    arrived = is_end[hop]
    while True:
        steps, hop = steps + steps[hop], hop[hop]
        before, arrived = arrived, is_end[hop]
        if np.array_equal(arrived, before):  # what has not arrived goes round and round
            return hop, arrived, steps


def _lowest(start: Integers, onward: Integers, chosen: Flags) -> Integers:
    """Return the lowest vertex of each closed chain of chosen halves."""
    closed = np.flatnonzero(chosen)
    place = np.empty(len(onward), dtype=np.int64)
    place[closed] = np.arange(len(closed))
    lowest, hop = start[closed], place[onward[closed]]
    for _step in range(len(closed).bit_length()):
        lowest, hop = np.minimum(lowest, lowest[hop]), hop[hop]
    return np.unique(lowest)


def find_chains(halves: Halves, is_node: Flags) -> Chains:
    """Return the arc that each half belongs to, and where along it."""
    last, _has, ahead = _last(_onward(halves, is_node))
    against = np.arange(len(last)) ^ 1
    begin, steps = last[against] ^ 1, ahead[against]
    rank = np.empty(len(last), dtype=np.int64)
    rank[np.lexsort((halves.end, halves.start))] = np.arange(len(last))
    is_forward = rank[begin] < rank[last ^ 1]
    leads = np.where(is_forward, begin, last ^ 1)
    found, number = np.unique(rank[leads], return_inverse=True)
    return Chains(begin, steps, is_forward, number.astype(np.int64), len(found))
