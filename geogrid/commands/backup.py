"""``geogrid backup``: everything of a place in one file, while it is in use."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from geogrid.commands import language, reports_errors
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.settings import Settings
from geogrid.store.backup import backups_in, write_backup
from geogrid.store.opening import named_database

__all__ = ["backup_command"]


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder of plans and uploads.")
@click.option("--keep", type=click.IntRange(1), help="Remove all but the newest so many.")
@reports_errors
def backup_command(folder: Path, workspace: Path | None, keep: int | None) -> None:
    """Write a backup into FOLDER, named after the moment, while the service runs.

    It is read again before it counts: checksums, rows, and the certificate of the plan. It holds
    people's data; only its owner may read it.
    """
    settings = Settings.from_environment(workspace=workspace)
    engine = named_database(settings.database_url, settings.workspace)
    file = write_backup(engine, settings.workspace, folder, at=datetime.now(UTC))
    said = translate(_("{file}: {size} MB"), language(), file=file, size=_megabytes(file))
    click.echo(said)
    if keep is not None:
        for _moment, old in backups_in(folder)[:-keep]:
            old.unlink()


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:,.1f}"
