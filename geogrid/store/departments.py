"""Departments (职能部门) with their lists of duties and the people they have seconded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, insert, select, update

from geogrid.errors import FieldError, InputError
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import departments, duties, people
from geogrid.store.errors import ConflictError

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

    @property
    def mark(self) -> str:
        """Changes with name, phone and duties."""
        return sha256(repr((self.name, self.phone, self.duties)).encode()).hexdigest()[:16]


def keep_department(
    engine: Engine,
    name: str,
    duty_list: Sequence[str],
    *,
    phone: str = "",
    department_id: int | None = None,
    seen: str | None = None,
    at: datetime,
    by: By,
) -> int:
    """Add a department or change one; return its id. What is like this already stays as it is.

    Parameters
    ----------
    engine : of the database
    name : of the department; the same name is the same department
    duty_list : its duties, in order; empty and double ones are left out
    phone : to call it
    department_id : the one to change, which may get another name; None for the one of that name
    seen : :attr:`Department.mark` on which the change is based; ``""`` for a new one
    at, by : now, in UTC, and who does it

    Raises
    ------
    FieldError
        A text is missing or too long.
    InputError
        There is no such department, or another one of this name.
    ConflictError
        It is not as it was seen.
    """
    name, phone = _checked("name", name), phone.strip()
    if phone:
        _checked("phone", phone)
    listed = tuple(dict.fromkeys(duty.strip() for duty in duty_list if duty.strip()))
    for duty in listed:
        _checked("duty", duty)
    with writing(engine) as connection:
        _hold(connection)
        known = {each.id: each for each in list_departments(connection)}
        of_name = next((each for each in known.values() if each.name == name), None)
        now = of_name if department_id is None else known.get(department_id)
        if now is None and department_id is not None:
            raise _missing(department_id)
        if now is not None and (now.name, now.phone, now.duties) == (name, phone, listed):
            return now.id
        if of_name is not None and now is not of_name:
            raise InputError(_("There is a department “{name}” already."), name=name)
        _require_seen(now, seen)
        key = _write(connection, now, name, phone, listed)
        told = {"name": name, "phone": phone, "duties": list(listed)}
        record(connection, "department.kept", key, at=at, by=by, **told)
        return key


def _write(
    connection: Connection, now: Department | None, name: str, phone: str, listed: Sequence[str]
) -> int:
    values = {"name": name, "phone": phone}
    if now is None:
        added = insert(departments).values(values).returning(departments.c.id)
        key = int(connection.scalar(added))
    else:
        key = now.id
        connection.execute(update(departments).where(departments.c.id == key).values(values))
    connection.execute(delete(duties).where(duties.c.department_id == key))
    if listed:
        rows = [{"department_id": key, "duty": duty} for duty in listed]
        connection.execute(insert(duties), rows)
    return key


def remove_department(
    engine: Engine, department_id: int, *, at: datetime, by: By, seen: str | None = None
) -> None:
    """Remove a department; its people stay, and the audit log knows its duties.

    Raises
    ------
    InputError
        There is none.
    ConflictError
        It is not as it was `seen`.
    """
    with writing(engine) as connection:
        _hold(connection)
        known = {each.id: each for each in list_departments(connection)}
        now = known.get(department_id)
        if now is None:
            raise _missing(department_id)
        _require_seen(now, seen)
        connection.execute(delete(departments).where(departments.c.id == department_id))
        told = {"name": now.name, "phone": now.phone, "duties": list(now.duties)}
        record(connection, "department.removed", department_id, at=at, by=by, **told)


def _hold(connection: Connection) -> None:
    """Let departments change one at a time; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE departments IN SHARE ROW EXCLUSIVE MODE")


def _require_seen(now: Department | None, seen: str | None) -> None:
    if seen is not None and seen != (now.mark if now is not None else ""):
        raise ConflictError(
            _("The department was changed by somebody else meanwhile. Look at it and try again."),
            changed={"name": now.name if now is not None else ""},
        )


def _checked(field: str, text: str) -> str:
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise FieldError(
            _("“{field}” must have 1 to {longest} characters."), field=field, longest=_LONGEST
        )
    return text


def _missing(department_id: int) -> InputError:
    return InputError(_("There is no department {department}."), department=department_id)


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
        raise _missing(department_id)
