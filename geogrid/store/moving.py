"""Which grid cases and addresses belong to: moved with a plan, only where it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import Connection, Table, bindparam, insert, select, text, update

from geogrid.hierarchy import leaves
from geogrid.relocate import relocate
from geogrid.store.database.frames import geometry_wkb
from geogrid.store.database.tables import addresses, case_events, case_places, cases

__all__ = ["Move", "Rows", "hold_grids", "move_places", "read_placed", "write_moved"]

_AT_ONCE = 500
_LOCK = 7_310_218
_WRITE_ALL = """
UPDATE {table} SET grid_now = new.code
FROM unnest(CAST(:keys AS integer[]), CAST(:codes AS text[])) AS new(key, code)
WHERE id = new.key
"""
_TELL_ALL = """
INSERT INTO case_events (case_id, at, kind, detail)
SELECT key, :at, 'moved', json_build_object('from', old, 'to', new, 'plan', CAST(:plan AS integer))
FROM unnest(CAST(:keys AS integer[]), CAST(:before AS text[]), CAST(:codes AS text[]))
    AS moved(key, old, new)
"""
# PostgreSQL takes all rows in one statement, several times as fast as one by one
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


def move_places(
    connection: Connection,
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    codes: Sequence[str],
    *,
    number: int,
    at: datetime,
) -> dict[str, Move]:
    """Give the cases and addresses of changed grids the grid that they are in now.

    A published plan has no overlaps: what is in a grid that did not change stays there, and
    nothing else comes into it. So only the rows of the other grids, and those in none, are
    read; of these, only those in changed area are located (:func:`geogrid.relocate.relocate`).

    Parameters
    ----------
    connection : that writes
    old, new : grids of all levels of the two plans; `old` may be empty
    codes : finest grids of the old plan that hold other places now
    number : of the new plan, for the history of the cases
    at : when

    Returns
    -------
    dict
        ``"cases"`` and ``"addresses"``.
    """
    before, after = leaves(old), leaves(new)
    held, holds = (each["code"].to_numpy(dtype=object) for each in (before, after))
    changed = set(codes)
    kept = set(held) - changed
    before, after = before[_are_in(changed, held)], after[~_are_in(kept, holds)]
    done = {}
    for table in (cases, addresses):
        rows = read_placed(connection, table, codes)
        done[table.name] = Move(len(rows.key), 0, 0)
        if not len(rows.key):
            continue
        known = pd.Index(before["code"]).get_indexer(rows.grid)
        found = relocate(before, after, rows.x, rows.y, known)
        now = np.append(after["code"].to_numpy(dtype=object), "")[found.positions]
        moved = write_moved(connection, table, rows, now, number=number, at=at)
        done[table.name] = Move(len(rows.key), found.again, moved)
    return done


def _are_in(known: set[str], codes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    return np.fromiter((code in known for code in codes), np.bool_, len(codes))


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
    keys, there = rows.key[is_moved].tolist(), now[is_moved].tolist()
    _write(connection, table, keys, there)
    if table is cases:
        _tell(connection, keys, rows.grid[is_moved].tolist(), there, number=number, at=at)
    return len(keys)


def _write(connection: Connection, table: Any, keys: list[int], codes: list[str]) -> None:
    if connection.dialect.name == "postgresql":
        given = {"keys": keys, "codes": codes}
        connection.execute(text(_WRITE_ALL.format(table=table.name)), given)
    elif keys:
        one = update(table).where(table.c.id == bindparam("key")).values(grid_now=bindparam("now"))
        rows = [{"key": key, "now": code} for key, code in zip(keys, codes, strict=True)]
        connection.execute(one, rows)


def _tell(
    connection: Connection,
    keys: list[int],
    before: list[str],
    codes: list[str],
    *,
    number: int,
    at: datetime,
) -> None:
    """Write into the history of each moved case from where to where."""
    if connection.dialect.name == "postgresql":
        given = {"keys": keys, "before": before, "codes": codes, "at": at, "plan": number}
        connection.execute(text(_TELL_ALL), given)
    elif keys:
        events = [
            {"case_id": key, "at": at, "kind": "moved", "detail": _detail(old, new, number)}
            for key, old, new in zip(keys, before, codes, strict=True)
        ]
        connection.execute(insert(case_events), events)


def _detail(old: str, new: str, number: int) -> dict[str, Any]:
    return {"from": old, "to": new, "plan": number}


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for begin in range(0, len(values), _AT_ONCE):
        yield values[begin : begin + _AT_ONCE]
