"""Drafts kept in a database, what is done to them, and what must be true of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from redraw_plans import at, plan
from sqlalchemy import Engine

from geogrid.redraw import (
    graph_bytes,
)
from geogrid.store.database.engine import reading
from geogrid.store.plans import (
    add_draft,
    find_plan,
)
from geogrid.store.redrawing import desk
from geogrid.store.redrawing.desk import (
    Who,
    operate,
)
from geogrid.store.redrawing.drawn import drawn_graph
from geogrid.store.redrawing.opened import open_draft
from geogrid.store.redrawing.tally import AREA, LENGTH, Tally

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
"""Of all that is done here."""


def new_draft(engine: Engine, grids: gpd.GeoDataFrame | None = None, **more: Any) -> int:
    return add_draft(engine, "草案", plan() if grids is None else grids, at=NOW, **more).id


def seen_now(engine: Engine, plan_id: int) -> Who:
    with reading(engine) as connection:
        return Who(find_plan(connection, plan_id).version, NOW)


def version(_draft: Any, done: desk.Done) -> int:
    return done.version


def do(engine: Engine, plan_id: int, ask: Any, seen: int | None = None, **more: Any) -> int:
    who = seen_now(engine, plan_id) if seen is None else Who(seen, NOW)
    found: int = operate(engine, plan_id, ask, who, version, **more)
    return found


def kept(engine: Engine, plan_id: int, *, from_first: bool = False) -> bytes:
    """Return the draft as a new process would load it."""
    with reading(engine) as connection:
        found = drawn_graph(connection, plan_id, from_first=from_first)
    assert found is not None
    return graph_bytes(found[1])


def in_memory(engine: Engine, plan_id: int) -> bytes:
    with open_draft(engine, plan_id) as (opened, _state):
        return graph_bytes(opened.graph)


def require_counted(engine: Engine, plan_id: int) -> None:
    """Hold the figures that were kept up to date against figures counted anew."""
    with open_draft(engine, plan_id) as (opened, _state):
        base = opened.tally.base
        labels = [opened.graph.find(opened.graph.grid_at(x, y)) or "" for x, y in
                  zip(base.lon.tolist(), base.lat.tolist(), strict=True)]  # fmt: skip
        fresh = Tally(opened.graph, base, labels)
        assert opened.tally.sums.keys() == fresh.sums.keys()
        for label, sums in fresh.sums.items():
            off = [
                abs(one - other) for one, other in zip(opened.tally.sums[label], sums, strict=True)
            ]
            # area and length are rounded border by border: to 0.1 m² and 1 cm
            assert max(off[:AREA]) == 0
            assert off[AREA] <= 1_000
            assert off[LENGTH] <= 10


def small_units(*homes: tuple[str, float, float, int]) -> pd.DataFrame:
    rows = [
        {"unit_id": name, "kind": "building", "lon": at(x, y)[0], "lat": at(x, y)[1],
         "households": count, "people": 3 * count}
        for name, x, y, count in homes
    ]  # fmt: skip
    texts = ("parent", "name", "compound", "street", "number", "building", "entrance", "address")
    return pd.DataFrame(rows).assign(**dict.fromkeys((*texts, "grid"), ""))
