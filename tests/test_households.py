"""Households of grids: their own, or added up without counting anybody twice."""

from __future__ import annotations

import pandas as pd

from geogrid.hierarchy import build_hierarchy
from geogrid.households import count_homes, units_to_add

COLUMNS = ["unit_id", "kind", "parent", "compound", "building", "households", "people", "grid"]


def plan(**own: int) -> pd.DataFrame:
    codes = ["1", "11", "12", "111", "112", "121"]
    return pd.DataFrame(
        {
            "code": codes,
            "name": codes,
            "parent": ["", "1", "1", "11", "11", "12"],
            "level": [1, 2, 2, 3, 3, 3],
            "households": pd.array([own.get(f"g{code}") for code in codes], dtype="Int64"),
            "people": pd.array([None] * 6, dtype="Int64"),
        }
    )


def units(*rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS).assign(street="", number="")
    return frame.astype({"households": "Int64", "people": "Int64"})


HOUSES = units(
    ("a", "building", "", "甲苑", "1号楼", 30, 70, "111"),
    ("b", "building", "", "甲苑", "2号楼", 20, None, "112"),
    ("c", "building", "", "乙苑", "1号楼", 5, 9, "121"),
    ("d", "building", "", "丙苑", "1号楼", 99, 99, ""),
)


def homes(grids: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    return count_homes(grids, rows, rows["grid"], build_hierarchy(grids))


def test_units_are_added_up_on_every_level():
    found = homes(plan(), HOUSES)
    assert found["households"].to_dict() == {
        "1": 55, "11": 50, "12": 5, "111": 30, "112": 20, "121": 5,
    }  # fmt: skip
    assert set(found["households_from"]) == {"units"}
    assert found.loc["11", "people"] == 70
    assert pd.isna(found.loc["112", "people"])
    assert found.loc["112", "people_from"] == ""


def test_own_number_of_a_grid_counts():
    found = homes(plan(g111=31, g1=600), HOUSES)
    assert found["households"].to_dict() == {
        "1": 600, "11": 51, "12": 5, "111": 31, "112": 20, "121": 5,
    }  # fmt: skip
    assert found["households_from"].to_dict() == {
        "1": "plan", "11": "grids", "12": "units", "111": "plan", "112": "units", "121": "units",
    }  # fmt: skip


def test_without_any_number_nothing_is_made_up():
    found = homes(plan(), HOUSES.iloc[:0])
    assert found["households"].isna().all()
    assert set(found["households_from"]) == {""}


def test_entrances_and_compounds_do_not_count_twice():
    rows = units(
        ("C", "compound", "", "甲苑", "", 100, None, "111"),
        ("B1", "building", "", "甲苑", "1号楼", 40, None, "111"),
        ("E1", "entrance", "", "甲苑", "1号楼", 20, None, "111"),
        ("E2", "entrance", "B1", "", "", 20, None, "111"),
        ("B2", "building", "", "甲苑", "2号楼", None, None, "111"),
        ("E3", "entrance", "B2", "甲苑", "2号楼", 7, None, "111"),
        ("D", "compound", "", "乙村", "", 12, None, "111"),
    )
    assert rows.loc[units_to_add(rows, "households"), "unit_id"].tolist() == ["B1", "E3", "D"]


def test_a_compound_is_known_by_its_grandchildren_too():
    rows = units(
        ("C", "compound", "", "甲苑", "", 100, None, "111"),
        ("B", "building", "C", "", "", None, None, "111"),
        ("E", "entrance", "B", "", "", 7, None, "111"),
    )
    assert rows.loc[units_to_add(rows, "households"), "unit_id"].tolist() == ["E"]
