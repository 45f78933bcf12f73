"""Search of a small gazetteer, and what the index finds against every entry aligned."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid import _align_kernels as kernels
from geogrid.addresses import search
from geogrid.addresses.gazetteer import read_gazetteer
from geogrid.addresses.merging import merge_entries
from geogrid.addresses.search import (
    build_gazetteer,
    match_addresses,
    search_addresses,
    suggest_addresses,
)
from geogrid.addresses.tokens import read_tokens
from geogrid.crs import metres_per_degree
from geogrid.errors import FieldError
from geogrid.vocabulary import LABELS, label

ROWS = [
    ("泰然苑", "泰然七路12号", "泰然小区", 114.030, 22.530),
    ("", "泰然七路16号", "", 114.032, 22.530),
    ("苍松大厦", "泰然六路3号", "", 114.034, 22.531),
    ("重庆火锅", "长宁路88号", "", 114.050, 22.540),
    ("银座购物中心", "滨河大道2001号", "", 114.040, 22.525),
    ("地铁6号线普新路站", "普新路150号", "", 114.045, 22.525),
    ("", "康桥镇康桥东路20号", "", 114.046, 22.526),
    ("", "恒顺路71号", "", 114.047, 22.527),
    ("", "新华路242-1号", "", 114.047, 22.537),
    ("幸福家园", "", "", 114.048, 22.528),
    ("", "南京西路9号5栋", "", 114.049, 22.529),
]


@pytest.fixture(scope="module")
def gazetteer():
    frame = pd.DataFrame(ROWS, columns=["name", "address", "aliases", "lon", "lat"])
    return build_gazetteer(frame.assign(region="深圳市福田区"))


@pytest.mark.parametrize(
    "text",
    [
        "深圳市福田区泰然七路12号",
        "泰然７路十二号",
        "泰燃七路12号",
        "泰然然七路12号",
        "然泰七路12号",
        "tairanqilu12hao",
        "tai ran qi lu 12",
        "泰然小区",
        "泰然苑 福田区泰然七路12号",
        "tairanyuan",
    ],
)
def test_finds_the_same_place(gazetteer, text):
    assert search_addresses(gazetteer, text)[0].address == "泰然七路12号"


@pytest.mark.parametrize("typed", ["泰", "泰然七", "trql", "tair", "tairanqi"])
def test_type_ahead_finds_the_street(gazetteer, typed):
    assert any(each.address.startswith("泰然") for each in suggest_addresses(gazetteer, typed))


def test_unknown_number_is_estimated(gazetteer):
    best = search_addresses(gazetteer, "泰然七路14号")[0]
    assert (best.certainty, best.kind) == ("estimated", "street")
    assert best.lon == pytest.approx(114.031)


def test_number_beyond_the_known_ones_gives_the_street_only(gazetteer):
    best = search_addresses(gazetteer, "泰然七路998号")[0]
    assert (best.certainty, best.kind) == ("street", "street")


@pytest.mark.parametrize("text", ["北京市朝阳区建国门外大街1号", "", "——"])
def test_nothing_fits(gazetteer, text):
    assert search_addresses(gazetteer, text) == []
    assert match_addresses(gazetteer, [text])["certainty"].tolist() == ["none"]


CASES = [
    ("泰然七路12号", "exact"),
    ("深圳市福田区泰然七路12号", "exact"),
    ("泰然七路12号泰然苑", "exact"),
    ("泰然七路", "exact"),
    ("康桥东路20号", "exact"),
    ("普新路150号", "exact"),
    ("幸福家园", "exact"),
    ("泰燃七路12号", "similar"),
    ("泰七路12号", "similar"),
    ("tairanqilu12hao", "similar"),
    ("泰然七路12号501室", "building"),
    ("泰然七路12号2单元", "building"),
    ("泰然七路12号3栋501室", "compound"),
    ("泰然苑", "compound"),
    ("泰然小区", "compound"),
    ("泰然七路泰然苑", "compound"),
    ("幸福家园3栋", "compound"),
    ("6号线", "partial"),
    ("普新路站", "partial"),
    ("银座", "partial"),
    ("幸福", "partial"),
    ("泰然", "partial"),
    ("泰然12号", "partial"),
    ("七路12号", "partial"),
    ("康桥20号", "partial"),
    ("康桥西路20号", "partial"),
    ("康桥路20号", "partial"),
    ("南京西路9号", "partial"),
    ("泰然七路12号乐购超市", "partial"),
    ("泰然七路21号", "partial"),
    ("恒顺路71弄", "partial"),
    ("新华路二百四十二-一号", "exact"),
    ("泰然七路501室", "street"),
]


@pytest.mark.parametrize(("text", "certainty"), CASES)
def test_certainty_says_what_differs(gazetteer, text, certainty):
    assert search_addresses(gazetteer, text)[0].certainty == certainty
    assert match_addresses(gazetteer, [text])["certainty"][0] == certainty


def test_alias_and_moved_digit_are_said(gazetteer):
    assert "alias" in search_addresses(gazetteer, "泰然小区")[0].reasons
    best = search_addresses(gazetteer, "恒顺7路1号")[0]
    assert (best.address, best.certainty) == ("恒顺路71号", "partial")


def test_typing_is_not_certain_of_what_is_not_typed_yet(gazetteer):
    assert suggest_addresses(gazetteer, "泰然七路1")[0].certainty == "partial"
    assert suggest_addresses(gazetteer, "泰")[0].certainty == "partial"
    assert suggest_addresses(gazetteer, "普新路150")[0].certainty == "exact"


def test_labels_are_in_both_languages(gazetteer):
    for group in ("certainty", "search_reason"):
        for code, said in LABELS[group].items():
            assert label(group, code, "en") == said
            assert label(group, code, "zh_CN") != said
    for text, _code in CASES:
        for found in search_addresses(gazetteer, text):
            assert found.certainty in LABELS["certainty"]
            assert set(found.reasons) <= LABELS["search_reason"].keys()


def test_nearer_of_equals_comes_first():
    frame = pd.DataFrame(
        {"name": ["公交站"] * 2, "address": ["人民路1号"] * 2, "lon": [121.0, 121.3], "lat": 31.0}
    )
    gazetteer = build_gazetteer(frame)
    for lon in (121.0, 121.3):
        best = search_addresses(gazetteer, "人民路1号", near=(lon, 31.0))[0]
        assert best.lon == lon
        assert best.distance_m == pytest.approx(0)


def test_many_at_once_agree_with_one_by_one(gazetteer):
    texts = ["泰然七路12号", "tairanqilu12hao", "滨河大道2001号银座", "泰然七路14号", "无此地"]
    columns = match_addresses(gazetteer, texts)
    for at, text in enumerate(texts):
        found = search_addresses(gazetteer, text)
        assert columns["row"][at] == (found[0].row if found else -1)
        assert columns["certainty"][at] == (found[0].certainty if found else "none")


@given(st.sampled_from([at for at, row in enumerate(ROWS) if row[1]]), st.data())
def test_index_finds_what_aligning_everything_finds(gazetteer, row, data):
    text = list(ROWS[row][1])
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] = data.draw(st.sampled_from(["", text[at] * 2, "新", "七", "l", "li", "tai", "61"]))
    tokens = read_tokens(["".join(text)], gazetteer.index.counts)
    weights, is_door = search._weights(gazetteer.index, tokens), search._is_door(tokens)
    query = kernels.query_of(tokens.signs, tokens.sounds, weights, is_door, gazetteer.index.alike)
    cost, why = np.zeros((5, len(weights) + 1)), np.zeros((5, len(weights) + 1), dtype=np.int64)
    spellings = range(len(gazetteer.spelling_entry))
    costs = [kernels.align(query, each, gazetteer.index, False, cost, why)[0] for each in spellings]
    least = min(costs)
    apart, marks = kernels.least_costs(query, gazetteer.index), np.zeros(kernels.MARKS, np.int32)
    for each in spellings:
        bound = kernels.least_of(query, apart, each, gazetteer.index, marks, each + 1)
        assert bound <= costs[each] + 1e-6, "what is left out unaligned cannot be better"
    found = search_addresses(gazetteer, "".join(text), limit=64)
    if found:
        best = max(each.score for each in found)
        assert best == pytest.approx(max(0.0, 1 - least / weights.sum()), abs=1e-5)
    else:
        assert 1 - least / weights.sum() < 0.6 + 1e-6


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("九江路五百九十五古象大酒店", "九江路595古象大酒店"),
        ("思南路四十七号三十三", "思南路47号33"),
        ("华容路十五、十九", "华容路15、19"),
        ("日月光中心B二层T十三", "日月光中心B2层T13"),
        ("二十一世纪大厦", "21世纪大厦"),
        ("控江路交叉口西北五十米", "控江路交叉口西北50米"),
        ("泰然路一千零三", "泰然路1003"),
    ],
)
def test_numerals_are_numbers_where_that_is_plain(spoken, written):
    assert read_tokens([spoken]).signs.tolist() == read_tokens([written]).signs.tolist()


@pytest.mark.parametrize("name", ["第一百货", "淮海三百", "八佰伴", "百联", "千禧", "三百百"])
def test_names_with_numerals_stay_names(name):
    assert (read_tokens([name]).signs < 0x20000).all()


@pytest.mark.parametrize("digit", ["九", "jiu", "9"])
def test_endless_numbers_are_numbers(gazetteer, digit):
    for many in (18, 19, 20, 40, 166):
        text = digit * many + ("hao" if digit == "jiu" else "号")
        signs = read_tokens([text]).signs
        assert (signs >= 0).all()
        assert isinstance(search_addresses(gazetteer, text), list)
        assert len(match_addresses(gazetteer, [text])["row"]) == 1


@given(st.lists(st.text("一二十百千零〇九号弄路栋() -a5", max_size=8), min_size=1, max_size=4))
def test_texts_are_read_in_a_batch_as_each_alone(texts):
    batch = read_tokens(texts)
    for at, text in enumerate(texts):
        own = batch.signs[batch.bounds[at] : batch.bounds[at + 1]].tolist()
        assert own == read_tokens([text]).signs.tolist()


def test_a_name_of_two_places_is_not_certain_in_a_list_either():
    rows = [("甲镇中心小学", 121.0), ("甲镇中心小学东校区", 121.1), ("甲镇中心小学西校区", 121.2)]
    frame = pd.DataFrame([*rows, ("甲镇中心小学", 121.3)], columns=["name", "lon"])
    gazetteer = build_gazetteer(frame.assign(lat=31.0, region=["甲镇", "甲镇", "甲镇", "乙镇"]))
    columns = match_addresses(gazetteer, ["甲镇中心小学"])
    assert columns["is_several"].tolist() == [True]
    assert columns["certainty"].tolist() == ["partial"]


def winners_one_by_one(entries, within_m):
    """Return the row that stays for each row, newest first, every pair measured."""
    newest = sorted(range(len(entries)), key=lambda at: (entries[at][2], at), reverse=True)
    winner, standing = list(range(len(entries))), []
    for row in newest:
        near = [
            other
            for other in standing
            if abs(entries[row][1] - entries[other][1]) * METRES <= within_m
        ]
        winner[row] = near[0] if near else row
        standing += [] if near else [row]
    return winner


METRES = float(metres_per_degree(0.0)[0])


@given(st.lists(st.tuples(st.just("厕所"), st.integers(0, 9), st.sampled_from("123")), max_size=9))
def test_merging_compares_as_every_pair_would(rows):
    entries = [(name, 1e-4 * step, f"2026-01-0{day}") for name, step, day in rows]
    frame = pd.DataFrame(entries, columns=["name", "lon", "dated"]).assign(lat=0.0)
    merged = merge_entries(frame, within_m=25.0)
    assert merged.winner.tolist() == winners_one_by_one(entries, 25.0)


def test_a_digit_before_the_word_it_belongs_behind_is_found_among_many():
    doors = pd.DataFrame({"address": [f"九江路{number}号" for number in range(1, 2000)]})
    doors = doors.assign(region="上海市黄浦区", lon=121.4 + 1e-4 * doors.index, lat=31.2)
    gazetteer = build_gazetteer(doors)
    row = match_addresses(gazetteer, ["九江6路19号", "九江16路19号"])["row"]
    assert gazetteer.entries["address"].iloc[row].tolist() == ["九江路619号", "九江路1619号"]


def test_newer_source_wins_and_conflicts_are_listed():
    frame = pd.DataFrame(
        {
            "name": ["泰然苑", "泰然苑", "泰然苑"],
            "address": ["泰然七路12号", "泰然7路１２号", "泰然七路12号"],
            "aliases": ["老泰然", "", ""],
            "dated": ["2024-01-01", "2025-01-01", "2023-01-01"],
            "lon": [114.03, 114.0301, 114.2],
            "lat": 22.53,
        }
    )
    merged = merge_entries(frame)
    assert merged.entries["dated"].tolist() == ["2025-01-01", "2023-01-01"]
    assert merged.entries["aliases"].tolist() == ["老泰然", ""]
    assert merged.conflicts[["first", "second"]].to_numpy().tolist() == [[1, 2]]


def test_reads_an_office_list():
    frame = pd.DataFrame(
        {
            "名称": ["甲", ""],
            "地址": ["泰然七路12号", ""],
            "经度": ["114.03", "1"],
            "纬度": ["22.5"] * 2,
        }
    )
    entries, findings = read_gazetteer(frame, "wgs84", source="民政局", dated="2025-01-01")
    assert entries[["name", "source", "dated"]].to_numpy().tolist() == [
        ["甲", "民政局", "2025-01-01"]
    ]
    assert [each.kind for each in findings] == ["no_address"]
    with pytest.raises(FieldError):
        read_gazetteer(pd.DataFrame({"甲": ["1"]}), source="", dated="")
