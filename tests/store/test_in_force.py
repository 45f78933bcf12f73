"""A workspace with a plan in force: shown to all, changed only by the next publication."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import sleep, time_ns

import geopandas as gpd
import pandas as pd
import pytest
from small_plan import grids as small_grids
from small_plan import posts as small_posts
from small_plan import units as small_units
from sqlalchemy import Connection, Engine, select

from geogrid.errors import FieldError
from geogrid.store import PlanMissingError, Workspace
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import cases
from geogrid.store.errors import ConflictError
from geogrid.store.plans import remove_draft, submit_draft
from geogrid.store.publish import publish_plan, rebase_draft
from geogrid.store.shown import Shown, ShownPlan, what_is_shown
from geogrid.store.workspace import Plan

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CASES = pd.DataFrame({"case_id": ["F1"], "status": ["reported"], "lon": [114.005], "lat": [22.535]})


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on each kind of database; its clock goes on an hour with every look."""
    hours = count()
    url = engine.url.render_as_string(hide_password=False)
    found = Workspace(tmp_path, now=lambda: BEGIN + next(hours) * HOUR, database=url)
    yield found
    found.engine.dispose()


def publish(workspace: Workspace, plan: Plan) -> None:
    """Hand a draft in and publish it."""
    draft = int(plan.key.split(":")[1])
    handed = submit_draft(workspace.engine, draft, 1, approval="12", at=workspace.now())
    publish_plan(workspace.engine, draft, handed.version, at=workspace.now())
    workspace._shown.forget()


@pytest.fixture
def in_force(workspace: Workspace) -> Workspace:
    """Its plan is in force, with staff, buildings and a case."""
    parts = {"posts": small_posts(), "units": small_units(), "cases": CASES}
    publish(workspace, workspace.use(name="现行", grids=small_grids(), **parts))
    return workspace


def renamed() -> gpd.GeoDataFrame:
    return small_grids().replace({"name": {"甲一网格": "新一网格"}})


def test_what_came_with_the_plan_is_the_data_of_the_office(in_force: Workspace) -> None:
    plan = in_force.current()
    assert in_force.is_in_force
    assert (plan.name, plan.is_sample) == ("现行", False)
    assert sorted(plan.posts["holder"]) == sorted(small_posts()["holder"])
    assert sorted(plan.units["unit_id"]) == sorted(small_units()["unit_id"])
    assert plan.cases["case_id"].tolist() == ["F1"]
    assert plan.grids["code"].tolist() == sorted(small_grids()["code"])


def test_new_boundaries_are_a_draft_that_nobody_sees(in_force: Workspace) -> None:
    before = in_force.digest
    draft = in_force.use(name="新", grids=renamed())
    assert draft.name == "新"
    assert in_force.digest == before
    assert in_force.current().name == "现行"
    assert [plan.name for plan in in_force.former()] == ["新"]


def test_nothing_takes_the_place_of_a_plan_in_force_but_a_publication(in_force: Workspace) -> None:
    draft = in_force.use(name="新", grids=renamed())
    with pytest.raises(ConflictError, match="in force"):
        in_force.use_sample()
    with pytest.raises(ConflictError, match="in force"):
        in_force.use_former(draft.key.split(":")[1])
    publish(in_force, draft)
    assert in_force.current().name == "新"
    assert len(in_force.current().posts) == 4


def test_staff_buildings_and_cases_change_at_once(in_force: Workspace) -> None:
    seen = {in_force.digest}
    in_force.add_posts(small_posts().head(1))
    seen.add(in_force.digest)
    in_force.add_units(small_units().head(2))
    seen.add(in_force.digest)
    plan = in_force.add_cases(CASES.assign(case_id="F2"))
    assert len(seen | {in_force.digest}) == 4
    assert (len(plan.posts), len(plan.units)) == (1, 2)
    assert plan.cases["case_id"].tolist() == ["F1", "F2"]
    assert in_force.former() == []


def test_a_case_number_that_is_too_long_is_named(in_force: Workspace) -> None:
    with pytest.raises(FieldError, match=r"“999.* is longer than 64"):
        in_force.add_cases(CASES.assign(case_id="9" * 65))
    assert in_force.current().cases["case_id"].tolist() == ["F1"]


