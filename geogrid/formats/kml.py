"""KML, with nothing fetched and no entities: placemarks that hold polygons.

Not through GDAL, which makes a 0 of a coordinate that is no number, leaves out vertices
without saying so, and takes a document apart into layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import numpy as np
import pandas as pd

from geogrid.errors import FormatError, LimitError, UnsafeFileError
from geogrid.findings import Finding
from geogrid.formats.layer import Limits, RawLayer
from geogrid.formats.rings import PolygonRows, Ring
from geogrid.i18n import mark as _

__all__ = ["kml_layer", "kml_root", "placemarks", "read_kml"]

_WGS84 = "EPSG:4326"
_DEPTH_PER_NESTING = 8
_MOST_ELEMENTS = 3_000_000
_COMMA = re.compile(r"\s*,\s*")
_CONTAINERS = {"Folder", "Document"}
_OTHERS = {
    "Point": "is_point",
    "Model": "is_point",
    "Track": "is_point",
    "LineString": "is_line",
    "MultiTrack": "is_line",
}


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
    LimitError
        It has too many elements.
    """
    return kml_layer(kml_root(path, name, limits))


def kml_root(path: Path, name: str, limits: Limits) -> Element:
    """Return the tree of elements without their namespaces; errors as for :func:`read_kml`."""
    parser = XMLParser(target=_Builder(name, limits))  # noqa: S314  which refuses document types
    try:
        parser.feed(path.read_bytes().lstrip())
        root: Element = parser.close()
    except (ParseError, ValueError) as error:
        raise FormatError(
            _("{file} is damaged or cut off KML ({reason}); export it again."),
            file=name,
            reason=str(error),
        ) from error
    return root


def kml_layer(root: Element) -> RawLayer:
    """Return the placemarks of a tree as polygons with attributes."""
    rows, polygons, records = list(placemarks(root, "")), PolygonRows(), []
    for row, (placemark, folder) in enumerate(rows):
        _add(polygons, row, placemark)
        records.append(({"folder": folder} if folder else {}) | _attributes(placemark))
    return RawLayer(
        polygons.build(len(rows)),
        pd.DataFrame(records, dtype=object).reindex(range(len(rows))),
        crs=_WGS84,
        problems=polygons.problems,
        findings=_links(sum(1 for _link in root.iter("NetworkLink"))),
        hints=" ".join(sorted({folder for _placemark, folder in rows}))[:500],
    )


class _Builder(TreeBuilder):
    """Builds the tree of elements without their namespaces, within limits."""

    def __init__(self, name: str, limits: Limits) -> None:
        super().__init__()
        self._name = name
        self._deepest = limits.nesting * _DEPTH_PER_NESTING
        self._depth = self._count = 0

    def doctype(self, *_ignored: object) -> None:
        raise UnsafeFileError(
            _("{file} declares a document type or entities, which is refused."), file=self._name
        )

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > self._deepest:
            raise UnsafeFileError(
                _("{file} nests elements too deeply to be a boundary file."), file=self._name
            )
        if self._count > _MOST_ELEMENTS:
            raise LimitError(
                _("{file} has more than {limit} elements; split it."),
                file=self._name,
                limit=f"{_MOST_ELEMENTS:,}",
            )
        return super().start(tag.rpartition("}")[2], attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def placemarks(element: Element, folder: str) -> Iterator[tuple[Element, str]]:
    """Yield the placemarks in their order, each with the name of the folder it is in."""
    for child in element:
        if child.tag == "Placemark":
            yield child, folder
        elif child.tag in _CONTAINERS:
            yield from placemarks(child, _text(child.find("name")) or folder)
        else:
            yield from placemarks(child, folder)


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _attributes(placemark: Element) -> dict[str, str]:
    found = {tag: _text(placemark.find(tag)) for tag in ("name", "description")}
    data = {one.get("name", ""): _text(one.find("value")) for one in placemark.iter("Data")}
    simple = {one.get("name", ""): _text(one) for one in placemark.iter("SimpleData")}
    named = {key: text for key, text in (data | simple).items() if key}
    return {key: text for key, text in found.items() if text} | named


def _add(polygons: PolygonRows, row: int, placemark: Element) -> None:
    areas = list(placemark.iter("Polygon"))
    others = {_OTHERS[one.tag] for one in placemark.iter() if one.tag in _OTHERS}
    if not areas:
        for kind in sorted(others):
            polygons.note(kind, row)
        return
    if others:
        polygons.note("collection", row)
    try:
        parts = [
            [
                _ring(polygons, row, _text(ring))
                for boundary in ("outerBoundaryIs", "innerBoundaryIs")
                for ring in area.iterfind(f"{boundary}//coordinates")
            ]
            for area in areas
        ]
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
    if any(len(vertex) < 2 for vertex in tuples):
        raise ValueError
    values = [(float(vertex[0]), float(vertex[1])) for vertex in tuples]
    return np.array(values, dtype=np.float64).reshape(-1, 2)


def _links(number: int) -> tuple[Finding, ...]:
    if not number:
        return ()
    return (
        Finding(
            "network_link",
            _(
                "{number} links to other KML files were not followed; what they show is not in"
                " this file."
            ),
            {"number": number},
        ),
    )
