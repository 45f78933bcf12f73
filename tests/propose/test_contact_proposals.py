"""Contact lists: every home once, 10 to 15 on a list, neighbours together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geogrid.errors import FieldError
from geogrid.propose import propose_contacts
from geogrid.store.plan import load_plan

SAMPLES = Path(__file__).parents[2] / "data" / "boundaries"


def houses(homes: list[int], grid: str = "g") -> pd.DataFrame:
    count = len(homes)
    return pd.DataFrame(
        {"unit_id": [f"h{at}" for at in range(count)], "kind": "building", "parent": "", "name": "",
         "street": "", "number": "", "compound": "", "building": "", "grid": grid,
         "households": homes, "lon": 114 + 0.001 * np.arange(count), "lat": 22.5}
    )  # fmt: skip


def test_every_home_is_on_one_list() -> None:
    units = load_plan(SAMPLES / "futian").units.assign(grid="g")
    units = units[units["unit_id"].str.startswith("B000")]
    found = propose_contacts(units)
    sizes = found.lists.groupby("list")["households"].sum()
    assert sizes.between(10, 15).all()
    homes = [
        (row.unit_id, home) for row in found.lists.itertuples()
        for home in range(row.first, row.last + 1)
    ]  # fmt: skip
    assert len(homes) == len(set(homes)) == sizes.sum()
    assert found.findings == []


def test_lists_are_of_neighbours() -> None:
    # a row of houses shuffled: lists must be runs of the row
    units = houses([4] * 9).sample(frac=1, random_state=3)
    lists = propose_contacts(units).lists
    for _number, some in lists.groupby("list"):
        at = sorted(int(unit[1:]) for unit in some["unit_id"])
        assert at == list(range(at[0], at[0] + len(at)))


def test_members_get_the_nearest_list_of_their_grid() -> None:
    units = pd.concat([houses([12, 12]), houses([12], "other").assign(unit_id="x")])
    members = pd.DataFrame(
        {"person_id": [7, 8], "grid": "g", "lon": [114.0011, np.nan], "lat": [22.5, np.nan]}
    )
    found = propose_contacts(units, members)
    owner = dict(zip(found.lists["unit_id"], found.lists["person_id"], strict=True))
    assert owner["h1"] == 7
    assert owner["h0"] == 8
    assert pd.isna(owner["x"])
    assert [finding.params["grid"] for finding in found.findings] == ["other"]


def test_what_cannot_be_listed_is_said() -> None:
    units = pd.concat([houses([6]), houses([18], "h").assign(unit_id="x")])
    units = pd.concat([units, houses([12], "i").assign(unit_id="y", lon=None)])
    found = propose_contacts(units)
    assert [finding.kind for finding in found.findings] == ["no_place", "odd_number", "odd_number"]
    assert all(finding.text("zh_CN") != finding.text() for finding in found.findings)
    assert found.lists["households"].sum() == 24
    with pytest.raises(FieldError):
        propose_contacts(units, fewest=5, most=4)
    assert propose_contacts(units.iloc[:0]).lists.empty
