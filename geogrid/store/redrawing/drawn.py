"""What a redrawn draft looks like to everybody else: its grids, region and approved gaps.

Operations write no grids. Whoever reads a draft gets them from its last snapshot and the entries
since; a draft that is handed in has them written as rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, Engine, delete, insert, literal, select, update

from geogrid.redraw import ArcGraph, graph_frame, graph_gaps, graph_region
from geogrid.redraw.record import exchange
from geogrid.store import bundle
from geogrid.store.database.bulk import insert_columns
from geogrid.store.database.frames import grid_columns
from geogrid.store.database.tables import approved_gaps, draft_grids, plans
from geogrid.store.redrawing.entries import (
    Redraw,
    entries_after,
    find_redraw,
    keep_redraw,
    keep_snapshot,
    latest_snapshot,
    packed,
)

__all__ = [
    "Drawn",
    "drawn_gaps",
    "drawn_graph",
    "drawn_grids",
    "drawn_parts",
    "drawn_region",
    "is_ahead",
    "is_redrawn",
    "stored_gaps",
    "write_drawn",
]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A redrawn draft.

    Attributes
    ----------
    number
        Of the entry after which it is so.
    grids
        All levels, EPSG:4326.
    gaps
        Approved ones with their reasons.
    region
        What the grids fill with all gaps.
    """

    number: int
    grids: gpd.GeoDataFrame
    gaps: gpd.GeoDataFrame
    region: shapely.Geometry


def is_ahead(connection: Connection, plan_id: int) -> Redraw | None:
    """Return what is known of a draft whose rows are older than its log, else None."""
    found = find_redraw(connection, plan_id)
    return found if found.number > found.drawn else None


def is_redrawn(connection: Connection, plan_id: int) -> bool:
    """Return whether anything was ever done to a draft."""
    return find_redraw(connection, plan_id).number > 0


def drawn_graph(
    connection: Connection, plan_id: int, *, from_first: bool = False
) -> tuple[int, ArcGraph] | None:
    """Return a draft replayed from its last snapshot, or its first one; None without any."""
    found = latest_snapshot(connection, plan_id, first=from_first)
    if found is None:
        return None
    number, graph = found
    for entry in entries_after(connection, plan_id, number):
        exchange(graph, entry.record)
        number = entry.number
    return number, graph


def drawn_parts(connection: Connection, plan_id: int) -> Drawn | None:
    """Return a draft as its log says it is, None where its rows say that already.

    The last one is kept in memory, because its grids, gaps and region are asked for one by one;
    nobody may change its frames.
    """
    if (ahead := is_ahead(connection, plan_id)) is None:
        return None
    created = connection.scalar(select(plans.c.created_at).where(plans.c.id == plan_id))
    key = plan_id, ahead.number, created
    last = _last.get(connection.engine)
    if last is not None and last[0] == key:
        return last[1]
    found = drawn_graph(connection, plan_id)
    if found is None:
        return None
    number, graph = found
    drawn = Drawn(number, _frame(graph), _gaps(graph), graph_region(graph))
    _last[connection.engine] = key, drawn
    return drawn


_last: WeakKeyDictionary[Engine, tuple[object, Drawn]] = WeakKeyDictionary()


def drawn_grids(connection: Connection, plan_id: int) -> gpd.GeoDataFrame | None:
    """Return the grids of a draft whose rows are older than its log, else None."""
    drawn = drawn_parts(connection, plan_id)
    return None if drawn is None else drawn.grids.copy()


def drawn_gaps(connection: Connection, plan_id: int) -> gpd.GeoDataFrame | None:
    """Return the approved gaps of a draft whose rows are older than its log, else None."""
    drawn = drawn_parts(connection, plan_id)
    return None if drawn is None else drawn.gaps.copy()


