"""``geogrid locate``: which grid each row of a list is in."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd

from geogrid.boundaries import read_boundaries
from geogrid.commands import FilePath, language, named_here, options_named, reports_errors
from geogrid.crs import DATUMS
from geogrid.errors import FieldError, FormatError, InputError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.placing import STATUSES, FindAddress, in_language, locate_rows
from geogrid.tables import TABLE_FORMATS, Table, read_table, write_table

__all__ = ["locate_command"]

_FILE = FilePath(path_type=Path)
_SAID = {"made_codes", "empty_rows"}  # notes that change what comes out
_GRIDS_OPTIONS = {"--crs": "--grids-crs", "--datum": "--grids-datum"}
_UNITS_OPTIONS = {"--datum": "--units-datum"}
_STATUS_TEXTS = {
    "inside": _("in a grid"),
    "on_boundary": _("on a border"),
    "outside": _("outside all grids"),
    "no_position": _("without position"),
    "bad_position": _("position unusable"),
}


@click.command("locate")
@click.argument("points", type=_FILE)
@click.argument("grids", type=_FILE)
@click.option(
    "-o", "--output", type=_FILE, required=True, help="Where to write: .csv, .xlsx or .geojson."
)
@click.option("--datum", type=click.Choice(DATUMS), help="What POINTS' lon and lat are in.")
@click.option("--crs", help="Reference system of projected x and y in POINTS: EPSG:4547.")
@click.option("--lon", help="Column with the longitude (or x, or both numbers).")
@click.option("--lat", help="Column with the latitude (or y).")
@click.option("--address", help="Column with the address.")
@click.option("--sheet", help="Worksheet to read, where POINTS is a workbook.")
@click.option(
    "--units", type=_FILE, help="List of buildings, to find rows that have an address only."
)
@click.option("--units-datum", type=click.Choice(DATUMS), help="Datum of --units, if not --datum.")
@click.option("--grids-datum", type=click.Choice(DATUMS), help="What lon and lat in GRIDS are in.")
@click.option("--grids-crs", help="Reference system of GRIDS, where the file has none.")
@click.option(
    "--field", "fields", multiple=True, metavar="NAME=COLUMN", help="Of GRIDS: code=BM; repeatable."
)
@click.option("--layer", help="Layer of GRIDS to read, where the file has several.")
@reports_errors
def locate_command(points: Path, grids: Path, **options: Any) -> None:
    """Write POINTS with the grid of GRIDS each row is in, names, distance and status.

    POINTS is CSV, Excel or GeoJSON; all its rows come back in order. A workbook stays as it
    is and gets new columns. Exit status 0: written; 2: the input cannot be used.
    """
    output = options["output"]
    _check_output(output, points)
    _progress(_("Reading {file}…"), file=grids.name)
    plan = _grids(grids, options)
    _progress(_("Reading {file}…"), file=points.name)
    table = read_table(points, sheet=options["sheet"], keep_empty=True)
    if not len(table.frame):
        raise FormatError(_("{file} has no rows."), file=points.name)
    where = _where(table, options)
    finder = None
    if options["units"]:
        finder = _finder(options["units"], options["units_datum"] or where["datum"], plan)
    _progress(_("Locating {count} rows…"), count=len(table.frame))
    located = locate_rows(table.frame, plan, find_address=finder, **where)
    write_table(in_language(located, language()), output, like=table)
    _report(located, plan, table, output)


def _grids(path: Path, options: Mapping[str, Any]) -> gpd.GeoDataFrame:
    with options_named(_GRIDS_OPTIONS):
        return read_boundaries(
            path,
            datum=options["grids_datum"],
            crs=options["grids_crs"],
            layer=options["layer"],
            fields=_fields(options["fields"]) or None,
        )


def _where(table: Table, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return where positions are and in which system; GeoJSON says so itself."""
    where = {name: options[name] for name in ("datum", "crs", "lon", "lat", "address")}
    if table.source != "geojson":
        return where
    where["lon"], where["lat"] = where["lon"] or table.axes[0], where["lat"] or table.axes[1]
    if not (where["datum"] or where["crs"]):
        where |= {"crs": table.crs} if table.crs else {"datum": "wgs84"}
    return where


def _fields(pairs: Sequence[str]) -> dict[str, str]:
    """Return canonical field to column of ``NAME=COLUMN`` texts."""
    chosen = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not (name and equals):
            raise FieldError(_("--field {pair}: write NAME=COLUMN, such as code=BM."), pair=pair)
        chosen[name.strip()] = column.strip()
    return chosen


def _check_output(output: Path, points: Path) -> None:
    """Refuse what can only fail after the work is done."""
    if output.suffix.casefold() not in TABLE_FORMATS:
        raise FormatError(
            _("Cannot write {file}: use one of {extensions}."),
            file=output.name,
            extensions=", ".join(TABLE_FORMATS),
        )
    if output.exists() and points.exists() and output.samefile(points):
        raise InputError(_("{file} would be overwritten; choose another name."), file=output.name)


def _progress(message: str, **params: object) -> None:
    if sys.stderr.isatty():
        click.echo(translate(message, language(), **params), err=True)


def _finder(units: Path, datum: str | None, plan: gpd.GeoDataFrame) -> FindAddress:
    from geogrid.addresses import address_finder  # noqa: PLC0415
    from geogrid.addresses.book import build_address_book  # noqa: PLC0415 (only where it is needed)
    from geogrid.offices.unit_lists import read_units  # noqa: PLC0415

    with options_named(_UNITS_OPTIONS):
        known, _findings = read_units(read_table(units).frame, datum)
    return address_finder(build_address_book(known, plan.to_crs("EPSG:4326")))


def _report(located: pd.DataFrame, plan: gpd.GeoDataFrame, table: Table, output: Path) -> None:
    """Print what was written, and on stderr what was noticed."""
    said_in = language()
    for finding in plan.attrs["findings"]:
        if finding.severity != "note" or finding.kind in _SAID:
            click.echo(named_here(finding.text(said_in), _GRIDS_OPTIONS), err=True)
    for finding in (*table.findings, *located.attrs["findings"]):
        if finding.severity != "note" or finding.kind in _SAID:
            click.echo(finding.text(said_in), err=True)
    counts = located["status"].value_counts()
    parts = [
        f"{translate(_STATUS_TEXTS[status], said_in)} {counts[status]:,}"
        for status in STATUSES
        if counts.get(status)
    ]
    separator = "，" if said_in == "zh_CN" else ", "
    summary = translate(
        _("{file}: {rows} rows. {counts}"),
        said_in,
        file=output.name,
        rows=f"{len(located):,}",
        counts=separator.join(parts),
    )
    click.echo(summary)
