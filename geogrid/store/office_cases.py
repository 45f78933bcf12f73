"""Cases that an office lists, in the database: added, changed, never removed by a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import Connection, bindparam, delete, select, update

from geogrid.errors import FieldError
from geogrid.hierarchy import leaves
from geogrid.i18n import mark as _
from geogrid.locate import locate
from geogrid.store import bundle
from geogrid.store.audit import By, record
from geogrid.store.database.bulk import insert_columns, known_ids, take_ids
from geogrid.store.database.frames import extra_values, geometry_wkb, plain_values, with_extra
from geogrid.store.database.tables import case_places, cases
from geogrid.store.index_cache import cached_index
from geogrid.store.moving import hold_grids

__all__ = ["CaseRows", "prepare_cases", "read_cases", "write_cases"]

_AT_ONCE = 500
_LONGEST = 64
_STATUSES = ("reported", "accepted", "dispatched", "handled", "verified", "closed")


def read_cases(connection: Connection) -> pd.DataFrame:
    """Return all cases in the order in which they came, with the columns of a plan."""
    part = "cases"
    names = [name for name in bundle.COLUMNS[part] if name not in ("lon", "lat")]
    columns = {name: cases.c[name] for name in names}
    asked = select(*columns.values(), cases.c.more, geometry_wkb(connection, case_places))
    asked = asked.select_from(cases.outerjoin(case_places, case_places.c.case_id == cases.c.id))
    rows = connection.execute(asked.order_by(cases.c.id)).all()
    known = pd.DataFrame([list(row[:-2]) for row in rows], columns=list(columns))
    found = bundle.complete(with_extra(known, [row[-2] for row in rows]), part)
    points = shapely.from_wkb(np.array([row[-1] for row in rows], dtype=object))
    found["lon"], found["lat"] = shapely.get_x(points), shapely.get_y(points)
    return found


@dataclass(frozen=True, eq=False)
class CaseRows:
    """Cases in the form of the tables, each number once: what came last of it counts.

    Attributes
    ----------
    listed
        How many rows the list had.
    columns
        Name of a column of the cases to the values of all rows.
    places
        Point of each, None without one.
    """

    listed: int
    columns: Mapping[str, list[Any]]
    places: npt.NDArray[np.object_]


def prepare_cases(frame: pd.DataFrame, grids: gpd.GeoDataFrame) -> CaseRows:
    """Bring cases into the form of the tables and find their grids, before a transaction.

    Parameters
    ----------
    frame : with the columns of a plan
    grids : of the plan in force

    Raises
    ------
    FieldError
        A case number is too long.
    """
    rows = bundle.complete(frame, "cases").drop_duplicates("case_id", keep="last")
    for number in rows["case_id"][rows["case_id"].str.len() > _LONGEST].tolist()[:1]:
        raise FieldError(
            _("“{text}…” is longer than {longest} characters. Shorten it in the list."),
            text=number[:40],
            longest=_LONGEST,
        )
    names = [name for name in bundle.COLUMNS["cases"] if name in cases.c]
    columns = {name: plain_values(rows[name]) for name in names}
    columns["status"] = [
        status if status in _STATUSES else _STATUSES[0] for status in columns["status"]
    ]
    columns["more"] = extra_values(rows, bundle.COLUMNS["cases"])
    columns["grid_now"] = columns["grid_at_report"] = _codes(rows, grids).tolist()
    return CaseRows(len(frame), columns, _points(rows))


def write_cases(
    connection: Connection, rows: CaseRows, *, at: datetime, by: By, only_new: bool = False
) -> None:
    """Add cases, and change those whose number is known already.

    Parameters
    ----------
    connection : that writes
    rows : of :func:`prepare_cases`
    at, by : now, in UTC, and who does it
    only_new : leave the known ones as they are; a list without any other is none then
    """
    hold_grids(connection)
    numbers = rows.columns["case_id"]
    known = known_ids(connection, cases.c.case_id, numbers)
    new = [row for row, number in enumerate(numbers) if number not in known]
    old = [] if only_new else [row for row, number in enumerate(numbers) if number in known]
    if only_new and not new:
        return
    ids = dict(zip(new, take_ids(connection, cases, len(new)), strict=True))
    insert_columns(connection, cases, {"id": list(ids.values())} | _some(rows.columns, new))
    changed = {row: known[numbers[row]] for row in old}
    _change(connection, rows.columns, changed)
    for some in _portions(list(changed.values())):
        connection.execute(delete(case_places).where(case_places.c.case_id.in_(some)))
    placed = {row: key for row, key in (ids | changed).items() if rows.places[row] is not None}
    places = {"case_id": list(placed.values()), "geometry": rows.places[list(placed)]}
    insert_columns(connection, case_places, places)
    listed = len(new) if only_new else rows.listed
    told = {"added": len(new), "changed": len(old)}
    record(connection, "case.listed", 0, at=at, by=by, rows=listed, **told)


def _change(
    connection: Connection, columns: Mapping[str, list[Any]], keys: Mapping[int, int]
) -> None:
    """Write rows over those that have some ids; where a case was reported stays."""
    if not keys:
        return
    names = [name for name in columns if name not in ("case_id", "grid_at_report")]
    one = update(cases).where(cases.c.id == bindparam("row_id"))
    values = [
        {name: columns[name][row] for name in names} | {"row_id": key} for row, key in keys.items()
    ]
    connection.execute(one.values({name: bindparam(name) for name in names}), values)


def _some(columns: Mapping[str, list[Any]], rows: Sequence[int]) -> dict[str, list[Any]]:
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def _codes(rows: pd.DataFrame, grids: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Return the code of the finest grid of each row, ``""`` outside."""
    finest = leaves(grids).reset_index(drop=True)
    codes = finest["code"].to_numpy(dtype=object)
    index = cached_index(finest, codes)
    found = locate(index, rows["lon"].to_numpy(), rows["lat"].to_numpy())
    return np.append(codes, "")[found]


def _points(rows: pd.DataFrame) -> npt.NDArray[np.object_]:
    lon, lat = (rows[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    is_placed = np.isfinite(lon) & np.isfinite(lat)
    found = np.full(len(rows), None, dtype=object)
    found[is_placed] = shapely.points(lon[is_placed], lat[is_placed])
    return found


def _portions(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[begin : begin + _AT_ONCE] for begin in range(0, len(values), _AT_ONCE)]
