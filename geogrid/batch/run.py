"""Locate a file of any length: portion by portion, from where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd

from geogrid.batch.job import NOBODY, Job, Listener, Located, Source, Where, make_job, sum_up
from geogrid.batch.parts import Parts, open_parts, parts_folder
from geogrid.batch.stamps import require_unchanged, stamps
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.index_cache import cached_index
from geogrid.tabular.writing import replace_file

__all__ = ["locate_source"]


def locate_source(
    source: Source,
    grids: gpd.GeoDataFrame,
    output: Path,
    where: Where,
    *,
    language: str,
    depends_on: Mapping[str, Any],
    listener: Listener = NOBODY,
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
    listener : is told what happens

    Raises
    ------
    InputError
        As :func:`geogrid.placing.locate_rows`; or the output cannot be written, or the
        input was changed.
    """
    before = stamps(source.files)
    kind = output.suffix.casefold()
    job = make_job(
        source, grids, where, kind=kind, language=language, depends_on=depends_on,
        make_index=partial(cached_index, say=listener.say),
    )  # fmt: skip
    try:
        parts = open_parts(parts_folder(output), job.manifest)
        parts.say_how(output, listener.say)
        with parts.kept():
            _place_rest(source, job, parts, listener.progress)
        require_unchanged(source.files, before)
        with replace_file(output) as file:
            job.form.join(parts.contents(), file)
        parts.remove()
    except OSError as error:
        raise InputError(
            _("{file} cannot be written ({reason}). What is done is kept for the next run."),
            file=output.name,
            reason=error.strerror or str(error),
        ) from error
    return sum_up(job, parts.in_order, source.findings)


def _place_rest(source: Source, job: Job, parts: Parts, progress: Callable[[int], None]) -> None:
    """Place the portions of which there are no parts yet."""
    done = parts.rows
    progress(done)
    if done >= source.rows:
        return
    start = parts.in_order[-1].end if parts.records else source.first
    for portion in source.portions(start, done):
        placed = job.place(portion)
        parts.add(job.record(portion, placed, done), job.form.part(portion, placed))
        done += portion.count
        progress(portion.count)
