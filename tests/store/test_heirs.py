"""People stay with the places they know when grids are split, merged or numbered anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import audit
from geogrid.store.heirs import find_heirs
from geogrid.store.people import posts_at, who_answers
from geogrid.store.plan_tables import keep_tables, table_rows
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.rosters import keep_roster
from geogrid.store.tenures import end_post

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
INSTANT = timedelta(microseconds=1)


def layer(*columns: tuple[str, float, float]) -> gpd.GeoDataFrame:
    """A street "1" of columns: code, and where it begins and ends in hundredths of a degree."""
    ends = [end for _code, _begin, end in columns]
    rows = [("1", "", 1, 0.0, max(ends)), *((code, "1", 2, *ends) for code, *ends in columns)]
    frame = pd.DataFrame(
        [(code, f"{code}网格", parent, level) for code, parent, level, _b, _e in rows],
        columns=["code", "name", "parent", "level"],
    ).assign(kind="community", households=300, people=800)
    shapes = [shapely.box(114 + b / 100, 22.53, 114 + e / 100, 22.54) for *_r, b, e in rows]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


def publish(engine: Engine, grids: gpd.GeoDataFrame, at: datetime) -> None:
    plan = add_draft(engine, "方案", grids, at=at)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=at)
    publish_plan(engine, plan.id, plan.version, at=at)


OLD = layer(("a", 0, 1), ("b", 1, 2), ("c", 2, 3), ("d", 3, 4))


@pytest.mark.parametrize(
    ("new", "heirs"),
    [
        (layer(("a", 0, 1), ("b", 1, 2), ("x", 2, 3), ("d", 3, 4)), {"c": ("x",)}),
        (layer(("a", 0, 1), ("b", 1, 2), ("x", 2, 2.4), ("y", 2.4, 3), ("d", 3, 4)),
         {"c": ("y", "x")}),
        (layer(("x", 0, 2), ("c", 2, 3), ("d", 3, 4)), {"a": ("x",), "b": ("x",)}),
        (layer(("a", 0, 2), ("c", 2, 3), ("d", 3, 4)), {"b": ("a",)}),
        # most of c goes to d, and what is left of it is new: the people of c know both
        (layer(("a", 0, 1), ("b", 1, 2), ("x", 2, 2.1), ("d", 2.1, 4)), {"c": ("d", "x")}),
        # b takes a part of c without becoming its heir
        (layer(("a", 0, 1), ("b", 1, 2.3), ("x", 2.3, 3), ("d", 3, 4)), {"c": ("x",)}),
        (layer(("a", 0, 1), ("b", 1, 2), ("c", 2, 3)), {"d": ()}),
        (OLD, {}),
    ],
    ids=[
        "renumbered", "split", "merged", "absorbed", "mostly-absorbed", "reshaped", "gone", "same",
    ],
)  # fmt: skip
def test_which_grids_take_the_place_of_another(
    new: gpd.GeoDataFrame, heirs: dict[str, tuple[str, ...]]
) -> None:
    removed = set(OLD["code"]) - set(new["code"])
    assert find_heirs(OLD, new, removed) == heirs


def test_a_level_that_is_given_up_goes_to_the_one_above() -> None:
    new = OLD[OLD["level"] == 1]
    assert find_heirs(OLD, new, {"a", "d"}) == {"a": ("1",), "d": ("1",)}


@given(
    st.lists(st.integers(1, 39), min_size=1, max_size=6, unique=True),
    st.lists(st.integers(1, 39), min_size=1, max_size=6, unique=True),
)
def test_whose_ground_is_still_governed_has_an_heir_there(
    old_borders: list[int], new_borders: list[int]
) -> None:
    def columns(borders: list[int], prefix: str) -> gpd.GeoDataFrame:
        edges = [0, *sorted(borders), 40]
        return layer(*((f"{prefix}{n}", *ends) for n, ends in enumerate(pairwise(edges))))

    old, new = columns(old_borders, "a"), columns(new_borders, "b")
    shapes = new.set_index("code").geometry
    for code, heirs in find_heirs(old, new, set(old["code"]) - {"1"}).items():
        own = old.set_index("code").geometry[code]
        shared = [shapes[heir].intersection(own).area for heir in heirs]
        assert heirs
        assert len(set(heirs)) == len(heirs)
        assert "1" not in heirs
        most = max(shapes[each].intersection(own).area for each in shapes.index if each != "1")
        assert shared[0] == pytest.approx(most)
        for heir, area in zip(heirs[1:], shared[1:], strict=True):
            assert area > 0.5 * shapes[heir].area


def staffed(engine: Engine) -> None:
    rows = [
        ("a", "leader", "书记", "0"), ("b", "leader", "书记", "0"), ("b", "full_time", "乙", "2"),
        ("c", "full_time", "丙", "3"), ("d", "full_time", "", ""), ("1", "leader", "街长", "9"),
    ]  # fmt: skip
    publish(engine, OLD, NOW)
    roster = pd.DataFrame(rows, columns=["grid", "post", "holder", "phone"])
    keep_roster(engine, roster.assign(deputy=["", "", "", "", "丁副", ""]), at=NOW, by="test")


def first(engine: Engine, where: str | tuple[float, float], at: datetime) -> str:
    with reading(engine) as connection:
        return who_answers(connection, where, at=at).first.name


def test_people_survive_a_split_and_a_merger(engine: Engine) -> None:
    """a and b become x, c becomes y and z, d is numbered anew."""
    staffed(engine)
    new = layer(("x", 0, 2), ("y", 2, 2.5), ("z", 2.5, 3), ("e", 3, 4))
    homes = [(114.001, 22.535), (114.015, 22.535), (114.021, 22.535), (114.029, 22.535),
             (114.035, 22.535)]  # fmt: skip
    before = [first(engine, home, NOW) for home in homes]
    publish(engine, new, LATER)
    after = [first(engine, home, LATER) for home in homes]
    assert before == ["书记", "乙", "丙", "丙", "丁副"]
    assert after == ["乙", "乙", "丙", "丙", "丁副"]
    assert [first(engine, home, LATER - INSTANT) for home in homes] == before
    assert [first(engine, code, NOW) for code in "abcd"] == ["书记", "乙", "丙", "丁副"]
    with reading(engine) as connection:
        old, now = posts_at(connection, LATER - INSTANT), posts_at(connection, LATER)
        told = connection.scalars(
            select(audit.c.detail).where(audit.c.action == "plan.published").order_by(audit.c.id)
        ).all()[-1]
    listed = now[["grid", "post", "holder", "deputy"]].itertuples(index=False, name=None)
    assert sorted(listed) == [
        ("1", "leader", "街长", ""),
        ("e", "full_time", "", "丁副"),
        ("x", "full_time", "乙", ""),
        ("x", "leader", "书记", ""),  # led both: once
        ("y", "full_time", "丙", ""),
        ("z", "full_time", "丙", ""),
    ]
    assert set(old["holder"]) | set(old["deputy"]) == set(now["holder"]) | set(now["deputy"])
    assert now["post_id"].is_unique
    kept = dict(zip(old["post_id"], old["holder"], strict=True))
    assert all(kept.get(row.post_id, row.holder) == row.holder for row in now.itertuples())
    assert (told["posts_moved"], told["posts_ended"]) == (5, 0)


def test_people_of_ground_that_is_given_up_end(engine: Engine) -> None:
    staffed(engine)
    publish(engine, layer(("a", 0, 1), ("b", 1, 2), ("c", 2, 3)), LATER)
    with reading(engine) as connection:
        assert "d" not in set(posts_at(connection, LATER)["grid"])
        assert len(posts_at(connection, LATER)) == 5


def test_a_term_that_ends_later_still_does(engine: Engine) -> None:
    staffed(engine)
    with reading(engine) as connection:
        before = posts_at(connection, NOW)
    assert before["valid_until"].isna().all()
    post = before.set_index("grid")["post_id"]["c"]
    end_post(engine, post, ends=LATER + timedelta(days=5), at=NOW, by="test")
    publish(engine, layer(("a", 0, 1), ("b", 1, 2), ("x", 2, 3), ("d", 3, 4)), LATER)
    assert first(engine, "x", LATER + timedelta(days=4)) == "丙"
    assert first(engine, "x", LATER + timedelta(days=5)) == "街长"


def test_a_roster_that_comes_with_the_plan_goes_on_from_what_was_handed_on(engine: Engine) -> None:
    staffed(engine)
    plan = add_draft(engine, "方案", layer(("x", 0, 2), ("c", 2, 3), ("d", 3, 4)), at=LATER)
    rows = [
        ("x", "full_time", "乙", "2"),
        ("x", "leader", "新长", "5"),
        ("c", "full_time", "丙", "3"),
    ]
    roster = pd.DataFrame(rows, columns=["grid", "post", "holder", "phone"])
    with writing(engine) as connection:
        keep_tables(connection, plan.id, table_rows({"posts": roster}))
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=LATER)
    publish_plan(engine, plan.id, plan.version, at=LATER)
    with reading(engine) as connection:
        old, now = posts_at(connection, LATER - INSTANT), posts_at(connection, LATER)
    before = dict(zip(old["holder"], old["post_id"], strict=True))
    after = dict(zip(now["holder"], now["post_id"], strict=True))
    assert set(after) == {"乙", "新长", "丙"}
    assert (after["乙"], after["丙"]) == (before["乙"], before["丙"])
    assert now.set_index("holder")["valid_from"].to_dict() == {
        "乙": LATER, "新长": LATER, "丙": NOW,
    }  # fmt: skip
