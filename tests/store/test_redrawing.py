"""Drafts redrawn on either database: nothing is lost, all who look see the same."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redraw_drafts import (
    NOW,
    do,
    in_memory,
    kept,
    new_draft,
    require_counted,
    seen_now,
    small_units,
    version,
)
from redraw_operations import random_operation
from redraw_plans import at, draft, path, plan, require_seamless, same_frames
from sqlalchemy import Engine, select

from geogrid.coverage import check_coverage
from geogrid.errors import InputError
from geogrid.exchange import export_plan, import_plan
from geogrid.redraw import (
    RedrawError,
    approve_gap,
    build_graph,
    change_parent,
    give_grids,
    graph_bytes,
    graph_frame,
    graph_from_bytes,
    graph_gaps,
    merge,
    move_vertex,
    rename,
    replay,
    split,
)
from geogrid.store import Workspace, load_plan, save_plan
from geogrid.store.accounts import add_user
from geogrid.store.anew import draft_of_plan
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import audit, draft_snapshots
from geogrid.store.drafting import copy_draft, prepare_draft, write_draft
from geogrid.store.errors import ConflictError
from geogrid.store.office_data import prepare_data, write_data
from geogrid.store.plans import (
    count_grids,
    find_plan,
    list_plans,
    plan_grids,
    submit_draft,
    withdraw_draft,
)
from geogrid.store.publish import plan_region, publish_plan
from geogrid.store.redrawing import desk
from geogrid.store.redrawing.desk import (
    RedrawConflictError,
    Who,
    operate,
    redo,
    undo,
)
from geogrid.store.redrawing.locks import LockedError, set_locks
from geogrid.store.redrawing.opened import open_draft
from geogrid.store.redrawing.tally import HOMES, STAFF


def test_an_operation_is_kept_and_everybody_sees_it(engine: Engine) -> None:
    mine = new_draft(engine)
    line = path((-1, 0.5), (2, 0.5))
    assert do(engine, mine, lambda graph: split(graph, "11001", line)) == 2
    graph = draft()
    expected = split(graph, "11001", line)

    replay(graph, expected)
    with reading(engine) as connection:
        record = find_plan(connection, mine)
        assert same_frames(plan_grids(connection, record), graph_frame(graph))
        assert count_grids(connection, record) == 9
        asked = select(audit.c.action).where(audit.c.subject == "plan").order_by(audit.c.id)
        assert connection.scalars(asked).all() == ["plan.drafted", "plan.redrawn"]


def test_trying_leaves_nothing(engine: Engine) -> None:
    mine = new_draft(engine)
    before = in_memory(engine, mine)
    line = path((-1, 0.5), (2, 0.5))
    for _again in range(2):
        assert do(engine, mine, lambda graph: split(graph, "11001", line), dry=True) == 1
    assert in_memory(engine, mine) == before == kept(engine, mine)
    require_counted(engine, mine)


def test_undoing_all_gives_the_first_draft_and_redoing_all_the_last(engine: Engine) -> None:
    mine = new_draft(engine)
    rng, first = Random(7), graph_frame(draft())
    while seen_now(engine, mine).seen < 25:
        try:
            do(engine, mine, lambda graph: random_operation(graph, rng))
        except InputError:
            continue
    with open_draft(engine, mine) as (opened, _state):
        last = graph_frame(opened.graph)
    for _step in range(24):
        undo(engine, mine, seen_now(engine, mine), version)
    with pytest.raises(RedrawError, match="nothing to undo"):
        undo(engine, mine, seen_now(engine, mine), version)
    with open_draft(engine, mine) as (opened, _state):
        assert same_frames(graph_frame(opened.graph), first)
        require_seamless(opened.graph)
    for _step in range(24):
        redo(engine, mine, seen_now(engine, mine), version)
    with pytest.raises(RedrawError, match="nothing to redo"):
        redo(engine, mine, seen_now(engine, mine), version)
    with open_draft(engine, mine) as (opened, _state):
        assert same_frames(graph_frame(opened.graph), last)
    require_counted(engine, mine)
    assert in_memory(engine, mine) == kept(engine, mine) == kept(engine, mine, from_first=True)


def test_a_new_operation_ends_what_may_be_redone(engine: Engine) -> None:
    mine = new_draft(engine)
    do(engine, mine, lambda graph: rename(graph, "11", "甲"))
    undo(engine, mine, seen_now(engine, mine), version)
    do(engine, mine, lambda graph: rename(graph, "12", "乙"))
    with pytest.raises(RedrawError, match="nothing to redo"):
        redo(engine, mine, seen_now(engine, mine), version)


def test_an_older_operation_is_undone_by_its_number(engine: Engine) -> None:
    mine = new_draft(engine)
    first = do(engine, mine, lambda graph: move_vertex(graph, at(1.4, 0.4), at(1.3, 0.3)))
    do(engine, mine, lambda graph: move_vertex(graph, at(1, 1), at(0.9, 0.9)))
    undo(engine, mine, seen_now(engine, mine), version, number=first)
    with open_draft(engine, mine) as (opened, _state):
        assert opened.graph.grid_at(*at(1.35, 0.35)) == "12001"
        assert opened.graph.grid_at(*at(0.95, 0.95)) == "12002"
    with pytest.raises(RedrawError):
        undo(engine, mine, seen_now(engine, mine), version, number=first)


def test_one_planner_undoes_what_is_their_own(engine: Engine) -> None:
    people = [
        add_user(engine, name, "three-unlike-herons", role="admin", scope=[], full_name="",
                 at=NOW, by="test").id
        for name in ("one", "other")
    ]  # fmt: skip
    mine = new_draft(engine)
    for number, who in enumerate(people):
        ask = lambda graph, n=number: rename(graph, ("11", "12")[n], "改")  # noqa: E731
        operate(engine, mine, ask, Who(number + 1, NOW, who), version)
    undo(engine, mine, Who(3, NOW, people[0]), version)
    with open_draft(engine, mine) as (opened, _state):
        assert [opened.graph.rows[code]["name"] for code in ("11", "12")] == ["网格11", "改"]


def test_what_does_not_agree_is_refused_with_what_the_other_did(engine: Engine) -> None:
    mine = new_draft(engine)
    do(engine, mine, lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    with pytest.raises(RedrawConflictError) as refused:
        do(engine, mine, lambda graph: move_vertex(graph, at(1, 1), at(0.9, 0.9)), seen=1)
    assert [entry.kind for entry in refused.value.since] == ["move_vertex"]
    assert refused.value.conflicts
    assert do(engine, mine, lambda graph: rename(graph, "12", "乙"), seen=1) == 3
    require_counted(engine, mine)


def test_new_grids_of_two_planners_have_two_codes(engine: Engine) -> None:
    mine = new_draft(engine)
    do(engine, mine, lambda graph: split(graph, "11001", path((-1, 0.5), (2, 0.5))), seen=1)
    do(engine, mine, lambda graph: split(graph, "11002", path((-1, 1.5), (2, 1.5))), seen=1)
    with open_draft(engine, mine) as (opened, _state):
        assert {"11003", "11004"} <= set(opened.graph.rows)


def test_only_drafts_are_redrawn(engine: Engine) -> None:
    mine = new_draft(engine)
    do(engine, mine, lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    with open_draft(engine, mine) as (opened, _state):
        expected = graph_frame(opened.graph)
    handed = submit_draft(engine, mine, 2, approval="1", at=NOW)
    with pytest.raises(ConflictError, match="only drafts"):
        do(engine, mine, lambda graph: rename(graph, "11", "甲"))
    back = withdraw_draft(engine, mine, handed.version, at=NOW)
    do(engine, mine, lambda graph: rename(graph, "11", "甲"))
    undo(engine, mine, seen_now(engine, mine), version)
    assert back.version == 4
    handed = submit_draft(engine, mine, 6, approval="1", at=NOW)
    with reading(engine) as connection:
        assert same_frames(plan_grids(connection, handed), expected)
    done = publish_plan(engine, mine, handed.version, at=NOW)
    with reading(engine) as connection:
        grids = plan_grids(connection, done.plan)
    assert check_coverage(grids).is_seamless
    assert set(grids.to_wkb()["geometry"]) == set(expected.to_wkb()["geometry"])
    with pytest.raises(ConflictError, match="only drafts"):
        do(engine, mine, lambda graph: rename(graph, "11", "甲"), seen=8)


def test_a_region_follows_and_gaps_are_approved(engine: Engine) -> None:

    whole = plan().union_all()
    mine = new_draft(engine, region=whole)
    outer = [at(0.2, 0.2), at(0.4, 0.2), at(0.4, 0.4)]
    do(engine, mine, lambda graph: approve_gap(graph, "湖", area=outer))
    do(engine, mine, lambda graph: move_vertex(graph, at(0, 0), at(-0.1, -0.1), moves_region=True))
    handed = submit_draft(engine, mine, 3, approval="1", at=NOW)
    publish_plan(engine, mine, handed.version, at=NOW)
    with reading(engine) as connection:
        record = find_plan(connection, mine)
    assert record.status == "published"
    assert record.region is not None
    assert record.region.area > whole.area


def test_who_hands_in_an_older_version_is_told(engine: Engine) -> None:
    mine = new_draft(engine)
    do(engine, mine, lambda graph: rename(graph, "11", "甲"))
    with pytest.raises(ConflictError):
        submit_draft(engine, mine, 1, approval="1", at=NOW)


def test_a_copy_with_another_list_is_redrawn_as_the_draft_was(engine: Engine) -> None:
    mine = new_draft(engine)
    do(engine, mine, lambda graph: split(graph, "11001", path((-1, 0.5), (2, 0.5))))
    undo(engine, mine, seen_now(engine, mine), version)
    do(engine, mine, lambda graph: split(graph, "11001", path((-1, 0.7), (2, 0.7))))
    with writing(engine) as connection:
        copy_draft(connection, mine, "posts", [], at=NOW, by=None)
    with reading(engine) as connection:
        copy = max(plan.id for plan in list_plans(connection))
        kept_rows = [plan_grids(connection, find_plan(connection, each)) for each in (mine, copy)]
        assert same_frames(*kept_rows)
        assert count_grids(connection, find_plan(connection, copy)) == 9
    do(engine, copy, lambda graph: split(graph, "11002", path((-1, 1.5), (2, 1.5))))
    with open_draft(engine, copy) as (opened, _state):
        assert "11005" in opened.graph.rows  # 11003 and 11004 were used in the draft


def test_figures_follow_homes_cases_and_staff(engine: Engine) -> None:
    units = small_units(
        ("B1", 0.5, 0.5, 30), ("B2", 0.5, 0.9, 7), ("B3", 1.8, 0.2, 5), ("X", 3, 3, 9)
    )
    posts = pd.DataFrame(
        [
            ("P1", "11001", "leader", "甲"),
            ("P2", "11002", "leader", "乙"),
            ("P3", "11", "leader", ""),
        ],
        columns=["post_id", "grid", "post", "holder"],
    )
    given = prepare_draft({"name": "草案", "grids": plan(), "units": units, "posts": posts})
    with writing(engine) as connection:
        mine = write_draft(connection, given, at=NOW, by=None).id

    def figures() -> dict[str, tuple[int, int]]:
        with open_draft(engine, mine) as (opened, _state):
            return {
                str(opened.graph.rows[label]["code"]): (sums[HOMES], sums[STAFF])
                for label, sums in opened.tally.sums.items()
            }

    first = figures()
    assert first["1"] == (42, 2)
    assert first["11001"] == (37, 1)
    assert first["12001"] == (5, 0)
    do(engine, mine, lambda graph: split(graph, "11001", path((-1, 0.8), (2, 0.8))))
    assert (figures()["11001"], figures()["11003"], figures()["11"]) == ((30, 1), (7, 0), (37, 2))
    do(engine, mine, lambda graph: give_grids(graph, ["11001"], "11002"))
    assert figures()["11002"] == (30, 2)
    do(engine, mine, lambda graph: change_parent(graph, ["11003"], "12"))
    assert (figures()["11"], figures()["12"], figures()["1"]) == ((30, 2), (12, 0), (42, 2))
    for _step in range(3):
        undo(engine, mine, seen_now(engine, mine), version)
    assert figures() == first
    require_counted(engine, mine)


def test_a_new_parent_is_among_what_is_shown_as_it_was(engine: Engine) -> None:
    mine = new_draft(engine)
    with open_draft(engine, mine) as (opened, _state):
        was = {label: list(sums) for label, sums in opened.tally.sums.items()}
        step = opened.advance(change_parent(opened.graph, ["11001"], "12"))
        assert opened.tally.sums["12"] != was["12"]
        changed = {label for label, sums in opened.tally.sums.items() if sums != was[label]}
        assert changed <= step.before.keys()
        assert {label: was[label] for label in step.before} == step.before


def test_locked_grids_keep_their_outline(engine: Engine) -> None:
    mine = new_draft(engine)
    set_locks(engine, mine, ["11001"], locked=True, at=NOW, by=None)
    for ask in (
        lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)),
        lambda graph: merge(graph, ["11001", "11002"]),
        lambda graph: merge(graph, ["11002", "11001"]),
        lambda graph: split(graph, "11001", path((-1, 0.5), (2, 0.5))),
    ):
        with pytest.raises(LockedError, match="网格11001"):
            do(engine, mine, ask)
    do(engine, mine, lambda graph: split(graph, "12001", path((-1, 0.3), (3, 0.3))))
    do(engine, mine, lambda graph: rename(graph, "11001", "甲"))
    assert in_memory(engine, mine) == kept(engine, mine)


def test_a_snapshot_shortens_the_way(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SNAPSHOT_EVERY", 5)
    mine = new_draft(engine)
    rng = Random(3)
    while seen_now(engine, mine).seen < 18:
        try:
            do(engine, mine, lambda graph: random_operation(graph, rng))
        except InputError:
            continue
    with reading(engine) as connection:
        numbers = connection.scalars(select(draft_snapshots.c.number)).all()
    assert sorted(numbers) == [1, 16]
    assert kept(engine, mine) == kept(engine, mine, from_first=True) == in_memory(engine, mine)


@settings(suppress_health_check=list(HealthCheck), max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_random_operations_undone_and_redone_in_any_order(engine: Engine, seed: int) -> None:
    mine, rng = new_draft(engine), Random(seed)
    for _step in range(12):
        try:
            way = rng.random()
            if way < 0.6:
                seen = max(1, seen_now(engine, mine).seen - rng.randrange(3))
                do(engine, mine, lambda graph: random_operation(graph, rng), seen=seen)
            elif way < 0.85:
                undo(engine, mine, seen_now(engine, mine), version)
            else:
                redo(engine, mine, seen_now(engine, mine), version)
        except (InputError, ConflictError):
            continue
    with open_draft(engine, mine) as (opened, _state):
        require_seamless(opened.graph)
    require_counted(engine, mine)
    assert in_memory(engine, mine) == kept(engine, mine, from_first=True)


def test_a_log_is_replayed_without_geometry(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the check is asked: an old log must not depend on today's GEOS."""
    mine = new_draft(engine)
    do(engine, mine, lambda graph: split(graph, "11001", path((-1, 0.5), (2, 0.5))))
    do(engine, mine, lambda graph: merge(graph, ["11002", "12002"]))
    before = in_memory(engine, mine)

    def forbidden(*_given: object, **_more: object) -> None:
        raise AssertionError("geometry was computed")

    for name in ("union_all", "intersection", "difference", "polygonize", "node", "is_valid"):
        monkeypatch.setattr(shapely, name, forbidden)
    assert kept(engine, mine, from_first=True) == before


