"""Staff, buildings, cases and streets of an office in the database, as parts of a plan.

They belong to the place and not to a plan: they stay when another plan comes into force. A list
that an office uploads is the whole truth about its staff and its buildings; of cases it may be
a part, and no case is ever removed by a list.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, delete, select

from geogrid.offices.rosters import POST_COLUMNS
from geogrid.store import bundle
from geogrid.store.audit import By, record
from geogrid.store.database.bulk import insert_columns
from geogrid.store.database.frames import geometry_wkb, with_extra
from geogrid.store.database.tables import (
    case_events,
    case_places,
    cases,
    people,
    posts,
    streets,
    units,
)
from geogrid.store.office_cases import prepare_cases, read_cases, write_cases
from geogrid.store.people import posts_at
from geogrid.store.rosters import prepare_roster, write_roster
from geogrid.store.units import prepare_units, read_units, write_units

__all__ = ["Listed", "clear_data", "prepare_data", "read_data", "write_data"]

_TABLES = {
    "cases": ("case", (case_events, case_places, cases)),
    "posts": ("post", (posts, people)),
    "units": ("units", (units,)),
    "streets": ("street", (streets,)),
}
"""Part to its subject in the audit log, and to its tables in the order to empty them."""


def read_data(connection: Connection, part: str, moment: datetime | None = None) -> pd.DataFrame:
    """Return ``"posts"``, ``"units"``, ``"cases"`` or ``"streets"`` with the columns of a plan.

    Parameters
    ----------
    connection : of the database
    part : which
    moment : of the posts: who held them then; now by default
    """
    if part == "posts":
        held = posts_at(connection, moment or datetime.now(UTC))
        return bundle.complete(with_extra(held[list(POST_COLUMNS)], held["more"].tolist()), "posts")
    if part == "units":
        return read_units(connection)
    return read_cases(connection) if part == "cases" else _read_streets(connection)


@dataclass(frozen=True, eq=False)
class Listed:
    """A list of an office in the form of the tables, ready to be written.

    Attributes
    ----------
    part
        ``"posts"``, ``"units"``, ``"cases"`` or ``"streets"``.
    rows
        What the module of the part made of it.
    """

    part: str
    rows: Any


def prepare_data(part: str, frame: pd.DataFrame, grids: gpd.GeoDataFrame) -> Listed:
    """Check a list and bring it into the form of the tables, before a transaction.

    Parameters
    ----------
    part : ``"posts"``, ``"units"``, ``"cases"`` or ``"streets"``
    frame : with the columns of a plan
    grids : of the plan in force, in which cases are placed

    Raises
    ------
    FieldError, InputError
        A row cannot be kept.
    """
    if part == "posts":
        return Listed(part, prepare_roster(frame))
    if part == "units":
        return Listed(part, prepare_units(frame))
    if part == "cases":
        return Listed(part, prepare_cases(frame, grids))
    return Listed(part, _street_columns(frame))


def write_data(
    connection: Connection, listed: Listed, *, at: datetime, by: By, only_new: bool = False
) -> None:
    """Take a list of an office over; who held a post before and the cases stay known.

    Parameters
    ----------
    connection : that writes
    listed : of :func:`prepare_data`
    at, by : now, in UTC, and who does it
    only_new : of cases: leave those as they are whose number is known
    """
    if listed.part == "posts":
        write_roster(connection, listed.rows, at=at, by=by)
    elif listed.part == "units":
        write_units(connection, listed.rows, at=at, by=by)
    elif listed.part == "cases":
        write_cases(connection, listed.rows, at=at, by=by, only_new=only_new)
    else:
        connection.execute(delete(streets))
        insert_columns(connection, streets, listed.rows)
        record(connection, "street.listed", 0, at=at, by=by, rows=len(listed.rows["name"]))


def clear_data(connection: Connection, parts: Collection[str], *, at: datetime, by: By) -> None:
    """Remove parts: what was there was sample data, which never mixes with an office's."""
    for part, (subject, tables) in _TABLES.items():
        if part in parts:
            for table in tables:
                connection.execute(delete(table))
            record(connection, f"{subject}.cleared", 0, at=at, by=by)


def _read_streets(connection: Connection) -> gpd.GeoDataFrame:
    asked = select(streets.c.name, streets.c.highway, geometry_wkb(connection, streets))
    rows = connection.execute(asked.order_by(streets.c.id)).all()
    found = pd.DataFrame(rows, columns=["name", "highway", "wkb"])
    shapes = shapely.from_wkb(found.pop("wkb").to_numpy(dtype=object))
    return gpd.GeoDataFrame(bundle.complete(found, "streets"), geometry=shapes, crs="EPSG:4326")


def _street_columns(rows: gpd.GeoDataFrame) -> dict[str, Any]:
    frame = rows.to_crs("EPSG:4326")
    known = bundle.complete(pd.DataFrame(frame.drop(columns=frame.geometry.name)), "streets")
    is_there = frame.geometry.notna().to_numpy()
    columns: dict[str, Any] = {name: known[name][is_there].tolist() for name in ("name", "highway")}
    return columns | {"geometry": frame.geometry.to_numpy()[is_there]}
