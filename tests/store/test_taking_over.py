"""A plan of files taken over into the database, once with its grids and then its people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import shapely
from small_plan import grids as small_grids
from small_plan import posts as small_posts
from small_plan import units as small_units
from sqlalchemy import Engine

from geogrid.store import Plan, Workspace
from geogrid.store.database.engine import reading
from geogrid.store.guard import UnfitPlanError
from geogrid.store.people import who_answers
from geogrid.store.plans import list_plans, plan_at, plan_grids
from geogrid.store.rosters import RosterChange
from geogrid.store.taking_over import take_over
from geogrid.store.units import UnitChange

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def plan(tmp_path: object) -> Plan:
    workspace = Workspace(tmp_path / "files")  # type: ignore[operator]
    workspace.use(
        name="手绘方案", note="试", grids=small_grids(), posts=small_posts(), units=small_units()
    )
    return workspace.current()


def test_grids_people_and_buildings(engine: Engine, plan: Plan) -> None:
    done = take_over(engine, plan, at=NOW, approval="批1")
    count = len(plan.units)
    assert (done.has_grids, done.posts, done.units) == (
        True, RosterChange(0, 0, 4, 0), UnitChange(count, 0, 0, 0),
    )  # fmt: skip
    with reading(engine) as connection:
        kept = plan_at(connection)
        assert (kept.name, kept.note, kept.approval) == ("手绘方案", "试", "批1")
        assert plan_grids(connection, kept)["code"].tolist() == sorted(plan.grids["code"])
        assert who_answers(connection, "111", at=NOW).first.name == "甲一员"


def test_later_only_people_and_buildings(engine: Engine, plan: Plan) -> None:
    take_over(engine, plan, at=NOW)
    again = take_over(engine, plan, at=NOW + timedelta(days=1))
    assert (again.has_grids, again.posts) == (False, RosterChange(4, 0, 0, 0))
    with reading(engine) as connection:
        assert len(list_plans(connection)) == 1


def test_a_plan_with_an_overlap_leaves_nothing(engine: Engine, tmp_path: object) -> None:
    layer = small_grids()
    layer.loc[layer["code"] == "111", "geometry"] = shapely.box(114.0, 22.53, 114.012, 22.54)
    workspace = Workspace(tmp_path / "files")  # type: ignore[operator]
    workspace.use(name="重叠", grids=layer, posts=small_posts())
    with pytest.raises(UnfitPlanError):
        take_over(engine, workspace.current(), at=NOW)
    with reading(engine) as connection:
        assert list_plans(connection) == []
