"""Built-in profiles fit the real places they were made for, and not the others."""

from __future__ import annotations

import pandas as pd
import pytest
from rules.places import city, posts, town, village

from geogrid.rules import builtin_profiles, check_rules

PROFILES = builtin_profiles()


def kinds(advice: pd.DataFrame) -> set[str]:
    return {one.kind for one in advice["detail"]}


def test_a_city_community_of_2345_households_in_9_grids() -> None:
    grids = city()
    assert (grids["households"].sum(), len(grids)) == (2345, 9)
    assert len(check_rules(grids, PROFILES["city"])) == 0
    wrong = check_rules(grids, PROFILES["village"])
    assert (len(wrong), kinds(wrong)) == (9, {"households_above"})


def test_a_village_of_1138_households_in_17_grids() -> None:
    grids = village()
    assert (grids["households"].sum(), len(grids)) == (1138, 17)
    assert len(check_rules(grids, PROFILES["village"])) == 0
    wrong = check_rules(grids, PROFILES["city"])
    assert (len(wrong), kinds(wrong)) == (17, {"households_below"})


def test_a_town_of_92_grids_with_43_leaders_75_and_75_workers() -> None:
    grids, people = town()
    holders = people.groupby("post")["holder"].nunique().to_dict()
    assert (len(grids), holders) == (92, {"leader": 43, "full_time": 75, "part_time": 75})
    assert len(check_rules(grids, PROFILES["town"], posts=people)) == 0
    wrong = check_rules(grids, PROFILES["city"], posts=people)
    assert kinds(wrong) == {"staff_shortage", "staff_overload"}
    assert sum(one.kind == "staff_shortage" for one in wrong["detail"]) == 92 - 75


def test_staff_of_the_other_two_places() -> None:
    own = [("leader", "甲"), ("full_time", "乙")]
    codes = city()["code"]
    rows = [(code, post, f"{name}{code}") for code in codes for post, name in own]
    assert len(check_rules(city(), PROFILES["city"], posts=posts(*rows))) == 0
    secretary = [(code, "leader", "书记") for code in village()["code"]]
    assert len(check_rules(village(), PROFILES["village"], posts=posts(*secretary))) == 0
    assert len(check_rules(village(), PROFILES["town"], posts=posts(*secretary))) == 18


@pytest.mark.parametrize("name", list(PROFILES))
def test_dedicated_grids_need_no_homes(name: str) -> None:
    grids = city().assign(kind="dedicated", households=0)
    assert len(check_rules(grids, PROFILES[name])) == 0
