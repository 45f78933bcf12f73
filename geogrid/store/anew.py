"""A new draft with the grids of another plan, to be redrawn."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
from sqlalchemy import Engine, select

from geogrid.store.database.engine import reading
from geogrid.store.database.tables import approved_gaps
from geogrid.store.plans import PlanRecord, add_draft, find_plan, plan_grids

__all__ = ["draft_of_plan"]


def draft_of_plan(
    engine: Engine, plan_id: int, name: str, *, at: datetime, by: int | None
) -> PlanRecord:
    """Make a draft of a plan's grids, region and approved gaps; its lists stay the office's.

    Parameters
    ----------
    engine : the database
    plan_id : of the plan, which stays as it is
    name : of the draft
    at, by : now, in UTC, and who does it

    Raises
    ------
    PlanMissingError
        There is no such plan.
    """
    with reading(engine) as connection:
        plan = find_plan(connection, plan_id)
        grids = plan_grids(connection, plan)
        asked = select(approved_gaps.c.geometry, approved_gaps.c.reason)
        rows = connection.execute(asked.where(approved_gaps.c.plan_id == plan_id)).all()
    gaps = None
    if rows:
        shapes = [row.geometry for row in rows]
        gaps = gpd.GeoDataFrame({"reason": [row.reason for row in rows]}, geometry=shapes, crs=4326)
    return add_draft(
        engine, name, grids, at=at, by=by, region=plan.region, gaps=gaps,
        is_sample=plan.is_sample, attribution=plan.attribution,
    )  # fmt: skip