def stored_gaps(connection: Connection, plan_id: int) -> gpd.GeoDataFrame | None:
    """Return the approved gaps that are kept as rows with their reasons, None without any."""
    asked = select(approved_gaps.c.reason, approved_gaps.c.geometry)
    mine = asked.where(approved_gaps.c.plan_id == plan_id).order_by(approved_gaps.c.id)
    found = connection.execute(mine).all()
    if not found:
        return None
    reasons, shapes = zip(*found, strict=True)
    return gpd.GeoDataFrame({"reason": reasons}, geometry=list(shapes), crs=4326)


def drawn_region(connection: Connection, plan_id: int) -> shapely.Geometry | None:
    """Return what the grids of such a draft fill with their gaps, else None."""
    drawn = drawn_parts(connection, plan_id)
    return None if drawn is None else drawn.region


def _frame(graph: ArcGraph) -> gpd.GeoDataFrame:
    frame = graph_frame(graph)
    plain = bundle.complete(pd.DataFrame(frame.drop(columns=frame.geometry.name)), "grids")
    return gpd.GeoDataFrame(plain, geometry=frame.geometry.to_numpy(), crs=frame.crs)


def _gaps(graph: ArcGraph) -> gpd.GeoDataFrame:
    gaps = graph_gaps(graph)
    some = gaps[gaps["is_approved"].astype(bool)]
    return gpd.GeoDataFrame(
        {"reason": some["note"].tolist()}, geometry=some.geometry.tolist(), crs=4326
    )


def write_drawn(connection: Connection, plan_id: int, drawn: Drawn, *, at: datetime) -> None:
    """Write the rows of a redrawn draft, in the place of those that it had."""
    for table in (draft_grids, approved_gaps):
        connection.execute(delete(table).where(table.c.plan_id == plan_id))
    _add_rows(connection, plan_id, drawn, at=at)
    keep_redraw(connection, plan_id, drawn=drawn.number)


def _add_rows(connection: Connection, plan_id: int, drawn: Drawn, *, at: datetime) -> None:
    """Add the rows of a draft; its region only where it had one, else that in force counts."""
    count = len(drawn.grids)
    places: dict[str, Any] = {"plan_id": [plan_id] * count, "position": range(count)}
    insert_columns(connection, draft_grids, places | grid_columns(drawn.grids))
    for reason, shape in zip(drawn.gaps["reason"], drawn.gaps.geometry, strict=True):
        gap = {"plan_id": plan_id, "reason": reason, "approved_at": at, "geometry": shape}
        connection.execute(insert(approved_gaps).values(gap))
    mine = plans.c.id == plan_id
    if connection.scalar(select(plans.c.region.is_not(None)).where(mine)):
        connection.execute(update(plans).where(mine).values(region=drawn.region))


def copy_rows(
    connection: Connection, plan_id: int, copy: int, drawn: Drawn | None, *, at: datetime
) -> None:
    """Give a copy of a draft its grids and approved gaps.

    Parameters
    ----------
    connection : that writes
    plan_id, copy : the draft, and its copy, which has a row in ``plans``
    drawn : of :func:`drawn_parts`; None where the rows of the draft are as it is
    at : now, in UTC
    """
    if drawn is not None:
        _add_rows(connection, copy, drawn, at=at)
        return
    for table in (draft_grids, approved_gaps):
        names = [each.name for each in table.c if each.name not in ("id", "plan_id")]
        asked = select(literal(copy), *(table.c[name] for name in names))
        mine = asked.where(table.c.plan_id == plan_id)
        connection.execute(insert(table).from_select(["plan_id", *names], mine))


def copy_snapshot(connection: Connection, plan_id: int, copy: int, *, at_number: int) -> None:
    """Give a copy of a redrawn draft its borders as they are, and the codes that were used."""
    found = drawn_graph(connection, plan_id)
    if found is None:
        return
    number, graph = found
    known = find_redraw(connection, plan_id)
    keep_snapshot(connection, copy, at_number, packed(graph))
    keep_redraw(
        connection, copy, grids=len(graph.rows), locked=list(known.locked),
        origin_id=plan_id, origin_number=number,
    )  # fmt: skip
