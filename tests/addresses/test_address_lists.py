"""Lists of addresses: columns found and joined, answers in words."""

from __future__ import annotations

import io

import pandas as pd
import pytest
import small_plan

from geogrid.addresses import build_address_book
from geogrid.addresses.finder import build_finder
from geogrid.addresses.lists.answers import look_up, suggest, with_picks
from geogrid.addresses.lists.bare import keep_first_address
from geogrid.addresses.lists.columns import find_address_columns, join_addresses
from geogrid.addresses.lists.words import Words, added_columns, sheet_to_check
from geogrid.hierarchy import build_hierarchy
from geogrid.placing.grid_layer import build_layer
from geogrid.posts import posts_by_grid
from geogrid.tables import read_table

TEXTS = ["西街1号1号楼", "无此路9号", "", "西街1号1号楼", "东街3号", "甲二网格"]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"诉求人": ["张"], "事发地址": ["泰然路1号"]}, ("事发地址",)),
        ({"房号": ["502"], "小区": ["甲苑"], "楼栋号": ["3"]}, ("小区", "楼栋号", "房号")),
        ({"甲": ["张"], "乙": ["泰然路12号3栋"], "丙": ["138"]}, ("乙",)),
        ({"甲": ["张"], "乙": ["李"]}, ()),
    ],
)
def test_columns_of_the_address(columns: dict[str, list[str]], found: tuple[str, ...]) -> None:
    assert find_address_columns(pd.DataFrame(columns, dtype="str")) == found


@pytest.mark.parametrize(
    ("text", "first", "numbers"),
    [
        ("西街1号1号楼\n东街3号\n", {"column_1": "西街1号1号楼"}, [1, 2]),
        ("\n甲苑3栋\n东街3号", {"column_1": "甲苑3栋"}, [2, 3]),
        ("张三,泰然七路12号,\n李四,泰然七路14号,急", dict(zip(
            ("column_1", "column_2", "column_3"), ("张三", "泰然七路12号", ""), strict=True
        )), [1, 2]),
        ("泰然七路12号", {"column_1": "泰然七路12号"}, [1]),
    ],
)  # fmt: skip
def test_a_first_row_that_is_an_address_is_data(
    text: str, first: dict[str, str], numbers: list[int]
) -> None:
    table = keep_first_address(read_table(io.BytesIO(text.encode()), filename="a.csv"))
    assert table.frame.iloc[0].to_dict() == first
    assert (table.row_numbers.tolist(), table.header_rows) == (numbers, ())
    assert [finding.kind for finding in table.findings if finding.kind != "empty_rows"] == [
        "no_header"
    ]
    assert {kind for number, kind in table.other_rows} <= {"empty"}


@pytest.mark.parametrize(
    "header",
    ["诉求地址", "1号楼", "泰然七路", "地址（如泰然七路12号）", "附件1：泰然七路12号台账",
     "小区,泰然七路12号", "小区,3栋"],
)  # fmt: skip
def test_names_of_columns_stay_names(header: str) -> None:
    table = read_table(
        io.BytesIO(f"{header}\n{header.replace('小', '大')}".encode()), filename="a.csv"
    )
    assert keep_first_address(table) is table


def test_parts_are_joined_once() -> None:
    rows = {"街道": ["沙头街道", ""], "小区": ["甲苑", "乙苑3栋"], "楼栋": ["3", "3栋"]}
    rows |= {"单元": ["", "2"], "房号": ["502", "B座502"]}
    frame = pd.DataFrame(rows, dtype="str")
    columns = find_address_columns(frame)
    assert join_addresses(frame, columns) == ["沙头街道甲苑3栋502室", "乙苑3栋2单元B座502"]


@pytest.fixture(scope="module")
def plan():
    grids, units = small_plan.grids(), small_plan.units()
    book = build_address_book(units, grids)
    return build_finder(book, units), build_layer(grids), build_hierarchy(grids)


def test_answers_in_order_and_the_same_text_once(plan) -> None:
    finder, layer, tree = plan
    shares: list[float] = []
    answers = look_up(TEXTS, finder, layer, tree, shares.append)
    assert answers["asked"].tolist() == TEXTS
    assert answers["grid"].tolist() == ["111", "", "", "111", "111", "112"]
    assert answers["by"].tolist() == ["polygon", "", "", "polygon", "list", "named"]
    assert answers["certainty"].tolist()[1:3] == ["none", "empty"]
    assert answers["disagreement"].tolist()[4] == "elsewhere"
    assert shares == [1.0]
    assert look_up([], finder, layer, tree).empty


def test_what_was_picked_counts(plan) -> None:
    finder, layer, tree = plan
    answers = look_up(["西街", "西街", "东街3号"], finder, layer, tree)
    assert answers["grid"].tolist()[:2] == ["", ""]
    offered = suggest(["西街"], finder, layer, tree, limit=5)["西街"]
    chosen = next(place for place in offered if "1号楼" in place.label)
    assert (chosen.grid, chosen.located) == ("", "111"), "its list says none, its place does"
    picked = with_picks(answers, {"西街": chosen}, layer, tree)
    assert picked["grid"].tolist() == ["111"] * 3
    assert picked["certainty"].tolist()[:2] == ["picked"] * 2
    assert picked["by"].tolist()[:2] == ["polygon"] * 2
    assert answers["grid"].tolist()[0] == "", "the answers themselves stay"


def test_phones_are_for_those_who_may_see_them(plan) -> None:
    finder, layer, tree = plan
    answers = look_up(TEXTS, finder, layer, tree)
    posts = posts_by_grid(small_plan.posts())
    few = Words("en", "wgs84", tree, posts, lambda grid: grid == "112")
    added = added_columns(answers, few, ["Grid"])
    phones = added[[name for name in added.columns if name.startswith("Phone")]]
    assert "0755-1111-0001" not in phones.to_numpy()
    assert "0755-1111-0003" in phones.to_numpy()
    assert "Grid (2)" in added.columns
    none = added_columns(answers, few._replace(sees_phone=None), ())
    assert not [name for name in none.columns if name.startswith("Phone")]


def test_rows_to_check_with_suggestions(plan) -> None:
    finder, layer, tree = plan
    answers = look_up([*TEXTS, "西街"], finder, layer, tree)
    offered = suggest(["西街"], finder, layer, tree, limit=2)
    words = Words("en", "wgs84", tree, {})
    sheet = sheet_to_check(answers, list(range(10, 17)), offered, words)
    assert sheet is not None
    assert [row[:2] for row in sheet.rows] == [["Row", "Address"], [11, "无此路9号"], [16, "西街"]]
    assert len(sheet.rows[2]) == 3 + 2 * 2
    assert sheet_to_check(answers.iloc[:1], [10], {}, words) is None


def test_a_number_is_not_taken_for_the_end_of_another() -> None:
    rows = pd.DataFrame(
        {
            "路名": ["福强路", "福强路"],
            "门牌号": ["12号", "12"],
            "楼栋": ["2号", "2"],
            "房号": ["", "502"],
        }
    )
    assert join_addresses(rows, list(rows)) == ["福强路12号2号", "福强路12号2栋502室"]
    rows = pd.DataFrame({"小区": ["福田花园11栋", "福田花园1栋"], "楼栋": ["1栋", "1栋"]})
    assert join_addresses(rows, list(rows)) == ["福田花园11栋1栋", "福田花园1栋"]
