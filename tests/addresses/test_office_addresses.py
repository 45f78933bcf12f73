"""An office's own list of buildings: its addresses are found, and never as another building."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from geogrid.addresses import address_finder, build_address_book, find_address, find_addresses
from geogrid.boundaries import read_boundaries
from geogrid.offices.unit_lists import read_units
from geogrid.placing import locate_rows
from geogrid.tables import read_table

OFFICE = Path(__file__).parents[1] / "data/office"
GRIDS = read_boundaries(OFFICE / "grids.dxf", crs="EPSG:4547").to_crs("EPSG:4326")
UNITS = read_units(read_table(OFFICE / "buildings.xlsx").frame, "gcj02")[0]
CASES = read_table(OFFICE / "cases_gbk.csv").frame
BOOK = build_address_book(UNITS, GRIDS)
NO_BUILDING = (
    "不详",
    "地铁7号线上沙站A口",
    "网上反映，未留地址",
    "小区门口",
    "福民路天桥下",
    "微信公众号",
)


def plain(text: str) -> str:
    """Return an address without what the kit varies; knows nothing of the library's rules."""
    text = unicodedata.normalize("NFKC", text).replace(" ", "")
    text = re.sub("^(广东省)?(深圳市福田区)?(福田示例街道)?", "", text)
    text = re.sub(r"附近$|[1-8]0[1-4]室$", "", text)
    return re.sub("号楼|幢|座|栋", "栋", text)


def test_every_building_finds_itself_first():
    missed = [
        row.address
        for row in UNITS.itertuples()
        for text in (row.address, row.address.removeprefix("广东省深圳市福田区"))
        if [(match.unit_id, match.certainty) for match in find_addresses(BOOK, text, limit=1)]
        != [(row.unit_id, "exact")]
    ]
    assert missed == []


def test_cases_are_placed_in_their_building_or_not_at_all():
    buildings = defaultdict(set)
    for row in UNITS.itertuples():
        buildings[plain(row.address)].add(row.address)
        buildings[plain(row.name)].add(row.address)
    located = locate_rows(CASES, GRIDS, find_address=address_finder(BOOK))
    texts = located["诉求地址"]
    is_placed = located["grid_code"] != ""
    assert texts.isin(NO_BUILDING).sum() == 20
    assert texts[~is_placed & ~texts.isin(NO_BUILDING)].tolist() == []
    assert is_placed.sum() == 240
    wrong = [
        (text, found)
        for text, found in zip(texts[is_placed], located["matched_address"][is_placed], strict=True)
        if not any(found.startswith(address) for address in buildings[plain(text)])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("福荣路127号3号楼", "福荣路127号3号楼"),
        ("福荣路127 号 3号楼702室", "福荣路127号3号楼"),
        ("福荣路127号福荣名庭3栋", "福荣路127号3号楼"),
        ("沙嘴路28号B座", "沙嘴路28号B座"),
        ("新洲三街4号2号楼附近", "新洲三街4号2号楼"),
        ("四号路２号", "四号路2号"),
        ("4号路2号", "四号路2号"),
        ("九 号 路16号702室", "九号路16号"),
    ],
)
def test_a_building_behind_a_door_number(text, address):
    match = find_address(BOOK, text)
    assert match is not None
    assert match.label.startswith("广东省深圳市福田区" + address)


@pytest.mark.parametrize("text", ["福荣路127号9号楼", "四号路99号", "四号路", "福荣路127号"])
def test_what_is_not_listed_is_no_place(text):
    assert find_address(BOOK, text) is None


@pytest.mark.parametrize("text", ["福荣路127号3", "福荣路127号", "福荣路1", "四号路2"])
def test_buildings_that_begin_so_come_before_their_road(text):
    for limit in (1, 10):
        assert find_addresses(BOOK, text, limit=limit)[0].kind == "building"


def test_no_building_is_named_after_a_road():
    on_numbered_roads = UNITS[UNITS["address"].str.contains("[四九]号路")]
    assert len(on_numbered_roads) == 16
    assert set(on_numbered_roads["name"]) == {""}
    assert set(on_numbered_roads["street"]) == {"4号路", "9号路"}
    assert not UNITS["name"].str.startswith("路").any()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("沙嘴第一", {"沙嘴第一网格"}),
        ("沙嘴第一网", {"沙嘴第一网格"}),
        ("沙嘴第1", {"沙嘴第一网格"}),
        ("沙嘴第", {f"沙嘴第{number}网格" for number in "一二三四五七八九"}),
        ("第二网", {"沙嘴第二网格", "新洲第二网格", "金地第二网格"}),
        ("二网格", {"沙嘴第二网格", "新洲第二网格", "金地第二网格"}),
    ],
)
def test_grids_by_the_beginning_of_their_name(text, names):
    matches = find_addresses(BOOK, text)
    assert {match.label for match in matches} == names


def test_a_road_is_shown_as_the_office_writes_it():
    roads = [entry.label for entry in BOOK.entries if entry.kind == "street"]
    assert {"新洲三街", "四号路"} <= set(roads)
    assert not any(character.isdecimal() for road in roads for character in road)


def test_a_list_of_compounds_with_addresses():
    listed = pd.DataFrame(
        {
            "小区名称": ["泰然苑", "上沙村", ""],
            "门牌号": ["", "", "9号"],
            "详细地址": ["泰然七路12号", "上沙村3号", "泰然八路9号"],
        }
    )
    units, _ = read_units(listed)
    assert units["kind"].tolist() == ["compound", "compound", "building"]
    assert units["street"].tolist() == ["泰然7路", "", "泰然8路"]
    assert units["number"].tolist() == ["12", "3", "9"]
    assert units["name"].tolist() == ["泰然苑", "上沙村", ""]
