"""One spelling for addresses."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geogrid.addresses.spelling import (
    AddressParts,
    canonical_address,
    normalise_address,
    split_address,
)

WRITTEN = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "零一二三九十百两第号楼栋幢座单元室层门弄院路街道小区"
            "市省县镇村社泰然福东0123aA-－#＃ ,，附之甲"
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=24,
)


@given(WRITTEN)
@example("第一第二栋")
@example("3号楼座栋")
@example("广东省广东省")
@example("十十号")
def test_respelling_twice_changes_nothing(text):
    once = canonical_address(text)
    assert canonical_address(once) == once


@given(WRITTEN)
def test_normalising_is_done_once(text):
    once = normalise_address(text)
    assert canonical_address(once) == once


@pytest.mark.parametrize(
    "written",
    [
        "泰然七路12号3号楼2单元",
        "泰然七路 12 号 3 号楼 2 单元",
        "泰然七路１２号３号楼２单元",
        "泰然7路12号3栋2单元",
        "泰然七路12号第三幢二单元",
        "泰然七路十二号三座2单元",
        "泰然七路12号3#2单元",
        "泰然七路12号#3楼2单元",
        "泰然七路12号3#楼2单元",
        "泰然七路12号03栋02单元",
        "泰然七路12号，3号楼，2单元。",
        "泰然七路（12号）3号楼2单元门",
        "泰然七路12号3栋2号单元",
        "泰然七路12号3楼2单元",
        "泰然七路12号3-2单元",
        "泰然七路12号3-2",
        "泰然七路12號3棟2单元",
    ],
)
def test_rewritten_addresses_are_one_text(written):
    assert canonical_address(written) == "泰然7路12号3栋2单元"


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("A座", "a栋"),
        ("东座", "东栋"),
        ("12-3号", "12-3号"),
        ("二十三号", "23号"),
        ("一百零五号", "105号"),
        ("二〇三室", "203室"),
        ("泰然苑3-501", "泰然苑3栋501室"),
        ("泰然苑3栋2-501", "泰然苑3栋2单元501室"),
        ("泰然苑A-2-501", "泰然苑a栋2单元501室"),
        ("0755-83456789", "0755-83456789"),
        ("第三人民医院", "第三人民医院"),
        ("三角塘", "三角塘"),
        ("", ""),
    ],
)
def test_spellings(written, spelling):
    assert canonical_address(written) == spelling


def test_different_numbers_stay_different():
    assert canonical_address("福华路12号") != canonical_address("福华路112号")
    assert canonical_address("福华一路") != canonical_address("福华路")
    assert canonical_address("3号") != canonical_address("3号楼")


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "广东省",
        "深圳市",
        "广东省深圳市",
        "深圳市福田区",
        "广东省深圳市福田区沙头街道",
        "福田区沙头街道泰安社区",
        "沙头街道",
        "中国广东省深圳市 福田区，",
    ],
)
def test_prefixes_are_ignored(prefix):
    assert normalise_address(prefix + "泰然七路12号") == "泰然7路12号"


@pytest.mark.parametrize(
    "name",
    [
        "莲花小区",
        "市民中心",
        "华强超市",
        "科技园区",
        "江南水乡",
        "莲花北区",
        "福田区",
        "万科城东区",
    ],
)
def test_names_that_look_like_prefixes_stay(name):
    assert normalise_address(name) == name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("泰然七路12号", AddressParts("泰然7路", "12")),
        ("泰然苑3号楼", AddressParts(compound="泰然苑", building="3")),
        ("泰然七路12号泰然苑3栋", AddressParts("泰然7路", "12", "泰然苑", "3")),
        ("泰然七路12号院5号楼", AddressParts("泰然7路", "12", "", "5")),
        ("泰然七路12号5号", AddressParts("泰然7路", "12", "", "5")),
        ("泰然七路甲12号附3号", AddressParts("泰然7路", "甲12号附3")),
        ("泰然七路12-3号", AddressParts("泰然7路", "12-3")),
        ("泰然苑3栋2单元5楼501室", AddressParts("", "", "泰然苑", "3", "2", "5楼501室")),
        ("泰然七路", AddressParts("泰然7路")),
        ("四号路2号", AddressParts("4号路", "2")),
        ("福田区九 号 路１６号2号楼702室", AddressParts("9号路", "16", "", "2", "", "702室")),
        ("十七号街3号", AddressParts("17号街", "3")),
        ("新洲村五号巷8号302", AddressParts("新洲村5号巷", "8", room="302")),
        ("三号大道5号", AddressParts("3号大道", "5")),
        ("七号胡同2号", AddressParts("7号胡同", "2")),
        ("泰然七路12号路边", AddressParts("泰然7路", "12")),
        ("泰然七路12号大院3栋", AddressParts("泰然7路", "12", "", "3")),
        ("创业大厦", AddressParts(compound="创业大厦")),
    ],
)
def test_parts(text, parts):
    assert split_address(text) == parts


@pytest.mark.parametrize("piece", ["1", "0", "一", "区", "街", "0-", "a1-", "栋1", "1号", "("])
def test_a_cell_made_to_take_long_is_read_at_once(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert len(str(split_address(text))) < 5_000
    assert len(normalise_address(text)) <= 500
