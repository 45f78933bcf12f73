"""Which grid cases and addresses belong to: moved with a plan, only where it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import Connection, Table, select, text

from geogrid.hierarchy import leaves
from geogrid.relocate import relocate
from geogrid.store.database.bulk import insert_columns
from geogrid.store.database.frames import geometry_wkb
from geogrid.store.database.tables import addresses, case_events, case_places, cases

__all__ = [
    "Ground",
    "Move",
    "Rows",
    "changed_ground",
    "hold_grids",
    "move_places",
    "read_placed",
    "write_moved",
]

_AT_ONCE = 500
_LOCK = 7_310_218
_WRITE_ALL = """
UPDATE {table} SET grid_now = new.code
FROM unnest(CAST(:keys AS integer[]), CAST(:now AS integer[])) AS moved(key, now)
JOIN unnest(CAST(:codes AS text[])) WITH ORDINALITY AS new(code, place) ON new.place = moved.now
WHERE id = moved.key
"""
_TELL_ALL = """
INSERT INTO case_events (case_id, at, kind, detail)
SELECT key, :at, 'moved',
    json_build_object('from', old.code, 'to', new.code, 'plan', CAST(:plan AS integer))
FROM unnest(CAST(:keys AS integer[]), CAST(:before AS integer[]), CAST(:now AS integer[]))
    AS moved(key, before, now)
