"""How many polygons lie over a point, counted in whole numbers, without a geometry library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

SCALE = 1_009
"""Points are fractions of this: a prime, so that few of them lie on edges of small drawings."""

Integers = npt.NDArray[np.int64]


def _crossings(ring: Integers, points: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return how often a ray to the east leaves each point through the ring; points on it."""
    start, end = ring[:-1, None], ring[1:, None]
    low, high = np.minimum(start, end), np.maximum(start, end)
    along, reach = end - start, points[None] - start
    turn = along[..., 0] * reach[..., 1] - along[..., 1] * reach[..., 0]
    within = ((low <= points) & (points <= high)).all(axis=2)
    is_on = ((turn == 0) & within).any(axis=0)
    is_up = along[..., 1] > 0
    spans = (low[..., 1] <= points[:, 1]) & (points[:, 1] < high[..., 1])
    return (spans & (np.where(is_up, turn, -turn) > 0)).sum(axis=0), is_on


def count_over(shapes: Sequence[Any], points: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return how many parts lie over each point by each shape, and points on an edge.

    Parameters
    ----------
    shapes : (n,) (Multi)Polygons of whole coordinates below 10^6, valid or not, or None
    points : (m, 2) in units of 1 / SCALE

    Returns
    -------
    (n, m) parts of each shape over each point: inside the shell and in no hole; (m,) whether
    a point lies on an edge, where nothing is counted.
    """
    over = np.zeros((len(shapes), len(points)), dtype=np.int64)
    is_on = np.zeros(len(points), dtype=bool)
    for row, shape in enumerate(shapes):
        for part in shapely.get_parts(shape):
            inside = np.ones(len(points), dtype=bool)
            for number, ring in enumerate(shapely.get_rings(part)):
                whole = np.rint(shapely.get_coordinates(ring)).astype(np.int64) * SCALE
                times, touching = _crossings(whole, points)
                inside &= (times % 2 == 1) != (number > 0)
                is_on |= touching
            over[row] += inside
    return over, is_on


def random_points(shapes: Sequence[Any], count: int, seed: int) -> Integers:
    """Return points over the extent of the shapes, in units of 1 / SCALE."""
    bounds = shapely.total_bounds(np.array(list(shapes), dtype=object))
    low, high = np.rint(bounds.reshape(2, 2)).astype(np.int64) * SCALE
    return np.random.default_rng(seed).integers(low - 2, high + 2, (count, 2))
