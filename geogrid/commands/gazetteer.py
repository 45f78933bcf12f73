"""``geogrid gazetteer``: lists of addresses into a workspace, every row with its fate."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
import pandas as pd

from geogrid.addresses.merging import Merged, merge_entries
from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.import_plan import fate_rows
from geogrid.commands.reading import refuse_overwriting, say
from geogrid.commands.workspaces import open_workspace
from geogrid.crs import DATUMS
from geogrid.errors import FormatError, InputError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.offices.previews import ListPreview, preview_address_list
from geogrid.store.opening import is_there
from geogrid.tables import read_tables, write_table

__all__ = ["gazetteer_command"]

_FILE = FilePath(path_type=Path)
_CONFLICTS_SHOWN = 10


@click.command("gazetteer")
@click.argument("file", type=_FILE)
@click.option("--workspace", type=_FILE, required=True, help="Whose gazetteer it is.")
@click.option("--datum", type=click.Choice(DATUMS), help="What longitudes and latitudes are in.")
@click.option("--source", help="Where the list is from; the name of the file by default.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Of the list; today by default."
)
@click.option("--fates", type=_FILE, help="Write what becomes of every row (.xlsx, .csv).")
@click.option("--dry-run", is_flag=True, help="Say what would become of the list, no more.")
@reports_errors
def gazetteer_command(
    file: Path,
    workspace: Path,
    datum: str | None,
    source: str | None,
    day: datetime | None,
    fates: Path | None,
    dry_run: bool,
) -> None:
    """Take the addresses and places in FILE (workbook, CSV, GeoJSON) into the gazetteer.

    They take the place of what the same source said before; other sources stay.
    """
    if fates is not None:
        refuse_overwriting([fates], [file])
    place = open_workspace(workspace)
    if not is_there(place.engine):  # a slip of the pen would make a new one
        raise InputError(_("{folder} is no workspace (geogrid.sqlite)."), folder=workspace)
    preview = preview_address_list(
        read_tables(file),
        place.current().grids,
        datum,
        source=source or file.stem,
        dated=f"{date.today() if day is None else day.date():%Y-%m-%d}",
    )
    if not len(preview.made):
        raise FormatError(_("Nothing in {file} could be read."), file=file.name)
    say(preview.findings, file)
    merged = merge_entries(preview.made)
    _say_conflicts(preview, merged)
    if fates is not None:
        write_table(pd.DataFrame(fate_rows(file, preview)), fates)
    if not dry_run:
        place.add_addresses(merged.entries)
    _say_counts(file, preview, len(merged.entries))


def _say_conflicts(preview: ListPreview, merged: Merged) -> None:
    """Name the rows that say the same of two places, the first of many."""
    rows = [preview.fates[source].row for source in preview.sources]
    for found in merged.conflicts.head(_CONFLICTS_SHOWN).itertuples(index=False):
        said = translate(
            _("Rows {first} and {second} say “{address}”, {metres} m apart; both are kept."),
            language(),
            first=rows[found.first],
            second=rows[found.second],
            address=found.address or found.name,
            metres=round(found.distance_m),
        )
        click.echo(said, err=True)
    more = len(merged.conflicts) - _CONFLICTS_SHOWN
    if more > 0:
        click.echo(translate(_("{count} more are such pairs."), language(), count=more), err=True)


def _say_counts(file: Path, preview: ListPreview, made: int) -> None:
    left_out = sum(fate.is_unread for fate in preview.fates)
    message = _("{file}: {made} addresses, {merged} rows merged into others, {left_out} left out.")
    numbers = {"merged": len(preview.made) - made, "left_out": left_out}
    click.echo(translate(message, language(), file=file.name, made=made, **numbers))
