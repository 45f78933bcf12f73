"""Staff lists as offices write them."""

from __future__ import annotations

import pandas as pd
import pytest

from geogrid.posts import read_roster

GRIDS = pd.DataFrame(
    [
        ("1", "示例街道", "", 1),
        ("11", "泰安社区", "1", 2),
        ("12", "竹林社区", "1", 2),
        ("11101", "101网格", "11", 3),
        ("11102", "102网格", "11", 3),
        ("11103", "103网格", "11", 3),
        ("12201", "第一网格", "12", 3),
        ("11201", "第一网格", "11", 3),
    ],
    columns=["code", "name", "parent", "level"],
)


def read(columns: list[str], *rows: list[str]) -> tuple[list[tuple[str, ...]], dict]:
    posts, findings = read_roster(pd.DataFrame(list(rows), columns=columns), GRIDS)
    assert posts["post_id"].is_unique
    kept = posts[["grid", "post", "holder", "phone", "deputy", "deputy_phone"]]
    texts = [finding.text() for finding in findings]
    assert all("{" not in text for text in texts)
    return list(kept.itertuples(index=False, name=None)), {f.kind: f for f in findings}


def test_one_post_per_row():
    posts, findings = read(
        ["序号", "网格编码", "岗位", "姓名", "联系电话", "B岗", "B岗电话"],
        ["1", "11101", "专职网格员", "张 三", "0755-0000-0001", "李四", "2"],
        ["2", "11101", "网格长", "空缺", "", "", ""],
        ["3", "11102", "楼栋长", "王五", "3", "", ""],
    )
    assert posts == [
        ("11101", "full_time", "张三", "0755-0000-0001", "李四", "2"),
        ("11101", "leader", "", "", "", ""),
        ("11102", "building_head", "王五", "3", "", ""),
    ]
    assert findings["vacant_post"].rows == (1,)
    assert findings["columns_not_kept"].params["columns"] == "序号"


def test_one_grid_per_row_with_a_phone_after_each_person():
    frame = pd.DataFrame(
        [["泰安社区", "101", "甲", "1", "乙", "2"], ["", "102", "甲", "1", "", ""]],
        columns=["社区", "网格", "网格长", "电话", "专职网格员", "电话"],
    )
    posts, _findings = read_roster(frame, GRIDS)
    assert posts[["grid", "post", "holder", "phone"]].to_numpy().tolist() == [
        ["11101", "leader", "甲", "1"],
        ["11101", "full_time", "乙", "2"],
        ["11102", "leader", "甲", "1"],
        ["11102", "full_time", "", ""],
    ]


@pytest.mark.parametrize(
    "columns",
    [
        ["网格", "网格长", "电话", "网格员", "电话.1"],
        ["网格", "网格长", "电话", "网格员", "电话_2"],
        ["网格", "网格长姓名", "网格长电话", "专职网格员姓名", "专职网格员联系电话"],
        ["网格", "网格长/姓名", "网格长/手机号", "专职网格员/姓名", "专职网格员/手机号"],
        ["网格名称", "网格长", "联系方式", "专职网格员", "手机号码"],
    ],
)
def test_names_of_columns_for_each_post(columns):
    posts, findings = read(columns, ["101网格", "甲", "110", "乙", "120"])
    assert posts == [
        ("11101", "leader", "甲", "110", "", ""),
        ("11101", "full_time", "乙", "120", "", ""),
    ]
    assert not findings


def test_a_second_person_for_a_post():
    posts, _findings = read(
        ["网格", "网格长", "电话", "网格长B岗", "网格长B岗电话"], ["101", "暂缺", "1", "乙", "2"]
    )
    assert posts == [("11101", "leader", "", "1", "乙", "2")]


def test_one_person_for_several_grids():
    posts, _findings = read(
        ["网格", "姓名", "岗位", "电话"],
        ["101、102", "甲", "网格长", "1"],
        ["101-103", "乙", "包片领导", "2"],
    )
    assert [post[0] for post in posts] == ["11101", "11102", "11101", "11102", "11103"]
    assert {post[1] for post in posts} == {"leader", "street_cadre"}


def test_several_people_in_one_cell():
    posts, _findings = read(
        ["网格", "兼职网格员", "电话"],
        ["101", "甲、乙", "1、2"],
        ["102", "丙，丁", "3"],
        ["103", "戊 13800000000", ""],
    )
    assert [(post[2], post[3]) for post in posts] == [
        ("甲", "1"),
        ("乙", "2"),
        ("丙", "3"),
        ("丁", "3"),
        ("戊", "13800000000"),
    ]


def test_an_empty_cell_is_a_vacancy_only_where_a_post_must_be_filled():
    posts, findings = read(["网格", "专职网格员", "兼职网格员"], ["101", "", ""])
    assert posts == [("11101", "full_time", "", "", "", "")]
    assert findings["vacant_post"].rows == (0,)


def test_the_community_tells_grids_of_one_name_apart():
    posts, _findings = read(
        ["所属社区", "网格名称", "姓名", "岗位"], ["竹林社区", "第一网格", "甲", "网格长"]
    )
    assert posts[0][0] == "12201"


def test_a_row_of_a_community_belongs_to_the_community():
    posts, _findings = read(["社区", "网格", "姓名", "岗位"], ["竹林社区", "", "甲", "网格长"])
    assert posts[0][0] == "12"


def test_code_or_name_whichever_is_known():
    posts, findings = read(
        ["网格编码", "网格名称", "姓名", "岗位"],
        ["999", "101网格", "甲", "网格长"],
        ["", "102网格", "乙", "网格长"],
    )
    assert [post[0] for post in posts] == ["11101", "11102"]
    assert not findings


def test_nothing_is_dropped():
    posts, findings = read(
        ["网格", "岗位", "姓名"],
        ["第九网格", "网格长", "甲"],
        ["第一网格", "网格长", "乙"],
        ["101", "巡防员", "丙"],
        ["", "网格长", "丁"],
        ["", "", ""],
    )
    assert posts == [
        ("第九网格", "leader", "甲", "", "", ""),
        ("第一网格", "leader", "乙", "", "", ""),
        ("11101", "巡防员", "丙", "", "", ""),
        ("", "leader", "丁", "", "", ""),
    ]
    assert findings["unknown_grid"].rows == (0,)
    assert findings["ambiguous_grid"].rows == (1,)
    assert findings["unknown_post"].rows == (2,)
    assert findings["no_grid"].rows == (3,)
    assert "第九网格" in findings["unknown_grid"].text()


def test_without_posts_everybody_is_full_time():
    posts, findings = read(["网格", "姓名"], ["101", "甲"])
    assert posts[0][1] == "full_time"
    assert "no_post" in findings


@pytest.mark.parametrize("columns", [["姓名", "电话"], ["网格", "户数"], ["备注"]])
def test_what_is_no_staff_list_is_said(columns):
    posts, findings = read_roster(pd.DataFrame([["x"] * len(columns)], columns=columns), GRIDS)
    assert posts.empty
    assert [(finding.kind, finding.severity) for finding in findings] == [("no_roster", "error")]
