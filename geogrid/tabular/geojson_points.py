"""GeoJSON points as a table: properties as texts, the position in two more columns."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from geogrid.errors import FormatError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.tabular.delimited import decode
from geogrid.tabular.rows import cell_text, check_size
from geogrid.tabular.table import Table

__all__ = ["is_geojson", "parse_features", "read_points"]

_POSITION = ("lon", "lat")
_CRS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def is_geojson(data: bytes) -> bool:
    """Return whether a file looks like JSON rather than a table."""
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def parse_features(data: bytes, name: str) -> tuple[list[dict[str, Any]], str]:
    """Return the features of a FeatureCollection and the CRS its old ``crs`` member names.

    Raises
    ------
    FormatError
        It is not GeoJSON, or damaged.
    """
    try:
        document = json.loads(decode(data, name)[0], parse_constant=lambda _name: None)
        features = document["features"] if document["type"] == "FeatureCollection" else [document]
        if not all(feature["type"] == "Feature" for feature in features):
            raise KeyError
        named = (document.get("crs") or {}).get("properties", {}).get("name", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(
            _("{file} is not GeoJSON: no FeatureCollection of points."), file=name
        ) from error
    crs = "" if str(named).endswith(_CRS84) else str(named)
    return features, crs


def read_points(data: bytes, name: str) -> Table:
    """Read a FeatureCollection of points.

    Returns
    -------
    Table
        Properties as texts, then the position in columns ``lon`` and ``lat`` (or such names
        with a number, when a property has them). Features that are not one point have none.

    Raises
    ------
    FormatError
        It is not GeoJSON.
    LimitError
        Too many features or properties.
    """
    features, crs = parse_features(data, name)
    properties = [_properties(feature.get("properties")) for feature in features]
    names = list(dict.fromkeys(key for record in properties for key in record))
    check_size(len(features), len(names) + 2, name)
    columns = {key: [_text(record.get(key)) for record in properties] for key in names}
    positions = [_position(feature.get("geometry")) for feature in features]
    axes = tuple(_free(axis, names) for axis in _POSITION)
    for at, axis in enumerate(axes):
        columns[axis] = ["" if place is None else repr(place[at]) for place in positions]
    return Table(
        frame=pd.DataFrame(columns, index=range(len(features)), dtype="str"),
        name=name,
        source="geojson",
        row_numbers=np.arange(1, len(features) + 1),
        findings=_not_points(features, positions),
        content=data,
        axes=(axes[0], axes[1]),
        crs=crs,
    )


def _properties(given: object) -> dict[str, Any]:
    return {_whole(key): value for key, value in given.items()} if isinstance(given, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, dict | list):
        return _whole(json.dumps(value, ensure_ascii=False))
    return _whole(value) if isinstance(value, str) else cell_text(value)


def _whole(text: str) -> str:
    """Return a text without halves of characters (surrogates), which no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _free(name: str, taken: list[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free


def _position(geometry: object) -> tuple[float, float] | None:
    if not isinstance(geometry, dict):
        return None
    place = geometry.get("coordinates")
    if geometry.get("type") == "MultiPoint" and isinstance(place, list) and len(place) == 1:
        place = place[0]
    elif geometry.get("type") != "Point":
        return None
    if not isinstance(place, list) or len(place) < 2:
        return None
    if not all(isinstance(part, int | float) for part in place[:2]):
        return None
    return float(place[0]), float(place[1])


def _not_points(
    features: list[dict[str, Any]], positions: list[tuple[float, float] | None]
) -> tuple[Finding, ...]:
    rows = tuple(
        at
        for at, (feature, place) in enumerate(zip(features, positions, strict=True))
        if place is None and feature.get("geometry")
    )
    if not rows:
        return ()
    return (Finding("not_a_point", _("Rows {rows} are not points."), rows=rows),)
