"""The schemas of ``/api/v1``: names and types that stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.described import ref

__all__ = ["SCHEMAS"]

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_MAYBE_COUNT = {"type": ["integer", "null"]}
_MOMENT = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_MAYBE_TEXT = {"type": ["string", "null"]}


def _object(properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": dict(properties),
    }


def _page(name: str) -> dict[str, Any]:
    return _object(
        {"items": {"type": "array", "items": ref(name)}, "total": _COUNT, "next": _MAYBE_TEXT}
    )


_PROBLEM = _object(
    {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "changed": {"type": "object"},
    },
    optional=("changed",),
)
_PLAN = _object(
    {
        "id": _COUNT,
        "number": _MAYBE_COUNT,
        "name": _TEXT,
        "status": {"enum": ["draft", "review", "published", "archived"]},
        "version": _COUNT,
        "base_number": _MAYBE_COUNT,
        "approval": _TEXT,
        "note": _TEXT,
        "attribution": _TEXT,
        "source": _TEXT,
        "is_sample": {"type": "boolean"},
        "overrides": {"type": "object", "additionalProperties": _TEXT},
        "created_at": _MOMENT,
        "submitted_at": _MAYBE_MOMENT,
        "published_at": _MAYBE_MOMENT,
        "valid_from": _MAYBE_MOMENT,
        "valid_until": _MAYBE_MOMENT,
    }
)
_JOB = _object(
    {
        "id": _COUNT,
        "kind": {"enum": ["import", "check", "publish"]},
        "status": {"enum": ["waiting", "running", "done", "failed", "cancelled"]},
        "progress": {"type": "number", "minimum": 0, "maximum": 1},
        "stage": _MAYBE_TEXT,
        "plan": _MAYBE_COUNT,
        "result": {"type": ["object", "null"]},
        "error": {"anyOf": [ref("Problem"), {"type": "null"}]},
        "is_cancelled": {"type": "boolean"},
        "attempts": _COUNT,
        "created_at": _MOMENT,
        "started_at": _MAYBE_MOMENT,
        "ended_at": _MAYBE_MOMENT,
    }
)
_GRID = _object(
    {
        "type": {"const": "Feature"},
        "id": _TEXT,
        "geometry": {"type": "object"},
        "properties": _object(
            {
                "code": _TEXT,
                "name": _TEXT,
                "parent": _TEXT,
                "level": _MAYBE_COUNT,
                "kind": _TEXT,
                "households": _MAYBE_COUNT,
                "people": _MAYBE_COUNT,
            }
        ),
    }
)
_GRIDS = _object(
    {
        "type": {"const": "FeatureCollection"},
        "plan": _COUNT,
        "numberMatched": _COUNT,
        "numberReturned": _COUNT,
        "links": {"type": "array", "items": {"type": "object"}},
        "features": {"type": "array", "items": ref("Grid")},
    }
)
_STEP = _object({"code": _TEXT, "name": _TEXT, "level": _COUNT})
_ANSWER = _object(
    {
        "post": _TEXT,
        "grid": _TEXT,
        "name": _TEXT,
        "phone": _TEXT,
        "via": {"enum": ["holder", "deputy", "grid", "parent", "nobody"]},
        "vacant": {"type": "boolean"},
        "from_grid": _TEXT,
        "from_post": _TEXT,
        "from_deputy": {"type": "boolean"},
        "deputy": _TEXT,
        "deputy_phone": _TEXT,
    }
)
_STAFF = _object(
    {
        "at": _MOMENT,
        "plan": _COUNT,
        "grid": ref("GridStep"),
        "chain": {"type": "array", "items": ref("GridStep"), "minItems": 1},
        "first": ref("Answer"),
        "why": _TEXT,
        "office": ref("GridStep"),
        "answers": {"type": "array", "items": ref("Answer"), "minItems": 1},
    }
)
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "Problem": _PROBLEM,
    "Plan": _PLAN,
    "Plans": _page("Plan"),
    "Job": _JOB,
    "Jobs": _page("Job"),
    "Grid": _GRID,
    "Grids": _GRIDS,
    "GridStep": _STEP,
    "Answer": _ANSWER,
    "Staff": _STAFF,
}
"""Name to JSON Schema."""
