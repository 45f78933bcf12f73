"""The nearest edge of each point, from a tree of borders, with numpy: the plain rule.

The tree is walked level by level for all points at once. Boxes that begin beyond where another
one ends for sure are left out, and so are edges in the end. What "near" means is up to the
ground: `Around` measures in metres per degree at each point, which is right nearby; `Afar`
measures straight through the ellipsoid, which is right anywhere.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from geogrid._border_tree import CHILDREN, BorderTree

__all__ = ["SAME_M", "Ground", "Nearest", "search"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SAME_M = 0.01
"""Borders closer together than this are one border, drawn twice."""
_NOTHING = 1e300


class Nearest(NamedTuple):
    """The nearest place on a border, of n points.

    Attributes
    ----------
    square : (n,) of the distance in metres, as the ground measures it
    lon, lat : (n,) degrees of that place; of equally near ones the southernmost, then the
        westernmost
    across : (n,) grid of the lowest rank, but not the point's own, whose border is as near; −1
        for none
    """

    square: Floats
    lon: Floats
    lat: Floats
    across: Integers


class Ground(Protocol):
    """Squares of distances in metres from some points."""

    def boxes(self, tree: BorderTree) -> Floats:
        """Return (e, …, 8) the boxes of the tree as :meth:`to_boxes` takes them."""

    def to_boxes(self, point: Integers, boxes: Floats) -> tuple[Floats, Floats]:
        """Return no more than the least and no less than the greatest, to each point's box."""

    def to_edges(
        self, point: Integers, start: Floats, end: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return the least to each point's edge, and the place there, x and y."""


def search(tree: BorderTree, ground: Ground, own: npt.NDArray[np.int32], rank: Integers) -> Nearest:
    """Return the place on a border that is nearest to each of n points.

    Parameters
    ----------
    tree : of the layer
    ground : the points
    own : (n,) grid of each point
    rank : (size,) of the grids
    """
    point, run = _near_runs(tree, ground, len(own))
    count = tree.count[run]
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    point, at = np.repeat(point, count), np.repeat(tree.first[run], count) + place
    owner = np.repeat(tree.owner[run], count)
    start, end = tree.coordinates[at], tree.coordinates[at + 1]
    square, x, y = ground.to_edges(point, start, end)
    order = np.lexsort((x, y, square, point))
    best = order[np.unique(point[order], return_index=True)[1]]
    reach = (np.sqrt(square[best]) + SAME_M) ** 2
    is_across = (square <= reach[point]) & (owner != own[point])
    lowest = np.full(len(own), len(rank), np.int64)
    np.minimum.at(lowest, point[is_across], rank[owner[is_across]])
    return Nearest(square[best], x[best], y[best], np.append(np.argsort(rank), -1)[lowest])


def _near_runs(tree: BorderTree, ground: Ground, count: int) -> tuple[Integers, Integers]:
    """Return the pairs of a point and a run that may be the nearest, or as near."""
    boxes = ground.boxes(tree)
    reach = _first_reach(tree, ground, boxes, count)
    point, eight = np.arange(count), np.full(count, len(boxes) - 1)
    while True:
        point, least, most = _to_children(ground, boxes, point, eight)
        np.fmin.at(reach, point, most)
        near = least <= (np.sqrt(reach) + SAME_M)[point] ** 2
        point, below = point[near], tree.below[eight].ravel()[near]
        if below[0] < 0:
            return point, -1 - below
        eight = below


def _first_reach(tree: BorderTree, ground: Ground, boxes: Floats, count: int) -> Floats:
    """Return squares of how far it is to all of one run: that in the nearest box of each level."""
    eight, every = np.full(count, len(boxes) - 1), np.arange(count)
    while True:
        _, least, most = _to_children(ground, boxes, every, eight)
        best = np.where(np.isnan(least), _NOTHING, least).reshape(-1, CHILDREN).argmin(axis=1)
        below = tree.below[eight, best]
        if below[0] < 0:
            return most.reshape(-1, CHILDREN)[every, best]
        eight = below


def _to_children(
    ground: Ground, boxes: Floats, point: Integers, eight: Integers
) -> tuple[Integers, Floats, Floats]:
    """Return each point eight times, and squares of the distances to its eight boxes."""
    point = np.repeat(point, CHILDREN)
    each = boxes[eight].transpose(0, 2, 1).reshape(len(point), -1)
    with np.errstate(invalid="ignore", over="ignore"):  # some boxes are at infinity
        return point, *ground.to_boxes(point, each)
