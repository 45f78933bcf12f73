"""The roster of an office (花名册) taken over: who stays, who comes, who goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, func, select, update

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.bulk import insert_columns, take_ids
from geogrid.store.database.engine import writing
from geogrid.store.database.frames import extra_values
from geogrid.store.database.tables import people, posts
from geogrid.store.errors import StoreError
from geogrid.store.moving import hold_grids
from geogrid.store.people import holds_at, posts_at
from geogrid.store.tenures import end_tenures, new_post_ids

__all__ = ["RosterChange", "keep_roster", "prepare_roster", "write_roster"]

_LONGEST = {
    "post_id": 64, "grid": 64, "post": 64,
    "holder": 120, "deputy": 120, "phone": 200, "deputy_phone": 200,
}  # fmt: skip
_LIKE = (("person_id", "deputy_id"), ("person_id",), ("deputy_id",), ())
"""What two rows of one post share: a post is first sought with the same people."""
_KEPT = ("grid", "post", "person_id", "deputy_id", "more")
"""What a tenure takes from a row of a roster."""
Row = dict[str, Any]


@dataclass(frozen=True)
class RosterChange:
    """How many posts stayed as they were, got other people, came, and went."""

    kept: int
    changed: int
    opened: int
    ended: int


def keep_roster(
    database: Engine | Connection, roster: pd.DataFrame, *, at: datetime, by: By
) -> RosterChange:
    """Make a roster what holds from now on; what held until now stays known.

    A row that says what is known already changes nothing. Of the others, one of the same grid
    and post is the same post with other people. Somebody of the same name in the same post whose
    phone is another one has a new phone. A post keeps the id that it got first, because an
    office numbers its list anew each time.

    Parameters
    ----------
    database : an engine, or a connection that writes, whose transaction then holds it too
    roster : as :func:`geogrid.posts.read_roster` gives it; all posts of the place
    at, by : now, in UTC, and who does it

    Raises
    ------
    FieldError
        A text is too long.
    StoreError
        The database cannot be written, or the clock runs behind what is in it.
    """
    rows = prepare_roster(roster)
    with writing(database) as connection:
        return write_roster(connection, rows, at=at, by=by)


def write_roster(
    connection: Connection, rows: Sequence[Row], *, at: datetime, by: By
) -> RosterChange:
    """Write what :func:`prepare_roster` made; the rest is as for :func:`keep_roster`."""
    hold_grids(connection, alone=True)
    _require_clock(connection, at)
    now = posts_at(connection, at).to_dict("records")
    wanted = [dict(row) for row in rows]
    wanted = _with_people(connection, _with_known_phones(wanted, now), now)
    pairs, left, new = _paired(now, wanted)
    changed = [(old, row) for old, row in pairs if not _is_same(old, row)]
    end_tenures(connection, [old["id"] for old in [*left, *(old for old, _row in changed)]], at)
    ids = [*(old["post_id"] for old, _row in changed), *_ids(connection, new)]
    begun = [*(row for _old, row in changed), *new]
    columns = {name: [row[name] for row in begun] for name in _KEPT}
    insert_columns(connection, posts, columns | {"post_id": ids, "valid_from": [at] * len(ids)})
    for old, row in pairs:
        if old["more"] != row["more"]:
            mine = posts.c.post_id == old["post_id"], *holds_at(at)
            connection.execute(update(posts).where(*mine).values(more=row["more"]))
    change = RosterChange(len(pairs) - len(changed), len(changed), len(new), len(left))
    record(connection, "roster.kept", 0, at=at, by=by, **vars(change))
    return change


def _ids(connection: Connection, new: list[Row]) -> list[str]:
    """Return ids for new posts: those of the list that no post has had."""
    used = set(connection.scalars(select(posts.c.post_id)))
    ids = []
    for row in new:
        given = row["post_id"]
        ids.append("" if given in used else given)
        used.add(given)
    spare = iter(new_post_ids(used, ids.count("")))
    return [given or next(spare) for given in ids]


def _require_clock(connection: Connection, at: datetime) -> None:
    latest = connection.scalar(select(func.max(posts.c.valid_from)))
    if latest is not None and latest > at:
        raise StoreError(
            _(
                "The clock of this computer says {at}, but a post began at {since}. "
                "Set the clock; nothing was changed."
            ),
            at=at.isoformat(timespec="seconds"),
            since=latest.isoformat(timespec="seconds"),
        )


def prepare_roster(roster: pd.DataFrame) -> list[Row]:
    """Return the rows as texts, before a transaction; what no table has a column for is ``more``.

    Raises
    ------
    FieldError
        A text is too long.
    """
    texts = roster.reindex(columns=list(_LONGEST), fill_value="").fillna("").astype("str")
    texts = texts.apply(lambda column: column.str.strip())
    for name, longest in _LONGEST.items():
        too_long = np.flatnonzero((texts[name].str.len() > longest).to_numpy(dtype=np.bool_))
        if too_long.size:
            raise FieldError(
                _("“{text}…” is longer than {longest} characters. Shorten it in the list."),
                text=texts[name].iloc[int(too_long[0])][:40],
                longest=longest,
            )
    rows = list(texts.to_dict("records"))
    for row, more in zip(rows, extra_values(roster, _LONGEST), strict=True):
        row["more"] = more
    return rows


def _with_known_phones(wanted: list[Row], now: list[Row]) -> list[Row]:
    """Fill in phones that a roster leaves out, of people who stay where they are.

    Deputies often stand there by name alone; they are the people whom we know, not new ones.
    """
    known: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in now:
        for name, phone in _PEOPLE.values():
            known[row["grid"], row["post"], row[name]].add(row[phone])
    for row in wanted:
        for name, phone in _PEOPLE.values():
            phones = known.get((row["grid"], row["post"], row[name]), set())
            if row[name] and not row[phone] and len(phones) == 1:
                (row[phone],) = phones
    return wanted


def _with_people(connection: Connection, wanted: list[Row], now: list[Row]) -> list[Row]:
    """Add the ids of holders and deputies, who are added or get their new phones.

    A vacant post with a phone of its own has a person without a name.
    """
    ids = {(row.name, row.phone): row.id for row in connection.execute(select(people))}
    former, new = _in_posts(now, wanted), list[tuple[str, str]]()
    known_by_post: set[int] = set()
    for row in wanted:
        for name, phone in _PEOPLE.values():
            person = (row[name], row[phone])
            if any(person) and person not in ids:
                same = former.pop((row["grid"], row["post"], row[name]), None)
                if same is None or same in known_by_post:
                    new.append(person)
                    ids[person] = None
                else:
                    _give_phone(connection, same, row[phone])
                    known_by_post.add(same)
                    ids[person] = same
    keys = take_ids(connection, people, len(new))
    names, phones = [name for name, _phone in new], [phone for _name, phone in new]
    insert_columns(connection, people, {"id": keys, "name": names, "phone": phones})
    ids.update(zip(new, keys, strict=True))
    for row in wanted:
        for key, (name, phone) in _PEOPLE.items():
            person = (row[name], row[phone])
            row[key] = ids[person] if any(person) else None
    return wanted


def _in_posts(now: list[Row], wanted: list[Row]) -> dict[tuple[str, str, str], int]:
    """Return grid, post and name to the person there whom the new roster does not name so."""
    named = {(row[name], row[phone]) for row in wanted for name, phone in _PEOPLE.values()}
    return {
        (row["grid"], row["post"], row[name]): row[key]
        for row in now
        for key, (name, phone) in _PEOPLE.items()
        if row[name] and (row[name], row[phone]) not in named
    }


_PEOPLE = {"person_id": ("holder", "phone"), "deputy_id": ("deputy", "deputy_phone")}


def _give_phone(connection: Connection, key: int, phone: str) -> None:
    """Write down a new phone; a roster that has none does not take away the one we know."""
    if phone:
        connection.execute(update(people).where(people.c.id == key).values(phone=phone))


def _paired(
    now: list[Row], wanted: list[Row]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Return posts with what becomes of them, those that end, and those that are new."""
    pairs: list[tuple[Row, Row]] = []
    left, new = now, wanted
    for like in _LIKE:
        waiting = _grouped(left, like)
        left_over = []
        for row in new:
            mine = waiting[_key(row, like)]
            if mine:
                pairs.append((mine.pop(0), row))
            else:
                left_over.append(row)
        left = [row for rows in waiting.values() for row in rows]
        new = left_over
    return pairs, left, new


def _grouped(rows: Iterable[Row], like: tuple[str, ...]) -> Mapping[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["post_id"])):
        groups[_key(row, like)].append(row)
    return groups


def _key(row: Row, like: tuple[str, ...]) -> tuple[Any, ...]:
    return (row["grid"], row["post"], *(_or_none(row[name]) for name in like))


def _is_same(old: Row, new: Row) -> bool:
    return all(_or_none(old[name]) == _or_none(new[name]) for name in _PEOPLE)


def _or_none(value: Any) -> Any:
    return None if pd.isna(value) else value
