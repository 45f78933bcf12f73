"""GeoJSON, read with the standard library: RFC 7946, and the older form with ``crs``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geogrid.errors import FormatError, LimitError, UnsafeFileError
from geogrid.formats.layer import Limits, RawLayer
from geogrid.formats.rings import PolygonRows, Ring
from geogrid.formats.text import decode_text
from geogrid.i18n import mark as _

__all__ = ["read_geojson"]

_WGS84 = "EPSG:4326"
_POLYGONS = {"Polygon", "MultiPolygon"}
_LINES = {"LineString", "MultiLineString"}
_OTHERS = {
    "Point": "is_point",
    "MultiPoint": "is_point",
    "LineString": "is_line",
    "MultiLineString": "is_line",
}

Json = dict[str, Any]


def read_geojson(path: Path, name: str, limits: Limits) -> RawLayer:
    """Read a FeatureCollection, one Feature or one bare geometry.

    Parameters
    ----------
    path, name
        The file, and what to call it in messages.
    limits
        Of which ``nesting`` and ``vertices`` are kept here.

    Returns
    -------
    RawLayer
        Of polygons, with its lines apart. ``crs`` is EPSG:4326 where there is no ``crs``
        member (RFC 7946), and None where the member is null, which the 2008 format defines
        as unknown. Members other than the geometry, ``properties`` and ``id`` are not read.

    Raises
    ------
    FormatError
        Not JSON, not GeoJSON or cut off.
    UnsafeFileError
        Collections are nested deeper than allowed.
    """
    try:
        document = _parse(path, name)
        features = _features(document, name)
        attributes = _properties(features)
    except RecursionError:
        raise UnsafeFileError(
            _("{file} nests lists too deeply to be a boundary file."), file=name
        ) from None
    rows = _Geometries(limits)
    for row, feature in enumerate(features):
        rows.add(row, feature.get("geometry"))
    return RawLayer(
        rows.polygons.build(len(features)),
        attributes,
        crs=_crs(document),
        problems=rows.polygons.problems,
        lines=tuple(rows.lines),
        hints=str(document.get("name", ""))[:200],
    )


def _parse(path: Path, name: str) -> Json:
    text = decode_text(path.read_bytes(), name)
    try:
        document = json.loads(text)
    except ValueError as error:
        raise FormatError(
            _(
                "{file} is damaged GeoJSON: {reason}. Export it again; a download that was cut"
                " off looks like this."
            ),
            file=name,
            reason=str(error)[:120],
        ) from error
    if isinstance(document, dict):
        return document
    raise _not_geojson(name)


def _not_geojson(name: str, kind: object = None) -> FormatError:
    if kind in ("Topology", "esri"):
        return FormatError(
            _("{file} is {kind}, not GeoJSON; export it as GeoJSON or GeoPackage."),
            file=name,
            kind="TopoJSON" if kind == "Topology" else "ArcGIS JSON",
        )
    return FormatError(
        _("{file} is JSON but not GeoJSON: there is no FeatureCollection in it."), file=name
    )


def _features(document: Json, name: str) -> list[Json]:
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if isinstance(features, list):
            return [feature if isinstance(feature, dict) else {} for feature in features]
    elif kind == "Feature":
        return [document]
    elif kind in _POLYGONS | {*_OTHERS, "GeometryCollection"}:
        return [{"geometry": document}]
    raise _not_geojson(name, "esri" if "esriGeometryPolygon" in document.values() else kind)


def _properties(features: list[Json]) -> pd.DataFrame:
    """Return the attributes as objects, an ``id`` of features included."""
    records = []
    for feature in features:
        properties = feature.get("properties")
        record = dict(properties) if isinstance(properties, dict) else {}
        if feature.get("id") is not None:
            record.setdefault("id", feature["id"])
        records.append(record)
    names = dict.fromkeys(key for record in records for key in record)
    columns = {key: [_plain(record.get(key)) for record in records] for key in names}
    return pd.DataFrame(columns, dtype=object, index=pd.RangeIndex(len(features)))


def _plain(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _crs(document: Json) -> str | None:
    """Return the ``crs`` member; one that only links to a CRS says nothing we would follow."""
    if "crs" not in document:
        return _WGS84
    member = document["crs"]
    properties = member.get("properties") if isinstance(member, dict) else None
    if not isinstance(properties, dict):
        return None
    if "code" in properties:
        return f"EPSG:{properties['code']}"
    return str(properties["name"]) if properties.get("name") else None


class _Geometries:
    """Turns the geometries of features into rows of polygons, notes all else, keeps lines apart."""

    def __init__(self, limits: Limits) -> None:
        self.polygons = PolygonRows()
        self.lines: list[shapely.Geometry] = []
        self._limits = limits
        self._vertices = 0

    def add(self, row: int, geometry: Any) -> None:
        if geometry is None:
            return
        try:
            if geometry["type"] in _LINES:
                self.lines.append(self._line(row, geometry))
            polygons, multi = self._collect(row, geometry, 0)
        except (TypeError, ValueError, LookupError, OverflowError):
            self.polygons.note("broken_geometry", row)
            return
        is_collection = geometry.get("type") == "GeometryCollection"
        if polygons:
            self.polygons.add(row, polygons, multi=multi)
            if is_collection:
                self.polygons.note("collection", row)
        elif geometry["type"] not in _OTHERS:
            self.polygons.note("no_polygon" if is_collection else "empty_geometry", row)

    def _collect(self, row: int, geometry: object, depth: int) -> tuple[list[list[Ring]], bool]:
        if not isinstance(geometry, dict):
            raise TypeError
        kind = geometry["type"]
        if kind == "GeometryCollection":
            return self._collection(row, geometry, depth), True
        if kind in _OTHERS:
            if depth == 0:
                self.polygons.note(_OTHERS[kind], row)
            return [], False
        if kind not in _POLYGONS:
            raise ValueError(kind)
        parts = geometry["coordinates"] if kind == "MultiPolygon" else [geometry["coordinates"]]
        polygons = [[self._ring(row, ring) for ring in part] for part in parts if part and part[0]]
        return polygons, kind == "MultiPolygon"

    def _collection(self, row: int, geometry: Json, depth: int) -> list[list[Ring]]:
        if depth >= self._limits.nesting:
            raise UnsafeFileError(
                _("Collections are nested more than {limit} deep; this is no boundary."),
                limit=self._limits.nesting,
            )
        members: Iterable[object] = geometry["geometries"]
        return [part for member in members for part in self._collect(row, member, depth + 1)[0]]

    def _line(self, row: int, geometry: Json) -> shapely.Geometry:
        parts = geometry["coordinates"]
        if geometry["type"] == "LineString":
            parts = [parts]
        return shapely.MultiLineString([self._ring(row, part) for part in parts if part])

    def _ring(self, row: int, ring: list[list[float]]) -> Ring:
        self._vertices += len(ring)
        if self._vertices > self._limits.vertices:
            raise LimitError(
                _("The boundaries have more than {limit} vertices. Split the file."),
                limit=f"{self._limits.vertices:,}",
            )
        vertices = _numbers(ring)
        if vertices.shape[1] > 2:
            self.polygons.note("z_dropped", row)
        return vertices[:, :2]


def _numbers(ring: list[list[float]]) -> Ring:
    """Return vertices as numbers, with what is said beyond longitude and latitude."""
    if not ring:
        return np.empty((0, 2))
    try:
        vertices = np.array(ring)
    except ValueError:  # some vertices have a height and some have none
        vertices = np.array([(vertex[0], vertex[1], 0.0) for vertex in ring])
    if vertices.dtype.kind not in "fiuO" or vertices.ndim != 2 or vertices.shape[1] < 2:
        raise ValueError
    if vertices.dtype.kind == "O" and any(isinstance(value, str) for value in vertices.flat):
        raise TypeError
    return vertices.astype(np.float64)
