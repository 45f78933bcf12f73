"""Before a publication: comparison, proof and rules; and the note that is kept with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import shapely
from small_plan import grids, posts, units
from sqlalchemy import Engine, insert

from geogrid.rules import builtin_profiles
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import addresses
from geogrid.store.plan import Plan
from geogrid.store.plans import PlanRecord, add_draft, find_plan, submit_draft
from geogrid.store.publish import prepare_plan, put_in_force
from geogrid.store.reviewing import read_addresses, review_plan, what_came

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CITY = builtin_profiles()["city"]


def merged() -> gpd.GeoDataFrame:
    plan = grids().set_index("code", drop=False)
    plan.loc["111", "geometry"] = shapely.box(114.00, 22.53, 114.02, 22.54)
    return plan.drop("112").reset_index(drop=True)


def plan_of(layer: gpd.GeoDataFrame, key: str, *, has_lists: bool = True) -> Plan:
    tables = Plan.empty_tables()
    if has_lists:
        tables |= {"units": units(), "posts": posts()}
    about = {"name": key, "is_sample": False, "note": "", "attribution": "", "source": ""}
    return Plan(key=key, grids=layer, region=None, created_at="", digest=key, **about, **tables)


def test_what_changes_the_proof_and_the_rules() -> None:
    before, after = plan_of(grids(), "a"), plan_of(merged(), "b", has_lists=False)
    region = shapely.box(114.00, 22.53, 114.03, 22.54)
    found = review_plan(before, after, CITY, region=region)
    assert not found.is_first
    assert found.comparison.counts()["merged"] == 1
    assert found.report.is_seamless
    assert found.advice[0] is not None
    said = [[each.text("en") for each in side["detail"]] for side in found.advice]
    assert any("甲二网格" in each for each in said[0])
    assert not any("甲二网格" in each for each in said[1]), "that grid is no more"
    torn = replace(after, grids=grids().query("code != '112'"))
    assert not review_plan(before, torn, CITY, region=region).report.is_seamless


def test_the_first_plan_is_compared_with_nothing() -> None:
    found = review_plan(None, plan_of(grids(), "a"), CITY)
    assert found.is_first
    assert found.comparison.is_same
    assert found.advice[0] is None
    assert len(found.comparison.things) == 0


def test_without_lists_nobody_knows_what_came() -> None:
    plans = [plan_of(layer, "x", has_lists=False) for layer in (grids(), merged())]
    assert what_came(*plans).measures == ()
    assert "households" in what_came(plan_of(grids(), "a"), plan_of(merged(), "b")).measures


def test_addresses_are_read_with_their_points(engine: Engine) -> None:
    with reading(engine) as connection:
        assert read_addresses(connection) is None
    with writing(engine) as connection:
        place = shapely.Point(114.015, 22.535)
        connection.execute(insert(addresses).values(address="西街2号", geometry=place))
    with reading(engine) as connection:
        found = read_addresses(connection)
    assert found is not None
    review = review_plan(plan_of(grids(), "a"), plan_of(merged(), "b"), CITY, placed=found)
    (row,) = review.comparison.things.query("what == 'address'").to_dict("records")
    assert (row["id"], row["from"], row["to"]) == ("西街2号", "112", "111")


def publish(engine: Engine, note: str | None, at: datetime) -> PlanRecord:
    draft = add_draft(engine, "方案", grids(), at=at, note="起草说明")
    plan = submit_draft(engine, draft.id, 1, approval="1", at=at)
    prepared = prepare_plan(engine, plan.id, plan.version)
    done = put_in_force(engine, prepared, at=at, remark=note)
    with reading(engine) as connection:
        assert find_plan(connection, done.plan.id) == done.plan
    return done.plan


def test_the_note_is_kept_with_the_publication(engine: Engine) -> None:
    assert publish(engine, None, NOW).note == "起草说明", "it was not asked for another one"
    said = "两网格合并。\n<b>请核对</b>门牌"
    assert publish(engine, said, NOW + timedelta(days=1)).note == said
