"""GeoPackage, read with SQLite alone.

A GeoPackage is a database that can hold views, triggers, virtual tables and generated
columns. Only plain columns of plain tables are selected, read-only, under an authorizer
that lets no function run, so nothing of the file is ever executed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from geogrid.errors import FormatError, UnsafeFileError
from geogrid.findings import Finding
from geogrid.formats.layer import Limits, RawLayer
from geogrid.formats.wkb import decode_wkb
from geogrid.i18n import mark as _

__all__ = ["GeopackageLayer", "geopackage_layers", "read_geopackage", "read_geopackage_table"]

_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+[\"'`\[]?(\w+)", re.I | re.S)
_HARMLESS_MODULES = {"rtree"}
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_ROW_NUMBERS = {"fid", "ogc_fid", "ogr_fid", "objectid"}
_HEADER_BYTES = 100
_LARGEST_PAGE = 65536
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_EXTENDED = 0x20
_POLYGONAL = {
    "GEOMETRY",
    "POLYGON",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
    "GEOMCOLLECTION",
    "SURFACE",
    "MULTISURFACE",
    "CURVEPOLYGON",
}


@dataclass(frozen=True)
class GeopackageLayer:
    """A feature table: its name, geometry column, and CRS as :class:`RawLayer` wants it."""

    name: str
    column: str
    is_polygonal: bool
    crs: str | None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _authorize(action: int, first: str | None, _2: object, _3: object, _4: object) -> int:
    if action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


@contextmanager
def _database(path: Path, name: str) -> Iterator[sqlite3.Connection]:
    if _is_cut_off(path):  # SQLite would take what is missing for zeros
        raise FormatError(
            _("{file} is damaged or incomplete; copy or download it again."), file=name
        )
    try:
        source = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(source, uri=True)) as database:
            database.text_factory = _text
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA query_only = ON")
            database.set_authorizer(_authorize)
            yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise FormatError(
            _("{file} is damaged, or no GeoPackage: {reason}. Export it again."),
            file=name,
            reason=str(error)[:120],
        ) from error


def _is_cut_off(path: Path) -> bool:
    """Return whether a database is shorter than its header says, where that is up to date."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    if len(head) < _HEADER_BYTES or head[24:28] != head[92:96]:
        return False
    page = int.from_bytes(head[16:18], "big")
    count = int.from_bytes(head[28:32], "big")
    return path.stat().st_size < count * (_LARGEST_PAGE if page == 1 else page)


def geopackage_layers(path: Path, name: str) -> list[GeopackageLayer]:
    """Return the feature tables of a GeoPackage in its own order.

    Raises
    ------
    FormatError
        Damaged, no GeoPackage, or without features.
    UnsafeFileError
        It holds virtual tables other than spatial indexes.
    """
    with _database(path, name) as database:
        schema = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        _check_schema(schema, name)
        tables = {str(table).casefold() for kind, table, _sql in schema if kind == "table"}
        if "gpkg_geometry_columns" not in tables:
            raise FormatError(
                _("{file} is an SQLite database but no GeoPackage with boundaries."), file=name
            )
        systems = _reference_systems(database) if "gpkg_spatial_ref_sys" in tables else {}
        rows = database.execute(
            "SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"
        ).fetchall()
    if not rows:
        raise FormatError(
            _("{file} holds no boundaries: none of its tables has geometry."), file=name
        )
    return [
        GeopackageLayer(str(table), str(column), _is_polygonal(kind), systems.get(srs))
        for table, column, kind, srs in rows
    ]


def _is_polygonal(kind: object) -> bool:
    return str(kind).upper() in _POLYGONAL


def _check_schema(schema: list[tuple[str, str, str | None]], name: str) -> None:
    for _kind, table, sql in schema:
        found = _VIRTUAL.match(sql or "")
        if found and found[1].casefold() not in _HARMLESS_MODULES:
            raise UnsafeFileError(
                _("{file} holds the virtual table “{table}”, which could read other files."),
                file=name,
                table=str(table)[:60],
            )


def _reference_systems(database: sqlite3.Connection) -> dict[int, str | None]:
    rows = database.execute(
        "SELECT srs_id, organization, organization_coordsys_id, definition"
        " FROM gpkg_spatial_ref_sys"
    ).fetchall()
    systems: dict[int, str | None] = {}
    for srs, organization, number, definition in rows:
        if srs in (0, -1):
            systems[srs] = None
        elif str(organization).upper() in ("EPSG", "ESRI"):
            systems[srs] = f"{str(organization).upper()}:{number}"
        else:
            systems[srs] = str(definition)
    return systems


