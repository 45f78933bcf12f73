from __future__ import annotations

from collections.abc import Sequence

import pytest

from geogrid.tabular.header import find_header
from geogrid.tabular.rows import Merge, RawRows


def _header(rows: Sequence[Sequence[str]], *merges: Merge) -> tuple[int, int, tuple[str, ...]]:
    header = find_header(RawRows(rows, range(1, len(rows) + 1), "test", merges=merges))
    return header.first, header.last, header.names


def test_two_rows_with_merged_cells() -> None:
    rows = [
        ["网格员花名册", "", "", ""],
        ["序号", "人员", "", "备注"],
        ["", "姓名", "电话", ""],
        ["1", "甲", "123", ""],
    ]
    merges = [Merge(0, 0, 0, 3), Merge(1, 0, 2, 0), Merge(1, 1, 1, 2), Merge(1, 3, 2, 3)]
    expected = (1, 2, ("序号", "人员 姓名", "人员 电话", "备注"))
    assert _header(rows, *merges) == expected
    assert _header(rows) == expected  # the same saved as CSV


def test_the_same_part_under_two_groups_stays_apart() -> None:
    rows = [
        ["网格编码", "网格长", "", "专职网格员", ""],
        ["", "姓名", "电话", "姓名", "电话"],
        ["1", "甲", "1", "乙", "2"],
    ]
    names = ("网格编码", "网格长 姓名", "网格长 电话", "专职网格员 姓名", "专职网格员 电话")
    assert _header(rows) == (0, 1, names)


def test_a_known_field_under_a_general_heading_keeps_its_own_name() -> None:
    rows = [
        ["诉求信息", "", "位置", ""],
        ["工单编号", "诉求内容", "经度", "纬度"],
        ["1", "a", "1", "2"],
    ]
    merges = [Merge(0, 0, 0, 1), Merge(0, 2, 0, 3)]
    assert _header(rows, *merges) == (0, 1, ("工单编号", "诉求内容", "经度", "纬度"))


def test_three_rows() -> None:
    rows = [
        ["社区", "队伍", "", ""],
        ["", "网格长", "", "网格员"],
        ["", "姓名", "电话", "姓名"],
        ["甲", "乙", "1", "丙"],
    ]
    merges = [Merge(0, 0, 2, 0), Merge(0, 1, 0, 3), Merge(1, 1, 1, 2)]
    names = ("社区", "队伍 网格长 姓名", "队伍 网格长 电话", "队伍 网格员 姓名")
    assert _header(rows, *merges) == (0, 2, names)


@pytest.mark.parametrize(
    "rows",
    [
        [["Street", "Complaint", "When"], ["Main", "noise", "May"], ["Elm", "noise", "June"]],
        [["甲", "乙", "丙"], ["1", "2", "3"], ["4", "5", "6"]],
        [["编号", "情况"], ["1", ""], ["", "好"]],
    ],
)
def test_one_row(rows: list[list[str]]) -> None:
    assert _header(rows) == (0, 0, tuple(rows[0]))


def test_data_with_gaps_is_not_a_second_header_row() -> None:
    rows = [["编号", "地址", "", "经度"], ["A1", "泰然路", "3号", ""], ["A2", "", "", ""]]
    first, last, names = _header(rows)
    assert (first, last) == (0, 0)
    assert names == ("编号", "地址", "column_3", "经度")


def test_titles_with_two_cells() -> None:
    rows = [
        ["工单汇总", "", "", ""],
        ["单位：沙头", "", "", "日期：2026-03-31"],
        ["项目一", "项目二", "项目三", "项目四"],
        ["a", "b", "c", "d"],
    ]
    assert _header(rows)[:2] == (2, 2)


def test_no_header_at_all() -> None:
    rows = [["1", "114.05", "22.54"], ["2", "114.06", "22.55"]]
    assert _header(rows) == (0, -1, ("column_1", "column_2", "column_3"))


def test_a_line_break_in_a_name() -> None:
    assert _header([["网格\n编码", "联系\n电话"], ["1", "2"]])[2] == ("网格 编码", "联系 电话")
