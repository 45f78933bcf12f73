"""Plans in a database: drafts, review, what is in force, and what was on any day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    Row,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from geogrid.errors import InputError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.store.database.bulk import insert_columns
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.frames import grid_columns, read_grids
from geogrid.store.database.tables import approved_gaps, audit, draft_grids, grids, plans
from geogrid.store.errors import ConflictError, PlanMissingError
from geogrid.store.redrawing.drawn import drawn_grids, drawn_parts, is_ahead, write_drawn
from geogrid.store.shown import forget_choice

__all__ = [
    "DraftRows",
    "PlanRecord",
    "add_draft",
    "count_grids",
    "draft_rows",
    "find_plan",
    "list_plans",
    "new_plan_id",
    "note",
    "plan_at",
    "plan_grids",
    "remove_draft",
    "submit_draft",
    "withdraw_draft",
]


@dataclass(frozen=True)
class PlanRecord:
    """What is known of a plan besides its grids.

    Attributes
    ----------
    id, version
        To name it, and how often it changed as a draft.
    number
        Its place in the order of published plans, None before.
    status
        ``"draft"``, ``"review"``, ``"published"`` or ``"archived"``.
    base_number
        The published plan that the draft began from.
    name, approval, note, attribution, source, is_sample
        In words; `approval` is the number of the document (批文号).
    region
        What the grids must fill, or None.
    overrides
        Rules that a planner set aside, with the reasons.
    created_at, submitted_at, published_at
        Moments in UTC.
    valid_from, valid_until
        When it is, or was, in force: from the first moment to before the second.
    """

    id: int
    version: int
    number: int | None
    status: str
    base_number: int | None
    name: str
    approval: str
    note: str
    attribution: str
    source: str
    is_sample: bool
    region: shapely.Geometry | None
    overrides: dict[str, str] | None
    created_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None


_FIELDS = tuple(PlanRecord.__dataclass_fields__)
_ABOUT = ("note", "attribution", "source", "is_sample")
_LONGEST = 64


@dataclass(frozen=True, eq=False)
class DraftRows:
    """The grids of a draft as columns of the table."""

    count: int
    columns: dict[str, Any]


def draft_rows(layer: gpd.GeoDataFrame) -> DraftRows:
    """Check the grids of a draft and bring them into the form of the table.

    Parameters
    ----------
    layer : grids of all levels in EPSG:4326, with the columns of a plan

    Raises
    ------
    InputError
        There are no grids, or a code is missing, too long or occurs twice.
    """
    _check_codes(layer)
    return DraftRows(len(layer), grid_columns(fill_levels(layer)))


def add_draft(
    database: Engine | Connection,
    name: str,
    layer: gpd.GeoDataFrame | DraftRows,
    *,
    at: datetime,
    region: shapely.Geometry | None = None,
    by: int | None = None,
    gaps: gpd.GeoDataFrame | None = None,
    **about: Any,
) -> PlanRecord:
    """Keep grids as a new draft.

    Parameters
    ----------
    database : an engine, or a connection that writes, whose transaction then holds the draft too
    name : of the plan
    layer : grids of all levels in EPSG:4326, with the columns of a plan; or what
        :func:`draft_rows` made of them, so that a transaction that is open need not wait
    at : now, in UTC
    region : what they must fill, in EPSG:4326
    by : the user
    gaps : approved gaps in EPSG:4326, with a column ``reason``
    about : ``note``, ``attribution``, ``source``, ``is_sample``

    Raises
    ------
    InputError
        There are no grids, or a code is missing or occurs twice.
    StoreError
        The database cannot be written; nothing was kept.
    """
    rows = layer if isinstance(layer, DraftRows) else draft_rows(layer)
    with writing(database) as connection:
        base = connection.scalar(select(plans.c.number).where(plans.c.status == "published"))
        values = {key: about[key] for key in _ABOUT if key in about}
        added = insert(plans).values(
            **new_plan_id(connection),
            name=name,
            status="draft",
            region=region,
            base_number=base,
            created_at=at,
            created_by=by,
            **values,
        )
        plan_id = int(connection.scalar(added.returning(plans.c.id)))
        places = {"plan_id": [plan_id] * rows.count, "position": range(rows.count)}
        insert_columns(connection, draft_grids, places | rows.columns)
        if gaps is not None and len(gaps):
            connection.execute(
                insert(approved_gaps),
                [
                    {"plan_id": plan_id, "reason": reason, "approved_at": at, "geometry": shape}
                    for reason, shape in zip(gaps["reason"], gaps.geometry, strict=True)
                ],
            )
        note(connection, "plan.drafted", plan_id, at=at, by=by, grids=rows.count)
        return find_plan(connection, plan_id)


def _check_codes(layer: gpd.GeoDataFrame) -> None:
    if not len(layer):
        raise InputError(_("There are no grids."))
    codes = layer["code"].astype("str")
    empty = codes.isna() | (codes.str.strip() == "")
    if empty.any():
        raise InputError(
            _("Row {row} has no grid code. Fill it in or number the grids first."),
            row=int(empty.to_numpy().argmax()) + 1,
        )
    too_long = codes.str.len() > _LONGEST
    if too_long.any():
        raise InputError(
            _("Row {row}: a grid code may have {longest} characters at most."),
            row=int(too_long.to_numpy().argmax()) + 1,
            longest=_LONGEST,
        )
    twice = codes.duplicated()
    if twice.any():
        raise InputError(
            _("The grid code {code} occurs twice. Each grid needs its own."),
            code=codes[twice].iloc[0],
        )


def find_plan(connection: Connection, plan_id: int) -> PlanRecord:
    """Return the plan of an id.

    Raises
    ------
    PlanMissingError
        There is none.
    """
    row = connection.execute(_records().where(plans.c.id == plan_id)).first()
    if row is None:
        raise PlanMissingError(_("There is no plan {plan}."), plan=plan_id)
    return _record(row)


def list_plans(connection: Connection) -> list[PlanRecord]:
    """Return all plans, the newest first."""
    return [_record(row) for row in connection.execute(_records().order_by(plans.c.id.desc()))]


def plan_at(connection: Connection, moment: datetime | None = None) -> PlanRecord:
    """Return the plan that is in force, or that was at a moment.

    Raises
    ------
    PlanMissingError
        None was.
    """
    asked = _records()
    if moment is None:
        asked = asked.where(plans.c.status == "published")
    else:
        is_later = or_(plans.c.valid_until.is_(None), plans.c.valid_until > moment)
        asked = asked.where(plans.c.valid_from <= moment, is_later)
    row = connection.execute(asked).first()
    if row is None and moment is None:
        raise PlanMissingError(_("No plan has been published yet."))
    if row is None:
        raise PlanMissingError(_("No plan was in force on {moment}."), moment=moment)
    return _record(row)


def _records() -> Any:
    return select(*(plans.c[name] for name in _FIELDS))


def _record(row: Row[Any]) -> PlanRecord:
    return PlanRecord(**row._mapping)


def plan_grids(connection: Connection, plan: PlanRecord) -> gpd.GeoDataFrame:
    """Return the grids of a plan, all levels: a draft's in its own order, else by code."""
    if plan.number is None:
        redrawn = drawn_grids(connection, plan.id)
        if redrawn is not None:
            return redrawn
        mine = draft_grids.c.plan_id == plan.id
        return read_grids(connection, draft_grids, mine, order=draft_grids.c.position)
    holds = or_(grids.c.until.is_(None), grids.c.until > plan.number)
    return read_grids(connection, grids, grids.c.since <= plan.number, holds, order=grids.c.code)


