"""Many rows at once, column by column, as each kind of database takes them fastest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
import shapely
from sqlalchemy import Column, Connection, Dialect, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from geogrid.store.database.types import SRID, Shape

__all__ = ["insert_columns", "known_ids", "take_ids"]

_TAKE = "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Any]) -> None:
    """Add rows to a table: PostgreSQL copies them, SQLite runs one prepared statement.

    Parameters
    ----------
    connection : that writes
    table : to which they are added
    columns : name of a column to its values in the order of the rows, as SQLAlchemy takes them:
        geometries, aware moments, plain values for JSON, None for what is not there. A column
        that is left out has its default

    Raises
    ------
    DBAPIError
        A row is refused, or the database cannot be written.
    """
    is_copied = connection.dialect.name == "postgresql"
    values = [_bound(table.c[name], columns[name], connection.dialect) for name in columns]
    if not len(values[0]):
        return
    names = ", ".join(f'"{name}"' for name in columns)
    rows = zip(*values, strict=True)
    if is_copied:
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
    else:
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(statement, list(rows))


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    try:
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:  # said as what SQLAlchemy runs itself
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _bound(column: Column[Any], values: Any, dialect: Dialect) -> Sequence[Any]:
    """Return the values of a column as a driver takes them."""
    found: list[Any]
    if isinstance(column.type, Shape):
        shapes = np.asarray(values, dtype=object)
        if dialect.name == "postgresql":  # a copy takes hexadecimal digits
            shapes = shapely.set_srid(shapes, SRID)
            found = shapely.to_wkb(shapes, hex=True, include_srid=True).tolist()
        else:
            found = shapely.to_wkb(shapes, include_srid=False).tolist()
        return found
    found = values.tolist() if isinstance(values, np.ndarray) else list(values)
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return found
    return [None if each is None else process(each) for each in found]


def take_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Return ids for rows to be added, which nobody else gets.

    Parameters
    ----------
    connection : that writes
    table : with a column ``id``
    count : of the rows
    """
    if connection.dialect.name == "postgresql":
        given = {"name": table.name, "count": count}
        return list(connection.scalars(text(_TAKE), given))
    last = connection.scalar(select(func.max(table.c.id))) or 0
    return range(last + 1, last + 1 + count)


def known_ids(connection: Connection, key: Column[Any], keys: Iterable[str]) -> dict[str, int]:
    """Return the ids of those rows whose key is one of some, by key.

    Parameters
    ----------
    connection : of the database
    key : a column of texts of a table with a column ``id``
    keys : to look for
    """
    listed = sorted(set(keys))
    given: Any = listed
    if connection.dialect.name == "postgresql":
        wanted = text("SELECT unnest(CAST(:listed AS text[]))")
    else:
        wanted, given = text("SELECT value FROM json_each(:listed)"), json.dumps(listed)
    asked = select(key, key.table.c.id).where(key.in_(wanted))
    return {row[0]: row[1] for row in connection.execute(asked, {"listed": given})}
