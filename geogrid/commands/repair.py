"""``geogrid repair``: mend gaps, overlaps and torn borders within limits, and say so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import geopandas as gpd

from geogrid.boundaries import write_boundaries
from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.reading import (
    read_area,
    read_grids,
    read_streets,
    reading_options,
    refuse_overwriting,
    say,
)
from geogrid.coverage.report_data import kind_word
from geogrid.coverage.verdict import area_text
from geogrid.errors import InputError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.repair import RepairReport, repair_coverage
from geogrid.repair.standing import RULES

__all__ = ["repair_command"]

_FILE = FilePath(path_type=Path)
_LINES_SHOWN = 40
_FATE_WORDS: Mapping[str, str] = {
    "repaired": _("repaired"),
    "refused": _("refused"),
    "approved": _("approved"),
    "left": _("left as it is"),
}


@click.command("repair")
@click.argument("grids", type=_FILE)
@click.option("-o", "--output", type=_FILE, help="Write the repaired grids, format by extension.")
@click.option("--region", type=_FILE, help="File with the area the grids must fill.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0.0),
    default=0.01,
    show_default=True,
    help="Gaps narrower than this many metres go to one neighbour as a whole.",
)
@click.option(
    "--max-width",
    type=click.FloatRange(min=0.0),
    default=2.0,
    show_default=True,
    help="Leave what is wider than this many metres.",
)
@click.option(
    "--max-area", type=click.FloatRange(min=0.0), help="Leave what is larger than this many m²."
)
@click.option(
    "--overlaps",
    type=click.Choice(RULES),
    default="longest_border",
    show_default=True,
    help="Who keeps an overlap.",
)
@click.option("--priority", metavar="CODES", help="Grids that keep overlaps, highest first: A,B.")
@click.option("--locked", metavar="CODES", help="Grids that must not change: A,B.")
@click.option("--approved", type=_FILE, help="File with approved gaps; they are never filled.")
@click.option(
    "--centre-lines", is_flag=True, help="Fill wide gaps too, to the line in their middle."
)
@click.option("--streets", type=_FILE, help="File with street lines to fill wide gaps to.")
@click.option("--only", metavar="IDS", help="Repair these defects only: gap-1a2b3c4d,…")
@click.option("--dry-run", is_flag=True, help="Say what would be done and write no grids.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--map", "map_path", type=_FILE, help="Write a map of before and after (HTML).")
@reading_options
@reports_errors
def repair_command(grids: Path, **options: Any) -> None:
    """Repair GRIDS so that they cover their area exactly once, changing as little as possible.

    Exit status 0: nothing is left. 1: something was refused or left. 2: the files cannot be used.
    """
    _check_output(grids, options)
    frame = read_grids(grids, options)
    repaired, report = repair_coverage(
        frame,
        read_area(options["region"], options),
        tolerance_m=options["tolerance"],
        overlaps=options["overlaps"],
        priority=_listed(options["priority"]),
        locked=_listed(options["locked"]),
        approved_gaps=read_area(options["approved"], options),
        max_width_m=options["max_width"],
        max_area_m2=options["max_area"],
        centre_lines=options["centre_lines"],
        streets=read_streets(options["streets"], options),
        only=_listed(options["only"]) if options["only"] is not None else None,
    )
    _hand_out(report, repaired, options | {"title": grids.name})
    raise SystemExit(0 if report.after.is_seamless else 1)


def _listed(text: str | None) -> list[str]:
    """Return the codes of ``A,B`` (also 、 and ，)."""
    plain = (text or "").replace("，", ",").replace("、", ",")
    return [one.strip() for one in plain.split(",") if one.strip()]


def _check_output(grids: Path, options: Mapping[str, Any]) -> None:
    if options["output"] is None and not options["dry_run"]:
        raise InputError(_("Name the file to write with -o, or try with --dry-run."))
    refuse_overwriting([options["output"], options["map_path"]], [grids])


def _hand_out(
    report: RepairReport,
    repaired: gpd.GeoDataFrame,
    options: Mapping[str, Any],
) -> None:
    """Write the files that were asked for and print what was done."""
    if options["output"] is not None and not options["dry_run"]:
        written = write_boundaries(repaired, options["output"], language=language())
        say(written, options["output"])
    if options["map_path"] is not None:
        from geogrid.layers.repair_map import write_repair_map  # noqa: PLC0415 - only here

        write_repair_map(
            report, fill_levels(repaired), options["map_path"], language(), title=options["title"]
        )
    if options["as_json"]:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
        return
    for line in _lines(report):
        click.echo(line)


def _lines(report: RepairReport) -> list[str]:
    said_in = language()
    lines = []
    for row in report.fates.head(_LINES_SHOWN).itertuples():
        why = row.action if row.reason is None else row.reason
        lines.append(
            f"{translate(_FATE_WORDS[row.fate], said_in)}  {kind_word(row.kind, said_in)}"
            f"  {row.id}  {'、'.join(row.grids)}  {area_text(row.area_m2, said_in)}"
            f"  {why.text(said_in)}"
        )
    lines += _more(len(report.fates))
    moved = report.changes["gained_m2"] + report.changes["lost_m2"]
    order = moved[moved > 0].sort_values(ascending=False, kind="stable").index
    changes = report.changes.loc[order]
    for row in changes.head(_LINES_SHOWN).itertuples():
        lines.append(
            translate(
                _("{code}: gained {gained} m², lost {lost} m²"),
                said_in,
                code=row.code,
                gained=f"{row.gained_m2:.2f}",
                lost=f"{row.lost_m2:.2f}",
            )
        )
    lines += _more(len(changes))
    lines.append(report.after.verdict(said_in))
    return lines


def _more(count: int) -> list[str]:
    """Return the line that says how many are not shown, if any."""
    rest = count - _LINES_SHOWN
    return [translate(_("… and {count} more"), language(), count=rest)] if rest > 0 else []
