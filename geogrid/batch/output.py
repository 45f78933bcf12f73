"""How portions are kept until all are done, and how they become one file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geogrid.batch.answers import Answers
from geogrid.batch.points import Portion
from geogrid.placing.placer import Placed
from geogrid.tabular.writing import harmless

__all__ = ["STREAM_FORMATS", "Output", "ParquetOutput", "output_of"]

_LINE_END = "\r\n"
_MARK = "\ufeff"


class Output(Protocol):
    """A format of output."""

    def part(self, portion: Portion, placed: Placed) -> pa.Buffer:
        """Return a portion as it is kept."""

    def join(self, parts: Iterable[bytes], file: IO[bytes]) -> None:
        """Write the file of all portions."""


class _Csv:
    """UTF-8 with a mark, as Excel expects."""

    def __init__(self, schema: pa.Schema, answers: Answers, *, keeps_texts: bool) -> None:
        own = schema.names if keeps_texts else map(harmless, schema.names)
        self._header = [*own, *answers.schema.names]
        self._answers = answers

    def part(self, portion: Portion, placed: Placed) -> pa.Buffer:
        cells = [portion.records(), *self._answers.cells(placed)]
        cells[-1] = pc.binary_join_element_wise(cells[-1], _LINE_END, "")
        wide = [each.cast(pa.large_string()) for each in cells]
        lines = pc.binary_join_element_wise(*wide, pa.scalar(",", pa.large_string()))
        _valid, offsets, data = lines.buffers()
        first = lines.offset
        start, end = memoryview(offsets).cast("q")[first : first + len(lines) + 1 : len(lines)]
        return data.slice(start, end - start)

    def join(self, parts: Iterable[bytes], file: IO[bytes]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator=_LINE_END).writerow(self._header)
        file.write((_MARK + text.getvalue()).encode())
        for part in parts:
            file.write(part)


class ParquetOutput:
    """Parquet, a row group for each portion; GeoParquet stays GeoParquet."""

    def __init__(self, schema: pa.Schema, answers: Answers) -> None:
        fields = [*schema, *answers.schema]
        self.schema = pa.schema(fields, metadata=schema.metadata)
        self._answers = answers

    def table(self, portion: Portion, placed: Placed) -> pa.Table:
        """Return a portion with the added columns."""
        columns = [*portion.table().columns, *self._answers.arrays(placed)]
        return pa.Table.from_arrays(columns, schema=self.schema)

    def part(self, portion: Portion, placed: Placed) -> pa.Buffer:
        """Return a portion as it is kept."""
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(sink, self.schema, options=options) as writer:
            writer.write_table(self.table(portion, placed))
        return sink.getvalue()

    def join(self, parts: Iterable[bytes], file: IO[bytes]) -> None:
        """Write the file of all portions."""
        with pq.ParquetWriter(file, self.schema) as writer:
            for part in parts:
                table = pa.ipc.open_stream(pa.py_buffer(part)).read_all()
                writer.write_table(table, row_group_size=table.num_rows)


STREAM_FORMATS = (".csv", ".parquet")
"""Extensions of what is written portion by portion."""


def output_of(suffix: str, schema: pa.Schema, answers: Answers, *, keeps_texts: bool) -> Output:
    """Return a format.

    Parameters
    ----------
    suffix : one of :data:`STREAM_FORMATS`
    schema : of the input; a column that is called like an added one is renamed
    answers : the added columns
    keeps_texts : whether texts stay as they are, because they come from a text table
    """
    added = set(answers.schema.names)
    own = pa.schema(
        [
            field.with_name(f"{field.name} (input)") if field.name in added else field
            for field in schema
        ],
        metadata=schema.metadata,
    )
    if suffix == ".csv":
        return _Csv(own, answers, keeps_texts=keeps_texts)
    return ParquetOutput(own, answers)
