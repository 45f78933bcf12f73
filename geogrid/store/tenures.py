"""Posts over time: opened, held by one after the other, ended.

Each row of the table is a tenure: who held a post, with which deputy, from when to when. A post
keeps its id through all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from geogrid.errors import FieldError, InputError
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import people, posts
from geogrid.store.moving import hold_grids
from geogrid.store.people import grid_chain, holds_at
from geogrid.store.plans import plan_at

__all__ = [
    "Person",
    "Tenure",
    "change_post",
    "end_post",
    "end_tenures",
    "new_post_ids",
    "open_post",
    "person_id",
]

_LONGEST = {"post": 64, "name": 120, "phone": 200}
_AT_ONCE = 500


@dataclass(frozen=True)
class Person:
    """Somebody who holds posts; the same name and phone are the same person."""

    name: str
    phone: str = ""


@dataclass(frozen=True)
class Tenure:
    """Who holds a post, and when.

    Attributes
    ----------
    holder, deputy
        The people (A岗, B岗); without a holder the post is vacant.
    begins, ends
        In UTC; the moment when it is written down, and open, by default.
    """

    holder: Person | None = None
    deputy: Person | None = None
    begins: datetime | None = None
    ends: datetime | None = None


def open_post(
    engine: Engine,
    grid: str,
    post: str,
    held: Tenure,
    *,
    at: datetime,
    by: By,
) -> str:
    """Add a post to a grid and return its id.

    Parameters
    ----------
    engine : of the database
    grid : code of a grid of any level, of the plan in force when the post begins, and now
    post : one of the codes of posts, or the office's own word
    held : by whom and when
    at, by : now, in UTC, and who does it

    Raises
    ------
    InputError
        There is no such grid, or no more, or the dates are not in order.
    FieldError
        A text is missing or too long.
    PlanMissingError
        No plan was in force.
    """
    begins = _begins(held, at)
    word = _checked("post", post)
    with writing(engine) as connection:
        hold_grids(connection, alone=True)
        _require_grid(connection, grid, begins, held.ends)
        post_id = new_post_ids(connection.scalars(select(posts.c.post_id)), 1)[0]
        row = {"post_id": post_id, "grid": grid, "post": word, "valid_from": begins}
        _write(connection, "post.opened", row, held, at=at, by=by)
    return post_id


def change_post(engine: Engine, post_id: str, held: Tenure, *, at: datetime, by: By) -> None:
    """Give a post another holder or deputy, or leave it vacant; who held it before stays known.

    Parameters and errors are those of :func:`open_post`; :class:`InputError` also when there is
    no such post, or it was changed on that day or later.
    """
    begins = _begins(held, at)
    with writing(engine) as connection:
        hold_grids(connection, alone=True)
        before = _tenure(connection, post_id, begins)
        _require_grid(connection, before.grid, begins, held.ends)
        end_tenures(connection, [before.id], begins)
        row = {"post_id": post_id, "grid": before.grid, "post": before.post, "valid_from": begins}
        _write(connection, "post.changed", row, held, at=at, by=by)


def end_post(engine: Engine, post_id: str, *, at: datetime, by: By, ends: datetime) -> None:
    """Give up a post altogether from a moment on, which may be to come.

    Raises
    ------
    InputError
        There is no such post, or it was changed on that day or later.
    """
    with writing(engine) as connection:
        hold_grids(connection, alone=True)
        before = _tenure(connection, post_id, ends)
        end_tenures(connection, [before.id], ends)
        told = {"post_id": post_id, "ends": ends.isoformat()}
        record(connection, "post.ended", before.id, at=at, by=by, **told)


def end_tenures(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    """Let tenures end at a moment; one that began only then has never been."""
    for begin in range(0, len(ids), _AT_ONCE):
        mine = posts.c.id.in_(ids[begin : begin + _AT_ONCE])
        connection.execute(delete(posts).where(mine, posts.c.valid_from == at))
        connection.execute(update(posts).where(mine).values(valid_until=at))


def new_post_ids(used: Iterable[str], count: int) -> list[str]:
    """Return ids beside those that were used, such as ``"P00042"``."""
    numbers = [int(each[1:]) for each in used if each[:1] == "P" and each[1:].isdecimal()]
    first = max(numbers, default=0) + 1
    return [f"P{number:05d}" for number in range(first, first + count)]


def person_id(connection: Connection, person: Person) -> int:
    """Return the id of a person, who is added if there was nobody of this name and phone."""
    name, phone = _checked("name", person.name), person.phone.strip()
    if phone:
        _checked("phone", phone)
    is_them = (people.c.name == name) & (people.c.phone == phone)
    found = connection.scalar(select(people.c.id).where(is_them).order_by(people.c.id).limit(1))
    if found is None:
        added = insert(people).values(name=name, phone=phone).returning(people.c.id)
        found = connection.scalar(added)
    return int(found)


def _checked(field: str, given: str) -> str:
    text = given.strip()
    if not text or len(text) > _LONGEST[field]:
        raise FieldError(
            _("“{field}” must have 1 to {longest} characters."),
            field=field,
            longest=_LONGEST[field],
        )
    return text


def _begins(held: Tenure, at: datetime) -> datetime:
    begins, ends = held.begins or at, held.ends
    if begins > at:
        raise InputError(
            _("A post cannot begin in the future ({begins}). Write it down on the day."),
            begins=begins.isoformat(timespec="minutes"),
        )
    if ends is not None and ends <= begins:
        raise InputError(
            _("A post must end after it begins ({begins}), not {ends}."),
            begins=begins.isoformat(timespec="minutes"),
            ends=ends.isoformat(timespec="minutes"),
        )
    return begins


def _require_grid(
    connection: Connection, grid: str, begins: datetime, ends: datetime | None
) -> None:
    """Refuse a grid that there was not, or that is no more while the post goes on."""
    grid_chain(connection, plan_at(connection, begins), grid)
    now = plan_at(connection)
    assert now.valid_from is not None  # it is in force
    if ends is None or ends > now.valid_from:
        grid_chain(connection, now, grid)


def _tenure(connection: Connection, post_id: str, moment: datetime) -> Any:
    """Return the tenure of a post that holds at a moment, the last one."""
    mine = posts.c.post_id == post_id
    found = connection.execute(select(posts).where(mine, *holds_at(moment))).first()
    if found is None:
        raise InputError(_("There is no post {post} at that moment."), post=post_id[:64])
    later = connection.scalar(select(posts.c.id).where(mine, posts.c.valid_from > moment))
    if later is not None or found.valid_from == moment:
        raise InputError(
            _("The post {post} was changed at that moment or later; choose a later one."),
            post=post_id[:64],
        )
    return found


def _write(
    connection: Connection, action: str, row: dict[str, Any], held: Tenure, *, at: datetime, by: By
) -> None:
    for name, person in (("person_id", held.holder), ("deputy_id", held.deputy)):
        row[name] = None if person is None else person_id(connection, person)
    row["valid_until"] = held.ends
    key = connection.scalar(insert(posts).values(row).returning(posts.c.id))
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    record(connection, action, int(key), at=at, by=by, **told)
