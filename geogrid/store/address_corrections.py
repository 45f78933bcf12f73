"""What people in the field say an address means, and what becomes of it.

A correction changes nothing by itself. Once it is confirmed it is laid over the gazetteer whenever
that is read, so that a new list of a source does not lose what was learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import shapely
from sqlalchemy import Connection, Engine, Select, func, insert, select, update

from geogrid.addresses.entries import place_label
from geogrid.addresses.gazetteer import as_entries
from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import address_corrections, users
from geogrid.store.errors import ConflictError

__all__ = [
    "SOURCE",
    "Correction",
    "CorrectionMissingError",
    "Proposal",
    "confirmed_corrections",
    "corrected",
    "decide_correction",
    "find_correction",
    "list_corrections",
    "propose_correction",
]

SOURCE = "correction"
"""Source of entries that there are only because a correction was confirmed."""
_SAID = ("asked", "means", "unit_id", "grid", "note")
_DECIDED = ("id", "status", "created_at", "decided_at", "decision")


class CorrectionMissingError(FieldError):
    """There is no such correction."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What somebody says an address means.

    Attributes
    ----------
    asked
        The text that was looked up.
    means
        What the entry is called that it is another name of, as
        :func:`geogrid.addresses.entries.place_label` says it; ``""`` for none.
    unit_id, grid
        Where it belongs, ``""`` when only the point says so.
    place
        Longitude and latitude, WGS 84; None where the entry's own stays.
    note
        In words.
    """

    asked: str
    means: str = ""
    unit_id: str = ""
    grid: str = ""
    place: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Correction(Proposal):
    """A proposal that is kept, and what became of it.

    Attributes
    ----------
    id
        Its number.
    status
        ``"open"``, ``"confirmed"`` or ``"refused"``.
    created_at, created_by, decided_at, decided_by
        UTC, and names; ``""`` for nobody known.
    decision
        Why, by who decided.
    """

    id: int
    status: str
    created_at: datetime
    created_by: str
    decided_at: datetime | None
    decided_by: str
    decision: str


def propose_correction(
    database: Engine | Connection, proposal: Proposal, *, at: datetime, by: int | None
) -> int:
    """Keep a correction, to be decided on, and return its number.

    Parameters
    ----------
    database : an engine, or a connection that writes
    proposal : what somebody says
    at, by : now, in UTC, and the user

    Raises
    ------
    FieldError
        It has no text, or names neither an entry nor a place.
    """
    if not proposal.asked.strip() or (proposal.place is None and not proposal.means):
        raise FieldError(_("A correction needs the text, and what it means: an entry or a place."))
    values: dict[str, Any] = {name: getattr(proposal, name) for name in _SAID}
    values["asked"] = " ".join(proposal.asked.split())  # each line of an alias is one of its own
    shape = None if proposal.place is None else shapely.Point(proposal.place)
    with writing(database) as connection:
        row = values | {"geometry": shape, "status": "open", "created_at": at, "created_by": by}
        added = insert(address_corrections).values(**row).returning(address_corrections.c.id)
        key = int(connection.execute(added).scalar_one())
        who: By = "" if by is None else by
        # another subject than that of entries, which stay as they are
        record(connection, "correction.proposed", key, at=at, by=who, **values)
    return key


def decide_correction(
    database: Engine | Connection,
    ident: int,
    status: str,
    *,
    at: datetime,
    by: int | None,
    decision: str = "",
    was: str = "",
) -> None:
    """Confirm or refuse a correction; a confirmed one may be refused later, and the reverse.

    Parameters
    ----------
    database : an engine, or a connection that writes
    ident : its number
    status : ``"confirmed"`` or ``"refused"``
    at, by : now, in UTC, and the user
    decision : why
    was : the status that whoever decides has seen, ``""`` for any other

    Raises
    ------
    CorrectionMissingError
        There is none.
    ConflictError
        That, or something else than what was seen, has been decided already.
    """
    with writing(database) as connection:
        known = find_correction(connection, ident)
        if known.status == status or (was and known.status != was):
            raise ConflictError(_("Somebody has decided that already; load the page again."))
        values = {"status": status, "decided_at": at, "decided_by": by, "decision": decision}
        mine = address_corrections.c.id == ident
        connection.execute(update(address_corrections).where(mine).values(**values))
        who: By = "" if by is None else by
        detail = {"before": known.status, "asked": known.asked, "decision": decision}
        # an open one that is refused changes no entry
        subject = "address" if "confirmed" in (known.status, status) else "correction"
        record(connection, f"{subject}.{status}", ident, at=at, by=who, **detail)


def list_corrections(connection: Connection, status: str) -> list[Correction]:
    """Return corrections of a status, the newest first."""
    wanted = address_corrections.c.status == status
    asked = _asked().where(wanted).order_by(address_corrections.c.id.desc())
    return [_correction(row) for row in connection.execute(asked)]


def find_correction(connection: Connection, ident: int) -> Correction:
    """Return a correction.

    Raises
    ------
    CorrectionMissingError
        There is none.
    """
    row = connection.execute(_asked().where(address_corrections.c.id == ident)).first()
    if row is None:
        raise CorrectionMissingError(_("There is no correction {number}."), number=ident)
    return _correction(row)


def confirmed_corrections(connection: Connection) -> list[Correction]:
    """Return all corrections that count, in the order in which they were confirmed."""
    wanted = address_corrections.c.status == "confirmed"
    order = address_corrections.c.decided_at, address_corrections.c.id
    return [_correction(row) for row in connection.execute(_asked().where(wanted).order_by(*order))]


def corrected(entries: pd.DataFrame, corrections: Sequence[Correction]) -> pd.DataFrame:
    """Return entries with corrections laid over them.

    The entry that one names gets the text as an alias, and the place, unit and grid where they
    are given. One that names no entry that there is, or several with a place, is an entry of its
    own, if it has a place; without one each of several gets the alias and stays where it is.

    Parameters
    ----------
    entries
        Columns of entries, WGS 84.
    corrections
        Later ones go before earlier ones.
    """
    if not corrections:
        return entries
    changed = entries.copy()
    wanted = {each.means for each in corrections if each.means}
    rows_of: dict[str, list[Any]] = {}
    for row, name, address in zip(
        changed.index, changed["name"].tolist(), changed["address"].tolist(), strict=True
    ):
        label = place_label(name, address)
        if label in wanted:
            rows_of.setdefault(label, []).append(row)
    added: dict[str, dict[str, Any]] = {}
    for each in corrections:
        rows = rows_of.get(each.means, [])
        if len(rows) != 1 and each.place is not None:
            dated = f"{each.decided_at or each.created_at:%Y-%m-%d}"
            entry = {"kind": "address", "address": each.asked, "source": SOURCE, "dated": dated}
            added[each.asked] = entry | _given(each)
            continue
        for row in rows:
            names = dict.fromkeys([*str(changed.at[row, "aliases"]).split("\n"), each.asked])
            own = ("", changed.at[row, "name"], changed.at[row, "address"])
            changed.at[row, "aliases"] = "\n".join(name for name in names if name not in own)
        if len(rows) == 1:
            for column, value in _given(each).items():
                changed.at[rows[0], column] = value
    if not added:
        return changed
    return pd.concat([changed, as_entries(pd.DataFrame([*added.values()]))], ignore_index=True)


def _given(each: Correction) -> dict[str, Any]:
    given: dict[str, Any] = {"unit_id": each.unit_id, "grid": each.grid}
    given = {name: value for name, value in given.items() if value}
    if each.place is not None:  # a grid that was listed for another place says nothing of this one
        given |= {"grid": each.grid, **dict(zip(("lon", "lat"), each.place, strict=True))}
    return given


def _asked() -> Select[Any]:
    told, decided = users.alias("told"), users.alias("decided")
    both = address_corrections.outerjoin(told, told.c.id == address_corrections.c.created_by)
    both = both.outerjoin(decided, decided.c.id == address_corrections.c.decided_by)
    names = [
        func.coalesce(func.nullif(each.c.full_name, ""), each.c.name, "").label(label)
        for each, label in ((told, "told_by"), (decided, "judged_by"))
    ]
    return select(address_corrections, *names).select_from(both)


def _correction(row: Any) -> Correction:
    return Correction(
        **{name: getattr(row, name) for name in (*_SAID, *_DECIDED)},
        place=None if row.geometry is None else (row.geometry.x, row.geometry.y),
        created_by=row.told_by,
        decided_by=row.judged_by,
    )
