"""Contact lists taken over whole: members are known again, new ones get their post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from small_plan import grids, units
from sqlalchemy import Engine, select

from geogrid.errors import InputError
from geogrid.store.contact_lists import foresee_contacts, replace_contacts, settle_members
from geogrid.store.contacts import contact_report, read_contacts
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit
from geogrid.store.people import posts_at
from geogrid.store.placed import placed_plan
from geogrid.store.plans import add_draft, plan_at, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.rosters import keep_roster
from geogrid.store.units import keep_units, placed_units

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
COLUMNS = ["name", "phone", "grid", "unit_id", "home"]


def listed(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


@pytest.fixture
def place(engine: Engine) -> Engine:
    """The hand-drawn plan in force, with two party contacts."""
    plan = add_draft(engine, "方案", grids(), at=NOW)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=NOW)
    publish_plan(engine, plan.id, plan.version, at=NOW)
    keep_units(engine, units(), at=NOW, by="test")
    roster = [("111", "party_contact", "张三", "1"), ("112", "party_contact", "王芳", "2"),
              ("121", "party_contact", "王芳", "3"), ("111", "full_time", "乙", "4")]  # fmt: skip
    frame = pd.DataFrame(roster, columns=["grid", "post", "holder", "phone"])
    keep_roster(engine, frame.assign(deputy=""), at=NOW, by="test")
    return engine


LISTED = listed(
    ("张三", "", "", "B1", "101"),
    ("王芳", "", "121", "B9", ""),
    ("王芳", "2", "", "B2", "201"),
    ("赵六", "6", "", "B2", "202"),
    ("乙", "4", "11", "B2", "203"),
    ("张三", "7", "", "B6", "1"),
)


def test_members_are_known_again(place: Engine) -> None:
    with reading(place) as connection:
        held, known = posts_at(connection, NOW), placed_units(connection, NOW)
    members = settle_members(LISTED, held, known)
    names = held.set_index("person_id")[["holder", "phone"]]
    who = {
        key: tuple(names.loc[one.person_id]) if one.person_id else one.grid
        for key, one in members.items()
    }
    assert who == {
        ("张三", ""): ("张三", "1"),
        ("王芳", ""): ("王芳", "3"),  # of two the one of the grid
        ("王芳", "2"): ("王芳", "2"),
        ("赵六", "6"): "112",  # where most of the homes are
        ("乙", "4"): "11",  # as the list says
        ("张三", "7"): "",  # another one, and nobody knows where that building is
    }


def test_two_members_of_one_name_with_two_phones_are_two_people(place: Engine) -> None:
    roster = pd.DataFrame(
        [("111", "party_contact", "张伟", "", "")],
        columns=["grid", "post", "holder", "deputy", "phone"],
    )
    keep_roster(place, roster, at=LATER, by="test")
    both = listed(("张伟", "8", "121", "B9", ""), ("张伟", "9", "111", "B1", "101"))
    with reading(place) as connection:
        held, known = posts_at(connection, LATER), placed_units(connection, LATER)
    members = settle_members(both, held, known)
    assert members["张伟", "8"].person_id is None
    assert members["张伟", "8"].grid == "121"
    assert members["张伟", "9"].person_id == held["person_id"].iloc[0]  # of the grid
    after = LATER + timedelta(days=1)
    assert replace_contacts(place, both, at=after, by="test").opened == 1
    assert replace_contacts(place, both, at=after + timedelta(days=1), by="test").opened == 0


def test_lists_are_replaced_whole_and_new_members_get_a_post(place: Engine) -> None:
    before = listed(("张三", "1", "", "B1", "999"), ("王芳", "2", "", "B1", "101"))
    replace_contacts(place, before, at=NOW, by="test")
    with reading(place) as connection:
        held, known = posts_at(connection, LATER), placed_units(connection, LATER)
        tree = placed_plan(connection, plan_at(connection, LATER)).tree
    foreseen = foresee_contacts(LISTED, settle_members(LISTED, held, known), held, known, tree)
    change = replace_contacts(place, LISTED, at=LATER, by="test")
    assert vars(change) == {"members": 6, "homes": 6, "opened": 2}
    with reading(place) as connection:
        rows = read_contacts(connection)
        now = posts_at(connection, LATER)
        report = contact_report(connection, LATER, known)
        logged = connection.execute(
            select(audit.c.action, audit.c.detail).order_by(audit.c.id.desc()).limit(2)
        ).all()
    homes = rows[["name", "unit_id", "home"]].itertuples(index=False, name=None)
    assert sorted(homes) == sorted(
        LISTED[["name", "unit_id", "home"]].itertuples(index=False, name=None)
    )
    contacts = now[now["post"] == "party_contact"][["holder", "grid"]]
    assert sorted(contacts.itertuples(index=False, name=None)) == [
        ("乙", "11"), ("张三", "111"), ("王芳", "112"), ("王芳", "121"), ("赵六", "112"),
    ]  # fmt: skip
    told = ["name", "grids", "households", "far", "state"]
    said = [sorted(map(str, one.members[told].values.tolist())) for one in (foreseen, report)]
    assert said[0] == said[1]
    assert (foreseen.covered, foreseen.households) == (report.covered, report.households)
    assert [row.action for row in logged] == ["contacts.listed", "post.opened_by_list"]
    assert "202" not in str(logged)


def test_the_same_lists_again_open_no_post(place: Engine) -> None:
    replace_contacts(place, LISTED[:5], at=NOW + timedelta(hours=1), by="test")
    again = replace_contacts(place, LISTED[:5], at=LATER, by="test")
    assert again.opened == 0


def test_an_unknown_building_changes_nothing(place: Engine) -> None:
    replace_contacts(place, LISTED[:1], at=NOW, by="test")
    with pytest.raises(InputError, match="B77"):
        replace_contacts(place, listed(("新", "", "", "B77", "")), at=LATER, by="test")
    with reading(place) as connection:
        assert read_contacts(connection)["name"].tolist() == ["张三"]
        assert "新" not in set(posts_at(connection, LATER)["holder"])
