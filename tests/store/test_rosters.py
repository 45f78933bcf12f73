"""Rosters taken over again and again: only what differs changes, and the past stays known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from geogrid.errors import FieldError
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import audit, people, posts
from geogrid.store.errors import StoreError
from geogrid.store.people import posts_at
from geogrid.store.rosters import RosterChange, keep_roster

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = ["grid", "post", "holder", "phone", "deputy", "deputy_phone"]


def roster(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([(*row, *[""] * (6 - len(row))) for row in rows], columns=NAMES)


def keep(engine: Engine, *rows: tuple[str, ...], day: int = 0) -> RosterChange:
    return keep_roster(engine, roster(*rows), at=NOW + day * DAY, by="test")


def held(engine: Engine, day: float = 0) -> list[tuple[str, ...]]:
    with reading(engine) as connection:
        found = posts_at(connection, NOW + day * DAY)
    return sorted(found[["post_id", *NAMES]].itertuples(index=False, name=None))


def persons(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(select(people.c.name, people.c.phone)).all()
    return sorted(tuple(row) for row in rows)


def test_a_roster_comes_back(engine: Engine) -> None:
    rows = [("111", "full_time", "甲", "1", "乙", "2"), ("112", "巡防员", "", "9")]
    assert keep(engine, *rows) == RosterChange(0, 0, 2, 0)
    assert held(engine) == [
        ("P00001", "111", "full_time", "甲", "1", "乙", "2"),
        ("P00002", "112", "巡防员", "", "9", "", ""),  # the phone of the post
    ]
    assert held(engine, -1) == []
    with reading(engine) as connection:
        told = connection.execute(select(audit.c.action, audit.c.actor, audit.c.detail)).one()
    assert told == ("roster.kept", "test", {"kept": 0, "changed": 0, "opened": 2, "ended": 0})


def test_the_same_again_changes_nothing(engine: Engine) -> None:
    rows = [("111", "full_time", "甲", "1", "乙", "2"), ("112", "leader", "甲", "1"), ("12", "x")]
    keep(engine, *rows)
    before = held(engine)
    assert keep(engine, *rows[::-1], day=1) == RosterChange(3, 0, 0, 0)
    assert held(engine, 1) == before
    assert persons(engine) == [("乙", "2"), ("甲", "1")]
    with reading(engine) as connection:
        assert len(connection.execute(select(posts)).all()) == 3


def test_a_post_keeps_its_id_when_its_people_change(engine: Engine) -> None:
    keep(engine, ("111", "full_time", "甲"), ("111", "full_time", "乙"), ("112", "leader", "丙"))
    change = keep(engine, ("111", "full_time", "丁"), ("111", "full_time", "甲"), day=5)
    assert change == RosterChange(kept=1, changed=1, opened=0, ended=1)
    assert [row[:4] for row in held(engine, 4.9)] == [
        ("P00001", "111", "full_time", "甲"),
        ("P00002", "111", "full_time", "乙"),
        ("P00003", "112", "leader", "丙"),
    ]
    assert [row[:4] for row in held(engine, 5)] == [
        ("P00001", "111", "full_time", "甲"),
        ("P00002", "111", "full_time", "丁"),
    ]
    keep(engine, ("112", "leader", "丙"), day=6)
    assert [row[0] for row in held(engine, 6)] == ["P00004"]  # an id is never used again


def test_a_new_phone_is_no_new_person(engine: Engine) -> None:
    keep(engine, ("111", "full_time", "甲", "1"), ("112", "full_time", "甲", "7"))
    keep(engine, ("111", "full_time", "甲", "2"), ("112", "full_time", "甲", "7"), day=1)
    assert persons(engine) == [("甲", "2"), ("甲", "7")]
    assert keep(
        engine, ("111", "full_time", "甲", ""), ("112", "full_time", "甲", "7"), day=2
    ) == RosterChange(2, 0, 0, 0)
    assert persons(engine) == [("甲", "2"), ("甲", "7")]


def test_a_deputy_named_without_a_phone_is_who_we_know(engine: Engine) -> None:
    rows = [("111", "full_time", "甲", "1", "乙", "2"), ("112", "full_time", "乙", "2", "甲", "1")]
    keep(engine, *rows)
    plain = [(*row[:5], "") for row in rows]
    assert keep(engine, *plain, day=1) == RosterChange(2, 0, 0, 0)
    assert persons(engine) == [("乙", "2"), ("甲", "1")]
    assert [row[6] for row in held(engine, 1)] == ["2", "1"]


def test_somebody_of_the_same_name_elsewhere_is_somebody_else(engine: Engine) -> None:
    keep(engine, ("111", "full_time", "甲", "1"))
    keep(engine, ("111", "full_time", "甲", "1"), ("112", "full_time", "甲", "2"), day=1)
    assert persons(engine) == [("甲", "1"), ("甲", "2")]


def test_one_with_two_new_phones_is_two(engine: Engine) -> None:
    keep(engine, ("111", "full_time", "甲", "1"), ("112", "full_time", "甲", "1"))
    keep(engine, ("111", "full_time", "甲", "2"), ("112", "full_time", "甲", "3"), day=1)
    assert persons(engine) == [("甲", "2"), ("甲", "3")]
    assert [row[4] for row in held(engine, 1)] == ["2", "3"]


def test_a_remark_is_no_change_of_people(engine: Engine) -> None:
    rows = roster(("111", "full_time", "甲"), ("112", "leader", "乙"))
    keep_roster(engine, rows.assign(备注=["一", "二"]), at=NOW, by="test")
    change = keep_roster(engine, rows.assign(备注=["一", "三"]), at=NOW + DAY, by="test")
    assert change == RosterChange(2, 0, 0, 0)
    with reading(engine) as connection:
        found = posts_at(connection, NOW + DAY)
    assert found["more"].tolist() == [{"备注": "一"}, {"备注": "三"}]
    assert found["valid_from"].tolist() == [NOW, NOW]


def test_ids_of_the_list_are_kept_where_nobody_had_them(engine: Engine) -> None:
    rows = roster(("111", "full_time", "甲"), ("112", "leader", "乙"), ("12", "leader", "丙"))
    keep_roster(engine, rows.assign(post_id=["P7", "P7", "岗-3"]), at=NOW, by="test")
    assert [row[0] for row in held(engine)] == ["P00008", "P7", "岗-3"]


def test_a_clock_that_runs_behind_changes_nothing(engine: Engine) -> None:
    keep(engine, ("111", "full_time", "甲"))
    with pytest.raises(StoreError, match="Set the clock"):
        keep(engine, ("111", "full_time", "乙"), day=-1)
    assert held(engine, 0)[0][3] == "甲"


def test_twice_at_one_moment_the_second_counts(engine: Engine) -> None:
    keep(engine, ("111", "full_time", "甲"))
    keep(engine, ("111", "full_time", "乙"))
    assert [row[3] for row in held(engine)] == ["乙"]


@pytest.mark.parametrize(("at", "longest"), [(0, 64), (2, 120), (3, 200)])
def test_a_text_that_is_too_long_is_named(engine: Engine, at: int, longest: int) -> None:
    row = ["111", "leader", "甲", "1"]
    long = [*row[:at], "长" * 201, *row[at + 1 :]]
    with pytest.raises(FieldError, match=f"“长{{40}}…” is longer than {longest} "):
        keep(engine, tuple(row), tuple(long))
    assert persons(engine) == []


def test_a_post_is_held_once_at_a_time(engine: Engine) -> None:
    row = {"post_id": "P1", "grid": "111", "post": "leader"}
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(posts), [row, row])


ROW = st.tuples(
    st.sampled_from(["1", "2"]),
    st.sampled_from(["full_time", "leader"]),
    st.sampled_from(["", "甲", "乙"]),
    st.sampled_from(["", "5", "6"]),
    st.sampled_from(["", "甲", "丙"]),
    st.sampled_from(["", "5"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.lists(ROW, max_size=5), min_size=1, max_size=4))
def test_what_was_kept_is_what_holds_on_every_day(
    engine: Engine, rosters: list[list[tuple[str, ...]]]
) -> None:
    with writing(engine) as connection:
        for table in (posts, people):
            connection.execute(delete(table))
    for day, rows in enumerate(rosters):
        keep(engine, *rows, day=day)
    for day, rows in enumerate(rosters):
        assert _who(held(engine, day)) == _who([("", *row) for row in rows])
        ids = [row[0] for row in held(engine, day)]
        assert len(set(ids)) == len(ids)


def _who(rows: Any) -> list[tuple[str, ...]]:
    """Grid, post and names: phones may be learned later."""
    return sorted((row[1], row[2], row[3], row[5]) for row in rows)
