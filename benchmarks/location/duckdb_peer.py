"""DuckDB with its spatial extension, from the package that carries it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb  # type: ignore[import-not-found,unused-ignore]
import duckdb_extension_spatial  # type: ignore[import-not-found,unused-ignore]
import numpy as np
import pyarrow as pa

from benchmarks.location.contestant import Contestant, Pairs, threads
from benchmarks.location.inputs import Layer


def join() -> Contestant:
    """A join in SQL of two tables of geometries, which are there."""
    return Contestant(_join, lambda rows: Pairs(rows["point"], rows["grid"]))


def _join(layer: Layer) -> Callable[[], Any]:
    base = duckdb.connect(config={"threads": threads()})
    folder = Path(duckdb_extension_spatial.__file__).parent
    base.execute(f"LOAD '{next(folder.rglob('spatial.duckdb_extension'))}'")
    numbers = np.arange(len(layer.grids))
    grids = pa.table({"id": numbers, "wkb": pa.array(layer.grids.to_wkb()["geometry"])})
    points = pa.table({"id": np.arange(len(layer.x)), "x": layer.x, "y": layer.y})
    base.register("grids_given", grids)
    base.register("points_given", points)
    base.execute("CREATE TABLE grids AS SELECT id, ST_GeomFromWKB(wkb) AS geom FROM grids_given")
    base.execute("CREATE TABLE points AS SELECT id, ST_Point(x, y) AS geom FROM points_given")
    return lambda: base.execute(
        "SELECT p.id AS point, g.id AS grid FROM points p JOIN grids g"
        " ON ST_Intersects(g.geom, p.geom)"
    ).fetchnumpy()
