"""Pictures under drafts: kept to the byte, few, gone with their draft, and in backups."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from geogrid.errors import LimitError
from geogrid.store import Workspace
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import plans, underlays
from geogrid.store.errors import ConflictError, PlanMissingError
from geogrid.store.plans import PlanRecord, find_plan, remove_draft
from geogrid.store.redrawing.branches import branch_off
from geogrid.store.underlays import (
    MOST,
    add_underlay,
    list_underlays,
    remove_underlay,
    underlay_picture,
)

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
CORNERS = [[114.0, 22.6], [114.1, 22.6], [114.1, 22.5], [114.0, 22.5]]
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def draft(tmp_path: Path) -> tuple[Engine, PlanRecord]:
    workspace = Workspace(tmp_path / "workspace")
    workspace.keep_sample()
    with reading(workspace.engine) as connection:
        return workspace.engine, find_plan(connection, 1)


def add(engine: Engine, plan: PlanRecord, name: str = "扫描.png") -> int:
    return add_underlay(
            engine, plan, at=NOW, by=None, media_type="image/png", content=CONTENT, name=name,
            kind="affine", width=8, height=6, corners=CORNERS, rms_m=0.25,
            points=[[0, 0, 114.0, 22.5]],
        )  # fmt: skip


def test_what_is_kept_comes_back_to_the_byte(draft: tuple[Engine, PlanRecord]) -> None:
    engine, plan = draft
    first, second = add(engine, plan), add(engine, plan, "另一张")
    with reading(engine) as connection:
        listed = list_underlays(connection, plan.id)
        assert [each.id for each in listed] == [first, second]
        assert listed[0].corners == CORNERS
        assert listed[0].created_at == NOW
        assert underlay_picture(connection, plan.id, first) == ("image/png", CONTENT)
        with pytest.raises(PlanMissingError):
            underlay_picture(connection, plan.id + 1, first)
    remove_underlay(engine, plan.id, first, at=NOW, by=None)
    with pytest.raises(PlanMissingError):
        remove_underlay(engine, plan.id, first, at=NOW, by=None)


def test_a_draft_takes_only_a_few(draft: tuple[Engine, PlanRecord]) -> None:
    for number in range(MOST):
        add(*draft, name=f"{number}")
    with pytest.raises(LimitError, match="remove one first"):
        add(*draft)


def test_they_go_with_their_draft(draft: tuple[Engine, PlanRecord]) -> None:
    engine, plan = draft
    add(engine, plan)
    remove_draft(engine, plan.id, plan.version, at=NOW)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(underlays)) == 0


def test_a_branch_has_them_too(draft: tuple[Engine, PlanRecord]) -> None:
    engine, plan = draft
    add(engine, plan)
    branch = branch_off(engine, plan.id, "另一种划法", at=NOW, by=None)
    with reading(engine) as connection:
        (kept,) = list_underlays(connection, plan.id)
        (copied,) = list_underlays(connection, branch.id)
        assert copied.id != kept.id
        assert copied.points == kept.points
        assert underlay_picture(connection, branch.id, copied.id) == ("image/png", CONTENT)


def test_only_a_draft_takes_any(draft: tuple[Engine, PlanRecord]) -> None:
    engine, plan = draft
    with writing(engine) as connection:
        connection.execute(update(plans).where(plans.c.id == plan.id).values(status="review"))
        plan = find_plan(connection, plan.id)
    with pytest.raises(ConflictError, match="Only a draft"):
        add(engine, plan)
