"""四至 in the ways offices write them, matched to streets and made a polygon."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geogrid.tracing import FourBounds, StreetNames, parse_four_bounds, propose_area

WANTED = FourBounds(("新洲路",), ("滨河大道",), ("香蜜湖路",), ("深南大道",))
WRITTEN = [
    "东至新洲路，南至滨河大道，西至香蜜湖路，北至深南大道。",
    "东到新洲路中心线、南到滨河大道、西到香蜜湖路、北到深南大道",
    "东起新洲路西止香蜜湖路南临滨河大道北靠深南大道",
    "东:新洲路;南:滨河大道;西:香蜜湖路;北:深南大道",
    "东—新洲路，南—滨河大道，西—香蜜湖路，北—深南大道",
    "东以新洲路为界，南以滨河大道为界，西以香蜜湖路为界，北以深南大道为界",
    "四至范围：东侧为新洲路 南侧为滨河大道 西侧为香蜜湖路 北侧为深南大道",
    "东面与新洲路相邻，南面紧靠滨河大道（不含），西面沿香蜜湖路，北面毗邻深南大道",
    "东起新洲路，西止香蜜湖路，南、北分别以滨河大道、深南大道为界",
    "深南大道以南、滨河大道以北、新洲路以西、香蜜湖路以东",
    "东邻新洲路\n南邻滨河大道\n西邻香蜜湖路\n北邻深南大道",
    "东界新洲路，南界滨河大道，西界香蜜湖路，北界深南大道",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_bounds_are_read_however_they_are_written(written: str) -> None:
    assert parse_four_bounds(written) == WANTED


def test_several_streets_of_a_side_and_missing_sides() -> None:
    found = parse_four_bounds("东至泰然九路、泰然四路，南至小学围墙和滨河大道，北临深南东路")
    assert found.east == ("泰然九路", "泰然四路")
    assert found.south == ("小学围墙", "滨河大道")
    assert found.north == ("深南东路",)
    assert found.missing == ("west",)
    assert parse_four_bounds("泰然社区第三网格").missing == ("east", "south", "west", "north")


def test_two_sides_may_share_a_street() -> None:
    found = parse_four_bounds("东、南至滨河大道，西、北至香蜜湖路")
    assert found == FourBounds(("滨河大道",), ("滨河大道",), ("香蜜湖路",), ("香蜜湖路",))


def test_english_is_read() -> None:
    found = parse_four_bounds(
        "East: Main Road; south to River Street; west by Old Wall; north: High Road"
    )
    assert found == FourBounds(("Main Road",), ("River Street",), ("Old Wall",), ("High Road",))


@given(st.text(alphabet="东南西北至到以为界路街,，。:：、 侧临A1(（)）", max_size=80))
def test_any_text_is_read_without_an_error(written: str) -> None:
    for side in ("east", "south", "west", "north"):
        assert all(parse_four_bounds(written).side(side))


NAMES = StreetNames(
    ["泰然九路", "泰然七路", "深南大道", "滨河大道", "香蜜湖路", "", "新洲路"],
    {"老深南": "深南大道"},
)


@pytest.mark.parametrize(
    ("asked", "street"),
    [
        ("泰然九路", "泰然九路"), ("泰然9路", "泰然九路"), ("老深南", "深南大道"),
        ("滨河路", "滨河大道"), ("香蜜湖", "香蜜湖路"), ("深南大道辅道", "深南大道"),
        ("香密湖路", ""), ("泰然八路", ""), ("小学围墙", ""), ("小河", ""),
    ],
)  # fmt: skip
def test_streets_are_matched(asked: str, street: str) -> None:
    found = NAMES.match(asked)
    if asked == "香密湖路":  # a wrong character is found, but not surely
        assert found.street in ("", "香蜜湖路")
        assert found.score < 0.85
    else:
        assert found.street == street
        assert (found.score == 1.0) == (asked in ("泰然九路", "泰然9路", "老深南"))


def square_town() -> dict[str, shapely.Geometry]:
    """Four streets around a block of 200 by 100 m that go on beyond it, and one across it."""
    return {
        "东街": shapely.LineString([(200, -50), (200, 150)]),
        "西街": shapely.LineString([(0, -50), (0, 150)]),
        "南街": shapely.LineString([(-50, 0), (250, 0)]),
        "北街": shapely.LineString([(-50, 100), (250, 100)]),
        "中街": shapely.LineString([(100, -50), (100, 150)]),
    }


def asked(text: str, streets: dict[str, shapely.Geometry], **more: object):
    return propose_area(parse_four_bounds(text), StreetNames(streets), streets, **more)


def test_four_streets_make_their_block() -> None:
    found = asked("东至东街，南至南街，西至西街，北至北街", square_town())
    assert found.polygon is not None
    assert found.polygon.equals(shapely.box(0, 0, 200, 100))
    assert found.sureness == 1.0
    assert found.unmatched == ()
    assert found.joined_m == {}


def test_a_name_with_a_side_in_it_is_no_side() -> None:
    found = asked("东至中街，南至南街，西至西街，北至北街", square_town())
    assert found.polygon is not None
    assert found.polygon.equals(shapely.box(0, 0, 100, 100))


def test_a_gap_at_a_corner_is_bridged_and_said() -> None:
    streets = square_town() | {"东街": shapely.LineString([(200, 20), (200, 150)])}
    found = asked("东至东街，南至南街，西至西街，北至北街", streets)
    assert found.joined_m == {("east", "south"): 20.0}
    assert found.polygon is not None
    assert found.polygon.area == pytest.approx(20_000)
    assert found.sureness < 1.0


def test_an_unmatched_side_is_said_and_the_region_stands_in() -> None:
    region = shapely.box(-40, -40, 240, 140)
    found = asked("东至东街，南至小学围墙，西至西街，北至北街", square_town(), region=region)
    assert found.unmatched == ("south",)
    assert found.matches["south"][0].street == ""
    assert found.polygon is not None
    assert found.polygon.equals(shapely.box(0, -40, 200, 100))
    assert found.sureness < 0.8
    assert asked("东至东街，西至西街", square_town()).polygon is None


def test_bounds_that_contradict_each_other_make_nothing() -> None:
    found = asked("东至西街，南至南街，西至东街，北至北街", square_town())
    assert found.polygon is None
    assert found.sureness == 0.0
    nothing = asked("东至甲，南至乙，西至丙，北至丁", square_town())
    assert nothing.polygon is None
    assert nothing.unmatched == ("east", "south", "west", "north")
