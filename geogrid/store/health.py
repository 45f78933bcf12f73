"""Whether a place is well: each check says in words what is wrong and what to do."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from geogrid.errors import GeogridError
from geogrid.hierarchy import leaves
from geogrid.i18n import mark as _
from geogrid.settings import Settings
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit
from geogrid.store.errors import StoreError, explains_disk_errors
from geogrid.store.index_cache import cached_index
from geogrid.store.opening import check_database, is_there, named_database
from geogrid.store.workspace import Workspace

__all__ = ["CHECKS", "find_faults"]

LEAST_FREE_BYTES = 1_000_000_000
_CLOCK_SLACK = timedelta(minutes=5)


def find_faults(
    settings: Settings, checks: dict[str, Callable[[], None]]
) -> dict[str, GeogridError | None]:
    """Return for each check None, or what is wrong.

    Parameters
    ----------
    settings : of the place
    checks : besides :data:`CHECKS`, by name
    """
    every = {name: _with(check, settings) for name, check in CHECKS.items()} | checks
    return {name: _fault(check) for name, check in every.items()}


def _with(check: Callable[[Settings], None], settings: Settings) -> Callable[[], None]:
    return lambda: check(settings)


def _fault(check: Callable[[], None]) -> GeogridError | None:
    try:
        check()
    except GeogridError as error:
        return error
    return None


def _engine(settings: Settings) -> Engine:
    return named_database(settings.database_url, settings.workspace)


def _workspace(settings: Settings) -> Workspace:
    return Workspace(settings.workspace, database=settings.database_url)


def _check_workspace(settings: Settings) -> None:
    folder = settings.workspace
    with explains_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 65_536)
    key = folder / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        raise StoreError(_("Others can read {file}; run: chmod 600 {file}"), file=key.resolve())


def _check_disk(settings: Settings) -> None:
    places = {settings.workspace, Path(tempfile.gettempdir())}
    for place in places:
        with explains_disk_errors(place):
            free = shutil.disk_usage(place).free
        if free < LEAST_FREE_BYTES:
            raise StoreError(
                _("Only {free} MB are free on the disk of {folder}; {least} MB should be."),
                free=free // 1_000_000,
                least=LEAST_FREE_BYTES // 1_000_000,
                folder=place,
            )


def _check_database(settings: Settings) -> None:
    engine = _engine(settings)
    if engine.dialect.name != "sqlite" or not is_there(engine):
        return
    file = Path(str(engine.url.database))
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise StoreError(
            _("The database {file} is damaged ({reason}); restore a backup."),
            file=file,
            reason=found,
        )


def _check_migrations(settings: Settings) -> None:
    check_database(_engine(settings))


def _check_clock(settings: Settings) -> None:
    """Compare the clock with the last moment that was written down."""
    engine = _engine(settings)
    if not is_there(engine):
        return
    with reading(engine) as connection:
        last = connection.scalar(select(func.max(audit.c.at)))
    if last is not None and last > datetime.now(UTC) + _CLOCK_SLACK:
        raise StoreError(
            _("The clock is behind: the audit log goes on until {last}. Set the clock."),
            last=last.isoformat(timespec="seconds"),
        )


def _check_plan(settings: Settings) -> None:
    _workspace(settings).current()


def _check_index(settings: Settings) -> None:
    """Load the locator's index, or build it where it is not kept."""
    grids = leaves(_workspace(settings).current().grids)
    cached_index(grids, grids["code"].to_numpy())


CHECKS: dict[str, Callable[[Settings], None]] = {
    "workspace": _check_workspace,
    "disk": _check_disk,
    "database": _check_database,
    "migrations": _check_migrations,
    "clock": _check_clock,
    "plan": _check_plan,
    "index": _check_index,
}
"""What every place must have, in the order in which causes come before effects."""
