"""Switching plans: complete or not at all, nothing lost, several processes."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from geogrid.errors import FormatError, GeogridError
from geogrid.store import (
    PlanMissingError,
    StoreError,
    Workspace,
    drafting,
    reading_plans,
    sample_folder,
    save_plan,
)
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import plan_tables, plans
from geogrid.store.shown import choose


def grids(*codes: str) -> gpd.GeoDataFrame:
    shapes = [box(at, 0, at + 1, 1) for at in range(len(codes))]
    return gpd.GeoDataFrame({"code": list(codes)}, geometry=shapes, crs="EPSG:4326")


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Workspace:
    samples = tmp_path / "samples"
    for name in ("futian", "rural"):
        save_plan(samples / name, name=name, grids=grids("001"), is_sample=True)
    monkeypatch.setattr(reading_plans, "sample_folder", lambda name: samples / name)
    ticks = count()
    return Workspace(
        tmp_path / "workspace",
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=next(ticks)),
    )


def test_the_sample_is_current_until_a_plan_is_set(workspace):
    assert workspace.current().name == "futian"
    assert workspace.current().is_sample
    assert workspace.rural_sample().name == "rural"
    assert not workspace.folder.exists()


def test_an_outline_needs_no_columns(workspace):
    outline = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs="EPSG:4326")
    workspace.use(name="一", grids=grids("01"), region=outline)
    assert workspace.current().region.geometry.tolist() == outline.geometry.tolist()


def test_use_makes_a_plan_current_and_keeps_the_former_ones(workspace):
    first = workspace.use(name="一", grids=grids("01"))
    second = workspace.use(name="二", grids=grids("02"))
    assert workspace.current() is second
    assert workspace.current().grids["code"].tolist() == ["02"]
    assert [plan.name for plan in workspace.former()] == ["二", "一"]
    assert first.created_at == "2026-11-22T00:00:00Z"
    assert workspace.use_former(workspace.former()[1].plan_id).digest == first.digest
    assert workspace.current().name == "一"


def test_the_sample_is_one_step_away(workspace):
    workspace.use(name="一", grids=grids("01"))
    assert workspace.use_sample("rural").name == "rural"
    assert workspace.current().name == "rural"
    assert [plan.name for plan in workspace.former()] == ["一"]


def test_a_former_plan_that_is_not_there_is_named(workspace):
    with pytest.raises(PlanMissingError, match="no former plan"):
        workspace.use_former("../../etc")


def test_the_digest_changes_with_every_switch_and_only_then(workspace):
    seen = [workspace.digest]
    assert workspace.digest == seen[0]
    workspace.use(name="一", grids=grids("01"))
    seen.append(workspace.digest)
    workspace.add_cases(pd.DataFrame({"case_id": ["1"]}))
    seen.append(workspace.digest)
    workspace.use_sample()
    assert workspace.digest == seen[0]
    assert len(set(seen)) == 3


def test_adding_a_table_replaces_only_that_table(workspace):
    workspace.use(name="一", grids=grids("01"), note="备注", posts=pd.DataFrame({"grid": ["01"]}))
    before = workspace.current()
    after = workspace.add_cases(pd.DataFrame({"case_id": ["007"]}))
    assert after.cases["case_id"].tolist() == ["007"]
    assert after.posts["grid"].tolist() == ["01"]
    assert (after.name, after.note) == ("一", "备注")
    assert before.cases.empty
    workspace.add_units(pd.DataFrame({"unit_id": ["u1"]}))
    plan = workspace.add_posts(pd.DataFrame({"grid": ["01", "01"]}))
    assert (len(plan.units), len(plan.posts), len(plan.cases)) == (1, 2, 1)
    assert len(workspace.former()) == 4


def test_adding_cases_to_the_sample_leaves_the_sample_alone(workspace):
    plan = workspace.add_cases(pd.DataFrame({"case_id": ["1"]}))
    assert plan.is_sample
    assert len(plan.cases) == 1
    assert workspace.sample().cases.empty


def test_tables_can_be_taken_over_by_the_next_plan(workspace):
    workspace.use(name="一", grids=grids("01"), cases=pd.DataFrame({"case_id": ["1"]}))
    assert len(workspace.use(name="二", grids=grids("02"), keep=["cases"]).cases) == 1
    assert workspace.use(name="三", grids=grids("03")).cases.empty


def test_a_kill_before_the_commit_leaves_the_old_plan(workspace, monkeypatch):
    workspace.use(name="一", grids=grids("01"))

    def killed(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    for step in ("keep_tables", "choose"):
        with monkeypatch.context() as patch:
            patch.setattr(drafting, step, killed)
            with pytest.raises(KeyboardInterrupt):
                workspace.use(name="二", grids=grids("02"))
        assert Workspace(workspace.folder).current().name == "一"
        assert workspace.current().name == "一"
    assert workspace.use(name="四", grids=grids("04")).name == "四"
    assert [plan.name for plan in workspace.former()] == ["四", "一"]


def test_a_process_killed_while_writing_leaves_the_old_plan_and_no_lock(workspace):
    workspace.use(name="一", grids=grids("01"))
    code = (
        "import os, sys, geopandas as gpd\n"
        "from pathlib import Path\n"
        "from shapely.geometry import box\n"
        "from geogrid.store import Workspace, drafting\n"
        "drafting.choose = lambda *_all, **_more: os.kill(os.getpid(), 9)\n"
        "grids = gpd.GeoDataFrame({'code': ['9']}, geometry=[box(0, 0, 1, 1)], crs=4326)\n"
        "Workspace(Path(sys.argv[1])).use(name='never', grids=grids)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(workspace.folder)], check=False)
    assert done.returncode == -9
    assert workspace.current().name == "一"
    assert [plan.name for plan in workspace.former()] == ["一"]
    assert workspace.use(name="二", grids=grids("02")).name == "二"


def test_threads_that_switch_at_once_lose_nothing(workspace):
    workspace.use(name="一", grids=grids("01"))
    rows = pd.DataFrame({"grid": ["01"]})
    adding = [
        lambda: Workspace(workspace.folder).add_posts(rows),
        lambda: Workspace(workspace.folder).add_units(pd.DataFrame({"unit_id": ["u"]})),
        lambda: Workspace(workspace.folder).add_cases(pd.DataFrame({"case_id": ["c"]})),
    ]
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(add) for add in adding * 2]:
            done.result()
    plan = workspace.current()
    assert (len(plan.posts), len(plan.units), len(plan.cases)) == (1, 1, 1)
    assert len(workspace.former()) == 7


def test_two_workspaces_on_one_folder_see_each_other(workspace):
    other = Workspace(workspace.folder)
    workspace.use(name="一", grids=grids("01"))
    assert other.current().name == "一"
    other.add_posts(pd.DataFrame({"grid": ["01"]}))
    workspace.add_cases(pd.DataFrame({"case_id": ["1"]}))
    assert len(other.current().posts) == len(other.current().cases) == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("database or disk is full", "is full"),
        ("attempt to write a readonly database", "may not write"),
        ("disk I/O error", "cannot be used"),
    ],
)
def test_a_disk_that_refuses_is_explained_and_nothing_changes(workspace, monkeypatch, reason, said):
    workspace.use(name="一", grids=grids("01"))

    def refuse(*_args: object, **_options: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(reason))

    with monkeypatch.context() as patch:
        patch.setattr(drafting, "keep_tables", refuse)
        with pytest.raises(StoreError, match=said):
            workspace.use(name="二", grids=grids("02"))
    assert workspace.current().name == "一"
    assert len(workspace.former()) == 1


def test_a_workspace_inside_a_file_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be"):
        Workspace(tmp_path / "file" / "workspace").use(name="一", grids=grids("01"))


def test_a_current_plan_that_is_gone_is_said_and_the_sample_still_works(workspace):
    workspace.use(name="一", grids=grids("01"))
    with writing(workspace.engine) as connection:
        choose(connection, draft=99)
    with pytest.raises(PlanMissingError, match="99"):
        workspace.current()
    assert workspace.use_sample().name == "futian"


def test_a_damaged_table_is_said_and_another_draft_still_works(workspace):
    workspace.use(name="一", grids=grids("01"), posts=pd.DataFrame({"grid": ["01"]}))
    workspace.use(name="二", grids=grids("01"), posts=pd.DataFrame({"grid": ["01"]}))
    with writing(workspace.engine) as connection:
        of_second = plan_tables.c.plan_id == int(workspace.former()[0].plan_id)
        connection.execute(update(plan_tables).where(of_second).values(content=b"a\n1,2,3\n"))
        connection.execute(update(plans).values(version=plans.c.version + 1))
    with pytest.raises(FormatError, match=r"posts\.csv"):
        workspace.current()
    assert workspace.use_former(workspace.former()[1].plan_id).name == "一"


def test_the_secret_key_stays_the_same_and_private(workspace):
    key = workspace.secret_key()
    assert len(key) == 32
    assert Workspace(workspace.folder).secret_key() == key
    mode = (workspace.folder / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_broken_secret_key_is_replaced(workspace):
    workspace.folder.mkdir()
    (workspace.folder / "secret_key").write_text("")
    assert len(workspace.secret_key()) == 32


def test_an_unknown_sample_is_refused():
    for name in ("nowhere", "../futian", ""):
        with pytest.raises(GeogridError, match="no sample"):
            sample_folder(name)
