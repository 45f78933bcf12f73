"""Every address in one finest grid with one person: what is found is what a plain reading finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.addresses import build_address_book, find_address
from geogrid.addresses.entries import unit_places
from geogrid.hierarchy import Hierarchy
from geogrid.people_coverage import LACKS, addresses_to_cover, count_lacks, cover_people
from geogrid.posts import posts_by_grid, responsible, who_answers

PARENTS = {
    "1": "", "11": "1", "12": "1", "111": "11", "112": "11", "1121": "112", "1122": "112",
    "121": "12",
}  # fmt: skip
TREE = Hierarchy(PARENTS, dict.fromkeys(PARENTS, ""), {code: len(code) for code in PARENTS})
FINEST = ("111", "1121", "1122", "121")
UNIT = dict.fromkeys(
    ("unit_id", "kind", "parent", "name", "compound", "street", "number", "building", "entrance",
     "address", "grid"),
    "",
)  # fmt: skip


def posts(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["grid", "post", "holder", "deputy"], dtype="str")
    return frame.assign(phone="", deputy_phone="")


def rows_of(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    """Return addresses: which they are, their listed grid, whether they have a position."""
    return pd.DataFrame(
        {
            "same": [same for same, _listed, _placed in rows],
            "is_local": [same.islower() for same, _listed, _placed in rows],
            "listed": [listed for _same, listed, _placed in rows],
            "lon": [114.0 if placed else np.nan for _same, _listed, placed in rows],
            "lat": [22.5 if placed else np.nan for _same, _listed, placed in rows],
        }
    )


def drawn(*codes: str) -> Any:
    return np.array(codes, dtype=object)


@pytest.mark.parametrize(
    ("staff", "lack", "person"),
    [
        ([("1121", "micro_leader", "微", ""), ("112", "leader", "长", "")], "", "长"),
        ([("112", "full_time", "员", "")], "", "员"),
        ([("1121", "leader", "", "副"), ("1", "leader", "街", "")], "", "副"),
        ([("1121", "leader", "", ""), ("112", "leader", "长", "")], "vacant", "长"),
        ([("112", "full_time", "", ""), ("11", "leader", "社", "")], "vacant", "社"),
        ([("11", "leader", "社", "")], "no_post", "社"),
        ([("112", "full_time", "", "")], "nobody", ""),
        ([], "nobody", ""),
    ],
)
def test_who_answers_in_a_micro_grid(
    staff: list[tuple[str, str, str, str]], lack: str, person: str
) -> None:
    found = cover_people(rows_of(("", "", True)), drawn("1121"), posts_by_grid(posts(*staff)), TREE)
    assert found.loc[0, ["grid", "lack", "person"]].tolist() == ["1121", lack, person]


def test_an_undivided_community_is_its_own_grid() -> None:
    tree = Hierarchy({"1": "", "11": "1"}, {"1": "", "11": ""}, {"1": 1, "11": 2})
    staff = posts_by_grid(posts(("11", "leader", "社", "")))
    assert cover_people(rows_of(("", "", True)), drawn("11"), staff, tree)["lack"].tolist() == [""]


def test_what_the_place_lacks_goes_before_what_the_staff_lacks() -> None:
    found = cover_people(
        rows_of(
            ("", "", False), ("", "", True), ("", "11", False), ("A", "111", True),
            ("A", "", True), ("A", "", True), ("", "", True), ("", "111", True),
        ),
        drawn("", "", "", "111", "121", "", "111", "121"),
        {}, TREE, holders=np.array([0, 0, 0, 1, 1, 0, 2, 2], np.int32),
    )  # fmt: skip
    assert found["lack"].tolist() == [
        "unplaced", "outside", "coarse", "several", "several", "outside", "overlap", "nobody",
    ]  # fmt: skip
    assert found["others"].tolist() == ["", "", "", "121", "111", "", "", ""]


def test_compounds_of_one_name_in_two_communities_are_two() -> None:
    rows = rows_of(("a", "111", True), ("a", "121", True), ("a", "1121", True))
    found = cover_people(rows, drawn("111", "121", "1121"), {}, TREE)
    assert found["others"].tolist() == ["1121", "", "111"]


def test_nothing_to_cover() -> None:
    found = cover_people(rows_of(), drawn(), {}, TREE)
    assert len(found) == 0
    assert len(count_lacks(found, TREE)) == 0


def plain(address: Any, at: str, holders: int, rows: Any, staff: Any) -> tuple[str, str, str]:
    """Return grid, lack and person of one address, as somebody would look it up by hand."""

    def grid_of(row: Any, place: str) -> str:
        listed = row["listed"] if row["listed"] in PARENTS else ""
        return place if not listed or listed in TREE.chain(place) else listed

    grid = grid_of(address, at)
    answer = responsible(who_answers(staff, TREE.chain(grid)))
    name = answer.name if answer else ""
    if not grid:
        return "", "unplaced" if np.isnan(address["lon"]) else "outside", ""
    if grid in PARENTS.values():
        return grid, "coarse", name
    grids = {grid_of(row, place) for row, place in rows if row["same"] == address["same"]}
    same = {code for code in grids if not address["is_local"] or code[:2] == grid[:2]}
    if address["same"] and len(same - {""}) > 1:
        return grid, "several", name
    if holders > 1 and grid == at:
        return grid, "overlap", name
    assert answer is not None
    if answer.via in ("nobody", "parent"):
        return grid, "nobody" if answer.via == "nobody" else "vacant", name
    own = [grid, *(code for code in TREE.chain(grid) if len(code) > 2)]
    return grid, "" if answer.from_grid in own else "no_post", name


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "", "a", "B"]),
            st.sampled_from(["", *PARENTS, "999"]),
            st.sampled_from(["none", "out", *FINEST]),
            st.sampled_from([1, 1, 2]),
        ),
        max_size=12,
    ),
    st.lists(
        st.tuples(
            st.sampled_from([*PARENTS]),
            st.sampled_from(["full_time", "leader", "micro_leader"]),
            st.sampled_from(["", "甲", "乙"]),
            st.sampled_from(["", "丙"]),
        ),
        max_size=6,
    ),
)
def test_as_looked_up_by_hand(
    asked: list[tuple[str, str, str, int]], staff: list[tuple[str, str, str, str]]
) -> None:
    by_grid = posts_by_grid(posts(*staff))
    rows = rows_of(*[(same, listed, at != "none") for same, listed, at, _n in asked])
    places = [at if at in FINEST else "" for _same, _listed, at, _n in asked]
    holders = [n if at else 0 for (*_more, n), at in zip(asked, places, strict=True)]
    found = cover_people(
        rows, drawn(*places), by_grid, TREE, holders=np.array(holders, dtype=np.int32)
    )
    both = list(zip(rows.to_dict("records"), places, strict=True))
    assert found[["grid", "lack", "person"]].values.tolist() == [
        list(plain(row, at, n, both, by_grid)) for (row, at), n in zip(both, holders, strict=True)
    ]
    counts = count_lacks(found, TREE)
    assert counts["addresses"].sum() == len(rows)
    assert counts[["covered", *LACKS]].to_numpy().sum() == len(rows)


def test_addresses_are_what_has_nothing_below_it() -> None:
    units = pd.DataFrame(
        [
            UNIT | {"unit_id": "C", "kind": "compound", "lon": 114.0, "lat": 22.5},
            UNIT
            | {"unit_id": "B", "kind": "building", "parent": "C", "compound": "甲苑",
               "address": "甲苑三号楼", "building": "3", "lon": np.nan, "lat": np.nan},
            UNIT
            | {"unit_id": "D", "kind": "building", "compound": "甲苑", "grid": "111",
               "address": "甲苑3号楼", "building": "3", "lon": 114.1, "lat": 22.6},
        ]
    )  # fmt: skip
    entries = pd.DataFrame(
        {
            "kind": ["address", "building", "place", "building", "address"],
            "name": "",
            "address": ["西街1号", "甲苑 3号楼", "面馆", "甲苑", "西街１号"],
            "region": "",
            "unit_id": ["", "", "", "C", ""],
            "grid": "",
            "lon": 114.0,
            "lat": 22.5,
        }
    )
    found = addresses_to_cover(units, entries)
    assert found["address"].tolist() == ["甲苑三号楼", "甲苑3号楼", "西街1号", "西街１号"]
    assert found["lon"].tolist() == [114.0, 114.1, 114.0, 114.0], "B is where its compound is"
    same = found["same"]
    assert same[0] == same[1] != ""
    assert same[2] == same[3]
    assert addresses_to_cover(units)["unit_id"].tolist() == ["B", "D"]


UNPLACED = UNIT | {"lon": np.nan, "lat": np.nan}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"name": "门卫室"}, {"name": "会所"}, False),
        ({"name": "门卫室"}, {"name": " 门卫室"}, True),
        ({"name": "Ａ座", "street": "西街", "number": "1"}, {"name": "a座"}, False),
        ({"name": "Ａ座"}, {"name": "a座"}, True),
        ({"name": "会所", "street": "西街", "number": "1"},
         {"name": "A座", "street": "西街", "number": "1"}, False),
        ({"name": "张三宅", "number": "12"}, {"name": "", "number": "12号"}, True),
        ({"name": "甲楼", "building": "1"}, {"name": "乙楼", "building": "1栋"}, True),
        ({"name": "", "entrance": "1"}, {"name": "乙楼", "entrance": "1单元"}, True),
    ],
)  # fmt: skip
def test_which_rows_are_the_same_address(
    one: dict[str, str], other: dict[str, str], is_same: bool
) -> None:
    common = UNPLACED | {"kind": "building", "compound": "甲苑"}
    units = pd.DataFrame([common | {"unit_id": "1"} | one, common | {"unit_id": "2"} | other])
    found = addresses_to_cover(units)
    assert (found["same"].nunique() == 1) is is_same


def test_a_compound_names_a_place_within_its_community_only() -> None:
    units = pd.DataFrame(
        [
            UNPLACED | {"unit_id": "1", "compound": "新村", "building": "1"},
            UNPLACED | {"unit_id": "2", "street": "西街", "number": "1", "compound": "新村"},
            UNPLACED | {"unit_id": "3", "compound": "新村", "number": "1"},
        ]
    )
    entry = UNPLACED | {"kind": "address", "address": "西街1号", "region": ""}
    found = addresses_to_cover(units, pd.DataFrame([entry]))
    assert found["is_local"].tolist() == [True, False, True, False]


@pytest.mark.parametrize("order", [["E", "B", "C"], ["C", "B", "E"]])
def test_without_a_position_a_unit_is_where_the_nearest_one_above_it_is(order: list[str]) -> None:
    rows = {
        "C": UNIT | {"unit_id": "C", "kind": "compound", "lon": 114.0, "lat": 22.5},
        "B": UNPLACED | {"unit_id": "B", "kind": "building", "parent": "C"},
        "E": UNPLACED | {"unit_id": "E", "kind": "entrance", "parent": "B", "address": "甲苑1单元"},
    }
    units = pd.DataFrame([rows[name] for name in order])
    assert addresses_to_cover(units)[["unit_id", "lon"]].values.tolist() == [["E", 114.0]]
    match = find_address(build_address_book(units), "甲苑1单元")
    assert match is not None
    assert match.lon == 114.0


@given(st.lists(st.tuples(st.integers(-1, 7), st.booleans()), max_size=8))
def test_positions_of_units_above(units: list[tuple[int, bool]]) -> None:
    at = range(len(units))
    frame = pd.DataFrame(
        {
            "unit_id": [f"U{one}" for one in at],
            "parent": [f"U{above}" if above >= 0 else "" for above, _placed in units],
            "lon": [float(one) if units[one][1] else np.nan for one in at],
            "lat": 0.0,
        }
    )

    def plain(one: int) -> float:
        for _step in at:
            if units[one][1]:
                return float(one)
            if not 0 <= units[one][0] < len(units):
                break
            one = units[one][0]
        return np.nan

    np.testing.assert_array_equal(unit_places(frame)[0], [plain(one) for one in at])
