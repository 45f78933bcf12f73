"""``geogrid unify``: one layer of grids from those of several departments (多格合一)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import geopandas as gpd

from geogrid.boundaries import write_boundaries
from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.reading import (
    read_area,
    read_buildings,
    read_grids,
    reading_options,
    refuse_overwriting,
    say,
)
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.tables import write_table
from geogrid.unify import UnifiedLayers, unify_layers
from geogrid.unify.export import change_table
from geogrid.unify.text import unify_lines
from geogrid.unify.unified import CROSSINGS

__all__ = ["unify_command"]

_FILE = FilePath(path_type=Path)
_FEWEST = 2


@click.command("unify")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--name", "names", multiple=True, metavar="FILE=NAME", help="Such as police=公安.")
@click.option("--lead", help="Name of the layer whose borders win; the first file when left out.")
@click.option("--region", type=_FILE, help="File with the area the grids must fill.")
@click.option(
    "--snap",
    type=click.FloatRange(min=0.0),
    default=5.0,
    show_default=True,
    help="Borders within this many metres of each other become one.",
)
@click.option(
    "--min-area",
    type=click.FloatRange(min=0.0),
    default=1000.0,
    show_default=True,
    help="Pieces smaller than this many m² join a neighbour.",
)
@click.option(
    "--crossings",
    type=click.Choice(CROSSINGS),
    default="split",
    show_default=True,
    help="Divide leading grids along borders that cut them, or leave them whole.",
)
@click.option("--units", type=_FILE, help="List of buildings with households and positions.")
@click.option("-o", "--output", type=_FILE, help="Write the unified grids, format by extension.")
@click.option("--refinement", type=_FILE, help="Write the layers laid over each other.")
@click.option("--changes", type=_FILE, help="Write the list of changes (.xlsx, .csv).")
@click.option("--map", "map_path", type=_FILE, help="Write a map (HTML).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@reading_options
@reports_errors
def unify_command(files: Sequence[Path], **options: Any) -> None:
    """Make one layer of the grids in FILES, and list every change.

    Exit status 0: the unified grids are proven. 1: they are not. 2: the files cannot be used.
    """
    layers = _read_layers(files, options)
    _check_outputs(files, options)
    unified = unify_layers(
        layers,
        read_area(options["region"], options),
        lead=options["lead"],
        snap_m=options["snap"],
        min_area_m2=options["min_area"],
        crossings=options["crossings"],
        units=read_buildings(options["units"], options["datum"]),
    )
    _hand_out(unified, options)
    raise SystemExit(0 if unified.report.is_proven else 1)


def _read_layers(files: Sequence[Path], options: Mapping[str, Any]) -> dict[str, gpd.GeoDataFrame]:
    if len(files) < _FEWEST:
        raise InputError(_("Give at least two files of grids to unify."))
    names = _names(files, options["names"])
    layers = {}
    for path, name in zip(files, names, strict=True):
        layers[name] = read_grids(path, options)
    return layers


def _names(files: Sequence[Path], pairs: Sequence[str]) -> list[str]:
    """Return the name of each layer: as given for the file or its stem, else the stem."""
    given = {}
    for pair in pairs:
        file, equals, name = pair.partition("=")
        known = [path for path in files if file in (str(path), path.name, path.stem)]
        if not (equals and name.strip() and known):
            raise InputError(
                _("--name {pair}: write FILE=NAME with one of the files, such as police=公安."),
                pair=pair[:60],
            )
        given.update(dict.fromkeys(known, name.strip()))
    names = [given.get(path, path.stem) for path in files]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                _("Two files are called {name}; give them names with --name FILE=NAME."),
                name=name[:60],
            )
    return names


def _check_outputs(files: Sequence[Path], options: Mapping[str, Any]) -> None:
    names = ("output", "refinement", "changes", "map_path")
    refuse_overwriting([options[name] for name in names], files)


def _hand_out(unified: UnifiedLayers, options: Mapping[str, Any]) -> None:
    """Write the files that were asked for and print the report."""
    for frame, path in (
        (unified.grids, options["output"]),
        (unified.refinement, options["refinement"]),
    ):
        if path is not None:
            say(write_boundaries(frame, path, language=language()), path)
    if options["changes"] is not None:
        write_table(change_table(unified.changes, language()), options["changes"])
    if options["map_path"] is not None:
        from geogrid.layers.unify_map import write_unify_map  # noqa: PLC0415 - only here

        write_unify_map(unified, options["map_path"], language())
    if options["as_json"]:
        click.echo(json.dumps(unified.to_dict(), ensure_ascii=False))
        return
    for line in unify_lines(unified, language()):
        click.echo(line)
