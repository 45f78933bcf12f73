"""Branches: a copy of a draft that goes its own way, compared with others and brought together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Engine, insert

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.redraw import (
    Arc,
    ArcGraph,
    Conflict,
    Record,
    RedrawError,
    conflicts,
    graph_bytes,
    graph_from_bytes,
    moved_points,
    rebase,
)
from geogrid.redraw.arc import UNITS
from geogrid.store.audit import record as write_audit
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import plans
from geogrid.store.errors import ConflictError
from geogrid.store.plan_tables import copy_tables
from geogrid.store.plans import PlanRecord, find_plan, new_plan_id
from geogrid.store.redrawing.desk import RedrawConflictError, Who, operate
from geogrid.store.redrawing.drawn import (
    Drawn,
    copy_rows,
    copy_snapshot,
    drawn_parts,
)
from geogrid.store.redrawing.entries import (
    Entry,
    Redraw,
    find_redraw,
    standing_entries,
)
from geogrid.store.redrawing.opened import draft_state, open_draft, require_draft
from geogrid.store.underlays import copy_underlays

__all__ = ["Area", "Clash", "Merged", "branch_off", "compare_drafts", "merge_branch"]

_ABOUT = ("note", "attribution", "source", "is_sample")
_MOST_AREAS = 5_000


def branch_off(
    engine: Engine, plan_id: int, name: str, *, at: datetime, by: int | None
) -> PlanRecord:
    """Make a copy of a draft as it is, which remembers where it came from.

    Grids keep their labels, so that what is done in one can be brought into the other.

    Raises
    ------
    ConflictError
        It is not a draft any more, or changed in this moment.
    """
    with open_draft(engine, plan_id) as (draft, state):  # so that there is a snapshot
        require_draft(state)
        number = draft.number
    with reading(engine) as connection:
        drawn = drawn_parts(connection, plan_id)
    with writing(engine) as connection:
        record = find_plan(connection, plan_id)
        if record.version != state.version:
            raise ConflictError(
                _("The plan “{name}” was changed by somebody else. Load it again."),
                name=record.name, changed={"status": record.status, "version": record.version},
            )  # fmt: skip
        copy = _copied(connection, record, name, drawn, at=at, by=by)
        copy_snapshot(connection, plan_id, copy, at_number=1)
        copy_underlays(connection, plan_id, copy)
        write_audit(
            connection, "plan.drafted", copy, at=at, by="" if by is None else by,
            branch_of=plan_id, number=number,
        )  # fmt: skip
        return find_plan(connection, copy)


def _copied(
    connection: Connection,
    record: PlanRecord,
    name: str,
    drawn: Drawn | None,
    *,
    at: datetime,
    by: int | None,
) -> int:
    values: dict[str, Any] = {each: getattr(record, each) for each in (*_ABOUT, "base_number")}
    values |= {"name": name, "status": "draft", "created_at": at, "created_by": by}
    values |= {"region": record.region} | new_plan_id(connection)
    copy = int(connection.scalar(insert(plans).values(values).returning(plans.c.id)))
    copy_rows(connection, record.id, copy, drawn, at=at)
    copy_tables(connection, record.id, copy)
    return copy


@dataclass(frozen=True)
class Area:
    """Ground that is in different grids in two drafts.

    Attributes
    ----------
    one, other
        Codes of the finest grids there, ``""`` for none.
    one_name, other_name
        Their names.
    shape
        In degrees.
    """

    one: str
    other: str
    one_name: str
    other_name: str
    shape: shapely.Geometry


def compare_drafts(engine: Engine, plan_id: int, other_id: int) -> tuple[list[Area], bool]:
    """Return where two drafts differ, the largest areas first, and whether these are all."""
    one, other = (_loaded(engine, each) for each in (plan_id, other_id))
    lines = _differing(one.arcs.values(), other) + _differing(other.arcs.values(), one)
    found: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for face in _faces(lines):
        point = shapely.point_on_surface(face)
        codes = one.grid_at(point.x, point.y), other.grid_at(point.x, point.y)
        labels = [graph.find(code) for graph, code in zip((one, other), codes, strict=True)]
        if labels[0] != labels[1]:
            found.setdefault(codes, []).append(face)
    areas = [
        Area(a, b, _name(one, a), _name(other, b), shapely.union_all(faces))
        for (a, b), faces in found.items()
    ]
    areas.sort(key=lambda area: (-area.shape.area, area.one, area.other))
    return areas[:_MOST_AREAS], len(areas) <= _MOST_AREAS


def _loaded(engine: Engine, plan_id: int) -> ArcGraph:
    """Return a draft of one's own."""
    with open_draft(engine, plan_id) as (draft, _state):
        return graph_from_bytes(graph_bytes(draft.graph))


