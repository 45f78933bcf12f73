"""Polygons summed with a sign, and what the sum leaves over.

Grids count +1 and the region they must fill −1 (see :mod:`geogrid.topology`); the children of
a parent and, with −1, the parent make one group of several.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.unmatched import Split, split_leftovers
from geogrid.rings import Rings, polygon_rings
from geogrid.topology import ChainSum, Edges, Integers, Leftovers, leftovers

__all__ = ["SignedSum", "signed_sum"]


@dataclass(frozen=True)
class SignedSum:
    """Polygons with the sign they are summed with, and what the sum leaves over.

    Attributes
    ----------
    polygons
        (n,) valid (Multi)Polygons or None.
    sign
        (n,) +1, −1, or 0 for polygons that only cut faces.
    group
        (n,) the sum that each polygon belongs to.
    edges, total
        The directed edges whose undirected edge does not sum to zero, and their chain sum.
    split
        These edges split at each other's corners.
    different, matched
        Number of different undirected edges of all polygons, and of those that sum to zero.
    """

    polygons: Geometries
    sign: npt.NDArray[np.int8]
    group: Integers
    edges: Edges
    total: ChainSum
    split: Split
    different: int
    matched: int

    @property
    def is_zero(self) -> bool:
        """Whether every edge of every group sums to zero, bit for bit."""
        return not len(self.total.weight)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the polygons by their bounds."""
        return shapely.STRtree(self.polygons)


def signed_sum(
    polygons: Geometries,
    sign: npt.NDArray[np.int8],
    group: Integers | None = None,
    *,
    rings: Rings | None = None,
    left: Leftovers | None = None,
) -> SignedSum:
    """Sum the edges of signed polygons and split what is left over.

    Parameters
    ----------
    polygons : (n,) valid (Multi)Polygons with finite coordinates, or None
    sign : (n,) +1, −1 or 0
    group : (n,) sum that each polygon belongs to; one sum when left out
    rings : of the polygons with a sign, where they are known already
    left : what the sum leaves over, where it is known already
    """
    groups = np.zeros(len(polygons), dtype=np.int64) if group is None else group
    if left is None:
        left = leftovers(polygon_rings(polygons) if rings is None else rings, sign, groups)
    split = split_leftovers(left.edges.vertices, left.total)
    return SignedSum(
        polygons, sign, groups, left.edges, left.total, split, left.different, left.matched
    )
