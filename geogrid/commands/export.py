"""``geogrid export``: a whole plan as one file."""

from __future__ import annotations

from pathlib import Path

import click

from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.reading import say
from geogrid.commands.workspaces import open_workspace
from geogrid.errors import InputError
from geogrid.exchange import ENCODINGS, KINDS, export_plan
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.store import Plan, load_plan
from geogrid.store.opening import is_there

__all__ = ["export_command", "plan_in"]


@click.command("export")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=FilePath(path_type=Path))
@click.option("--kind", type=click.Choice(list(KINDS)), help="Format; by default OUT's ending.")
@click.option(
    "--encoding",
    type=click.Choice(ENCODINGS, case_sensitive=False),
    default=ENCODINGS[0],
    show_default=True,
    help="Of the texts in a Shapefile.",
)
@click.option("--public", "is_public", is_flag=True, help="Leave out phone numbers and cases.")
@reports_errors
def export_command(
    source: Path, out: Path, kind: str | None, encoding: str, *, is_public: bool
) -> None:
    """Write the plan in SOURCE, a plan's folder or a workspace, to OUT.

    OUT ends in .gpkg, .xlsx, .shp.zip, .geojson, .kml, .parquet.zip or .parquet (a folder).
    What the format does not keep is said.
    """
    plan = plan_in(source)
    say(export_plan(plan, out, kind=kind, encoding=encoding.upper(), is_whole=not is_public), out)
    message = _("{name}: {grids} grids, {posts} posts, {units} buildings written to {file}.")
    click.echo(
        translate(
            message,
            language(),
            name=plan.name,
            grids=len(plan.grids),
            posts=len(plan.posts),
            units=len(plan.units),
            file=out,
        )
    )


def plan_in(source: Path) -> Plan:
    """Return the plan in a folder, or the current one of a workspace.

    Raises
    ------
    InputError
        The folder is neither.
    """
    if (source / "plan.json").is_file():
        return load_plan(source)
    workspace = open_workspace(source)
    if is_there(workspace.engine):
        return workspace.current()
    raise InputError(
        _("{folder} is neither the folder of a plan (plan.json) nor a workspace (geogrid.sqlite)."),
        folder=source,
    )
