"""Addresses in doubt: each once, how often, and only areas that something says."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import small_plan
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString

from geogrid.addresses import build_address_book
from geogrid.addresses.finder import build_finder
from geogrid.addresses.lists.answers import look_up
from geogrid.addresses.lists.areas import area_names, area_of_words, shared_area, street_runs
from geogrid.addresses.lists.doubts import Doubts, count_doubts, find_doubts, short_address
from geogrid.hierarchy import build_hierarchy, leaves
from geogrid.placing.grid_layer import build_layer

LINES = {
    "乙一路": [(114.022, 22.535), (114.028, 22.535)],  # in 121 alone
    "甲界路": [(114.01, 22.531), (114.01, 22.539)],  # between 111 and 112, both of 甲社区
    "长街": [(114.001, 22.535), (114.029, 22.535)],  # through all
}


class Town:
    """The hand-drawn plan with three streets."""

    def __init__(self) -> None:
        grids, units = small_plan.grids(), small_plan.units()
        lines = [LineString(points) for points in LINES.values()]
        rows = {"name": list(LINES), "highway": ["residential"] * len(LINES)}
        self.streets = gpd.GeoDataFrame(rows, geometry=lines, crs=4326)
        self.finder = build_finder(build_address_book(units, grids, self.streets), units)
        self.layer, self.tree = build_layer(grids), build_hierarchy(grids)
        self.leaves = leaves(grids).reset_index(drop=True)

    def doubts(self, texts: list[str]) -> Doubts:
        answers = look_up(texts, self.finder, self.layer, self.tree)
        shares: list[float] = []
        found = find_doubts(
            answers, self.finder, self.layer, self.tree, self.leaves, self.streets, shares.append
        )
        assert shares == sorted(shares)
        assert all(0 < share < 1 for share in shares)
        return found

    def area(self, text: str) -> tuple[str, str]:
        rows = self.doubts([text]).rows
        assert len(rows) == 1, rows
        return rows["area"].iloc[0], rows["by"].iloc[0]


@pytest.fixture(scope="module")
def town() -> Town:
    return Town()


def test_each_address_once_and_the_most_frequent_first(town: Town) -> None:
    texts = [
        "云上路9号",
        "西街1号1号楼",
        "",
        "乙一路7号3栋501",
        "你好，我住乙一路 7 号 3 栋 502，灯坏了",
    ]
    rows = town.doubts(texts).rows
    assert rows["text"].tolist() == ["乙一路7号3栋", "云上路9号"]
    assert rows["count"].tolist() == [2, 1]
    assert rows["kind"].tolist() == ["doubtful", "none"]
    assert rows["certainty"].tolist() == ["street", "none"]


def test_a_street_says_the_area_where_it_is_in_one_community(town: Town) -> None:
    assert town.area("乙一路77号") == ("121", "street")
    assert town.area("甲界路77号") == ("11", "street")
    assert town.area("长街77号") == ("", "")


def test_a_name_says_the_area_and_a_street_what_is_inside_it(town: Town) -> None:
    assert town.area("甲社区云上路9号") == ("11", "named")
    assert town.area("示例街道乙社区云上路9号") == ("12", "named")
    assert town.area("示例街道云上路9号") == ("1", "named")
    assert town.area("示例街道乙一路77号") == ("121", "street")
    assert town.area("甲社区乙一路77号") == ("11", "named"), "a name counts more than a street"
    assert town.area("甲社区和乙社区之间云上路9号") == ("1", "named")


def test_nothing_says_the_area(town: Town) -> None:
    assert town.area("云上路9号") == ("", "")


def test_what_it_may_mean_says_the_area_where_that_agrees(town: Town) -> None:
    assert town.area("甲苑9号楼3单元") == ("11", "suggested")
    assert town.area("错列") == ("111", "suggested"), "the grid of the list"
    found = town.doubts(["甲苑9号楼3单元"])
    assert [each.unit_id for each in found.suggestions["甲苑9号楼"]] == ["C1", "B1"]


def test_counts_by_area(town: Town) -> None:
    texts = ["云上路9号", *["乙一路77号"] * 2, "甲社区云上路9号", "示例街道云上路9号"]
    rows = town.doubts(texts).rows
    counts = count_doubts(rows, pd.Series({"121": 2, "111": 1, "": 1}), town.tree)
    assert counts.to_dict("index") == {
        "1": {"none": 1, "doubtful": 0, "addresses": 1},
        "11": {"none": 1, "doubtful": 0, "addresses": 2},
        "12": {"none": 0, "doubtful": 2, "addresses": 4},
        "": {"none": 1, "doubtful": 0, "addresses": 1},
    }
    assert list(counts.index) == ["1", "11", "12", ""]


def test_nothing_in_doubt(town: Town) -> None:
    found = town.doubts(["西街1号1号楼", ""])
    assert found.rows.empty
    assert count_doubts(found.rows, pd.Series({"111": 1}), town.tree).empty
    columns = {"text", "spelling", "count", "kind", "certainty", "reasons", "area", "by"}
    assert columns == set(found.rows)


def test_what_is_beside_a_door_is_not_that_door() -> None:
    assert short_address("西街1号对面") == "西街1号对面"
    assert short_address("张三 13812345678") == "张三 13812345678"
    assert short_address("") == ""


def test_streets_through_doors_as_listed(town: Town) -> None:
    runs = street_runs(
        ["西街", "东街", "没有街"],
        town.streets,
        town.finder.searched,
        town.leaves,
        town.layer,
        town.tree,
    )
    assert runs["西街"] == ("111", "112")
    assert runs["东街"] == ("111", "121"), "the list of buildings counts"
    assert runs["没有街"] == ()
    assert town.area("西街77号") == ("11", "street")


@given(
    st.text(
        alphabet="甲乙社区示例街道云上一路长西东界苑号楼栋单元附近对面 0123456789，-", max_size=24
    )
)
def test_areas_hold_what_they_are_taken_from(text: str) -> None:
    tree = build_hierarchy(small_plan.grids())
    names = area_names(tree, {"乙1路": ("121",), "长街": ("111", "121")})
    area, by = area_of_words(text, names)
    assert (area == "") == (by == "")
    assert area in {"", *tree.parents}
    assert short_address(text) in text
    if by == "named":
        assert any(tree.names[code] in text.replace(" ", "").replace("，", "").replace("-", "")
                   for code in ("1", "11", "12"))  # fmt: skip


def test_the_shared_area_of_an_unknown_grid_is_none() -> None:
    tree = build_hierarchy(small_plan.grids())
    assert shared_area(["111", "112"], tree) == "11"
    assert shared_area(["111", "121"], tree) == "1"
    assert shared_area(["111", "999"], tree) == ""
    assert shared_area([], tree) == ""


def test_suggestions_are_asked_for_the_most_frequent_only(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geogrid.addresses.lists.doubts._MOST_SUGGESTED", 1)
    found = town.doubts(["乙一路77号", "乙一路77号", "甲苑9号楼"])
    assert list(found.suggestions) == ["乙一路77号"]
    assert isinstance(found.rows, pd.DataFrame)
    assert len(found.rows) == 2 or found.rows["text"].tolist() == ["乙一路77号"]
