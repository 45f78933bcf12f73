"""Addresses in messages and work orders are found as their building, and never as another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from geogrid.addresses import build_address_book, find_address, find_addresses
from geogrid.addresses.spoken import written_address
from geogrid.store.plan import Plan, load_plan

BUILDING = "农轩路7号4号楼（农轩雅居4号楼）"
ENTRANCE = "农轩路7号4号楼2单元（农轩雅居4号楼2单元）"


@pytest.fixture(scope="module")
def book(plan: Plan):
    return build_address_book(plan.units, plan.grids, plan.streets)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(Path(__file__).parents[2] / "data/boundaries/futian")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("你好，我住农轩路7号4号楼2单元501，楼道灯坏了", ENTRANCE),
        (
            "来电人反映其居住的深圳市福田区农轩路7号4号楼2单元楼道灯损坏，请处理。电话13800000000",
            ENTRANCE,
        ),
        ("麻烦来一下农轩雅居四号楼二单元，谢谢", ENTRANCE),
        ("农轩雅居4-2-501", ENTRANCE),
        ("收货地址：农轩雅居4栋2单元 302 张女士 13900000000", ENTRANCE),
        ("Ｎｏ．7 农轩路4号楼", BUILDING),
        ("农轩路7号4号楼门口有人吵架", BUILDING),
    ],
)
def test_among_other_words(book, text: str, label: str) -> None:
    found = find_address(book, text)
    assert found is not None
    assert (found.label, found.certainty) == (label, "building")


@pytest.mark.parametrize(
    "text",
    [
        "农轩路7号沙嘴新村4号楼2单元",  # the compound is elsewhere
        "农轩路7号幸福院4号楼",  # and this one nowhere
        "从农轩路7号4号楼到沙嘴路4号4号楼",
        "我在农轩路7号4号楼旁边",
        "我在农轩路7号4号楼对面",
        "住农轩路与沙嘴路交叉口7号",
        "农轩路999号4号楼，谢谢",
    ],
)
def test_what_is_not_said_for_certain_is_not_taken_for_certain(book, text: str) -> None:
    assert find_address(book, text) is None
    assert all(each.certainty in ("partial", "street") for each in find_addresses(book, text))


def test_every_entrance_is_found_in_a_message(book, plan: Plan) -> None:
    entrances = plan.units.loc[plan.units["kind"].eq("entrance"), "address"].iloc[::40]
    assert len(entrances) > 20
    for address in entrances:
        alone = find_address(book, address)
        found = find_address(book, f"师傅你好，我家在{address}302，门口路灯不亮了")
        assert alone is not None
        assert found is not None, address
        assert found.unit_id == alone.unit_id


def test_the_address_is_written_out() -> None:
    texts = ("机械厂家属院3号楼", "人和路6号院", "泰然七路", "泰然七路12号与人民路", "")
    written = ["机械厂家属院3号楼", "人和路6号", "", "", ""]
    assert [written_address(text) for text in texts] == written
