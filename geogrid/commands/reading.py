"""What commands read: grids, areas, streets and buildings, with the options that they share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd

from geogrid.boundaries import read_boundaries, read_lines
from geogrid.commands import chosen_fields, language
from geogrid.crs import DATUMS
from geogrid.errors import CrsError, InputError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.unit_lists import read_units
from geogrid.tables import read_table

__all__ = [
    "read_area",
    "read_buildings",
    "read_grids",
    "read_streets",
    "reading_options",
    "refuse_overwriting",
    "say",
]

_OPTIONS = (
    click.option(
        "--datum", type=click.Choice(DATUMS), help="What longitudes and latitudes are in."
    ),
    click.option("--crs", help="Reference system of files that name none, such as EPSG:4547."),
    click.option(
        "--field", "fields", multiple=True, metavar="NAME=COLUMN", help="Such as code=BM."
    ),
    click.option("--layer", help="Layer to read, where a file of grids has several."),
)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --datum, --crs, --field and --layer, as :func:`read_grids` takes them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_grids(
    path: Path, options: Mapping[str, Any], *, unsaid: Collection[str] = ()
) -> gpd.GeoDataFrame:
    """Read boundaries by the options of :func:`reading_options`.

    Findings are said, but for the kinds in `unsaid`.
    """
    frame = read_boundaries(
        path,
        datum=options["datum"],
        crs=options["crs"],
        fields=chosen_fields(options["fields"]) or None,
        layer=options["layer"],
    )
    say([one for one in frame.attrs["findings"] if one.kind not in unsaid], path)
    return frame


def read_streets(path: Path | None, options: Mapping[str, Any]) -> gpd.GeoDataFrame | None:
    """Read street lines; like an area, they may name their own reference system."""
    if path is None:
        return None
    try:
        return read_lines(path, datum=options["datum"])
    except CrsError:
        if not options["crs"]:
            raise
        return read_lines(path, datum=options["datum"], crs=options["crs"])


def refuse_overwriting(targets: Iterable[Path | None], sources: Sequence[Path]) -> None:
    """Raise an InputError where a file to write is one that is read."""
    for target in targets:
        if target is None or not target.exists():
            continue
        if any(source.exists() and target.samefile(source) for source in sources):
            raise InputError(
                _("{file} would be overwritten; choose another name."), file=target.name
            )


def read_area(path: Path | None, options: Mapping[str, Any]) -> gpd.GeoDataFrame | None:
    """Read a region; it may name its own reference system, --crs is for where it does not."""
    if path is None:
        return None
    datum, crs = options["datum"], options["crs"]
    try:
        area = read_boundaries(path, datum=datum)
    except CrsError:
        if not crs:
            raise
        area = read_boundaries(path, datum=datum, crs=crs)
    say([one for one in area.attrs["findings"] if one.severity == "error"], path)
    return area


def read_buildings(path: Path | None, datum: str | None) -> pd.DataFrame | None:
    """Read a list of buildings, None for no path; rows that cannot be used are said."""
    if path is None:
        return None
    units, findings = read_units(read_table(path).frame, datum)
    say([one for one in findings if one.severity == "error"], path)
    return units


def say(findings: Sequence[Finding], path: Path) -> None:
    """Print findings about a file on stderr."""
    for finding in findings:
        click.echo(f"{path.name}: {finding.text(language())}", err=True)