def count_grids(connection: Connection, plan: PlanRecord) -> int:
    """Return how many grids a plan has, at all levels."""
    if plan.number is None:
        redrawn = is_ahead(connection, plan.id)
        if redrawn is not None and redrawn.grids is not None:
            return redrawn.grids
        asked = select(func.count()).where(draft_grids.c.plan_id == plan.id)
    else:
        holds = or_(grids.c.until.is_(None), grids.c.until > plan.number)
        asked = select(func.count()).where(grids.c.since <= plan.number, holds)
    return int(connection.scalar(asked) or 0)


def submit_draft(
    engine: Engine,
    plan_id: int,
    version: int,
    *,
    approval: str,
    at: datetime,
    by: int | None = None,
) -> PlanRecord:
    """Hand a draft in for review (待审); one that was redrawn has its grids written as rows.

    Parameters
    ----------
    plan_id, version : the draft as it was seen
    approval : number of the document that approves it (批文号)

    Raises
    ------
    ConflictError
        It was changed since, or is no draft any more.
    """
    values = {"approval": approval, "submitted_at": at, "submitted_by": by}
    with reading(engine) as connection:  # at leisure; what follows is short
        drawn = drawn_parts(connection, plan_id)

    def write(connection: Connection) -> None:
        if drawn is not None:
            write_drawn(connection, plan_id, drawn, at=at)

    return _moved(engine, (plan_id, version), ("draft", "review"), values, at=at, by=by, also=write)


