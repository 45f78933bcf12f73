"""Addresses labelled by hand are read with the accuracy that planners can rely on."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from addresses.labelled import SHARES, confusion, f1, labelled
from hypothesis import given
from hypothesis import strategies as st

from geogrid.addresses import (
    PARTS,
    RegionsError,
    build_regions,
    parse_address,
    parse_addresses,
    parsing,
)
from geogrid.addresses.parse import beside


@pytest.mark.parametrize("share", SHARES)
def test_numbers_buildings_units_and_rooms_are_read(share: str) -> None:
    rows = labelled(share)
    columns = parse_addresses(row["text"] for row in rows)
    for part in ("number", "building", "unit", "room"):
        wrong = "\n".join(confusion(rows, columns[part].tolist(), part))
        sys.stdout.write(f"{wrong}\n")
        assert f1(rows, columns[part].tolist(), part) >= 0.95, wrong


def test_the_labelled_addresses_are_many_and_differ() -> None:
    tuning, held_out = (labelled(share) for share in SHARES)
    texts = [row["text"] for row in (*tuning, *held_out)]
    assert (len(held_out) >= 120, len(set(texts)) == len(texts) >= 500) == (True, True)


ODD = st.text(
    st.sampled_from("0123456789一二十百零号栋幢楼单元室层路街弄-#/ABab 东西区市省福田泰然，１２　"),
    max_size=40,
)


@given(st.lists(ODD | st.text(max_size=20), max_size=8))
def test_a_batch_is_the_same_as_one_by_one(texts: list[str]) -> None:
    columns = parse_addresses(texts)
    assert list(columns) == list(PARTS)
    for row, text in enumerate(texts):
        parsed = parse_address(text)
        assert {part: columns[part][row] for part in PARTS} == {
            part: parsed.value(part) for part in PARTS
        }
        for each in parsed.parts:
            assert text[each.start : each.end] == each.text
            assert (each.part in PARTS, 0 <= each.certainty <= 1) == (True, True)


def test_a_large_batch_is_read_by_two_processes_as_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{row['text']}{number}" for number in range(12) for row in labelled("tuning")]
    alone = parse_addresses(texts)
    monkeypatch.setattr(parsing, "BESIDE_FROM", 1_000)
    shared = parse_addresses(texts)
    monkeypatch.setattr(beside, "_CHILD", "raise SystemExit(1)")
    left_alone = parse_addresses(texts)
    for part in PARTS:
        assert shared[part].tolist() == left_alone[part].tolist() == alone[part].tolist()


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
HAN = "零一二三四五六七八九"


def _han(number: int) -> str:
    if number < 20:
        return ("十" if number >= 10 else "") + (HAN[number % 10] if number % 10 else "")
    return HAN[number // 10] + "十" + (HAN[number % 10] if number % 10 else "")


@given(
    st.sampled_from(
        ["", "广东省深圳市福田区", "深圳市福田区福田区", "广东深圳福田区", "你好，我住"]
    ),
    st.sampled_from(["泰然七路", "人民路", "经三路", "建设东路", "滨河大道", "民主街"]),
    st.integers(1, 99),
    st.sampled_from(["", "泰然苑", "阳光花园", "铁路局家属院"]),
    st.tuples(st.integers(1, 40), st.integers(1, 9), st.integers(101, 3499)),
    st.sampled_from(["栋", "幢", "号楼", "#楼"]),
    st.sampled_from([str, _han, lambda number: str(number).translate(WIDE)]),
)
def test_what_is_written_out_is_read_back(before, street, number, compound, inside, noun, digits):
    building, unit, room = inside
    spell = str if noun == "#楼" else digits
    text = (
        f"{before}{street}{digits(number)}号{compound}"
        f"{spell(building)}{noun}{digits(unit)}单元{room}室，楼道灯坏了"
    )
    parsed = parse_address(text)
    read = [parsed.value(part) for part in ("number", "compound", "building", "unit", "room")]
    assert read == [str(number), compound, str(building), str(unit), str(room)]
    assert parsed.value("district") == ("福田区" if "福田" in before else "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("泰 然 七 路 12 号", "street 泰然7路, number 12"),
        ("福 田 区 泰 然 苑 1 2 栋", "district 福田区, compound 泰然苑, building 12"),
        ("泰 然 苑 3 栋 2 单 元 5 0 1", "compound 泰然苑, building 3, unit 2, room 501"),
        ("泰然七路 泰然苑 3栋", "street 泰然7路, compound 泰然苑, building 3"),
        ("泰 然 苑 3 201", "compound 泰然苑, building 3, room 201"),
        ("广东 深圳，福田 12号", "province 广东省, city 深圳市, district 福田区, number 12"),
        ("塔3 1205", "building 3, room 1205"),
        ("天安数码城塔2-1205", "compound 天安数码城, building 2, room 1205"),
        ("科创中心塔楼B 25层", "compound 科创中心, building B, floor 25"),
        ("雁塔3号", "compound 雁塔, number 3"),
        ("5排12号", "building 5, room 12"),
        ("幸福村三排十二号", "community 幸福村, building 3, room 12"),
        ("花园里12号", "compound 花园里, number 12"),
        ("泰然七路8号梅园里3栋", "street 泰然7路, number 8, compound 梅园里, building 3"),
        ("丽景花园里12号楼", "compound 丽景花园, direction 里, building 12"),
        ("校园里3号楼", "compound 校园, direction 里, building 3"),
        ("福田区8号公馆3栋501", "district 福田区, compound 8号公馆, building 3, room 501"),
        ("天汇18号公馆", "compound 天汇18号公馆"),
        ("泰然七路8号公馆3栋", "street 泰然7路, number 8, compound 公馆, building 3"),
        ("泰然七路12号附近", "street 泰然7路, number 12, direction 附近"),
        ("Rm 501, Bldg 3, No. 12 泰然七路", "room 501, building 3, number 12, street 泰然7路"),
        ("Flat 5A, Tower 2, 泰然苑", "room 5A, building 2, compound 泰然苑"),
        ("#501, Bldg. 7, 泰然苑3", "room 501, building 7, compound 泰然苑, building 3"),
        ("泰然七路一千二百一十号", "street 泰然7路, number 1210"),
        ("千米大道12号", "street 千米大道, number 12"),
        ("千层饼店3楼", "compound 千层饼店, floor 3"),
        ("泰然七路12号晚上噪音扰民", "street 泰然7路, number 12, rest 晚上噪音扰民"),
        ("人民路10号线路老化", "street 人民路, number 10, rest 号线路老化"),
        ("人民路 100 多米", "street 人民路, direction 100米"),
        ("人民路 2005 年建", "street 人民路, rest 2005年, rest 建"),
        ("人民路 128 巷 5 号", "street 人民路128巷, number 5"),
        ("亳州市谯城区伍楼村15号", "city 亳州市, district 谯城区, community 伍楼村, number 15"),
        ("人民路12号办公楼东门", "street 人民路, number 12, place 办公楼东门"),
        ("工人住宅小区5栋", "compound 工人住宅小区, building 5"),
        ("人民路12之3号楼2单元", "street 人民路, number 12, rest 之, building 3, unit 2"),
        ("泰然苑贰号楼叁零壹室", "compound 泰然苑, building 2, room 301"),
        ("银河SOHOC座1205", "compound 银河SOHO, building C, room 1205"),
        ("MOMA5号楼1205", "compound MOMA, building 5, room 1205"),
        ("家属院北3楼4单元7号", "compound 家属院, building 北3, unit 4, room 7"),
        ("泰然苑5甲楼3门102", "compound 泰然苑, building 5甲, unit 3, room 102"),
        ("泰然苑5栋1单501", "compound 泰然苑, building 5, unit 1, room 501"),
        ("泰然苑5栋东梯603", "compound 泰然苑, building 5, unit 东, room 603"),
        ("泰然苑9号楼西门502", "compound 泰然苑, building 9, unit 西, room 502"),
        ("教工宿舍7楼203", "compound 教工宿舍, building 7, room 203"),
        ("教工宿舍2楼203", "compound 教工宿舍, floor 2, room 203"),
        ("泰然苑3号2单元501", "compound 泰然苑, building 3, unit 2, room 501"),
        ("泰然里3号2单元501", "compound 泰然里, number 3, unit 2, room 501"),
        ("桂园路8号泰然苑5号502", "street 桂园路, number 8, compound 泰然苑, building 5, room 502"),
        ("桂园路8号泰然广场116号", "street 桂园路, number 8, compound 泰然广场, room 116"),
        ("桂园路8号8号3栋", "street 桂园路, number 8, rest 8号, building 3"),
        ("桂园路8号2号门面", "street 桂园路, number 8, room 2, rest 门面"),
        ("桂园路8#3栋501", "street 桂园路, number 8, building 3, room 501"),
        ("桂园路8#", "street 桂园路, number 8"),
        ("桂园路8之一", "street 桂园路, number 8之1"),
        ("桂园路12-3-2-501", "street 桂园路, number 12, building 3, unit 2, room 501"),
        ("泰然苑12幢101-1", "compound 泰然苑, building 12, room 101-1"),
        ("泰然苑1栋-3楼-302", "compound 泰然苑, building 1, floor 3, room 302"),
        ("泰然苑3栋501#", "compound 泰然苑, building 3, room 501"),
        ("市场水产区15-16号摊", "compound 市场水产区, room 15-16"),
        ("广场-1层B1-15号商铺", "compound 广场, floor B1, room B1-15"),
        ("501，2单元，3栋", "room 501, unit 2, building 3"),
        ("15-1-2203 时代小区", "building 15, unit 1, room 2203, compound 时代小区"),
        ("楼号：7，房间号：301", "rest 楼号, building 7, room 301"),
        ("泰然苑，门牌号：301", "compound 泰然苑, rest 门牌号, number 301"),
        ("泰然苑3栋没水，我家1902", "compound 泰然苑, building 3, rest 没水, rest 我家, room 1902"),
        ("泰然苑3栋共6层36户", "compound 泰然苑, building 3, rest 共, rest 6层36户"),
        ("桂园路3号线地铁口", "street 桂园路, rest 3号线, rest 地铁口"),
        ("泰然苑第3栋第2单元第501室", "compound 泰然苑, building 3, unit 2, room 501"),
        ("桂园路第12号", "street 桂园路, rest 第, number 12"),
        ("泰然苑3栋2单元房间501", "compound 泰然苑, building 3, unit 2, room 501"),
        ("桂园路5弄8号甲室", "street 桂园路5弄, number 8, room 甲"),
        ("5号下午，桂园路12号", "rest 5号下午, street 桂园路, number 12"),
        ("廣東省廣州市華園路8號", "province 广东省, city 广州市, street 华园路, number 8"),
    ],
)  # fmt: skip
def test_awkward_writing_is_read(text: str, parts: str) -> None:
    assert ", ".join(f"{each.part} {each.value}" for each in parse_address(text).parts) == parts


def test_a_place_brings_its_own_names() -> None:
    own = pd.DataFrame(
        {"code": ["410103001", "410103001001"], "name": ["淮河路街道", "淮河社区居民委员会"]}
    )
    parsed = parse_address("二七区淮河路街道淮河社区5号楼", regions=build_regions(own))
    assert [(each.part, each.value) for each in parsed.parts] == [
        ("district", "二七区"),
        ("subdistrict", "淮河路街道"),
        ("community", "淮河社区"),
        ("building", "5"),
    ]


def test_a_list_that_cannot_be_used_says_where() -> None:
    with pytest.raises(RegionsError, match="code") as missing:
        build_regions(pd.DataFrame({"name": ["淮河路街道"]}))
    assert "没有" in missing.value.text("zh_CN")
    with pytest.raises(RegionsError, match="Row 3"):
        build_regions(pd.DataFrame({"code": ["410103001", "4101"[:3]], "name": ["甲", "乙"]}))


def test_a_region_ends_before_the_number_behind_it() -> None:
    parsed = parse_address("南海二号河沿路与米南路交叉口南50米")
    assert parsed.value("district") == ""
    assert parse_address("南海区二号路3号").value("district") == "南海区"
