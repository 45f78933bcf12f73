"""The borders of a layer in a tree of boxes, built without a compiler.

A run is up to eight edges that follow each other in a ring. Runs are put in the order of a curve
through the plane (Morton's), and every eight neighbours there get a box around them, as often
as needed, so that metres and countries go together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geogrid._in_space import boxes_in_space
from geogrid.rings import Rings

__all__ = ["CHILDREN", "BorderTree", "along_curve", "build_border_tree"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CHILDREN = 8
"""Boxes in an eight."""
_EDGES = 4
"""Edges in a run, at most."""
_ROOM_ULPS = 8.0
"""Boxes are wider by so much: the nearest point of an edge is rounded."""
_CURVE_CELLS = 2**16
_MOST_DEGREES = 1_000.0
"""Edges beyond are left out: they are nowhere on earth, and measures there mean nothing."""


@dataclass(frozen=True, eq=False)
class BorderTree:
    """Boxes of boxes of edges; arrays only.

    Attributes
    ----------
    coordinates : (n, 2) degrees, of rings
    first, count : (r,) where in them each run begins, and how many edges it has
    owner : (r,) grid of each run
    boxes : (e, 4, 8) west, south, east and north of eight boxes each; boxes at infinity fill
        the last eight of a level. The last eight of all is the root
    below : (e, 8) what is in them: an eight, or −1 − a run
    """

    coordinates: Floats
    first: Integers
    count: Integers
    owner: Integers
    boxes: Floats
    below: Integers

    @cached_property
    def extent(self) -> Floats:
        """(4,) west, south, east and north of all."""
        root = self.boxes[-1]
        used = root[:, np.isfinite(root[0])]
        return np.hstack([used[:2].min(axis=1), used[2:].max(axis=1)])

    @cached_property
    def in_space(self) -> Floats:
        """(e, 6, 8) the boxes in metres, least x, y and z before the greatest."""
        return boxes_in_space(self.boxes)


def build_border_tree(rings: Rings, part_owner: Integers) -> BorderTree | None:
    """Lay out the borders of polygons.

    Parameters
    ----------
    rings : of the (p,) polygons, finite
    part_owner : (p,) grid of each

    Returns
    -------
    BorderTree, or None where there is no edge on earth.
    """
    first, count, ring = _runs(rings)
    boxes = _run_boxes(rings.coordinates, first, count)
    has_edge = (boxes[:, :2] < boxes[:, 2:]).any(axis=1) & (np.abs(boxes) <= _MOST_DEGREES).all(
        axis=1
    )
    if not has_edge.any():
        return None
    order = np.flatnonzero(has_edge)
    middle = boxes[order, :2] / 2 + boxes[order, 2:] / 2
    order = order[np.argsort(along_curve(middle), kind="stable")]
    room = _ROOM_ULPS * np.spacing(np.abs(boxes[order]).max())
    eights, below = _levels(boxes[order] + (-room, -room, room, room))
    owner = part_owner[rings.polygon[ring[order]]]
    return BorderTree(rings.coordinates, first[order], count[order], owner, eights, below)


def _runs(rings: Rings) -> tuple[Integers, Integers, Integers]:
    """Return where runs begin in the coordinates, their numbers of edges, and their rings."""
    edges = rings.stop - rings.first - 1
    runs = -(-edges // _EDGES)
    ring = np.repeat(np.arange(len(edges)), runs)
    place = np.arange(len(ring)) - np.repeat(np.cumsum(runs) - runs, runs)
    count = np.minimum(edges[ring] - place * _EDGES, _EDGES)
    return rings.first[ring] + place * _EDGES, count, ring


def _run_boxes(coordinates: Floats, first: Integers, count: Integers) -> Floats:
    low, high = coordinates[first], coordinates[first]
    for step in range(1, _EDGES + 1):
        corner = coordinates[first + np.minimum(step, count)]
        low, high = np.minimum(low, corner), np.maximum(high, corner)
    return np.hstack([low, high])


def along_curve(points: Floats) -> npt.NDArray[np.uint64]:
    """Return the place of each of (n, 2) points on Morton's curve: its bits, x and y in turn."""
    low = points.min(axis=0)
    span = np.maximum(points.max(axis=0) - low, np.finfo(np.float64).tiny)
    bits = ((points - low) / span * (_CURVE_CELLS - 1)).astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return np.asarray(bits[:, 0] | (bits[:, 1] << np.uint64(1)))


def _levels(boxes: Floats) -> tuple[Floats, Integers]:
    """Return the boxes of all levels in eights, and what is in each."""
    eights: list[Floats] = []
    below: list[Integers] = []
    inside, made = -1 - np.arange(len(boxes)), 0
    while not eights or len(eights[-1]) > 1:
        filler = -len(boxes) % CHILDREN
        filled = np.vstack([boxes, np.full((filler, 4), np.inf)]).reshape(-1, CHILDREN, 4)
        eights.append(filled.transpose(0, 2, 1))
        below.append(np.append(inside, np.zeros(filler, np.int64)).reshape(-1, CHILDREN))
        highest = np.where(np.isfinite(filled), filled, -np.inf).max(axis=1)
        boxes = np.hstack([filled.min(axis=1)[:, :2], highest[:, 2:]])
        inside = made + np.arange(len(filled))
        made += len(filled)
    return np.ascontiguousarray(np.concatenate(eights)), np.concatenate(below)
