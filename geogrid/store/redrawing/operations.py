"""Operations by name with parameters as JSON holds them; what callers send is checked here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import shapely

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.redraw import (
    ArcGraph,
    Record,
    approve_gap,
    balance,
    change_kind,
    change_parent,
    delete_vertex,
    give_area,
    give_grids,
    insert_vertex,
    merge,
    move_vertex,
    new_grid,
    rename,
    renumber,
    reshape,
    snap_to_line,
    split,
)
from geogrid.rules import CodeScheme

__all__ = ["OPERATIONS", "operation"]

_MOST_POINTS = 20_000
_MOST_CODES = 1_000
_LONGEST = 200
_BODY_DEGREES = (180.0, 90.0)

Read = Callable[[str, Any], Any]


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise FieldError(_("“{name}” must be a text."), name=name)
    if any(0xD800 <= ord(letter) <= 0xDFFF or ord(letter) < 32 for letter in value):
        raise FieldError(_("“{name}” has characters that cannot be kept."), name=name)
    return value


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise FieldError(_("“{name}” must be true or false."), name=name)
    return value


def _texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > _MOST_CODES:
        raise FieldError(_("“{name}” must be a list of texts."), name=name)
    return [_text(name, each) for each in value]


def _place(name: str, value: Any) -> tuple[float, float]:
    """Return (longitude, latitude), to 1e-9°."""
    good = isinstance(value, list) and len(value) == 2
    for number, most in zip(value if good else (None, None), _BODY_DEGREES, strict=True):
        is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
        if not is_number or not math.isfinite(number) or abs(number) > most:
            raise FieldError(_("“{name}” must be [longitude, latitude] in degrees."), name=name)
    return round(float(value[0]), 9), round(float(value[1]), 9)


def _line(name: str, value: Any) -> list[tuple[float, float]]:
    if not isinstance(value, list) or not 2 <= len(value) <= _MOST_POINTS:
        raise FieldError(
            _("“{name}” must be a list of 2 to {most} places."), name=name, most=_MOST_POINTS
        )
    return [_place(name, each) for each in value]


def _area(name: str, value: Any) -> Any:
    """Return a ring, or the polygons of a GeoJSON geometry."""
    if not isinstance(value, dict):
        return _line(name, value)
    kind, places = value.get("type"), value.get("coordinates")
    parts = [places] if kind == "Polygon" else places if kind == "MultiPolygon" else None
    if not isinstance(parts, list) or not parts or len(parts) > _MOST_CODES:
        raise FieldError(_("“{name}” must be a ring, a Polygon or a MultiPolygon."), name=name)
    polygons = []
    for part in parts:
        if not isinstance(part, list) or not 0 < len(part) <= _MOST_CODES:
            raise FieldError(_("“{name}” must be a ring, a Polygon or a MultiPolygon."), name=name)
        rings = [_line(name, ring) for ring in part]
        if any(len(ring) < 3 for ring in rings):
            raise FieldError(_("“{name}” must be a ring, a Polygon or a MultiPolygon."), name=name)
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons if len(polygons) > 1 else polygons[0]


_MOST_STEPS = 100


def _steps(name: str, value: Any) -> list[dict[str, Any]]:
    """Return who gives what to whom."""
    fields = {"from": _text, "to": _text, "area": _area}
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_STEPS:
        raise FieldError(
            _("“{name}” must be a list of 1 to {most} steps."), name=name, most=_MOST_STEPS
        )
    for step in value:
        if not isinstance(step, dict) or not {"from", "to"} <= step.keys() <= fields.keys():
            raise FieldError(
                _("Every step of “{name}” has from, to and may have area, nothing else."), name=name
            )
    return [
        {each: read(each, step[each]) for each, read in fields.items() if each in step}
        for step in value
    ]


_MAY_MOVE = {"moves_region": (_flag, False)}
_KNOWN: Mapping[str, tuple[Callable[..., Record], Mapping[str, tuple[Read, bool]]]] = {
    "move_vertex": (move_vertex, {"at": (_place, True), "to": (_place, True), **_MAY_MOVE}),
    "insert_vertex": (insert_vertex, {"at": (_place, True), "to": (_place, False), **_MAY_MOVE}),
    "delete_vertex": (delete_vertex, {"at": (_place, True), **_MAY_MOVE}),
    "reshape": (reshape, {"line": (_line, True), **_MAY_MOVE}),
    "snap_to_line": (
        snap_to_line,
        {"at": (_place, True), "line": (_line, True), "moves_junctions": (_flag, False),
         **_MAY_MOVE},
    ),
    "split": (
        split,
        {"code": (_text, True), "line": (_line, True), "keep": (_place, False),
         "names": (_texts, False), "cut_children": (_flag, False)},
    ),
    "merge": (merge, {"codes": (_texts, True), "keep": (_text, False)}),
    "give_grids": (give_grids, {"codes": (_texts, True), "to": (_text, True)}),
    "give_area": (
        give_area, {"area": (_area, True), "to": (_text, True), "sources": (_texts, False)},
    ),
    "balance": (balance, {"steps": (_steps, True)}),
    "new_grid": (
        new_grid,
        {"area": (_area, True), "name": (_text, True), "parent": (_text, False),
         "sources": (_texts, False), "code": (_text, False)},
    ),
    "approve_gap": (
        approve_gap, {"note": (_text, True), "at": (_place, False), "area": (_area, False)},
    ),
    "rename": (rename, {"code": (_text, True), "name": (_text, True)}),
    "change_kind": (change_kind, {"codes": (_texts, True), "kind": (_text, True)}),
    "change_parent": (change_parent, {"codes": (_texts, True), "parent": (_text, True)}),
    "renumber": (renumber, {"parent": (_text, False)}),
}  # fmt: skip
_WITH_SCHEME = ("split", "new_grid", "renumber")
OPERATIONS = tuple(_KNOWN)
"""Names of the operations."""


def operation(
    name: str, given: Mapping[str, Any], scheme: CodeScheme | None = None
) -> Callable[[ArcGraph], Record]:
    """Return an operation that is ready to be done on a draft.

    Parameters
    ----------
    name : one of :data:`OPERATIONS`
    given : its parameters; None stands for one that is left out
    scheme : how codes are made at the place

    Raises
    ------
    FieldError
        There is no such operation, or a parameter is missing, unknown or of another kind.
    """
    if name not in _KNOWN:
        raise FieldError(
            _("There is no operation {name}; there are {known}."),
            name=name[:40], known=", ".join(OPERATIONS),
        )  # fmt: skip
    function, readers = _KNOWN[name]
    unknown = next((each for each in given if each not in readers), None)
    if unknown is not None:
        raise FieldError(_("{name} has no parameter “{unknown}”."), name=name, unknown=unknown[:40])
    values: dict[str, Any] = {}
    for each, (read, is_needed) in readers.items():
        value = given.get(each)
        if value is not None:
            values[each] = read(each, value)
        elif is_needed:
            raise FieldError(_("“{name}” is missing."), name=each)
    if name in _WITH_SCHEME and scheme is not None:
        values["scheme"] = scheme
    return partial(_done, function, values)


def _done(function: Callable[..., Record], values: Mapping[str, Any], graph: ArcGraph) -> Record:
    return function(graph, **values)
