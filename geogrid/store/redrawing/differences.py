"""Where two drafts differ: ground, households on it, grids."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Engine

from geogrid.crs import area_m2
from geogrid.redraw import Arc, ArcGraph, Record, moved_points
from geogrid.redraw.arc import OUTSIDE, Box
from geogrid.rules import Profile
from geogrid.store.database.engine import reading
from geogrid.store.redrawing.advice import figure_of
from geogrid.store.redrawing.base import Base, Floats
from geogrid.store.redrawing.bringing import kinship
from geogrid.store.redrawing.entries import entries_after
from geogrid.store.redrawing.grounds import box_around, enclosed
from geogrid.store.redrawing.opened import OpenDraft, open_draft

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
    with ExitStack() as stack:
        opened = {}
        for each in sorted({plan_id, other_id}):  # in one order, so that nobody waits for ever
            opened[each], _state = stack.enter_context(open_draft(engine, each, counts_anew=True))
        one, other = opened[plan_id], opened[other_id]
        with reading(engine) as connection:
            kin = kinship(connection, plan_id, other_id)
            branch = other if kin == "copy" else one
            entries = entries_after(connection, branch.plan_id, 0) if kin else []
        records = [entry.record for entry in entries if entry.number <= branch.number]
        areas = _areas(one, other, (branch, records) if kin else None)
        grids = _pairs(one, other, profile)
    return Differences(
        areas[:_MOST_AREAS], grids[:_MOST_GRIDS], max(0, len(areas) - _MOST_AREAS),
        max(0, len(grids) - _MOST_GRIDS), bool(kin),
    )  # fmt: skip


def _areas(
    one: OpenDraft, other: OpenDraft, branch: tuple[OpenDraft, list[Record]] | None
) -> list[Area]:
    """Return the ground that differs, the largest first.

    Parameters
    ----------
    one, other : whose locks the caller holds
    branch : the one of both that began as the other was, with its log; None where neither did
    """
    sides = one.graph, other.graph
    faces = enclosed(_differing(sides[0], sides[1]) + _differing(sides[1], sides[0]))
    points = shapely.get_coordinates([shapely.point_on_surface(face) for face in faces])
    labels = [[graph.find(graph.grid_at(x, y)) or OUTSIDE for x, y in points] for graph in sides]
    if branch is None:
        by = [""] * len(faces)
    else:
        began = _rewound(labels[0 if branch[0] is one else 1], branch[1], points)
        by = [_changed_by(*each) for each in zip(*labels, began, strict=True)]
    found: dict[tuple[str, str, str], list[shapely.Geometry]] = {}
    for face, a, b, who in zip(faces, *labels, by, strict=True):
        if a != b:
            found.setdefault((a, b, who), []).append(face)
    shapes = np.array([shapely.union_all(some) for some in found.values()], dtype=object)
    homes = _homes(one.tally.base, shapes)
    sizes = area_m2(shapes, 4326).tolist() if len(shapes) else []
    areas = [
        Area(*_called(sides, a, b), who, count, size, shape)
        for (a, b, who), count, size, shape in zip(found, homes, sizes, shapes, strict=True)
    ]
    return sorted(areas, key=lambda area: (-area.area_m2, area.one, area.other))


def _rewound(labels: list[str], records: Sequence[Record], points: Floats) -> list[str]:
    """Return the grids of points as they were before some operations."""
    found = list(labels)
    for record in reversed(records):
        moved, before, _after = moved_points(record, points[:, 0], points[:, 1])
        for at, label in zip(moved.tolist(), before, strict=True):
            found[at] = label
    return found


def _changed_by(one: str, other: str, began: str) -> str:
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


def _called(graphs: Sequence[ArcGraph], *labels: str) -> tuple[str, str, str, str]:
    """Return the codes of a grid in each of two drafts, and then their names."""
    rows = [graph.rows.get(label) for graph, label in zip(graphs, labels, strict=True)]
    codes = ["" if row is None else str(row["code"]) for row in rows]
    names = ["" if row is None else str(row["name"] or row["code"]) for row in rows]
    return codes[0], codes[1], names[0], names[1]


def _differing(one: ArcGraph, other: ArcGraph) -> list[Arc]:
    return [arc for arc in one.arcs.values() if not arc.same(other.arcs.get(arc.key))]


def _pairs(one: OpenDraft, other: OpenDraft, profile: Profile | None) -> list[GridPair]:
    """Return the grids that differ in attributes, households or area, by level and code."""
    found = []
    for label in sorted({*one.graph.rows, *other.graph.rows}):
        pair = [_facts(side, label, profile) for side in (one, other)]
        if pair[0] != pair[1]:
            boxes = [box for side in (one, other) for box in _boxes(side.graph, label)]
            found.append(GridPair(label, pair[0], pair[1], box_around(boxes)))
    return sorted(found, key=lambda each: _order(each.one or each.other or {}))


def _order(facts: dict[str, Any]) -> tuple[int, str]:
    level = facts["level"]
    return -1 if level is None else int(level), str(facts["code"])


def _facts(side: OpenDraft, label: str, profile: Profile | None) -> dict[str, Any] | None:
    row = side.graph.rows.get(label)
    if row is None:
        return None
    figures = figure_of(side, label, profile)
    return {name: row[name] for name in _SAID} | {
        "households": figures["households"], "area_m2": figures["area_m2"],
    }  # fmt: skip


def _boxes(graph: ArcGraph, label: str) -> list[Box]:
    leaves = graph.leaves(label) if label in graph.rows else []
    return [arc.box for leaf in leaves for arc in graph.beside(leaf)]
