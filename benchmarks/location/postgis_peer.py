"""PostGIS: a join in SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import psycopg  # type: ignore[import-not-found,unused-ignore]

from benchmarks.location.contestant import Contestant, Pairs, threads
from benchmarks.location.inputs import Layer
from benchmarks.location.postgis import USER, start_cluster

_QUERY = """
CREATE UNLOGGED TABLE found AS
SELECT p.id AS point, g.id AS grid FROM points p JOIN grids g ON ST_Intersects(g.geom, p.geom)
"""


def join() -> Contestant:
    """A join into a new table; tables are loaded, indexed and analysed before."""
    database = _Database()
    return Contestant(database.prepare, database.pairs)


class _Database:
    """The cluster, started when it is first used, with the layer that it holds."""

    def __init__(self) -> None:
        self._base: Any = None
        self._held: Any = None

    def prepare(self, layer: Layer) -> Callable[[], Any]:
        if self._base is None:
            socket = start_cluster(layer.folder, threads=threads())
            self._base = psycopg.connect(
                host=str(socket), user=USER, dbname="postgres", autocommit=True
            )
            self._base.execute("CREATE EXTENSION postgis")
        if self._held is not layer.x:
            _load(self._base, layer)
            self._held = layer.x
        self._base.execute("DROP TABLE IF EXISTS found")
        return lambda: self._base.execute(_QUERY)

    def pairs(self, _none: Any) -> Pairs:
        rows = self._base.execute("SELECT point, grid FROM found").fetchall()
        return Pairs(*np.array(rows, np.int64).reshape(-1, 2).T)


def _load(base: Any, layer: Layer) -> None:
    base.execute("DROP TABLE IF EXISTS found, points, grids")
    base.execute("CREATE UNLOGGED TABLE grids (id int, geom geometry)")
    base.execute("CREATE UNLOGGED TABLE written (id int, x float8, y float8)")
    with base.cursor() as cursor:
        with cursor.copy("COPY grids FROM STDIN") as rows:
            for row, shape in enumerate(layer.grids.geometry.to_wkb(hex=True)):
                rows.write_row((row, shape))
        with cursor.copy("COPY written FROM STDIN") as rows:
            for row in zip(range(len(layer.x)), layer.x.tolist(), layer.y.tolist(), strict=True):
                rows.write_row(row)
    base.execute("CREATE UNLOGGED TABLE points AS SELECT id, ST_Point(x, y) AS geom FROM written")
    base.execute("DROP TABLE written")
    base.execute("CREATE INDEX ON grids USING gist (geom)")
    base.execute("ANALYZE grids; ANALYZE points")
