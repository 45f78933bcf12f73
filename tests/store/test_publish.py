"""Publishing: proven or refused, all or nothing, and only changed places are located again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_plan import grids as small_grids
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from geogrid.errors import InputError
from geogrid.hierarchy import leaves
from geogrid.locate import build_index, locate
from geogrid.rules import builtin_profiles
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import (
    addresses,
    audit,
    case_events,
    case_places,
    cases,
    grids,
    metadata,
)
from geogrid.store.errors import ConflictError, StoreError
from geogrid.store.guard import Terms, UnfitPlanError
from geogrid.store.plans import (
    PlanRecord,
    add_draft,
    find_plan,
    plan_at,
    plan_grids,
    submit_draft,
)
from geogrid.store.publish import Published, publish_plan, rebase_draft

NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _row(code: str, name: str, west: float, east: float, parent: str = "1") -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "parent": parent,
        "level": 2 if parent else 1,
        "kind": "community",
        "households": 300,
        "people": 800,
        "geometry": shapely.box(west, 22.53, east, 22.54),
    }


def _layer(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    top = _row("1", "街道", 114.0, 114.04, parent="")
    return gpd.GeoDataFrame([top, *rows], geometry="geometry", crs=4326)


def _first() -> gpd.GeoDataFrame:
    return _layer(
        _row("a", "甲", 114.0, 114.01),
        _row("b", "乙", 114.01, 114.02),
        _row("c", "丙", 114.02, 114.03),
        _row("d", "丁", 114.03, 114.04),
    )


def _second() -> gpd.GeoDataFrame:
    """The border of a and b is moved, c gives way to e, d has another name."""
    return _layer(
        _row("a", "甲", 114.0, 114.012),
        _row("b", "乙", 114.012, 114.02),
        _row("e", "戊", 114.02, 114.03),
        _row("d", "新丁", 114.03, 114.04),
    )


def _review(engine: Engine, layer: gpd.GeoDataFrame, at: datetime = NOW, **more: Any) -> PlanRecord:
    plan = add_draft(engine, "方案", layer, at=at, **more)
    return submit_draft(engine, plan.id, plan.version, approval="批〔2026〕1号", at=at)


def _publish(engine: Engine, layer: gpd.GeoDataFrame, at: datetime = NOW, **more: Any) -> Published:
    plan = _review(engine, layer, at)
    return publish_plan(engine, plan.id, plan.version, at=at, **more)


def _add_cases(engine: Engine, layer: gpd.GeoDataFrame, lon: Any, lat: Any) -> None:
    finest = leaves(layer)
    found = locate(build_index(finest, finest["code"]), lon, lat)
    codes = np.append(finest["code"].to_numpy(dtype=object), "")[found]
    points = shapely.points(lon, lat)
    with writing(engine) as connection:
        connection.execute(
            insert(cases),
            [
                {"case_id": f"C{n}", "status": "reported", "grid_now": code, "grid_at_report": code}
                for n, code in enumerate(codes)
            ],
        )
        connection.execute(
            insert(case_places),
            [{"case_id": n + 1, "geometry": point} for n, point in enumerate(points)],
        )
        connection.execute(
            insert(addresses),
            [
                {"address": f"{n}号", "grid_now": code, "geometry": point}
                for n, (code, point) in enumerate(zip(codes, points, strict=True))
            ],
        )


def _state(engine: Engine) -> dict[str, Any]:
    """Everything in the database."""
    with reading(engine) as connection:
        return {
            table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in metadata.sorted_tables
        }


def test_the_first_plan(engine: Engine) -> None:
    done = _publish(engine, _first())
    assert (done.plan.status, done.plan.number, done.plan.valid_from) == ("published", 1, NOW)
    assert done.succession.counts() == {"added": 5, "removed": 0, "changed": 0}
    with reading(engine) as connection:
        assert plan_at(connection).id == done.plan.id
        assert plan_grids(connection, done.plan)["code"].tolist() == ["1", "a", "b", "c", "d"]


def test_the_next_plan_takes_over_and_the_past_can_be_asked(engine: Engine) -> None:
    first = _publish(engine, _first())
    second = _publish(engine, _second(), at=NOW + HOUR)
    assert second.succession.to_dict() == {
        "added": ["e"],
        "removed": ["c"],
        "changed": ["a", "b", "d"],
    }
    assert second.succession.moved == ("a", "b", "c")
    with reading(engine) as connection:
        before, after = (
            plan_grids(connection, plan_at(connection, moment))
            for moment in (NOW + HOUR - timedelta(microseconds=1), NOW + HOUR)
        )
        assert find_plan(connection, first.plan.id).status == "archived"
        # a row that did not change is not written twice
        assert connection.scalar(select(func.count()).where(grids.c.code == "1")) == 1
    assert before["name"].tolist() == ["街道", "甲", "乙", "丙", "丁"]
    assert after["code"].tolist() == ["1", "a", "b", "d", "e"]
    assert shapely.equals_exact(
        before.geometry.to_numpy(), _first().sort_values("code").geometry.to_numpy(), 0
    ).all()


def test_cases_and_addresses_move_with_the_border(engine: Engine) -> None:
    _publish(engine, _first())
    lon = np.array([114.005, 114.01, 114.011, 114.012, 114.015, 114.025, 114.035, 115.0])
    lat = np.full(len(lon), 22.535)
    _add_cases(engine, _first(), lon, lat)
    done = _publish(engine, _second(), at=NOW + HOUR)
    with reading(engine) as connection:
        now = connection.scalars(select(cases.c.grid_now).order_by(cases.c.id)).all()
        then = connection.scalars(select(cases.c.grid_at_report).order_by(cases.c.id)).all()
        homes = connection.scalars(select(addresses.c.grid_now).order_by(addresses.c.id)).all()
        told = connection.execute(select(case_events.c.case_id, case_events.c.detail)).all()
    assert now == ["a", "a", "a", "b", "b", "e", "d", ""]
    assert then == ["a", "b", "b", "b", "b", "c", "d", ""]
    assert homes == now
    assert [(key, row["from"], row["to"]) for key, row in told] == [
        (2, "b", "a"),
        (3, "b", "a"),
        (6, "c", "e"),
    ]
    # the case in d was not read, and those far from the border were not located
    assert (done.moves["cases"].seen, done.moves["cases"].moved) == (7, 3)
    assert done.moves["cases"].again < 7


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    borders=st.lists(st.integers(1, 19), min_size=2, max_size=2),
    points=st.lists(st.tuples(st.integers(-1, 21), st.integers(-1, 3)), min_size=1, max_size=40),
)
def test_the_result_is_that_of_locating_all(
    engine: Engine, borders: list[int], points: list[tuple[int, int]]
) -> None:
    with writing(engine) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    layers = [
        gpd.GeoDataFrame(
            {"code": ["a", "b"], "name": "", "parent": "", "level": 1, "kind": ""},
            geometry=[shapely.box(0, 0, at / 20, 0.1), shapely.box(at / 20, 0, 1, 0.1)],
            crs=4326,
        ).assign(households=None, people=None)
        for at in borders
    ]
    _publish(engine, layers[0])
    lon, lat = np.array(points).T / 20
    with writing(engine) as connection:  # numbers of rows go on after a deletion on PostGIS
        finest = locate(build_index(layers[0], layers[0]["code"]), lon, lat)
        for n, code in enumerate(np.array(["a", "b", ""])[finest]):
            row = {"case_id": str(n), "status": "reported", "grid_now": str(code)}
            key = connection.scalar(insert(cases).values(row).returning(cases.c.id))
            place = {"case_id": key, "geometry": shapely.Point(lon[n], lat[n])}
            connection.execute(insert(case_places).values(place))
    _publish(engine, layers[1], at=NOW + HOUR)
    with reading(engine) as connection:
        now = connection.scalars(select(cases.c.grid_now).order_by(cases.c.id)).all()
    expected = locate(build_index(layers[1], layers[1]["code"]), lon, lat)
    assert now == np.array(["a", "b", ""])[expected].tolist()


def test_a_gap_or_an_overlap_is_refused_whatever_the_reason(engine: Engine) -> None:
    for west in (114.0301, 114.0299):
        layer = _layer(*(row for _at, row in _first().iloc[1:].iterrows()))
        layer.loc[4, "geometry"] = shapely.box(west, 22.53, 114.04, 22.54)
        plan = _review(engine, layer, region=shapely.box(114.0, 22.53, 114.04, 22.54))
        before = _state(engine)
        reasons = dict.fromkeys(("gap", "overlap", "nesting"), "上级已同意")
        with pytest.raises(UnfitPlanError, match="cannot be published") as caught:
            publish_plan(engine, plan.id, plan.version, at=NOW, terms=Terms(reasons=reasons))
        assert caught.value.report is not None
        assert {"gap", "overlap"} & set(caught.value.report.defects["kind"])
        assert _state(engine) == before


def test_an_approved_gap_is_let_pass(engine: Engine) -> None:
    lake = shapely.box(114.03, 22.53, 114.0305, 22.54)
    layer = _first()
    layer.loc[4, "geometry"] = shapely.box(114.0305, 22.53, 114.04, 22.54)
    region = shapely.box(114.0, 22.53, 114.04, 22.54)
    gaps = gpd.GeoDataFrame({"reason": ["湖"]}, geometry=[lake], crs=4326)
    layer.loc[0, "geometry"] = shapely.union_all(layer.geometry.iloc[1:].to_numpy())
    refused = _review(engine, layer, region=region)
    with pytest.raises(UnfitPlanError):
        publish_plan(engine, refused.id, refused.version, at=NOW)
    plan = _review(engine, layer, region=region, gaps=gaps)
    assert publish_plan(engine, plan.id, plan.version, at=NOW).plan.number == 1


def test_the_region_of_the_plan_in_force_must_stay_filled(engine: Engine) -> None:
    region = shapely.box(114.0, 22.53, 114.04, 22.54)
    plan = _review(engine, _first(), region=region)
    publish_plan(engine, plan.id, plan.version, at=NOW)
    less = _first().iloc[1:4]
    with pytest.raises(UnfitPlanError):
        _publish(engine, less, at=NOW + HOUR)


def test_a_rule_is_set_aside_with_a_reason_only(engine: Engine) -> None:
    plan = _review(engine, small_grids().assign(households=3000))
    terms = Terms(profile=builtin_profiles()["city"])
    with pytest.raises(UnfitPlanError, match="breaks rules") as caught:
        publish_plan(engine, plan.id, plan.version, at=NOW, terms=terms)
    assert "households_above" in caught.value.rules
    empty = replace(terms, reasons=dict.fromkeys(caught.value.rules, "  "))
    with pytest.raises(UnfitPlanError):
        publish_plan(engine, plan.id, plan.version, at=NOW, terms=empty)
    excused = replace(terms, reasons=dict.fromkeys(caught.value.rules, "大型小区，不宜拆分"))
    done = publish_plan(engine, plan.id, plan.version, at=NOW, terms=excused)
    assert done.plan.overrides == excused.reasons
    with reading(engine) as connection:
        written = connection.scalar(
            select(audit.c.detail).where(audit.c.action == "plan.published")
        )
    assert written["overrides"] == excused.reasons


def test_a_code_is_never_used_again(engine: Engine) -> None:
    _publish(engine, _first())
    _publish(engine, _second(), at=NOW + HOUR)
    with pytest.raises(InputError, match="The code c was that of the former grid “丙”"):
        _publish(engine, _first(), at=NOW + 2 * HOUR)


def test_only_what_is_in_review_is_published(engine: Engine) -> None:
    draft = add_draft(engine, "方案", _first(), at=NOW)
    with pytest.raises(ConflictError, match="Only a plan in review"):
        publish_plan(engine, draft.id, draft.version, at=NOW)
    plan = submit_draft(engine, draft.id, draft.version, approval="1", at=NOW)
    with pytest.raises(ConflictError, match="changed by somebody else"):
        publish_plan(engine, plan.id, plan.version - 1, at=NOW)
    done = publish_plan(engine, plan.id, plan.version, at=NOW)
    with pytest.raises(ConflictError):  # a double click
        publish_plan(engine, done.plan.id, plan.version, at=NOW)


def test_a_plan_does_not_undo_another_unseen(engine: Engine) -> None:
    _publish(engine, _first())
    late = _review(engine, _first().replace({"name": {"甲": "甲甲"}}), at=NOW)
    _publish(engine, _second(), at=NOW + HOUR)
    with pytest.raises(ConflictError, match="was published after") as caught:
        publish_plan(engine, late.id, late.version, at=NOW + 2 * HOUR)
    changed: Any = caught.value.params["changed"]
    assert (changed["number"], changed["added"], changed["removed"]) == (2, ["e"], ["c"])
    again = add_draft(engine, "方案", _second(), at=NOW + HOUR)
    assert rebase_draft(engine, again.id, again.version, at=NOW).base_number == 2


def test_two_publish_at_once_and_one_wins(engine: Engine) -> None:
    _publish(engine, _first())
    rivals = [
        _review(engine, _second().replace({"name": {"新丁": f"丁{n}"}}), at=NOW) for n in range(4)
    ]

    def publish(plan: PlanRecord) -> Published | ConflictError:
        try:
            return publish_plan(engine, plan.id, plan.version, at=NOW + HOUR)
        except ConflictError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(publish, rivals))
    won = [outcome for outcome in outcomes if isinstance(outcome, Published)]
    assert len(won) == 1
    with reading(engine) as connection:
        in_force = plan_at(connection)
        assert in_force.id == won[0].plan.id
        assert len(plan_grids(connection, in_force)) == 5
        asked = select(func.count()).where(audit.c.action == "plan.published")
        assert connection.scalar(asked) == 2


def test_a_clock_that_was_set_back_is_said(engine: Engine) -> None:
    _publish(engine, _first())
    plan = _review(engine, _second())
    before = _state(engine)
    with pytest.raises(StoreError, match="The clock of this computer"):
        publish_plan(engine, plan.id, plan.version, at=NOW - HOUR)
    assert _state(engine) == before
    assert publish_plan(engine, plan.id, plan.version, at=NOW + HOUR).plan.number == 2


def test_what_fails_half_way_leaves_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(engine, _first())
    plan = _review(engine, _second())
    before = _state(engine)

    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("geogrid.store.publish.note", fail)
    with pytest.raises(RuntimeError):
        publish_plan(engine, plan.id, plan.version, at=NOW + HOUR)
    assert _state(engine) == before


def test_a_plan_of_many_levels(engine: Engine) -> None:
    done = _publish(engine, small_grids())
    renamed = small_grids().replace({"name": {"甲一网格": "甲一新网格"}})
    with writing(engine) as connection:  # no case is read when only a name changes
        row = {"case_id": "1", "status": "reported", "grid_now": "111"}
        connection.execute(insert(cases).values(row))
        place = {"case_id": 1, "geometry": shapely.Point(114.005, 22.535)}
        connection.execute(insert(case_places).values(place))
    again = _publish(engine, renamed, at=NOW + HOUR)
    assert done.succession.counts()["added"] == 6
    assert (again.succession.changed, again.succession.moved) == (("111",), ())
    assert again.moves["cases"].seen == 0


def test_a_published_plan_stays_as_it_is(engine: Engine) -> None:
    done = _publish(engine, _first())
    with pytest.raises(IntegrityError, match="never changed"), writing(engine) as connection:
        connection.execute(update(grids).where(grids.c.code == "a").values(name="改"))
    with reading(engine) as connection:
        assert plan_grids(connection, done.plan)["name"].tolist()[1] == "甲"
