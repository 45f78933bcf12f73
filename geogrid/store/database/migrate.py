"""Bring a database to the tables of this release."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from geogrid.i18n import mark as _
from geogrid.store.database.engine import reading, writing
from geogrid.store.errors import StoreError

__all__ = ["newest_revision", "revisions", "upgrade"]

_FOLDER = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """Return the revision of this release."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def revisions(engine: Engine) -> tuple[str | None, str]:
    """Return the revision that a database is at, and that of this release.

    Raises
    ------
    StoreError
        The database cannot be used.
    """
    with reading(engine) as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    return now, newest_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply the migrations that a database lacks; all of them or none.

    Parameters
    ----------
    engine : of a new database or one of any earlier release
    revision : to stop at, for tests

    Raises
    ------
    StoreError
        A later release has been here, or the database cannot be written.
    """
    with writing(engine) as connection:
        _wait_for_others(connection)
        now = MigrationContext.configure(connection).get_current_revision()
        known = {
            script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()
        }
        if now is not None and now not in known:
            raise StoreError(
                _("The database is of a later release of geogrid ({revision}); install that."),
                revision=now,
            )
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _wait_for_others(connection: Connection) -> None:
    """Let one process migrate at a time; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7310217)")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
