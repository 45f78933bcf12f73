"""Drafts in a database: kept whole, changed by one at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from small_plan import grids as small_grids
from sqlalchemy import Engine, func, select

from geogrid.errors import InputError
from geogrid.store import PlanMissingError
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit, draft_grids
from geogrid.store.errors import ConflictError
from geogrid.store.plans import (
    add_draft,
    find_plan,
    list_plans,
    plan_at,
    plan_grids,
    remove_draft,
    submit_draft,
    withdraw_draft,
)

NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)


def _draft(engine: Engine, **more: Any) -> Any:
    return add_draft(engine, "方案", small_grids(), at=NOW, **more)


def test_a_draft_comes_back_as_it_was(engine: Engine) -> None:
    given = small_grids().assign(备注=["一", None, "三", "四", "五", "六"], 面积=1.5)
    region = shapely.box(114.0, 22.53, 114.03, 22.54)
    plan = add_draft(engine, "方案", given, at=NOW, region=region, note="试用")
    with reading(engine) as connection:
        kept = plan_grids(connection, find_plan(connection, plan.id))
    assert (plan.status, plan.version, plan.number, plan.note) == ("draft", 1, None, "试用")
    assert plan.region.equals_exact(region, 0)
    assert kept["code"].tolist() == given["code"].tolist()
    assert kept["备注"].fillna("").tolist() == ["一", "", "三", "四", "五", "六"]
    assert kept["面积"].tolist() == [1.5] * 6
    assert shapely.equals_exact(kept.geometry.to_numpy(), given.geometry.to_numpy(), 0).all()
    assert kept.crs.to_epsg() == 4326


def test_numbers_that_are_missing_stay_missing(engine: Engine) -> None:
    given = small_grids()
    given["households"] = [1.0, np.nan, 3.0, 4.0, np.nan, 6.0]
    plan = add_draft(engine, "方案", given, at=NOW)
    with reading(engine) as connection:
        kept = plan_grids(connection, plan)
    assert kept["households"].isna().tolist() == [False, True, False, False, True, False]


def test_a_large_draft_is_one_transaction(engine: Engine) -> None:
    shapes = [shapely.box(x, y, x + 1, y + 1) for x in range(70) for y in range(70)]
    given = gpd.GeoDataFrame({"code": [f"g{n}" for n in range(4900)]}, geometry=shapes, crs=4326)
    given = given.assign(name="", parent="", level=1, kind="", households=None, people=None)
    plan = add_draft(engine, "大", given, at=NOW)
    with reading(engine) as connection:
        assert len(plan_grids(connection, plan)) == 4900


def test_a_draft_with_a_bad_code_leaves_nothing(engine: Engine) -> None:
    for codes, words in (
        (["a", "a"], "occurs twice"),
        (["a", ""], "Row 2 has no grid code"),
        (["a", "b" * 65], "Row 2: a grid code may have 64"),
    ):
        given = small_grids().head(2).assign(code=codes)
        with pytest.raises(InputError, match=words):
            add_draft(engine, "方案", given, at=NOW)
    with pytest.raises(InputError, match="no grids"):
        add_draft(engine, "方案", small_grids().head(0), at=NOW)
    with reading(engine) as connection:
        assert list_plans(connection) == []


def test_review_and_back(engine: Engine) -> None:
    plan = _draft(engine)
    handed_in = submit_draft(
        engine, plan.id, plan.version, approval="某府发〔2026〕1号", at=NOW + timedelta(hours=1)
    )
    assert (handed_in.status, handed_in.approval) == ("review", "某府发〔2026〕1号")
    assert handed_in.submitted_at == NOW + timedelta(hours=1)
    back = withdraw_draft(engine, plan.id, handed_in.version, at=NOW)
    assert (back.status, back.version, back.submitted_at) == ("draft", 3, None)
    with reading(engine) as connection:
        done = connection.scalars(select(audit.c.action).order_by(audit.c.id)).all()
    assert done == ["plan.drafted", "plan.review", "plan.draft"]


def test_the_second_planner_is_told(engine: Engine) -> None:
    plan = _draft(engine)
    submit_draft(engine, plan.id, plan.version, approval="1", at=NOW)
    with pytest.raises(ConflictError) as caught:
        submit_draft(engine, plan.id, plan.version, approval="2", at=NOW)
    assert caught.value.params["changed"] == {"status": "review", "version": 2}
    with pytest.raises(ConflictError):
        remove_draft(engine, plan.id, 2, at=NOW)
    with reading(engine) as connection:
        assert find_plan(connection, plan.id).approval == "1"


def test_the_id_of_a_removed_draft_is_never_used_again(engine: Engine) -> None:
    """Who saw the removed one would otherwise change the new one, of the same version."""
    removed = _draft(engine)
    remove_draft(engine, removed.id, removed.version, at=NOW)
    plan = _draft(engine)
    assert plan.id > removed.id
    with pytest.raises(PlanMissingError):
        remove_draft(engine, removed.id, removed.version, at=NOW)
    with reading(engine) as connection:
        assert find_plan(connection, plan.id).version == 1


def test_a_removed_draft_is_gone_with_its_grids(engine: Engine) -> None:
    plan = _draft(engine)
    remove_draft(engine, plan.id, plan.version, at=NOW)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(draft_grids)) == 0
        with pytest.raises(PlanMissingError):
            find_plan(connection, plan.id)
        with pytest.raises(PlanMissingError, match="No plan has been published"):
            plan_at(connection)
        with pytest.raises(PlanMissingError, match="No plan was in force"):
            plan_at(connection, NOW)
