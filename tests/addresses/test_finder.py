"""A plan's address book and its gazetteer searched together."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, box

from geogrid.addresses import build_address_book, find_address
from geogrid.addresses.finder import (
    build_finder,
    find_place,
    find_places,
    match_places,
    suggest_places,
)
from geogrid.addresses.place_found import FOUND_COLUMNS
from geogrid.store.bundle import COLUMNS
from geogrid.vocabulary import LABELS

UNITS = [
    # unit_id, kind, parent, name, compound, street, number, building, entrance, address, lon
    ("C1", "compound", "", "泰然苑", "泰然苑", "泰然七路", "12", "", "", "泰然七路12号", 114.0301),
    ("B1", "building", "C1", "", "泰然苑", "泰然七路", "12", "3", "", "泰然七路12号3栋", 114.0302),
    ("E1", "entrance", "B1", "", "", "", "", "", "2", "泰然七路12号3栋2单元", 114.0303),
    ("C3", "compound", "", "双塔大厦", "双塔大厦", "", "", "", "", "双塔大厦", 114.0340),
    ("B5", "building", "C3", "", "双塔大厦", "", "", "塔3", "", "双塔大厦塔3", 114.0341),
    ("B2", "building", "", "苍松大厦", "", "泰然六路", "3", "", "", "泰然六路3号", 114.0331),
    ("C2", "compound", "", "两边苑", "两边苑", "泰然七路", "30", "", "", "泰然七路30号", 114.0320),
    ("B3", "building", "C2", "", "两边苑", "泰然七路", "30", "1", "", "泰然七路30号1栋", 114.0319),
    ("B4", "building", "C2", "", "两边苑", "泰然七路", "30", "2", "", "泰然七路30号2栋", 114.0321),
]
NAMES = ("unit_id", "kind", "parent", "name", "compound", "street", "number", "building")
PLACES = [
    ("place", "机械厂家属院", "", "机械厂宿舍", 114.0310, 22.531),
    ("place", "便民药店", "泰然七路8号", "", 114.0300, 22.530),
    ("place", "便民药店", "", "", 114.0330, 22.533),
    ("address", "", "福强路11号", "", 114.0340, 22.529),
    ("address", "", "福强路19号", "", 114.0350, 22.529),
    ("place", "连锁超市", "", "", 114.0305, 22.530),
    ("place", "连锁超市", "", "", 114.0335, 22.530),
]


@pytest.fixture(scope="module")
def finder():
    units = pd.DataFrame(UNITS, columns=[*NAMES, "entrance", "address", "lon"])
    units = units.assign(lat=22.530, grid="").reindex(columns=COLUMNS["units"], fill_value="")
    grids = gpd.GeoDataFrame(
        {"code": ["A", "B"], "name": ["东格", "西格"], "parent": "", "level": 1},
        geometry=[box(114.032, 22.5, 114.05, 22.6), box(114.0, 22.5, 114.032, 22.6)],
        crs="EPSG:4326",
    )
    streets = gpd.GeoDataFrame(
        {"name": ["泰然七路"]}, geometry=[LineString([(114, 22.53), (114.04, 22.53)])], crs=4326
    )
    entries = pd.DataFrame(PLACES, columns=["kind", "name", "address", "aliases", "lon", "lat"])
    book = build_address_book(units, grids, streets)
    return build_finder(
        book, units, entries.assign(source="民政", dated="2025-03-01"), source="楼栋表"
    )


@pytest.mark.parametrize(
    ("text", "label", "certainty"),
    [
        ("泰然七路12号3栋2单元", "泰然七路12号3栋2单元", "exact"),
        ("泰然七路12号3栋2单元501", "泰然七路12号3栋2单元", "building"),
        ("泰燃七路12号3栋2单元", "泰然七路12号3栋2单元", "similar"),
        ("cangsongdasha", "泰然六路3号（苍松大厦）", "similar"),
        ("机械厂宿舍", "机械厂家属院", "exact"),
        ("福强路15号", "福强路", "estimated"),
        ("双塔大厦塔3 1205", "双塔大厦塔3", "building"),
        ("双塔大厦3栋1205", "双塔大厦塔3", "building"),
        ("泰 然 七 路 1 2 号 3 栋", "泰然七路12号3栋", "exact"),
        ("泰然七路99号5栋", "泰然七路", "street"),
        ("东格", "东格", "exact"),
    ],
)
def test_the_most_certain_of_both_comes_first(finder, text, label, certainty):
    first, best = find_places(finder, text)[0], find_place(finder, text)
    assert (best.label, best.certainty) == (label, certainty)
    assert first.label.startswith(label)


def test_an_estimated_number_lies_between_its_neighbours(finder):
    found = find_place(finder, "福强路15号")
    assert 114.0340 < found.lon < 114.0350
    assert found.source == ""  # nobody listed it


def test_entries_say_where_they_are_from(finder):
    found = find_place(finder, "机械厂家属院")
    assert (found.source, found.dated) == ("民政", "2025-03-01")
    assert find_place(finder, "苍松大厦").source == "楼栋表"


def test_one_name_at_two_places_is_not_one_place(finder):
    found = find_place(finder, "连锁超市")
    assert found.certainty == "partial"
    assert "several" in found.reasons
    first, second = find_places(finder, "连锁超市")[:2]
    assert {first.lon, second.lon} == {114.0305, 114.0335}
    assert "several" in first.reasons


def test_a_door_of_two_towns_goes_before_a_street_without_it():
    rows = [
        ("甲镇", "人民路1号", 121.0),
        ("甲镇", "人民路9号", 121.0),
        ("乙镇", "人民路1号", 121.3),
    ]
    entries = pd.DataFrame(rows, columns=["region", "address", "lon"]).assign(lat=31.0)
    units = pd.DataFrame(columns=COLUMNS["units"])
    grids = gpd.GeoDataFrame(
        {"code": ["A"], "name": ["东格"], "parent": "", "level": 1},
        geometry=[box(120, 30, 122, 32)],
        crs="EPSG:4326",
    )
    streets = gpd.GeoDataFrame({"name": []}, geometry=[], crs=4326)
    finder = build_finder(build_address_book(units, grids, streets), units, entries)
    first, second = find_places(finder, "人民路1号")[:2]
    assert {first.label, second.label} == {"人民路1号"}
    assert first.reasons == second.reasons == ("several",)


def test_of_two_places_the_nearer_comes_first(finder):
    for lon in (114.0304, 114.0336):
        found = find_places(finder, "连锁超市", near=(lon, 22.53))[0]
        assert found.distance_m < 50


def test_a_compound_in_two_grids_is_not_one_place(finder):
    found = find_place(finder, "两边苑")
    assert found.certainty == "partial"
    assert "spread" in found.reasons
    assert found.spans == ("A", "B")
    assert find_place(finder, "两边苑1栋").certainty == "exact"


def test_a_street_alone_is_not_one_place(finder):
    assert find_place(finder, "泰然七路").certainty == "street"
    assert find_place(finder, "tairanqilu").certainty == "street"


def test_nothing_fits(finder):
    assert find_place(finder, "珠穆朗玛峰") is None
    assert find_places(finder, "") == []
    assert match_places(finder, ["", "珠穆朗玛峰"])["certainty"].tolist() == ["none", "none"]


def test_type_ahead(finder):
    assert suggest_places(finder, "trql")[0].label == "泰然七路"
    assert suggest_places(finder, "cangs")[0].label == "泰然六路3号（苍松大厦）"
    assert len(suggest_places(finder, "泰然", limit=3)) == 3


def test_a_plan_without_any_unit():
    units = pd.DataFrame(columns=COLUMNS["units"])
    finder = build_finder(build_address_book(units), units.astype({"lon": float, "lat": float}))
    assert find_places(finder, "泰然七路12号") == []
    assert match_places(finder, ["泰然七路12号"])["certainty"].tolist() == ["none"]
    assert list(match_places(finder, []).columns) == list(FOUND_COLUMNS)


PIECES = [
    "泰然七路", "泰燃七路", "泰然六路", "tairan", "12号", "十二号", "3号", "3栋", "三号楼", "2单元",
    "501", "旁边", "深圳市福田区", "便民药店", "连锁超市", "两边苑", "福强路", "15号", " ",
    "你好，",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=8))
def test_many_are_found_as_each_alone(finder, texts):
    rows = match_places(finder, texts)
    assert len(rows) == len(texts)
    for text, row in zip(texts, rows.to_dict("records"), strict=True):
        alone = find_place(finder, text)
        if alone is None:
            assert row["certainty"] == "none"
            continue
        assert row["reasons"].split() == list(alone.reasons)
        for name in set(FOUND_COLUMNS) - {"reasons"}:
            np.testing.assert_equal(row[name], getattr(alone, name))


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_what_the_book_is_sure_of_stays(finder, text):
    sure = find_address(finder.book, text)
    if sure is not None and sure.certainty == "exact":
        assert find_place(finder, text).unit_id == sure.unit_id


def test_every_reason_and_certainty_has_words(finder):
    for text in ("泰然七路99号", "连锁超市", "两边苑", "trql", "福强路15号", "泰燃七路12号3栋"):
        for place in find_places(finder, text):
            assert place.certainty in LABELS["certainty"]
            assert set(place.reasons) <= set(LABELS["search_reason"])
