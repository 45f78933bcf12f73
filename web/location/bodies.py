"""Read the points of a request: JSON arrays, GeoJSON, CSV or Parquet, within limits."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from geogrid.errors import FieldError, FormatError, LimitError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.placing.columns import find_columns
from geogrid.placing.positions import Positions, check_numbers, parse_positions
from geogrid.tables import read_table

__all__ = [
    "CSV",
    "GEOJSON",
    "JSON",
    "MOST_BYTES",
    "MOST_POINTS",
    "PARQUET",
    "READERS",
    "Asked",
    "Reader",
]

MOST_POINTS = 100_000
"""Points of one request."""
MOST_BYTES = 32_000_000
"""Size of the body of one request."""
JSON, GEOJSON = "application/json", "application/geo+json"
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
_MOST_COMMAS = {JSON: 3 * MOST_POINTS + 1_000, GEOJSON: 20 * MOST_POINTS}
"""What is not worth parsing: JSON grows twentyfold in memory."""
_NUMBERS = {int, float, type(None)}
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_NO_POINT = Finding("not_a_point", _("This is not a point."), severity="error")

Places = list[Any]


class Asked(NamedTuple):
    """The points of a request.

    Attributes
    ----------
    positions : as they came
    rows : (n,) the row or feature of each point, from 1
    options
        What the body itself says besides: ``datum`` and ``boundary``.
    """

    positions: Positions
    rows: npt.NDArray[np.int64]
    options: Mapping[str, Any]


def _read_json(body: bytes, _arguments: Mapping[str, str]) -> Asked:
    document = _parse(body, JSON)
    options: dict[str, Any] = document if isinstance(document, dict) else {"points": document}
    points = options.pop("points", None)
    lon, lat = options.pop("lon", None), options.pop("lat", None)
    if isinstance(points, list):
        return _in_order(_from_pairs(_limited(points)), options)
    if not (isinstance(lon, list) and isinstance(lat, list)):
        raise FieldError(
            _("The body needs lists “lon” and “lat”, or a list “points” of [lon, lat] pairs.")
        )
    if len(lon) != len(lat):
        raise FieldError(
            _("“lon” has {lon} values and “lat” has {lat}; they must be as many."),
            lon=len(lon),
            lat=len(lat),
        )
    return _in_order(_from_lists(_limited(lon), lat), options)


def _read_geojson(body: bytes, _arguments: Mapping[str, str]) -> Asked:
    document = _parse(body, GEOJSON)
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        geometries = list(map(_geometry, _limited(document["features"])))
    elif kind in ("Feature", "Point", "MultiPoint"):
        geometries = [_geometry(document) if kind == "Feature" else document]
    else:
        raise FormatError(_("This is no GeoJSON FeatureCollection, Feature, Point or MultiPoint."))
    named = _named_crs(document.get("crs"))
    if named and not named.endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        raise FieldError(
            _("GeoJSON is longitude and latitude; write it so instead of {crs}."), crs=named[:60]
        )
    each = list(map(_places, geometries))
    positions = _from_pairs(_limited(list(chain.from_iterable(each))))
    rows = np.repeat(np.arange(1, len(each) + 1), list(map(len, each)))
    return Asked(positions, rows, {"datum": "wgs84"})


def _read_csv(body: bytes, arguments: Mapping[str, str]) -> Asked:
    table = read_table(io.BytesIO(body), filename="CSV", keep_empty=True)
    _limited(table.frame)
    lon, lat = _columns(table.frame.columns, arguments)
    second = table.frame[lat].tolist() if lat else None  # one column may hold both numbers
    return _in_order(parse_positions(table.frame[lon].tolist(), second), {})


def _read_parquet(body: bytes, arguments: Mapping[str, str]) -> Asked:
    try:
        with pq.ParquetFile(io.BytesIO(body)) as file:
            if file.metadata.num_rows > MOST_POINTS:
                raise _too_many()
            schema = file.schema_arrow
            names = _columns(schema.names, arguments)
            for name in names:
                if schema.names.count(name) > 1:
                    raise FormatError(
                        _("{file} has two columns called {name}."), file="Parquet", name=name
                    )
            if not names[1]:
                raise FieldError(_("Longitude and latitude must be two columns of numbers."))
            for name in names:
                kind = schema.field(name).type
                if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
                    raise FieldError(
                        _("Column “{column}” must hold numbers, not {kind}."),
                        column=name,
                        kind=str(kind),
                    )
            table = file.read(columns=list(dict.fromkeys(names)))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FormatError(_("The Parquet file is damaged or cut off.")) from error
    x, y = (np.array(table.column(name).to_numpy(), np.float64) for name in names)
    return _in_order(check_numbers(x, y), {})


Reader = Callable[[bytes, Mapping[str, str]], Asked]
READERS: Mapping[str, Reader] = {
    JSON: _read_json,
    GEOJSON: _read_geojson,
    CSV: _read_csv,
    PARQUET: _read_parquet,
}
"""Media type to the function that reads a body and the arguments beside it."""


def _parse(body: bytes, kind: str) -> Any:
    if body.count(b",") > _MOST_COMMAS[kind]:
        raise _too_many()
    try:
        text = body.decode(json.detect_encoding(body))
        document = json.loads(text)
        if _HALF_CHARACTER.search(text):  # no text can be written that holds half a character
            whole = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
            document = json.loads(whole)
        return document
    except (ValueError, RecursionError) as error:
        raise FormatError(
            _("The body is not JSON: {reason}."), reason=str(error).splitlines()[0][:120]
        ) from error


def _limited(rows: Any) -> Any:
    """Return `rows`, unless they are too many."""
    if len(rows) > MOST_POINTS:
        raise _too_many()
    return rows


def _too_many() -> LimitError:
    return LimitError(
        _("One request locates at most {limit} points; send them in parts."), limit=MOST_POINTS
    )


def _in_order(positions: Positions, options: Mapping[str, Any]) -> Asked:
    return Asked(positions, np.arange(1, len(positions.x) + 1), options)


def _columns(names: Iterable[str], arguments: Mapping[str, str]) -> tuple[str, str]:
    given = {axis: arguments.get(axis) or None for axis in ("lon", "lat")}
    found = find_columns(names, given)
    if not found.lon:
        raise FieldError(
            _("No columns with longitude and latitude; name them: ?lon=COLUMN&lat=COLUMN.")
        )
    return found.lon, found.lat


def _named_crs(crs: Any) -> str:
    """Return the name in GeoJSON's former member ``crs``, ``""`` where there is none."""
    if crs is None:
        return ""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name")) if isinstance(properties, dict) else str(crs)


