"""What a file is, by its content: the list of formats that are read at all."""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from pathlib import Path
from xml.parsers import expat

from geogrid.errors import FormatError, UnsafeFileError
from geogrid.i18n import mark as _

__all__ = ["FORMATS", "read_head", "sniff"]

FORMATS = (
    "csv",
    "dbf",
    "dxf",
    "geojson",
    "geopackage",
    "geoparquet",
    "kml",
    "kmz",
    "shapefile",
    "xls",
    "xlsx",
    "zip",
)
"""What :func:`sniff` answers."""

_HEAD_BYTES = 64 * 1024
_READABLE = "GeoJSON, GeoPackage, Shapefile (zip), GeoParquet, KML/KMZ, DXF, CSV/Excel + WKT"
_DWG = re.compile(rb"AC10\d\d\x00")
_DXF = re.compile(rb"\s*(?:999\r?\n[^\n]*\n\s*)*0[ \t\r]*\n\s*SECTION\b")
_MAGIC = {
    b"SQLite format 3\x00": "geopackage",
    b"PAR1": "geoparquet",
    b"\x00\x00\x27\x0a": "shapefile",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "xls",
    b"AutoCAD Binary DXF\r\n\x1a\x00": "dxf",
}
_FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"fgb": "FlatGeobuf",
    b"!table": "MapInfo TAB",
    b"!Table": "MapInfo TAB",
    b"Version": "MapInfo MIF",
    b"VERSION": "MapInfo MIF",
}
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DBF_VERSIONS = {0x02, 0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_head(path: Path) -> bytes:
    """Return the first bytes of a file, enough to tell what it is."""
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def sniff(path: Path, name: str) -> str:
    """Return which of :data:`FORMATS` the content of a file is.

    Parameters
    ----------
    path
        The file.
    name
        What to call it in messages.

    Raises
    ------
    FormatError
        It is none of them; the message says what it is instead where that is known.
    UnsafeFileError
        It is XML that would make a reader fetch something else.
    """
    head = read_head(path)
    if not head.strip():
        raise FormatError(_("{file} is empty."), file=name)
    known = _binary(head, path)
    if known:
        return known
    _refuse_foreign(head, name)
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):  # XML says more
        _refuse_no_archive(path, name)
    return _textual(head, name)


def _binary(head: bytes, path: Path) -> str | None:
    known = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if known == "zip":
        return _kind_of_zip(path)
    if known:
        return known
    if _DXF.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "dxf"
    return "dbf" if _is_dbf(head) else None


def _is_dbf(head: bytes) -> bool:
    size = int.from_bytes(head[8:10], "little")
    return (
        len(head) > 32
        and head[0] in _DBF_VERSIONS
        and 1 <= head[2] <= 12
        and 1 <= head[3] <= 31
        and size >= 33
        and (len(head) < size or head[size - 1] in (0x0D, 0x00))
    )


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.casefold() for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    if "[content_types].xml" in names and any(name.startswith("xl/") for name in names):
        return "xlsx"
    has_shapefile = any(name.endswith(".shp") for name in names)
    has_kml = any(name.endswith(".kml") for name in names)
    return "kmz" if has_kml and not has_shapefile else "zip"


def _refuse_foreign(head: bytes, name: str) -> None:
    if _DWG.match(head):
        raise FormatError(
            _(
                "{file} is a DWG drawing, which only CAD programs read. Open it there, choose"
                " “Save as” and DXF (2007 or later), and give the DXF."
            ),
            file=name,
        )
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            raise FormatError(
                _("{file} is a {kind} file. Boundaries are read from {readable}."),
                file=name,
                kind=kind,
                readable=_READABLE,
            )


def _refuse_no_archive(path: Path, name: str) -> None:
    """Refuse what only its name calls a zip archive: the beginning is another."""
    if path.suffix.lower() in (".zip", ".kmz") or name.lower().endswith((".zip", ".kmz")):
        raise FormatError(_("{file} is no readable zip archive; pack or copy it again."), file=name)


def _textual(head: bytes, name: str) -> str:
    encoding = next((code for bom, code in _BOMS.items() if head.startswith(bom)), None)
    if encoding in ("utf-16-le", "utf-16-be"):
        start = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n").encode()
    else:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if _CONTROL.search(start):
            raise _unreadable(name)
    if start.startswith(b"<"):
        return _kind_of_xml(head, name)
    return "geojson" if start.startswith((b"{", b"[")) else "csv"


def _kind_of_xml(head: bytes, name: str) -> str:
    root: list[str] = []

    def refuse(*_ignored: object) -> None:
        raise UnsafeFileError(
            _("{file} declares a document type or entities, which is refused."), file=name
        )

    def start(tag: str, _attributes: object) -> None:
        root.append(tag)

    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    with suppress(expat.ExpatError):  # damaged further down, perhaps
        parser.Parse(head.lstrip(), False)
    if not root:
        raise _unreadable(name)
    tag = root[0].rpartition("|")[2]
    if tag == "kml":
        return "kml"
    raise UnsafeFileError(
        _("{file} is XML of the kind “{tag}”, which is refused. Of XML only KML is read."),
        file=name,
        tag=tag[:40],
    )


def _unreadable(name: str) -> FormatError:
    return FormatError(
        _("{file} is in no format that is read, or damaged. Boundaries are read from {readable}."),
        file=name,
        readable=_READABLE,
    )
