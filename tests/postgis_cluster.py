"""A PostGIS cluster of the tests' own: on a socket in a temporary folder, stopped at will.

It uses the programs of the system (Debian: postgresql, postgresql-postgis), but not its clusters,
because some tests stop the server in the middle of a write. The server refuses to run as root;
root hands the folder to the user ``postgres``.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

__all__ = ["Cluster"]

USER = "postgres"


class Cluster:
    """A running server; databases are made from one that holds PostGIS already."""

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if not found:
            raise RuntimeError(
                "PostgreSQL is missing: apt-get install postgresql postgresql-postgis"
            )
        self.programs = found[-1].parent
        self.folder = Path(tempfile.mkdtemp(prefix="geogrid-test-postgis-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        self._run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8")
        self.start()
        self.query("CREATE DATABASE with_postgis")
        self.query("CREATE EXTENSION postgis", "with_postgis")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=off -c shared_buffers=64MB"
        self._run(
            "pg_ctl", "-D", self.data, "-w", "-o", options, "-l", self.folder / "log", "start"
        )

    def stop(self, mode: str = "fast") -> None:
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, template: str = "with_postgis") -> URL:
        name = f"test_{secrets.token_hex(6)}"
        self.query(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: URL) -> None:
        self.query(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")

    def url(self, name: str) -> URL:
        return URL.create(
            "postgresql+psycopg", USER, database=name, query={"host": str(self.folder)}
        )

    def query(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(
            host=str(self.folder), user=USER, dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: object) -> None:
        user = pwd.getpwnam(USER).pw_uid if os.geteuid() == 0 else None
        command = [str(part) for part in (self.programs / program, *arguments)]
        subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")
