"""Write drafts with what comes with them: prepared before a transaction, which is then short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import Connection, insert

from geogrid.errors import CrsError, FieldError
from geogrid.i18n import mark as _
from geogrid.store.database.tables import plans
from geogrid.store.plan import Plan, PlanParts, complete_grids
from geogrid.store.plan_tables import PARTS, TableRow, copy_tables, keep_tables, table_rows
from geogrid.store.plans import (
    DraftRows,
    PlanRecord,
    add_draft,
    draft_rows,
    find_plan,
    new_plan_id,
    note,
)
from geogrid.store.redrawing.drawn import copy_rows, copy_snapshot, drawn_parts
from geogrid.store.shown import choose, what_is_shown
from geogrid.store.underlays import copy_underlays

__all__ = ["Draft", "copy_draft", "parts_of", "prepare_draft", "write_draft"]

_ABOUT = ("note", "attribution", "source", "is_sample")


@dataclass(frozen=True, eq=False)
class Draft:
    """A draft in the form of the tables.

    Attributes
    ----------
    name, about
        What is said of it.
    rows
        Its grids.
    region
        What they must fill, or None.
    gaps
        Approved ones, or None.
    tables
        What comes with it.
    """

    name: str
    about: Mapping[str, Any]
    rows: DraftRows
    region: shapely.Geometry | None
    gaps: gpd.GeoDataFrame | None
    tables: Sequence[TableRow]


def prepare_draft(parts: PlanParts) -> Draft:
    """Check the parts of a plan and bring them into the form of the tables.

    Raises
    ------
    FieldError, CrsError, InputError
        They do not make a plan.
    """
    if "grids" not in parts:
        raise FieldError(_("A plan needs grids with a column “code”."))
    layer = complete_grids(parts["grids"])
    if layer.crs is None:
        raise CrsError(_("The layer “{part}” of a plan needs a CRS."), part="grids")
    about: dict[str, Any] = {name: parts[name] for name in _ABOUT if name in parts}  # type: ignore[literal-required]
    region = _outline(parts.get("region"))
    gaps = _in_wgs84(parts.get("gaps"), "gaps")
    rows = draft_rows(layer.to_crs("EPSG:4326"))
    return Draft(parts.get("name", ""), about, rows, region, gaps, table_rows(parts))


def write_draft(
    connection: Connection, draft: Draft, *, at: datetime, by: int | None, is_shown: bool = True
) -> PlanRecord:
    """Write what :func:`prepare_draft` made.

    Parameters
    ----------
    connection : that writes
    draft : the draft
    at, by : now, in UTC, and who does it
    is_shown : whether it is shown from then on, unless a plan is in force
    """
    record = add_draft(
        connection, draft.name, draft.rows, at=at, by=by, region=draft.region, gaps=draft.gaps,
        **draft.about,
    )  # fmt: skip
    keep_tables(connection, record.id, draft.tables)
    if is_shown and what_is_shown(connection).kind != "plan":
        choose(connection, draft=record.id)
    return record


def copy_draft(
    connection: Connection,
    plan_id: int,
    part: str,
    tables: Sequence[TableRow],
    *,
    at: datetime,
    by: int | None,
) -> None:
    """Make a new draft of one, with another table, and show it.

    Parameters
    ----------
    connection : that writes
    plan_id : of the draft
    part, tables : what is changed
    at, by : now, in UTC, and who does it
    """
    record = find_plan(connection, plan_id)
    values = {name: getattr(record, name) for name in (*_ABOUT, "name", "base_number")}
    values |= {"region": record.region, "status": "draft", "created_at": at, "created_by": by}
    values |= new_plan_id(connection)
    copy = int(connection.scalar(insert(plans).values(values).returning(plans.c.id)))
    copy_rows(connection, plan_id, copy, drawn_parts(connection, plan_id), at=at)
    copy_snapshot(connection, plan_id, copy, at_number=1)
    copy_tables(connection, plan_id, copy)
    copy_underlays(connection, plan_id, copy)
    keep_tables(connection, copy, tables)
    note(connection, "plan.drafted", copy, at=at, by=by, changed=part)
    choose(connection, draft=copy)


def parts_of(plan: Plan, **changed: Any) -> PlanParts:
    """Return all parts of a plan, some of them changed."""
    names = ("name", "grids", "gaps", *PARTS, *_ABOUT)
    parts: Any = {name: getattr(plan, name) for name in names} | changed
    found: PlanParts = parts
    return found


def _outline(region: gpd.GeoDataFrame | None) -> shapely.Geometry | None:
    """Return what a plan must fill as one geometry, with the coordinates that it has."""
    known = _in_wgs84(region, "region")
    if known is None:
        return None
    shapes = known.geometry.to_numpy()
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def _in_wgs84(layer: gpd.GeoDataFrame | None, part: str) -> gpd.GeoDataFrame | None:
    """Return a layer in longitude and latitude, None where there is nothing in it."""
    if layer is None or not len(layer):
        return None
    if layer.crs is None:
        raise CrsError(_("The layer “{part}” of a plan needs a CRS."), part=part)
    return layer.to_crs("EPSG:4326")
