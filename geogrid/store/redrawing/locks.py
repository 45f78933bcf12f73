"""Locked grids: no operation changes their outline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

import numpy as np
import shapely
from sqlalchemy import Engine, select

from geogrid.i18n import mark as _
from geogrid.redraw import Arc, RedrawError
from geogrid.redraw.arc import UNITS
from geogrid.store.audit import record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import plans
from geogrid.store.redrawing.entries import find_redraw, keep_redraw
from geogrid.store.redrawing.opened import OpenDraft, open_draft, require_draft
from geogrid.store.redrawing.tally import Step

__all__ = ["LockedError", "require_unlocked", "set_locks"]

_ROUNDING = 3e-9


class LockedError(RedrawError):
    """An operation would change the outline of a grid that is locked."""


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


def require_unlocked(draft: OpenDraft, step: Step) -> None:
    """Refuse an operation that is in force in memory and changes the outline of a locked grid.

    Raises
    ------
    LockedError
        It does; the grid is named.
    """
    for label in draft.redraw.locked:
        before, after = step.outlines.get(label, []), step.outlines_after.get(label, [])
        if label in step.before or before or after:
            row = draft.graph.rows.get(label)
            if row is None or not _alike(before, after):
                arc = next(iter((*after, *before)), None)
                was = row or step.record.rows.get(label, (None,))[0] or {}
                name = str(was.get("name") or was.get("code") or label)
                raise LockedError(
                    _("{grid} is locked: its border stays. Unlock it first."),
                    at=arc.ends[0] if arc else None,
                    grid=name,
                )


def _alike(before: Iterable[Arc], after: Iterable[Arc]) -> bool:
    """Return whether two sets of borders run the same way, new corners on them aside."""
    one, other = (_edges(arcs) for arcs in (before, after))
    if one == other:
        return True
    if not one or not other:
        return False
    lines = [shapely.multilinestrings([np.array(e).reshape(2, 2) / UNITS for e in edges])
             for edges in (one - other, other - one) if edges]  # fmt: skip
    return len(lines) == 2 and float(shapely.hausdorff_distance(*lines)) <= _ROUNDING


def _edges(arcs: Iterable[Arc]) -> set[tuple[int, int, int, int]]:
    found = set()
    for arc in arcs:
        points = arc.points.tolist()
        for (x, y), (u, v) in pairwise(points):
            found.add((x, y, u, v) if (x, y) < (u, v) else (u, v, x, y))
    return found
