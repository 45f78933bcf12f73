"""The schemas of ``/api/v1/plans/…/redraw``: names and types that stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.described import ref

__all__ = ["REDRAW_SCHEMAS"]

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_MAYBE_COUNT = {"type": ["integer", "null"]}
_PLACE = {"type": "array", "items": {"type": "number"}}
_MAYBE_PLACE = {"type": ["array", "null"], "items": {"type": "number"}}
_LINE = {"type": "array", "items": _PLACE}
_STATUS = {"enum": ["draft", "review", "published", "archived"]}


def _object(properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": dict(properties),
    }


def _list(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _change(of: str) -> dict[str, Any]:
    return _object({"gone": _TEXTS, "come": _list(ref(of))})


_ARC = _object({"id": _TEXT, "left": _TEXT, "right": _TEXT, "line": _LINE})
_GRID = _object(
    {
        "id": _TEXT,
        "code": _TEXT,
        "name": _TEXT,
        "level": _MAYBE_COUNT,
        "kind": _TEXT,
        "parent": _TEXT,
        "is_finest": _FLAG,
        "locked": _FLAG,
        "label_at": _MAYBE_PLACE,
    }
)
_GAP = _object({"id": _TEXT, "is_approved": _FLAG, "note": _TEXT, "at": _MAYBE_PLACE})
_FIGURE = {
    "households": _MAYBE_COUNT,
    "people": _MAYBE_COUNT,
    "area_m2": {"type": "number"},
    "compactness": {"type": "number"},
    "staff": {"type": "integer"},
    "open_cases": {"type": "integer"},
    "off": _MAYBE_COUNT,
}
_MAYBE_FIGURE = {"anyOf": [_object(_FIGURE), {"type": "null"}]}
_FIGURES = {
    "type": "object",
    "additionalProperties": _object(
        {"before": _MAYBE_FIGURE, "after": _MAYBE_FIGURE}, optional=("before",)
    ),
}
_ENTRY = _object(
    {
        "number": _COUNT,
        "action": {"enum": ["do", "undo", "redo"]},
        "kind": _TEXT,
        "of": _COUNT,
        "is_undone": _FLAG,
        "text": _TEXT,
        "by": _TEXT,
        "at": {"type": "string", "format": "date-time"},
    }
)
_PROBLEM = _object(
    {
        "kind": {"enum": ["households", "compactness", "parts", "gap"]},
        "grid": _TEXT,
        "text": _TEXT,
        "place": _MAYBE_PLACE,
    }
)
_STEP = {"anyOf": [_object({"text": _TEXT, "number": _COUNT}), {"type": "null"}]}
_WHAT = {
    "arcs": _change("RedrawArc"),
    "grids": _change("RedrawGrid"),
    "gaps": _change("RedrawGap"),
    "figures": _FIGURES,
}
_PROBLEMS = _list(ref("RedrawProblem"))
_ENTRIES = _list(ref("RedrawEntry"))
_VIEW = _object(
    {
        "version": _COUNT,
        "status": _STATUS,
        "undo": _STEP,
        "redo": _STEP,
        "editable": _FLAG,
        "truncated": _FLAG,
        "level": _MAYBE_COUNT,
        "arcs": _list(ref("RedrawArc")),
        "grids": _list(ref("RedrawGrid")),
        "gaps": _list(ref("RedrawGap")),
    }
)
_CHANGES = _object(
    {
        "version": _COUNT,
        "status": _STATUS,
        "undo": _STEP,
        "redo": _STEP,
        "locked": _TEXTS,
        "reload": _FLAG,
        "entries": _ENTRIES,
        **_WHAT,
    }
)
_ROW = _object(
    {
        **dict.fromkeys(("id", "code", "name", "kind", "parent"), _TEXT),
        "level": _MAYBE_COUNT,
        "locked": _FLAG,
        **_FIGURE,
    }
)


def _page(name: str) -> dict[str, Any]:
    head = {"total": _COUNT, "page": _COUNT, "version": _COUNT}
    return _object({"items": _list(ref(name)), **head})


def _features(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    feature = _object(
        {
            "type": {"const": "Feature"},
            "geometry": {"type": ["object", "null"]},
            "properties": _object(properties),
        }
    )
    return _object({"type": {"const": "FeatureCollection"}, "features": _list(feature), **more})


_SIDE = {
    "anyOf": [
        _object(
            {
                **dict.fromkeys(("code", "name", "kind", "parent"), _TEXT),
                "level": _MAYBE_COUNT,
                "households": _MAYBE_COUNT,
                "area_m2": {"type": "number"},
            }
        ),
        {"type": "null"},
    ]
}
_PLACED = {"allOf": [ref("RedrawEntry"), _object({"extent": _MAYBE_PLACE})]}
_AREAS = _features(
    {
        **dict.fromkeys(("one", "other", "one_name", "other_name"), _TEXT),
        "changed_by": {"enum": ["one", "other", "both", ""]},
        "households": _MAYBE_COUNT,
        "area_m2": {"type": "number"},
    },
    truncated=_FLAG,
    is_related=_FLAG,
    grids=_list(_object({"id": _TEXT, "one": _SIDE, "other": _SIDE, "extent": _MAYBE_PLACE})),
    more_grids=_COUNT,
)
REDRAW_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "RedrawArc": _ARC,
    "RedrawGrid": _GRID,
    "RedrawGap": _GAP,
    "RedrawEntry": _ENTRY,
    "RedrawProblem": _PROBLEM,
    "RedrawView": _VIEW,
    "RedrawChanges": _CHANGES,
    "Redrawn": _object(
        {
            "version": _COUNT,
            "entry": {"anyOf": [ref("RedrawEntry"), {"type": "null"}]},
            "since": _ENTRIES,
            "problems": _PROBLEMS,
            **_WHAT,
        }
    ),
    "RedrawSuggestion": _object(
        {
            "operation": _TEXT,
            "parameters": {"type": "object"},
            "measure": {"enum": ["households", "area"]},
            "change": ref("Redrawn"),
        }
    ),
    "RedrawBranch": _object({"id": _COUNT, "name": _TEXT, "version": _COUNT, "origin": _COUNT}),
    "RedrawAreas": _AREAS,
    "RedrawMerged": _object(
        {
            "version": _COUNT,
            "from_version": _COUNT,
            **dict.fromkeys(("applied", "taken_back", "there", "undone", "ours"), _list(_PLACED)),
            "both": _features(
                {
                    "number": _COUNT,
                    "theirs": _list(_PLACED),
                    "ours": _list(_PLACED),
                    "grids": _TEXTS,
                    "failed": {"type": ["string", "null"]},
                }
            ),
            "conflicts": _features(
                {
                    "text": _TEXT,
                    "number": _COUNT,
                    "reasons": _TEXTS,
                    "grids": _TEXTS,
                    "place": _MAYBE_PLACE,
                    "entry": _PLACED,
                }
            ),
            **_WHAT,
        }
    ),
    "RedrawLocks": _object({"locked": _TEXTS}),
    "RedrawLog": _object({"items": _ENTRIES, "next": {"type": ["string", "null"]}}),
    "RedrawRow": _ROW,
    "RedrawFigures": _page("RedrawRow"),
    "RedrawProblems": _page("RedrawProblem"),
}
"""Name to JSON Schema."""
