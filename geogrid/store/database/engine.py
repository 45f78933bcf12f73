"""Open a database: one SQLite file, or PostgreSQL with PostGIS.

SQLite keeps a write-ahead log, so that readers never wait for a writer, and a transaction that
will write takes the only writer's place when it begins: it cannot fail half-way because another
one was faster.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.pool import NullPool

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.errors import StoreError, UnavailableError, explains_disk_errors

__all__ = ["database_url", "open_database", "reading", "writing"]

SETTING = "GEOGRID_DATABASE_URL"
_WAIT_S = 30
_LEAST_FREE_BYTES = 100_000
_WRITES = "geogrid_writes"
_OURS = (DataError, IntegrityError, ProgrammingError)
"""Mistakes of a program, not of the database."""


def database_url(given: str, folder: Path) -> URL:
    """Return the database that a setting names, else the file in the workspace.

    Parameters
    ----------
    given : ``GEOGRID_DATABASE_URL``, may be empty
    folder : of the workspace

    Raises
    ------
    InputError
        It is no URL, or of another kind of database.
    """
    if not given.strip():
        return URL.create("sqlite", database=str(folder / "geogrid.sqlite"))
    try:
        url = make_url(given.strip())
    except ArgumentError:
        url = URL.create("")
    kind = url.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database:
        return url
    raise InputError(
        _(
            "{setting} must be like postgresql://user:password@host/database or "
            "sqlite:////folder/file.sqlite."
        ),
        setting=SETTING,
    )


def open_database(url: URL) -> Engine:
    """Return an engine; nothing is opened yet.

    Parameters
    ----------
    url : as from :func:`database_url`
    """
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url, pool_pre_ping=True, pool_size=8, max_overflow=8, pool_timeout=_WAIT_S
        )
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _WAIT_S})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin, never by the driver
    _keep_a_log(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _keep_a_log(connection: Any) -> None:
    """Choose the write-ahead log, waiting for others that open a new file at the same moment.

    SQLite does not wait by itself here: two that both hold the file and want to change its mode
    would wait for each other for ever, so one of them is refused at once.
    """
    deadline = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(random.uniform(0.001, 0.02))  # noqa: S311


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database until it is left.

    Raises
    ------
    StoreError
        The database cannot be reached or read.
    """
    with _explained(engine), engine.connect() as opened:
        options: dict[str, Any] = {}
        if engine.dialect.name == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        connection = opened.execution_options(**options)
        with connection.begin():
            yield connection


@contextmanager
def writing(database: Engine | Connection) -> Iterator[Connection]:
    """Give a connection whose changes all become real when it is left, or none does.

    Parameters
    ----------
    database : an engine, or the connection of an outer :func:`writing`, whose transaction then
        holds these changes too

    Raises
    ------
    StoreError
        The database cannot be reached or written; nothing was changed.
    """
    if isinstance(database, Connection):
        yield database
        return
    with _explained(database), database.connect() as opened:
        connection = opened.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """Turn what drivers say into errors that people can act on."""
    folder = Path(engine.url.database or ".").parent
    try:
        with explains_disk_errors(folder):
            yield
    except _OURS:
        raise
    except DBAPIError as error:
        reason = (str(error.orig).strip() or "?").splitlines()[0]
        if engine.dialect.name == "sqlite":
            raise _sqlite_error(reason, folder) from error
        raise UnavailableError(
            _("The database {where} cannot be used ({reason}); nothing was changed."),
            where=engine.url.render_as_string(hide_password=True),
            reason=reason,
        ) from error


def _is_full(folder: Path) -> bool:
    """Return whether a disk is full, which SQLite does not always say."""
    try:
        return shutil.disk_usage(folder).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def _sqlite_error(reason: str, folder: Path) -> StoreError:
    if "full" in reason or ("I/O" in reason and _is_full(folder)):
        return UnavailableError(
            _("The disk of {folder} is full; nothing was changed. Free some space."), folder=folder
        )
    if "readonly" in reason or "unable to open" in reason:
        return UnavailableError(
            _(
                "geogrid may not write to {folder}; nothing was changed. "
                "Allow writing there or choose another workspace folder."
            ),
            folder=folder,
        )
    if "locked" in reason or "busy" in reason:
        return UnavailableError(
            _("Another program has been writing for too long; nothing was changed. Try again.")
        )
    return UnavailableError(
        _("The database in {folder} cannot be used ({reason}); nothing was changed."),
        folder=folder,
        reason=reason,
    )
