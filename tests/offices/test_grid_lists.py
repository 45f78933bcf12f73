"""Lists of the grids of buildings: who is meant, what changes, and what cannot be taken."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_plan import grids, units

from geogrid.offices.grid_lists import STATES, holds_grids, listed_anew, read_grid_list


def read(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["楼栋编码", "详细地址", "所属网格"])
    return read_grid_list(frame, units(), grids())[0]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("B1", "", "112"), ("B1", "112", "")),
        (("B1", "不对的地址", "甲二网格"), ("B1", "112", "")),
        (("", "西街1号2号楼", "甲社区甲一网格"), ("B2", "111", "")),
        (("77", "甲苑2号楼", "111"), ("B2", "111", "")),
        (("", "甲苑", "111"), ("C1", "111", "")),
        (("", "甲苑9号楼", "111"), ("", "111", "compound")),
        (("", "北街1号", "111"), ("", "111", "no_unit")),
        (("B1", "", ""), ("B1", "", "no_grid")),
        (("B1", "", "丙网格"), ("B1", "", "unknown_grid")),
        (("B1", "", "111、112"), ("B1", "", "several")),
    ],
)
def test_one_row(row: tuple[str, str, str], found: tuple[str, str, str]) -> None:
    made = read(row)
    assert made.loc[0, "unit_id"] == found[0]
    assert made.loc[0, "state"] == found[2]
    if not found[2]:
        assert made.loc[0, "grid"] == found[1]
    assert found[2] in ("", *STATES)


def test_rows_that_contradict_each_other_do_not_count() -> None:
    made = read(("B1", "", "111"), ("", "甲苑1号楼", "112"), ("B2", "", "111"), ("B2", "", "111"))
    assert made["state"].tolist() == ["twice", "twice", "", ""]


def test_building_and_entrance_in_columns_of_their_own() -> None:
    frame = pd.DataFrame({"小区": ["甲苑"], "楼栋": ["2"], "网格编码": ["111"], "备注": ["x"]})
    made, said = read_grid_list(frame, units(), grids())
    assert made.loc[0].tolist() == ["B2", "111", "", "甲苑2号楼", "111"]
    assert len(said) == 1, "the remark is not kept, and that is said"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"小区": "甲苑"}, ("C1", "")),
        ({"小区": "甲苑", "名称": "甲苑"}, ("C1", "")),
        ({"小区": "甲苑", "详细地址": "西街1号"}, ("C1", "")),
        ({"小区": "甲苑", "详细地址": "西街1号甲苑"}, ("C1", "")),
        ({"小区": "甲苑", "名称": "2栋"}, ("B2", "")),
        ({"小区": "甲苑", "楼栋名称": "2号楼"}, ("B2", "")),
        ({"小区": "甲苑", "名称": "甲苑2号楼"}, ("B2", "")),
        ({"小区": "甲苑", "名称": "门卫室"}, ("", "compound")),
        ({"小区": "甲苑", "详细地址": "门卫室"}, ("", "compound")),
        ({"详细地址": "甲苑", "名称": "门卫室"}, ("", "compound")),
        ({"小区": "甲苑", "名称": "错列楼"}, ("", "compound")),
        ({"小区": "甲苑", "楼栋": "9", "详细地址": "甲苑"}, ("", "compound")),
        ({"小区": "甲苑", "楼栋编码": "XX9"}, ("", "compound")),
        ({"小区": "甲苑", "楼栋编码": "C1"}, ("C1", "")),
        ({"小区": "甲苑", "楼栋": "2", "名称": "便利店"}, ("B2", "")),
    ],
)
def test_a_row_about_one_building_never_means_its_compound(
    row: dict[str, str], found: tuple[str, str]
) -> None:
    frame = pd.DataFrame([row | {"网格": "112"}])
    made = read_grid_list(frame, units(), grids())[0]
    assert (made.loc[0, "unit_id"], made.loc[0, "state"]) == found


def test_what_is_such_a_list() -> None:
    assert holds_grids(pd.DataFrame(columns=["网格", "详细地址"]))
    assert not holds_grids(pd.DataFrame(columns=["网格", "姓名"]))
    assert not holds_grids(pd.DataFrame(columns=["详细地址"]))


def test_without_rows() -> None:
    assert len(read()) == 0


@given(
    st.lists(st.integers(-1, 4), min_size=6, max_size=6),
    st.dictionaries(st.integers(0, 5), st.sampled_from(["11", "12"])),
)
def test_the_nearest_row_counts(above: list[int], said: dict[int, str]) -> None:
    ids = [f"U{at}" for at in range(6)]
    frame = pd.DataFrame(
        {"unit_id": ids, "parent": [f"U{at}" if at >= 0 else "" for at in above], "grid": "old"}
    )
    rows = pd.DataFrame(
        {"unit_id": [ids[at] for at in said], "grid": [*said.values()], "state": ""},
        dtype="str",
    )

    def plain(at: int, left: int) -> str:
        if at < 0 or not left:
            return "old"
        return said[at] if at in said else plain(above[at], left - 1)

    assert listed_anew(rows, frame).tolist() == [plain(at, 7) for at in range(6)]
