"""Rows of grids as frames and back, many at once."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, FromClause, LargeBinary, Select, func, select, type_coerce

from geogrid.store import bundle
from geogrid.store.database.types import SRID

__all__ = ["GRID_COLUMNS", "geometry_wkb", "grid_rows", "read_grids"]

GRID_COLUMNS = tuple(bundle.COLUMNS["grids"])
_NUMBERS = ("level", "households", "people")


def read_grids(
    connection: Connection, table: FromClause, *where: Any, order: Any
) -> gpd.GeoDataFrame:
    """Return grids as a frame with the columns of a plan and those that its file had besides.

    Parameters
    ----------
    connection : of the database
    table : :data:`~geogrid.store.database.tables.grids` or ``draft_grids``
    where, order : which, and in which order
    """
    names = [*GRID_COLUMNS, "more"]
    asked: Select[Any] = select(*(table.c[name] for name in names), geometry_wkb(connection, table))
    rows = connection.execute(asked.where(*where).order_by(order)).all()
    columns = dict(zip([*names, "wkb"], zip(*rows, strict=True), strict=True)) if rows else {}
    frame = pd.DataFrame({name: list(columns.get(name, ())) for name in GRID_COLUMNS})
    more = [row or {} for row in columns.get("more", ())]
    if any(more):
        extra = pd.DataFrame(more, index=frame.index).drop(columns=frame.columns, errors="ignore")
        frame = pd.concat([frame, extra], axis=1)
    shapes = shapely.from_wkb(np.array(columns.get("wkb", ()), dtype=object))
    complete = bundle.complete(frame, "grids")
    return gpd.GeoDataFrame(complete, geometry=shapes, crs=f"EPSG:{SRID}")


def geometry_wkb(connection: Connection, table: FromClause) -> Any:
    """Return the geometry column of a table as WKB, for many rows at once."""
    column = table.c["geometry"]
    if connection.dialect.name == "postgresql":
        return func.ST_AsBinary(column, type_=LargeBinary)
    return type_coerce(column, LargeBinary)


def grid_rows(grids: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return grids as rows of a table; columns that no table has go into ``more``.

    Parameters
    ----------
    grids : with the columns of a plan, in EPSG:4326
    """
    known = pd.DataFrame(grids[list(GRID_COLUMNS)])
    for name in _NUMBERS:
        known[name] = known[name].astype(object).where(known[name].notna(), None)
    extra = grids.drop(columns=[*GRID_COLUMNS, grids.geometry.name])
    more: list[Any] = [None] * len(grids)
    if len(extra.columns):
        more = json.loads(pd.DataFrame(extra).to_json(orient="records", date_format="iso"))
    shapes = np.asarray(grids.geometry.array, dtype=object)
    return [
        {**row, "more": rest, "geometry": shape}
        for row, rest, shape in zip(known.to_dict("records"), more, shapes, strict=True)
    ]
