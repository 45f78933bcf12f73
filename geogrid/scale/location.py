"""Location over the row groups of Parquet, each placed by a worker that has the index once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq

from geogrid.batch.job import NOBODY, Job, Listener, Located, Where, make_job, sum_up
from geogrid.batch.output import ParquetOutput
from geogrid.batch.parquet_source import ParquetSource
from geogrid.batch.parts import (
    INDEX,
    PartRecord,
    keep_record,
    open_parts,
    part_path,
    parts_folder,
)
from geogrid.batch.stamps import require_unchanged, stamps
from geogrid.errors import FormatError, InputError
from geogrid.formats.parquet_parts import ParquetPart, parquet_parts
from geogrid.i18n import mark as _
from geogrid.scale.executor import executor_of
from geogrid.scale.filed_index import FiledIndex, filed
from geogrid.store.index_cache import cached_index

__all__ = ["locate_distributed"]

_SUFFIX = "parquet"


def locate_distributed(
    source: ParquetSource,
    grids: gpd.GeoDataFrame,
    output: Path,
    where: Where,
    *,
    client: Any,
    language: str,
    depends_on: Mapping[str, Any],
    listener: Listener = NOBODY,
) -> Located:
    """Write a folder of Parquet files, one for each row group of the input, in its order.

    Every worker gets the index once: a large one lies in a file beside the parts, and the
    workers of a machine share its memory. A run that is interrupted goes on where it
    stopped; the folder appears when it is complete.

    Parameters
    ----------
    source : from :func:`geogrid.batch.open_source`
    output : the folder to make, ``.parquet``
    client : a ``distributed.Client`` whose workers see both under the same paths; None takes
        one row group after the other in this process
    grids, where, language, depends_on, listener : as for
        :func:`geogrid.batch.locate_source`

    Raises
    ------
    InputError
        As there, or there is something of the name of the folder already.
    """
    _check_output(output)
    before = stamps(source.files)
    index_file = parts_folder(output).absolute() / INDEX
    job = make_job(
        source, grids, where, kind=".parquet", language=language, depends_on=depends_on,
        make_index=lambda shapes: filed(cached_index(shapes, say=listener.say), index_file),
    )  # fmt: skip
    run = executor_of(client)
    try:
        parts = open_parts(
            parts_folder(output), {**job.manifest, "workers": True}, suffix=_SUFFIX, in_order=False
        )
        parts.say_how(output, listener.say)
        listener.progress(parts.rows)
        folder = str(parts.folder.absolute())
        given = enumerate(parquet_parts(source.files))
        with parts.kept():
            if client is not None and isinstance(job.placer.layer.index, FiledIndex):
                job.placer.layer.index.write()
            shared = run.share((job, source))
            waiting = [
                run.submit(_locate_part, shared, number, part, folder)
                for number, part in given
                if number not in parts.records
            ]
            for number, record in run.completed(waiting):
                parts.records[number] = record
                listener.progress(record.rows)
        require_unchanged(source.files, before)
        parts.become(output)
    except OSError as error:
        raise InputError(
            _("{file} cannot be written ({reason}). What is done is kept for the next run."),
            file=output.name,
            reason=error.strerror or str(error),
        ) from error
    return sum_up(job, parts.in_order, source.findings)


def _check_output(output: Path) -> None:
    if output.suffix.casefold() != ".parquet":
        raise FormatError(
            _("Workers write a folder of Parquet: call {file} something.parquet."),
            file=output.name,
        )
    if output.exists():
        raise InputError(_("There is something called {file} already."), file=output.name)


def _locate_part(
    shared: tuple[Job, ParquetSource], number: int, part: ParquetPart, folder: str
) -> tuple[int, PartRecord]:
    """Place a row group, portion by portion, and keep it as a file."""
    job, source = shared
    form = job.form
    assert isinstance(form, ParquetOutput)  # _check_output has seen to it
    path = part_path(Path(folder), number, _SUFFIX)
    new = path.with_name(f"{path.name}.new")
    records, done = [], part.first
    try:
        with new.open("w+b") as file:
            with pq.ParquetWriter(file, form.schema) as writer:
                for portion in source.group(part):
                    placed = job.place(portion)
                    writer.write_table(form.table(portion, placed))
                    records.append(job.record(portion, placed, done))
                    done += portion.count
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    whole = replace(_added(records), sha256=digest)
    keep_record(path.parent, number, whole)
    return number, whole


def _added(records: list[PartRecord]) -> PartRecord:
    """Return what is known of several portions together."""
    return PartRecord(
        rows=sum(one.rows for one in records),
        end=records[-1].end,
        statuses={name: sum(one.statuses[name] for one in records) for name in records[0].statuses},
        swapped=sum(one.swapped for one in records),
        swapped_rows=[row for one in records for row in one.swapped_rows],
        shared=sum(one.shared for one in records),
        shared_rows=[row for one in records for row in one.shared_rows],
        named=[grid for one in records for grid in one.named],
        addresses=[text for one in records for text in one.addresses],
        x=[value for one in records for value in one.x],
        y=[value for one in records for value in one.y],
    )
