"""Departments (职能部门) with their lists of duties and the people they have seconded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from geogrid.errors import FieldError, InputError
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import departments, duties, people

__all__ = ["Department", "keep_department", "list_departments", "remove_department", "second"]

_LONGEST = 200


@dataclass(frozen=True)
class Department:
    """A department that acts on joint cases.

    Attributes
    ----------
    id, name, phone
        To call it by.
    duties
        What it is there for, in the order of its list.
    people
        Names of those who come from it.
    """

    id: int
    name: str
    phone: str
    duties: tuple[str, ...]
    people: tuple[str, ...]


def keep_department(
    engine: Engine, name: str, duty_list: Sequence[str], *, phone: str = "", at: datetime, by: By
) -> int:
    """Add a department or make its duty list and phone what is given; return its id.

    Parameters
    ----------
    engine : of the database
    name : of the department; the same name is the same department
    duty_list : its duties, in order; empty and double ones are left out
    phone : to call it
    at, by : now, in UTC, and who does it

    Raises
    ------
    FieldError
        The name is missing or too long.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST:
        raise FieldError(
            _("“{field}” must have 1 to {longest} characters."), field="name", longest=_LONGEST
        )
    listed = list(dict.fromkeys(duty.strip() for duty in duty_list if duty.strip()))
    with writing(engine) as connection:
        found = connection.scalar(select(departments.c.id).where(departments.c.name == name))
        if found is None:
            added = insert(departments).values(name=name).returning(departments.c.id)
            found = connection.scalar(added)
        key = int(found)
        mine = departments.c.id == key
        connection.execute(update(departments).where(mine).values(phone=phone.strip()))
        connection.execute(delete(duties).where(duties.c.department_id == key))
        if listed:
            rows = [{"department_id": key, "duty": duty} for duty in listed]
            connection.execute(insert(duties), rows)
        record(connection, "department.kept", key, at=at, by=by, name=name, duties=listed)
        return key


def remove_department(engine: Engine, department_id: int, *, at: datetime, by: By) -> None:
    """Remove a department; its people stay.

    Raises
    ------
    InputError
        There is none.
    """
    with writing(engine) as connection:
        _require(connection, department_id)
        connection.execute(delete(departments).where(departments.c.id == department_id))
        record(connection, "department.removed", department_id, at=at, by=by)


def second(
    engine: Engine, person_id: int, department_id: int | None, *, at: datetime, by: By
) -> None:
    """Say which department somebody comes from (下沉人员), None for none.

    Raises
    ------
    InputError
        There is no such person or department.
    """
    with writing(engine) as connection:
        if department_id is not None:
            _require(connection, department_id)
        change = update(people).where(people.c.id == person_id)
        if connection.execute(change.values(department_id=department_id)).rowcount != 1:
            raise InputError(_("There is no person {person}."), person=person_id)
        record(connection, "person.seconded", person_id, at=at, by=by, department=department_id)


def list_departments(connection: Connection, duty: str = "") -> list[Department]:
    """Return the departments by name; with `duty` those whose lists have this text."""
    lists: dict[int, list[str]] = {}
    for row in connection.execute(select(duties).order_by(duties.c.id)):
        lists.setdefault(row.department_id, []).append(row.duty)
    names: dict[int, list[str]] = {}
    theirs = select(people).where(people.c.department_id.is_not(None)).order_by(people.c.name)
    for row in connection.execute(theirs):
        names.setdefault(row.department_id, []).append(row.name)
    return [
        Department(
            row.id, row.name, row.phone, tuple(lists.get(row.id, ())), tuple(names.get(row.id, ()))
        )
        for row in connection.execute(select(departments).order_by(departments.c.name))
        if any(duty in each for each in lists.get(row.id, ())) or not duty
    ]


def _require(connection: Connection, department_id: int) -> None:
    asked = select(departments.c.id).where(departments.c.id == department_id)
    if connection.scalar(asked) is None:
        raise InputError(_("There is no department {department}."), department=department_id)