def test_a_plan_that_is_not_seamless_is_not_redrawn(engine: Engine) -> None:
    torn = plan()
    torn = torn[torn["code"] != "12002"]
    mine = new_draft(engine, torn)
    with pytest.raises(RedrawError, match="not proven"):
        in_memory(engine, mine)


@pytest.mark.parametrize("has_region", [True, False])
def test_approved_gaps_and_reasons_come_along_into_a_new_draft(
    engine: Engine, has_region: bool
) -> None:
    region = plan().set_index("code").geometry["1"] if has_region else None
    mine = new_draft(engine, region=region)
    lake = shapely.Polygon(path((0, 0.3), (0.5, 0.3), (0.5, 0.6), (0, 0.6)))
    do(engine, mine, lambda graph: approve_gap(graph, "湖", area=lake))
    asked = [draft_of_plan(engine, mine, "再调整", at=NOW, by=None).id]
    submit_draft(engine, mine, seen_now(engine, mine).seen, approval="1", at=NOW)
    publish_plan(engine, mine, seen_now(engine, mine).seen, at=NOW)
    asked += [mine, draft_of_plan(engine, mine, "又调整", at=NOW, by=None).id]
    for each in asked:
        with open_draft(engine, each) as (opened, _state):
            found = graph_gaps(opened.graph)
            assert found[["is_approved", "note"]].values.tolist() == [[True, "湖"]]
            assert found.geometry.iloc[0].area == pytest.approx(lake.area)