def read_geopackage(path: Path, name: str, layer: GeopackageLayer, limits: Limits) -> RawLayer:
    """Read one feature table.

    Raises
    ------
    FormatError
        Damaged, or the table of the layer is missing.
    UnsafeFileError
        The layer is a view or a virtual table.
    """
    with _database(path, name) as database:
        columns = _plain_columns(database, layer, name)
        selected = ", ".join(_quoted(column) for column in [layer.column, *columns])
        rows = database.execute(f"SELECT {selected} FROM {_quoted(layer.name)}").fetchall()  # noqa: S608
    bodies, extended = _well_known(rows)
    geometry, problems = decode_wkb(bodies, limits)
    if extended:
        problems["curved_geometry"] = sorted([*problems.get("curved_geometry", []), *extended])
    values = [[_plain(value) for value in row[1:]] for row in rows]
    attributes = pd.DataFrame(values, columns=columns, dtype=object)
    return RawLayer(
        geometry,
        attributes.reindex(range(len(rows))),
        crs=layer.crs,
        problems=problems,
        findings=_unsaved(path, name),
        hints=layer.name,
    )


def read_geopackage_table(path: Path, name: str, table: str) -> pd.DataFrame | None:
    """Read a table without geometry, None where there is none of this name.

    Raises
    ------
    FormatError
        Damaged.
    UnsafeFileError
        It is a view or a virtual table.
    """
    with _database(path, name) as database:
        schema = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        _check_schema(schema, name)
        if table not in {found for _kind, found, _sql in schema}:
            return None
        columns = _plain_columns(database, GeopackageLayer(table, "", False, None), name)
        selected = ", ".join(map(_quoted, columns))
        rows = database.execute(f"SELECT {selected} FROM {_quoted(table)}").fetchall()  # noqa: S608
    values = [[_plain(value) for value in row] for row in rows]
    return pd.DataFrame(values, columns=columns, dtype=object)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain_columns(database: sqlite3.Connection, layer: GeopackageLayer, name: str) -> list[str]:
    found = database.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = ? COLLATE NOCASE", (layer.name,)
    ).fetchall()
    if any(kind == "view" or _VIRTUAL.match(sql or "") for kind, sql in found):
        raise UnsafeFileError(
            _("The layer “{layer}” of {file} is a view; save it as a layer of its own."),
            layer=layer.name[:60],
            file=name,
        )
    info = database.execute(f"PRAGMA table_xinfo({_quoted(layer.name)})").fetchall()
    names = [str(column[1]) for column in info if column[6] == 0]
    if layer.column and layer.column not in names:
        raise FormatError(
            _("The layer “{layer}” of {file} is missing its geometry; export it again."),
            layer=layer.name[:60],
            file=name,
        )
    return [
        column
        for column in names
        if column != layer.column and column.casefold() not in _ROW_NUMBERS
    ]


def _well_known(rows: list[tuple[object, ...]]) -> tuple[list[bytes | None], list[int]]:
    """Take the WKB out of GeoPackage binary; broken headers stay for the decoder to name."""
    bodies: list[bytes | None] = []
    extended = []
    for row, (blob, *_values) in enumerate(rows):
        body: bytes | None = None
        if isinstance(blob, bytes) and blob:
            body = b"\x01"
            if blob[:2] == b"GP" and len(blob) > 8:
                flags = blob[3]
                envelope = (flags >> 1) & 7
                if flags & _EXTENDED:
                    extended.append(row)
                    body = None
                elif envelope < len(_ENVELOPE_BYTES):
                    body = blob[8 + _ENVELOPE_BYTES[envelope] :]
        elif blob not in (None, b""):
            body = b"\x01"
        bodies.append(body)
    return bodies, extended


def _plain(value: object) -> object:
    return None if isinstance(value, bytes) else value


def _unsaved(path: Path, name: str) -> tuple[Finding, ...]:
    journal = path.with_name(path.name + "-wal")
    if not journal.exists() or journal.stat().st_size == 0:
        return ()
    return (
        Finding(
            "unsaved_edits",
            _("{file} is open in another program; its latest edits are not in it yet."),
            {"file": name},
        ),
    )
