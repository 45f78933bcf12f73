"""Locked grids: no operation changes their outline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, select

from geogrid.store.audit import record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import plans
from geogrid.store.redrawing.entries import find_redraw, keep_redraw
from geogrid.store.redrawing.opened import open_draft, require_draft

__all__ = ["set_locks"]


def set_locks(
    engine: Engine,
    plan_id: int,
    codes: Iterable[str],
    *,
    locked: bool,
    at: datetime,
    by: int | None,
) -> list[str]:
    """Lock or unlock grids of a draft, and return the labels of all that are locked.

    Raises
    ------
    FieldError
        There is no such grid.
    ConflictError
        It is not a draft any more.
    """
    with open_draft(engine, plan_id) as (draft, state):
        require_draft(state)
        chosen = {draft.graph.label(code) for code in codes}
        with writing(engine) as connection:
            alone = select(plans.c.id).where(plans.c.id == plan_id).with_for_update()
            connection.execute(alone)
            held = set(find_redraw(connection, plan_id).locked)
            held = held | chosen if locked else held - chosen
            keep_redraw(connection, plan_id, locked=sorted(held))
            record(
                connection, "plan.locked", plan_id, at=at, by="" if by is None else by,
                grids=sorted(chosen), locked=locked,
            )  # fmt: skip
        return sorted(held)
