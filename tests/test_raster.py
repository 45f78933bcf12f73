"""The raster, compiled and in plain Python, against the plain rule over all candidates."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from location_layers import interesting_points, layers

from geogrid import _raster_build
from geogrid._cell_kernels import find
from geogrid._raster import UNSETTLED
from geogrid._scalar import find_one
from geogrid.locate import GridIndex, build_index, locate

COARSE = {"_ROOT_CELLS": (1, 9), "_CROWD": 1, "_EDGES_PER_CELL": 4.0}
"""So few cells that even the smallest layers have several levels."""


def _points(grids: list[shapely.Geometry], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Corners, middles of edges, one ulp around both; random points."""
    x, y = interesting_points(grids)
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(grids)
    return (
        np.concatenate([x, rng.uniform(west, east, 200)]),
        np.concatenate([y, rng.uniform(south, north, 200)]),
    )


def _plainly(index: GridIndex, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return index.plain.find(index.order, index.rank, x, y)


@given(layers(), st.integers(0, 99), st.booleans())
def test_the_raster_says_what_the_plain_rule_says(
    grids: list[shapely.Geometry], seed: int, is_coarse: bool
) -> None:
    if not grids:
        return
    with pytest.MonkeyPatch.context() as patch:
        for name, value in COARSE.items() if is_coarse else ():
            patch.setattr(_raster_build, name, value)
        index = build_index(grids)
        raster = index.raster
    x, y = _points(grids, seed)
    expected = _plainly(index, x, y)
    assert locate(index, x, y).tolist() == expected.tolist()
    if raster is None:
        return
    found = find(raster, x, y)
    differs = np.flatnonzero((found != expected) & (found != UNSETTLED))
    assert [(x[at], y[at], found[at], expected[at]) for at in differs] == []
    some = np.random.default_rng(seed).integers(len(x), size=40)
    alone = [find_one(raster, float(x[at]), float(y[at])) for at in some]
    differs = [k for k in range(40) if alone[k] != expected[some[k]] and alone[k] != UNSETTLED]
    assert differs == []
