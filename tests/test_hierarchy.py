"""The tree of grids, on eight hand-drawn squares."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import box

from geogrid.hierarchy import (
    build_hierarchy,
    chain,
    children,
    fill_levels,
    finest_level,
    leaves,
    levels,
    names_up,
    neighbours,
    shown_at,
)

# A street 1 of two communities; 11 is divided into two grids, one of them into two
# micro-grids; 12 is undivided.
#   +-----+--+--+-----+
#   | 111 |1121 |     |
#   |     +-----+ 12  |
#   |     |1122 |     |
#   +-----+-----+-----+
ROWS = [
    ("1", "街道", "", 1, box(0, 0, 6, 2)),
    ("11", "甲社区", "1", 2, box(0, 0, 4, 2)),
    ("12", "乙社区", "1", 2, box(4, 0, 6, 2)),
    ("111", "第一网格", "11", 3, box(0, 0, 2, 2)),
    ("112", "", "11", 3, box(2, 0, 4, 2)),
    ("1121", "北", "112", 4, box(2, 1, 4, 2)),
    ("1122", "南", "112", 4, box(2, 0, 4, 1)),
]


@pytest.fixture
def grids() -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        [row[:4] for row in ROWS],
        columns=["code", "name", "parent", "level"],
        geometry=[row[4] for row in ROWS],
        crs="EPSG:4326",
    )
    return frame.astype({"level": "Int64"})


def test_chain_goes_from_the_finest_to_the_top(grids):
    assert chain(grids, "1121") == ["1121", "112", "11", "1"]
    assert chain(grids, "no such code") == []


def test_names_up_shows_the_code_of_a_grid_without_a_name(grids):
    assert names_up(grids, "1121") == ["北", "112", "甲社区", "街道"]


def test_children_and_the_top(grids):
    assert children(grids, "11") == ["111", "112"]
    assert children(grids, "") == ["1"]
    assert children(grids, "1121") == []


def test_levels_that_occur(grids):
    assert levels(grids) == [1, 2, 3, 4]
    assert finest_level(grids) == 4
    assert finest_level(grids.iloc[:0]) == -1


def test_leaves_are_the_undivided_grids(grids):
    assert leaves(grids)["code"].tolist() == ["12", "111", "1121", "1122"]


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (0, ["1"]),
        (1, ["1"]),
        (2, ["11", "12"]),
        (3, ["12", "111", "112"]),
        (4, ["12", "111", "1121", "1122"]),
    ],
)
def test_the_grids_shown_at_a_level_cover_everything_once(grids, level, shown):
    assert shown_at(grids, level)["code"].tolist() == shown
    assert shapely.area(shown_at(grids, level).geometry.array).sum() == 12


def test_every_code_is_stood_for_by_one_grid(grids):
    stands_for = build_hierarchy(grids).shown_at(3)
    assert stands_for["1121"] == "112"
    assert stands_for["12"] == "12"
    assert stands_for["11"] == ""


def test_a_micro_grid_directly_below_a_community_stands_for_itself(grids):
    grids.loc[grids["code"] == "112", "level"] = 2
    grids.loc[grids["code"] == "112", "parent"] = "1"
    assert shown_at(grids, 3)["code"].tolist() == ["12", "111", "1121", "1122"]


def test_a_circle_of_parents_ends(grids):
    grids.loc[grids["code"] == "1", "parent"] = "1121"
    assert chain(grids, "1121") == ["1121", "112", "11", "1"]


def test_the_first_of_two_rows_with_the_same_code_counts(grids):
    twice = pd.concat([grids, grids.assign(name="double", parent="")])
    assert build_hierarchy(twice).names["11"] == "甲社区"


def test_neighbours_share_a_line_the_longest_first(grids):
    assert neighbours(grids, "112") == ["111"]
    assert neighbours(grids, "11") == ["12"]
    assert neighbours(grids, "1121") == ["1122"]
    assert neighbours(grids, "?") == []


def test_a_common_corner_makes_no_neighbours():
    squares = gpd.GeoDataFrame(
        {"code": ["a", "b", "c"], "level": [3, 3, 3]},
        geometry=[box(0, 0, 1, 1), box(1, 1, 2, 2), box(1, 0, 2, 1)],
        crs="EPSG:4326",
    )
    assert neighbours(squares, "a") == ["c"]
    assert neighbours(squares, "c") == ["a", "b"]


def flat(*parents: str) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "code": [str(at) for at in range(len(parents))],
            "name": "",
            "parent": list(parents),
            "level": pd.array([pd.NA] * len(parents), dtype="Int64"),
        },
        geometry=[box(0, 0, 1, 1)] * len(parents),
        crs="EPSG:4326",
    )
    return frame


def test_a_flat_list_is_at_level_three():
    assert fill_levels(flat("", ""))["level"].tolist() == [3, 3]


def test_levels_are_counted_down_the_tree():
    assert fill_levels(flat("", "0"))["level"].tolist() == [2, 3]
    assert fill_levels(flat("", "0", "1", "2"))["level"].tolist() == [1, 2, 3, 4]
    assert fill_levels(flat("", "0", "1", "2", "3", "4"))["level"].tolist() == [0, 1, 2, 3, 4, 5]


def test_known_levels_stay(grids):
    assert fill_levels(grids) is grids
    grids.loc[grids["code"].isin(["112", "1121"]), "level"] = pd.NA
    assert fill_levels(grids)["level"].tolist() == [1, 2, 2, 3, 3, 4, 4]
