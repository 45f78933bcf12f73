"""Sheets of one file that call their columns by different words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from small_plan import grids, units

from geogrid.offices.previews import preview_address_list, preview_grid_list, preview_unit_list
from geogrid.tables import Table


def sheet(name: str, rows: list[dict[str, str]]) -> Table:
    frame = pd.DataFrame(rows, dtype="str")
    return Table(frame, "x.xlsx", "xlsx", name, (1,), np.arange(2, len(frame) + 2))


def test_addresses() -> None:
    tables = [
        sheet("一", [{"地址": "西街1号", "经度": "114.005", "纬度": "22.535"}]),
        sheet("二", [{"详细地址": "西街2号", "lon": "114.006", "lat": "22.536"}]),
    ]
    read = preview_address_list(tables, grids(), "wgs84", source="x", dated="2026-01-01")
    assert read.made["address"].tolist() == ["西街1号", "西街2号"]
    assert read.made["lon"].tolist() == [114.005, 114.006]
    assert [fate.fate for fate in read.fates] == ["taken", "taken"]


def test_rows_left_out_say_why_by_their_numbers_in_the_file() -> None:
    rows = [
        {"名称": "甲楼", "地址": "西街1号", "经度": "", "纬度": ""},
        {"名称": "", "地址": "", "经度": "114.006", "纬度": "１"},
        {"名称": "乙楼", "地址": "西街3号", "经度": "x", "纬度": "1"},
    ]
    read = preview_address_list([sheet("一", rows)], grids(), "wgs84", source="x", dated="")
    assert [[reason.kind for reason in fate.reasons] for fate in read.fates] == [
        ["no_position"],
        ["no_address"],
        ["bad_position", "no_position"],
    ]
    assert [fate.is_unread for fate in read.fates] == [True] * 3
    assert read.fates[2].reasons[1].text("en").startswith("Rows 4: no position")
    assert read.unread == {
        ("一", 2): ("甲楼", "西街1号"),
        ("一", 3): ("", ""),
        ("一", 4): ("乙楼", "西街3号"),
    }


def test_positions_of_ours_are_never_taken_for_others() -> None:
    ours = sheet("一", [{"地址": "西街1号", "wgs84_lon": "114.005", "wgs84_lat": "22.535"}])
    theirs = sheet("二", [{"地址": "西街2号", "经度": "114.005", "纬度": "22.535"}])
    for tables in ([ours, theirs], [theirs, ours]):
        read = preview_address_list(tables, grids(), "gcj02", source="x", dated="2026-01-01")
        assert read.made[["address", "lon"]].values.tolist() == [["西街1号", 114.005]]


def test_buildings() -> None:
    tables = [
        sheet("一", [{"楼栋编号": "A", "小区": "甲苑", "楼栋": "1", "户数": "7"}]),
        sheet(
            "二", [{"编号": "1", "建筑编码": "B", "小区名称": "乙苑", "栋号": "2", "总户数": "多"}]
        ),
    ]
    read = preview_unit_list(tables, grids(), None)
    assert read.made["unit_id"].tolist() == ["A", "B"]
    assert read.made["address"].tolist() == ["甲苑1号楼", "乙苑2号楼"]
    assert read.made["households"].fillna(-1).tolist() == [7, -1]
    said = {finding.kind: finding for finding in read.findings}
    assert said["unreadable_number"].params["column"] == "户数", "in the words of the file"
    assert said["columns_not_kept"].params["columns"] == "编号"


def test_a_column_that_is_not_kept_may_be_called_like_one_that_is() -> None:
    tables = [
        sheet("一", [{"编号": "A", "小区": "甲苑", "楼栋": "1"}]),
        sheet("二", [{"编号": "1", "楼栋编码": "B", "小区": "乙苑", "楼栋": "2"}]),
    ]
    read = preview_unit_list(tables, grids(), None)
    assert read.made["unit_id"].tolist() == ["A", "B"]


def test_grids_of_buildings() -> None:
    tables = [
        sheet("一", [{"楼栋编码": "B1", "网格编码": "112"}]),
        sheet("二", [{"楼栋编号": "B2", "网格名称": "甲一网格"}]),
    ]
    made = preview_grid_list(tables, grids(), units()).made
    assert made[["unit_id", "grid", "state"]].values.tolist() == [
        ["B1", "112", ""],
        ["B2", "111", ""],
    ]
