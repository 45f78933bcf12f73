"""Contact lists of party members as offices keep them: every row has a fate."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_plan import grids, units

from geogrid.addresses import build_address_book
from geogrid.offices.contact_lists import ContactReader, holds_contacts
from geogrid.offices.grid_names import build_grid_names
from geogrid.offices.previews import ListPreview, preview_contact_list
from geogrid.tables import read_tables

BOOK, NAMES = build_address_book(units()), build_grid_names(grids())
HEADER = ["党员中心户", "联系电话", "网格", "小区", "楼栋", "房号", "户主"]


def read(rows: list[list[str]], header: list[str] = HEADER) -> pd.DataFrame:
    return ContactReader(BOOK, NAMES).read(pd.DataFrame(rows, columns=header, dtype="str"))[0]


def homes(table: pd.DataFrame) -> list[tuple[str, ...]]:
    names = ["name", "unit_id", "home", "state"]
    return list(table[names].itertuples(index=False, name=None))


def write_book(path: Path) -> Path:
    """A workbook with a title, a header of two rows, merged members, notes and numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "甲社区"
    for row in [
        ["党员联户花名册"],
        ["序号", "党员信息", None, "网格", "住址", None, None, "户主"],
        [None, "党员姓名", "联系电话", None, "小区", "楼栋", "房号", None],
        [1, "张　三", 13800000001.0, "甲一网格", "甲苑", 1, 101.0, "赵"],
        [None, None, None, None, "甲苑", "1号楼", "102室", "钱"],
        [None, None, None, None, "甲苑", "３", "103", "孙"],
        [2, "李四", "755-0000-0002", "甲二网格", "甲苑", "2栋", "101", "周"],
        [None, None, None, None, "甲苑", "1号楼", "101", "吴"],
        ["合计", 5],
        ["注：请如实填写"],
    ]:
        sheet.append(row)
    for merge in ("A1:H1", "B2:C2", "E2:G2", "A2:A3", "D2:D3", "H2:H3", "B4:B6", "C4:C6", "D4:D6",
                  "B7:B8", "C7:C8", "D7:D8"):  # fmt: skip
        sheet.merge_cells(merge)
    book.save(path)
    return path


def preview(path: Path) -> ListPreview:
    return preview_contact_list(read_tables(path), grids(), units())


def test_a_workbook_as_offices_keep_it(tmp_path: Path) -> None:
    seen = preview(write_book(tmp_path / "联户.xlsx"))
    assert homes(seen.made) == [
        ("张三", "B1", "101", ""),
        ("张三", "B1", "102", ""),
        ("张三", "", "103", "compound"),
        ("李四", "B2", "101", ""),
        ("李四", "B1", "101", "again"),
    ]
    assert seen.made["of"].tolist() == ["", "", "", "", "张三"]
    assert seen.made["grid"].tolist() == ["111"] * 3 + ["112"] * 2
    assert seen.made["phone"].unique().tolist() == ["13800000001", "0755-0000-0002"]
    assert [seen.fates[at].row for at in seen.sources] == [4, 5, 6, 7, 8]
    left = {fate.row: fate.reasons[0].kind for fate in seen.fates if fate.fate == "left_out"}
    assert left == {1: "title", 2: "header", 3: "header", 9: "sum", 10: "note"}
    kept = " ".join(finding.text("zh_CN") for finding in seen.findings)
    assert "户主" in kept  # names of residents are not kept, and that is said


def test_a_csv_of_the_same_in_gbk(tmp_path: Path) -> None:
    """Merged cells are empty there, and the header has one row."""
    path = tmp_path / "联户.csv"
    path.write_bytes(
        "党员姓名,联系电话,网格,小区,楼栋,房号\n"
        "张三,13800000001,甲一网格,甲苑,1号楼,101\n,,,,,102\n,,,,2号楼,201、202\n"
        "李四,,甲二网格,甲苑,2号楼,203\n".encode("gbk")
    )
    seen = preview(path)
    assert homes(seen.made) == [
        ("张三", "B1", "101", ""),
        ("张三", "B1", "102", ""),
        ("张三", "B2", "201", ""),
        ("张三", "B2", "202", ""),
        ("李四", "B2", "203", ""),
    ]
    assert seen.made["phone"].tolist() == ["13800000001"] * 4 + [""]


