"""What becomes of an office's lists when a plan comes into force.

Staff, buildings, cases and streets may come with a draft. They count unless the office has given
a list of its own since the draft was made: what is newer is never replaced by what is older. Data
of a sample go with the sample, but a list that an office gave meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import geopandas as gpd
from sqlalchemy import Connection, func, select

from geogrid.store.audit import By
from geogrid.store.database.tables import audit
from geogrid.store.office_cases import unknown_cases
from geogrid.store.office_data import clear_data, replace_data
from geogrid.store.plan_tables import drop_tables, tables_of
from geogrid.store.plans import PlanRecord

__all__ = ["clear_sample", "take_lists"]

_LISTED = {
    "posts": "roster.kept",
    "units": "units.kept",
    "cases": "case.listed",
    "streets": "street.listed",
}
"""Part to what the audit log says when a list of it is taken over."""


def clear_sample(
    connection: Connection,
    before: PlanRecord | None,
    *,
    at: datetime,
    by: By,
    parts: Collection[str] = tuple(_LISTED),
) -> frozenset[str]:
    """Remove what came with a sample that is in force, and return which parts that was.

    Parameters
    ----------
    connection : that writes
    before : the plan in force; of an office's own nothing is removed
    at, by : now, in UTC, and who does it
    parts : of which
    """
    if before is None or not before.is_sample:
        return frozenset()
    gone = frozenset(
        part for part in parts if not _was_listed(connection, part, "plan.published", before)
    )
    clear_data(connection, gone, at=at, by=by)
    return gone


def take_lists(
    connection: Connection,
    plan: PlanRecord,
    grids: gpd.GeoDataFrame,
    *,
    cleared: Collection[str],
    at: datetime,
    by: By,
) -> None:
    """Make what came with a plan the data of the office, where that has nothing newer.

    Parameters
    ----------
    connection : that writes
    plan, grids : that came into force
    cleared : parts of a sample that were just removed
    at, by : now, in UTC, and who does it
    """
    for part, frame in tables_of(connection, plan.id).items():
        if part not in _LISTED:
            continue
        rows = frame
        if part not in cleared and _was_listed(connection, part, "plan.drafted", plan):
            if part != "cases":
                continue
            rows = unknown_cases(connection, frame)
        if len(rows):
            replace_data(connection, part, rows, grids=grids, at=at, by=by)
    drop_tables(connection, plan.id)


def _was_listed(connection: Connection, part: str, step: str, plan: PlanRecord) -> bool:
    """Return whether a list came after a step of a plan; by the order of the log, not by clocks."""
    of_plan = audit.c.subject == "plan", audit.c.subject_id == str(plan.id)
    begun = select(func.max(audit.c.id)).where(*of_plan, audit.c.action == step).scalar_subquery()
    asked = select(audit.c.id).where(audit.c.action == _LISTED[part], audit.c.id > begun)
    return connection.scalar(asked.limit(1)) is not None
