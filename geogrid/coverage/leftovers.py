"""Leftover edges as a layer to draw: where the chain sum is not zero, and whose edges they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.coverage.signed import SignedSum
from geogrid.coverage.tiers import Tier
from geogrid.topology import Floats, Integers

__all__ = ["LEFTOVER_COLUMNS", "Leftovers", "leftover_frame", "leftovers_of"]

LEFTOVER_COLUMNS = ("level", "weight", "grids", "geometry")
"""Columns of :attr:`CoverageReport.leftover_edges`."""


@dataclass(frozen=True)
class Leftovers:
    """The edges of one level that do not cancel, as arrays.

    Attributes
    ----------
    level
        The level, None where the frame has no levels.
    ends
        (k, 2, 2) start and end of each edge, the surplus to its left.
    weight
        (k,) how many more polygons lie to the left than to the right, 1 or more; the
        region counts −1.
    edge, row
        (m,) each edge that a grid draws, and the position of that grid in the frame.
    """

    level: int | None
    ends: Floats
    weight: npt.NDArray[np.int32]
    edge: Integers
    row: Integers


def leftovers_of(tier: Tier) -> Leftovers:
    """Take the leftover edges out of the sum of one level.

    Parameters
    ----------
    tier : from :func:`geogrid.coverage.tiers.check_tier`
    """
    signed: SignedSum = tier.signed
    total, edges = signed.total, signed.edges
    left = np.flatnonzero(total.weight)
    weight = total.weight[left]
    low, high = edges.vertices[total.low[left]], edges.vertices[total.high[left]]
    is_backward = (weight < 0)[:, None]
    ends = np.stack(
        [np.where(is_backward, high, low), np.where(is_backward, low, high)], axis=1
    ).reshape(-1, 2, 2)
    number = np.full(len(total.weight), -1, dtype=np.int64)
    number[left] = np.arange(len(left))
    edge = number[total.member]
    is_drawn = (edge >= 0) & (edges.owner < len(tier.rows))
    row = tier.rows[edges.owner[is_drawn]]
    return Leftovers(tier.level, ends, np.abs(weight), edge[is_drawn], row)


def leftover_frame(
    leftovers: Sequence[Leftovers], codes: Sequence[str], crs: pyproj.CRS
) -> gpd.GeoDataFrame:
    """Return leftover edges as lines.

    Parameters
    ----------
    leftovers : of each level
    codes : code of every row of the grids
    crs : of the coordinates

    Returns
    -------
    GeoDataFrame
        Columns :data:`LEFTOVER_COLUMNS`, by level, then from west to east; `grids` are the
        codes of the grids that draw the edge, none where only the region does.
    """
    parts = [_one_level(each, codes, crs) for each in leftovers if len(each.weight)]
    if not parts:
        return _frame([], np.zeros(0, np.int32), [], np.zeros((0, 2, 2)), crs)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=crs)


def _one_level(of: Leftovers, codes: Sequence[str], crs: pyproj.CRS) -> gpd.GeoDataFrame:
    order = np.lexsort(of.ends.reshape(-1, 4).T[::-1])
    drawn = np.lexsort((of.row, of.edge))
    bounds = np.searchsorted(of.edge[drawn], np.arange(len(of.weight) + 1))
    rows = of.row[drawn].tolist()
    grids = [
        tuple(sorted({codes[row] for row in rows[bounds[at] : bounds[at + 1]]}))
        for at in order.tolist()
    ]
    return _frame([of.level] * len(order), of.weight[order], grids, of.ends[order], crs)


def _frame(
    level: list[int | None],
    weight: npt.NDArray[np.int32],
    grids: list[tuple[str, ...]],
    ends: Floats,
    crs: pyproj.CRS,
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "level": pd.Series(level, dtype="Int64"),
            "weight": pd.Series(weight, dtype="int32"),
            "grids": pd.Series(grids, dtype=object),
        },
        geometry=gpd.array.from_shapely(shapely.linestrings(ends), crs=crs),
        crs=crs,
    )
