"""``geogrid locate``: which grid each row of a list is in."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import geopandas as gpd

from geogrid.batch import STREAM_FORMATS, is_parquet, open_source
from geogrid.boundaries import read_boundaries
from geogrid.commands import FilePath, chosen_fields, language, options_named, reports_errors
from geogrid.commands.locate_stream import GRIDS_OPTIONS, locate_stream, report, say
from geogrid.commands.reading import refuse_overwriting
from geogrid.commands.workers import uses_workers
from geogrid.crs import DATUMS
from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.placing import FindAddress, in_language, locate_rows
from geogrid.placing.datum_evidence import sharpened
from geogrid.placing.grid_layer import build_layer
from geogrid.placing.rows import doubt_by_addresses
from geogrid.store import cached_index
from geogrid.tables import TABLE_FORMATS, Table, read_table, write_table

__all__ = ["locate_command"]

_FILE = FilePath(path_type=Path)
_WHOLE = {"sheet": "--sheet"}
_UNITS_OPTIONS = {"--datum": "--units-datum"}


@click.command("locate")
@click.argument("points", type=_FILE)
@click.argument("grids", type=_FILE)
@click.option(
    "-o", "--output", type=_FILE, required=True, help="Where to write; format by extension."
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
@click.option("--workers", type=click.IntRange(min=1), help="Start so many Dask workers here.")
@click.option("--scheduler", metavar="ADDRESS", help="Use the Dask workers of this scheduler.")
@reports_errors
def locate_command(points: Path, grids: Path, **options: Any) -> None:
    """Write POINTS with the grid of GRIDS each row is in, names, distance and status.

    POINTS is CSV, Parquet (a file or a folder), Excel or GeoJSON; all its rows come back in
    order. CSV and Parquet may be larger than memory where a .csv or .parquet is written; the
    same command goes on where it was interrupted. Dask workers take Parquet and write a folder
    of it. A workbook stays as it is and gets new columns. Exit status 0: written; 2: the input
    cannot be used; 130: interrupted.
    """
    output = options["output"]
    _check_output(output, points)
    if uses_workers(options, _WHOLE) and not is_parquet(points):
        raise FormatError(_("Workers locate Parquet; {file} is none."), file=points.name)
    _progress(_("Reading {file}…"), file=grids.name)
    plan = _grids(grids, options)
    _progress(_("Reading {file}…"), file=points.name)
    if is_parquet(points) or output.suffix.casefold() in STREAM_FORMATS:
        source = open_source(points)
        if source is not None:
            _check_format(output, STREAM_FORMATS)
            locate_stream(source, plan, output, _finder(options, options["datum"], plan), options)
            return
    _check_format(output, TABLE_FORMATS)
    table = read_table(points, sheet=options["sheet"], keep_empty=True)
    if not len(table.frame):
        raise FormatError(_("{file} has no rows."), file=points.name)
    where = _where(table, options)
    finder = _finder(options, where["datum"], plan)
    _progress(_("Locating {count} rows…"), count=len(table.frame))
    layer = build_layer(plan, partial(cached_index, say=say))
    located = locate_rows(table.frame, layer, find_address=finder, **where)
    write_table(in_language(located, language()), output, like=table)
    doubt = None
    if finder is not None and where["datum"]:
        doubt = doubt_by_addresses(table.frame, located.attrs["fields"], where["datum"], finder)
    findings = [*table.findings, *sharpened(located.attrs["findings"], doubt)]
    report(plan, findings, located["status"].value_counts(), output)


def _grids(path: Path, options: Mapping[str, Any]) -> gpd.GeoDataFrame:
    with options_named(GRIDS_OPTIONS):
        return read_boundaries(
            path,
            datum=options["grids_datum"],
            crs=options["grids_crs"],
            layer=options["layer"],
            fields=chosen_fields(options["fields"]) or None,
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


def _check_output(output: Path, points: Path) -> None:
    """Refuse what can only fail after the work is done."""
    _check_format(output, (*TABLE_FORMATS, *STREAM_FORMATS))
    refuse_overwriting([output], [points])


def _check_format(output: Path, formats: Sequence[str]) -> None:
    if output.suffix.casefold() not in formats:
        raise FormatError(
            _("Cannot write {file}: use one of {extensions}."),
            file=output.name,
            extensions=", ".join(dict.fromkeys(formats)),
        )


def _progress(message: str, **params: object) -> None:
    if sys.stderr.isatty():
        click.echo(translate(message, language(), **params), err=True)


def _finder(
    options: Mapping[str, Any], datum: str | None, plan: gpd.GeoDataFrame
) -> FindAddress | None:
    from geogrid.addresses import address_finder  # noqa: PLC0415
    from geogrid.addresses.book import build_address_book  # noqa: PLC0415 (only where it is needed)
    from geogrid.offices.unit_lists import read_units  # noqa: PLC0415

    if not options["units"]:
        return None
    with options_named(_UNITS_OPTIONS):
        units = read_table(options["units"]).frame
        known, _findings = read_units(units, options["units_datum"] or datum)
    return address_finder(build_address_book(known, plan.to_crs("EPSG:4326")))
