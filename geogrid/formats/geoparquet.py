"""GeoParquet, WKB or native arrays, read with Arrow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geogrid.errors import FormatError, LimitError
from geogrid.formats.layer import Limits, RawLayer, Rows, megabytes
from geogrid.formats.wkb import decode_wkb
from geogrid.i18n import mark as _

__all__ = [
    "DAMAGE",
    "WGS84",
    "damaged",
    "decode_column",
    "geometry_column",
    "read_geoparquet",
    "read_parquet_table",
]

WGS84 = "EPSG:4326"
"""The reference system of files that name none."""

_BATCH_ROWS = 2048
_LONGEST_METADATA = 4 << 20
_NATIVE = {
    "polygon": shapely.GeometryType.POLYGON,
    "multipolygon": shapely.GeometryType.MULTIPOLYGON,
}
_USUAL_NAMES = ("geometry", "geom", "wkb_geometry", "wkb")
DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, RecursionError)
"""What Arrow raises where bytes are wrong."""


def read_geoparquet(path: Path, name: str, limits: Limits) -> RawLayer:
    """Read a GeoParquet file.

    Returns
    -------
    RawLayer
        ``crs`` is PROJJSON as a dict, EPSG:4326 where the metadata do not name one (as
        the format says), and None where they say it is unknown or there are none.

    Raises
    ------
    FormatError
        Damaged, cut off or without geometry.
    LimitError
        Larger than allowed when unpacked.
    """
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            column, about = geometry_column(file, name)
            _check_size(file.metadata, name, limits)
            table = _read(file, name, limits)
        table.validate(full=True)  # text that is no UTF-8 would only fail much later
        values = table.column(column)
        geometry, problems = decode_column(values, str(about.get("encoding", "WKB")), limits)
        attributes = _frame(table.drop_columns([column]))
    except DAMAGE as error:
        raise damaged(name, error) from error
    return RawLayer(
        geometry,
        attributes.drop(columns=[c for c in attributes if str(c).startswith("__index_level_")]),
        crs=about.get("crs", WGS84) if about else None,
        problems=problems,
    )


def read_parquet_table(path: Path, name: str, limits: Limits) -> pd.DataFrame:
    """Read Parquet without geometry; errors as for :func:`read_geoparquet`."""
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            _check_size(file.metadata, name, limits)
            table = _read(file, name, limits)
        table.validate(full=True)
        return _frame(table)
    except DAMAGE as error:
        raise damaged(name, error) from error


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return the columns; whole numbers stay whole where some are missing."""
    whole = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
    return table.to_pandas(ignore_metadata=True, types_mapper=whole.get)


def damaged(name: str, error: Exception) -> FormatError:
    """Return what is said of a file that cannot be read."""
    return FormatError(
        _("{file} is damaged or cut off GeoParquet: {reason}. Export it again."),
        file=name,
        reason=str(error).splitlines()[0][:120] if str(error) else type(error).__name__,
    )


def geometry_column(file: pq.ParquetFile, name: str) -> tuple[str, dict[str, Any]]:
    """Return the geometry column and what the ``geo`` metadata say about it."""
    names = file.schema_arrow.names
    raw = (file.metadata.metadata or {}).get(b"geo", b"")
    if raw and len(raw) <= _LONGEST_METADATA:
        about = json.loads(raw)
        column = about["primary_column"]
        if column in names:
            return column, dict(about["columns"][column])
    for usual in _USUAL_NAMES:
        if usual in names and pa.types.is_binary(_plain(file.schema_arrow.field(usual).type)):
            return usual, {}
    raise FormatError(
        _("{file} is Parquet without boundaries; export it as GeoParquet."), file=name
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    stored = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    return pa.binary() if pa.types.is_large_binary(stored) else stored


def _check_size(metadata: pq.FileMetaData, name: str, limits: Limits) -> None:
    groups = range(metadata.num_row_groups)
    unpacked = sum(metadata.row_group(group).total_byte_size for group in groups)
    if unpacked > limits.unpacked_bytes or metadata.num_rows > limits.vertices:
        raise _too_large(name, limits)


def _read(file: pq.ParquetFile, name: str, limits: Limits) -> pa.Table:
    """Read in small batches: a dictionary can stand for far more than its size says."""
    batches, room = [], limits.unpacked_bytes
    for batch in file.iter_batches(batch_size=_BATCH_ROWS):
        room -= batch.nbytes
        if room < 0:
            raise _too_large(name, limits)
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=file.schema_arrow)


def _too_large(name: str, limits: Limits) -> LimitError:
    return LimitError(
        _("{file} unpacks to more than {limit}; split it."),
        file=name,
        limit=megabytes(limits.unpacked_bytes),
    )


def decode_column(
    values: pa.ChunkedArray, encoding: str, limits: Limits
) -> tuple[npt.NDArray[np.object_], Rows]:
    """Return the geometries of a column, and the rows that are none by kind of problem."""
    if encoding.upper() == "WKB":
        return decode_wkb(values.to_pylist(), limits)
    if encoding in _NATIVE:
        return _from_native(values, encoding), {}
    kind = {"point": "is_point", "multipoint": "is_point"}.get(encoding, "is_line")
    return np.full(len(values), None, dtype=object), {kind: list(range(len(values)))}


def _from_native(values: pa.ChunkedArray, encoding: str) -> npt.NDArray[np.object_]:
    """Build geometries from nested lists of coordinates; rows without one stay None."""
    array = values.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    is_valid = np.asarray(array.is_valid())
    level, offsets = array.drop_null(), []
    while pa.types.is_list(level.type) or pa.types.is_large_list(level.type):
        starts = np.asarray(level.offsets, dtype=np.int64)
        offsets.append(starts - starts[0])
        level = level.flatten()
    if pa.types.is_struct(level.type):
        xy = np.column_stack([np.asarray(level.field(axis), np.float64) for axis in ("x", "y")])
    else:
        size = level.type.list_size
        xy = np.asarray(level.flatten(), np.float64).reshape(-1, size)[:, :2]
    geometry = np.full(len(is_valid), None, dtype=object)
    geometry[is_valid] = shapely.from_ragged_array(
        _NATIVE[encoding], np.ascontiguousarray(xy), tuple(reversed(offsets))
    )
    return geometry
