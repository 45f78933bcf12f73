"""What is derived from a plan: made once, and again only from what changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from published import put_in_force
from small_plan import posts as small_posts
from small_plan import units as small_units
from small_plan import use_small_plan

from web import create_app
from web.config import Settings
from web.current import CurrentPlan, current_plan

DERIVED = ("index", "areas_m2", "unit_grids", "book", "case_grids", "counts")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An app with the hand-drawn plan in force."""
    app = create_app(Settings(workspace=tmp_path))
    use_small_plan(app.config["WORKSPACE"])
    put_in_force(app.config["WORKSPACE"])
    app.config["WORKSPACE"]._shown.forget()
    with app.app_context():
        yield app


def derived(current: CurrentPlan) -> dict[str, object]:
    return {name: getattr(current, name) for name in (*DERIVED, "posts_by_grid")}


def test_a_roster_leaves_everything_but_the_posts(app: Flask) -> None:
    before = derived(current_plan())
    app.config["WORKSPACE"].add_posts(small_posts().head(1))
    after = derived(current_plan())
    assert all(after[name] is before[name] for name in DERIVED)
    assert (len(before["posts_by_grid"]), len(after["posts_by_grid"])) == (3, 1)


def test_buildings_are_found_as_soon_as_they_are_there(app: Flask) -> None:
    before = derived(current_plan())
    app.config["WORKSPACE"].add_units(small_units().head(2))
    now = current_plan()
    after = derived(now)
    assert all(after[name] is before[name] for name in ("index", "areas_m2", "case_grids"))
    alone = derived(CurrentPlan(now.plan))
    assert after["unit_grids"].tolist() == alone["unit_grids"].tolist() == ["111", "111"]
    assert after["counts"] == alone["counts"] != before["counts"]
    assert set(now.grid_of_unit) == {"C1", "B1"}
