"""Drafts as maps show them: borders with ids, grids with a place for their label, figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import shapely

from geogrid.redraw import Arc, ArcGraph, Record, grid_polygon
from geogrid.redraw.arc import OUTSIDE, UNITS
from geogrid.rules.profile import Range
from geogrid.store.redrawing.measure import AREA_UNITS, LENGTH_UNITS
from geogrid.store.redrawing.opened import OpenDraft
from geogrid.store.redrawing.tally import AREA, CASES, HOMES, KNOWN, LENGTH, PEOPLE, STAFF

__all__ = [
    "Changes",
    "arc_id",
    "arc_look",
    "count_parts",
    "figure_look",
    "gap_look",
    "grid_look",
    "net_changes",
    "touched_labels",
]


def arc_id(arc: Arc) -> str:
    """Return a name that an arc has as long as nothing of it changes."""
    written = blake2b(arc.points.tobytes(), digest_size=9)
    written.update(f"{arc.left}\0{arc.right}".encode())
    return written.hexdigest()


def arc_look(arc: Arc) -> dict[str, Any]:
    """Return a border: id, labels of its sides, line in degrees."""
    line = (arc.points / UNITS).tolist()
    return {"id": arc_id(arc), "left": arc.left, "right": arc.right, "line": line}


@dataclass(eq=False)
class Changes:
    """What some records change together.

    Attributes
    ----------
    gone, come
        Arcs by id that are no more, and that are new.
    labels
        Grids and gaps whose attributes or border changed.
    """

    gone: dict[str, Arc] = field(default_factory=dict)
    come: dict[str, Arc] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)


def net_changes(records: Iterable[Record]) -> Changes:
    """Return what records change together, one after the other."""
    found = Changes()
    for record in records:
        for arc in record.removed:
            name = arc_id(arc)
            if found.come.pop(name, None) is None:
                found.gone[name] = arc
        for arc in record.added:
            name = arc_id(arc)
            if found.gone.pop(name, None) is None:
                found.come[name] = arc
        found.labels |= {side for arc in (*record.removed, *record.added) for side in _sides(arc)}
        found.labels |= {*record.rows, *record.gaps}
    found.labels.discard(OUTSIDE)
    return found


def _sides(arc: Arc) -> tuple[str, str]:
    return arc.left, arc.right


def touched_labels(graph: ArcGraph, labels: Iterable[str]) -> list[str]:
    """Return those labels that are grids, and the grids above them."""
    found: dict[str, None] = {}
    for label in sorted(labels):
        if label in graph.rows:
            found |= dict.fromkeys([label, *graph.above(label)])
    return list(found)


def grid_look(draft: OpenDraft, label: str) -> dict[str, Any]:
    """Return a grid: id, what it is called, where its name fits (finest grids only)."""
    graph, row = draft.graph, draft.graph.rows[label]
    is_finest = graph.is_leaf(label)
    return {
        "id": label,
        "code": row["code"],
        "name": row["name"],
        "level": row["level"],
        "kind": row["kind"],
        "parent": row["parent"],
        "is_finest": is_finest,
        "locked": label in draft.redraw.locked,
        "label_at": _place(draft, label)[0] if is_finest else None,
    }


def _place(draft: OpenDraft, label: str) -> tuple[list[float], int]:
    """Return a place well inside a finest grid, and of how many parts it is."""
    found: tuple[list[float], int] | None = draft.drawn.get(label)
    if found is None:
        shape = grid_polygon(draft.graph, str(draft.graph.rows[label]["code"]))
        parts = shapely.get_parts(shape)
        largest = max(parts, key=shapely.area)
        point = shapely.point_on_surface(largest)
        found = [round(point.x, 9), round(point.y, 9)], len(parts)
        draft.drawn[label] = found
    return found


def count_parts(draft: OpenDraft, label: str) -> int:
    """Return of how many parts a finest grid is."""
    return _place(draft, label)[1]


def gap_look(graph: ArcGraph, label: str) -> dict[str, Any]:
    """Return a place that belongs to no grid."""
    gap = graph.gaps[label]
    arcs = graph.beside(label)
    at = (arcs[0].points[0] / UNITS).tolist() if arcs else None
    return {"id": label, "is_approved": gap["is_approved"], "note": gap["note"], "at": at}


def figure_look(
    sums: Sequence[int] | None, row: Mapping[str, Any] | None, right: Range | None
) -> dict[str, Any] | None:
    """Return the figures of a grid; ``off`` is by how many households it is too large or small.

    Parameters
    ----------
    sums : of :class:`~geogrid.store.redrawing.tally.Tally`; None where there is no such grid
    row : its attributes
    right : how many households there should be; None where nothing is expected
    """
    if sums is None:
        return None
    is_known = bool(sums[KNOWN])
    homes = sums[HOMES] if is_known else _own(row, "households")
    people = sums[PEOPLE] if is_known else _own(row, "people")
    area, length = sums[AREA] / AREA_UNITS, sums[LENGTH] / LENGTH_UNITS
    score = 4.0 * math.pi * area / length**2 if length else 0.0
    return {
        "households": homes,
        "people": people,
        "area_m2": round(area, 1),
        "compactness": round(score, 3),
        "staff": sums[STAFF],
        "open_cases": sums[CASES],
        "off": None if homes is None or right is None else _off(homes, right),
    }


def _own(row: Mapping[str, Any] | None, name: str) -> int | None:
    value = None if row is None else row.get(name)
    return None if value is None else int(value)


def _off(homes: int, right: Range) -> int:
    if right.high is not None and homes > right.high:
        return math.ceil(homes - right.high)
    if right.low is not None and homes < right.low:
        return -math.ceil(right.low - homes)
    return 0