def _geometry(feature: Any) -> Any:
    return feature.get("geometry") if isinstance(feature, dict) else feature


def _places(geometry: Any) -> Places:
    """Return the positions of a geometry; what is no point gives one that cannot be read."""
    if geometry is None:
        return [None]
    kind = geometry.get("type") if isinstance(geometry, dict) else ""
    place = geometry.get("coordinates") if kind in ("Point", "MultiPoint") else None
    if not isinstance(place, list):
        return [False]
    if kind == "Point":
        return [place or None]  # an empty point is none
    return place


def _from_pairs(pairs: Places) -> Positions:
    """Read [lon, lat] pairs; None is no position, whatever else is none that can be read."""
    is_plain = set(map(type, pairs)) <= {list} and set(map(len, pairs)) <= {2, 3}
    if is_plain and set(map(type, chain.from_iterable(pairs))) <= {int, float}:
        return _from_lists([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    is_pair = [isinstance(pair, list) and len(pair) in (2, 3) for pair in pairs]
    positions = _from_lists(
        [pair[0] if good else None for pair, good in zip(pairs, is_pair, strict=True)],
        [pair[1] if good else None for pair, good in zip(pairs, is_pair, strict=True)],
    )
    for at in np.flatnonzero(~np.array(is_pair, np.bool_)):
        positions.reasons[at] = None if pairs[at] is None else _NO_POINT
    return positions


def _from_lists(lon: list[Any], lat: list[Any]) -> Positions:
    """Read numbers at once; where there are texts among them, each as a person wrote it."""
    if set(map(type, lon)) | set(map(type, lat)) <= _NUMBERS:
        try:
            return check_numbers(np.array(lon, np.float64), np.array(lat, np.float64))
        except OverflowError:  # a whole number beyond all doubles
            pass
    return parse_positions(list(map(_text, lon)), list(map(_text, lat)))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return repr(value)
    return "" if value is None else "[…]"
