"""Lists of buildings as offices write them."""

from __future__ import annotations

import pandas as pd
import pytest

from geogrid.addresses import build_address_book, find_addresses
from geogrid.errors import CrsError
from geogrid.offices.unit_lists import read_units

OFFICE = pd.DataFrame(
    {
        "楼栋编码": ["001", "002", "002", ""],
        "小区名称": ["泰然苑", "泰然苑", "泰然苑", "竹林居"],
        "路名": ["泰然七路", "泰然七路", "泰然七路", ""],
        "门牌号": ["12号", "12", "12", ""],
        "楼栋号": ["1号楼", "2", "2", ""],
        "单元号": ["", "", "1", ""],
        "户数": ["1,024户", "3.5", "", "20"],
        "人数": ["", "", "", "50"],
        "网格编码": ["0101", "", "", ""],
        "经度": ["114.1", "", "114.3", ""],
        "纬度": ["22.5", "", "22.5", ""],
        "户主电话": ["1", "", "", ""],
        "单元数": ["2", "", "", ""],
    },
    dtype="str",
)


def test_an_office_list():
    units, findings = read_units(OFFICE, "wgs84")
    assert units["unit_id"].tolist() == ["001", "002", "U000003", "U000004"]
    assert units["kind"].tolist() == ["building", "building", "entrance", "compound"]
    assert units["address"].tolist() == [
        "泰然七路12号泰然苑1号楼",
        "泰然七路12号泰然苑2号楼",
        "泰然七路12号泰然苑2号楼1单元",
        "竹林居",
    ]
    assert units["households"].fillna(-1).tolist() == [1024, -1, -1, 20]
    assert units["grid"].tolist() == ["0101", "", "", ""]
    assert units["lon"].notna().tolist() == [True, False, True, False]
    by_kind = {finding.kind: finding for finding in findings}
    assert by_kind["unreadable_number"].rows == (1,)
    assert by_kind["duplicate_code"].rows == (2,)
    assert "户主电话, 单元数" in by_kind["columns_not_kept"].text()
    assert "户主电话" not in units.columns


def test_a_list_of_addresses_alone():
    units, findings = read_units(
        pd.DataFrame({"地址": ["福田区泰然七路12号泰然苑3号楼2单元", "竹林居A座", ""]})
    )
    assert units["street"].tolist() == ["泰然7路", "", ""]
    assert units["compound"].tolist() == ["泰然苑", "竹林居", ""]
    assert units["kind"].tolist() == ["entrance", "building", "compound"]
    assert [(finding.kind, finding.rows) for finding in findings] == [("no_address", (2,))]
    match = find_addresses(build_address_book(units), "泰然苑3栋2单元")[0]
    assert (match.unit_id, match.certainty) == ("U000001", "exact")


def test_kinds_in_the_offices_words():
    frame = pd.DataFrame({"名称": ["甲", "乙", "丙"], "类型": ["小区", "楼栋", "怪"]})
    units, findings = read_units(frame)
    assert units["kind"].tolist() == ["compound", "building", "compound"]
    assert [(finding.kind, finding.rows) for finding in findings] == [("unknown_unit_kind", (2,))]


def test_a_datum_is_never_guessed():
    with pytest.raises(CrsError):
        read_units(OFFICE)


def test_an_empty_list():
    units, findings = read_units(OFFICE.iloc[:0])
    assert (len(units), findings[0].kind) == (0, "columns_not_kept")
