"""Publish a plan: prepared at leisure, then put in force in one short transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import Connection, Engine, delete, func, select, update

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.audit import By
from geogrid.store.database.bulk import insert_columns
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.frames import grid_columns
from geogrid.store.database.tables import (
    draft_grids,
    draft_snapshots,
    grids,
    plans,
)
from geogrid.store.errors import ConflictError, PlanMissingError, UnavailableError
from geogrid.store.guard import Terms, require_coverage, require_rules
from geogrid.store.handing_over import clear_sample, prepare_lists, take_lists
from geogrid.store.heirs import find_heirs, hand_on_posts
from geogrid.store.limits import move_limits
from geogrid.store.moving import Ground, Move, changed_ground, hold_grids, move_places
from geogrid.store.office_data import Listed
from geogrid.store.plan_tables import tables_of
from geogrid.store.plans import PlanRecord, find_plan, note, plan_at, plan_grids
from geogrid.store.redrawing.drawn import drawn_gaps, drawn_region, stored_gaps
from geogrid.store.succession import Succession, compare_rows

__all__ = [
    "Prepared",
    "Published",
    "plan_gaps",
    "plan_region",
    "prepare_plan",
    "publish_plan",
    "put_in_force",
    "rebase_draft",
]

_CODES_AT_ONCE = 500
_FREE = Terms()


@dataclass(frozen=True)
class Prepared:
    """A plan that may be published, and what it changes of the plan in force.

    Attributes
    ----------
    plan, before
        The plan, with the region that it was proven to fill, and the one in force when it was
        prepared, or None.
    former, grids
        The grids of all levels of both; `former` may be empty.
    succession
        What changes.
    ground
        Where it changes.
    begun
        The grids that are new or not alike, as columns of the table.
    lists
        Staff, buildings, cases and streets that come with the plan.
    heirs
        Grids that are no more to those in which their posts go on.
    overrides
        Rules set aside, each with its reason.
    """

    plan: PlanRecord
    before: PlanRecord | None
    former: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    succession: Succession
    ground: Ground
    begun: Mapping[str, Any]
    lists: Sequence[Listed]
    heirs: Mapping[str, tuple[str, ...]]
    overrides: dict[str, str]


@dataclass(frozen=True)
class Published:
    """A plan now in force, what it changed, and how many cases and addresses moved."""

    plan: PlanRecord
    succession: Succession
    moves: Mapping[str, Move]


def publish_plan(
    engine: Engine,
    plan_id: int,
    version: int,
    *,
    at: datetime,
    by: int | None = None,
    terms: Terms = _FREE,
    tell: Callable[[str], None] = lambda _stage: None,
) -> Published:
    """Put a plan in force that is in review: all of it, or nothing changes.

    Parameters
    ----------
    engine : of the database
    plan_id, version : the plan as it was seen
    at : now, in UTC; from this moment it is in force
    by : the user
    terms : rules of the place; one that is broken needs a reason. Gaps and overlaps have none
    tell : called with ``"check"`` and ``"write"`` when that begins

    Raises
    ------
    UnfitPlanError
        The grids have gaps or overlaps, or break a rule without a reason.
    ConflictError
        The plan was changed, or another one was published since it was begun; ``changed`` in
        its params says what.
    InputError
        A code was used before by a grid that is no more.
    StoreError
        The database cannot be written, or the clock runs behind the plan in force.
    """
    tell("check")
    prepared = prepare_plan(engine, plan_id, version, terms)
    tell("write")
    return put_in_force(engine, prepared, at=at, by=by)


def prepare_plan(engine: Engine, plan_id: int, version: int, terms: Terms = _FREE) -> Prepared:
    """Check a plan in review and compare it with the plan in force; nothing is written.

    Parameters and errors are those of :func:`publish_plan`.
    """
    with reading(engine) as connection:
        plan = find_plan(connection, plan_id)
        _require_seen(plan, version)
        before = _in_force(connection)
        _require_base(connection, plan, before)
        rows = plan_grids(connection, plan)
        former = rows.head(0) if before is None else plan_grids(connection, before)
        gaps = plan_gaps(connection, plan_id)
        succession = compare_rows(former, rows)
        _require_new_codes(connection, succession.added)
        tables = tables_of(connection, plan_id)
        region = plan_region(connection, plan)
    require_coverage(rows, region, gaps)
    overrides = require_rules(rows, terms)
    heirs = find_heirs(former, rows, succession.removed)
    is_begun = rows["code"].isin({*succession.added, *succession.changed})
    begun = grid_columns(rows[is_begun])
    lists = prepare_lists(tables, rows)
    plan = replace(plan, region=region)
    ground = changed_ground(former, rows, succession.moved)
    return Prepared(plan, before, former, rows, succession, ground, begun, lists, heirs, overrides)


def put_in_force(
    database: Engine | Connection,
    prepared: Prepared,
    *,
    at: datetime,
    by: int | None = None,
    remark: str | None = None,
) -> Published:
    """Write what was prepared, in one transaction: its own, or that of a connection.

    Parameters
    ----------
    database : an engine, or a connection that writes
    prepared : of :func:`prepare_plan`
    at, by : now, in UTC, and who does it
    remark : what the planner says of it, kept as the note of the plan; None leaves that as it is

    Raises
    ------
    ConflictError
        Something changed since; nothing was written.
    StoreError
        The database cannot be written, or the clock runs behind the plan in force.
    """
    plan, before, succession = prepared.plan, prepared.before, prepared.succession
    with writing(database) as connection:
        hold_grids(connection, alone=True)
        _require_seen(find_plan(connection, plan.id), plan.version)
        now = _in_force(connection)
        _require_base(connection, plan, now)
        _require_clock(now, at)
        who: By = "" if by is None else by
        ending = None if plan.is_sample else before
        cleared = clear_sample(connection, ending, at=at, by=who)
        number = int(connection.scalar(select(func.max(plans.c.number))) or 0) + 1
        _archive(connection, before, at)
        values = {"status": "published", "number": number, "version": plan.version + 1}
        values |= {"published_at": at, "published_by": by, "valid_from": at}
        values |= {"region": plan.region, "overrides": prepared.overrides}
        values |= {} if remark is None else {"note": remark}
        connection.execute(update(plans).where(plans.c.id == plan.id).values(values))
        _write_grids(connection, prepared, number)
        moves = move_places(connection, prepared.ground, number=number, at=at)
        posts_told = hand_on_posts(connection, prepared.heirs, at)
        limits_moved = move_limits(
            connection, prepared.former, prepared.grids, succession.removed, at=at, by=who
        )
        take_lists(connection, plan, prepared.lists, cleared=cleared, at=at, by=who)
        note(
            connection, "plan.published", plan.id, at=at, by=by,
            number=number, approval=plan.approval, **succession.counts(), **posts_told,
            limits_moved=limits_moved,
            **{f"{name}_moved": move.moved for name, move in moves.items()},
            overrides=prepared.overrides,
        )  # fmt: skip
        return Published(find_plan(connection, plan.id), succession, moves)


def rebase_draft(
    engine: Engine, plan_id: int, version: int, *, at: datetime, by: int | None = None
) -> PlanRecord:
    """Say that a draft takes the plan now in force into account, whatever it began from.

    Raises
    ------
    ConflictError
        It was changed since, or is no draft any more.
    """
    with writing(engine) as connection:
        plan = find_plan(connection, plan_id)
        now = _in_force(connection)
        if plan.status != "draft" or plan.version != version:
            raise _changed(plan)
        values = {"version": version + 1, "base_number": now and now.number}
        connection.execute(update(plans).where(plans.c.id == plan_id).values(values))
        note(connection, "plan.rebased", plan_id, at=at, by=by, base=now and now.number)
        return find_plan(connection, plan_id)


def _in_force(connection: Connection) -> PlanRecord | None:
    try:
        return plan_at(connection)
    except PlanMissingError:
        return None


def _require_seen(plan: PlanRecord, version: int) -> None:
    if plan.version != version:
        raise _changed(plan)
    if plan.status != "review":
        raise ConflictError(
            _("Only a plan in review can be published; “{name}” is not."),
            name=plan.name,
            changed={"status": plan.status, "version": plan.version},
        )


def _changed(plan: PlanRecord) -> ConflictError:
    return ConflictError(
        _("The plan “{name}” was changed by somebody else. Load it again."),
        name=plan.name,
        changed={"status": plan.status, "version": plan.version},
    )


def _require_base(connection: Connection, plan: PlanRecord, now: PlanRecord | None) -> None:
    """Refuse a plan that would undo, unseen, what others published after it was begun."""
    if plan.base_number == (now and now.number):
        return
    assert now is not None  # a plan in force is only ever followed by another
    since: dict[str, Any] = {"plan": now.id, "number": now.number, "name": now.name}
    if plan.base_number is not None:
        base = connection.execute(select(plans.c.id).where(plans.c.number == plan.base_number))
        old = plan_grids(connection, find_plan(connection, base.scalar_one()))
        since |= compare_rows(old, plan_grids(connection, now)).to_dict()
    raise ConflictError(
        _(
            "“{other}” was published after “{name}” was begun. Look at what it changed, "
            "and take it into your draft."
        ),
        other=now.name,
        name=plan.name,
        changed=since,
    )


def _require_clock(now: PlanRecord | None, at: datetime) -> None:
    if now is not None and now.valid_from is not None and at <= now.valid_from:
        raise UnavailableError(
            _(
                "The clock of this computer says {at}, but the plan in force began at {since}. "
                "Set the clock; nothing was changed."
            ),
            at=at.isoformat(timespec="seconds"),
            since=now.valid_from.isoformat(timespec="seconds"),
        )


def _require_new_codes(connection: Connection, codes: tuple[str, ...]) -> None:
    for begin in range(0, len(codes), _CODES_AT_ONCE):
        some = codes[begin : begin + _CODES_AT_ONCE]
        used = connection.execute(
            select(grids.c.code, grids.c.name)
            .where(grids.c.code.in_(some))
            .order_by(grids.c.code)
        ).first()  # fmt: skip
        if used is not None:
            raise InputError(
                _(
                    "The code {code} was that of the former grid “{name}” and is never used "
                    "again. Give the new grid another one."
                ),
                code=used.code,
                name=used.name,
            )


def plan_gaps(connection: Connection, plan_id: int) -> gpd.GeoDataFrame | None:
    """Return the approved gaps of a plan with their reasons, None without any."""
    redrawn = drawn_gaps(connection, plan_id)
    if redrawn is not None:
        return redrawn if len(redrawn) else None
    return stored_gaps(connection, plan_id)


def plan_region(connection: Connection, plan: PlanRecord) -> shapely.Geometry | None:
    """Return what a plan must fill: without a region of its own that of the plan in force.

    That of a redrawn draft has the corners that its grids have on the outline.
    """
    if plan.region is not None:
        redrawn = drawn_region(connection, plan.id)
        return plan.region if redrawn is None else redrawn
    before = _in_force(connection)
    if before is None or (before.is_sample and not plan.is_sample):
        return None
    return before.region


def _archive(connection: Connection, before: PlanRecord | None, at: datetime) -> None:
    if before is not None:
        values = {"status": "archived", "valid_until": at, "version": before.version + 1}
        connection.execute(update(plans).where(plans.c.id == before.id).values(values))


def _write_grids(connection: Connection, prepared: Prepared, number: int) -> None:
    """End the rows that hold no more and add the new ones; the rest stay as they are."""
    succession = prepared.succession
    ended = (*succession.removed, *succession.changed)
    for begin in range(0, len(ended), _CODES_AT_ONCE):
        some = ended[begin : begin + _CODES_AT_ONCE]
        current = grids.c.code.in_(some), grids.c.until.is_(None)
        connection.execute(update(grids).where(*current).values(until=number))
    since = [number] * len(prepared.begun["code"])
    insert_columns(connection, grids, {**prepared.begun, "since": since})
    for table in (draft_grids, draft_snapshots):  # the log of operations stays
        connection.execute(delete(table).where(table.c.plan_id == prepared.plan.id))
