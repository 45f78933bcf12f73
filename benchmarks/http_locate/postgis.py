"""A PostgreSQL cluster with PostGIS in a temporary folder, for as long as the run needs it.

The server programs are Debian's (``postgresql``, ``postgis``); psycopg is fetched at a fixed
version into ``.cache/bench``, for it is not in our lock.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import shapely

from benchmarks.fetching import CACHE
from benchmarks.location.postgis import USER, end_cluster, programs, start_cluster
from benchmarks.location.tools import VERSIONS

_DRIVER = "psycopg[binary]"
DRIVER = CACHE / f"psycopg-{VERSIONS[_DRIVER]}"
_TABLE = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE grids (code text, name text, geometry geometry(Geometry, 4326));
"""


def why_not(*, offline: bool) -> str:
    """Return why PostGIS cannot be raced on this machine, "" when it can."""
    if programs() is None:
        return "PostGIS is not installed (Debian: postgresql, postgresql-…-postgis-3)"
    if not DRIVER.exists() and not offline:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--target", str(DRIVER)]
        done = subprocess.run([*pip, f"{_DRIVER}=={VERSIONS[_DRIVER]}"], check=False)
        if done.returncode:
            shutil.rmtree(DRIVER, ignore_errors=True)
    return "" if DRIVER.exists() else f"{DRIVER.name} could not be fetched"


@contextmanager
def cluster(grids: gpd.GeoDataFrame) -> Iterator[str]:
    """Start a cluster on a socket of its own with `grids` in it; give its address, then stop it."""
    with tempfile.TemporaryDirectory(prefix="geogrid-bench-") as name:
        try:
            socket = start_cluster(Path(name), threads=1)
            address = f"host={socket} dbname=postgres user={USER}"
            _fill(address, grids)
            yield address
        finally:
            end_cluster(Path(name))


def _fill(address: str, grids: gpd.GeoDataFrame) -> None:
    sys.path.append(str(DRIVER))
    import psycopg  # noqa: PLC0415 - fetched for this benchmark only

    shapes = shapely.to_wkb(
        shapely.set_srid(grids.geometry.to_numpy(), 4326), hex=True, include_srid=True
    )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_TABLE)
        with connection.cursor().copy("COPY grids FROM STDIN") as copy:
            for row in zip(grids["code"], grids["name"], shapes, strict=True):
                copy.write_row(row)
        connection.execute("CREATE INDEX ON grids USING gist (geometry)")
        connection.execute("VACUUM ANALYZE grids")
