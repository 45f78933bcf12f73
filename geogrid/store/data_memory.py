"""Grids, buildings, cases, streets and addresses in memory until they change.

All but grids belong to the place: a new roster, another plan or a day of the past
needs them as they are. The audit log says when they changed, by this process or another one. What
did not change is the same object as before, by which others know that what they derived from it
holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Engine, select

from geogrid.hierarchy import fill_levels
from geogrid.store.database.tables import audit
from geogrid.store.plans import PlanRecord, plan_grids

__all__ = ["remembered", "remembered_grids"]

Read = TypeVar("Read", bound=pd.DataFrame | None)
_SUBJECTS = {"units": "units", "cases": "case", "streets": "street", "addresses": "address"}
_kept: WeakKeyDictionary[Engine, dict[str, tuple[object, Any]]] = WeakKeyDictionary()


def remembered(connection: Connection, part: str, read: Callable[[Connection], Read]) -> Read:
    """Return a table as it is now, from memory when nothing changed; nobody may change it.

    Parameters
    ----------
    connection : that reads
    part : ``"units"``, ``"cases"``, ``"streets"`` or ``"addresses"``
    read : what reads it from the database
    """
    asked = select(audit.c.id, audit.c.at).where(audit.c.subject == _SUBJECTS[part])
    last = connection.execute(asked.order_by(audit.c.id.desc()).limit(1)).first()
    mark = None if last is None else (last.id, last.at)  # a restored database uses ids again
    mine = _kept.setdefault(connection.engine, {})
    kept = mine.get(part)
    if kept is None or kept[0] != mark:
        kept = mine[part] = mark, read(connection)
    found: Read = kept[1]
    return found


def remembered_grids(connection: Connection, plan: PlanRecord) -> gpd.GeoDataFrame:
    """Return the grids of a published plan, which never change, the last ones from memory."""
    mine = _kept.setdefault(connection.engine, {})
    state = (plan.id, plan.created_at)
    kept = mine.get("grids")
    if kept is None or kept[0] != state:
        kept = mine["grids"] = state, fill_levels(plan_grids(connection, plan))
    return kept[1]
