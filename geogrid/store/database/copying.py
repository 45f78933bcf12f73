"""A whole database as one SQLite file, as it was at one moment, and back.

The file is the same whichever kind of database it comes from, so that a backup of one kind is
restored into the other. Geometry goes as WKB and keeps its bits.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import JSON, Connection, Engine, bindparam, delete, func, insert, select, text
from sqlalchemy.engine import URL

from geogrid.i18n import mark as _
from geogrid.store.database.engine import open_database, reading, writing
from geogrid.store.database.migrate import upgrade
from geogrid.store.database.tables import metadata
from geogrid.store.errors import ConflictError, StoreError, explains_disk_errors

__all__ = ["check_file", "copy_in", "copy_out", "count_rows", "open_file"]

_AT_ONCE = 2_000
_BESIDE = ("-wal", "-shm")


def open_file(file: Path) -> Engine:
    """Return an SQLite file as a database."""
    return open_database(URL.create("sqlite", database=str(file)))


def copy_out(engine: Engine, file: Path) -> None:
    """Write a database to an SQLite file, as it is now, while others read and write it.

    Parameters
    ----------
    engine : of a database with the tables of this release
    file : not there yet

    Raises
    ------
    StoreError
        The database cannot be read, or the disk not written.
    """
    with explains_disk_errors(file.parent):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            source = connection.connection.driver_connection
            assert source is not None
            try:
                with closing(sqlite3.connect(file)) as target:
                    source.backup(target)
            except sqlite3.Error as error:
                raise StoreError(
                    _("The database cannot be copied to {file} ({reason})."),
                    file=file,
                    reason=error,
                ) from error
        return
    target_engine = open_file(file)
    upgrade(target_engine)
    with reading(engine) as source_rows, writing(target_engine) as rows:
        _copy_rows(source_rows, rows)
    _close(target_engine)


def copy_in(file: Path, engine: Engine, *, replace: bool) -> None:
    """Make a database what a file of :func:`copy_out` is; wholly, or not at all.

    Parameters
    ----------
    file : brought to this release first, if need be
    engine : of the database
    replace : what is there; a former SQLite file is kept beside, named ``….before``

    Raises
    ------
    ConflictError
        There are rows already, and they are not to be replaced.
    """
    source = open_file(file)
    upgrade(source)
    _close(source)
    if engine.dialect.name == "sqlite":
        _put_file(file, Path(str(engine.url.database)), replace=replace)
        return
    upgrade(engine)
    with reading(source) as rows, writing(engine) as connection:
        if any(count_rows(connection).values()):
            _require(replace)
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        _copy_rows(rows, connection)
        _go_on_counting(connection)
    source.dispose()


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows in each table."""
    return {
        table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
        for table in metadata.sorted_tables
    }


def check_file(file: Path) -> None:
    """Require that an SQLite file is whole.

    Raises
    ------
    StoreError
        It is damaged.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        found, dangling = str(error), None
    if found != "ok" or dangling is not None:
        raise StoreError(
            _("The database {file} is damaged ({reason})."),
            file=file,
            reason=found if found != "ok" else f"{dangling[0]} {dangling[1]}",
        )


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        # JSON null and SQL NULL both mean nothing; the second is what a new row has
        values = {
            column.name: bindparam(
                column.name,
                type_=JSON(none_as_null=True) if isinstance(column.type, JSON) else column.type,
            )
            for column in table.columns
        }
        statement = insert(table).values(values)
        found = source.execution_options(yield_per=_AT_ONCE).execute(select(table))
        for part in found.mappings().partitions():
            target.execute(statement, [dict(row) for row in part])


def _go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    for table in metadata.sorted_tables:
        if "id" in table.columns:
            named = {"table": table.name}
            sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), named)
            last = connection.scalar(select(func.max(table.c.id)))
            if sequence is not None and last is not None:
                given = {"name": sequence, "last": last}
                connection.execute(text("SELECT setval(:name, :last)"), given)


def _put_file(file: Path, place: Path, *, replace: bool) -> None:
    with explains_disk_errors(place.parent):
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            _require(replace)
            with closing(sqlite3.connect(place)) as former, suppress(sqlite3.DatabaseError):
                former.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            os.replace(place, f"{place}.before")
            for ending in _BESIDE:
                with suppress(FileNotFoundError):
                    os.replace(f"{place}{ending}", f"{place}.before{ending}")
        fresh = Path(f"{place}.new")
        shutil.copyfile(file, fresh)
        fresh.chmod(0o600)
        with fresh.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(fresh, place)


def _close(engine: Engine) -> None:
    """Leave a single file, with nothing in the log beside it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _require(replace: bool) -> None:
    if not replace:
        raise ConflictError(
            _("There is a database already. Choose another place, or give --replace.")
        )