@pytest.mark.parametrize("has_region", [True, False])
def test_a_corner_on_the_outline_leaves_no_sliver_along_it(
    engine: Engine, has_region: bool
) -> None:
    slanted = plan()
    slanted.geometry = slanted.geometry.affine_transform([1, 0.3, 0.2, 1, 0, 0])
    outline = slanted.set_index("code").geometry["1"]
    mine = new_draft(engine, slanted, region=outline if has_region else None)
    line = np.asarray(path((-1, 0.5), (2, 0.51))) @ [[1, 0.2], [0.3, 1]]
    do(engine, mine, lambda graph: split(graph, "11001", line))
    with reading(engine) as connection:
        record = find_plan(connection, mine)
        region, grids = plan_region(connection, record), plan_grids(connection, record)
    assert (region is not None) == has_region
    report = check_coverage(grids, region)
    assert report.is_seamless
    assert not len(report.defects)


def test_approved_gaps_go_with_a_plan_out_and_in(tmp_path: Path) -> None:
    own_place = Workspace(tmp_path / "place")
    mine = int(own_place.use(name="有湖", grids=plan()).key.split(":")[1])
    lake = shapely.Polygon(path((0, 0.3), (0.5, 0.3), (0.5, 0.6), (0, 0.6)))
    do(own_place.engine, mine, lambda graph: approve_gap(graph, "湖", area=lake))
    export_plan(own_place.current(), tmp_path / "plan.gpkg")
    parts = import_plan(tmp_path / "plan.gpkg").parts
    other_place = Workspace(tmp_path / "other")
    shown = other_place.use(**parts)
    save_plan(tmp_path / "folder", **parts)
    for found in (parts["gaps"], shown.gaps, load_plan(tmp_path / "folder").gaps):
        assert found is not None
        assert found["reason"].tolist() == ["湖"]
        assert found.geometry.iloc[0].area == pytest.approx(lake.area)
    imported = int(shown.key.split(":")[1])
    with open_draft(other_place.engine, imported) as (opened, _state):
        assert graph_gaps(opened.graph)["note"].tolist() == ["湖"]
    seen = seen_now(other_place.engine, imported).seen
    submit_draft(other_place.engine, imported, seen, approval="1", at=NOW)
    publish_plan(other_place.engine, imported, seen_now(other_place.engine, imported).seen, at=NOW)


def test_bytes_of_a_draft_do_not_depend_on_how_it_came_about() -> None:
    graph = build_graph(plan())
    assert graph_bytes(graph_from_bytes(graph_bytes(graph))) == graph_bytes(graph)


def test_figures_are_by_the_lists_of_today(engine: Engine) -> None:
    mine = new_draft(engine)
    with open_draft(engine, mine) as (opened, _state):
        assert not opened.tally.base.has_homes
    listed = prepare_data("units", small_units(("B1", 0.5, 0.5, 30)), plan())
    with writing(engine) as connection:
        write_data(connection, listed, at=NOW, by="test")
    do(engine, mine, lambda graph: rename(graph, "11", "甲"))
    with open_draft(engine, mine, counts_anew=True) as (opened, _state):
        assert opened.tally.sums["1"][HOMES] == 30