def withdraw_draft(
    engine: Engine, plan_id: int, version: int, *, at: datetime, by: int | None = None
) -> PlanRecord:
    """Take a plan back from review; it can be changed again.

    Raises
    ------
    ConflictError
        It was changed since, or is not in review any more.
    """
    values = {"submitted_at": None, "submitted_by": None}
    return _moved(engine, (plan_id, version), ("review", "draft"), values, at=at, by=by)


def _moved(
    engine: Engine,
    seen: tuple[int, int],
    step: tuple[str, str],
    values: dict[str, Any],
    *,
    at: datetime,
    by: int | None,
    also: Callable[[Connection], None] = lambda _connection: None,
) -> PlanRecord:
    plan_id, version = seen
    with writing(engine) as connection:
        plan = find_plan(connection, plan_id)
        moved = connection.execute(
            update(plans)
            .where(plans.c.id == plan_id, plans.c.version == version, plans.c.status == step[0])
            .values(status=step[1], version=version + 1, **values)
        )
        if moved.rowcount != 1:
            raise ConflictError(
                _("The plan “{name}” was changed by somebody else. Load it again."),
                name=plan.name,
                changed={"status": plan.status, "version": plan.version},
            )
        also(connection)
        note(connection, f"plan.{step[1]}", plan_id, at=at, by=by, version=version + 1)
        return find_plan(connection, plan_id)


def remove_draft(
    engine: Engine, plan_id: int, version: int, *, at: datetime, by: int | None = None
) -> None:
    """Delete a draft for good; a published plan is never deleted.

    Raises
    ------
    ConflictError
        It was changed since, or is no draft.
    """
    with writing(engine) as connection:
        plan = find_plan(connection, plan_id)
        gone = connection.execute(
            delete(plans).where(
                plans.c.id == plan_id, plans.c.version == version, plans.c.status == "draft"
            )
        )
        if gone.rowcount != 1:
            raise ConflictError(
                _("The plan “{name}” was changed by somebody else. Load it again."),
                name=plan.name,
                changed={"status": plan.status, "version": plan.version},
            )
        forget_choice(connection, plan_id)
        note(connection, "plan.deleted", plan_id, at=at, by=by, name=plan.name)


def new_plan_id(connection: Connection) -> dict[str, int]:
    """Return the id to insert a plan with, nothing where the database never uses one again.

    SQLite gives the next plan the id of the last one once that is deleted; whoever still sees
    the deleted plan would then change the other one.
    """
    if connection.dialect.name != "sqlite":
        return {}
    known = func.max(cast(audit.c.subject_id, Integer))
    noted = connection.scalar(select(known).where(audit.c.subject == "plan")) or 0
    last = connection.scalar(select(func.max(plans.c.id))) or 0
    return {"id": max(noted, last) + 1}


def note(
    connection: Connection,
    action: str,
    plan_id: int,
    *,
    at: datetime,
    by: int | None,
    **detail: Any,
) -> None:
    """Write what was done to a plan into the audit log, in the same transaction."""
    connection.execute(
        insert(audit).values(
            at=at, user_id=by, action=action, subject="plan", subject_id=str(plan_id), detail=detail
        )
    )
