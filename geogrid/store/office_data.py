"""Staff, buildings, cases and streets of an office in the database, as parts of a plan.

They belong to the place and not to a plan: they stay when another plan comes into force. A list
that an office uploads is the whole truth about its staff and its buildings; of cases it may be
a part, and no case is ever removed by a list.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, delete, insert, select

from geogrid.offices.rosters import POST_COLUMNS
from geogrid.store import bundle
from geogrid.store.audit import By, record
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
from geogrid.store.office_cases import add_cases, read_cases
from geogrid.store.people import posts_at
from geogrid.store.rosters import keep_roster
from geogrid.store.units import keep_units, read_units

__all__ = ["clear_data", "read_data", "replace_data"]

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


def replace_data(
    connection: Connection,
    part: str,
    frame: pd.DataFrame,
    *,
    grids: gpd.GeoDataFrame,
    at: datetime,
    by: By,
) -> None:
    """Take a list of an office over; who held a post before and the cases stay known.

    Parameters
    ----------
    connection : that writes
    part : ``"posts"``, ``"units"``, ``"cases"`` or ``"streets"``
    frame : with the columns of a plan
    grids : of the plan in force, in which cases are placed
    at, by : now, in UTC, and who does it

    Raises
    ------
    FieldError, InputError
        A row cannot be kept; nothing was changed.
    """
    if part == "posts":
        keep_roster(connection, frame, at=at, by=by)
    elif part == "units":
        keep_units(connection, frame, at=at, by=by)
    elif part == "cases":
        add_cases(connection, frame, grids, at=at, by=by)
    else:
        _replace_streets(connection, frame)
        record(connection, "street.listed", 0, at=at, by=by, rows=len(frame))


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


def _replace_streets(connection: Connection, rows: gpd.GeoDataFrame) -> None:
    connection.execute(delete(streets))
    frame = rows.to_crs("EPSG:4326")
    known = bundle.complete(pd.DataFrame(frame.drop(columns=frame.geometry.name)), "streets")
    values = [
        {"name": name, "highway": highway, "geometry": shape}
        for name, highway, shape in zip(
            known["name"], known["highway"], frame.geometry.array, strict=True
        )
        if shape is not None
    ]
    if values:
        connection.execute(insert(streets), values)
