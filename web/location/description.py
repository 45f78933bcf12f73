"""What ``/api/v1/openapi.json`` says of ``/api/v1/locate``."""

from __future__ import annotations

from typing import Any

from geogrid.crs import DATUMS
from geogrid.placing import STATUSES
from web.location.bodies import CSV, GEOJSON, JSON, MOST_BYTES, MOST_POINTS, PARQUET

__all__ = ["GET", "POST"]

_NUMBERS = {"type": "array", "items": {"type": "number"}, "maxItems": MOST_POINTS}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_PLACE = {"type": ["number", "string", "null"]}
_FILE = {"type": "string", "format": "binary", "maxLength": MOST_BYTES}


def _query(name: str, schema: dict[str, Any], said: str, *, required: bool = False) -> Any:
    return {
        "in": "query", "name": name, "schema": schema, "description": said, "required": required,
    }  # fmt: skip


_DATUM = _query("datum", {"enum": list(DATUMS)}, "What the coordinates are in; never guessed.")
_BOUNDARY = _query(
    "boundary", {"enum": ["0", "1"]}, "Whether to measure the distance to the nearest border."
)
_COLUMNS = {
    "code": _TEXTS,
    "status": {"type": "array", "items": {"enum": list(STATUSES)}},
    "boundary_m": {"type": "array", "items": {"type": ["number", "null"]}},
    "across": _TEXTS,
}

GET: dict[str, Any] = {
    "parameters": [
        _query("lon", {"type": "number"}, "Degrees.", required=True),
        _query("lat", {"type": "number"}, "Degrees.", required=True),
        _DATUM | {"required": True},
        _BOUNDARY,
    ],
    "answer": {
        "type": "object",
        "required": ["lon", "lat", "inside", "code", "chain", "answers", "open_cases"],
        "properties": {
            "lon": {"type": "number"},
            "lat": {"type": "number"},
            "inside": {"type": "boolean"},
            "code": {"type": "string"},
            "chain": {"type": "array", "items": {"type": "object"}},
            "answers": {"type": "array", "items": {"type": "object"}},
            "open_cases": {"type": ["integer", "null"]},
            "boundary_m": {"type": ["number", "null"]},
            "on_boundary": {"type": "boolean"},
            "is_close": {"type": "boolean"},
            "across": {"type": ["object", "null"]},
        },
    },
}

_BODY = {
    "type": ["object", "array"],
    "properties": {
        "lon": _NUMBERS | {"items": _PLACE},
        "lat": _NUMBERS | {"items": _PLACE},
        "points": {"type": "array", "items": {"type": "array"}, "maxItems": MOST_POINTS},
        "datum": {"enum": list(DATUMS)},
        "boundary": {"type": "boolean"},
    },
}

POST: dict[str, Any] = {
    "parameters": [
        _DATUM,
        _BOUNDARY,
        _query("lon", {"type": "string"}, "Column of the longitude, in a table."),
        _query("lat", {"type": "string"}, "Column of the latitude, in a table."),
    ],
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": _BODY},
            GEOJSON: {"schema": {"type": "object"}},
            CSV: {"schema": {"type": "string", "maxLength": MOST_BYTES}},
            PARQUET: {"schema": _FILE},
        },
    },
    "answer": {
        "type": "object",
        "required": ["plan", "datum", "count", "counts", "errors", "findings", "code", "status"],
        "properties": {
            "plan": {"type": "string"},
            "datum": {"enum": list(DATUMS)},
            "count": {"type": "integer"},
            "counts": {"type": "object"},
            "errors": {"type": "array", "items": {"type": "object"}},
            "errors_total": {"type": "integer"},
            "findings": {"type": "array", "items": {"type": "object"}},
            **_COLUMNS,
        },
        "additionalProperties": _TEXTS,
    },
    "kinds": {GEOJSON: {"type": "object"}, CSV: {"type": "string"}, PARQUET: _FILE},
}
