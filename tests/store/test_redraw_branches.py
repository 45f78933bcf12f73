"""Branches of a draft: what is done in one is brought into another, or shown as areas."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from redraw_drafts import in_memory, kept, require_counted, small_units
from redraw_plans import at, path, plan, require_seamless, same_frames
from sqlalchemy import Engine

from geogrid.errors import InputError
from geogrid.redraw import graph_bytes, graph_frame, merge, move_vertex, rename, split
from geogrid.store.database.engine import reading, writing
from geogrid.store.drafting import prepare_draft, write_draft
from geogrid.store.errors import ConflictError
from geogrid.store.plans import add_draft, find_plan, plan_grids
from geogrid.store.redrawing.branches import branch_off
from geogrid.store.redrawing.bringing import Choice
from geogrid.store.redrawing.desk import Who, operate, redo, undo
from geogrid.store.redrawing.differences import compare_drafts
from geogrid.store.redrawing.grounds import changed_ground
from geogrid.store.redrawing.locks import set_locks
from geogrid.store.redrawing.merging import merge_branch
from geogrid.store.redrawing.opened import open_draft

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def new_draft(engine: Engine) -> int:
    return add_draft(engine, "草案", plan(), at=NOW).id


def who(engine: Engine, plan_id: int) -> Who:
    with reading(engine) as connection:
        return Who(find_plan(connection, plan_id).version, NOW)


def do(engine: Engine, plan_id: int, ask: Any) -> Any:
    return operate(engine, plan_id, ask, who(engine, plan_id), lambda _draft, done: done)


def branch(engine: Engine, plan_id: int) -> int:
    return branch_off(engine, plan_id, "分支", at=NOW, by=None).id


def frame(engine: Engine, plan_id: int) -> Any:
    with open_draft(engine, plan_id) as (opened, _state):
        require_seamless(opened.graph)
        return graph_frame(opened.graph)


def bring(engine: Engine, plan_id: int, source_id: int, **more: Any) -> Any:
    def show(_draft: Any, merged: Any) -> Any:
        return merged

    return merge_branch(engine, plan_id, source_id, who(engine, plan_id), show, **more)


def try_to_bring(engine: Engine, plan_id: int, source_id: int, **more: Any) -> Any:
    def show(_draft: Any, merged: Any) -> Any:
        return merged

    return merge_branch(engine, plan_id, source_id, None, show, **more)


def areas_of(engine: Engine, one: int, other: int) -> Any:
    return compare_drafts(engine, one, other).areas


def test_a_branch_begins_as_its_origin_is(engine: Engine) -> None:
    mine = new_draft(engine)
    do(engine, mine, lambda graph: split(graph, "11001", path((-1, 0.5), (2, 0.5))))
    other = branch(engine, mine)
    with open_draft(engine, mine) as (one, _a), open_draft(engine, other) as (two, _b):
        assert graph_bytes(one.graph) == graph_bytes(two.graph)
    with reading(engine) as connection:
        kept = plan_grids(connection, find_plan(connection, other))
    assert same_frames(kept, frame(engine, mine))
    found = compare_drafts(engine, mine, other)
    assert (found.areas, found.grids, found.is_related) == ([], [], True)


def test_a_branch_is_brought_into_its_origin_once(engine: Engine) -> None:
    mine = new_draft(engine)
    other = branch(engine, mine)
    do(engine, other, lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    do(engine, other, lambda graph: rename(graph, "12", "乙"))
    do(engine, other, lambda graph: rename(graph, "11", "甲"))
    undo(engine, other, who(engine, other), lambda _draft, done: done)
    do(engine, mine, lambda graph: move_vertex(graph, at(1.4, 0.4), at(1.3, 0.3)))
    areas = areas_of(engine, mine, other)
    assert {area.changed_by for area in areas} == {"one", "other"}
    shapes = [frame(engine, each).set_index("code").geometry for each in (mine, other)]
    for area in areas:
        shared = shapes[0][area.one].intersection(shapes[1][area.other])
        assert area.shape.equals(shared) or area.shape.area == pytest.approx(shared.area)
    done = bring(engine, mine, other)
    assert [entry.kind for entry in done.applied] == ["move_vertex", "rename"]
    assert done.clashes == []
    assert bring(engine, mine, other).applied == []
    assert bring(engine, other, mine).applied[0].kind == "move_vertex"
    assert same_frames(frame(engine, mine), frame(engine, other))
    found = compare_drafts(engine, mine, other)
    assert (found.areas, found.grids, found.is_related) == ([], [], True)


def test_what_does_not_agree_is_shown_as_areas(engine: Engine) -> None:
    mine = new_draft(engine)
    other = branch(engine, mine)
    do(engine, mine, lambda graph: move_vertex(graph, at(1, 1), at(0.9, 0.9)))
    do(engine, other, lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    do(engine, other, lambda graph: rename(graph, "12", "乙"))
    before = frame(engine, mine)
    done = bring(engine, mine, other)
    assert [entry.kind for entry in done.applied] == ["rename"]
    assert [clash.entry.kind for clash in done.clashes] == ["move_vertex"]
    clash = done.clashes[0]
    ground = changed_ground([clash.entry.record])
    assert ground is not None
    assert ground.area > 0.0
    assert clash.conflicts[0].grids
    assert frame(engine, mine).to_wkb()["geometry"].equals(before.to_wkb()["geometry"])


def test_what_was_brought_is_undone_in_the_draft(engine: Engine) -> None:
    mine = new_draft(engine)
    other = branch(engine, mine)
    before = frame(engine, mine)
    do(engine, other, lambda graph: merge(graph, ["11001", "11002"]))
    bring(engine, mine, other)
    undo(engine, mine, who(engine, mine), lambda _draft, done: done)
    assert same_frames(frame(engine, mine), before)


def test_two_branches_of_one_draft_are_brought_together(engine: Engine) -> None:
    mine = new_draft(engine)
    one, other = branch(engine, mine), branch(engine, mine)
    do(engine, one, lambda graph: rename(graph, "11", "甲"))
    do(engine, other, lambda graph: rename(graph, "12", "乙"))
    assert len(bring(engine, one, other).applied) == 1


def test_drafts_that_have_nothing_in_common_are_not_brought_together(engine: Engine) -> None:
    mine, other = new_draft(engine), new_draft(engine)
    with pytest.raises(InputError, match="not branches"):
        bring(engine, mine, other)


def test_a_draft_is_brought_into_as_it_was_seen(engine: Engine) -> None:
    mine = new_draft(engine)
    other = branch(engine, mine)
    do(engine, mine, lambda graph: rename(graph, "11", "甲"))
    with pytest.raises(ConflictError):
        merge_branch(engine, mine, other, Who(1, NOW), lambda _draft, merged: merged)


def two_moves(engine: Engine) -> tuple[int, int]:
    """Make a draft and a branch of it that have moved one corner to different places."""
    mine = new_draft(engine)
    other = branch(engine, mine)
    do(engine, mine, lambda graph: move_vertex(graph, at(1, 1), at(0.9, 0.9)))
    do(engine, other, lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    do(engine, other, lambda graph: move_vertex(graph, at(1.1, 1.1), at(1.2, 1.1)))
    do(engine, other, lambda graph: rename(graph, "12", "乙"))
    return mine, other


def test_what_both_changed_hangs_together_and_the_other_side_can_be_taken(engine: Engine) -> None:
    mine, other = two_moves(engine)
    before = frame(engine, mine)
    tried = try_to_bring(engine, mine, other)
    assert [entry.kind for entry in tried.applied] == ["rename"]
    assert [[entry.number for entry in both.theirs] for both in tried.both] == [[2, 3]]
    assert [[entry.number for entry in both.ours] for both in tried.both] == [[2]]
    assert same_frames(frame(engine, mine), before), "it was only tried"
    done = bring(engine, mine, other, choice=Choice(take=frozenset([2])))
    assert [entry.action for entry in done.taken_back] == ["undo"]
    assert (done.clashes, done.version) == ([], 6)
    assert same_frames(frame(engine, mine), frame(engine, other))
    assert bring(engine, mine, other).version == 6
    for number in (6, 5, 4):
        undo(engine, mine, who(engine, mine), lambda _draft, made: made, number=number)
    redo(engine, mine, who(engine, mine), lambda _draft, made: made, number=2)
    assert same_frames(frame(engine, mine), before)


def test_what_is_locked_is_neither_brought_nor_taken_back(engine: Engine) -> None:
    mine, other = two_moves(engine)
    set_locks(engine, mine, ["12002"], locked=True, at=NOW, by=None)
    done = bring(engine, mine, other, choice=Choice(take=frozenset([2])))
    assert [entry.kind for entry in done.applied] == ["rename"]
    assert done.failed[2].kind == "locked"
    assert done.taken_back == []
    assert len(done.clashes) == 2


def test_what_is_undone_after_it_was_brought_comes_again_only_when_it_is_asked_for(
    engine: Engine,
) -> None:
    mine = new_draft(engine)
    other = branch(engine, mine)
    do(engine, other, lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    bring(engine, mine, other)
    undo(engine, mine, who(engine, mine), lambda _draft, done: done)
    again = bring(engine, mine, other)
    assert (again.applied, again.version) == ([], 3)
    assert [entry.target for entry in again.bringing.undone] == [2]
    assert len(bring(engine, mine, other, choice=Choice(again=frozenset([2]))).applied) == 1
    assert try_to_bring(engine, mine, other).bringing.undone == []


def test_what_both_did_alike_is_there(engine: Engine) -> None:
    mine = new_draft(engine)
    other = branch(engine, mine)
    for each in (mine, other):
        do(engine, each, lambda graph: move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    done = bring(engine, mine, other)
    assert (done.applied, done.clashes, done.version) == ([], [], 2)
    assert [entry.number for entry in done.there] == [2]


def test_a_merge_is_kept_whole_or_not_at_all(engine: Engine) -> None:
    mine, other = two_moves(engine)
    before = frame(engine, mine)

    def fails(_draft: Any, _merged: Any) -> Any:
        raise ConflictError("the answer could not be written")

    with pytest.raises(ConflictError):
        merge_branch(engine, mine, other, None, fails)
    assert same_frames(frame(engine, mine), before)
    with pytest.raises(ConflictError):
        bring(engine, mine, other, source_seen=1)
    with reading(engine) as connection:
        assert find_plan(connection, mine).version == 2


def test_grids_that_differ_are_listed_with_their_households(engine: Engine) -> None:
    mine = new_draft(engine)
    other = branch(engine, mine)
    do(engine, other, lambda graph: merge(graph, ["11001", "11002"]))
    found = compare_drafts(engine, mine, other)
    pairs = {pair.id: pair for pair in found.grids}
    assert set(pairs) == {"11001", "11002"}
    assert [side and side["households"] for side in (pairs["11001"].one, pairs["11001"].other)] == [
        100,
        200,
    ]
    assert pairs["11002"].other is None
    assert pairs["11002"].extent == [*at(0, 1), *at(1, 2)]


def test_households_are_counted_on_the_ground_that_differs(engine: Engine) -> None:
    units = small_units(("B1", 1.02, 1.04, 30), ("B2", 0.5, 0.5, 7), ("B3", 1.9, 1.9, 5))
    given = prepare_draft({"name": "草案", "grids": plan(), "units": units})
    with writing(engine) as connection:
        mine = write_draft(connection, given, at=NOW, by=None).id
    other = branch(engine, mine)
    do(engine, other, lambda graph: move_vertex(graph, at(1, 1), at(1.2, 1.2)))
    found = compare_drafts(engine, mine, other)
    assert sum(area.households or 0 for area in found.areas) == 30
    assert {area.other for area in found.areas if area.households} == {"11001"}
    assert {area.changed_by for area in found.areas} == {"other"}
    back = compare_drafts(engine, other, mine)
    assert {area.changed_by for area in back.areas} == {"one"}


PLACES = [(1, 1), (1.4, 0.4), (1.6, 0.6), (1.4, 0.6)]


def redraw_at_random(engine: Engine, plan_id: int, dice: np.random.Generator) -> None:
    """Do some operations; what is refused is left out."""
    for _turn in range(6):
        place = PLACES[dice.integers(len(PLACES))]
        to = at(*(np.array(place) + dice.uniform(-0.3, 0.3, 2)))
        line = path((float(dice.uniform(0.2, 0.8)), -1), (float(dice.uniform(0.2, 0.8)), 3))
        codes = [["11001", "11002"], ["12002", "11002"]][dice.integers(2)]
        name = str(dice.integers(9))
        asks: list[Any] = [
            lambda graph, to=to, place=place: move_vertex(graph, at(*place), to),
            lambda graph, line=line: split(graph, "11001", line),
            lambda graph, codes=codes: merge(graph, codes),
            lambda graph, name=name: rename(graph, "12003", name),
        ]
        with contextlib.suppress(InputError):
            do(engine, plan_id, asks[dice.choice(4, p=[0.55, 0.15, 0.1, 0.2])])


@pytest.mark.parametrize("seed", range(12))
def test_whatever_two_did_their_merge_is_seamless_and_can_be_taken_back(
    engine: Engine, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    mine = new_draft(engine)
    other = branch(engine, mine)
    for each in (mine, other):
        redraw_at_random(engine, each, dice)
    before, start = frame(engine, mine), who(engine, mine).seen
    tried = try_to_bring(engine, mine, other)
    assert same_frames(frame(engine, mine), before)
    numbers = [entry.target for both in tried.both for entry in both.theirs]
    chosen = [number for number in numbers if dice.integers(2)]
    done = bring(engine, mine, other, choice=Choice(take=frozenset(chosen)))
    said = {entry.target for entry in [*done.bringing.theirs]}
    known = [clash.entry.target for clash in done.clashes]
    known += [entry.target for entry in done.there]
    known += [int(entry.about["branch_number"]) for entry in done.applied]
    assert sorted(known) == sorted(said), "every operation has one fate"
    frame(engine, mine)
    require_counted(engine, mine)
    assert kept(engine, mine) == kept(engine, mine, from_first=True) == in_memory(engine, mine)
    for entry in reversed(done.applied):
        undo(engine, mine, who(engine, mine), lambda _draft, made: made, number=entry.number)
    for entry in reversed(done.taken_back):
        redo(engine, mine, who(engine, mine), lambda _draft, made: made, number=entry.target)
    assert same_frames(frame(engine, mine), before)
    assert who(engine, mine).seen >= start