def test_titles_above_the_columns_say_whose_they_are() -> None:
    header = ["党员信息 姓名", "党员信息 电话", "住户信息 姓名", "住户信息 电话", "住 址"]
    table = read([["甲", "13800000001", "赵", "13900000009", "甲苑1号楼101"]], header)
    assert homes(table) == [("甲", "B1", "101", "")]
    assert table["phone"].tolist() == ["13800000001"]
    assert not holds_contacts(pd.DataFrame(columns=["住户信息 姓名", "住户信息 地址"], dtype="str"))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("甲苑1号楼2单元301", ("B1", "2单元301", "")),
        ("甲苑1-2-301", ("B1", "2单元301", "")),
        ("西街1号1号楼301室", ("B1", "301", "")),
        ("错列楼", ("B3", "", "")),
        ("甲苑", ("C1", "", "")),
        ("甲苑7栋301", ("", "301", "compound")),
        ("没有楼", ("", "", "no_unit")),
    ],
)
def test_addresses_in_one_cell(address: str, found: tuple[str, str, str]) -> None:
    (home,) = homes(read([["甲", address]], ["联户党员", "住址"]))
    assert home == ("甲", *found)


def test_households_without_a_door_are_counted_and_not_named() -> None:
    rows = [["甲", "甲苑1号楼", name] for name in ("赵", "钱")] + [["乙", "甲苑1号楼", "孙"]]
    table = read(rows, ["党员", "地址", "户主"])
    assert homes(table) == [
        ("甲", "B1", "#1", ""), ("甲", "B1", "#2", ""), ("乙", "B1", "#3", ""),
    ]  # fmt: skip
    assert not any(name in table.to_string() for name in "赵钱孙")


def test_what_cannot_be_taken_says_why() -> None:
    rows = [
        ["", "", "", "甲苑", "1号楼", "101", ""],
        ["甲", "", "月球", "甲苑", "", "101", ""],
        ["甲", "", "", "甲苑", "1号楼", "x" * 65, ""],
    ]
    table, findings = ContactReader(BOOK, NAMES).read(pd.DataFrame(rows, columns=HEADER))
    assert table["state"].tolist() == ["no_member", "compound", "too_long"]
    assert [(one.kind, one.rows) for one in findings][:1] == [("unknown_grid", (1,))]


@pytest.mark.parametrize(
    ("header", "is_one"),
    [(HEADER, True), (["党员", "地址"], True), (["党员", "电话"], False),
     (["网格", "岗位", "姓名", "电话"], False), (["地址", "户数"], False)],
)  # fmt: skip
def test_which_sheets_are_contact_lists(header: list[str], is_one: bool) -> None:
    assert holds_contacts(pd.DataFrame(columns=header, dtype="str")) is is_one


CELLS = st.sampled_from(
    ["", "甲", "张三 13800000001", "甲苑", "1号楼", "2", "101", "101、102", "甲一网格", "=1+1"]
) | st.text(max_size=6)  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=6))
def test_no_home_is_on_two_lists_and_nothing_is_lost(rows: list[list[str]]) -> None:
    table = read(rows)
    taken = table[table["state"] == ""]
    assert not taken.duplicated(["unit_id", "home"]).any()
    assert (taken["name"] != "").all()
    assert set(taken["unit_id"]) <= set(units()["unit_id"])
    filled = {at for at, row in enumerate(rows) if row[0].strip() or row[4].strip()}
    assert filled <= set(table.attrs["rows"])
