"""Departments with their duties and people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from geogrid.errors import FieldError, InputError
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import audit
from geogrid.store.departments import (
    Department,
    keep_department,
    list_departments,
    remove_department,
    second,
)
from geogrid.store.errors import ConflictError
from geogrid.store.tenures import Person, person_id

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def keep(engine: Engine, name: str, *duties: str, phone: str = "") -> int:
    return keep_department(engine, name, duties, phone=phone, at=NOW, by="test")


def listed(engine: Engine, duty: str = "") -> list[Department]:
    with reading(engine) as connection:
        return list_departments(connection, duty)


def test_departments_have_duty_lists(engine: Engine) -> None:
    first = keep(engine, "城管中队", "占道经营", " 违建 ", "", "占道经营", phone="1")
    second_id = keep(engine, "派出所", "治安")
    assert listed(engine) == [
        Department(first, "城管中队", "1", ("占道经营", "违建"), ()),
        Department(second_id, "派出所", "", ("治安",), ()),
    ]
    assert [each.name for each in listed(engine, "违建")] == ["城管中队"]
    assert listed(engine, "消防") == []
    assert keep(engine, "城管中队", "市容") == first
    assert listed(engine)[0].duties == ("市容",)


def test_people_are_seconded(engine: Engine) -> None:
    department = keep(engine, "派出所", "治安")
    with writing(engine) as connection:
        person = person_id(connection, Person("民警甲", "1"))
    second(engine, person, department, at=NOW, by="test")
    assert listed(engine)[0].people == ("民警甲",)
    second(engine, person, None, at=NOW, by="test")
    assert listed(engine)[0].people == ()
    second(engine, person, department, at=NOW, by="test")
    remove_department(engine, department, at=NOW, by="test")
    assert listed(engine) == []
    with writing(engine) as connection:
        assert person_id(connection, Person("民警甲", "1")) == person
        told = connection.scalars(select(audit.c.action).order_by(audit.c.id)).all()
    assert told == ["department.kept", *["person.seconded"] * 3, "department.removed"]


def test_what_is_not_there_is_said(engine: Engine) -> None:
    for name in ("", " ", "长" * 201):
        with pytest.raises(FieldError, match="“name” must have"):
            keep(engine, name)
    with pytest.raises(InputError, match="There is no department 7"):
        remove_department(engine, 7, at=NOW, by="test")
    with pytest.raises(InputError, match="There is no person 7"):
        second(engine, 7, None, at=NOW, by="test")


def test_of_two_planners_one_is_told(engine: Engine) -> None:
    key = keep(engine, "派出所", "治安")
    (seen,) = listed(engine)

    def change(number: int) -> str:
        given = {"department_id": key, "seen": seen.mark, "at": NOW, "by": "test"}
        try:
            keep_department(engine, f"派出所{number}", ("治安",), **given)
        except ConflictError:
            return "told"
        return f"派出所{number}"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(change, range(4)))
    assert sorted(said)[:3] == ["told"] * 3
    assert [each.name for each in listed(engine)] == [sorted(said)[3]]
    with pytest.raises(ConflictError):
        remove_department(engine, key, at=NOW, by="test", seen=seen.mark)
