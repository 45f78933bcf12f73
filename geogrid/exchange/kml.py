"""A plan as KML: a folder for each part, values as extended data.

Google Earth shows values as HTML, so what could be a tag or an entity is written as text of
HTML, and taken back when it is read. Control characters, which XML cannot hold, become ``�``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd
import shapely

from geogrid.exchange.contents import PART_LABELS, PARTS, Contents, Part, manifest_of
from geogrid.exchange.restoring import ImportedPlan, RawPart, parse_manifest, restored
from geogrid.formats.kml import kml_layer, kml_root, placemarks
from geogrid.formats.layer import LIMITS
from geogrid.i18n import translate

__all__ = ["read_plan_kml", "write_plan_kml", "xml_text"]

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKUP = re.compile(r"[<>]|&[#\w]")
_RETURN = {"\r": "&#13;"}
_SHOWN = ("name", "code", "address", "title", "holder", "case_id")
_NAMESPACE = "http://www.opengis.net/kml/2.2"


def xml_text(text: str) -> str:
    """Return what KML keeps of a text."""
    return _ILLEGAL.sub("\ufffd", text)


def write_plan_kml(contents: Contents, path: Path) -> None:
    """Write a folder for each part, one placemark for each row."""
    names = {part: _safe_names(held) for part, held in contents.parts.items()}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{_NAMESPACE}"><Document>')
        file.write(f"<name>{_shown(str(contents.about['name']))}</name>")
        file.write("<ExtendedData>" + _data("geogrid", manifest_of(contents, names)))
        file.write("</ExtendedData>\n")
        for part, held in contents.parts.items():
            label = translate(PART_LABELS[part], "zh_CN")
            file.write(f'<Folder id="{part}"><name>{_shown(label)}</name>\n')
            file.writelines(_placemarks(held, names[part]))
            file.write("</Folder>\n")
        file.write("</Document></kml>\n")


def _safe_names(held: Part) -> list[str]:
    return [xml_text(name) or "column" for name in held.rows.columns]


def _placemarks(held: Part, names: list[str]) -> Iterator[str]:
    shapes = np.full(len(held.rows), None, dtype=object)
    texts = shapely.to_geojson(shapes if held.geometry is None else held.geometry)
    title = next((names.index(name) for name in _SHOWN if name in names), None)
    columns = [held.rows[name].tolist() for name in held.rows.columns]
    records = zip(*columns, strict=True) if columns else iter([()] * len(held.rows))
    for values, text in zip(records, texts, strict=True):
        said = [None if pd.isna(value) else _text(value) for value in values]
        data = "".join(
            _data(name, value) for name, value in zip(names, said, strict=True) if value is not None
        )
        heading = "" if title is None or not said[title] else f"<name>{_shown(said[title])}</name>"
        yield f"<Placemark>{heading}<ExtendedData>{data}</ExtendedData>{_shape(text)}</Placemark>\n"


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _shown(text: str | None) -> str:
    """Return a text as HTML in XML: no tag and no entity of the data comes to life."""
    plain = xml_text(text or "")
    return escape(escape(plain) if _MARKUP.search(plain) else plain, _RETURN)


def _data(name: str, value: str) -> str:
    return f"<Data name={quoteattr(name, _RETURN)}><value>{_shown(value)}</value></Data>"


def _shape(text: str | None) -> str:
    shape = json.loads(text or "{}", parse_float=str, parse_int=str)  # the digits as they are
    parts = shape.get("coordinates")
    return _ELEMENTS[shape["type"]](parts) if parts and shape["type"] in _ELEMENTS else ""


def _point(vertex: list[str]) -> str:
    return f"<Point>{_coordinates([vertex])}</Point>"


def _line(vertices: list[list[str]]) -> str:
    return f"<LineString>{_coordinates(vertices)}</LineString>"


def _polygon(rings: list[Any]) -> str:
    inner = "".join(
        f"<innerBoundaryIs><LinearRing>{_coordinates(ring)}</LinearRing></innerBoundaryIs>"
        for ring in rings[1:]
    )
    outer = f"<LinearRing>{_coordinates(rings[0])}</LinearRing>"
    return f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{inner}</Polygon>"


def _coordinates(vertices: list[list[str]]) -> str:
    return f"<coordinates>{' '.join(f'{one[0]},{one[1]}' for one in vertices)}</coordinates>"


def _several(element: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda parts: f"<MultiGeometry>{''.join(map(element, parts))}</MultiGeometry>"


_ELEMENTS: Mapping[str, Callable[[Any], str]] = {
    "Point": _point,
    "LineString": _line,
    "MultiLineString": _several(_line),
    "Polygon": _polygon,
    "MultiPolygon": _several(_polygon),
}


def read_plan_kml(path: Path, name: str) -> ImportedPlan:
    """Read the folders that have the names of parts."""
    root = kml_root(path, name, LIMITS)
    folders = {str(one.get("id")): one for one in root.iter("Folder")}
    raw = {part: _raw(folders[part]) for part in PARTS if part in folders}
    said = {one.get("name"): one for one in root.iterfind("Document/ExtendedData/Data")}
    manifest = _value(said["geogrid"]) if "geogrid" in said else None
    return restored(raw, parse_manifest(manifest, name), name)


def _raw(folder: Element) -> RawPart:
    layer = kml_layer(folder)
    geometry = layer.geometry.copy()
    rows = []
    for at, (placemark, _folder) in enumerate(placemarks(folder, "")):
        rows.append({str(one.get("name")): _value(one) for one in placemark.iter("Data")})
        if geometry[at] is None:
            geometry[at] = _line_or_point(placemark)
    wrong = {"is_point", "is_line", "empty_geometry"}
    problems = {kind: found for kind, found in layer.problems.items() if kind not in wrong}
    frame = pd.DataFrame(rows, dtype=object).reindex(range(len(rows)))
    return RawPart(frame, geometry, problems=problems)


def _value(data: Element) -> str:
    text = data.findtext("value") or ""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _line_or_point(placemark: Element) -> shapely.Geometry | None:
    try:
        points = [_vertices(one) for one in placemark.iter("Point")]
        lines = [_vertices(one) for one in placemark.iter("LineString")]
        if points:
            return shapely.Point(points[0][0])
        if placemark.find("MultiGeometry") is not None and lines:
            return shapely.MultiLineString(lines)
        return shapely.LineString(lines[0]) if lines else None
    except (ValueError, IndexError, shapely.GEOSException):
        return None


def _vertices(element: Element) -> list[tuple[float, float]]:
    tuples = (one.split(",") for one in (element.findtext("coordinates") or "").split())
    return [(float(one[0]), float(one[1])) for one in tuples]
