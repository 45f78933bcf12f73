"""Figures per grid, on cases the eye can count."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from geogrid.figures import (
    DEFINITIONS,
    CaseFilter,
    category_choices,
    count_by_grid,
    select_cases,
)
from geogrid.hierarchy import build_hierarchy

NOW = datetime(2026, 3, 10, tzinfo=UTC)
GRIDS = pd.DataFrame(
    {
        "code": ["1", "11", "12", "111", "112"],
        "name": "",
        "parent": ["", "1", "1", "11", "11"],
        "level": [1, 2, 2, 3, 3],
        "households": pd.array([600, 500, 100, 500, pd.NA], dtype="Int64"),
    }
)
TREE = build_hierarchy(GRIDS)


def cases() -> pd.DataFrame:
    rows = [
        # grid, reported, category, status, replied, deadline, closed
        ("111", "2026-03-01T00:00Z", "noise", "closed", "03-01", "03-05", "03-04"),
        ("111", "2026-03-01T15:59Z", "noise", "closed", "03-02", "03-05", "03-06"),
        ("111", "2026-03-01T16:00Z", "parking", "dispatched", None, "03-05", None),
        ("12", "2026-03-02T00:00Z", "other", "reported", None, "03-20", None),
        ("", "2026-03-02T00:00Z", "noise", "reported", None, None, None),
    ]
    names = ["grid", "reported_at", "category", "status", "replied_at", "deadline", "closed_at"]
    frame = pd.DataFrame(rows, columns=names)
    frame["reported_at"] = pd.to_datetime(frame["reported_at"], utc=True)
    for name in ("replied_at", "deadline", "closed_at"):
        frame[name] = pd.to_datetime("2026-" + frame[name], utc=True)
    return frame.assign(category_text="")


def count(level: int, **wanted: object) -> pd.DataFrame:
    table = count_by_grid(cases(), GRIDS, TREE, level=level, now=NOW, wanted=CaseFilter(**wanted))
    return table.set_index("code")


def test_every_figure_of_one_grid():
    grid = count(3).loc["111"]
    assert grid[["cases", "open", "overdue", "replied", "closed"]].tolist() == [3, 1, 1, 2, 2]
    assert grid["reply_rate"] == pytest.approx(2 / 3)
    assert grid["closing_rate"] == pytest.approx(2 / 3)
    assert grid["on_time_rate"] == pytest.approx(1 / 3)
    assert grid["per_1000_households"] == 6


def test_grids_without_cases_or_households():
    table = count(3)
    assert table.index.tolist() == ["111", "112", "12"]
    assert table.loc["112", "cases"] == 0
    assert np.isnan(table.loc["112", "per_1000_households"])
    assert np.isnan(table.loc["112", "closing_rate"])
    assert np.isnan(table.loc["12", "on_time_rate"])
    assert table.loc["12", "overdue"] == 0


def test_levels_add_up():
    assert count(1)["cases"].tolist() == [4]
    assert count(2)["cases"].tolist() == [3, 1]
    assert count(3)["cases"].sum() == 4
    assert count(1).attrs["outside"] == 1


def test_a_day_is_a_local_day():
    assert count(3, first_day=date(2026, 3, 1), last_day=date(2026, 3, 1))["cases"].sum() == 2
    assert count(3, first_day=date(2026, 3, 2))["cases"].sum() == 2
    assert count(3, last_day=date(2026, 2, 28))["cases"].sum() == 0
    assert count(3, last_day=date(2026, 3, 1), time_zone="UTC")["cases"].sum() == 3


def test_categories_and_statuses():
    assert count(3, categories=["noise"])["cases"].sum() == 2
    assert count(3, categories=["noise", "parking"], statuses=["closed"])["cases"].sum() == 2


def test_the_offices_own_words_can_be_chosen():
    own = cases()
    own.loc[3, "category_text"] = "无证养犬"
    assert select_cases(own, CaseFilter(categories=["无证养犬"])).tolist() == [False] * 3 + [
        True,
        False,
    ]
    assert category_choices(own) == [("noise", 3), ("parking", 1), ("other", 1), ("无证养犬", 1)]


def test_a_case_without_a_time_is_in_no_period():
    undated = cases()
    undated.loc[0, "reported_at"] = pd.NaT
    assert not select_cases(undated, CaseFilter(first_day=date(2020, 1, 1)))[0]
    assert select_cases(undated, CaseFilter())[0]


def test_no_cases_at_all():
    table = count_by_grid(cases().iloc[:0], GRIDS, TREE, level=3, now=NOW)
    assert table["cases"].tolist() == [0, 0, 0]


def test_the_columns_are_the_definitions():
    assert count(3).columns.tolist() == ["households", *DEFINITIONS]
