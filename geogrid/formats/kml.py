"""KML, with nothing fetched and no entities: placemarks that hold polygons."""

from __future__ import annotations

import re
from pathlib import Path
from xml.parsers import expat

import numpy as np
import pandas as pd

from geogrid.errors import FormatError, UnsafeFileError
from geogrid.findings import Finding
from geogrid.formats.layer import Limits, RawLayer
from geogrid.formats.rings import PolygonRows, Ring
from geogrid.i18n import mark as _

__all__ = ["read_kml"]

_WGS84 = "EPSG:4326"
_DEPTH_PER_NESTING = 8
_COMMA = re.compile(r"\s*,\s*")
_CONTAINERS = {"Folder", "Document"}
_POINTS = {"Point", "Model", "Track"}
_LINES = {"LineString", "MultiTrack"}
_TEXTS = {"name", "description", "value", "SimpleData", "coordinates"}


def read_kml(path: Path, name: str, limits: Limits) -> RawLayer:
    """Read the placemarks of a KML file.

    Returns
    -------
    RawLayer
        ``crs`` is EPSG:4326, as the format says. Attributes are the name, the folder, the
        description and the extended data.

    Raises
    ------
    FormatError
        Damaged or cut off.
    UnsafeFileError
        It declares a document type or nests too deeply.
    """
    reader = _Reader(name, limits)
    parser = expat.ParserCreate(namespace_separator="|")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(path.read_bytes().lstrip(), True)
    except expat.ExpatError as error:
        raise FormatError(
            _("{file} is damaged or cut off KML ({reason}); export it again."),
            file=name,
            reason=str(error),
        ) from error
    return reader.layer()


class _Placemark:
    """What has been read of the placemark under way."""

    def __init__(self, folder: str) -> None:
        self.attributes: dict[str, str] = {"folder": folder} if folder else {}
        self.polygons: list[list[str]] = []
        self.others: set[str] = set()


class _Reader:
    """Handles the events of the XML parser; one element's text is kept at a time."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._deepest = limits.nesting * _DEPTH_PER_NESTING
        self._path: list[str] = []
        self._folders: list[str] = []
        self._text: list[str] = []
        self._key = ""
        self._placemark: _Placemark | None = None
        self._rows: list[_Placemark] = []
        self._links = 0

    def refuse(self, *_ignored: object) -> None:
        raise UnsafeFileError(
            _("{file} declares a document type or entities, which is refused."), file=self._name
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition("|")[2]
        self._path.append(local)
        if len(self._path) > self._deepest:
            raise UnsafeFileError(
                _("{file} nests elements too deeply to be a boundary file."), file=self._name
            )
        self._text = []
        if local in _CONTAINERS:
            self._folders.append("")
        elif local == "NetworkLink":
            self._links += 1
        elif local == "Placemark":
            self._placemark = _Placemark(next((f for f in reversed(self._folders) if f), ""))
        elif local in ("Data", "SimpleData"):
            self._key = attributes.get("name", "")
        elif self._placemark is not None:
            self._start_geometry(local, self._placemark)

    def _start_geometry(self, local: str, placemark: _Placemark) -> None:
        if local == "Polygon":
            placemark.polygons.append([])
        elif local in _POINTS:
            placemark.others.add("is_point")
        elif local in _LINES:
            placemark.others.add("is_line")

    def text(self, data: str) -> None:
        if self._path[-1] in _TEXTS:
            self._text.append(data)

    def end(self, _tag: str) -> None:
        local = self._path.pop()
        text = "".join(self._text).strip() if local in _TEXTS else ""
        parent = self._path[-1] if self._path else ""
        if local in _CONTAINERS:
            self._folders.pop()
        elif local == "name" and parent in _CONTAINERS:
            self._folders[-1] = text
        elif self._placemark is not None:
            if local == "Placemark":
                self._rows.append(self._placemark)
                self._placemark = None
            else:
                self._keep(local, parent, text, self._placemark)

    def _keep(self, local: str, parent: str, text: str, placemark: _Placemark) -> None:
        if local in ("name", "description") and parent == "Placemark":
            if text:
                placemark.attributes[local] = text
        elif local in ("value", "SimpleData"):
            if self._key:
                placemark.attributes[self._key] = text
        elif local == "coordinates" and "Polygon" in self._path and placemark.polygons:
            rings = placemark.polygons[-1]
            is_shell = "outerBoundaryIs" in self._path
            rings.insert(0 if is_shell else len(rings), text)

    def layer(self) -> RawLayer:
        polygons = PolygonRows()
        for row, placemark in enumerate(self._rows):
            _add(polygons, row, placemark)
        records = [placemark.attributes for placemark in self._rows]
        return RawLayer(
            polygons.build(len(records)),
            pd.DataFrame(records, dtype=object).reindex(range(len(records))),
            crs=_WGS84,
            problems=polygons.problems,
            findings=self._findings(),
            hints=" ".join(sorted({row.attributes.get("folder", "") for row in self._rows}))[:500],
        )

    def _findings(self) -> tuple[Finding, ...]:
        if not self._links:
            return ()
        return (
            Finding(
                "network_link",
                _(
                    "{number} links to other KML files were not followed; what they show is"
                    " not in this file."
                ),
                {"number": self._links},
            ),
        )


def _add(polygons: PolygonRows, row: int, placemark: _Placemark) -> None:
    if not placemark.polygons:
        for kind in sorted(placemark.others):
            polygons.note(kind, row)
        return
    if placemark.others:
        polygons.note("collection", row)
    try:
        parts = [[_ring(polygons, row, text) for text in rings] for rings in placemark.polygons]
    except ValueError:
        polygons.note("broken_geometry", row)
        return
    kept = [part for part in parts if part and len(part[0])]
    if kept:
        polygons.add(row, kept, multi=len(kept) > 1)
    else:
        polygons.note("empty_geometry", row)


def _ring(polygons: PolygonRows, row: int, text: str) -> Ring:
    tuples = [vertex.split(",") for vertex in _COMMA.sub(",", text).split()]
    if any(len(vertex) > 2 and float(vertex[2] or 0) != 0 for vertex in tuples):
        polygons.note("z_dropped", row)
    values = [(float(vertex[0]), float(vertex[1])) for vertex in tuples if len(vertex) > 1]
    if len(values) < len(tuples):
        raise ValueError
    return np.array(values, dtype=np.float64).reshape(-1, 2)
