"""What came with a draft besides its grids: kept with it until it is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypedDict

import pandas as pd
from sqlalchemy import Connection, delete, insert, literal, select

from geogrid.store import bundle
from geogrid.store.database.tables import plan_tables

__all__ = [
    "PARTS",
    "TableRow",
    "copy_tables",
    "count_rows",
    "drop_tables",
    "keep_tables",
    "table_rows",
    "tables_of",
]

_LAYERS = ("region", "streets")
PARTS = ("region", "posts", "units", "cases", "streets")
"""Parts of a plan that come with its grids."""


class TableRow(TypedDict):
    """A part as it is kept."""

    part: str
    rows: int
    content: bytes


def table_rows(parts: Mapping[str, Any]) -> list[TableRow]:
    """Return parts in the form in which they are kept with a draft, before a transaction.

    Parameters
    ----------
    parts : frames by name, out of :data:`PARTS`; None for one that there is not

    Raises
    ------
    FieldError, CrsError
        A column is of another type, or a layer has no CRS.
    """
    found: list[TableRow] = []
    for part in PARTS:
        frame = parts.get(part)
        if frame is not None:
            write = bundle.layer_text if part in _LAYERS else bundle.rows_text
            content = write(frame, part).encode()
            found.append({"part": part, "rows": len(frame), "content": content})
    return found


def keep_tables(connection: Connection, plan_id: int, tables: Sequence[TableRow]) -> None:
    """Keep parts with a draft, in the place of those that it has.

    Parameters
    ----------
    connection : that writes
    plan_id : of the draft
    tables : of :func:`table_rows`
    """
    for row in tables:
        drop_tables(connection, plan_id, row["part"])
        connection.execute(insert(plan_tables).values(plan_id=plan_id, **row))


def tables_of(connection: Connection, plan_id: int) -> dict[str, pd.DataFrame]:
    """Return the parts that are kept with a draft.

    Raises
    ------
    FormatError, FieldError
        One of them is damaged.
    """
    asked = select(plan_tables.c.part, plan_tables.c.content)
    rows = connection.execute(asked.where(plan_tables.c.plan_id == plan_id)).all()
    return {
        part: (bundle.parse_layer if part in _LAYERS else bundle.parse_rows)(bytes(content), part)
        for part, content in rows
    }


def count_rows(connection: Connection, plan_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return how many rows each part of some drafts has."""
    asked = select(plan_tables.c.plan_id, plan_tables.c.part, plan_tables.c.rows)
    found: dict[int, dict[str, int]] = {plan_id: {} for plan_id in plan_ids}
    for plan_id, part, rows in connection.execute(asked.where(plan_tables.c.plan_id.in_(plan_ids))):
        found[plan_id][part] = rows
    return found


def copy_tables(
    connection: Connection, plan_id: int, to: int, parts: Collection[str] = PARTS
) -> None:
    """Keep with another draft what is kept with one."""
    kept = select(literal(to), *(plan_tables.c[name] for name in ("part", "rows", "content")))
    columns = ["plan_id", "part", "rows", "content"]
    asked = kept.where(plan_tables.c.plan_id == plan_id, plan_tables.c.part.in_(parts))
    connection.execute(insert(plan_tables).from_select(columns, asked))


def drop_tables(connection: Connection, plan_id: int, part: str | None = None) -> None:
    """Remove one part that is kept with a draft, or all."""
    mine = plan_tables.c.plan_id == plan_id
    where = [mine] if part is None else [mine, plan_tables.c.part == part]
    connection.execute(delete(plan_tables).where(*where))
