"""Where two drafts differ: ground, households on it, grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Engine

from geogrid.crs import area_m2
from geogrid.redraw import Arc, ArcGraph, graph_bytes, graph_from_bytes
from geogrid.redraw.arc import Box
from geogrid.rules import Profile
from geogrid.store.database.engine import reading
from geogrid.store.redrawing.advice import figure_of
from geogrid.store.redrawing.base import Base
from geogrid.store.redrawing.bringing import kinship
from geogrid.store.redrawing.entries import latest_snapshot
from geogrid.store.redrawing.grounds import box_around, enclosed
from geogrid.store.redrawing.opened import open_draft

__all__ = ["Area", "Differences", "GridPair", "compare_drafts"]

_MOST_AREAS = 5_000
_MOST_GRIDS = 2_000
_SAID = ("code", "name", "level", "kind", "parent")


@dataclass(frozen=True)
class Area:
    """Ground that is in different grids in two drafts.

    Attributes
    ----------
    one, other
        Codes of the finest grids there, ``""`` for none.
    one_name, other_name
        Their names.
    changed_by
        Which draft has it otherwise than both had it when they parted: ``"one"``, ``"other"``
        or ``"both"``; ``""`` where they never were one.
    households
        On it, by the lists of the first draft; None where nobody knows.
    area_m2
        On the ellipsoid.
    shape
        In degrees.
    """

    one: str
    other: str
    one_name: str
    other_name: str
    changed_by: str
    households: int | None
    area_m2: float
    shape: shapely.Geometry


@dataclass(frozen=True)
class GridPair:
    """A grid that is not the same in two drafts.

    Attributes
    ----------
    id
        Its label.
    one, other
        What it is called and its figures; None where there is none.
    extent
        west, south, east, north in degrees, of both.
    """

    id: str
    one: dict[str, Any] | None
    other: dict[str, Any] | None
    extent: list[float] | None


@dataclass(frozen=True, eq=False)
class _Side:
    """A draft of one's own, with the figures of its grids."""

    graph: ArcGraph
    base: Base
    figures: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Differences:
    """Where two drafts differ, the largest areas first; what is left out is counted."""

    areas: list[Area]
    grids: list[GridPair]
    more_areas: int
    more_grids: int
    is_related: bool


def compare_drafts(
    engine: Engine, plan_id: int, other_id: int, profile: Profile | None = None
) -> Differences:
    """Return where two drafts differ.

    Parameters
    ----------
    engine, plan_id, other_id : the drafts
    profile : what the place expects of its grids
    """
    with reading(engine) as connection:
        began = _parting(connection, plan_id, other_id)
    one, other = (_side(engine, each, profile) for each in (plan_id, other_id))
    areas = _areas(one, other, began)
    grids = _pairs(one, other)
    return Differences(
        areas[:_MOST_AREAS], grids[:_MOST_GRIDS], max(0, len(areas) - _MOST_AREAS),
        max(0, len(grids) - _MOST_GRIDS), began is not None,
    )  # fmt: skip


def _parting(connection: Connection, plan_id: int, other_id: int) -> ArcGraph | None:
    """Return the draft that both were when they parted, None where they never were one."""
    kin = kinship(connection, plan_id, other_id)
    if not kin:
        return None
    copy = other_id if kin == "copy" else plan_id
    found = latest_snapshot(connection, copy, first=True)
    return None if found is None else found[1]


def _side(engine: Engine, plan_id: int, profile: Profile | None) -> _Side:
    with open_draft(engine, plan_id, counts_anew=True) as (draft, _state):
        graph = graph_from_bytes(graph_bytes(draft.graph))
        figures = {label: figure_of(draft, label, profile) for label in draft.graph.rows}
        return _Side(graph, draft.tally.base, figures)


def _areas(one: _Side, other: _Side, began: ArcGraph | None) -> list[Area]:
    """Return the ground that differs, the largest first."""
    sides = one.graph, other.graph
    lines = _differing(sides[0], sides[1]) + _differing(sides[1], sides[0])
    graphs = [*sides, *([] if began is None else [began])]
    found: dict[tuple[str, str, str], list[shapely.Geometry]] = {}
    for face in enclosed(lines):
        point = shapely.point_on_surface(face)
        codes = [graph.grid_at(point.x, point.y) for graph in graphs]
        labels = [graph.find(code) for graph, code in zip(graphs, codes, strict=True)]
        if labels[0] != labels[1]:
            found.setdefault((codes[0], codes[1], _changed_by(labels)), []).append(face)
    keys = list(found)
    shapes = np.array([shapely.union_all(found[key]) for key in keys], dtype=object)
    homes = _homes(one.base, shapes)
    sizes = area_m2(shapes, 4326).tolist() if len(shapes) else []
    areas = [
        Area(a, b, _name(sides[0], a), _name(sides[1], b), by, count, size, shape)
        for (a, b, by), count, size, shape in zip(keys, homes, sizes, shapes, strict=True)
    ]
    return sorted(areas, key=lambda area: (-area.area_m2, area.one, area.other))


def _changed_by(labels: Sequence[str | None]) -> str:
    if len(labels) < 3:
        return ""
    one, other, began = labels
    return "other" if one == began else "one" if other == began else "both"


def _homes(base: Base, shapes: Any) -> list[int | None]:
    """Return the households on each of some areas that do not overlap."""
    if not base.has_homes:
        return [None] * len(shapes)
    at = np.flatnonzero(base.values[:, 0] > 0)
    points = shapely.points(base.lon[at], base.lat[at])
    point, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    point, first = np.unique(point, return_index=True)  # on a common border: one of both
    counts = np.bincount(shape[first], weights=base.values[at[point], 0], minlength=len(shapes))
    return [int(count) for count in counts]


def _name(graph: ArcGraph, code: str) -> str:
    label = graph.find(code) if code else None
    return "" if label is None else str(graph.rows[label]["name"] or code)


def _differing(one: ArcGraph, other: ArcGraph) -> list[Arc]:
    return [arc for arc in one.arcs.values() if not arc.same(other.arcs.get(arc.key))]


def _pairs(one: _Side, other: _Side) -> list[GridPair]:
    """Return the grids that differ in attributes, households or area, by level and code."""
    found = []
    for label in sorted({*one.graph.rows, *other.graph.rows}):
        pair = [_facts(side, label) for side in (one, other)]
        if pair[0] != pair[1]:
            boxes = [box for side in (one, other) for box in _boxes(side.graph, label)]
            found.append(GridPair(label, pair[0], pair[1], box_around(boxes)))
    return sorted(found, key=lambda each: _order(each.one or each.other or {}))


def _order(facts: dict[str, Any]) -> tuple[int, str]:
    level = facts["level"]
    return -1 if level is None else int(level), str(facts["code"])


def _facts(side: _Side, label: str) -> dict[str, Any] | None:
    row = side.graph.rows.get(label)
    if row is None:
        return None
    figures = side.figures[label]
    return {name: row[name] for name in _SAID} | {
        "households": figures["households"], "area_m2": figures["area_m2"],
    }  # fmt: skip


def _boxes(graph: ArcGraph, label: str) -> list[Box]:
    leaves = graph.leaves(label) if label in graph.rows else []
    return [arc.box for leaf in leaves for arc in graph.beside(leaf)]
