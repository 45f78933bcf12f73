"""Contact lists of party members (党员联户) in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, Engine, delete, insert, select

from geogrid.contacts import ContactReport, check_contacts
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import contact_households, people
from geogrid.store.database.tables import units as units_table
from geogrid.store.moving import hold_grids
from geogrid.store.people import posts_at
from geogrid.store.placed import placed_plan
from geogrid.store.plans import plan_at

__all__ = ["contact_report", "keep_contacts", "read_contacts"]

Home = tuple[str, str]
"""Id of a unit and door (门牌); an empty door is the whole unit."""


def keep_contacts(
    engine: Engine, person_id: int, homes: Sequence[Home], *, at: datetime, by: By
) -> None:
    """Make a list of homes the one that a member keeps contact with.

    Parameters
    ----------
    engine : of the database
    person_id : the member
    homes : all of them; none takes the list away
    at, by : now, in UTC, and who does it

    Raises
    ------
    InputError
        There is no such person or unit, a home is on the list twice or on another member's.
    """
    asked = [(unit.strip(), door.strip()) for unit, door in homes]
    with writing(engine) as connection:
        hold_grids(connection, alone=True)
        if connection.scalar(select(people.c.id).where(people.c.id == person_id)) is None:
            raise InputError(_("There is no person {person}."), person=person_id)
        asked_units = select(units_table.c.unit_id, units_table.c.id)
        keys = {row.unit_id: row.id for row in connection.execute(asked_units)}
        mine = contact_households.c.person_id == person_id
        connection.execute(delete(contact_households).where(mine))
        taken = _taken(connection)
        rows = []
        for unit, door in asked:
            if unit not in keys:
                raise InputError(_("There is no building {unit}."), unit=unit[:64])
            if (unit, door) in taken:
                raise InputError(
                    _("The home {unit} {door} is on the list of {name} already."),
                    unit=unit,
                    door=door,
                    name=taken[unit, door],
                )
            taken[unit, door] = "—"
            rows.append({"person_id": person_id, "unit_id": keys[unit], "home": door})
        if rows:
            connection.execute(insert(contact_households), rows)
        record(connection, "contacts.kept", person_id, at=at, by=by, homes=len(rows))


def _taken(connection: Connection) -> dict[Home, str]:
    """Return the homes on lists with the names of their members."""
    rows = read_contacts(connection)
    return {(row.unit_id, row.home): row.name for row in rows.itertuples(index=False)}


def read_contacts(connection: Connection) -> pd.DataFrame:
    """Return all contact lists: columns person_id, name, unit_id, home."""
    asked = (
        select(
            contact_households.c.person_id, people.c.name, units_table.c.unit_id,
            contact_households.c.home,
        )
        .join(people, people.c.id == contact_households.c.person_id)
        .join(units_table, units_table.c.id == contact_households.c.unit_id)
        .order_by(people.c.name, units_table.c.unit_id, contact_households.c.home)
    )  # fmt: skip
    rows = connection.execute(asked).all()
    return pd.DataFrame(rows, columns=["person_id", "name", "unit_id", "home"])


def contact_report(connection: Connection, at: datetime, units: pd.DataFrame) -> ContactReport:
    """Return who keeps contact with how many homes, and which homes nobody has.

    Parameters
    ----------
    connection : of the database
    at : whose posts and grids count, in UTC; lists and buildings are those of today
    units : as :func:`~geogrid.store.units.placed_units` gives them for the moment

    Raises
    ------
    PlanMissingError
        No plan was in force.
    """
    placed = placed_plan(connection, plan_at(connection, at))
    contacts, held = read_contacts(connection), posts_at(connection, at)
    return check_contacts(contacts, held, units, placed.tree)
