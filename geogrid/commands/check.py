"""``geogrid check``: is every place in exactly one grid, and if not, where not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import click
import geopandas as gpd

from geogrid.boundaries import write_boundaries
from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.reading import (
    read_area,
    read_buildings,
    read_grids,
    reading_options,
    say,
)
from geogrid.commands.workers import check_on_workers, grid_names, uses_workers
from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport
from geogrid.coverage.text import report_lines
from geogrid.hierarchy import fill_levels
from geogrid.reports import CheckComparison, compare_checks, read_check, write_report
from geogrid.reports.write import require_report_format
from geogrid.rules import check_rules, with_advice
from geogrid.rules.profile import Profile
from geogrid.rules.reading import find_profile
from geogrid.rules.text import advice_data, advice_lines

__all__ = ["check_command"]

_FILE = FilePath(path_type=Path)


class Advised(NamedTuple):
    """What a profile says of the grids, beside the verdict."""

    profile: Profile
    rows: gpd.GeoDataFrame


@click.command("check")
@click.argument("grids", type=_FILE)
@click.option("--region", type=_FILE, help="File with the area the grids must fill.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0.0),
    default=0.01,
    show_default=True,
    help="Defects narrower than this many metres are noise.",
)
@click.option("--strict", is_flag=True, help="Fail unless the coverage is proven.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("-o", "--output", type=_FILE, help="Write the defects, format by extension.")
@click.option("--map", "map_path", type=_FILE, help="Write a map of the defects (HTML).")
@click.option(
    "--report",
    "report_paths",
    type=_FILE,
    multiple=True,
    help="Write a report (.docx .xlsx .gpkg .json .txt .html); may be repeated.",
)
@click.option("--compare", type=_FILE, help="Report of an earlier check (.gpkg, .json).")
@click.option("--units", type=_FILE, help="List of buildings with households and positions.")
@click.option("--approved", type=_FILE, help="File with approved gaps: a lake, a barracks.")
@click.option("--profile", type=_FILE, help="Add advice on size and codes: a profile, or city.")
@reading_options
@click.option("--workers", type=click.IntRange(min=1), help="Start so many Dask workers here.")
@click.option("--scheduler", metavar="ADDRESS", help="Use the Dask workers of this scheduler.")
@reports_errors
def check_command(grids: Path, **options: Any) -> None:
    """Check that GRIDS cover their area exactly once.

    Exit status 0: no gap or overlap (with --strict: proven). 1: there are some. 2: the files
    cannot be used.
    """
    profile = None if options["profile"] is None else find_profile(options["profile"])
    for path in options["report_paths"]:
        if path.suffix.casefold() != ".html":
            require_report_format(path)
    earlier = None if options["compare"] is None else read_check(options["compare"])
    on_workers = uses_workers(options)
    frame = grid_names(grids) if on_workers else read_grids(grids, options)
    region = read_area(options["region"], options)
    units = read_buildings(options["units"], options["datum"])
    approved = read_area(options["approved"], options)
    if on_workers:
        report = check_on_workers(grids, region, options, units=units, approved=approved)
    else:
        report = check_coverage(
            frame,
            region,
            tolerance_m=options["tolerance"],
            units=units,
            approved_gaps=approved,
        )
    advice = None if profile is None else Advised(profile, check_rules(frame, profile, units=units))
    comparison = None if earlier is None else compare_checks(earlier, report)
    options |= {"title": grids.name, "comparison": comparison, "advice": advice}
    _hand_out(report, frame, region, options)
    is_good = report.is_proven if options["strict"] else report.is_seamless
    raise SystemExit(0 if is_good else 1)


def _hand_out(
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame | None,
    options: Mapping[str, Any],
) -> None:
    """Print the report and write the files that were asked for."""
    advice: Advised | None = options["advice"]
    whole = report if advice is None else with_advice(report, advice.rows)
    if options["output"] is not None:
        say(
            write_boundaries(whole.defects, options["output"], language=language()),
            options["output"],
        )
    maps = [path for path in options["report_paths"] if path.suffix.casefold() == ".html"]
    maps += [] if options["map_path"] is None else [options["map_path"]]
    for path in maps:
        _write_map(report, grids, region, path, options["title"])
    for path in options["report_paths"]:
        if path not in maps:
            write_report(
                report,
                fill_levels(grids),
                path,
                language=language(),
                title=options["title"],
                region=region,
                date=datetime.now().astimezone().date().isoformat(),
                comparison=options["comparison"],
            )
    _print(report, grids, options)


def _write_map(
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame | None,
    path: Path,
    title: str,
) -> None:
    from geogrid.layers.defects_map import (  # noqa: PLC0415 - only here
        MapNotes,
        write_defects_map,
    )

    notes = MapNotes(title=title)
    write_defects_map(report, fill_levels(grids), path, language(), region=region, notes=notes)


def _print(report: CoverageReport, grids: gpd.GeoDataFrame, options: Mapping[str, Any]) -> None:
    advice: Advised | None = options["advice"]
    comparison: CheckComparison | None = options["comparison"]
    if options["as_json"]:
        data = (report if advice is None else with_advice(report, advice.rows)).to_dict()
        if advice is not None:
            data["advice"] = advice_data(advice.rows, language())
        if comparison is not None:
            data["comparison"] = comparison.to_dict()
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    for line in report_lines(report, grids, language()):
        click.echo(line)
    if advice is not None:
        click.echo()
        for line in advice_lines(advice.rows, advice.profile, language()):
            click.echo(line)
    if comparison is not None:
        click.echo("\n" + comparison.text(language()))
