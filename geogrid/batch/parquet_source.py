"""Parquet of any length, read portion by portion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geogrid.batch.points import PointColumn, point_column
from geogrid.batch.values import as_texts, cells
from geogrid.errors import FormatError
from geogrid.findings import Finding
from geogrid.formats.geoparquet import DAMAGE, damaged
from geogrid.formats.parquet_parts import ParquetPart, parquet_files
from geogrid.i18n import mark as _

__all__ = ["MOST_ROWS", "ArrowPortion", "ParquetSource", "open_parquet"]

MOST_ROWS = 1 << 18
"""Rows that are taken at a time, if they are not too wide."""

_MOST_BYTES = 64 << 20
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class ArrowPortion:
    """Some rows of a Parquet file.

    Attributes
    ----------
    rows : all columns
    end : number of the row after them
    """

    rows: pa.Table
    end: int = 0

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.rows.num_rows)

    def column(self, name: str) -> pa.Array:
        """Return a column as it is."""
        values = self.rows.column(name).combine_chunks()
        return pa.concat_arrays(values.chunks) if isinstance(values, pa.ChunkedArray) else values

    def texts(self, name: str) -> pa.StringArray:
        """Return a column as texts, ``""`` for none."""
        return as_texts(self.column(name))

    def table(self) -> pa.Table:
        """Return all columns."""
        return self.rows

    def records(self) -> pa.StringArray:
        """Return the rows as records of a file with commas."""
        columns = [cells(self.column(name)) for name in self.rows.column_names]
        return pc.binary_join_element_wise(*columns, ",")


@dataclass(frozen=True)
class ParquetSource:
    """Parquet files whose rows count through all of them.

    Attributes
    ----------
    path : a file or a folder
    files : themselves
    schema : of all of them
    starts : number of the first row of each file, and of all rows
    portion : rows that are taken at a time
    """

    path: Path
    files: tuple[Path, ...]
    schema: pa.Schema
    starts: tuple[int, ...]
    portion: int
    findings: tuple[Finding, ...] = ()
    first = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.schema.names)

    @property
    def rows(self) -> int:
        """How many."""
        return self.starts[-1]

    @cached_property
    def geometry(self) -> PointColumn | None:
        """The column of points, None where there is none."""
        return point_column(self.schema)

    def portions(self, start: int, done: int) -> Iterator[ArrowPortion]:  # noqa: ARG002
        """Yield the rows from a number on."""
        waiting: list[pa.Table] = []
        held, end = 0, start
        for batch in self._batches(start):
            waiting.append(batch)
            held += batch.num_rows
            while held >= self.portion:
                whole = pa.concat_tables(waiting)
                end += self.portion
                yield ArrowPortion(whole[: self.portion], end)
                waiting = [whole[self.portion :]]
                held -= self.portion
        if held:
            yield ArrowPortion(pa.concat_tables(waiting), end + held)

    def group(self, part: ParquetPart) -> Iterator[ArrowPortion]:
        """Yield the rows of one row group."""
        try:
            with pq.ParquetFile(part.path, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
                for batch in file.iter_batches(self.portion, row_groups=[part.group]):
                    rows = pa.Table.from_batches([batch])
                    yield ArrowPortion(rows.replace_schema_metadata(self.schema.metadata))
        except DAMAGE as error:
            raise damaged(part.path.name, error) from error

    def _batches(self, start: int) -> Iterator[pa.Table]:
        for path, first, last in zip(self.files, self.starts, self.starts[1:], strict=False):
            if last > start:
                try:
                    yield from _from(path, max(0, start - first), self.portion, self.schema)
                except DAMAGE as error:
                    raise damaged(path.name, error) from error


def _from(path: Path, start: int, size: int, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows of a file from one on; whole row groups before it are not read."""
    with pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
        sizes = [file.metadata.row_group(at).num_rows for at in range(file.metadata.num_row_groups)]
        ends = np.array(list(accumulate(sizes)), np.int64)
        group = int(np.searchsorted(ends, start, side="right"))
        skip = start - int(ends[group] - sizes[group]) if group < len(sizes) else 0
        for batch in file.iter_batches(batch_size=size, row_groups=range(group, len(sizes))):
            table = pa.Table.from_batches([batch]).replace_schema_metadata(schema.metadata)
            if skip < table.num_rows:
                yield table[skip:]
            skip = max(0, skip - table.num_rows)


def open_parquet(path: Path) -> ParquetSource:
    """Look at a Parquet file, or at all in a folder.

    Raises
    ------
    FormatError
        Damaged, without rows, or files with other columns than the first.
    """
    files = parquet_files(path)
    schemas, sizes, unpacked = [], [], 0
    for one in files:
        try:
            with pq.ParquetFile(one) as file:
                about = file.metadata
                schemas.append(file.schema_arrow)
                sizes.append(about.num_rows)
                groups = range(about.num_row_groups)
                unpacked += sum(about.row_group(at).total_byte_size for at in groups)
        except DAMAGE as error:
            raise damaged(one.name, error) from error
        if not schemas[-1].equals(schemas[0]):
            raise FormatError(
                _("{file} has other columns than {first}."), file=one.name, first=files[0].name
            )
    name, times = Counter(schemas[0].names).most_common(1)[0] if schemas[0].names else ("", 1)
    if times > 1:
        raise FormatError(_("{file} has two columns called {name}."), file=path.name, name=name)
    if not sum(sizes):
        raise FormatError(_("{file} has no rows."), file=path.name)
    portion = min(MOST_ROWS, max(1, _MOST_BYTES * sum(sizes) // max(unpacked, 1)))
    return ParquetSource(path, tuple(files), schemas[0], (0, *accumulate(sizes)), portion)
