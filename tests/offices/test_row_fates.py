"""No row of an office's list is without a fate, and none has two."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geogrid.offices.plain_cells import plain_cells
from geogrid.offices.previews import ListPreview, preview_roster, preview_unit_list
from geogrid.tables import read_tables

GRIDS = pd.DataFrame(
    {
        "code": ["11", "111", "112", "12", "121"],
        "name": ["甲社区", "第一网格", "第二网格", "乙社区", "第一网格"],
        "parent": ["", "11", "11", "", "12"],
        "level": [2, 3, 3, 2, 3],
    }
)
HEADER = ["网格名称", "岗位", "姓名", "联系电话"]
Row = list[object]

CELLS = st.sampled_from(
    ["", "111", "第一网格", "网格长", "甲", "空缺", "１３８００１３８０００", "13800138000.0",
     "1.1E+14", "合计", "注：略", "小计", "姓名", "750000000", "=1+1", "<b>"]
) | st.text(max_size=5)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8)
SHEETS = st.dictionaries(st.sampled_from(["甲社区", "乙社区", "说明", "Sheet1"]), ROWS, min_size=1)


def write(path: Path, sheets: dict[str, list[Row]], merges: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value not in ("", None):
                    cell = sheet.cell(at, column)
                    cell.value = _legal(value)
                    if isinstance(value, str):
                        cell.data_type = "s"
        for merge in merges if sheet is book.worksheets[0] else ():
            sheet.merge_cells(merge)
    book.save(path)
    return path


def _legal(value: object) -> object:
    if not isinstance(value, str):
        return value
    return "".join(sign for sign in value if sign.isprintable())


def fates(read: ListPreview) -> dict[tuple[str, int], tuple[str, list[str]]]:
    return {
        (fate.sheet, fate.row): (fate.fate, [reason.kind for reason in fate.reasons])
        for fate in read.fates
    }


def test_a_list_as_offices_keep_it(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["南园街道网格队伍花名册"],
        ["网格", "人员信息", "", ""],
        ["", "岗位", "姓名", "联系电话"],
        ["第一网格", "网格长", "甲", "１３８００１３８０００"],
        ["", "专职网格员", "乙", 13800138001.0],
        ["第二网格", "网格长", "丙", "13800138002.0"],
        [],
        ["", "岗位", "姓名", "联系电话"],
        ["小计", "", "3"],
        ["第二网格", "专职网格员", "空缺", "1.38E+10"],
        ["注：以上人员均在岗"],
        ["填表人：某某", "", "审核人：某某"],
    ]
    other: list[Row] = [["说明"], ["请勿改动表头"]]
    merges = ("A1:D1", "A2:A3", "B2:D2", "A4:A5")
    path = write(tmp_path / "花名册.xlsx", {"甲社区": rows, "说明": other}, merges)
    read = preview_roster(read_tables(path), GRIDS)
    assert fates(read) == {
        ("甲社区", 1): ("left_out", ["title"]),
        ("甲社区", 2): ("left_out", ["header"]),
        ("甲社区", 3): ("left_out", ["header"]),
        ("甲社区", 4): ("changed", ["full_width"]),
        ("甲社区", 5): ("taken", []),
        ("甲社区", 6): ("changed", ["point_zero"]),
        ("甲社区", 7): ("left_out", ["empty"]),
        ("甲社区", 8): ("left_out", ["again"]),
        ("甲社区", 9): ("left_out", ["sum"]),
        ("甲社区", 10): ("taken", ["digits_lost", "vacant_post", "not_a_phone"]),
        ("甲社区", 11): ("left_out", ["note"]),
        ("甲社区", 12): ("left_out", ["note"]),
        ("说明", 1): ("left_out", ["header"]),
        ("说明", 2): ("left_out", ["other_list"]),
    }
    assert read.made["grid"].tolist() == ["111", "111", "112", "112"], "the sheet is a community"
    assert read.made["phone"].tolist()[:3] == ["13800138000", "13800138001", "13800138002"]
    assert [read.fates[source].row for source in read.sources] == [4, 5, 6, 10]


def test_sheets_for_each_community_make_one_roster(tmp_path: Path) -> None:
    sheets: dict[str, list[Row]] = {
        "甲社区": [HEADER, ["第一网格", "网格长", "甲", "13800138000"]],
        "乙社区": [HEADER, ["第一网格", "网格长", "乙", "13800138001"]],
    }
    read = preview_roster(read_tables(write(tmp_path / "两个社区.xlsx", sheets)), GRIDS)
    assert read.made[["post_id", "grid", "holder"]].to_numpy().tolist() == [
        ["P00001", "111", "甲"],
        ["P00002", "121", "乙"],
    ]
    assert [(read.fates[at].sheet, read.fates[at].row) for at in read.sources] == [
        ("甲社区", 2),
        ("乙社区", 2),
    ]


def test_buildings_of_several_sheets_have_different_codes(tmp_path: Path) -> None:
    header = ["楼栋编码", "小区", "楼栋", "户数"]
    sheets: dict[str, list[Row]] = {
        "甲社区": [header, ["B1", "甲苑", "1", "十"], ["合计", "", "", 10]],
        "乙社区": [header, ["B1", "乙苑", "1", 20]],
    }
    read = preview_unit_list(read_tables(write(tmp_path / "楼.xlsx", sheets)), GRIDS, None)
    assert read.made["unit_id"].is_unique
    assert read.made["compound"].tolist() == ["甲苑", "乙苑"]
    assert fates(read)["甲社区", 2] == ("changed", ["unreadable_number"])
    assert fates(read)["甲社区", 3] == ("left_out", ["sum"])
    assert fates(read)["乙社区", 2] == ("changed", ["duplicate_code"])


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(SHEETS, st.booleans(), st.sampled_from(["posts", "units"]))
def test_every_row_of_every_sheet_has_one_fate(
    tmp_path: Path, sheets: dict[str, list[Row]], has_header: bool, kind: str
) -> None:
    if has_header:
        sheets = {title: [HEADER, *rows] for title, rows in sheets.items()}
    path = write(tmp_path / "list.xlsx", sheets)
    filled = {
        title: max((at for at, row in enumerate(rows, 1) if any(map(_shown, row))), default=0)
        for title, rows in sheets.items()
    }
    if not any(filled.values()):
        return
    tables = read_tables(path)
    read = (
        preview_roster(tables, GRIDS)
        if kind == "posts"
        else preview_unit_list(tables, GRIDS, "wgs84")
    )
    rows = Counter((fate.sheet, fate.row) for fate in read.fates)
    assert set(rows.values()) == {1}
    assert set(rows) >= {(title, at) for title, last in filled.items() for at in range(1, last + 1)}
    assert len(read.sources) == len(read.made)
    made_from = set(read.sources)
    for at, fate in enumerate(read.fates):
        assert (fate.fate == "left_out") == (at not in made_from)
        assert fate.reasons or fate.fate == "taken"


def _shown(value: object) -> bool:
    return bool(str(_legal(value)).strip(" \t\r\n\v\f\u00a0\u3000\u200b\ufeff"))


@pytest.mark.parametrize(
    ("written", "plain", "kind"),
    [
        ("４４０３０４００１", "440304001", "full_width"),
        ("4.40304090003005E+14", "440304090003005", "exponent"),
        ("4.4030409e+14", "440304090000000", "exponent"),
        ("4.40304E+14", "4.40304E+14", "digits_lost"),
        ("1e5", "1e5", ""),
        ("13800138000.0", "13800138000", "point_zero"),
        ("114.05", "114.05", ""),
        ("甲１号楼", "甲１号楼", ""),
        ("00013", "00013", ""),
        ("440304A01", "440304A01", ""),
    ],
)
def test_cells_are_made_plain_only_where_that_is_certain(
    written: str, plain: str, kind: str
) -> None:
    frame, changes = plain_cells(pd.DataFrame({"编码": [written]}))
    assert frame["编码"].tolist() == [plain]
    assert [each.kind for each in changes.get(0, [])] == ([kind] if kind else [])
