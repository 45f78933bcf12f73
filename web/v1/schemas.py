"""The schemas of ``/api/v1``: names and types that stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.described import ref
from web.v1.redraw_schemas import REDRAW_SCHEMAS

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
        "broken": {"type": "object"},
        "place": {"type": "array", "items": {"type": "number"}},
    },
    optional=("changed", "broken", "place"),
)
_STATUS = {"enum": ["draft", "review", "published", "archived"]}
_PLAN = _object(
    {
        "id": _COUNT,
        "number": _MAYBE_COUNT,
        "name": _TEXT,
        "status": _STATUS,
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
        "kind": {"enum": ["import", "check", "publish", "propose"]},
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
_COMPARED_PLAN = _object({"id": _COUNT, "name": _TEXT, "status": _STATUS, "grids": _COUNT})
_MAYBE_NUMBER = {"type": ["number", "null"]}
_COUNTED = dict.fromkeys(
    ("households", "people", "buildings", "addresses", "open_cases", "staff"), _MAYBE_COUNT
)
_CHANGE = _object(
    {
        "number": _COUNT,
        "level": _COUNT,
        "kind": {
            "enum": [
                "split", "merged", "regrouped", "added", "removed", "reshaped", "renamed",
                "amended",
            ]
        },
        "before": {"type": "array", "items": _TEXT},
        "after": {"type": "array", "items": _TEXT},
        "told": {"type": "array", "items": _TEXT},
        "area_before_m2": {"type": "number"},
        "area_after_m2": {"type": "number"},
        "moved_m2": {"type": "number"},
    }
)  # fmt: skip
_COMPARED_GRID = _object(
    {
        "change": _COUNT,
        "level": _COUNT,
        "kind": _TEXT,
        "code_before": _TEXT,
        "code_after": _TEXT,
        "name_before": _TEXT,
        "name_after": _TEXT,
        "area_before_m2": _MAYBE_NUMBER,
        "area_after_m2": _MAYBE_NUMBER,
        "lost_m2": {"type": "number"},
        "gained_m2": {"type": "number"},
        "noise_m2": {"type": "number"},
        **{
            f"{name}_{side}": _MAYBE_COUNT
            for name in _COUNTED
            for side in ("before", "after", "out", "in")
        },
    }
)
_MOVE = _object(
    {
        "level": _COUNT,
        "from": _TEXT,
        "to": _TEXT,
        "area_m2": {"type": "number"},
        **_COUNTED,
        "lon": _MAYBE_NUMBER,
        "lat": _MAYBE_NUMBER,
        "geometry": {"type": ["object", "null"]},
    },
    optional=("geometry",),
)
_THING = _object(
    {
        "what": {"enum": ["unit", "address", "case", "post"]},
        "id": _TEXT,
        "label": _TEXT,
        "from": _TEXT,
        "to": _TEXT,
        **_COUNTED,
    }
)
_COMPARISON = _object(
    {
        "before": _COMPARED_PLAN,
        "after": _COMPARED_PLAN,
        "date": _TEXT,
        "tolerance_m": {"type": "number"},
        "measures": {"type": "array", "items": _TEXT},
        "counts": {"type": "object", "additionalProperties": _COUNT},
        "counts_by_level": {"type": "object"},
        "changes": {"type": "array", "items": _CHANGE},
        "grids": {"type": "array", "items": _COMPARED_GRID},
        "moves": {"type": "array", "items": _MOVE},
        "things": {"type": "array", "items": _THING},
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
_MAYBE_NUMBER = {"type": ["number", "null"]}
_PLACE_FOUND = _object(
    {
        "label": _TEXT,
        "kind": _TEXT,
        "kind_label": _TEXT,
        "unit_id": _TEXT,
        "certainty": _TEXT,
        "certainty_label": _TEXT,
        "reasons": {"type": "array", "items": _object({"code": _TEXT, "label": _TEXT})},
        "score": {"type": "number", "minimum": 0},
        "source": _TEXT,
        "dated": _TEXT,
        "distance_m": _MAYBE_NUMBER,
        "grid": _TEXT,
        "grid_name": _TEXT,
        "grid_by": {"enum": ["list", "polygon", "named", ""]},
        "disagreement": _TEXT,
        "lon": _MAYBE_NUMBER,
        "lat": _MAYBE_NUMBER,
    }
)
_PLACES_FOUND = _object(
    {
        "query": _TEXT,
        "datum": _TEXT,
        "matches": {"type": "array", "items": ref("PlaceFound")},
    }
)
_PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_UNDERLAYS = _object(
    {
        "items": {
            "type": "array",
            "items": _object(
                {
                    "id": _COUNT,
                    "name": _TEXT,
                    "kind": {"enum": ["similarity", "affine", "projective"]},
                    "width": _COUNT,
                    "height": _COUNT,
                    "corners": {"type": "array", "items": _PAIR, "minItems": 4, "maxItems": 4},
                    "rms_m": {"type": "number"},
                    "created_at": _MOMENT,
                    "url": _TEXT,
                }
            ),
        }
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
    "Comparison": _COMPARISON,
    "GridStep": _STEP,
    "Underlays": _UNDERLAYS,
    "Answer": _ANSWER,
    "Staff": _STAFF,
    "PlaceFound": _PLACE_FOUND,
    "PlacesFound": _PLACES_FOUND,
    **REDRAW_SCHEMAS,
}
"""Name to JSON Schema."""
