"""``geogrid lookup``: which grid addresses are in, and who answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from geogrid.addresses import build_address_book
from geogrid.addresses.lists.answers import TO_CHECK, count_groups, look_up, suggest_doubtful
from geogrid.addresses.lists.bare import keep_first_address
from geogrid.addresses.lists.columns import find_address_columns, join_addresses
from geogrid.addresses.lists.file import suffix_of, write_list
from geogrid.addresses.lists.words import (
    Words,
    added_columns,
    certainty_text,
    reasons_text,
    sheet_to_check,
)
from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.export import plan_in
from geogrid.commands.reading import refuse_overwriting
from geogrid.crs import DATUMS, from_wgs84
from geogrid.errors import FieldError, FormatError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.placing.grid_layer import GridLayer, build_layer
from geogrid.posts import posts_by_grid
from geogrid.store.plan import Plan
from geogrid.tables import read_table

__all__ = ["lookup_command"]

_LISTS = (".xlsx", ".xls", ".csv")


@click.command("lookup")
@click.argument("what", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=FilePath(path_type=Path),
    help="Look up the list WHAT, a file, and write it here with the answers (.xlsx or .csv).",
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    envvar="GEOGRID_WORKSPACE",
    default=Path("geogrid-workspace"),
    show_default=True,
    help="A workspace, or the folder of a plan.",
)
@click.option("--column", "columns", multiple=True, help="Column of the address; repeatable.")
@click.option("--sheet", help="Worksheet to read, where the list is a workbook.")
@click.option(
    "--datum", type=click.Choice(DATUMS), default="wgs84", help="Of longitudes and latitudes."
)
@click.option("--json", "is_json", is_flag=True, help="Print the answers as JSON.")
@reports_errors
def lookup_command(what: Sequence[str], workspace: Path, **options: Any) -> None:
    """Say which grid each address in WHAT is in and who answers; with -o, of each row of a list.

    A list comes back as it is, with new columns; a workbook keeps its formulas and other sheets.
    Phone numbers are left out. Exit status 0: all is clear; 1: something is to be checked; 2: the
    input cannot be used.
    """
    if options["output"] is not None and len(what) > 1:
        raise FormatError(_("With -o name one list."))
    if options["output"] is None and (lists := [each for each in what if _is_list(each)]):
        raise FormatError(
            _("{file} is a file: say with -o where the list comes back."), file=lists[0]
        )
    plan = plan_in(workspace)
    layer = build_layer(plan.grids)
    if options["output"] is None:
        answers = _answers(list(what), plan, layer)
        _print(answers, plan, options)
    else:
        answers = _list(Path(what[0]), plan, layer, options)
    raise SystemExit(int(answers["certainty"].isin(TO_CHECK).any()))


def _is_list(text: str) -> bool:
    return Path(text).suffix.casefold() in _LISTS and Path(text).is_file()


def _finder(plan: Plan) -> Any:
    from geogrid.addresses.finder import build_finder  # noqa: PLC0415 - loads the compiler

    book = build_address_book(plan.units, plan.grids, plan.streets)
    return build_finder(book, plan.units, plan.addresses, source=plan.source)


def _answers(texts: list[str], plan: Plan, layer: GridLayer) -> pd.DataFrame:
    return look_up(texts, _finder(plan), layer, plan.hierarchy)


def _words(plan: Plan, options: dict[str, Any]) -> Words:
    return Words(language(), options["datum"], plan.hierarchy, posts_by_grid(plan.posts))


def _print(answers: pd.DataFrame, plan: Plan, options: dict[str, Any]) -> None:
    said_in = language()
    added = added_columns(answers, _words(plan, options), ())
    if options["is_json"]:
        click.echo(json.dumps(_plain(answers, options["datum"]), ensure_ascii=False, indent=1))
        return
    for at, row in enumerate(answers.itertuples()):
        why = reasons_text(str(row.reasons), str(row.disagreement), said_in)
        click.echo(f"{row.asked}: {certainty_text(str(row.certainty), said_in)}")
        for name, value in added.iloc[at, 2:].items():
            if value != "" and not pd.isna(value):
                click.echo(f"  {name}: {value}")
        if why:
            click.echo(f"  {why}")


def _plain(answers: pd.DataFrame, datum: str) -> list[dict[str, Any]]:
    """Return answers as JSON has them; what is not known is null."""
    lon, lat = (answers[axis].to_numpy(dtype=np.float64).copy() for axis in ("lon", "lat"))
    known = np.isfinite(lon) & np.isfinite(lat)
    lon[known], lat[known] = from_wgs84(lon[known], lat[known], datum)
    shown = answers.assign(lon=lon, lat=lat, datum=datum, reasons=answers["reasons"].str.split())
    found: list[dict[str, Any]] = shown.to_dict("records")
    return [
        {
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in row.items()
        }
        for row in found
    ]


def _list(path: Path, plan: Plan, layer: GridLayer, options: dict[str, Any]) -> pd.DataFrame:
    output: Path = options["output"]
    refuse_overwriting([output], [path])
    table = keep_first_address(read_table(path, sheet=options["sheet"]))
    if table.source == "geojson":
        raise FormatError(
            _("{file} is GeoJSON; lists of addresses are Excel or CSV."), file=path.name
        )
    if not len(table.frame):
        raise FormatError(_("{file} has no rows."), file=path.name)
    ending = suffix_of(table.source)
    if output.suffix.casefold() != ending:
        raise FormatError(
            _("{file} comes back as {ending}; call the output so."), file=path.name, ending=ending
        )
    columns = options["columns"] or find_address_columns(table.frame)
    missing = [column for column in columns if column not in table.frame.columns]
    if missing or not columns:
        raise FieldError(
            _("No column holds addresses; name it with --column. The columns are: {columns}."),
            columns=", ".join(map(str, table.frame.columns)),
        )
    finder = _finder(plan)
    answers = look_up(join_addresses(table.frame, columns), finder, layer, plan.hierarchy)
    words = _words(plan, options)
    has_sheet = ending == ".xlsx"
    offered = suggest_doubtful(answers, finder, layer, plan.hierarchy) if has_sheet else {}
    sheet = sheet_to_check(answers, table.row_numbers.tolist(), offered, words)
    added = added_columns(answers, words, table.frame.columns)
    write_list(table, path.read_bytes(), added, output, [] if sheet is None else [sheet])
    said = count_groups(answers)
    click.echo(
        json.dumps({"file": str(output), "rows": len(answers), "counts": said}, ensure_ascii=False)
        if options["is_json"]
        else translate(
            _("{file}: {rows} rows, {clear} clear, {doubtful} to check, {none} not found."),
            language(),
            file=output.name,
            rows=len(answers),
            clear=said["exact"] + said["similar"] + said["estimated"],
            doubtful=said["doubtful"],
            none=said["none"],
        )
    )
    return answers
