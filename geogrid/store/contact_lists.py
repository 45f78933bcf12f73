"""The contact lists of a place (党员联户) taken over: whose they are, and which homes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, delete, func, insert, select

from geogrid.contacts import ContactReport, check_contacts
from geogrid.errors import InputError
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import audit, contact_households, posts
from geogrid.store.database.tables import units as units_table
from geogrid.store.moving import hold_grids
from geogrid.store.people import grid_chain, posts_at
from geogrid.store.plans import plan_at
from geogrid.store.tenures import Person, new_post_ids, person_id
from geogrid.store.units import placed_units

__all__ = [
    "ContactChange",
    "Member",
    "foresee_contacts",
    "last_listed",
    "replace_contacts",
    "settle_members",
]

_CONTACT = "party_contact"
_LISTED = "contacts.listed"


@dataclass(frozen=True)
class Member:
    """Somebody on a contact list.

    Attributes
    ----------
    name, phone
        As the list says.
    person_id
        Of who holds a post as party contact already, None for who does not yet.
    grid
        Where they get that post; ``""`` for who has it, or when nobody can say where.
    """

    name: str
    phone: str
    person_id: int | None
    grid: str


@dataclass(frozen=True)
class ContactChange:
    """How many members and homes are on lists now, and how many members got a post."""

    members: int
    homes: int
    opened: int


def settle_members(
    listed: pd.DataFrame, held: pd.DataFrame, units: pd.DataFrame
) -> dict[tuple[str, str], Member]:
    """Return who the members of contact lists are, by name and phone.

    Who holds a post as party contact under that name, with that phone or where one of the two
    phones is not known, is the same person; of several the one at the grid that the list says.
    Nobody is two members with two phones.
    Anybody else becomes party contact of that grid, or of the one with most of their homes.

    Parameters
    ----------
    listed : columns name, phone, grid, unit_id
    held : as :func:`geogrid.store.people.posts_at` gives them
    units : as :func:`geogrid.store.units.placed_units` gives them
    """
    holders: dict[str, list[Any]] = {}
    for row in held[(held["post"] == _CONTACT) & (held["holder"] != "")].itertuples(index=False):
        holders.setdefault(row.holder, []).append(row)
    at = dict(zip(units["unit_id"], units["grid"], strict=True))
    homes: dict[tuple[str, str], list[Any]] = {}
    for row in listed[["name", "phone", "grid", "unit_id"]].itertuples(index=False):
        homes.setdefault((row.name, row.phone), []).append(row)
    said = {key: next((row.grid for row in mine if row.grid), "") for key, mine in homes.items()}
    found = _holders(said, holders)
    members = {}
    for (name, phone), mine in homes.items():
        person, grid = found[name, phone], said[name, phone]
        if person is None:
            where = Counter(code for row in mine if (code := at.get(row.unit_id, "")))
            grid = grid or next((code for code, _count in where.most_common(1)), "")
        members[name, phone] = Member(name, phone, person, grid if person is None else "")
    return members


def _holders(
    said: Mapping[tuple[str, str], str], holders: Mapping[str, Sequence[Any]]
) -> dict[tuple[str, str], int | None]:
    """Return who of the holders each member is; two phones are two people.

    Those whose phone is known come first, then those whose grid is that of a holder.
    """

    def doubt(key: tuple[str, str]) -> tuple[bool, bool, bool]:
        rows = holders.get(key[0], ())
        is_known = any(row.phone == key[1] for row in rows)
        return not key[1], not is_known, all(row.grid != said[key] for row in rows)

    found: dict[tuple[str, str], int | None] = {}
    taken = set[int]()
    for key in sorted(said, key=doubt):
        name, phone = key
        rows = [row for row in holders.get(name, ()) if not phone or row.person_id not in taken]
        found[key] = person = _holder(rows, phone, said[key])
        if phone and person is not None:
            taken.add(person)
    return found


def _holder(rows: Iterable[Any], phone: str, grid: str) -> int | None:
    likely = [row for row in rows if row.phone == phone]
    likely = likely or [row for row in rows if not row.phone or not phone]
    ids = {int(row.person_id) for row in likely if row.grid == grid}
    ids = ids or {int(row.person_id) for row in likely}
    return min(ids, default=None)


def foresee_contacts(
    listed: pd.DataFrame,
    members: Mapping[tuple[str, str], Member],
    held: pd.DataFrame,
    units: pd.DataFrame,
    tree: Hierarchy,
) -> ContactReport:
    """Return what would be right and wrong if these were the contact lists; nothing is written.

    Parameters are those of :func:`settle_members`, its result, and the tree of the plan.
    """
    ids = {
        key: -at if member.person_id is None else member.person_id
        for at, (key, member) in enumerate(members.items(), start=1)
    }
    keys = list(zip(listed["name"], listed["phone"], strict=True))
    contacts = listed[["name", "unit_id", "home"]].assign(person_id=[ids[key] for key in keys])
    opened = pd.DataFrame(
        [(member.grid, _CONTACT, ids[key], member.name)
         for key, member in members.items() if member.grid],
        columns=["grid", "post", "person_id", "holder"],
    )  # fmt: skip
    columns = ["grid", "post", "person_id", "holder"]
    both = pd.concat([held[columns].astype("object"), opened.astype("object")], ignore_index=True)
    return check_contacts(contacts, both, units, tree)


def replace_contacts(
    engine: Engine, listed: pd.DataFrame, *, at: datetime, by: By
) -> ContactChange:
    """Make lists of homes the contact lists of the place; those of before go.

    Parameters
    ----------
    engine : of the database
    listed : columns name, phone, grid, unit_id, home; a home once
    at, by : now, in UTC, and who does it

    Raises
    ------
    PlanMissingError
        No plan is in force.
    FieldError
        A name or a phone is too long.
    InputError
        There is no such unit, or no more such a grid.
    """
    with writing(engine) as connection:
        hold_grids(connection, alone=True)
        units = placed_units(connection, at)
        members = settle_members(listed, posts_at(connection, at), units)
        people = {
            key: member.person_id or person_id(connection, Person(member.name, member.phone))
            for key, member in members.items()
        }
        opened = {people[key]: member.grid for key, member in members.items() if member.grid}
        for grid in set(opened.values()):
            grid_chain(connection, plan_at(connection, at), grid)
        _open_posts(connection, opened, at=at, by=by)
        connection.execute(delete(contact_households))
        rows = _rows(connection, listed, people)
        if rows:
            connection.execute(insert(contact_households), rows)
        change = ContactChange(len(members), len(rows), len(opened))
        record(connection, _LISTED, 0, at=at, by=by, **vars(change))
        return change


def last_listed(connection: Connection) -> int:
    """Return a number that changes whenever contact lists are taken over, 0 before."""
    asked = select(func.max(audit.c.id)).where(audit.c.action == _LISTED)
    return int(connection.scalar(asked) or 0)


def _open_posts(connection: Connection, opened: Mapping[int, str], *, at: datetime, by: By) -> None:
    if not opened:
        return
    ids = new_post_ids(connection.scalars(select(posts.c.post_id)), len(opened))
    rows = [
        {"post_id": post_id, "grid": grid, "post": _CONTACT, "person_id": key, "valid_from": at}
        for post_id, (key, grid) in zip(ids, opened.items(), strict=True)
    ]
    connection.execute(insert(posts), rows)
    record(connection, "post.opened_by_list", 0, at=at, by=by, posts=ids)


def _rows(
    connection: Connection, listed: pd.DataFrame, people: Mapping[tuple[str, str], int]
) -> list[dict[str, Any]]:
    asked = select(units_table.c.unit_id, units_table.c.id)
    keys = {row.unit_id: row.id for row in connection.execute(asked)}
    unknown = sorted(set(listed["unit_id"]) - keys.keys())
    if unknown:
        raise InputError(_("There is no building {unit}."), unit=unknown[0][:64])
    return [
        {"person_id": people[row.name, row.phone], "unit_id": keys[row.unit_id], "home": row.home}
        for row in listed[["name", "phone", "unit_id", "home"]].itertuples(index=False)
    ]
