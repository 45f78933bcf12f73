"""``geogrid locate`` on files larger than memory, and what every ``geogrid locate`` reports."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import geopandas as gpd

from geogrid.batch import Listener, Located, Where, locate_source, parts_folder
from geogrid.batch.job import Source
from geogrid.commands import language, named_here
from geogrid.commands.workers import uses_workers, workers_client
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.placing import STATUSES, FindAddress

__all__ = ["GRIDS_OPTIONS", "locate_stream", "report", "say"]

GRIDS_OPTIONS = {"--crs": "--grids-crs", "--datum": "--grids-datum"}
"""Options of reading boundaries, and what they are called here."""

_INTERRUPTED = 130
_SAID = {"made_codes", "empty_rows", "cgcs2000_as_wgs84"}  # notes on what comes out
_STATUS_TEXTS = {
    "inside": _("in a grid"),
    "on_boundary": _("on a border"),
    "outside": _("outside all grids"),
    "no_position": _("without position"),
    "bad_position": _("position unusable"),
}


def locate_stream(
    source: Source,
    plan: gpd.GeoDataFrame,
    output: Path,
    find_address: FindAddress | None,
    options: Mapping[str, Any],
) -> None:
    """Locate a list portion by portion, and report.

    Parameters
    ----------
    source, plan, output, find_address : as for :func:`geogrid.batch.locate_source`
    options : of the command
    """
    given = {name: options[name] for name in ("datum", "crs", "lon", "lat", "address")}
    where = Where(**given, find_address=find_address)
    units = options["units"]
    depends_on = {
        "geogrid": version("geogrid"),
        "units": units and hashlib.sha256(units.read_bytes()).hexdigest(),
        "units_datum": options["units_datum"],
    }
    try:
        with _locator(options) as locate, _progress_bar(source.rows) as progress:
            located = locate(
                source,
                plan,
                output,
                where,
                language=language(),
                depends_on=depends_on,
                listener=Listener(progress, say),
            )
    except KeyboardInterrupt:
        message = _("Interrupted. What is done is kept in {folder}; the same command goes on.")
        folder = parts_folder(output).name
        click.echo("\n" + translate(message, language(), folder=folder), err=True)
        raise SystemExit(_INTERRUPTED) from None
    report(plan, located.findings, located.statuses, output)


@contextmanager
def _locator(options: Mapping[str, Any]) -> Iterator[Callable[..., Located]]:
    """Give what locates: this process, or the workers that the options ask for."""
    if not uses_workers(options, {}):
        yield locate_source
        return
    from geogrid.scale import locate_distributed  # noqa: PLC0415 - only here

    with workers_client(options) as client:
        yield partial(locate_distributed, client=client)


def say(finding: Finding) -> None:
    """Print a finding on stderr."""
    click.echo(finding.text(language()), err=True)


@contextmanager
def _progress_bar(rows: int) -> Iterator[Callable[[int], None]]:
    """Show how many rows are done, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _rows: None
        return
    with click.progressbar(length=rows, file=sys.stderr, show_pos=True) as bar:
        yield bar.update


def report(
    plan: gpd.GeoDataFrame,
    findings: Iterable[Finding],
    statuses: Mapping[str, int],
    output: Path,
) -> None:
    """Print what was written, and on stderr what was noticed.

    Parameters
    ----------
    plan : the grids
    findings : about the rows
    statuses : number of rows of each status
    output : the file
    """
    said_in = language()
    for finding in plan.attrs["findings"]:
        if finding.severity != "note" or finding.kind in _SAID:
            click.echo(named_here(finding.text(said_in), GRIDS_OPTIONS), err=True)
    for finding in findings:
        if finding.severity != "note" or finding.kind in _SAID:
            click.echo(finding.text(said_in), err=True)
    parts = [
        f"{translate(_STATUS_TEXTS[status], said_in)} {statuses[status]:,}"
        for status in STATUSES
        if statuses.get(status)
    ]
    summary = translate(
        _("{file}: {rows} rows. {counts}"),
        said_in,
        file=output.name,
        rows=f"{sum(statuses.get(status, 0) for status in STATUSES):,}",
        counts=("，" if said_in == "zh_CN" else ", ").join(parts),
    )
    click.echo(summary)