def test_another_process_sees_a_change(in_force: Workspace) -> None:
    url = in_force.engine.url.render_as_string(hide_password=False)
    other = Workspace(in_force.folder, database=url)
    before = other.digest
    in_force.add_posts(small_posts().head(1))
    if in_force.engine.dialect.name == "sqlite":
        assert other.digest != before
    else:  # asked again after a moment
        other._shown.forget()
    assert len(other.current().posts) == 1
    other.engine.dispose()


def test_a_change_that_a_slow_disk_shows_after_it_was_written_is_seen(
    in_force: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite writes the log, waits for the disk, and only then lets others see it."""
    written = time_ns() - 10**9
    monkeypatch.setattr("geogrid.store.shown._changed", lambda _path: (written, 1))
    url = in_force.engine.url.render_as_string(hide_password=False)
    other = Workspace(in_force.folder, database=url)
    before = other.digest
    in_force.add_posts(small_posts().head(1))
    sleep(0.3)
    assert other.digest != before
    other.engine.dispose()


def test_only_what_changed_is_read_again(in_force: Workspace) -> None:
    before, moment = in_force.current(), in_force.now()
    other = Workspace(
        in_force.folder, database=in_force.engine.url.render_as_string(hide_password=False)
    )
    other.add_posts(small_posts().head(1))
    in_force._shown.forget()
    after = in_force.current()
    assert (len(before.posts), len(after.posts)) == (4, 1)
    assert after.cases is before.cases
    assert after.units is in_force.plan_at(moment).units
    other.add_units(small_units().head(2))
    in_force._shown.forget()
    assert len(in_force.current().units) == 2
    assert in_force.current().cases is before.cases
    other.engine.dispose()


def test_any_moment_can_be_asked(in_force: Workspace) -> None:
    first = in_force.now()
    publish(in_force, in_force.use(name="新", grids=renamed()))
    in_force.add_posts(small_posts().head(1))
    then, now = in_force.plan_at(first), in_force.plan_at(in_force.now())
    assert (then.name, now.name) == ("现行", "新")
    assert (len(then.posts), len(now.posts)) == (4, 1)
    assert then.grids.set_index("code")["name"]["111"] == "甲一网格"
    assert in_force.plan_at(first) is then
    with pytest.raises(PlanMissingError, match="No plan was in force"):
        in_force.plan_at(BEGIN - HOUR)


def test_what_was_published_keeps_its_name(in_force: Workspace) -> None:
    before = in_force.current()
    with pytest.raises(ConflictError, match="keeps the name"):
        in_force.rename("南园街道")
    assert in_force.current() is before


def test_sample_data_never_mix_with_an_offices(workspace: Workspace) -> None:
    parts = {"posts": small_posts(), "units": small_units(), "cases": CASES}
    publish(workspace, workspace.use(name="示例", grids=small_grids(), is_sample=True, **parts))
    assert len(workspace.current().cases) == 1
    publish(workspace, workspace.use(name="本单位", grids=small_grids(), units=small_units()))
    plan = workspace.current()
    assert (len(plan.posts), len(plan.units), len(plan.cases)) == (0, 10 + 1, 0)


def test_lists_that_an_office_gave_outlive_the_sample(workspace: Workspace) -> None:
    parts = {"posts": small_posts(), "units": small_units(), "cases": CASES}
    publish(workspace, workspace.use(name="示例", grids=small_grids(), is_sample=True, **parts))
    workspace.add_posts(small_posts().head(2))
    plan = workspace.add_cases(CASES.assign(case_id="本单位1"))
    assert plan.cases["case_id"].tolist() == ["本单位1"]
    workspace.add_cases(CASES.assign(case_id="本单位2"))
    publish(workspace, workspace.use(name="本单位", grids=small_grids()))
    plan = workspace.current()
    assert plan.cases["case_id"].tolist() == ["本单位1", "本单位2"]
    assert (len(plan.posts), len(plan.units)) == (2, 0)


def test_an_older_draft_undoes_no_newer_list(workspace: Workspace) -> None:
    parts = {"posts": small_posts(), "units": small_units()}
    known, other = CASES.assign(status="closed"), CASES.assign(case_id="F0")
    old = workspace.use(name="旧", grids=small_grids(), cases=pd.concat([CASES, other]), **parts)
    publish(workspace, workspace.use(name="现行", grids=small_grids(), cases=known, **parts))
    workspace.add_posts(small_posts().head(2))
    draft = int(old.key.split(":")[1])
    version = rebase_draft(workspace.engine, draft, 1, at=workspace.now()).version
    handed = submit_draft(workspace.engine, draft, version, approval="13", at=workspace.now())
    publish_plan(workspace.engine, draft, handed.version, at=workspace.now())
    workspace._shown.forget()
    plan = workspace.current()
    assert (plan.name, len(plan.posts)) == ("旧", 2)
    assert dict(zip(plan.cases["case_id"], plan.cases["status"], strict=True)) == {
        "F1": "closed", "F0": "reported",
    }  # fmt: skip


def test_days_before_do_not_push_the_plan_in_force_out(in_force: Workspace) -> None:
    moments = [in_force.now()]
    for count_ in (1, 2, 3):
        in_force.add_posts(small_posts().head(count_))
        moments.append(in_force.now())
    now = in_force.current()
    for moment in moments:
        in_force.plan_at(moment)
        assert in_force.current() is now


def test_a_list_is_placed_in_the_plan_that_is_published_meanwhile(
    in_force: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = small_grids().replace({"code": {"111": "119"}})
    draft = in_force.use(name="新", grids=merged)
    begun = Event()

    def looked(connection: Connection) -> Shown:
        found = what_is_shown(connection)
        begun.set()
        sleep(0.3)
        return found

    monkeypatch.setattr("geogrid.store.workspace.what_is_shown", looked)
    listing = Thread(target=lambda: in_force.add_cases(CASES.assign(case_id="F2")))
    listing.start()
    begun.wait()
    publish(in_force, draft)
    listing.join()
    monkeypatch.undo()
    with reading(in_force.engine) as connection:
        assert set(connection.scalars(select(cases.c.grid_now))) == {"119"}


def test_a_draft_that_is_deleted_is_shown_no_more(workspace: Workspace) -> None:
    draft = int(workspace.use(name="一", grids=small_grids()).key.split(":")[1])
    assert workspace.current().name == "一"
    remove_draft(workspace.engine, draft, 1, at=workspace.now())
    workspace._shown.forget()
    assert workspace.current().is_sample


def test_what_did_not_change_is_the_same_object(in_force: Workspace) -> None:
    """What is derived from the rest still holds: another process's changes are seen as well."""
    before = in_force.current()
    elsewhere = Workspace(in_force.folder, now=in_force.now, database=in_force.database)
    elsewhere.add_posts(small_posts().head(1))
    in_force._shown.forget()
    after = in_force.current()
    assert (len(before.posts), len(after.posts)) == (4, 1)
    for part in ("grids", "units", "cases", "streets"):
        assert getattr(after, part) is getattr(before, part)
    elsewhere.add_units(small_units().head(2))
    elsewhere.add_cases(CASES.assign(case_id="F2"))
    in_force._shown.forget()
    last = in_force.current()
    assert (len(last.units), len(last.cases)) == (2, 2)
    assert last.grids is before.grids
    publish(elsewhere, elsewhere.use(name="下一", grids=renamed()))
    in_force._shown.forget()
    assert "新一网格" in in_force.current().grids["name"].tolist()
    elsewhere.engine.dispose()


def test_who_waits_for_the_same_answer_asks_the_database_once(
    in_force: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force._shown.forget()
    asked, is_asked, go_on = [], Event(), Event()

    def look(connection: Connection) -> Shown:
        asked.append(1)
        is_asked.set()
        assert go_on.wait(10)
        return what_is_shown(connection)

    monkeypatch.setattr("geogrid.store.shown.what_is_shown", look)
    monkeypatch.setattr(ShownPlan, "_lasts", lambda *_all: False)  # as just after a change
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(in_force._shown.now)
        assert is_asked.wait(10)
        others = [pool.submit(in_force._shown.now) for _ in range(7)]
        sleep(0.2)  # they have come, and wait
        go_on.set()
        found = {each.result() for each in [first, *others]}
    assert len(found) == 1
    assert len(asked) == 2  # what was asked before the others came is no answer to them
