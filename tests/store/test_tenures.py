"""Posts opened, changed and ended: dates in order, one holder at a time, all in the audit log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from small_plan import grids as small_grids
from sqlalchemy import Engine, select

from geogrid.errors import FieldError, InputError
from geogrid.store import PlanMissingError
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit, people
from geogrid.store.errors import ConflictError
from geogrid.store.people import posts_at
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.tenures import (
    Person,
    Tenure,
    change_post,
    end_post,
    last_tenure,
    open_post,
    tenures_of,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WANG = Person("王", "1")


@pytest.fixture
def place(engine: Engine) -> Engine:
    """The hand-drawn plan without posts."""
    plan = add_draft(engine, "方案", small_grids(), at=NOW)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=NOW)
    publish_plan(engine, plan.id, plan.version, at=NOW)
    return engine


def start(engine: Engine, held: Tenure, grid: str = "111", post: str = "leader") -> str:
    return open_post(engine, grid, post, held, at=NOW + DAY, by="test")


def holders(engine: Engine, at: datetime) -> list[str]:
    with reading(engine) as connection:
        return posts_at(connection, at, ["111"])["holder"].tolist()


def test_a_post_at_every_level_and_several_for_one_person(place: Engine) -> None:
    ids = [start(place, Tenure(WANG), grid) for grid in ("1", "11", "111", "121")]
    assert ids == ["P00001", "P00002", "P00003", "P00004"]
    with reading(place) as connection:
        assert posts_at(connection, NOW + DAY)["grid"].tolist() == ["1", "11", "111", "121"]
        assert connection.scalars(select(people.c.name)).all() == ["王"]
        assert connection.scalars(select(audit.c.action)).all()[-4:] == ["post.opened"] * 4


def test_dates_are_half_open(place: Engine) -> None:
    start(place, Tenure(WANG, begins=NOW, ends=NOW + 3 * DAY))
    instant = timedelta(microseconds=1)
    moments = (NOW - instant, NOW, NOW + 3 * DAY - instant, NOW + 3 * DAY)
    assert [holders(place, at) for at in moments] == [[], ["王"], ["王"], []]


def test_dates_must_be_in_order(place: Engine) -> None:
    with pytest.raises(InputError, match="cannot begin in the future"):
        start(place, Tenure(WANG, begins=NOW + 2 * DAY))
    for ends in (NOW, NOW + DAY):
        with pytest.raises(InputError, match="must end after it begins"):
            start(place, Tenure(WANG, begins=NOW + DAY, ends=ends))
    with pytest.raises(PlanMissingError):
        start(place, Tenure(WANG, begins=NOW - DAY))
    with reading(place) as connection:
        assert len(posts_at(connection, NOW + DAY)) == 0


@pytest.mark.parametrize(
    ("held", "post", "field"),
    [
        (Tenure(), " ", "post"),
        (Tenure(), "长" * 65, "post"),
        (Tenure(Person(" ")), "leader", "name"),
        (Tenure(deputy=Person("长" * 121)), "leader", "name"),
        (Tenure(Person("王", "1" * 201)), "leader", "phone"),
    ],
)
def test_texts_have_limits(place: Engine, held: Tenure, post: str, field: str) -> None:
    with pytest.raises(FieldError, match=f"“{field}” must have 1 to"):
        start(place, held, post=post)


def test_an_unknown_grid_or_post_is_said(place: Engine) -> None:
    with pytest.raises(InputError, match="has no grid 999"):
        start(place, Tenure(WANG), "999")
    with pytest.raises(InputError, match="There is no post P9"):
        change_post(place, "P9", Tenure(WANG), at=NOW, by="test")
    with pytest.raises(InputError, match="There is no post P9"):
        end_post(place, "P9", ends=NOW, at=NOW, by="test")


def test_what_was_changed_later_is_not_changed_before(place: Engine) -> None:
    post = start(place, Tenure(WANG, begins=NOW))
    change_post(place, post, Tenure(Person("李")), at=NOW + 5 * DAY, by="test")
    for begins in (NOW + DAY, NOW + 5 * DAY):
        with pytest.raises(InputError, match="was changed at that moment or later"):
            change_post(place, post, Tenure(WANG, begins=begins), at=NOW + 6 * DAY, by="test")
        with pytest.raises(InputError, match="was changed at that moment or later"):
            end_post(place, post, ends=begins, at=NOW + 6 * DAY, by="test")
    assert holders(place, NOW + DAY) == ["王"]
    assert holders(place, NOW + 6 * DAY) == ["李"]


def test_a_term_that_is_to_end_may_be_filled_again(place: Engine) -> None:
    post = start(place, Tenure(WANG, ends=NOW + 10 * DAY))
    end_post(place, post, ends=NOW + 8 * DAY, at=NOW + 2 * DAY, by="test")
    assert holders(place, NOW + 9 * DAY) == []
    with pytest.raises(InputError, match="There is no post"):
        change_post(place, post, Tenure(WANG), at=NOW + 9 * DAY, by="test")
    assert start(place, Tenure(Person("李"))) == "P00002"


def test_a_post_does_not_go_on_in_a_grid_that_is_no_more(place: Engine) -> None:
    layer = small_grids()
    layer["code"] = layer["code"].replace("111", "119")
    removed = NOW + 10 * DAY
    plan = add_draft(place, "新方案", layer, at=removed)
    plan = submit_draft(place, plan.id, plan.version, approval="批2", at=removed)
    publish_plan(place, plan.id, plan.version, at=removed)
    now = NOW + 20 * DAY
    with pytest.raises(InputError, match="“新方案” has no grid 111"):
        open_post(place, "111", "leader", Tenure(WANG, begins=NOW), at=now, by="test")
    term = Tenure(WANG, begins=NOW, ends=NOW + 5 * DAY)
    post = open_post(place, "111", "leader", term, at=now, by="test")
    assert holders(place, NOW + 4 * DAY) == ["王"]
    with pytest.raises(InputError, match="has no grid 111"):
        change_post(place, post, Tenure(WANG, begins=NOW + DAY), at=now, by="test")
    assert holders(place, now) == []


def test_one_at_a_time(place: Engine) -> None:
    def start_one(number: int) -> str:
        return start(place, Tenure(Person(f"甲{number}")))

    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(start_one, range(12)))
    assert sorted(ids) == [f"P{number:05d}" for number in range(1, 13)]
    assert len(holders(place, NOW + DAY)) == 12


def test_a_change_is_based_on_what_was_seen(place: Engine) -> None:
    post = start(place, Tenure(WANG))
    with reading(place) as connection:
        seen = last_tenure(connection, post).id

    def give(name: str, number: int) -> None:
        held = Tenure(Person(name))
        change_post(place, post, held, at=NOW + (2 + number) * DAY, by="test", seen=seen)

    give("李", 0)
    give("李", 1)  # a second click
    with pytest.raises(ConflictError) as caught:
        give("赵", 2)
    assert caught.value.params["changed"] == {"post": post, "holder": "李"}
    with pytest.raises(ConflictError):
        end_post(place, post, ends=NOW + 9 * DAY, at=NOW + 3 * DAY, by="test", seen=seen)
    with reading(place) as connection:
        assert [row.holder for row in tenures_of(connection, post)] == ["王", "李"]
        assert tenures_of(connection, "none\0") == []


def test_of_two_planners_one_is_told(place: Engine) -> None:
    post = start(place, Tenure(WANG))
    with reading(place) as connection:
        seen = last_tenure(connection, post).id

    def give(number: int) -> str:
        try:
            held = Tenure(Person(f"甲{number}"))
            change_post(place, post, held, at=NOW + 2 * DAY, by="test", seen=seen)
        except ConflictError:
            return "told"
        return f"甲{number}"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(give, range(4)))
    assert sorted(said)[:3] == ["told"] * 3
    assert holders(place, NOW + 3 * DAY) == [sorted(said)[3]]


def test_the_same_id_is_the_same_post(place: Engine) -> None:
    def start_one(_number: int) -> str:
        held = Tenure(WANG)
        return open_post(place, "111", "leader", held, at=NOW + DAY, by="test", post_id="N1")

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(start_one, range(6))) == {"N1"}
    assert holders(place, NOW + DAY) == ["王"]


def test_a_new_phone_of_somebody_who_stays(place: Engine) -> None:
    post = start(place, Tenure(WANG, deputy=Person("李")))
    other = start(place, Tenure(WANG), "112")
    held = Tenure(Person("王", "9"), deputy=Person("李"))
    change_post(place, post, held, at=NOW + 2 * DAY, by="test")
    with reading(place) as connection:
        assert [last_tenure(connection, one).phone for one in (post, other)] == ["9", "9"]
        assert len(tenures_of(connection, post)) == 1
