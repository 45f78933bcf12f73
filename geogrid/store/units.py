"""Buildings, entrances and compounds in the database, and the grid of each on any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, Engine, bindparam, delete, select, update

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store import bundle
from geogrid.store.audit import By, record
from geogrid.store.data_memory import remembered
from geogrid.store.database.bulk import insert_columns
from geogrid.store.database.engine import writing
from geogrid.store.database.frames import extra_values, geometry_wkb, plain_values, with_extra
from geogrid.store.database.tables import contact_households, units
from geogrid.store.placed import placed_plan
from geogrid.store.plans import plan_at
from geogrid.unit_grids import settle_units

__all__ = ["UnitChange", "keep_units", "placed_units", "prepare_units", "read_units", "write_units"]

_AT_ONCE = 500
_LONGEST = 64
_IN_TABLE = {"grid": "listed_grid"}
_TEXTS = tuple(name for name, kind in bundle.COLUMNS["units"].items() if kind == "text")
_NUMBERS = ("households", "people")
Columns = dict[str, Any]
"""Name of a column of the table to the values of all rows."""


@dataclass(frozen=True)
class UnitChange:
    """How many units came, stayed (perhaps changed), went, and stayed for their contact lists."""

    added: int
    kept: int
    removed: int
    left: int


def keep_units(
    database: Engine | Connection, given: pd.DataFrame, *, at: datetime, by: By
) -> UnitChange:
    """Make a list of buildings what is known from now on.

    A unit is the same by its id. One that is no more on the list goes, unless homes of it are
    on contact lists: those would be lost with it.

    Parameters
    ----------
    database : an engine, or a connection that writes, whose transaction then holds it too
    given : units with the columns of a plan (:data:`geogrid.store.bundle.COLUMNS`); ``grid`` is
        what the list says
    at, by : now, in UTC, and who does it

    Raises
    ------
    InputError
        Two units have one id, one has none, or a code is too long.
    StoreError
        The database cannot be written.
    """
    rows = prepare_units(given)
    with writing(database) as connection:
        return write_units(connection, rows, at=at, by=by)


def prepare_units(given: pd.DataFrame) -> Columns:
    """Check a list of buildings and bring it into the form of the table, before a transaction.

    Parameters and errors are those of :func:`keep_units`.
    """
    frame = bundle.complete(given, "units")
    _check_ids(frame)
    columns: Columns = {_IN_TABLE.get(name, name): frame[name].tolist() for name in _TEXTS}
    columns |= {name: plain_values(frame[name]) for name in _NUMBERS}
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    is_placed = np.isfinite(lon) & np.isfinite(lat)
    shapes = np.full(len(frame), None, dtype=object)
    shapes[is_placed] = shapely.points(lon[is_placed], lat[is_placed])
    return columns | {"geometry": shapes, "more": extra_values(frame, bundle.COLUMNS["units"])}


def write_units(connection: Connection, rows: Columns, *, at: datetime, by: By) -> UnitChange:
    """Write what :func:`prepare_units` made; the rest is as for :func:`keep_units`."""
    known = {row.unit_id: row.id for row in connection.execute(select(units.c.id, units.c.unit_id))}
    ids = rows["unit_id"]
    new = [row for row, unit in enumerate(ids) if unit not in known]
    old = [row for row, unit in enumerate(ids) if unit in known]
    insert_columns(connection, units, _some(rows, new))
    if old:
        some = _some(rows, old) | {"key": [known.pop(ids[row]) for row in old]}
        changed = update(units).where(units.c.id == bindparam("key"))
        values = [dict(zip(some, row, strict=True)) for row in zip(*some.values(), strict=True)]
        connection.execute(changed, values)
    left = _remove(connection, list(known.values()))
    change = UnitChange(len(new), len(old), len(known) - left, left)
    record(connection, "units.kept", 0, at=at, by=by, **vars(change))
    return change


def _some(columns: Columns, rows: Sequence[int]) -> Columns:
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def _check_ids(frame: pd.DataFrame) -> None:
    ids = frame["unit_id"]
    for row in np.flatnonzero((ids == "") | ids.duplicated()).tolist()[:1]:
        raise InputError(
            _("Row {row}: the building code “{code}” is empty or used twice. Give it its own."),
            row=row + 1,
            code=ids.iloc[row],
        )
    for name in ("unit_id", "grid"):
        for row in np.flatnonzero(frame[name].str.len() > _LONGEST).tolist()[:1]:
            raise InputError(
                _("“{text}…” is longer than {longest} characters. Shorten it in the list."),
                text=frame[name].iloc[row][:40],
                longest=_LONGEST,
            )


def _remove(connection: Connection, ids: Sequence[int]) -> int:
    """Delete units that no contact list needs, and return how many are needed."""
    left = 0
    is_needed = select(contact_households.c.unit_id)
    for begin in range(0, len(ids), _AT_ONCE):
        some = ids[begin : begin + _AT_ONCE]
        gone = units.c.id.in_(some), units.c.id.not_in(is_needed)
        left += len(some) - connection.execute(delete(units).where(*gone)).rowcount
    return left


def read_units(connection: Connection) -> pd.DataFrame:
    """Return all units by id, with the columns of a plan."""
    names = [_IN_TABLE.get(name, name) for name in (*_TEXTS, *_NUMBERS)]
    shapes = geometry_wkb(connection, units)
    asked = select(*(units.c[name] for name in names), units.c.more, shapes)
    rows = connection.execute(asked.order_by(units.c.unit_id)).all()
    frame = pd.DataFrame(rows, columns=[*_TEXTS, *_NUMBERS, "more", "wkb"])
    more = frame.pop("more")
    points = shapely.from_wkb(frame.pop("wkb").to_numpy(dtype=object))
    frame["lon"], frame["lat"] = shapely.get_x(points), shapely.get_y(points)
    return bundle.complete(with_extra(frame, more.tolist()), "units")


def placed_units(connection: Connection, at: datetime) -> pd.DataFrame:
    """Return all units with the grid of each in the plan of a moment.

    Returns
    -------
    DataFrame
        The columns of :func:`read_units`, where ``grid`` is the settled one, and ``listed``,
        ``drawn`` (by list and by polygon) and ``disagreement``; see
        :func:`geogrid.unit_grids.settle_units`.

    Raises
    ------
    PlanMissingError
        No plan was in force.
    """
    placed = placed_plan(connection, plan_at(connection, at))
    frame = remembered(connection, "units", read_units)
    drawn = placed.codes_at(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    has_place = frame["lon"].notna()
    settled = settle_units(frame["grid"], drawn, has_place, placed.tree)
    return frame.assign(listed=frame["grid"], drawn=drawn.astype("str"), **settled)
