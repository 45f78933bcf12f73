"""Contact lists: every home on one, ten to fifteen each, near by; what is wrong is listed."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geogrid.contacts import ContactReport, check_contacts
from geogrid.hierarchy import Hierarchy

TREE = Hierarchy({"1": "", "a": "1", "b": "1"}, {}, {})
UNIT = ["unit_id", "kind", "parent", "name", "grid", "households"]


def units(*rows: tuple[Any, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=UNIT).astype({"households": "Int64"})
    return frame.assign(street="", number="", compound="", building="")


def posts(*rows: tuple[int, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["person_id", "holder", "grid"])
    return frame.assign(post="party_contact").astype({"person_id": "Int64"})


def contacts(*rows: tuple[int, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["person_id", "name", "unit_id", "home"])


def doors(person: int, name: str, unit: str, first: int, count: int) -> list[tuple[Any, ...]]:
    return [(person, name, unit, str(door)) for door in range(first, first + count)]


TWO = units(("B1", "building", "", "1号楼", "a", 20), ("B2", "building", "", "2号楼", "b", 12))


def states(report: ContactReport) -> dict[str, tuple[int, int, str]]:
    rows = report.members.itertuples()
    return {row.name: (row.households, row.far, row.state) for row in rows}


def gaps(report: ContactReport) -> list[tuple[Any, ...]]:
    return list(report.gaps[["unit_id", "missing", "near"]].itertuples(index=False, name=None))


def test_everybody_is_covered() -> None:
    listed = contacts(
        *doors(1, "甲", "B1", 1, 10), *doors(2, "乙", "B1", 11, 10), (3, "丙", "B2", "")
    )
    held = posts((1, "甲", "a"), (2, "乙", "1"), (3, "丙", "b"))
    report = check_contacts(listed, held, TWO, TREE)
    assert (report.households, report.covered, len(report.gaps)) == (32, 32, 0)
    assert states(report) == {"甲": (10, 0, ""), "乙": (10, 0, ""), "丙": (12, 0, "")}


def test_gaps_and_lists_of_a_wrong_length_are_listed() -> None:
    listed = contacts(*doors(1, "甲", "B1", 1, 9), *doors(2, "乙", "B2", 1, 12),
                      *doors(2, "乙", "B1", 20, 4))  # fmt: skip
    report = check_contacts(listed, posts((1, "甲", "a"), (2, "乙", "b")), TWO, TREE)
    assert states(report) == {"甲": (9, 0, "few"), "乙": (16, 4, "many")}
    assert gaps(report) == [("B1", 7, ["甲"])]
    assert (report.households, report.covered) == (32, 25)


def test_a_member_without_a_list_has_room() -> None:
    report = check_contacts(contacts(), posts((1, "甲", "1"), (2, "乙", "a")), TWO, TREE)
    assert states(report) == {"甲": (0, 0, "few"), "乙": (0, 0, "few")}
    assert gaps(report) == [("B1", 20, ["乙", "甲"]), ("B2", 12, ["甲"])]


def test_who_is_no_member_any_more_covers_nobody() -> None:
    report = check_contacts(contacts(*doors(1, "甲", "B2", 1, 12)), posts(), TWO, TREE)
    assert states(report) == {"甲": (12, 0, "no_post")}
    assert [row[:2] for row in gaps(report)] == [("B1", 20), ("B2", 12)]


def test_more_homes_on_lists_than_there_are() -> None:
    listed = contacts((1, "甲", "B2", ""), *doors(2, "乙", "B2", 1, 3))
    report = check_contacts(listed, posts((1, "甲", "b"), (2, "乙", "b")), TWO, TREE)
    assert report.doubled[["unit_id", "households", "listed"]].values.tolist() == [["B2", 12, 15]]
    assert report.covered == 12


def test_entrances_and_compounds_count_once() -> None:
    tree_of_units = units(
        ("C", "compound", "", "甲苑", "a", 40),
        ("B", "building", "C", "1号楼", "a", 30),
        ("E1", "entrance", "B", "一单元", "a", 12),
        ("E2", "entrance", "B", "二单元", "a", None),
        ("D", "building", "C", "2号楼", "a", 10),
    )
    held = posts((1, "甲", "a"), (2, "乙", "a"))
    listed = contacts((1, "甲", "E1", ""), (2, "乙", "E2", "201"), (2, "乙", "B", "301"))
    report = check_contacts(listed, held, tree_of_units, TREE)
    assert report.households == 40
    assert gaps(report) == [("B", 16, ["乙", "甲"]), ("D", 10, ["乙", "甲"])]
    whole = check_contacts(contacts((1, "甲", "C", "")), held, tree_of_units, TREE)
    assert (whole.covered, states(whole)["甲"]) == (40, (40, 0, "many"))


def test_what_is_said_of_some_grids() -> None:
    listed = contacts(*doors(1, "甲", "B1", 1, 9), *doors(2, "乙", "B2", 1, 12))
    report = check_contacts(listed, posts((1, "甲", "a"), (2, "乙", "b")), TWO, TREE)
    some = report.within({"b"})
    assert (some.households, some.covered, list(states(some))) == (12, 12, ["乙"])
    assert report.within(set()).households == 0


def test_what_nobody_counted_is_said() -> None:
    some = units(
        ("B1", "building", "", "1号楼", "a", None),
        ("B2", "building", "", "2号楼", "a", None),
        ("E", "entrance", "B2", "一单元", "a", 12),
        ("C", "compound", "", "甲苑", "a", 30),
        ("B3", "building", "C", "3号楼", "a", None),
        ("B4", "building", "", "4号楼", "a", 0),
    )
    report = check_contacts(contacts((1, "甲", "B1", "")), posts((1, "甲", "a")), some, TREE)
    assert report.uncounted["unit_id"].tolist() == ["B1"]
    assert report.households == 42
    assert states(report)["甲"] == (1, 0, "few")


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(0, 11)), max_size=30),
)
def test_it_is_what_counting_door_by_door_gives(
    sizes: list[int], entries: list[tuple[int, int, int]]
) -> None:
    """Door 0 is the whole building; a home is on one list at most."""
    some = units(*((f"B{n}", "building", "", "", "a", size) for n, size in enumerate(sizes)))
    listed: dict[tuple[int, int], int] = {}
    for person, building, door in entries:
        if building < len(sizes):
            listed.setdefault((building, door), person)
    rows = [(person, str(person), f"B{n}", str(door or "")) for (n, door), person in listed.items()]
    held = posts((1, "1", "a"), (2, "2", "a"))  # 3 is no member
    report = check_contacts(contacts(*rows), held, some, TREE)
    missing = 0
    for n, size in enumerate(sizes):
        mine = {door for (building, door), person in listed.items() if building == n and person < 3}
        count = len(mine - {0}) + (size if 0 in mine else 0)
        missing += max(size - count, 0)
    assert report.covered == report.households - missing == sum(sizes) - missing
    assert report.gaps["missing"].sum() == missing
