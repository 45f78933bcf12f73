"""The database of a service, opened once and shared by all that answers requests."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from geogrid.store.database.engine import database_url, open_database, reading
from geogrid.store.database.migrate import upgrade
from geogrid.store.errors import explains_disk_errors

__all__ = ["open_service", "reading"]


def open_service(setting: str, folder: Path) -> Engine:
    """Return the database of a service, brought to the tables of this release.

    Parameters
    ----------
    setting : ``GEOGRID_DATABASE_URL``; empty for a file in the workspace
    folder : of the workspace

    Raises
    ------
    InputError, StoreError
        The setting is no database, or it cannot be opened.
    """
    with explains_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    engine = open_database(database_url(setting, folder))
    upgrade(engine)
    return engine
