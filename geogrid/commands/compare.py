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
from geogrid.compare.record import STATE_WORDS, ComparisonRecord
from geogrid.compare.write import require_format, write_comparison
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.offices.case_lists import read_cases
from geogrid.offices.rosters import read_roster
from geogrid.store.opening import is_there, reading
from geogrid.store.plan import Plan
from geogrid.store.plans import list_plans
from geogrid.store.workspace import Workspace
from geogrid.tables import read_table

__all__ = ["compare_command"]

_FILE = FilePath(path_type=Path)
_LISTED = 20


@dataclass(frozen=True)
class _Side:
    """One of the two plans, with the tables that its folder has."""

    name: str
    grids: gpd.GeoDataFrame
    tables: dict[str, pd.DataFrame]
    is_sample: bool = False
    state: str = ""


@click.command("compare")
@click.argument("old")
@click.argument("new")
@click.option(
    "--workspace", type=click.Path(path_type=Path), envvar="GEOGRID_WORKSPACE",
    default="geogrid-workspace", show_default=True, help="Whose plans the numbers are of.",
)  # fmt: skip
@click.option(
    "--database", envvar="GEOGRID_DATABASE_URL", default="", help="Where plans are kept instead."
)
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
def compare_command(old: str, new: str, **options: Any) -> None:
    """Say what the plan NEW changes of the plan OLD.

    Each is a boundary file, the folder of a plan, a workspace, or the number of a plan that is
    kept in --workspace or --database (its id in the API). Lists that come with a plan are used
    where no others are given. Exit status 0: compared; 2: the files cannot be used.
    """
    outputs: Sequence[Path] = options["outputs"]
    for path in outputs:
        require_format(path)
    lists = [options[name] for name in ("units", "addresses", "cases", "posts", "posts_after")]
    files = [Path(each) for each in (old, new) if not _is_number(each)]
    refuse_overwriting(outputs, [*files, *(path for path in lists if path is not None)])
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
        states=(sides[0].state, sides[1].state),
    )
    for path in outputs:
        _write(record, path)
    if options["as_json"]:
        click.echo(json.dumps(comparison_data(record), ensure_ascii=False))
        return
    for line in comparison_lines(record):
        click.echo(line)


def _is_number(text: str) -> bool:
    """Return whether this is the number of a plan that is kept, and no file in this folder."""
    return text.isascii() and text.isdigit() and not Path(text).exists()


def _side(source: str, options: dict[str, Any]) -> _Side:
    if _is_number(source):
        return _side_of(*_kept_plan(int(source), options))
    path = Path(_FILE.convert(source, None, None))
    if not path.is_dir() or path.suffix.casefold() == ".gdb":
        return _Side(path.stem, read_grids(path, options), {})
    return _side_of(plan_in(path))


def _kept_plan(number: int, options: dict[str, Any]) -> tuple[Plan, str]:
    """Return a plan that is kept, with what it is.

    Raises
    ------
    InputError
        There is no database, or no such plan; the message lists those that there are.
    """
    workspace = Workspace(options["workspace"], database=options["database"])
    if not is_there(workspace.engine):
        raise InputError(
            _(
                "{number} would be the number of a plan, but no plans are kept in {folder}. "
                "Name the place with --workspace or --database."
            ),
            number=number,
            folder=options["workspace"],
        )
    workspace.open()
    with reading(workspace.engine) as connection:
        known = {plan.id: plan for plan in list_plans(connection)}
    if number not in known:
        words = [
            f"{plan.id} ({translate(STATE_WORDS[plan.status], language())}: {plan.name})"
            for plan in list(known.values())[:_LISTED]
        ]
        raise InputError(
            _("There is no plan {number}. There are: {plans}."),
            number=number,
            plans=", ".join(words) or "–",
        )
    return workspace.find_plan(str(number)), known[number].status


def _side_of(plan: Plan, state: str = "") -> _Side:
    parts = {"units": plan.units, "cases": plan.cases, "posts": plan.posts}
    known = {name: table for name, table in parts.items() if len(table)}
    return _Side(plan.name, plan.grids, known, plan.is_sample, state)


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
