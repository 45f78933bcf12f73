"""Buildings in the database: kept by their ids, each in its grid by list or by place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from small_plan import grids as small_grids
from small_plan import units as small_units
from sqlalchemy import Engine

from geogrid.errors import InputError
from geogrid.store import PlanMissingError, bundle
from geogrid.store.contacts import contact_report, keep_contacts, read_contacts
from geogrid.store.database.engine import reading, writing
from geogrid.store.people import posts_at
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.rosters import keep_roster
from geogrid.store.tenures import Person, person_id
from geogrid.store.units import UnitChange, keep_units, placed_units, read_units

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def keep(engine: Engine, rows: pd.DataFrame) -> UnitChange:
    return keep_units(engine, rows, at=NOW, by="test")


@pytest.fixture
def place(engine: Engine) -> Engine:
    """The hand-drawn plan with its units."""
    plan = add_draft(engine, "方案", small_grids(), at=NOW)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=NOW)
    publish_plan(engine, plan.id, plan.version, at=NOW)
    keep(engine, small_units())
    return engine


def member(engine: Engine, name: str) -> int:
    with writing(engine) as connection:
        return person_id(connection, Person(name))


def test_units_come_back(engine: Engine) -> None:
    given = small_units()
    given.loc[0, "households"] = None
    assert keep(engine, given) == UnitChange(len(given), 0, 0, 0)
    with reading(engine) as connection:
        found = read_units(connection)
    expected = bundle.complete(given.sort_values("unit_id"), "units")
    pd.testing.assert_frame_equal(found, expected)


def test_no_units_at_all(place: Engine) -> None:
    keep(place, small_units().head(0))
    with reading(place) as connection:
        assert len(read_units(connection)) == len(placed_units(connection, NOW)) == 0


def test_a_new_list_changes_what_differs(engine: Engine) -> None:
    keep(engine, small_units())
    new = small_units().iloc[2:].copy()
    new.loc[new.index[0], ["name", "lon", "households"]] = ["新名", 114.001, 33]
    new = pd.concat([new, new.tail(1).assign(unit_id="N1")])
    assert keep(engine, new) == UnitChange(1, len(new) - 1, 2, 0)
    with reading(engine) as connection:
        found = read_units(connection).set_index("unit_id")
    assert set(found.index) == set(new["unit_id"])
    assert found.loc["B2", ["name", "lon", "households"]].tolist() == ["新名", 114.001, 33]


@pytest.mark.parametrize(("ids", "row"), [(["A", ""], 2), (["A", "A"], 2)])
def test_an_id_is_needed_once(engine: Engine, ids: list[str], row: int) -> None:
    with pytest.raises(InputError, match=f"Row {row}:"):
        keep(engine, small_units().head(2).assign(unit_id=ids))


@pytest.mark.parametrize("field", ["unit_id", "grid"])
def test_a_code_that_is_too_long_is_said(engine: Engine, field: str) -> None:
    rows = small_units()
    rows.loc[3, field] = "长" * 65
    with pytest.raises(InputError, match="…” is longer than 64 characters"):
        keep(engine, rows)


def test_the_list_counts_and_says_where_the_map_disagrees(place: Engine) -> None:
    with reading(place) as connection:
        found = placed_units(connection, NOW).set_index("unit_id")
        with pytest.raises(PlanMissingError):
            placed_units(connection, NOW - timedelta(days=1))
    columns = ["listed", "drawn", "grid", "disagreement"]
    assert found.loc["B3", columns].tolist() == ["111", "121", "111", "elsewhere"]
    assert found.loc["B4", columns].tolist() == ["999", "121", "121", "unknown"]
    assert found.loc["B5", columns].tolist() == ["112", "", "112", ""]
    assert found.loc["B6", columns].tolist() == ["", "", "", "nowhere"]
    assert found.loc["B8", columns].tolist() == ["", "", "", "nowhere"]
    assert found.loc["B10", columns].tolist() == ["12", "121", "121", ""]
    assert set(found.loc[["C1", "B1", "B2", "B7", "B9"], "disagreement"]) == {""}


def test_contact_lists_are_checked(place: Engine) -> None:
    rows = [("111", "party_contact", "甲"), ("121", "party_contact", "乙")]
    roster = pd.DataFrame(rows, columns=["grid", "post", "holder"])
    keep_roster(place, roster, at=NOW, by="test")
    with reading(place) as connection:
        ids = posts_at(connection, NOW).set_index("holder")["person_id"].map(int).to_dict()
    keep_contacts(place, ids["甲"], [("B1", "")], at=NOW, by="test")
    homes = [("B9", str(door)) for door in range(1, 10)]
    keep_contacts(place, ids["乙"], [*homes, ("B2", "101")], at=NOW, by="test")
    with reading(place) as connection:
        report = contact_report(connection, NOW, placed_units(connection, NOW))
    assert report.members["state"].tolist() == ["", ""]
    assert report.members[["name", "households", "far"]].values.tolist() == [
        ["乙", 10, 1], ["甲", 10, 0],
    ]  # fmt: skip
    assert report.covered == 20
    missing = report.gaps.set_index("unit_id")
    assert (missing.loc["B9", "missing"], missing.loc["B9", "near"]) == (1, ["乙"])
    assert (missing.loc["B2", "missing"], missing.loc["B2", "near"]) == (9, [])
    assert "B1" not in missing.index


def test_a_home_is_on_one_list(place: Engine) -> None:
    first, second = member(place, "甲"), member(place, "乙")
    keep_contacts(place, first, [("B1", "101"), ("B1", "102")], at=NOW, by="test")
    with pytest.raises(InputError, match="The home B1 102 is on the list of 甲 already"):
        keep_contacts(place, second, [("B2", "1"), ("B1", " 102 ")], at=NOW, by="test")
    with pytest.raises(InputError, match="There is no building B99"):
        keep_contacts(place, second, [("B99", "")], at=NOW, by="test")
    with pytest.raises(InputError, match="There is no person 999"):
        keep_contacts(place, 999, [], at=NOW, by="test")
    with pytest.raises(InputError, match="already"):
        keep_contacts(place, second, [("B2", "1"), ("B2", "1")], at=NOW, by="test")
    with reading(place) as connection:
        assert read_contacts(connection)[["name", "unit_id", "home"]].values.tolist() == [
            ["甲", "B1", "101"], ["甲", "B1", "102"],
        ]  # fmt: skip
    keep_contacts(place, first, [("B1", "102"), ("B1", "103")], at=NOW, by="test")
    keep_contacts(place, second, [("B1", "101")], at=NOW, by="test")
    with reading(place) as connection:
        assert read_contacts(connection)["home"].tolist() == ["101", "102", "103"]


def test_a_new_list_of_buildings_keeps_contact_lists(place: Engine) -> None:
    keep_contacts(place, member(place, "甲"), [("B1", "101"), ("B2", "1")], at=NOW, by="test")
    change = keep(place, small_units().query("unit_id != 'B2' and unit_id != 'B10'"))
    assert (change.removed, change.left) == (1, 1)
    with reading(place) as connection:
        assert len(read_contacts(connection)) == 2
        assert "B2" in set(read_units(connection)["unit_id"])
