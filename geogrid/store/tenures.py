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
from geogrid.store.errors import ConflictError
from geogrid.store.moving import hold_grids
from geogrid.store.people import grid_chain, holds_at
from geogrid.store.plans import plan_at

__all__ = [
    "Person",
    "Tenure",
    "change_post",
    "end_post",
    "end_tenures",
    "last_tenure",
    "new_post_ids",
    "open_post",
    "person_id",
    "tenures_of",
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
    post_id: str = "",
) -> str:
    """Add a post to a grid and return its id.

    Parameters
    ----------
    engine : of the database
    grid : code of a grid of any level, of the plan in force when the post begins, and now
    post : one of the codes of posts, or the office's own word
    held : by whom and when
    at, by : now, in UTC, and who does it
    post_id : the id to give it, which a form brings along so that a second click adds no second
        post; by default the next number

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
        used = connection.scalars(select(posts.c.post_id)).all()
        if post_id in used:
            return post_id
        _require_grid(connection, grid, begins, held.ends)
        given = post_id or new_post_ids(used, 1)[0]
        row = {"post_id": given, "grid": grid, "post": word, "valid_from": begins}
        row["valid_until"] = held.ends
        for key, person in _people_of(held).items():
            row[key] = None if person is None else person_id(connection, person)
        _write(connection, "post.opened", row, at=at, by=by)
    return given


def change_post(
    engine: Engine, post_id: str, held: Tenure, *, at: datetime, by: By, seen: int | None = None
) -> None:
    """Give a post another holder or deputy, or leave it vacant; who held it before stays known.

    Where the post is held like this already nothing changes. Somebody of the same name who stays
    has a new phone, or without one the phone that is known.

    Parameters and errors are those of :func:`open_post`; :class:`InputError` also when there is
    no such post, or it was changed on that day or later. `seen` is the tenure on which the change
    is based: :class:`~geogrid.store.errors.ConflictError` when there is a later one.
    """
    begins = _begins(held, at)
    with writing(engine) as connection:
        hold_grids(connection, alone=True)
        last = last_tenure(connection, post_id)
        if _is_held(last, held, at):
            return
        _require_seen(last, seen)
        row: dict[str, Any] = {
            key: _settled(connection, last, key, each) for key, each in _people_of(held).items()
        }
        if all(getattr(last, key) == row[key] for key in row) and held.ends == last.valid_until:
            if held.begins not in (None, last.valid_from):
                raise InputError(
                    _(
                        "The same people hold the post already; since when they do is not "
                        "changed here."
                    )
                )
            record(connection, "post.phone_changed", last.id, at=at, by=by, post_id=post_id)
            return
        before = _tenure(connection, post_id, begins)
        _require_grid(connection, before.grid, begins, held.ends)
        end_tenures(connection, [before.id], begins)
        row |= {"post_id": post_id, "grid": before.grid, "post": before.post}
        row |= {"valid_from": begins, "valid_until": held.ends}
        _write(connection, "post.changed", row, at=at, by=by)


def end_post(
    engine: Engine, post_id: str, *, at: datetime, by: By, ends: datetime, seen: int | None = None
) -> None:
    """Give up a post altogether from a moment on, which may be to come.

    A post that ended already, or ends at that moment anyway, stays as it is.

    Raises
    ------
    InputError
        There is no such post, or it was changed on that day or later.
    ConflictError
        There is a later tenure than the one that was `seen`.
    """
    with writing(engine) as connection:
        hold_grids(connection, alone=True)
        last = last_tenure(connection, post_id)
        _require_seen(last, seen)
        if last.valid_until is not None and (last.valid_until <= at or last.valid_until == ends):
            return
        if last.valid_from is not None and ends <= last.valid_from:
            raise _too_early(post_id)
        connection.execute(update(posts).where(posts.c.id == last.id).values(valid_until=ends))
        told = {"post_id": post_id, "ends": ends.isoformat()}
        record(connection, "post.ended", last.id, at=at, by=by, **told)


def last_tenure(connection: Connection, post_id: str) -> Any:
    """Return the last row of :func:`tenures_of`.

    Raises
    ------
    InputError
        There is no such post.
    """
    rows = tenures_of(connection, post_id)
    if not rows:
        raise InputError(_("There is no post {post}."), post=post_id[:64])
    return rows[-1]


def tenures_of(connection: Connection, post_id: str) -> list[Any]:
    """Return who held a post one after the other, the first one first.

    Rows have the columns of the table and holder, phone, deputy, deputy_phone (None for nobody).
    """
    deputies = people.alias()
    asked = (
        select(
            posts, people.c.name.label("holder"), people.c.phone.label("phone"),
            deputies.c.name.label("deputy"), deputies.c.phone.label("deputy_phone"),
        )
        .outerjoin(people, people.c.id == posts.c.person_id)
        .outerjoin(deputies, deputies.c.id == posts.c.deputy_id)
        .where(posts.c.post_id == ("" if "\0" in post_id else post_id))
        .order_by(posts.c.valid_from.is_not(None), posts.c.valid_from, posts.c.id)
    )  # fmt: skip
    return list(connection.execute(asked))


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
        raise _too_early(post_id)
    return found


def _too_early(post_id: str) -> InputError:
    return InputError(
        _("The post {post} was changed at that moment or later; choose a later one."),
        post=post_id[:64],
    )


def _people_of(held: Tenure) -> dict[str, Person | None]:
    return {"person_id": held.holder, "deputy_id": held.deputy}


_NAMED = {"person_id": ("holder", "phone"), "deputy_id": ("deputy", "deputy_phone")}


def _is_held(last: Any, held: Tenure, at: datetime) -> bool:
    """Return whether a post that goes on is held like this already."""
    if last.valid_until is not None and last.valid_until <= at:
        return False
    return (
        all(
            _is_them(getattr(last, _NAMED[key][0]), getattr(last, _NAMED[key][1]), person)
            for key, person in _people_of(held).items()
        )
        and held.ends in (None, last.valid_until)
        and held.begins in (None, last.valid_from)
    )


def _is_them(name: str | None, phone: str | None, person: Person | None) -> bool:
    if person is None or not name:
        return person is None and not name
    return person.name.strip() == name and person.phone.strip() in ("", phone)


def _require_seen(last: Any, seen: int | None) -> None:
    if seen is not None and last.id != seen:
        raise ConflictError(
            _("The post was changed by somebody else meanwhile. Look at it and try again."),
            changed={"post": last.post_id, "holder": last.holder or ""},
        )


def _settled(connection: Connection, last: Any, key: str, person: Person | None) -> int | None:
    """Return the id of a person; somebody of the same name who stays may have a new phone."""
    if person is None:
        return None
    known, phone = getattr(last, key), person.phone.strip()
    if getattr(last, _NAMED[key][0]) != person.name.strip():
        return person_id(connection, person)
    if phone and phone != getattr(last, _NAMED[key][1]):
        is_other = (people.c.name == person.name.strip()) & (people.c.phone == phone)
        if connection.scalar(select(people.c.id).where(is_other).limit(1)) is not None:
            return person_id(connection, person)
        phone = _checked("phone", phone)
        connection.execute(update(people).where(people.c.id == known).values(phone=phone))
    return int(known)


def _write(
    connection: Connection, action: str, row: dict[str, Any], *, at: datetime, by: By
) -> None:
    key = connection.scalar(insert(posts).values(row).returning(posts.c.id))
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    record(connection, action, int(key), at=at, by=by, **told)
