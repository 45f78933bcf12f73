"""``geogrid compare``: what one plan changes of another, and what changes hands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd

from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.export import plan_in
from geogrid.commands.reading import (
    read_buildings,
    read_grids,
    reading_options,
    refuse_overwriting,
    say,
)
from geogrid.compare import compare_plans
from geogrid.compare.plain import comparison_data, comparison_lines
from geogrid.compare.record import ComparisonRecord
from geogrid.compare.write import require_format, write_comparison
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.offices.case_lists import read_cases
from geogrid.offices.rosters import read_roster
from geogrid.tables import read_table

__all__ = ["compare_command"]

_FILE = FilePath(path_type=Path)


@dataclass(frozen=True)
class _Side:
    """One of the two plans, with the tables that its folder has."""

    name: str
    grids: gpd.GeoDataFrame
    tables: dict[str, pd.DataFrame]
    is_sample: bool = False


@click.command("compare")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option(
    "--out", "outputs", type=_FILE, multiple=True,
    help="Write it (.docx .xlsx .json .html, a map to wipe); may be repeated.",
)  # fmt: skip
@click.option("--units", type=_FILE, help="List of buildings with households and positions.")
@click.option("--addresses", type=_FILE, help="List of addresses with positions.")
@click.option("--cases", type=_FILE, help="List of cases with positions; open ones count.")
@click.option("--posts", type=_FILE, help="Roster under the former plan.")
@click.option("--posts-after", type=_FILE, help="Roster under the new plan, where settled.")
@click.option(
    "--tolerance", type=click.FloatRange(min=0.0), default=0.01, show_default=True,
    help="Ground narrower than this many metres does not count.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@reading_options
@reports_errors
def compare_command(old: Path, new: Path, **options: Any) -> None:
    """Say what the plan NEW changes of the plan OLD: boundary files, or folders of plans.

    The lists in a plan's folder are used where no others are given. Exit status 0: compared;
    2: the files cannot be used.
    """
    outputs: Sequence[Path] = options["outputs"]
    for path in outputs:
        require_format(path)
    lists = [options[name] for name in ("units", "addresses", "cases", "posts", "posts_after")]
    refuse_overwriting(outputs, [path for path in (old, new, *lists) if path is not None])
    sides = _side(old, options), _side(new, options)
    comparison = compare_plans(
        sides[0].grids,
        sides[1].grids,
        **_tables(sides, options),
        tolerance_m=options["tolerance"],
    )
    marks = [translate(_("For internal use"), language())]
    if any(side.is_sample for side in sides):
        marks.insert(0, translate(_("Sample data"), language()))
    record = ComparisonRecord(
        comparison,
        sides[0].name,
        sides[1].name,
        datetime.now().astimezone().date().isoformat(),
        language=language(),
        marks=marks,
    )
    for path in outputs:
        _write(record, path)
    if options["as_json"]:
        click.echo(json.dumps(comparison_data(record), ensure_ascii=False))
        return
    for line in comparison_lines(record):
        click.echo(line)


def _side(path: Path, options: dict[str, Any]) -> _Side:
    if not path.is_dir() or path.suffix.casefold() == ".gdb":
        return _Side(path.stem, read_grids(path, options), {})
    plan = plan_in(path)
    parts = {"units": plan.units, "cases": plan.cases, "posts": plan.posts}
    known = {name: table for name, table in parts.items() if len(table)}
    return _Side(plan.name, plan.grids, known, plan.is_sample)


def _tables(sides: tuple[_Side, _Side], options: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in the grids: the lists given, else those of the new plan."""
    datum = options["datum"]
    found: dict[str, Any] = {
        "units": sides[1].tables.get("units", sides[0].tables.get("units")),
        "cases": sides[1].tables.get("cases", sides[0].tables.get("cases")),
        "posts": sides[0].tables.get("posts"),
        "posts_after": sides[1].tables.get("posts"),
    }
    for name in ("units", "addresses"):
        if options[name] is not None:
            found[name] = read_buildings(options[name], datum)
    if options["cases"] is not None:
        found["cases"] = _said(read_cases(read_table(options["cases"]).frame, datum=datum), options)
    for at, name in enumerate(("posts", "posts_after")):
        if options[name] is not None:
            roster = read_roster(read_table(options[name]).frame, sides[at].grids)
            found[name] = _said(roster, options, name)
    return found


def _said(read: Any, options: dict[str, Any], name: str = "cases") -> pd.DataFrame:
    table, findings = read
    say([one for one in findings if one.severity == "error"], options[name])
    return table


def _write(record: ComparisonRecord, path: Path) -> None:
    if path.suffix.casefold() != ".html":
        write_comparison(record, path)
        return
    from geogrid.layers.comparison_map import (  # noqa: PLC0415 - only here
        write_comparison_map,
    )

    write_comparison_map(record, path)
