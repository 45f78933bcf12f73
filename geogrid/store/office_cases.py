"""Cases that an office lists, in the database: added, changed, never removed by a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from geogrid.hierarchy import leaves
from geogrid.locate import locate
from geogrid.store import bundle
from geogrid.store.audit import By, record
from geogrid.store.database.frames import extra_values, geometry_wkb, with_extra
from geogrid.store.database.tables import case_places, cases
from geogrid.store.index_cache import cached_index
from geogrid.store.moving import hold_grids

__all__ = ["add_cases", "read_cases", "unknown_cases"]

_AT_ONCE = 500
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


def add_cases(
    connection: Connection, frame: pd.DataFrame, grids: gpd.GeoDataFrame, *, at: datetime, by: By
) -> None:
    """Add cases, and change those whose number is known already.

    Parameters
    ----------
    connection : that writes
    frame : with the columns of a plan
    grids : of the plan in force
    at, by : now, in UTC, and who does it
    """
    rows = bundle.complete(frame, "cases")
    hold_grids(connection)
    known = _ids(connection, select(cases.c.case_id, cases.c.id))
    values = [
        {name: row[name] for name in bundle.COLUMNS["cases"] if name in cases.c}
        | {"more": more, "grid_now": grid, "grid_at_report": grid}
        for row, more, grid in zip(
            _records(rows, "cases"),
            extra_values(rows, bundle.COLUMNS["cases"]),
            _codes(rows, grids),
            strict=True,
        )
    ]
    for row in values:
        row["status"] = row["status"] if row["status"] in _STATUSES else _STATUSES[0]
    done = _write(connection, cases, "case_id", values, known, keep=("grid_at_report",))
    known = _ids(connection, select(cases.c.case_id, cases.c.id))
    ids = [known[name] for name in rows["case_id"]]
    for some in _portions(ids):
        connection.execute(delete(case_places).where(case_places.c.case_id.in_(some)))
    places = dict(zip(ids, _points(rows), strict=True))
    found = [{"case_id": key, "geometry": shape} for key, shape in places.items() if shape]
    if found:
        connection.execute(insert(case_places), found)
    record(connection, "case.listed", 0, at=at, by=by, rows=len(rows), **done)


def unknown_cases(connection: Connection, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the cases of a list whose number is not known yet."""
    known = _ids(connection, select(cases.c.case_id, cases.c.id))
    return frame[~frame["case_id"].isin(known)]


def _write(
    connection: Connection,
    table: Any,
    key: str,
    values: Sequence[dict[str, Any]],
    known: dict[str, int],
    keep: Sequence[str] = (),
) -> dict[str, int]:
    """Add rows and change those whose key is known; `keep` are columns that then stay."""
    last = {row[key]: row for row in values}  # of two rows with one key the later one counts
    added = [row for name, row in last.items() if name not in known]
    changed = [row | {"row_id": known[name]} for name, row in last.items() if name in known]
    if added:
        connection.execute(insert(table), added)
    if changed:
        names = [name for name in changed[0] if name not in ("row_id", *keep)]
        one = update(table).where(table.c.id == bindparam("row_id"))
        rows = [{name: row[name] for name in (*names, "row_id")} for row in changed]
        connection.execute(one.values({name: bindparam(name) for name in names}), rows)
    return {"added": len(added), "changed": len(changed)}


def _codes(rows: pd.DataFrame, grids: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Return the code of the finest grid of each row, ``""`` outside."""
    finest = leaves(grids).reset_index(drop=True)
    codes = finest["code"].to_numpy(dtype=object)
    index = cached_index(finest, codes)
    found = locate(index, rows["lon"].to_numpy(), rows["lat"].to_numpy())
    return np.append(codes, "")[found]


def _records(rows: pd.DataFrame, part: str) -> list[dict[str, Any]]:
    """Return rows as a database takes them: None for what is not there."""
    found = pd.DataFrame(index=rows.index)
    for name, kind in bundle.COLUMNS[part].items():
        column = rows[name]
        if kind == "time":
            times = [None if pd.isna(each) else each.to_pydatetime() for each in column]
            found[name] = pd.Series(times, index=rows.index, dtype=object)
        elif kind == "text":
            found[name] = column.astype(object)
        else:
            found[name] = column.astype(object).where(column.notna(), None)
    return found.to_dict("records")


def _points(rows: pd.DataFrame) -> list[shapely.Geometry | None]:
    lon, lat = (rows[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    is_placed = np.isfinite(lon) & np.isfinite(lat)
    found = np.full(len(rows), None, dtype=object)
    found[is_placed] = shapely.points(lon[is_placed], lat[is_placed])
    return list(found)


def _ids(connection: Connection, asked: Select[Any]) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in connection.execute(asked)}


def _portions(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[begin : begin + _AT_ONCE] for begin in range(0, len(values), _AT_ONCE)]
