"""ESRI Shapefile: checked record by record, then read by GDAL.

GDAL takes a file that was cut off for one with empty rows, so that every record is as long as
it says is made sure of before; that also gives the index (``.shx``) GDAL asks for.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.errors import FormatError, LimitError
from geogrid.findings import Finding
from geogrid.formats.dbf import BYTES, DbfHeader, decode_table, read_header
from geogrid.formats.gdal import read_with_gdal
from geogrid.formats.layer import Limits, RawLayer, Rows
from geogrid.formats.nesting import nest_rings
from geogrid.formats.rings import PolygonRows
from geogrid.formats.text import decode_text
from geogrid.formats.wkb import decode_wkb
from geogrid.i18n import mark as _

__all__ = ["SIDECARS", "is_polygon_shapefile", "read_dbf", "read_shapefile"]

SIDECARS = (".shp", ".dbf", ".prj", ".cpg")
"""The files of a Shapefile that are looked at."""

_HEADER_BYTES = 100
_POLYGON_HEADER_BYTES = 44
_POLYGON = [5, 15, 25]
_KINDS: Mapping[str, Sequence[int]] = {
    "is_line": [3, 13, 23],
    "is_point": [1, 8, 11, 18, 21, 28],
    "is_other": [31],
    "z_dropped": [15, 25],
}
"""What is odd about shapes of these types."""

_MOST_RINGS = 10_000
_SMALLEST_RING = 4
_LONGEST_PRJ = 20_000


def is_polygon_shapefile(path: Path) -> bool:
    """Return whether the header of a ``.shp`` says it holds polygons."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    return len(head) == _HEADER_BYTES and struct.unpack_from("<i", head, 32)[0] in _POLYGON


