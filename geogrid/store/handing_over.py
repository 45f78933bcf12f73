"""What becomes of an office's lists when a plan comes into force.

Staff, buildings, cases and streets may come with a draft. They count unless the office has given
a list of its own since the draft was made: what is newer is never replaced by what is older. Data
of a sample go with the sample, but a list that an office gave meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, func, select

from geogrid.store.audit import By
from geogrid.store.database.tables import audit
from geogrid.store.office_data import Listed, clear_data, prepare_data, write_data
from geogrid.store.plan_tables import drop_tables
from geogrid.store.plans import PlanRecord

__all__ = ["clear_sample", "prepare_lists", "take_lists"]

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


def prepare_lists(
    tables: Mapping[str, pd.DataFrame], grids: gpd.GeoDataFrame
) -> tuple[Listed, ...]:
    """Return what came with a draft in the form of the tables, for :func:`take_lists`.

    Parameters
    ----------
    tables, grids : of the draft
    """
    return tuple(
        prepare_data(part, tables[part], grids) for part in _LISTED if len(tables.get(part, ()))
    )


def take_lists(
    connection: Connection,
    plan: PlanRecord,
    lists: Sequence[Listed],
    *,
    cleared: Collection[str],
    at: datetime,
    by: By,
) -> None:
    """Make what came with a plan the data of the office, where that has nothing newer.

    Parameters
    ----------
    connection : that writes
    plan, lists : that came into force, and what came with it
    cleared : parts of a sample that were just removed
    at, by : now, in UTC, and who does it
    """
    for listed in lists:
        part = listed.part
        is_older = part not in cleared and _was_listed(connection, part, "plan.drafted", plan)
        if not is_older or part == "cases":  # those that nobody knows yet are never left out
            write_data(connection, listed, at=at, by=by, only_new=is_older)
    drop_tables(connection, plan.id)


def _was_listed(connection: Connection, part: str, step: str, plan: PlanRecord) -> bool:
    """Return whether a list came after a step of a plan; by the order of the log, not by clocks."""
    of_plan = audit.c.subject == "plan", audit.c.subject_id == str(plan.id)
    begun = select(func.max(audit.c.id)).where(*of_plan, audit.c.action == step).scalar_subquery()
    asked = select(audit.c.id).where(audit.c.action == _LISTED[part], audit.c.id > begun)
    return connection.scalar(asked.limit(1)) is not None
