"""Branches: a copy of a draft that goes its own way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert

from geogrid.i18n import mark as _
from geogrid.store.audit import record as write_audit
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import plans
from geogrid.store.errors import ConflictError
from geogrid.store.plan_tables import copy_tables
from geogrid.store.plans import PlanRecord, find_plan, new_plan_id
from geogrid.store.redrawing.drawn import (
    Drawn,
    copy_rows,
    copy_snapshot,
    drawn_parts,
)
from geogrid.store.redrawing.opened import open_draft, require_draft
from geogrid.store.underlays import copy_underlays

__all__ = ["branch_off"]

_ABOUT = ("note", "attribution", "source", "is_sample")


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
