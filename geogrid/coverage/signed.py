"""Polygons summed with a sign, and what the sum leaves over.

Grids count +1 and the region they must fill −1 (see :mod:`geogrid.topology`); the children of
a parent and, with −1, the parent make one group of several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.unmatched import Split, split_leftovers
from geogrid.topology import ChainSum, Edges, Integers, chain_sum, polygon_edges

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
    edges, total, split
        Their edges, the chain sum and the leftover edges split at each other's corners.
    """

    polygons: Geometries
    sign: npt.NDArray[np.int8]
    group: Integers
    edges: Edges
    total: ChainSum
    split: Split

    @property
    def is_zero(self) -> bool:
        """Whether every edge of every group sums to zero, bit for bit."""
        return not self.total.weight.any()


def signed_sum(
    polygons: Geometries, sign: npt.NDArray[np.int8], group: Integers | None = None
) -> SignedSum:
    """Sum the edges of signed polygons and split what is left over.

    Parameters
    ----------
    polygons : (n,) valid (Multi)Polygons with finite coordinates, or None
    sign : (n,) +1, −1 or 0
    group : (n,) sum that each polygon belongs to; one sum when left out
    """
    groups = np.zeros(len(polygons), dtype=np.int64) if group is None else group
    edges = polygon_edges(polygons)
    total = chain_sum(edges, sign, groups)
    return SignedSum(polygons, sign, groups, edges, total, split_leftovers(edges.vertices, total))
