"""The log of a draft in the database: operations with their records, and snapshots."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from geogrid.redraw import ArcGraph, Record, graph_bytes, graph_from_bytes, record_from_json
from geogrid.store.database.tables import draft_operations, draft_snapshots, redraws, users

__all__ = [
    "Entry",
    "Redraw",
    "entries_after",
    "find_entry",
    "find_redraw",
    "first_entries",
    "keep_redraw",
    "keep_snapshot",
    "last_number",
    "latest_snapshot",
    "list_entries",
    "packed",
    "standing_entries",
    "to_redo",
    "to_undo",
    "write_entry",
]

_QUICK = 1


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Attributes
    ----------
    number
        The version of the draft that it led to.
    action
        ``"do"``, ``"undo"`` or ``"redo"``.
    kind
        Of the operation: ``"split"`` …
    target
        Number of the operation that is done, undone or redone.
    is_undone, latest
        Of an operation: whether it is undone now, and by which entry it came to stand so.
    about
        Names to say it in words (:mod:`geogrid.store.redrawing.words`).
    text
        The record as JSON.
    at, user_id, by
        When, and who did it; `by` is a name, ``""`` where there are no accounts.
    """

    number: int
    action: str
    kind: str
    target: int
    is_undone: bool
    latest: int
    about: Mapping[str, Any]
    text: str
    at: datetime
    user_id: int | None
    by: str

    @property
    def record(self) -> Record:
        """What it changed."""
        return record_from_json(self.text)


@dataclass(frozen=True)
class Redraw:
    """What is known of a redrawn draft besides its log; see the table ``redraws``."""

    number: int = 0
    drawn: int = 0
    grids: int | None = None
    locked: tuple[str, ...] = ()
    origin_id: int | None = None
    origin_number: int | None = None


_TABLE = draft_operations
_COLUMNS = (
    "number", "action", "kind", "target", "is_undone", "latest", "about", "record", "at", "user_id",
)  # fmt: skip


def _asked(plan_id: int) -> Any:
    named = func.coalesce(func.nullif(users.c.full_name, ""), users.c.name, "")
    both = _TABLE.outerjoin(users, users.c.id == _TABLE.c.user_id)
    columns = [_TABLE.c[name] for name in _COLUMNS]
    return select(*columns, named).select_from(both).where(_TABLE.c.plan_id == plan_id)


def entries_after(connection: Connection, plan_id: int, number: int) -> list[Entry]:
    """Return what was done to a draft after an entry, in order."""
    asked = _asked(plan_id).where(_TABLE.c.number > number).order_by(_TABLE.c.number)
    return [Entry(*row) for row in connection.execute(asked)]


def find_entry(connection: Connection, plan_id: int, number: int) -> Entry | None:
    """Return the entry of a number, None where there is none."""
    row = connection.execute(_asked(plan_id).where(_TABLE.c.number == number)).first()
    return None if row is None else Entry(*row)


def list_entries(
    connection: Connection, plan_id: int, *, limit: int, before: int | None = None
) -> list[Entry]:
    """Return entries, the newest first."""
    asked = _asked(plan_id).order_by(_TABLE.c.number.desc()).limit(limit)
    if before is not None:
        asked = asked.where(_TABLE.c.number < before)
    return [Entry(*row) for row in connection.execute(asked)]


def standing_entries(connection: Connection, plan_id: int, after: int = 0) -> list[Entry]:
    """Return the entries that put in force what now stands, in their order.

    Parameters
    ----------
    after : only operations first done after this entry
    """
    stands = select(_TABLE.c.latest).where(
        _TABLE.c.plan_id == plan_id,
        _TABLE.c.action == "do",
        _TABLE.c.is_undone.is_(False),
        _TABLE.c.number > after,
    )
    asked = _asked(plan_id).where(_TABLE.c.number.in_(stands)).order_by(_TABLE.c.number)
    return [Entry(*row) for row in connection.execute(asked)]


def first_entries(connection: Connection, plan_id: int) -> list[Entry]:
    """Return the entries that did something first, also those undone since, in their order."""
    asked = _asked(plan_id).where(_TABLE.c.action == "do").order_by(_TABLE.c.number)
    return [Entry(*row) for row in connection.execute(asked)]


