"""The parts of the plan in force, read from the database only when they changed.

Most changes are of one part: a new roster leaves grids, buildings, cases and streets as they
are, and reading those takes seconds where there are many. What did not change is the same
object as before, by which others know that what they derived from it still holds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import geopandas as gpd
from sqlalchemy import Connection, select

from geogrid.hierarchy import fill_levels
from geogrid.store.database.tables import audit
from geogrid.store.office_data import read_data
from geogrid.store.plans import PlanRecord, plan_grids

__all__ = ["KeptParts"]

_SUBJECTS = {"units": "units", "cases": "case", "streets": "street"}
"""Part to the subject of the audit log that says when it changed."""


class KeptParts:
    """What was read last of each part; one caller at a time."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Any, Any]] = {}

    def grids(self, connection: Connection, plan: PlanRecord) -> gpd.GeoDataFrame:
        """Return the grids of a published plan, which are never changed."""
        state = (plan.id, plan.created_at)
        return self._read("grids", state, lambda: fill_levels(plan_grids(connection, plan)))

    def tables(self, connection: Connection, plan: PlanRecord) -> dict[str, Any]:
        """Return posts, units, cases and streets as they are now; posts change by themselves."""
        tables: dict[str, Any] = {"posts": read_data(connection, "posts")}
        for part, subject in _SUBJECTS.items():
            last = select(audit.c.id, audit.c.at).where(audit.c.subject == subject)
            noted = connection.execute(last.order_by(audit.c.id.desc()).limit(1)).first()
            state = (plan.id, plan.created_at, noted and tuple(noted))
            tables[part] = self._read(part, state, partial(read_data, connection, part))
        return tables

    def _read(self, part: str, state: Any, read: Callable[[], Any]) -> Any:
        kept = self._kept.get(part)
        if kept is None or kept[0] != state:
            kept = self._kept[part] = (state, read())
        return kept[1]
