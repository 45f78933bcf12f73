"""A plan that was kept as files, taken over into the database with its people and buildings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from geogrid.errors import GeogridError
from geogrid.store.database.engine import reading
from geogrid.store.errors import PlanMissingError
from geogrid.store.plan import Plan
from geogrid.store.plans import add_draft, plan_at, remove_draft, submit_draft, withdraw_draft
from geogrid.store.publish import publish_plan
from geogrid.store.rosters import RosterChange, keep_roster
from geogrid.store.units import UnitChange, keep_units

__all__ = ["TakenOver", "take_over"]


@dataclass(frozen=True)
class TakenOver:
    """What was taken over: whether the grids too, and what became of posts and units."""

    has_grids: bool
    posts: RosterChange
    units: UnitChange


def take_over(
    engine: Engine, plan: Plan, *, at: datetime, by: int | None = None, approval: str = ""
) -> TakenOver:
    """Make the posts and units of a plan of files those of the database.

    Its grids are published only while the database has no plan in force; after that, plans
    come through review.

    Parameters
    ----------
    engine : of the database
    plan : of files
    at : now, in UTC
    by : the user
    approval : number of the document that approves the plan (批文号)

    Raises
    ------
    UnfitPlanError
        The grids have gaps or overlaps; nothing was taken over.
    InputError, StoreError
        A code is missing or occurs twice, or the database cannot be written.
    """
    has_grids = not _has_plan(engine)
    if has_grids:
        _publish(engine, plan, at=at, by=by, approval=approval)
    actor = "geogrid" if by is None else by
    posts = keep_roster(engine, plan.posts, at=at, by=actor)
    return TakenOver(has_grids, posts, keep_units(engine, plan.units, at=at, by=actor))


def _has_plan(engine: Engine) -> bool:
    try:
        with reading(engine) as connection:
            plan_at(connection)
    except PlanMissingError:
        return False
    return True


def _publish(engine: Engine, plan: Plan, *, at: datetime, by: int | None, approval: str) -> None:
    region = None if plan.region is None else plan.region.geometry.union_all()
    about = {name: getattr(plan, name) for name in ("note", "attribution", "source", "is_sample")}
    kept = add_draft(engine, plan.name, plan.grids, at=at, by=by, region=region, **about)
    kept = submit_draft(engine, kept.id, kept.version, approval=approval, at=at, by=by)
    try:
        publish_plan(engine, kept.id, kept.version, at=at, by=by)
    except GeogridError:
        kept = withdraw_draft(engine, kept.id, kept.version, at=at, by=by)
        remove_draft(engine, kept.id, kept.version, at=at, by=by)
        raise