def _name(graph: ArcGraph, code: str) -> str:
    label = graph.find(code) if code else None
    return "" if label is None else str(graph.rows[label]["name"] or code)


def _differing(arcs: Iterable[Arc], graph: ArcGraph) -> list[Arc]:
    return [arc for arc in arcs if not arc.same(graph.arcs.get(arc.key))]


def _faces(arcs: Iterable[Arc]) -> list[shapely.Geometry]:
    """Return what borders enclose between them."""
    lines = [shapely.linestrings(arc.points / UNITS) for arc in arcs]
    if not lines:
        return []
    noded = shapely.union_all(np.array(lines, dtype=object))
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


@dataclass(frozen=True)
class Clash:
    """Something of a branch that does not agree with the draft.

    Attributes
    ----------
    entry
        What was done in the branch.
    conflicts
        Why it does not fit.
    shape
        The ground that it would change, None where it changes names only.
    """

    entry: Entry
    conflicts: tuple[Conflict, ...]
    shape: shapely.Geometry | None


@dataclass(eq=False)
class Merged:
    """What became of a branch in a draft: entries that were appended, and what did not agree."""

    version: int
    applied: list[Entry]
    clashes: list[Clash]


def merge_branch(engine: Engine, plan_id: int, source_id: int, who: Who) -> Merged:
    """Do in a draft what stands in a branch of it, or in what it is a branch of.

    Each operation is done or is a clash; what was brought over before is not done again.

    Raises
    ------
    InputError
        The two do not come from one draft.
    ConflictError
        The draft was changed since it was seen, or is none any more.
    """
    with reading(engine) as connection:
        entries = _to_bring(connection, plan_id, source_id)
        name = draft_state(connection, source_id).name
        state = draft_state(connection, plan_id)
    require_draft(state)
    if state.version != who.seen:
        raise ConflictError(
            _("The plan “{name}” was changed by somebody else. Load it again."),
            name=state.name, changed={"status": state.status, "version": state.version},
        )  # fmt: skip
    merged = Merged(who.seen, [], [])
    for entry in entries:
        record = entry.record
        about = {"branch": name, "branch_id": source_id, "branch_number": entry.target}
        asked = Who(merged.version, who.at, who.by)
        try:
            done = operate(
                engine, plan_id, _as_it_is(record), asked, lambda _draft, done: done, about=about
            )
        except RedrawConflictError as error:
            merged.clashes.append(Clash(entry, tuple(error.conflicts), _ground(record)))
        except RedrawError as error:
            clash = _conflicts(engine, plan_id, record) or [
                Conflict("torn", (), error.place, error)
            ]
            merged.clashes.append(Clash(entry, tuple(clash), _ground(record)))
        else:
            merged.version = done.version
            merged.applied.append(done.entry)
    return merged


def _as_it_is(record: Record) -> Callable[[ArcGraph], Record]:
    return lambda graph: rebase(record, graph)


def _conflicts(engine: Engine, plan_id: int, record: Record) -> list[Conflict]:
    with open_draft(engine, plan_id) as (draft, _state):
        return conflicts(record, draft.graph)


def _to_bring(connection: Connection, plan_id: int, source_id: int) -> list[Entry]:
    """Return what stands in one draft since the two parted, without what is in the other one."""
    here, there = (find_redraw(connection, each) for each in (plan_id, source_id))
    after = _parted(plan_id, here, source_id, there)
    brought = {
        entry.about["branch_number"]
        for entry in standing_entries(connection, plan_id)
        if entry.about.get("branch_id") == source_id
    }
    return [
        entry
        for entry in standing_entries(connection, source_id, after)
        if entry.target not in brought and entry.about.get("branch_id") != plan_id
    ]


def _parted(plan_id: int, here: Redraw, source_id: int, there: Redraw) -> int:
    """Return the last entry of the source that the draft has from the beginning."""
    if there.origin_id == plan_id:
        return 0
    if here.origin_id == source_id:
        return here.origin_number or 0
    is_beside = here.origin_id is not None and here.origin_id == there.origin_id
    if is_beside and here.origin_number == there.origin_number:
        return 0
    raise InputError(_("These two drafts are not branches of one."))


def _ground(record: Record) -> shapely.Geometry | None:
    """Return the ground that a record changes."""
    faces = _faces([*record.removed, *record.added])
    changed = [face for face in faces if _is_moved(record, face)]
    return shapely.union_all(changed) if changed else None


def _is_moved(record: Record, face: shapely.Geometry) -> bool:
    point = shapely.point_on_surface(face)
    return bool(len(moved_points(record, [point.x], [point.y])[0]))