JOIN unnest(CAST(:codes AS text[])) WITH ORDINALITY AS old(code, place) ON old.place = moved.before
JOIN unnest(CAST(:codes AS text[])) WITH ORDINALITY AS new(code, place) ON new.place = moved.now
"""
# PostgreSQL takes all rows in one statement, several times as fast as one by one, and numbers of
# a few codes faster than many codes
_BY_INDEX = "SET LOCAL random_page_cost = 1.1"
# as suits disks without heads: else PostgreSQL reads a million places to find ten thousand;
# it still decides by cost, and reads everything for a plan that changes everything


@dataclass(frozen=True)
class Move:
    """How many cases or addresses were looked at, located again, and are in another grid now."""

    seen: int
    again: int
    moved: int


def hold_grids(connection: Connection, *, alone: bool = False) -> None:
    """Keep the plan in force from changing until the transaction ends.

    Whoever writes ``grid_now`` calls this first; a publication does so `alone`. SQLite has one
    writer anyway.
    """
    if connection.dialect.name == "postgresql":
        kind = "" if alone else "_shared"
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{kind}({_LOCK})")


@dataclass(frozen=True, eq=False)
class Ground:
    """Where a plan differs from the one before it.

    Attributes
    ----------
    codes
        Finest grids of the old plan that hold other places now.
    before, after
        The finest grids of both plans, without those that are the same.
    """

    codes: Sequence[str]
    before: gpd.GeoDataFrame
    after: gpd.GeoDataFrame


def changed_ground(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, codes: Sequence[str]) -> Ground:
    """Return where two plans differ, before the transaction that moves what is there.

    Parameters
    ----------
    old, new : grids of all levels of the two plans; `old` may be empty
    codes : finest grids of the old plan that hold other places now
    """
    before, after = leaves(old), leaves(new)
    is_changed = before["code"].isin(codes)
    is_new = ~after["code"].isin(before["code"][~is_changed])
    return Ground(codes, before[is_changed], after[is_new])


def move_places(
    connection: Connection, ground: Ground, *, number: int, at: datetime
) -> dict[str, Move]:
    """Give the cases and addresses of changed grids the grid that they are in now.

    A published plan has no overlaps: what is in a grid that did not change stays there, and
    nothing else comes into it. So only the rows of the other grids, and those in none, are
    read; of these, only those in changed area are located (:func:`geogrid.relocate.relocate`).

    Parameters
    ----------
    connection : that writes
    ground : where the plans differ
    number : of the new plan, for the history of the cases
    at : when

    Returns
    -------
    dict
        ``"cases"`` and ``"addresses"``.
    """
    held, holds = (each["code"].to_numpy(dtype=object) for each in (ground.before, ground.after))
    done = {}
    for table in (cases, addresses):
        rows = read_placed(connection, table, ground.codes)
        done[table.name] = Move(len(rows.key), 0, 0)
        if not len(rows.key):
            continue
        known = pd.Index(held, dtype=object).get_indexer(rows.grid)
        found = relocate(ground.before, ground.after, rows.x, rows.y, known)
        now = np.append(holds, "")[found.positions]
        moved = write_moved(connection, table, rows, now, number=number, at=at)
        done[table.name] = Move(len(rows.key), found.again, moved)
    return done


@dataclass(frozen=True)
class Rows:
    """Cases or addresses that have a place: their ids, grids, and coordinates, by id."""

    key: npt.NDArray[np.int64]
    grid: npt.NDArray[np.object_]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]


def read_placed(connection: Connection, table: Table, codes: Sequence[str] | None = None) -> Rows:
    """Return the rows of some grids and of none; by default all.

    Parameters
    ----------
    connection : of the database
    table : of cases or of addresses
    codes : of the grids
    """
    shapes = case_places if table is cases else table
    asked = select(table.c.id, table.c.grid_now, geometry_wkb(connection, shapes))
    asked = asked.where(shapes.c.geometry.is_not(None))
    if table is cases:
        asked = asked.select_from(cases.join(case_places, case_places.c.case_id == cases.c.id))
    if codes is None:
        found = list(connection.execute(asked).all())
    else:
        found = []
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_BY_INDEX)
        for some in _portions(["", *codes]):
            found.extend(connection.execute(asked.where(table.c.grid_now.in_(some))).all())
    found.sort(key=lambda row: row[0])
    key, grid, wkb = zip(*found, strict=True) if found else ((), (), ())
    points = shapely.from_wkb(np.array(wkb, dtype=object))
    return Rows(
        np.array(key, np.int64), np.array(grid, dtype=object), shapely.get_x(points),
        shapely.get_y(points),
    )  # fmt: skip


def write_moved(
    connection: Connection,
    table: Table,
    rows: Rows,
    now: npt.NDArray[np.object_],
    *,
    number: int,
    at: datetime,
) -> int:
    """Write the grids of the rows that are in another one now, and return how many are.

    Parameters
    ----------
    connection : that writes
    table : of cases, whose history is written too, or of addresses
    rows : of the table
    now : (n,) code of the grid of each
    number, at : as for :func:`move_places`
    """
    is_moved = now != rows.grid
    keys = rows.key[is_moved].tolist()
    before, after = rows.grid[is_moved], now[is_moved]
    if not keys:
        return 0
    if connection.dialect.name == "postgresql":
        codes, places = np.unique(np.append(before, after), return_inverse=True)
        given = {"keys": _array(keys), "codes": codes.tolist(), "at": at, "plan": number}
        given |= dict(zip(("before", "now"), map(_array, np.split(places + 1, 2)), strict=True))
        connection.execute(text(_WRITE_ALL.format(table=table.name)), given)
        if table is cases:
            connection.execute(text(_TELL_ALL), given)
        return len(keys)
    statement = f"UPDATE {table.name} SET grid_now = ? WHERE id = ?"  # noqa: S608
    connection.exec_driver_sql(statement, list(zip(after.tolist(), keys, strict=True)))
    if table is cases:
        steps = zip(before.tolist(), after.tolist(), strict=True)
        details = [{"from": old, "to": new, "plan": number} for old, new in steps]
        count = len(keys)
        told = {"case_id": keys, "at": [at] * count, "kind": ["moved"] * count, "detail": details}
        insert_columns(connection, case_events, told)
    return len(keys)


def _array(numbers: Iterable[int]) -> str:
    """Return numbers as PostgreSQL writes an array, which a driver takes a while to do."""
    return f"{{{','.join(map(str, numbers))}}}"


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for begin in range(0, len(values), _AT_ONCE):
        yield values[begin : begin + _AT_ONCE]