def read_shapefile(
    files: Mapping[str, Path], name: str, limits: Limits, *, keeps_all: bool = False
) -> RawLayer:
    """Read a Shapefile.

    Parameters
    ----------
    files
        Suffix in lower case (of :data:`SIDECARS`) to file; only ``.shp`` is needed.
    name
        What to call it in messages.
    keeps_all
        Whether points and lines are geometry too.

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
    records = _records(files[".shp"].read_bytes(), name, limits)
    parts: dict[str, Path | bytes] = {".shp": files[".shp"], ".shx": records.index()}
    header, findings = None, []
    if ".dbf" in files:
        header = read_header(files[".dbf"].read_bytes(), name)
        parts[".dbf"] = header.as_text
        findings = _row_findings(header, len(records.kinds), name)
    ids, bodies, attributes = read_with_gdal(parts, name, ENCODING=BYTES)
    shapes = len(records.kinds)
    deleted = sum(row < shapes for row in header.deleted) if header else 0
    if len(ids) + deleted != shapes:
        raise FormatError(_("{file} is damaged or cut off; export it again."), file=name)
    frame = pd.DataFrame(index=pd.RangeIndex(len(ids)))
    if header is not None:
        frame, encoding, is_detected = decode_table(
            attributes, header, _short_text(files.get(".cpg")), name
        )
        if is_detected and encoding != "utf-8":
            findings.append(_encoding_detected(encoding))
    lines = _lines(bodies, ids, records)
    geometry, problems = (
        decode_wkb(bodies.tolist(), limits) if keeps_all else _geometry(bodies, ids, records)
    )
    return RawLayer(
        geometry,
        frame,
        crs=_projection(files.get(".prj")),
        problems=problems,
        findings=tuple(findings),
        lines=lines,
    )


def read_dbf(files: Mapping[str, Path], name: str) -> pd.DataFrame:
    """Read a table without shapes.

    Parameters
    ----------
    files
        ``.dbf`` and, where there is one, ``.cpg``.

    Raises
    ------
    FormatError
        Damaged or cut off.
    """
    header = read_header(files[".dbf"].read_bytes(), name)
    _ids, _bodies, table = read_with_gdal({".dbf": header.as_text}, name, ENCODING=BYTES)
    return decode_table(table, header, _short_text(files.get(".cpg")), name)[0]


@dataclass(frozen=True)
class _Records:
    """The type of every shape and its number of vertices; where it is and how long, in bytes."""

    head: bytes
    kinds: list[int] = field(default_factory=list)
    vertices: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def index(self) -> bytes:
        """Return the ``.shx`` file, which counts in words of two bytes."""
        words = np.array(self.places, dtype=">i4").reshape(-1, 2) // 2
        size = struct.pack(">i", (_HEADER_BYTES + words.nbytes) // 2)
        return self.head[:24] + size + self.head[28:] + words.astype(">i4").tobytes()


def _records(data: bytes, name: str, limits: Limits) -> _Records:
    records = _Records(data[:_HEADER_BYTES])
    at, vertices = _HEADER_BYTES, 0
    try:
        end = struct.unpack_from(">i", data, 24)[0] * 2
        if not _HEADER_BYTES <= end <= len(data):
            raise ValueError
        while at < end:
            length = struct.unpack_from(">i", data, at + 4)[0] * 2
            if length < 4 or at + 8 + length > end:
                raise ValueError
            kind, count = _vertices(data, at + 8, length)
            vertices += count
            if vertices > limits.vertices:
                raise LimitError(
                    _("The boundaries have more than {limit} vertices. Split the file."),
                    limit=f"{limits.vertices:,}",
                )
            records.kinds.append(kind)
            records.vertices.append(count)
            records.places.append((at, length))
            at += 8 + length
    except (struct.error, ValueError) as error:
        raise FormatError(
            _("{file} is damaged or cut off after shape {count}; export or copy it again."),
            file=name,
            count=len(records.kinds),
        ) from error
    return records


def _vertices(data: bytes, at: int, length: int) -> tuple[int, int]:
    """Return the type and number of vertices of a polygon that is as long as it says."""
    (kind,) = struct.unpack_from("<i", data, at)
    if kind not in _POLYGON:
        return kind, 0
    rings, vertices = struct.unpack_from("<2i", data, at + 36)
    if min(rings, vertices) < 0 or _POLYGON_HEADER_BYTES + 4 * rings + 16 * vertices > length:
        raise ValueError
    if rings and struct.unpack_from("<i", data, at + _POLYGON_HEADER_BYTES)[0] != 0:
        raise ValueError
    if rings > _MOST_RINGS:
        raise LimitError(
            _("One boundary has {count} rings; at most {limit} are read."),
            count=rings,
            limit=_MOST_RINGS,
        )
    return kind, vertices if rings else 0


def _lines(
    bodies: npt.NDArray[np.object_], ids: npt.NDArray[np.intp], records: _Records
) -> tuple[shapely.Geometry, ...]:
    """Decode the shapes that are lines."""
    is_line = np.isin(np.array(records.kinds, dtype=np.intp)[ids], _KINDS["is_line"])
    lines = shapely.from_wkb(bodies[is_line], on_invalid="ignore")
    return tuple(lines[~shapely.is_missing(lines)])


def _geometry(
    bodies: npt.NDArray[np.object_], ids: npt.NDArray[np.intp], records: _Records
) -> tuple[npt.NDArray[np.object_], Rows]:
    """Decode shapes; what GDAL made of types that are no polygons does not matter."""
    kinds = np.array(records.kinds, dtype=np.intp)[ids]
    is_polygon = np.isin(kinds, _POLYGON)
    is_empty = is_polygon & (np.array(records.vertices, dtype=np.intp)[ids] == 0)
    bodies[~is_polygon | is_empty] = None
    with np.errstate(invalid="ignore"):
        geometry = np.asarray(shapely.from_wkb(bodies, on_invalid="ignore"), dtype=object)
    is_unread = is_polygon & ~is_empty & shapely.is_missing(geometry)
    is_unread[_rows_of_short_rings(geometry)] = True
    problems = _mend(geometry, bodies, np.flatnonzero(is_unread).tolist())
    odd = {kind: np.isin(kinds, members) & ~is_empty for kind, members in _KINDS.items()}
    odd["empty_geometry"] = is_empty
    found = {kind: np.flatnonzero(is_odd).tolist() for kind, is_odd in odd.items()}
    return geometry, problems | {kind: rows for kind, rows in found.items() if rows}


def _rows_of_short_rings(geometry: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
    parts, row_of_part = shapely.get_parts(geometry, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    is_short = shapely.get_num_coordinates(rings) < _SMALLEST_RING
    return np.asarray(row_of_part[part_of_ring[is_short]], dtype=np.intp)


def _mend(
    geometry: npt.NDArray[np.object_], bodies: npt.NDArray[np.object_], rows: list[int]
) -> Rows:
    """Close rings that are not, in place, and leave out those of fewer than three corners."""
    mended = PolygonRows()
    for row in rows:
        shape = shapely.from_wkb(bodies[row], on_invalid="fix") if bodies[row] else None
        rings = shapely.get_rings(shapely.get_parts([shape]))
        if not rings.size:
            mended.note("broken_geometry", row)
            continue
        if geometry[row] is None:
            mended.note("unclosed_ring", row)
        vertices = [shapely.get_coordinates(ring) for ring in rings]
        usable = [ring for ring in vertices if len(ring) >= _SMALLEST_RING]
        if len(usable) < len(vertices):
            mended.note("degenerate_ring", row)
        if not all(np.isfinite(ring).all() for ring in usable):
            mended.note("bad_coordinate", row)
        elif usable:
            nested = nest_rings(usable)
            mended.add(row, [[usable[at] for at in part] for part in nested], multi=False)
    geometry[rows] = mended.build(len(geometry))[rows]
    return mended.problems


def _short_text(path: Path | None) -> str | None:
    if path is None:
        return None
    with path.open("rb") as file:
        return file.read(64).decode("latin-1")


def _projection(path: Path | None) -> str | None:
    if path is None or path.stat().st_size > _LONGEST_PRJ:
        return None
    return decode_text(path.read_bytes(), path.name).strip() or None


def _row_findings(header: DbfHeader, shapes: int, name: str) -> list[Finding]:
    findings = []
    if header.rows != shapes:
        findings.append(
            Finding(
                "row_count_mismatch",
                _(
                    "{file}: {shapes} boundaries but {rows} rows of attributes (.shp and .dbf"
                    " differ); names may be at the wrong boundary. Export it again."
                ),
                {"file": name, "shapes": shapes, "rows": header.rows},
                severity="error",
            )
        )
    if header.deleted:
        findings.append(
            Finding(
                "deleted_rows",
                _("{number} rows marked as deleted are left out."),
                {"number": len(header.deleted)},
                severity="note",
            )
        )
    return findings


def _encoding_detected(encoding: str) -> Finding:
    return Finding(
        "encoding_detected",
        _("The file does not say its text encoding; it was read as {encoding}."),
        {"encoding": {"gb18030": "GBK"}.get(encoding, encoding.upper())},
        severity="note",
    )
