"""polars-st."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from benchmarks.location.contestant import Contestant, Pairs, threads
from benchmarks.location.inputs import Layer

os.environ["POLARS_MAX_THREADS"] = str(threads())  # read when it is imported

import geopandas as gpd
import numpy as np
import polars as pl  # type: ignore[import-not-found,unused-ignore]
import polars_st as st  # type: ignore[import-not-found,unused-ignore]
import shapely


def join() -> Contestant:
    """A spatial join of two frames."""
    return Contestant(_join, lambda rows: Pairs(rows["point"].to_numpy(), rows["grid"].to_numpy()))


def _join(layer: Layer) -> Callable[[], Any]:
    points = _frame("point", shapely.points(layer.x, layer.y), layer.grids.crs)
    grids = _frame("grid", layer.grids.geometry.to_numpy(), layer.grids.crs)
    return lambda: points.st.sjoin(grids, on="geometry", how="inner", predicate="intersects")


def _frame(name: str, shapes: Any, crs: Any) -> Any:
    numbers = pl.Series(name, np.arange(len(shapes)))
    return st.from_geopandas(gpd.GeoDataFrame(geometry=shapes, crs=crs)).with_columns(numbers)