def last_number(connection: Connection, plan_id: int) -> int:
    """Return the number of the last entry, 0 without any."""
    asked = select(func.max(_TABLE.c.number)).where(_TABLE.c.plan_id == plan_id)
    return int(connection.scalar(asked) or 0)


def to_undo(connection: Connection, plan_id: int, by: int | None) -> Entry | None:
    """Return the last operation of somebody that stands."""
    stands = (*_mine(plan_id, by), _TABLE.c.is_undone.is_(False))
    number = connection.scalar(select(func.max(_TABLE.c.number)).where(*stands))
    return None if number is None else find_entry(connection, plan_id, number)


def to_redo(connection: Connection, plan_id: int, by: int | None) -> Entry | None:
    """Return the operation that somebody undid last, unless they did something else since."""
    mine = _mine(plan_id, by)
    undone = select(_TABLE.c.number, _TABLE.c.latest).where(*mine, _TABLE.c.is_undone.is_(True))
    found = connection.execute(undone.order_by(_TABLE.c.latest.desc()).limit(1)).first()
    newest = connection.scalar(select(func.max(_TABLE.c.number)).where(*mine))
    if found is None or newest is None or newest > found.latest:
        return None
    return find_entry(connection, plan_id, found.number)


def _mine(plan_id: int, by: int | None) -> tuple[Any, ...]:
    own = _TABLE.c.user_id.is_(None) if by is None else _TABLE.c.user_id == by
    return _TABLE.c.plan_id == plan_id, _TABLE.c.action == "do", own


def write_entry(
    connection: Connection,
    plan_id: int,
    entry: Entry,
    *,
    seen: int,
) -> None:
    """Append an entry; the operation that it undoes or redoes then stands so."""
    values = {name: getattr(entry, name) for name in _COLUMNS if name != "record"}
    connection.execute(
        insert(_TABLE).values(plan_id=plan_id, seen=seen, record=entry.text, **values)
    )
    if entry.action != "do":
        mine = _TABLE.c.plan_id == plan_id, _TABLE.c.number == entry.target
        stands = {"is_undone": entry.action == "undo", "latest": entry.number}
        connection.execute(update(_TABLE).where(*mine).values(stands))


def keep_snapshot(connection: Connection, plan_id: int, number: int, content: bytes) -> None:
    """Keep a draft as it is after an entry; of the earlier ones only the first stays."""
    mine = draft_snapshots.c.plan_id == plan_id
    known = connection.scalars(select(draft_snapshots.c.number).where(mine)).all()
    if number in known:
        return
    if known:
        between = draft_snapshots.c.number > min(known)
        connection.execute(delete(draft_snapshots).where(mine, between))
    connection.execute(
        insert(draft_snapshots).values(plan_id=plan_id, number=number, content=content)
    )


def latest_snapshot(
    connection: Connection, plan_id: int, *, first: bool = False
) -> tuple[int, ArcGraph] | None:
    """Return the draft of the last snapshot, or of the first, with its number."""
    table = draft_snapshots
    order = table.c.number.asc() if first else table.c.number.desc()
    asked = select(table.c.number, table.c.content).where(table.c.plan_id == plan_id)
    row = connection.execute(asked.order_by(order).limit(1)).first()
    return None if row is None else (row.number, graph_from_bytes(zlib.decompress(row.content)))


def packed(graph: ArcGraph) -> bytes:
    """Return a draft as a snapshot keeps it."""
    return zlib.compress(graph_bytes(graph), _QUICK)


def find_redraw(connection: Connection, plan_id: int) -> Redraw:
    """Return what is known of a redrawn draft; one that is not has nothing."""
    columns = [redraws.c[name] for name in Redraw.__dataclass_fields__]
    row = connection.execute(select(*columns).where(redraws.c.plan_id == plan_id)).first()
    if row is None:
        return Redraw()
    return Redraw(**(dict(row._mapping) | {"locked": tuple(row.locked)}))


def keep_redraw(connection: Connection, plan_id: int, **values: Any) -> None:
    """Write something of a redrawn draft."""
    changed = connection.execute(update(redraws).where(redraws.c.plan_id == plan_id).values(values))
    if not changed.rowcount:
        connection.execute(insert(redraws).values(plan_id=plan_id, **({"locked": []} | values)))
