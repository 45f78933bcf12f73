"""The database of a server: where it is, whether it is there, made when first written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine

from geogrid.i18n import mark as _
from geogrid.store.database.engine import database_url, open_database, reading
from geogrid.store.database.migrate import revisions, upgrade
from geogrid.store.errors import StoreError, explains_disk_errors

__all__ = [
    "check_database",
    "database_file",
    "is_there",
    "kept_open",
    "make_ready",
    "named_database",
    "reading",
]


def named_database(setting: str, folder: Path) -> Engine:
    """Return the database that ``GEOGRID_DATABASE_URL`` names; nothing is opened yet.

    Parameters
    ----------
    setting : of ``GEOGRID_DATABASE_URL``, may be empty
    folder : of the workspace, where the SQLite file is by default

    Raises
    ------
    InputError
        It is no URL, or of another kind of database.
    """
    return open_database(database_url(setting, folder))


def database_file(setting: str, folder: Path) -> Path | None:
    """Return the SQLite file that ``GEOGRID_DATABASE_URL`` names, None for a server."""
    url = database_url(setting, folder)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def is_there(engine: Engine) -> bool:
    """Return whether there is a database; of a server it is taken for granted."""
    if engine.dialect.name != "sqlite":
        return True
    return Path(str(engine.url.database)).exists()


def make_ready(engine: Engine) -> None:
    """Make the tables, or bring them to this release; a new file is its owner's alone.

    Raises
    ------
    StoreError
        The database cannot be reached or written, or a later release has been here.
    """
    if engine.dialect.name == "sqlite":
        folder = Path(str(engine.url.database)).parent
        with explains_disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            # never opened when it is there: closing it again would drop all locks of this
            # process, and another one could take the log away under its connections
            with suppress(FileExistsError):
                os.close(os.open(str(engine.url.database), os.O_CREAT | os.O_EXCL, 0o600))
    upgrade(engine)


def check_database(engine: Engine) -> None:
    """Require that a database answers and has the tables of this release; none yet is well.

    Raises
    ------
    StoreError
        It cannot be used, or is of another release; the message says what to do.
    """
    if not is_there(engine):
        return
    now, newest = revisions(engine)
    if now != newest:
        raise StoreError(
            _("The database is at {now}, this release needs {newest}; start geogrid serve once."),
            now=now or "-",
            newest=newest,
        )


@contextmanager
def kept_open(engine: Engine) -> Iterator[None]:
    """Keep a connection to an SQLite file, so that nothing need be made to read it.

    The last one that closes removes the log, and a disk that is full has no room for a new one.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        connection.commit()
        yield
