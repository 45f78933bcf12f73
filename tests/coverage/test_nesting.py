"""Levels against each other: two halves, each divided into two quarters, 20 m by 10 m."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hand_drawn import grids, lattice, outline
from shapely import Polygon, box

from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport
from geogrid.coverage.tiers import build_tree, tier_rows
from geogrid.errors import FieldError

REGION = outline(4, 1, 5.0)
HALVES = [outline(2, 1, 5.0), Polygon([(10, 0), (15, 0), (20, 0), (20, 5), (15, 5), (10, 5)])]
QUARTERS = list(lattice(4, 1, 5.0))


def tree(
    halves: list[Any] = HALVES,
    quarters: list[Any] = QUARTERS,
    parents: tuple[str, ...] = ("P", "P", "Q", "Q"),
) -> gpd.GeoDataFrame:
    return grids(
        [*halves, *quarters],
        code=["P", "Q", "a", "b", "c", "d"],
        parent=["", "", *parents],
        level=[2, 2, 3, 3, 3, 3],
    )


def rows(report: CoverageReport) -> list[tuple[str, int, tuple[str, ...]]]:
    defects = report.defects
    levels = [-1 if pd.isna(level) else int(level) for level in defects["level"]]
    return sorted(zip(defects["kind"], levels, defects["grids"], strict=True))


def test_children_that_fill_their_parents_are_proven() -> None:
    report = check_coverage(tree(), REGION)
    assert report.is_proven
    assert (report.grids, report.finest_grids) == (6, 4)
    assert set(report.sums_by_level) == {2, 3}


def test_a_child_across_the_line_is_nesting_when_both_levels_are_right() -> None:
    moved = [box(0, 0, 5, 5), box(5, 0, 11, 5), box(11, 0, 15, 5), box(15, 0, 20, 5)]
    report = check_coverage(tree(quarters=moved), REGION)
    nesting = report.defects[report.defects["kind"] == "nesting"]
    assert nesting["grids"].tolist() == [("P", "Q", "b")]
    assert nesting["area_m2"].tolist() == pytest.approx([5.0])
    assert nesting["detail"][nesting.index[0]].text() == (
        "b belongs to P, but this part of it lies in Q."
    )
    assert set(report.defects["kind"]) <= {"nesting", "unmatched"}


def test_a_wrong_parent_is_one_row_with_the_whole_child() -> None:
    report = check_coverage(tree(parents=("P", "Q", "Q", "Q")), REGION)
    assert rows(report) == [("nesting", 3, ("P", "Q", "b"))]
    assert report.defects["area_m2"][0] == pytest.approx(25.0)
    assert not report.is_seamless


@pytest.mark.parametrize("parent", ["", "X", "c"])
def test_a_child_of_nothing_is_said(parent: str) -> None:
    report = check_coverage(tree(parents=("P", parent, "Q", "Q")), REGION)
    assert rows(report) == [("nesting", 3, ("b",))]
    assert not report.is_proven


def test_a_missing_child_is_a_gap_of_its_level_and_not_said_twice() -> None:
    report = check_coverage(tree().drop(index=3), REGION)
    assert rows(report) == [("gap", 3, ("a", "c"))]
    said = "The grids that divide P leave this part of it out."
    assert report.defects["detail"][0].text() == said
    astride = check_coverage(tree().drop(index=[3, 4]), REGION)
    assert rows(astride) == [("gap", 3, ("a", "d"))]
    assert astride.defects["detail"][0].kind == "gap_border"
    assert "a, d" in astride.defects["detail"][0].text()
    assert check_coverage(tree().drop(index=5)).defects["kind"].tolist() == ["nesting"]


def test_without_a_region_an_unfilled_parent_is_nesting() -> None:
    report = check_coverage(tree().drop(index=5))
    assert rows(report) == [("nesting", 3, ("Q",))]
    assert report.defects["detail"][0].kind == "nesting_unfilled"
    outside = [*QUARTERS[:3], box(15, 0, 22, 5)]
    report = check_coverage(tree(quarters=outside))
    assert rows(report) == [("nesting", 3, ("Q", "d"))]


def test_an_overlap_of_children_is_not_nesting_too() -> None:
    wide = [QUARTERS[0], box(5, 0, 11, 5), *QUARTERS[2:]]
    report = check_coverage(tree(quarters=wide), REGION)
    assert rows(report)[0] == ("overlap", 3, ("b", "c"))
    assert set(report.defects["kind"]) <= {"overlap", "unmatched"}


def test_a_gap_through_all_levels_is_said_once_on_the_finest() -> None:
    frame = tree([HALVES[0], box(12, 0, 20, 5)], [*QUARTERS[:2], box(12, 0, 15, 5), QUARTERS[3]])
    report = check_coverage(frame, REGION)
    gaps = report.defects[report.defects["kind"] == "gap"]
    assert gaps["level"].tolist() == [3]
    assert gaps["grids"].tolist() == [("b", "c")]
    assert report.sums_by_level[2].gap_m2 == pytest.approx(report.sums.gap_m2)


def test_an_undivided_parent_stands_for_itself_below() -> None:
    report = check_coverage(tree().drop(index=[4, 5]), REGION)
    assert report.is_proven
    assert report.finest_grids == 3


def test_a_child_may_skip_a_level() -> None:
    frame = grids(
        [REGION, HALVES[0], *QUARTERS],
        code=["S", "P", "a", "b", "c", "d"],
        parent=["", "S", "P", "P", "S", "S"],
        level=[1, 2, 3, 3, 3, 3],
    )
    assert check_coverage(frame, REGION).is_proven


def test_levels_without_parents_are_checked_one_by_one() -> None:
    report = check_coverage(tree().drop(columns="parent"), REGION)
    assert report.is_proven
    frame = tree().drop(columns="parent").drop(index=5)
    assert rows(check_coverage(frame, REGION)) == [("gap", 3, ("c",))]


def test_parents_without_levels_make_levels() -> None:
    report = check_coverage(tree().drop(columns="level"), REGION)
    assert report.is_proven
    assert len(report.sums_by_level) == 2


def test_a_level_missing_in_some_rows_is_an_error_where_nothing_says_it() -> None:
    frame = tree().drop(columns="parent")
    frame["level"] = pd.array([2, 2, 3, None, 3, 3], dtype="Int64")
    with pytest.raises(FieldError, match=r"Row 4 \(b\)"):
        check_coverage(frame, REGION)


def test_tiers_are_complete_cuts_of_the_tree() -> None:
    codes = ["S", "P", "a", "b", "U"]
    found = build_tree(codes, ["", "S", "P", "P", "S"], np.array([1, 2, 3, 3, 2]))
    assert found.levels == (1, 2, 3)
    assert [tier_rows(found, level).tolist() for level in found.levels] == [[0], [1, 4], [2, 3, 4]]


def test_of_two_parents_with_the_same_code_the_first_counts() -> None:
    found = build_tree(["P", "P", "a"], ["", "", "P"], np.array([2, 2, 3]))
    assert found.parent.tolist() == [-1, -1, 0]
