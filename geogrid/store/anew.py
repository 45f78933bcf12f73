"""A new draft with the grids of another plan, to be redrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from geogrid.store.database.engine import reading
from geogrid.store.plans import PlanRecord, add_draft, find_plan, plan_grids
from geogrid.store.publish import plan_gaps
from geogrid.store.redrawing.drawn import drawn_region

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
        gaps = plan_gaps(connection, plan_id)
        region = plan.region
        if region is not None and (redrawn := drawn_region(connection, plan_id)) is not None:
            region = redrawn
    return add_draft(
        engine, name, grids, at=at, by=by, region=region, gaps=gaps,
        is_sample=plan.is_sample, attribution=plan.attribution,
    )  # fmt: skip
