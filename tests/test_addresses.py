"""Addresses: found by every spelling, and never a wrong confident answer."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, box

from geogrid.addresses import (
    AddressMatch,
    address_finder,
    build_address_book,
    find_address,
    find_addresses,
    find_unit,
    units_within,
)
from geogrid.store import load_plan, sample_folder

# unit_id, kind, parent, name, compound, street, number, building, entrance, lon
ROWS = [
    ("C1", "compound", "", "泰然苑", "泰然苑", "泰然七路", "12", "", "", 0.2),
    ("B1", "building", "C1", "", "泰然苑", "泰然七路", "12", "1号楼", "", 0.1),
    ("B3", "building", "C1", "", "泰然苑", "泰然七路", "12", "3号楼", "", 0.3),
    ("E2", "entrance", "B3", "", "", "", "", "", "2单元", float("nan")),
    ("C2", "compound", "", "竹林居", "竹林居", "泰然七路", "112", "", "", 1.1),
    ("B4", "building", "C2", "", "竹林居", "泰然七路", "112", "A座", "", 1.2),
    ("B5", "building", "C2", "", "竹林居", "泰然七路", "112", "B座", "", 2.2),
    ("B6", "building", "", "创业大厦", "", "泰然九路", "12", "", "", 2.5),
    ("B7", "building", "", "", "幸福小区", "福华路", "1", "1栋", "", 2.6),
    ("B8", "building", "", "", "幸福小区", "福华一路", "1", "1栋", "", 2.7),
]
NAMES = ["unit_id", "kind", "parent", "name", "compound", "street", "number", "building"]


def units() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=[*NAMES, "entrance", "lon"])
    number = frame["number"].where(frame["number"] == "", frame["number"] + "号")
    frame["address"] = frame["street"] + number + frame["building"] + frame["entrance"]
    frame.loc[frame["unit_id"] == "E2", "address"] = "泰然七路12号3号楼2单元"
    return frame.assign(lat=0.5, grid=["G9" if row[0] == "E2" else "" for row in ROWS])


GRIDS = gpd.GeoDataFrame(
    {
        "code": ["44", "441", "442", "443"],
        "name": ["泰安社区", "第一网格", "第二网格", "<b>第三网格</b>"],
        "parent": ["", "44", "44", "44"],
        "level": [2, 3, 3, 3],
    },
    geometry=[box(0, 0, 3, 1), box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)],
    crs="EPSG:4326",
)
STREETS = gpd.GeoDataFrame(
    {"name": ["深南大道", "深南大道", "", "", "断头路"]},
    geometry=[
        LineString([(0, 0), (1, 0)]),
        LineString([(0, 1), (3, 1)]),
        LineString([(0, 0), (9, 9)]),
        None,
        MultiLineString([[(0, 0), (1, 0)], [(0, 2), (2, 2)]]),
    ],
    crs="EPSG:4326",
)
BOOK = build_address_book(units(), GRIDS, STREETS)


def first(text: str) -> AddressMatch:
    return find_addresses(BOOK, text)[0]


def test_every_unit_is_found_by_its_own_address():
    for row in units().itertuples():
        match = first(row.address)
        assert (match.unit_id, match.certainty) == (row.unit_id, "exact")


@pytest.mark.parametrize(
    "text",
    [
        "泰然七路12号3号楼2单元",
        "泰然7路12号3栋2单元",
        "泰然七路１２号第三幢０２单元",
        "广东省深圳市福田区沙头街道泰然七路12号3座2单元",
        "深圳市福田区 泰安社区 泰然七路 12 号 3 号楼 2 单元",
        "泰安社区泰然七路12号3#2单元",
        "泰然七路12号泰然苑3号楼2单元",
        "泰然苑3号楼2单元",
        "泰然苑3-2",
        "泰然七路泰然苑3栋2单元",
        "泰然苑（泰然七路12号）3栋2单元",
    ],
)
def test_an_entrance_in_many_spellings(text):
    match = first(text)
    assert (match.unit_id, match.certainty, match.grid) == ("E2", "exact", "G9")
    assert (match.lon, match.lat) == (0.3, 0.5)


@pytest.mark.parametrize(
    ("text", "unit_id", "certainty"),
    [
        ("泰然苑3号楼2单元501", "E2", "building"),
        ("泰然苑3-2-501", "E2", "building"),
        ("泰然七路12号3号楼9单元", "B3", "building"),
        ("泰然七路12号3号楼1502室", "B3", "building"),
        ("泰然七路12号3号楼快递柜旁", "B3", "building"),
        ("泰然七路12号9号楼", "C1", "compound"),
        ("泰然苑门口", "C1", "compound"),
        ("泰然苑", "C1", "exact"),
        ("泰然七路12号", "C1", "exact"),
        ("竹林居a座", "B4", "exact"),
        ("创业大厦", "B6", "exact"),
        ("创业大厦18楼", "B6", "building"),
        ("泰然九路12号", "B6", "exact"),
        ("泰然七路99号", "", "street"),
        ("深南大道", "", "exact"),
    ],
)
def test_what_is_not_in_the_list_lowers_the_certainty(text, unit_id, certainty):
    match = first(text)
    assert (match.unit_id, match.certainty) == (unit_id, certainty)


def test_a_number_is_a_whole_number_of_one_street():
    assert first("泰然七路112号").unit_id == "C2"
    assert {match.certainty for match in find_addresses(BOOK, "12号")} == {"partial"}
    assert "C2" not in {match.unit_id for match in find_addresses(BOOK, "12号")}
    assert first("福华路1号").label != first("福华一路1号").label
    assert find_address(BOOK, "福华二路1号1栋") is None


@pytest.mark.parametrize(
    "text",
    [
        "大泰然七路12号",
        "新泰然苑3号楼",
        "泰然苑二期3号楼",
        "泰然七路辅路12号",
        "莲花小区泰然七路12号",
        "泰然九路12号泰然苑3号楼",
        "幸福小区1栋",
        "12号3号楼",
        "深南大道",
        "泰然七路99号",
        "泰然",
        "",
        "不存在的地方",
    ],
)
def test_no_place_is_certain(text):
    assert find_address(BOOK, text) is None
    assert all(
        match.certainty != "exact" or match.kind == "street" for match in find_addresses(BOOK, text)
    )


def test_two_compounds_of_one_name_are_both_shown():
    matches = find_addresses(BOOK, "幸福小区1栋")
    assert {match.unit_id for match in matches} == {"B7", "B8"}
    assert {match.certainty for match in matches} == {"partial"}
    assert find_address(BOOK, "福华路幸福小区1栋").unit_id == "B7"


def test_a_compound_over_several_grids_is_no_place():
    match = first("竹林居")
    assert (match.certainty, match.spans) == ("exact", ("442", "443"))
    assert find_address(BOOK, "竹林居") is None
    assert find_address(BOOK, "竹林居A座").unit_id == "B4"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("441", "441"),
        ("４４１", "441"),
        ("第一网格", "441"),
        ("1网格", "441"),
        ("泰安社区第一网格", "441"),
        ("泰安社区", "44"),
        ("<b>第三网格</b>", "443"),
    ],
)
def test_grids_by_code_and_name(text, code):
    match = first(text)
    assert (match.kind, match.grid, match.certainty) == ("grid", code, "exact")


def test_words_and_beginnings_are_found():
    assert {match.unit_id for match in find_addresses(BOOK, "泰然 3号楼")} == {"B3", "E2"}
    assert {match.unit_id for match in find_addresses(BOOK, "泰然3栋")} == {"B3", "E2"}
    assert [match.kind for match in find_addresses(BOOK, "深南")] == ["street"]
    assert len(find_addresses(BOOK, "泰", limit=3)) == 3


def test_a_street_is_shown_at_its_longest_piece():
    match = first("深南大道")
    assert (match.lon, match.lat) == (1.5, 1)
    match = first("断头路")
    assert (match.lon, match.lat) == (1, 2)


def test_the_finder_for_tables():
    find = address_finder(BOOK)
    assert find(["泰然苑3号楼", "泰然七路", ""]) == [
        (0.3, 0.5, "泰然七路12号3号楼"),
        None,
        None,
    ]


def test_units_by_id_and_what_is_inside_them():
    assert find_unit(BOOK, "B3").label == "泰然七路12号3号楼"
    assert find_unit(BOOK, "") is None
    assert find_unit(BOOK, "?") is None
    assert [match.unit_id for match in units_within(BOOK, "C1")] == ["B1", "B3"]
    assert [match.unit_id for match in units_within(BOOK, "B3")] == ["E2"]
    assert units_within(BOOK, "E2") == []


def test_a_book_of_units_alone_and_an_empty_one():
    assert find_addresses(build_address_book(units()), "泰然苑")[0].unit_id == "C1"
    assert find_addresses(build_address_book(units().iloc[:0]), "泰然苑") == []


def test_a_unit_without_a_position_is_found_but_is_no_place():
    book = build_address_book(units().assign(lon=float("nan"), lat=float("nan")), GRIDS)
    assert find_addresses(book, "创业大厦")[0].unit_id == "B6"
    assert find_address(book, "创业大厦") is None


def test_units_with_nothing_but_an_address():
    bare = units().assign(compound="", street="", number="", building="", entrance="")
    book = build_address_book(bare)
    assert find_addresses(book, "泰然7路12号3栋")[0].unit_id == "B3"
    assert find_addresses(book, "泰然7路12号3栋401")[0].certainty == "building"


SAMPLE = load_plan(sample_folder("futian"))
SAMPLE_BOOK = build_address_book(SAMPLE.units, SAMPLE.grids, SAMPLE.streets)
RURAL = load_plan(sample_folder("rural"))
RURAL_BOOK = build_address_book(RURAL.units, RURAL.grids, RURAL.streets)
WIDE = {ord("0") + digit: ord("０") + digit for digit in range(10)}


@pytest.mark.parametrize(("plan", "book"), [(SAMPLE, SAMPLE_BOOK), (RURAL, RURAL_BOOK)])
def test_every_unit_of_the_samples_is_found_first_by_its_address(plan, book):
    missed = [
        row.address
        for row in plan.units.itertuples()
        if [(m.unit_id, m.certainty) for m in find_addresses(book, row.address, limit=1)]
        != [(row.unit_id, "exact")]
    ]
    assert missed == []


@given(
    st.integers(0, len(SAMPLE.units) - 1),
    st.sampled_from(["号楼", "栋", "幢", "座", "#", "#楼"]),
    st.sampled_from(["", "福田区", "广东省深圳市福田区", "深圳市福田区沙头街道"]),
    st.booleans(),
    st.sampled_from(["", " ", "　", "，"]),
)
def test_every_unit_of_the_sample_is_found_rewritten(row, noun, prefix, is_wide, gap):
    unit = SAMPLE.units.iloc[row]
    written = unit["address"].replace("号楼", noun).replace("座", "栋")
    written = written.translate(WIDE) if is_wide else written
    match = find_addresses(SAMPLE_BOOK, prefix + gap.join(written), limit=1)[0]
    assert (match.unit_id, match.certainty) == (unit["unit_id"], "exact")


@given(st.integers(0, len(SAMPLE.units) - 1), st.integers(1, 9))
def test_another_number_is_never_taken_for_certain(row, digit):
    unit = SAMPLE.units.iloc[row]
    if not unit["number"]:
        return
    other = unit["address"].replace(f"{unit['number']}号", f"{digit}{unit['number']}号", 1)
    match = find_address(SAMPLE_BOOK, other)
    assert match is None or match.unit_id != unit["unit_id"]
