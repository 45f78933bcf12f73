"""``geogrid restore``: make a place what a backup says it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from geogrid.commands import language, reports_errors
from geogrid.commands.only_server import only_server
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.settings import Settings
from geogrid.store.backup import checked_backup, newest_backup
from geogrid.store.errors import explains_disk_errors
from geogrid.store.opening import named_database
from geogrid.store.restore import restore_backup

__all__ = ["restore_command"]

_MOMENTS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@click.command("restore")
@click.argument("backup", type=click.Path(exists=True, path_type=Path))
@click.option("--at", type=click.DateTime(_MOMENTS), help="Of a folder: the newest until then.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder of plans and uploads.")
@click.option("--replace", is_flag=True, help="Replace what is there; it is moved aside.")
@click.option("--check", "is_check", is_flag=True, help="Only look through the backup.")
@reports_errors
def restore_command(
    backup: Path, at: datetime | None, workspace: Path | None, replace: bool, is_check: bool
) -> None:
    """Restore BACKUP, a file or a folder of them, after looking through all of it.

    Stop geogrid serve first. The database may be of the other kind than the one that was backed up.
    """
    settings = Settings.from_environment(workspace=workspace)
    moment = at and at.replace(tzinfo=ZoneInfo(settings.timezone))
    file = newest_backup(backup, moment) if backup.is_dir() else backup
    if is_check:
        with explains_disk_errors(file.parent), checked_backup(file, file.parent) as (_here, found):
            manifest = found
    else:
        engine = named_database(settings.database_url, settings.workspace)
        with only_server(settings):
            manifest = restore_backup(
                file, engine, settings.workspace, at=datetime.now(UTC), replace=replace
            )
    plan = manifest["plan"] or {"number": 0, "grids": 0}
    said = _("{file} is whole: made {made}, plan {number} with {grids} grids.")
    click.echo(
        translate(
            said,
            language(),
            file=file,
            made=manifest["made_at"],
            number=plan["number"],
            grids=plan["grids"],
        )
    )
    if not is_check:
        click.echo(
            translate(_("Restored into {folder}."), language(), folder=settings.workspace.resolve())
        )
