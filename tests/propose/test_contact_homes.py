"""Homes of a plan for contact lists: entrances, levels, and what a list is like to walk."""

from __future__ import annotations

import pandas as pd
import pytest

from geogrid.hierarchy import Hierarchy
from geogrid.propose import contact_homes, contact_summary, divide_homes, list_count

TREE = Hierarchy(
    {"1": "", "11": "1", "11a": "11", "12": "1"},
    dict.fromkeys(["1", "11", "11a", "12"], ""),
    {"1": 2, "11": 3, "11a": 4, "12": 3},
)
BLANK = {
    "parent": "", "name": "", "street": "", "number": "", "compound": "", "building": "",
    "entrance": "", "address": "", "lon": 114.0, "lat": 22.5,
}  # fmt: skip


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{**BLANK, **row} for row in rows])


def building(unit: str, households: object, **more: object) -> dict[str, object]:
    return {"unit_id": unit, "kind": "building", "households": households, **more}


def entrance(unit: str, households: object, **more: object) -> dict[str, object]:
    return {"unit_id": unit, "kind": "entrance", "households": households, **more}


def test_entrances_stand_for_a_building_that_they_add_up_to() -> None:
    units = frame(
        building("b", 24),
        entrance("b-1", 12, parent="b", lon=114.001),
        entrance("b-2", 12, parent="b", lon=None),
        building("c", 20, lon=114.01),
        entrance("c-1", 12, parent="c"),
        building("d", 9, street="甲路", number="1", lat=22.6),
        entrance("d-1", 4, street="甲路", number="1", lat=None),
        entrance("d-2", 5, street="甲路", number="1"),
    )
    units["households"] = units["households"].astype("Int64")
    homes = contact_homes(units, pd.Series(["11a"] * len(units)), TREE)
    assert homes["unit_id"].tolist() == ["b-1", "b-2", "c", "d-1", "d-2"]
    assert homes["lon"].tolist()[:2] == [114.001, 114.0]
    assert homes["lat"].tolist()[3] == 22.6
    assert set(homes["grid"]) == {"11"}
    assert divide_homes(homes).lists["households"].sum() == 53


def test_homes_are_of_the_grid_that_is_asked_and_of_level_three() -> None:
    units = frame(building("a", 12), building("b", 12), building("c", 12), building("d", None))
    grids = pd.Series(["11a", "12", "", "12"])
    whole = contact_homes(units, grids, TREE)
    assert dict(zip(whole["unit_id"], whole["grid"], strict=True)) == {"a": "11", "b": "12"}
    assert contact_homes(units, grids, TREE, "12")["unit_id"].tolist() == ["b"]
    micro = contact_homes(units, grids, TREE, "11a")
    assert micro[["unit_id", "grid"]].values.tolist() == [["a", "11a"]]
    assert contact_homes(units, grids, TREE, "1")["grid"].tolist() == ["11", "12"]
    nothing = contact_homes(units.iloc[:0], grids.iloc[:0], TREE)
    assert nothing.empty
    assert contact_summary(divide_homes(nothing).lists).empty


def test_sixty_homes_in_a_building_are_several_lists() -> None:
    units = frame(building("tower", 60))
    made = divide_homes(contact_homes(units, pd.Series(["12"]), TREE)).lists
    assert list_count(60) == 5
    assert made[["first", "last", "of"]].values.tolist() == [
        [1, 12, 60], [13, 24, 60], [25, 36, 60], [37, 48, 60], [49, 60, 60],
    ]  # fmt: skip


def test_the_summary_says_the_walk_from_the_middle() -> None:
    units = frame(building("a", 6), building("b", 6, lat=22.502))
    made = divide_homes(contact_homes(units, pd.Series(["12", "12"]), TREE))
    (row,) = contact_summary(made.lists).to_dict("records")
    assert (row["grid"], row["number"], row["households"], row["buildings"]) == ("12", 1, 12, 2)
    assert row["lat"] == pytest.approx(22.501)
    assert row["walk_m"] == pytest.approx(110.7, abs=0.1)


def test_many_houses_are_divided_quickly_and_near_by() -> None:
    # a village of 2,500 houses on a lattice 20 m apart: runs of a good trip are compact
    rows = [
        building(f"h{x}-{y}", 3, lon=114 + 0.0002 * x, lat=22.5 + 0.00018 * y)
        for x in range(50) for y in range(50)
    ]  # fmt: skip
    units = frame(*rows).sample(frac=1, random_state=1).reset_index(drop=True)
    made = divide_homes(contact_homes(units, pd.Series(["12"] * 2500), TREE))
    summary = contact_summary(made.lists)
    assert summary["households"].between(10, 15).all()
    assert summary["households"].sum() == 7500
    assert summary["walk_m"].median() < 60
