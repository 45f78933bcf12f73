"""Who is limited to a grid that a plan removes sees the same ground as before, and no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from geogrid.store.accounts import add_user
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit
from geogrid.store.limits import STRAY, follow_limits
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.users import user_named

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
Column = tuple[str, float, float]


def layer(*communities: tuple[Column, ...]) -> gpd.GeoDataFrame:
    """Return street 1 of communities, each followed by the grids in it: code, begin and end."""
    rows = [("1", "", 1, 0.0, max(end for each in communities for _c, _b, end in each))]
    for (code, *ends), *inside in communities:
        rows.append((code, "1", 2, *ends))
        rows += [(each, code, 3, *edges) for each, *edges in inside]
    frame = pd.DataFrame(
        [(code, f"{code}网格", parent, level) for code, parent, level, _b, _e in rows],
        columns=["code", "name", "parent", "level"],
    ).assign(kind="community", households=300, people=800)
    shapes = [shapely.box(114 + b / 100, 22.53, 114 + e / 100, 22.54) for *_r, b, e in rows]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


OLD = layer(
    (("A", 0, 2), ("a1", 0, 1), ("a2", 1, 2)),
    (("B", 2, 4), ("b1", 2, 3), ("b2", 3, 4)),
)
SPLIT = layer(
    (("A", 0, 2), ("a1", 0, 1), ("x", 1, 1.3), ("y", 1.3, 2)),
    (("B", 2, 4), ("b1", 2, 3), ("b2", 3, 4)),
)
MERGED = layer((("A", 0, 2), ("x", 0, 2)), (("B", 2, 4), ("b1", 2, 3), ("b2", 3, 4)))
ABSORBED = layer((("A", 0, 2), ("a1", 0, 2)), (("B", 2, 4), ("b1", 2, 3), ("b2", 3, 4)))
ONE = layer((("C", 0, 4), ("a1", 0, 1), ("a2", 1, 2), ("b1", 2, 3), ("b2", 3, 4)))
RENUMBERED = layer(
    (("A", 0, 2), ("a1", 0, 1), ("x", 1, 2.02)),
    (("B", 2, 4), ("b1", 2.02, 3), ("b2", 3, 4)),
)
FLAT = layer((("A", 0, 2),), (("B", 2, 4), ("b1", 2, 3), ("b2", 3, 4)))


@pytest.mark.parametrize(
    ("new", "scope", "after"),
    [
        (SPLIT, {"a2"}, {"x", "y"}),
        (SPLIT, {"A", "a2"}, {"A"}),  # they are below it anyway
        (SPLIT, {"b1"}, {"b1"}),
        (RENUMBERED, {"a2"}, {"x"}),  # its border moved a little
        # of merged grids only who saw all of them sees the whole
        (MERGED, {"a1"}, {"a1"}),
        (MERGED, {"a1", "b2"}, {"a1", "b2"}),
        (MERGED, {"a1", "a2"}, {"x"}),
        (ABSORBED, {"a2"}, {"a2"}),
        (ABSORBED, {"a1", "a2"}, {"a1"}),
        # communities that are one now: the grids in them are what they were
        (ONE, {"A"}, {"a1", "a2"}),
        (ONE, {"A", "b2"}, {"a1", "a2", "b2"}),
        (ONE, {"A", "B"}, {"C"}),
        (FLAT, {"a1", "a2"}, {"a1", "a2"}),  # the level is given up: nobody is moved up
        (MERGED, {"a1", "old"}, {"a1", "old"}),
    ],
)
def test_which_limits_take_the_place_of_others(
    new: gpd.GeoDataFrame, scope: Collection[str], after: Collection[str]
) -> None:
    removed = set(OLD["code"]) - set(new["code"])
    assert follow_limits(scope, OLD, new, set(scope) & removed) == frozenset(after)


def columns(borders: list[int], prefix: str) -> gpd.GeoDataFrame:
    edges = [0, *sorted(borders), 40]
    grids = [(f"{prefix}{at}", *ends) for at, ends in enumerate(pairwise(edges))]
    return layer((("A", 0, 40), *grids))


BORDERS = st.lists(st.integers(1, 39), min_size=1, max_size=6, unique=True)


@given(BORDERS, BORDERS, st.data())
def test_nobody_sees_more_and_what_is_left_out_is_said(
    old_borders: list[int], new_borders: list[int], data: st.DataObject
) -> None:
    old, new = columns(old_borders, "a"), columns(new_borders, "b")
    codes = sorted(set(old["code"]) - {"1", "A"})
    scope = data.draw(st.sets(st.sampled_from(codes), min_size=1))
    after = follow_limits(scope, old, new, scope)
    before = old[old["code"].isin(scope)].union_all()
    seen = new[new["code"].isin(after)]
    assert after  # without limits one would see everything
    for shape in seen.geometry:
        assert shape.difference(before).area <= STRAY * shape.area * (1 + 1e-9)
    for code, shape in zip(old["code"], old.geometry, strict=True):
        if code in scope - after:
            assert shape.difference(seen.union_all()).area <= STRAY * shape.area * (1 + 1e-9)
    whole = [code for code, shape in zip(new["code"], new.geometry, strict=True)
             if code not in "1A" and shape.difference(before).area == 0]  # fmt: skip
    assert set(whole) <= after


def publish(engine: Engine, grids: gpd.GeoDataFrame, at: datetime) -> None:
    plan = add_draft(engine, "方案", grids, at=at)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=at)
    publish_plan(engine, plan.id, plan.version, at=at)


def test_limits_move_with_the_plan_and_the_log_says_so(engine: Engine) -> None:
    publish(engine, OLD, NOW)
    limits = {"root": [], "one": ["A"], "both": ["A", "B"], "leaf": ["a1"], "stale": ["gone"]}
    for name, scope in limits.items():
        role = "worker" if scope else "admin"
        add_user(engine, name, "three-unlike-herons", role=role, scope=scope, at=NOW, by="test")
    publish(engine, layer((("C", 0, 4), ("a1", 0, 1), ("d", 1, 4))), LATER)
    after = {name: set(user_named(engine, name).scope) for name in limits}
    assert after == {
        "root": set(),
        "one": {"A", "a1"},
        "both": {"C"},
        "leaf": {"a1"},
        "stale": {"gone"},
    }
    with reading(engine) as connection:
        told = connection.execute(
            select(audit.c.subject_id, audit.c.detail)
            .where(audit.c.action == "user.limits_moved")
            .order_by(audit.c.id)
        ).all()
        published = connection.scalars(
            select(audit.c.detail).where(audit.c.action == "plan.published").order_by(audit.c.id)
        ).all()[-1]
    ids = {name: str(user_named(engine, name).id) for name in limits}
    assert [tuple(row) for row in told] == [
        (ids["one"], {"scope": [["A"], ["A", "a1"]], "left": ["A"]}),
        (ids["both"], {"scope": [["A", "B"], ["C"]], "left": []}),
    ]
    assert published["limits_moved"] == 2
