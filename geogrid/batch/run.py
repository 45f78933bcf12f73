"""Locate a file of any length: portion by portion, from where an earlier run stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.batch.answers import Answers
from geogrid.batch.output import output_of
from geogrid.batch.parquet_source import ParquetSource
from geogrid.batch.parts import PartRecord, Parts, open_parts
from geogrid.batch.points import PointColumn, Portion, written_positions
from geogrid.batch.text_source import TextSource
from geogrid.errors import InputError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.placing.columns import PointColumns, find_columns
from geogrid.placing.grid_layer import build_layer
from geogrid.placing.placer import STATUSES, FindAddress, Placed, Placer, say_swapped
from geogrid.tabular.writing import replace_file

__all__ = ["Located", "Source", "locate_source", "parts_folder"]

Source = TextSource | ParquetSource

_SAMPLE = 5_000
_ROWS_SAID = 9


@dataclass(frozen=True)
class Located:
    """What was written.

    Attributes
    ----------
    rows : how many
    statuses : rows of each status
    findings : what concerns many rows
    """

    rows: int
    statuses: Mapping[str, int]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Where:
    """Where positions are, as for :func:`geogrid.placing.locate_rows`.

    Points of GeoParquet are taken when `lon` is None, in their own system if none is named.
    """

    datum: str | None = None
    crs: object = None
    lon: str | None = None
    lat: str | None = None
    address: str | None = None
    find_address: FindAddress | None = None


@dataclass(frozen=True)
class _Job:
    """One list, and how its rows are placed."""

    source: Source
    columns: PointColumns
    geometry: PointColumn | None
    placer: Placer

    def place(self, portion: Portion) -> Placed:
        written = written_positions(portion, self.columns, self.geometry, self.placer)
        address = self.columns.address
        return self.placer.place(written, portion.texts(address) if address else None)


def parts_folder(output: Path) -> Path:
    """Return where the parts of an unfinished output are kept."""
    return output.with_name(f"{output.name}.parts")


def locate_source(
    source: Source,
    grids: gpd.GeoDataFrame,
    output: Path,
    where: Where,
    *,
    language: str,
    depends_on: Mapping[str, Any],
    progress: Callable[[int], None] = lambda _rows: None,
    say: Callable[[Finding], None] = lambda _finding: None,
) -> Located:
    """Write all rows of a file with the grid each one is in, in order.

    Portions are kept in a folder beside `output` until all are done, so that a run that is
    interrupted goes on where it stopped. `output` appears when it is complete.

    Parameters
    ----------
    source : from :func:`geogrid.batch.open_source`
    grids : as for :func:`geogrid.placing.locate_rows`
    output : ``.csv`` or ``.parquet``
    where : where positions are
    language : of the reasons
    depends_on : what else, by name, the output depends on
    progress : is told how many rows are done
    say : is told that a run goes on, or cannot

    Raises
    ------
    InputError
        As :func:`locate_rows`; or the output cannot be written, or the input was changed.
    """
    job = _job(source, grids, where)
    answers = Answers(job.placer.layer, language, where.find_address is not None)
    kind = output.suffix.casefold()
    form = output_of(kind, source.schema, answers, keeps_texts=isinstance(source, TextSource))
    before = _stamps(source)
    manifest = {
        "options": {name: str(value) for name, value in vars(where).items() if not callable(value)},
        "input": _digests(source),
        "grids": _grids_digest(grids),
        "language": language,
        "format": kind,
        "portion": source.portion,
        **depends_on,
    }
    try:
        parts = open_parts(parts_folder(output), manifest)
        _say_how(parts, output, say)
        _place_rest(job, parts, form.part, progress)
        if _stamps(source) != before:
            raise InputError(_("{file} was changed while it was read."), file=source.path.name)
        with replace_file(output) as file:
            form.join(parts.contents(), file)
        parts.remove()
    except OSError as error:
        raise InputError(
            _("{file} cannot be written ({reason}). What is done is kept for the next run."),
            file=output.name,
            reason=error.strerror or str(error),
        ) from error
    return _summed(job, parts)


def _job(source: Source, grids: gpd.GeoDataFrame, where: Where) -> _Job:
    geometry = source.geometry if where.lon is None else None
    given = {"lon": where.lon, "lat": where.lat, "address": where.address}
    crs = where.crs
    if geometry is not None:
        given |= {"lon": "", "lat": ""}
        crs = geometry.crs if where.datum is None and crs is None else crs
    columns = find_columns(source.names, given)
    return _Job(
        source, columns, geometry, Placer(build_layer(grids), where.datum, crs, where.find_address)
    )


def _say_how(parts: Parts, output: Path, say: Callable[[Finding], None]) -> None:
    if parts.is_restarted:
        message = _("Unfinished parts of {file} were of other input or options; starting anew.")
        say(Finding("restarted", message, {"file": output.name}))
    if parts.is_resumed:
        message = _("Going on after {rows} rows that an interrupted run has done.")
        rows = sum(record.rows for record in parts.records)
        say(Finding("resumed", message, {"rows": f"{rows:,}"}))


def _place_rest(
    job: _Job,
    parts: Parts,
    as_part: Callable[[Portion, Placed], Any],
    progress: Callable[[int], None],
) -> None:
    """Place the portions of which there are no parts yet."""
    done = sum(record.rows for record in parts.records)
    progress(done)
    if done >= job.source.rows:
        return
    start = parts.records[-1].end if parts.records else job.source.first
    step = max(1, parts.records[0].rows // _SAMPLE) if parts.records else 0
    for portion in job.source.portions(start, done):
        placed = job.place(portion)
        step = step or max(1, portion.count // _SAMPLE)
        parts.add(_record(portion, placed, done, step), as_part(portion, placed))
        done += portion.count
        progress(portion.count)


def _record(portion: Portion, placed: Placed, before: int, step: int) -> PartRecord:
    counts = np.bincount(placed.status, minlength=len(STATUSES)).tolist()
    swapped = placed.swapped
    return PartRecord(
        rows=portion.count,
        end=portion.end,
        statuses=dict(zip(STATUSES, counts, strict=True)),
        swapped=len(swapped),
        swapped_rows=(swapped[:_ROWS_SAID] + before).tolist(),
        x=placed.x[::step].tolist(),
        y=placed.y[::step].tolist(),
    )


def _summed(job: _Job, parts: Parts) -> Located:
    """Add up the records; doubts are about all rows."""
    records = parts.records
    statuses = {name: sum(record.statuses[name] for record in records) for name in STATUSES}
    rows = [row for record in records for row in record.swapped_rows][:_ROWS_SAID]
    x, y = (
        np.concatenate([np.array(getattr(record, axis), np.float64) for record in records])
        for axis in ("x", "y")
    )
    doubt = job.placer.doubt(x, y)
    findings = [
        *job.source.findings,
        *say_swapped(rows, sum(record.swapped for record in records)),
        *([doubt] if doubt else []),
    ]
    return Located(sum(record.rows for record in records), statuses, tuple(findings))


def _files(source: Source) -> tuple[Path, ...]:
    return (source.path,) if isinstance(source, TextSource) else source.files


def _stamps(source: Source) -> list[tuple[int, int]]:
    found = [path.stat() for path in _files(source)]
    return [(one.st_size, one.st_mtime_ns) for one in found]


def _digests(source: Source) -> list[list[Any]]:
    digests = []
    for path in _files(source):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        digests.append([path.stat().st_size, digest])
    return digests


def _grids_digest(grids: gpd.GeoDataFrame) -> str:
    """Return a checksum of boundaries and names, however they are stored."""
    digest = hashlib.sha256(str(grids.crs).encode())
    plain = grids.drop(columns=grids.geometry.name)
    digest.update(plain.to_csv().encode())
    for shape in shapely.to_wkb(grids.geometry.to_numpy()):
        digest.update(shape or b"-")
    return digest.hexdigest()
