"""How the rows of one list are placed and kept: the same on one process and on many workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from geogrid.batch.answers import Answers
from geogrid.batch.output import Output, output_of
from geogrid.batch.parquet_source import ParquetSource
from geogrid.batch.parts import PartRecord
from geogrid.batch.points import PointColumn, Portion, written_positions
from geogrid.batch.text_source import TextSource
from geogrid.findings import Finding
from geogrid.placing.columns import PointColumns, find_columns, find_grid_column
from geogrid.placing.datum_evidence import beside_addresses, sharpened
from geogrid.placing.grid_layer import MakeIndex, build_layer
from geogrid.placing.placer import (
    STATUSES,
    FindAddress,
    Placed,
    Placer,
    say_shared,
    say_swapped,
)

__all__ = ["NOBODY", "Job", "Listener", "Located", "Source", "Where", "make_job", "sum_up"]

Source = TextSource | ParquetSource

Floats = npt.NDArray[np.float64]

_SAMPLE = 5_000
_ROWS_SAID = 9


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


class Listener(NamedTuple):
    """Who is told what happens.

    Attributes
    ----------
    progress : how many more rows are done
    say : that a run goes on, or cannot
    """

    progress: Callable[[int], None] = lambda _rows: None
    say: Callable[[Finding], None] = lambda _finding: None


NOBODY = Listener()
"""Nobody is told."""


@dataclass(frozen=True)
class Located:
    """What was written.

    Attributes
    ----------
    statuses : rows of each status
    findings : what concerns many rows
    """

    statuses: Mapping[str, int]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class Job:
    """One list, and how its rows are placed; picklable.

    Attributes
    ----------
    columns : which say where a row is
    geometry : the column of points, None where positions are in `columns`
    names_grid : the column in which rows name their grid, ``""`` for none
    placer : places rows
    form : of the output
    step : of how many rows one is kept for doubts about the whole list
    manifest : all that the output depends on
    """

    columns: PointColumns
    geometry: PointColumn | None
    names_grid: str
    placer: Placer
    form: Output
    step: int
    manifest: Mapping[str, Any]

    def place(self, portion: Portion) -> Placed:
        """Return where the rows of a portion are."""
        written = written_positions(portion, self.columns, self.geometry, self.placer)
        address = self.columns.address
        return self.placer.place(written, portion.texts(address) if address else None)

    def record(self, portion: Portion, placed: Placed, before: int) -> PartRecord:
        """Return what is to be known of a portion, before which some rows stand."""
        counts = np.bincount(placed.status, minlength=len(STATUSES)).tolist()
        swapped, shared = placed.swapped, placed.shared
        return PartRecord(
            rows=portion.count,
            end=portion.end,
            statuses=dict(zip(STATUSES, counts, strict=True)),
            swapped=len(swapped),
            swapped_rows=(swapped[:_ROWS_SAID] + before).tolist(),
            shared=len(shared),
            shared_rows=(shared[:_ROWS_SAID] + before).tolist(),
            named=self._named(portion, placed.usable[:: self.step]),
            addresses=self._addresses(portion, placed.usable[:: self.step]),
            x=placed.x[:: self.step].tolist(),
            y=placed.y[:: self.step].tolist(),
        )

    def _named(self, portion: Portion, rows: npt.NDArray[np.intp]) -> list[int]:
        """Return the grids that some rows name, as positions; nothing where none can."""
        if not self.names_grid:
            return []
        return self.placer.named_grids(portion.texts(self.names_grid).take(pa.array(rows))).tolist()

    def _addresses(self, portion: Portion, rows: npt.NDArray[np.intp]) -> list[str]:
        """Return the addresses of some rows; nothing where they cannot be looked up."""
        if not self.columns.address or self.placer.find_address is None:
            return []
        return portion.texts(self.columns.address).take(pa.array(rows)).to_pylist()


def make_job(
    source: Source,
    grids: gpd.GeoDataFrame,
    where: Where,
    *,
    kind: str,
    language: str,
    depends_on: Mapping[str, Any],
    make_index: MakeIndex,
) -> Job:
    """Prepare the location of a list.

    Parameters
    ----------
    source, grids, where, language, depends_on : as for :func:`geogrid.batch.locate_source`
    kind : of the output, ``".csv"`` or ``".parquet"``
    make_index : as for :func:`geogrid.placing.grid_layer.build_layer`
    """
    geometry = source.geometry if where.lon is None else None
    given = {"lon": where.lon, "lat": where.lat, "address": where.address}
    if geometry is not None:
        given |= {"lon": "", "lat": ""}
        if where.datum is None and where.crs is None:
            where = replace(where, crs=geometry.crs)
    placer = Placer(build_layer(grids, make_index), where.datum, where.crs, where.find_address)
    answers = Answers(placer.layer, language, where.find_address is not None)
    keeps_texts = isinstance(source, TextSource)
    return Job(
        columns=find_columns(source.names, given),
        geometry=geometry,
        names_grid=find_grid_column(source.names),
        placer=placer,
        form=output_of(kind, source.schema, answers, keeps_texts=keeps_texts),
        step=max(1, source.rows // _SAMPLE),
        manifest={
            "options": {"datum": where.datum, "crs": str(where.crs), **given},
            "input": _digests(source.files),
            "grids": _grids_digest(grids),
            "language": language,
            "format": kind,
            "portion": source.portion,
            **depends_on,
        },
    )


def sum_up(job: Job, records: Sequence[PartRecord], findings: Sequence[Finding]) -> Located:
    """Add up the records of all parts; doubts are about all rows, and said once."""
    statuses = {name: sum(record.statuses[name] for record in records) for name in STATUSES}
    x, y, named = (
        np.concatenate([np.array(getattr(record, each), kind) for record in records])
        for each, kind in (("x", np.float64), ("y", np.float64), ("named", np.int64))
    )
    swapped, shared = (
        [row for record in records for row in getattr(record, rows)][:_ROWS_SAID]
        for rows in ("swapped_rows", "shared_rows")
    )
    said = (
        *say_swapped(swapped, sum(record.swapped for record in records)),
        *say_shared(shared, sum(record.shared for record in records)),
        *job.placer.findings(x, y, named if job.names_grid else None),
    )
    addresses = [text for record in records for text in record.addresses]
    doubt = None
    if addresses and job.placer.datum and job.placer.find_address:
        doubt = beside_addresses(x, y, addresses, job.placer.datum, job.placer.find_address)
    return Located(statuses, (*findings, *sharpened(said, doubt)))


def _digests(files: Sequence[Path]) -> list[list[Any]]:
    digests = []
    for path in files:
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
