"""Who answers here, now or on any day: never nobody, and the answer says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_plan import grids as small_grids
from small_plan import posts as small_posts
from sqlalchemy import Engine

from geogrid.errors import InputError
from geogrid.store import PlanMissingError
from geogrid.store.database.engine import reading
from geogrid.store.people import WhoAnswers, who_answers
from geogrid.store.placed import placed_plan
from geogrid.store.plans import add_draft, plan_at, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.rosters import keep_roster
from geogrid.store.tenures import Person, Tenure, change_post, end_post, open_post

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def publish(engine: Engine, layer: gpd.GeoDataFrame, at: datetime) -> None:
    plan = add_draft(engine, "方案", layer, at=at)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=at)
    publish_plan(engine, plan.id, plan.version, at=at)


@pytest.fixture
def place(engine: Engine) -> Engine:
    """The hand-drawn plan with its posts."""
    publish(engine, small_grids(), NOW)
    keep_roster(engine, small_posts(), at=NOW, by="test")
    return engine


def ask(engine: Engine, where: str | tuple[float, float], at: datetime = NOW) -> WhoAnswers:
    with reading(engine) as connection:
        return who_answers(connection, where, at=at)


def test_the_holder_answers(place: Engine) -> None:
    found = ask(place, "111")
    assert [step.code for step in found.chain] == ["111", "11", "1"]
    assert [(each.post, each.grid, each.name) for each in found.answers] == [
        ("full_time", "111", "甲一员"),
        ("leader", "111", "甲一网格长"),
        ("leader", "1", "街道网格长"),
    ]
    assert (found.first.name, found.first.phone) == ("甲一员", "0755-1111-0001")
    assert found.why.text("zh_CN") == "甲一员是甲一网格的专职网格员。"


def test_a_place_is_asked_by_its_position(place: Engine) -> None:
    assert ask(place, (114.005, 22.535)).first.name == "甲一员"
    assert ask(place, (114.01, 22.535)).chain[0].code == "112"  # on the border: the tie rule
    with pytest.raises(InputError, match=r"114\.100000, 22\.535000 is outside"):
        ask(place, (114.1, 22.535))


def test_a_vacancy_falls_to_the_deputy(place: Engine) -> None:
    found = ask(place, "112")
    assert (found.first.name, found.first.via, found.first.vacant) == ("甲二副", "deputy", True)
    assert found.why.text("zh_CN") == "甲二网格的专职网格员空缺，由 B 岗甲二副负责。"


def test_then_to_the_leader_then_upwards_to_the_street(place: Engine) -> None:
    """The worker, the leader and the leader of the street leave one after the other."""
    said = []
    for days, post in enumerate(("P1", "P4", "P3"), start=1):
        at = NOW + days * DAY
        change_post(place, post, Tenure(), at=at, by="test")
        found = ask(place, "111", at)
        said.append((found.first.name, found.first.via, found.why.text("zh_CN")))
    is_vacant = "甲一网格的专职网格员空缺"
    assert said == [
        ("甲一网格长", "grid", f"{is_vacant}，没有 B 岗，由本网格的网格长甲一网格长负责。"),
        ("街道网格长", "parent", f"{is_vacant}，没有 B 岗，由上级示例街道的网格长街道网格长负责。"),
        ("", "nobody", f"{is_vacant}，本级和上级都没有登记人员，应由示例街道补齐。"),
    ]


def test_a_grid_without_posts_is_answered_from_above(place: Engine) -> None:
    found = ask(place, "11")
    assert (found.first.name, found.first.grid) == ("街道网格长", "1")
    assert found.why.text("zh_CN") == (
        "甲社区没有专职网格员和网格长；由上级示例街道的网格长街道网格长负责。"
    )


def test_where_nobody_is_registered_the_office_is_named(engine: Engine) -> None:
    publish(engine, small_grids(), NOW)
    found = ask(engine, "111")
    assert (found.first.via, found.first.name, found.office.name) == ("nobody", "", "示例街道")
    assert found.why.severity == "error"
    assert found.why.text("zh_CN") == "甲一网格及其上级都没有登记人员，应由示例街道明确负责人。"
    assert found.why.text() == (
        "Nobody is registered for 甲一网格 or above it. "
        "It is for the office of 示例街道 to name somebody."
    )


def test_the_office_is_the_subdistrict_also_under_a_district(engine: Engine) -> None:
    layer = small_grids()
    layer.loc[layer["code"] == "1", "parent"] = "0"
    top = layer[layer["code"] == "1"].assign(code="0", name="示例区", parent="", level=0)
    publish(engine, pd.concat([top, layer], ignore_index=True), NOW)
    found = ask(engine, "111")
    assert [step.code for step in found.chain] == ["111", "11", "1", "0"]
    assert found.office.code == "1"


def test_any_day_can_be_asked(place: Engine) -> None:
    new = Tenure(Person("新员", "1"))
    change_post(place, "P1", new, at=NOW + 10 * DAY, by="test")
    late = Tenure(deputy=Person("代班", "2"), begins=NOW + 15 * DAY)
    change_post(place, "P1", late, at=NOW + 20 * DAY, by="test")
    end_post(place, "P1", at=NOW + 20 * DAY, ends=NOW + 30 * DAY, by="test")
    days = (0, 9.99, 10, 14.99, 15, 29.99, 30)
    names = [ask(place, "111", NOW + day * DAY).first.name for day in days]
    assert names == ["甲一员", "甲一员", "新员", "新员", "代班", "代班", "甲一网格长"]
    with pytest.raises(PlanMissingError):
        ask(place, "111", NOW - DAY)


def test_posts_that_one_person_holds_in_several_grids(place: Engine) -> None:
    secretary = Person("村书记", "3")
    for grid in ("11", "12", "121"):
        open_post(place, grid, "leader", Tenure(secretary), at=NOW, by="test")
    assert {ask(place, code).answers[-2].name for code in ("112", "121")} == {"村书记"}
    assert ask(place, "121").first.phone == "3"


@pytest.mark.parametrize("code", ["", "999", "111 ", "x" * 500, "%", "111\0"])
def test_an_unknown_grid_is_said(place: Engine, code: str) -> None:
    with pytest.raises(InputError, match="has no grid"):
        ask(place, code)


def test_in_an_approved_gap_the_grid_above_answers(engine: Engine) -> None:
    lake = shapely.box(114.001, 22.531, 114.002, 22.532)
    layer = small_grids()
    is_holed = layer["code"] == "111"
    layer.loc[is_holed, "geometry"] = layer.loc[is_holed, "geometry"].difference(lake)
    gaps = gpd.GeoDataFrame({"reason": ["湖"]}, geometry=[lake], crs=4326)
    plan = add_draft(engine, "方案", layer, at=NOW, gaps=gaps)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=NOW)
    publish_plan(engine, plan.id, plan.version, at=NOW)
    assert ask(engine, (114.0015, 22.5315)).chain[0].code == "11"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(-2, 32), st.integers(-2, 12))
def test_one_place_and_many_are_in_the_same_grid(place: Engine, east: int, north: int) -> None:
    lon, lat = 114 + east / 1000, 22.53 + north / 1000
    with reading(place) as connection:
        placed = placed_plan(connection, plan_at(connection, NOW))
    code = placed.code_at(lon, lat)
    assert code == placed.codes_at(np.array([lon]), np.array([lat]))[0]
    if code:
        assert ask(place, (lon, lat)).chain[0].code == code
