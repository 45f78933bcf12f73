"""Rows of grids as frames and back, many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, FromClause, LargeBinary, Select, func, select, type_coerce

from geogrid.store import bundle
from geogrid.store.database.types import SRID

__all__ = [
    "GRID_COLUMNS",
    "extra_values",
    "geometry_wkb",
    "grid_columns",
    "plain_values",
    "read_grids",
    "with_extra",
]

GRID_COLUMNS = tuple(bundle.COLUMNS["grids"])


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
    frame = with_extra(frame, columns.get("more", ()))
    shapes = shapely.from_wkb(np.array(columns.get("wkb", ()), dtype=object))
    complete = bundle.complete(frame, "grids")
    return gpd.GeoDataFrame(complete, geometry=shapes, crs=f"EPSG:{SRID}")


def geometry_wkb(connection: Connection, table: FromClause) -> Any:
    """Return the geometry column of a table as WKB, for many rows at once."""
    column = table.c["geometry"]
    if connection.dialect.name == "postgresql":
        return func.ST_AsBinary(column, type_=LargeBinary)
    return type_coerce(column, LargeBinary)


def grid_columns(grids: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return grids as columns of a table; those that no table has go into ``more``.

    Parameters
    ----------
    grids : with the columns of a plan, in EPSG:4326

    Raises
    ------
    FieldError
        A number is none.
    """
    known = bundle.complete(pd.DataFrame(grids[list(GRID_COLUMNS)]), "grids")
    found: dict[str, Any] = {name: plain_values(known[name]) for name in GRID_COLUMNS}
    found["more"] = extra_values(grids, [*GRID_COLUMNS, grids.geometry.name])
    return found | {"geometry": np.asarray(grids.geometry.array, dtype=object)}


def plain_values(column: pd.Series) -> list[Any]:
    """Return what a column holds as plain values, None for what is not there."""
    values = column.astype(object)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        values = pd.Series(column.dt.to_pydatetime(), index=column.index, dtype=object)
    found: list[Any] = values.where(column.notna(), None).tolist()
    return found


def extra_values(frame: pd.DataFrame, known: Iterable[str]) -> list[Any]:
    """Return what columns that no table has hold, per row, for its ``more``."""
    extra = pd.DataFrame(frame.drop(columns=[*known], errors="ignore"))
    if not len(extra.columns):
        return [None] * len(frame)
    found: list[Any] = json.loads(extra.to_json(orient="records", date_format="iso"))
    return found


def with_extra(frame: pd.DataFrame, more: Sequence[Any]) -> pd.DataFrame:
    """Return `frame` with the columns that :func:`extra_values` kept."""
    if not any(more):
        return frame
    extra = pd.DataFrame([row or {} for row in more], index=frame.index)
    return pd.concat([frame, extra.drop(columns=frame.columns, errors="ignore")], axis=1)
