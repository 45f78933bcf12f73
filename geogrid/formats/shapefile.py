"""ESRI Shapefile, read from its own bytes: geometry, attributes, encoding, projection."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geogrid.errors import FormatError, LimitError
from geogrid.findings import Finding
from geogrid.formats.dbf import DbfTable, read_dbf
from geogrid.formats.layer import Limits, RawLayer
from geogrid.formats.nesting import nest_rings
from geogrid.formats.rings import PolygonRows, Ring
from geogrid.formats.text import decode_text
from geogrid.i18n import mark as _

__all__ = ["SIDECARS", "is_polygon_shapefile", "read_shapefile"]

SIDECARS = (".shp", ".dbf", ".prj", ".cpg")
"""The files of a Shapefile that are looked at."""

_HEADER_BYTES = 100
_POLYGON_HEADER_BYTES = 44
_NULL, _POLYGON = 0, {5, 15, 25}
_WITH_HEIGHT = {15, 25}
_LINES, _POINTS, _PATCH = {3, 13, 23}, {1, 8, 11, 18, 21, 28}, 31
_LONGEST_PRJ = 20_000


@dataclass(frozen=True)
class _Shape:
    kind: int
    rings: list[Ring]


def is_polygon_shapefile(path: Path) -> bool:
    """Return whether the header of a ``.shp`` says it holds polygons."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    return len(head) == _HEADER_BYTES and struct.unpack_from("<i", head, 32)[0] in _POLYGON


def read_shapefile(files: Mapping[str, Path], name: str, limits: Limits) -> RawLayer:
    """Read a Shapefile.

    Parameters
    ----------
    files
        Suffix in lower case (of :data:`SIDECARS`) to file; only ``.shp`` is needed.
    name
        What to call it in messages.

    Returns
    -------
    RawLayer
        ``crs`` is the text of the ``.prj``, or None without one.

    Raises
    ------
    FormatError
        Damaged or cut off.
    LimitError
        More vertices than allowed.
    """
    shapes = _shapes(files[".shp"].read_bytes(), name, limits)
    table = _attributes(files, name)
    deleted = np.zeros(len(shapes), dtype=bool)
    findings = []
    if table is not None:
        findings = _table_findings(table, len(shapes), name)
        known = min(len(shapes), len(table.deleted))
        deleted[:known] = table.deleted[:known]
    rows = np.flatnonzero(~deleted)
    frame = table.frame if table is not None else pd.DataFrame()
    polygons = _polygon_rows([shapes[row] for row in rows])
    return RawLayer(
        polygons.build(len(rows)),
        frame.reindex(rows).reset_index(drop=True),
        crs=_projection(files.get(".prj")),
        problems=polygons.problems,
        findings=tuple(findings),
    )


def _shapes(data: bytes, name: str, limits: Limits) -> list[_Shape]:
    shapes: list[_Shape] = []
    at, vertices = _HEADER_BYTES, 0
    try:
        end = struct.unpack_from(">i", data, 24)[0] * 2
        if not _HEADER_BYTES <= end <= len(data):
            raise ValueError
        while at < end:
            length = struct.unpack_from(">i", data, at + 4)[0] * 2
            if length < 4 or at + 8 + length > end:
                raise ValueError
            shape = _shape(data[at + 8 : at + 8 + length])
            vertices += sum(len(ring) for ring in shape.rings)
            if vertices > limits.vertices:
                raise LimitError(
                    _("The boundaries have more than {limit} vertices. Split the file."),
                    limit=f"{limits.vertices:,}",
                )
            shapes.append(shape)
            at += 8 + length
    except (struct.error, ValueError) as error:
        raise FormatError(
            _("{file} is damaged or cut off after shape {count}; export or copy it again."),
            file=name,
            count=len(shapes),
        ) from error
    return shapes


def _shape(content: bytes) -> _Shape:
    (kind,) = struct.unpack_from("<i", content)
    if kind not in _POLYGON:
        return _Shape(kind, [])
    parts, points = struct.unpack_from("<2i", content, 36)
    end = _POLYGON_HEADER_BYTES + 4 * parts + 16 * points
    if parts < 0 or points < 0 or end > len(content):
        raise ValueError
    starts = np.frombuffer(content, "<i4", parts, _POLYGON_HEADER_BYTES)
    xy = np.frombuffer(content, "<f8", 2 * points, _POLYGON_HEADER_BYTES + 4 * parts)
    if parts and (starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] > points):
        raise ValueError
    return _Shape(kind, np.split(xy.reshape(-1, 2), starts[1:]) if parts else [])


def _polygon_rows(shapes: list[_Shape]) -> PolygonRows:
    polygons = PolygonRows()
    for row, shape in enumerate(shapes):
        if shape.kind in _POLYGON:
            rings = [ring for ring in shape.rings if len(ring)]
            if not rings:
                polygons.note("empty_geometry", row)
                continue
            if shape.kind in _WITH_HEIGHT:
                polygons.note("z_dropped", row)
            polygons.add(row, _nested(polygons, row, rings), multi=False)
        elif shape.kind != _NULL:
            is_point, is_line = shape.kind in _POINTS, shape.kind in _LINES
            polygons.note("is_point" if is_point else "is_line" if is_line else "is_other", row)
    return polygons


def _nested(polygons: PolygonRows, row: int, rings: list[Ring]) -> list[list[Ring]]:
    if len(rings) == 1:
        return [rings]
    if not all(np.isfinite(ring).all() for ring in rings):
        return [rings]  # which adding refuses
    usable = [ring for ring in rings if len(ring) >= 4]
    if len(usable) < len(rings):
        polygons.note("degenerate_ring", row)
    return [[usable[ring] for ring in part] for part in nest_rings(usable)] if usable else []


def _attributes(files: Mapping[str, Path], name: str) -> DbfTable | None:
    if ".dbf" not in files:
        return None
    said = _short_text(files.get(".cpg"))
    return read_dbf(files[".dbf"].read_bytes(), name, said=said)


def _short_text(path: Path | None) -> str | None:
    if path is None:
        return None
    with path.open("rb") as file:
        return file.read(64).decode("latin-1")


def _projection(path: Path | None) -> str | None:
    if path is None or path.stat().st_size > _LONGEST_PRJ:
        return None
    return decode_text(path.read_bytes(), path.name).strip() or None


def _table_findings(table: DbfTable, shapes: int, name: str) -> list[Finding]:
    findings = []
    if len(table.frame) != shapes:
        findings.append(
            Finding(
                "row_count_mismatch",
                _(
                    "{file}: {shapes} boundaries but {rows} rows of attributes (.shp and .dbf"
                    " differ); names may be at the wrong boundary. Export it again."
                ),
                {"file": name, "shapes": shapes, "rows": len(table.frame)},
                severity="error",
            )
        )
    if table.deleted.any():
        findings.append(
            Finding(
                "deleted_rows",
                _("{number} rows marked as deleted are left out."),
                {"number": int(table.deleted.sum())},
                severity="note",
            )
        )
    if table.is_detected and not _is_plain(table.encoding):
        findings.append(
            Finding(
                "encoding_detected",
                _("The file does not say its text encoding; it was read as {encoding}."),
                {"encoding": {"gb18030": "GBK"}.get(table.encoding, table.encoding.upper())},
                severity="note",
            )
        )
    return findings


def _is_plain(encoding: str) -> bool:
    return encoding == "utf-8"
