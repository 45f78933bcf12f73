"""``geogrid doctor``: whether everything that a service needs is well."""

from __future__ import annotations

from pathlib import Path

import click

from geogrid.commands import language, reports_errors
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.settings import Settings
from geogrid.store.health import find_faults

__all__ = ["doctor_command"]


@click.command("doctor")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder of plans and uploads.")
@reports_errors
def doctor_command(workspace: Path | None) -> None:
    """Check workspace, free disk, database, migrations, clock, plan, index and page files.

    Ends with 0 when all is well, 1 when something is not, 2 when the settings are wrong.
    """
    from web.assets import check_assets  # noqa: PLC0415 - the other commands need no web

    settings = Settings.from_environment(workspace=workspace)
    faults = find_faults(settings, {"assets": check_assets})
    for name, fault in faults.items():
        said = translate(_("well"), language()) if fault is None else fault.text(language())
        click.echo(f"{name:<12}{said}", err=fault is not None)
    if any(faults.values()):
        raise SystemExit(1)
