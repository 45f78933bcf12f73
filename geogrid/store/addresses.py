"""The gazetteer of a place (地址库) in the database, as each source's list says it.

It belongs to the place and not to a plan. A list of a source takes the place of all that this
source said before; what several sources say alike is merged when it is read, so that no list
loses a row to another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, Engine, delete, func, select

from geogrid.addresses.gazetteer import ENTRY_COLUMNS, as_entries
from geogrid.addresses.merging import entry_spellings, merge_entries
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.address_corrections import confirmed_corrections, corrected
from geogrid.store.audit import By, record
from geogrid.store.database.bulk import insert_columns
from geogrid.store.database.engine import writing
from geogrid.store.database.frames import geometry_wkb
from geogrid.store.database.tables import addresses, audit, plans
from geogrid.store.moving import hold_grids
from geogrid.store.placed import placed_plan
from geogrid.store.plans import find_plan

__all__ = [
    "AddressChange",
    "Source",
    "keep_addresses",
    "last_listed",
    "list_sources",
    "prepare_addresses",
    "read_entries",
    "remove_source",
    "stored_entries",
    "write_addresses",
]

_IN_TABLE = {"grid": "listed_grid"}
_TEXTS = tuple(name for name in ENTRY_COLUMNS if name not in ("lon", "lat"))
_LONGEST = {"unit_id": 64, "grid": 64, "address": 300, "name": 300, "source": 120}
_AT_ONCE = 100_000
Columns = dict[str, Any]
"""Name of a column of the table to the values of all rows."""


@dataclass(frozen=True)
class AddressChange:
    """How many entries came, and how many of the same sources went."""

    added: int
    removed: int


@dataclass(frozen=True)
class Source:
    """A source with the newest date of its entries and how many there are."""

    name: str
    dated: str
    entries: int


def keep_addresses(
    database: Engine | Connection, entries: pd.DataFrame, *, at: datetime, by: By
) -> AddressChange:
    """Make entries all that their sources say.

    Parameters
    ----------
    database : an engine, or a connection that writes, whose transaction then holds it too
    entries : columns :data:`geogrid.addresses.gazetteer.ENTRY_COLUMNS`, WGS 84
    at, by : now, in UTC, and who does it

    Raises
    ------
    FieldError, InputError
        An entry has no position, or one of its texts is too long.
    StoreError
        The database cannot be written.
    """
    rows = prepare_addresses(entries)
    with writing(database) as connection:
        return write_addresses(connection, rows, at=at, by=by)


def prepare_addresses(entries: pd.DataFrame) -> Columns:
    """Check entries and bring them into the form of the table, before a transaction.

    Parameters and errors are those of :func:`keep_addresses`.
    """
    frame = as_entries(entries)
    for name, longest in _LONGEST.items():
        for row in np.flatnonzero(frame[name].str.len() > longest).tolist()[:1]:
            raise InputError(
                _("“{text}…” is longer than {longest} characters. Shorten it in the list."),
                text=frame[name].iloc[row][:40],
                longest=longest,
            )
    columns: Columns = {_IN_TABLE.get(name, name): frame[name].tolist() for name in _TEXTS}
    columns["spelling"] = entry_spellings(frame)
    return columns | {"geometry": shapely.points(frame[["lon", "lat"]].to_numpy())}


def write_addresses(
    connection: Connection, rows: Columns, *, at: datetime, by: By
) -> AddressChange:
    """Write what :func:`prepare_addresses` made; the rest is as for :func:`keep_addresses`."""
    hold_grids(connection)
    sources = sorted(set(rows["source"]))
    removed = _remove(connection, sources)
    count = len(rows["source"])
    columns = rows | {"grid_now": _grids_now(connection, rows["geometry"])}
    for begin in range(0, count, _AT_ONCE):
        part = {name: values[begin : begin + _AT_ONCE] for name, values in columns.items()}
        insert_columns(connection, addresses, part)
    change = AddressChange(count, removed)
    record(connection, "address.listed", 0, at=at, by=by, sources=sources, **vars(change))
    return change


def remove_source(database: Engine | Connection, source: str, *, at: datetime, by: By) -> int:
    """Remove all that a source says, and return how many entries that were."""
    with writing(database) as connection:
        removed = _remove(connection, [source])
        if removed:
            record(connection, "address.removed", 0, at=at, by=by, source=source, removed=removed)
    return removed


def _remove(connection: Connection, sources: Sequence[str]) -> int:
    return sum(
        connection.execute(delete(addresses).where(addresses.c.source == source)).rowcount
        for source in sources
    )


def _grids_now(connection: Connection, points: Any) -> list[str]:
    """Return the grids of points in the plan in force, ``""`` for all while there is none."""
    plan_id = connection.scalar(select(plans.c.id).where(plans.c.status == "published"))
    if plan_id is None:
        return [""] * len(points)
    placed = placed_plan(connection, find_plan(connection, plan_id))
    found = placed.codes_at(shapely.get_x(points), shapely.get_y(points))
    return [str(code) for code in found]


def list_sources(connection: Connection) -> list[Source]:
    """Return the sources of the gazetteer by name."""
    counted = func.max(addresses.c.dated), func.count()
    asked = select(addresses.c.source, *counted).group_by(addresses.c.source)
    return [Source(*row) for row in connection.execute(asked.order_by(addresses.c.source))]


def last_listed(connection: Connection) -> int:
    """Return what changes with every list of addresses or streets, and not with a correction."""
    listed = ("address.listed", "address.removed", "street.listed")
    asked = select(func.max(audit.c.id)).where(audit.c.action.in_(listed))
    return connection.scalar(asked) or 0


def stored_entries(connection: Connection, source: str | None = None) -> pd.DataFrame:
    """Return what a source says, or all do, in the order in which it was written."""
    return _read(connection, source)[0]


def read_entries(connection: Connection) -> pd.DataFrame | None:
    """Return the gazetteer to search in: duplicates of sources merged, corrections made.

    Returns
    -------
    DataFrame or None
        Columns :data:`geogrid.addresses.gazetteer.ENTRY_COLUMNS`, WGS 84; None without any.
    """
    entries, spellings = _read(connection)
    if entries["source"].nunique() > 1:  # those of one source were merged when they came
        entries = merge_entries(entries, spellings=spellings).entries
    entries = corrected(entries, confirmed_corrections(connection))
    return entries if len(entries) else None


def _read(connection: Connection, source: str | None = None) -> tuple[pd.DataFrame, list[str]]:
    """Return entries and their spellings."""
    names = [*(_IN_TABLE.get(name, name) for name in _TEXTS), "spelling"]
    asked = select(*(addresses.c[name] for name in names), geometry_wkb(connection, addresses))
    asked = asked.where(addresses.c.geometry.is_not(None)).order_by(addresses.c.id)
    if source is not None:
        asked = asked.where(addresses.c.source == source)
    rows = connection.execute(asked).all()
    frame = pd.DataFrame(rows, columns=[*_TEXTS, "spelling", "wkb"])
    points = shapely.from_wkb(frame.pop("wkb").to_numpy(dtype=object))
    spellings = frame.pop("spelling")
    entries = as_entries(frame.assign(lon=shapely.get_x(points), lat=shapely.get_y(points)))
    is_old = spellings == ""  # written by an earlier release
    spellings[is_old] = entry_spellings(entries[is_old])
    return entries, spellings.tolist()
