"""Where the rows of a portion say they are: two columns, one, or points of GeoParquet."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geogrid.batch.values import as_numbers
from geogrid.findings import Finding
from geogrid.formats.geoparquet import WGS84
from geogrid.i18n import mark as _
from geogrid.placing.columns import PointColumns
from geogrid.placing.placer import Placer
from geogrid.placing.positions import Positions, check_numbers, no_positions, parse_positions

__all__ = ["PointColumn", "Portion", "point_column", "written_positions"]

_NOT_A_POINT = Finding("not_a_point", _("The geometry is not a point."), severity="error")
_WKB_BYTES = 21
_WKB_HEAD = b"\x01\x01\x00\x00\x00"
_WKB_POINTS = frozenset((1, 1001, 2001, 3001, 0x80000001, 0x40000001, 0xC0000001))
_HAS_SRID = 0x20000000


class Portion(Protocol):
    """Some rows of a table."""

    @property
    def end(self) -> int:
        """Where the next portion begins in the source."""

    @property
    def count(self) -> int:
        """Number of rows."""

    def column(self, name: str) -> pa.Array:
        """Return a column as it is."""

    def texts(self, name: str) -> pa.StringArray:
        """Return a column as texts."""

    def table(self) -> pa.Table:
        """Return all columns."""

    def records(self) -> pa.StringArray:
        """Return the rows as records of a file with commas."""


@dataclass(frozen=True)
class PointColumn:
    """The points of a GeoParquet file.

    Attributes
    ----------
    name : of the column
    encoding : ``"WKB"`` or ``"point"``
    crs : what the file says; None where it says that it is unknown
    """

    name: str
    encoding: str
    crs: Any


def point_column(schema: pa.Schema) -> PointColumn | None:
    """Return the column of points that the metadata of GeoParquet name, None for none."""
    try:
        about = json.loads((schema.metadata or {})[b"geo"])
        name = str(about["primary_column"])
        column: Mapping[str, Any] = about["columns"][name]
        kinds = {str(kind).removesuffix(" Z") for kind in column.get("geometry_types", [])}
        encoding = str(column.get("encoding", "WKB"))
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    if name not in schema.names or not kinds <= {"Point"} or encoding not in {"WKB", "point"}:
        return None
    return PointColumn(name, encoding, column.get("crs", WGS84))


def written_positions(
    portion: Portion, columns: PointColumns, geometry: PointColumn | None, placer: Placer
) -> Positions:
    """Return what the rows of a portion say of their positions.

    Parameters
    ----------
    portion : the rows
    columns : which columns say it, if not `geometry`
    geometry : the column of points, None where positions are not taken from one
    placer : knows whether they are degrees
    """
    if geometry is not None:
        x, y, wrong = _points(portion.column(geometry.name), geometry.encoding)
        found = check_numbers(x, y, in_degrees=placer.in_degrees)
        found.reasons[wrong] = _NOT_A_POINT
        return found
    if not columns.lon:
        return no_positions(portion.count)
    if columns.lat:
        x_y = [as_numbers(portion.column(name)) for name in (columns.lon, columns.lat)]
        if x_y[0] is not None and x_y[1] is not None:
            return check_numbers(x_y[0], x_y[1], in_degrees=placer.in_degrees)
    return parse_positions(
        portion.texts(columns.lon),
        portion.texts(columns.lat) if columns.lat else None,
        in_degrees=placer.in_degrees,
        near=placer.layer.center,
    )


def _points(
    values: pa.Array, encoding: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], list[int]]:
    """Return x and y, NaN for none, and the rows that hold something else."""
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    xy = np.full((len(values), 2), np.nan)
    if encoding == "point":
        return *_native(values, xy), []
    is_valid = np.asarray(values.is_valid())
    given = values.drop_null().cast(pa.large_binary())
    starts = np.asarray(given.buffers()[1]).view(np.int64)[given.offset :][: len(given) + 1]
    if (np.diff(starts) == _WKB_BYTES).all() and len(given):
        data = np.frombuffer(given.buffers()[2], np.uint8)[starts[0] : starts[-1]]
        data = data.reshape(-1, _WKB_BYTES)
        if (data[:, :5] == np.frombuffer(_WKB_HEAD, np.uint8)).all():
            xy[is_valid] = np.ascontiguousarray(data[:, 5:]).view("<f8")
            return xy[:, 0].copy(), xy[:, 1].copy(), []
    wrong = []
    for at, one in zip(np.flatnonzero(is_valid).tolist(), given.to_pylist(), strict=True):
        point = _wkb_point(one)
        if point is None:
            wrong.append(at)
        else:
            xy[at] = point
    return xy[:, 0].copy(), xy[:, 1].copy(), wrong


def _native(
    values: pa.Array, xy: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    is_valid = np.asarray(values.is_valid())
    if pa.types.is_struct(values.type):
        for at, axis in enumerate(("x", "y")):
            parts = values.field(axis).to_numpy(zero_copy_only=False)
            xy[is_valid, at] = parts[is_valid]
    else:
        size = values.type.list_size
        flat = np.asarray(values.drop_null().flatten(), np.float64).reshape(-1, size)
        xy[is_valid] = flat[:, :2]
    return xy[:, 0].copy(), xy[:, 1].copy()


def _wkb_point(data: bytes) -> tuple[float, float] | None:
    """Return x and y of a point in any kind of WKB, None where it is none."""
    try:
        order = "<" if data[0] == 1 else ">"
        (kind,) = struct.unpack_from(f"{order}I", data, 1)
        if kind & ~_HAS_SRID not in _WKB_POINTS:
            return None
        x, y = struct.unpack_from(f"{order}dd", data, 9 if kind & _HAS_SRID else 5)
    except (struct.error, IndexError):
        return None
    return x, y
