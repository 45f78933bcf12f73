"""What ``/api/v1/openapi.json`` says of ``/api/v1/locate``."""

from __future__ import annotations

from typing import Any

from geogrid.crs import DATUMS
from geogrid.i18n import mark as _
from geogrid.placing import STATUSES
from web.described import answer, query
from web.location.bodies import CSV, GEOJSON, JSON, MOST_BYTES, MOST_POINTS, PARQUET
from web.v1.moments import AT

__all__ = ["GET", "POST"]

_NUMBERS = {"type": "array", "items": {"type": "number"}, "maxItems": MOST_POINTS}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_PLACE = {"type": ["number", "string", "null"]}
_FILE = {"type": "string", "format": "binary", "maxLength": MOST_BYTES}


_DATUM = query("datum", {"enum": list(DATUMS)}, _("What the coordinates are in; never guessed."))
_BOUNDARY = query(
    "boundary", {"enum": ["0", "1"]}, _("Whether to measure the distance to the nearest border.")
)
_COLUMNS = {
    "code": _TEXTS,
    "status": {"type": "array", "items": {"enum": list(STATUSES)}},
    "boundary_m": {"type": "array", "items": {"type": ["number", "null"]}},
    "across": _TEXTS,
}

GET: dict[str, Any] = {
    "parameters": [
        query("lon", {"type": "number"}, _("Degrees."), required=True),
        query("lat", {"type": "number"}, _("Degrees."), required=True),
        _DATUM | {"required": True},
        _BOUNDARY,
        AT,
    ],
    "answers": {
        200: answer(
            {
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
            }
        )
    },
    "problems": (404, 422),
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

_ANSWER = {
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
}


def _located() -> dict[str, Any]:
    """Return the answer in each kind in which it is written."""
    kinds = {JSON: _ANSWER, GEOJSON: {"type": "object"}, CSV: {"type": "string"}, PARQUET: _FILE}
    found = answer(None, _("One entry per point, in order."))
    return found | {"content": {kind: {"schema": schema} for kind, schema in kinds.items()}}


POST: dict[str, Any] = {
    "parameters": [
        _DATUM,
        _BOUNDARY,
        AT,
        query("lon", {"type": "string"}, _("Column of the longitude, in a table.")),
        query("lat", {"type": "string"}, _("Column of the latitude, in a table.")),
    ],
    "body": {
        JSON: _BODY,
        GEOJSON: {"type": "object"},
        CSV: {"type": "string", "maxLength": MOST_BYTES},
        PARQUET: _FILE,
    },
    "answers": {200: _located()},
    "problems": (404, 406, 413, 415, 422),
}
