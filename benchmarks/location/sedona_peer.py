"""SedonaDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import sedonadb  # type: ignore[import-not-found,unused-ignore]
import shapely

from benchmarks.location.contestant import Contestant, Pairs, threads
from benchmarks.location.inputs import Layer


def join() -> Contestant:
    """A join in SQL of two tables in memory."""
    return Contestant(_join, lambda rows: Pairs(*(column.to_numpy() for column in rows.columns)))


def _join(layer: Layer) -> Callable[[], Any]:
    base = sedonadb.connect()
    base.sql(f"SET datafusion.execution.target_partitions = {threads()}").execute()
    points = gpd.GeoDataFrame(
        {"id": np.arange(len(layer.x))},
        geometry=shapely.points(layer.x, layer.y),
        crs=layer.grids.crs,
    )
    grids = layer.grids[["geometry"]].assign(id=np.arange(len(layer.grids)))
    base.create_data_frame(points).to_memtable().to_view("points", overwrite=True)
    base.create_data_frame(grids).to_memtable().to_view("grids", overwrite=True)
    query = (
        "SELECT p.id AS point, g.id AS grid FROM points p JOIN grids g"
        " ON ST_Intersects(g.geometry, p.geometry)"
    )
    return lambda: pa.table(base.sql(query))
