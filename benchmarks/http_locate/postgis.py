"""A PostgreSQL cluster with PostGIS in a temporary folder, for as long as the run needs it.

The server programs are Debian's (``postgresql``, ``postgis``); psycopg is fetched at a fixed
version into ``.cache/bench``, for it is not in our lock.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import shapely

PSYCOPG = "3.2.9"
DRIVER = Path(__file__).resolve().parents[2] / ".cache" / "bench" / f"psycopg-{PSYCOPG}"
_SERVERS = Path("/usr/lib/postgresql")
_TABLE = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE grids (code text, name text, geometry geometry(Geometry, 4326));
"""


def why_not(*, offline: bool) -> str:
    """Return why PostGIS cannot be raced on this machine, "" when it can."""
    if _programs() is None:
        return "PostgreSQL is not installed (Debian: postgresql)"
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        return "PostGIS is not installed (Debian: postgis, postgresql-…-postgis-3)"
    if not DRIVER.exists() and not offline:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--target", str(DRIVER)]
        done = subprocess.run([*pip, f"psycopg[binary]=={PSYCOPG}"], check=False)
        if done.returncode:
            shutil.rmtree(DRIVER, ignore_errors=True)
    return "" if DRIVER.exists() else f"psycopg {PSYCOPG} could not be fetched"


def _programs() -> Path | None:
    found = sorted(_SERVERS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def cluster(grids: gpd.GeoDataFrame) -> Iterator[str]:
    """Start a cluster on a socket of its own with `grids` in it; give its address, then stop it."""
    programs = _programs()
    assert programs is not None
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="geogrid-postgis-"))
    if user is not None:
        shutil.chown(folder, user)
    data = str(folder / "data")

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / program), *arguments],
            check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    try:
        run("initdb", "-D", data, "-U", "bench", "-A", "trust")
        options = f"-c listen_addresses='' -k {folder}"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            address = f"host={folder} dbname=postgres user=bench"
            _fill(address, grids)
            yield address
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
