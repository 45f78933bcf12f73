"""Lists of cases as offices write them."""

from __future__ import annotations

import pandas as pd
import pytest

from geogrid.errors import CrsError, FieldError
from geogrid.offices.case_lists import read_cases

OFFICE = pd.DataFrame(
    {
        "工单编号": ["0012", "0013", ""],
        "上报时间": ["2026/3/1 8:05", "2026年3月2日", "昨天"],
        "问题类型": ["垃圾清运不及时", "噪音扰民", "无证养犬"],
        "状态": ["已办结", "处理中", "怪"],
        "办理层级": ["社区", "", "街道"],
        "诉求内容": ["楼下垃圾", " 广场舞 ", "狗"],
        "事发地址": ["泰然七路12号", "", ""],
        "经度": ["114.05", "0", ""],
        "纬度": ["22.55", "0", ""],
        "办结时间": ["2026-03-02 10:00", "", ""],
        "是否满意": ["满意", "不满意", ""],
        "联系电话": ["13800000000", "", ""],
        "所属网格": ["101", "", ""],
    },
    dtype="str",
)


def test_an_office_list():
    cases, findings = read_cases(OFFICE, datum="wgs84")
    assert cases["case_id"].tolist()[:2] == ["0012", "0013"]
    assert len(cases["case_id"][2]) == 17
    assert cases["category"].tolist() == ["environment", "noise", "other"]
    assert cases["category_text"].tolist()[2] == "无证养犬"
    assert cases["status"].tolist() == ["closed", "dispatched", "reported"]
    assert cases["handling_level"].tolist() == ["community", "", "street"]
    assert cases["title"].tolist()[1] == "广场舞"
    assert cases["reported_at"][0] == pd.Timestamp("2026-03-01 00:05", tz="UTC")
    assert cases["reported_at"].isna().tolist() == [False, False, True]
    assert cases["closed_at"][0] == pd.Timestamp("2026-03-02 02:00", tz="UTC")
    assert cases["satisfied"].tolist() == ["yes", "no", ""]
    assert cases["lon"].tolist()[0] == 114.05
    assert cases["lat"].isna().tolist() == [False, True, True]
    assert "联系电话" not in cases.columns
    by_kind = {finding.kind: finding for finding in findings}
    assert by_kind["unreadable_time"].rows == (2,)
    assert by_kind["bad_position"].rows == (1,)
    assert by_kind["unknown_category"].rows == (2,)
    assert by_kind["unknown_status"].rows == (2,)
    assert "联系电话, 所属网格" in by_kind["columns_not_kept"].text()
    assert all(finding.text("en") for finding in findings)


def test_a_case_without_a_number_has_one_of_its_own_in_every_list():
    march = pd.DataFrame(
        {
            "内容": ["狗", "狗", "噪音", "噪音"],
            "地址": ["东街1号", "东街1号", "", ""],
            "经度": ["", "", "114.05", "114.06"],
            "纬度": ["", "", "22.55", "22.55"],
            "状态": "处理中",
        },
        dtype="str",
    )
    first = read_cases(march, datum="wgs84")[0]["case_id"]
    assert first.is_unique  # rows that say the same are as many cases
    later = march.iloc[::-1].assign(状态="已办结")
    assert set(read_cases(later, datum="wgs84")[0]["case_id"]) == set(first)
    april = march.assign(内容="垃圾")
    assert set(first).isdisjoint(read_cases(april, datum="wgs84")[0]["case_id"])


def test_a_number_that_comes_again_is_said():
    rows = pd.DataFrame({"工单编号": ["7", "8", "7", ""], "地址": "东街1号"}, dtype="str")
    findings = {each.kind: each for each in read_cases(rows)[1]}
    assert findings["number_again"].rows == (0,)


def test_a_datum_is_never_guessed():
    with pytest.raises(CrsError, match="datum"):
        read_cases(OFFICE)
    assert len(read_cases(OFFICE.drop(columns=["经度", "纬度"]))[0]) == 3


def test_positions_of_a_located_list_are_taken():
    located = OFFICE.assign(wgs84_lon=[114.0, None, 114.2], wgs84_lat=[22.5, None, 22.6])
    cases, _findings = read_cases(located)
    assert cases["lon"].fillna(0).tolist() == [114.0, 0, 114.2]


def test_gcj02_is_converted():
    cases, _findings = read_cases(OFFICE, datum="gcj02")
    assert abs(cases["lon"][0] - 114.05) > 0.003


def test_without_a_status_column_the_closing_time_tells():
    cases, findings = read_cases(OFFICE.drop(columns="状态"), datum="wgs84")
    assert cases["status"].tolist() == ["closed", "reported", "reported"]
    assert "no_status" in [finding.kind for finding in findings]


def test_columns_can_be_chosen():
    cases, _findings = read_cases(OFFICE, datum="wgs84", fields={"title": "状态", "status": ""})
    assert cases["title"][0] == "已办结"
    with pytest.raises(FieldError):
        read_cases(OFFICE, datum="wgs84", fields={"title": "没有"})


def test_an_empty_table_is_said():
    cases, findings = read_cases(pd.DataFrame({"标题": []}))
    assert cases.empty
    assert [finding.kind for finding in findings] == ["no_rows"]
