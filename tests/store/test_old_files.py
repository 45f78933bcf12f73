"""Plans that an earlier release kept as files come into the database once, and none is lost."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from small_plan import grids as small_grids
from small_plan import posts as small_posts

from geogrid.store import Workspace, save_plan
from geogrid.store.old_files import bring_in, has_old_files
from geogrid.store.workspace import FormerPlan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two plans as files; the first one is in use."""
    found = tmp_path / "workspace"
    parts = {"grids": small_grids(), "posts": small_posts()}
    save_plan(found / "plans" / "20260101T000000.000000Z-aa", name="一", note="备注", **parts)
    save_plan(found / "plans" / "20260102T000000.000000Z-bb", name="二", grids=small_grids())
    (found / "current").write_text("plans/20260101T000000.000000Z-aa\n")
    return found


def names(plans: list[FormerPlan]) -> list[str]:
    return [plan.name for plan in plans]


def test_all_plans_come_in_and_the_one_in_use_is_shown(folder: Path) -> None:
    workspace = Workspace(folder)
    assert workspace.current().is_sample
    assert has_old_files(workspace)
    assert bring_in(workspace) == {}
    assert names(workspace.former()) == ["二", "一"]
    plan = workspace.current()
    assert (plan.name, plan.note) == ("一", "备注")
    assert_frame_equal(plan.posts, small_posts().astype("str"))
    assert plan.grids.geometry.to_wkb().tolist() == small_grids().geometry.to_wkb().tolist()
    assert len(list((folder / "plans").iterdir())) == 2


def test_they_come_in_once(folder: Path) -> None:
    bring_in(Workspace(folder))
    workspace = Workspace(folder)
    assert not has_old_files(workspace)
    assert bring_in(workspace) == {}
    assert len(workspace.former()) == 2


def test_a_damaged_one_is_named_and_the_others_come(folder: Path) -> None:
    (folder / "plans" / "20260102T000000.000000Z-bb" / "plan.json").write_text("{")
    workspace = Workspace(folder)
    damaged = bring_in(workspace)
    assert list(damaged) == ["20260102T000000.000000Z-bb"]
    assert "plan.json" in damaged["20260102T000000.000000Z-bb"]
    assert names(workspace.former()) == ["一"]


def test_a_kill_in_between_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from geogrid.store import old_files  # noqa: PLC0415

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    workspace = Workspace(folder)
    with monkeypatch.context() as patch:
        patch.setattr(old_files, "insert", killed)
        with pytest.raises(KeyboardInterrupt):
            bring_in(workspace)
    assert workspace.former() == []
    assert has_old_files(workspace)
    bring_in(workspace)
    assert len(workspace.former()) == 2


def test_without_files_nothing_is_offered(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "new")
    assert not has_old_files(workspace)
    workspace.add_posts(pd.DataFrame({"grid": ["1"]}))
    assert not has_old_files(workspace)
