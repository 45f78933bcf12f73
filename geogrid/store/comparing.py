"""Two plans that are kept, compared with everything that is known beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, FromClause, Select, or_, select

from geogrid.compare import PlanComparison, compare_plans
from geogrid.store.database.frames import geometry_wkb
from geogrid.store.database.tables import addresses as address_rows
from geogrid.store.database.tables import case_places, cases, people, posts, units
from geogrid.store.plan import Plan
from geogrid.store.plans import PlanRecord, plan_grids

__all__ = ["compare_folders", "compare_stored", "placed_rows"]

_UNIT_TEXTS = (
    "unit_id", "kind", "parent", "name", "compound", "street", "number", "building", "entrance",
    "address",
)  # fmt: skip


def compare_stored(
    connection: Connection, before: PlanRecord, after: PlanRecord, *, at: datetime
) -> PlanComparison:
    """Compare two plans of a database.

    Units, addresses and open cases are those of today; staff are those who held their posts
    when the earlier plan ended, or hold them now.

    Parameters
    ----------
    connection : that reads
    before, after : the plans
    at : now, in UTC
    """
    return compare_plans(
        plan_grids(connection, before),
        plan_grids(connection, after),
        units=_units(connection),
        addresses=placed_rows(connection, select(address_rows.c.address), address_rows),
        cases=_cases(connection),
        posts=_posts(connection, before.valid_until or at),
    )


def compare_folders(
    before: Plan, after: Plan, *, addresses: pd.DataFrame | None = None
) -> PlanComparison:
    """Compare two plans of a workspace.

    Buildings and cases are those of the later plan, or where it has none of the earlier one;
    staff are compared where both have a roster.

    Parameters
    ----------
    before, after : the plans
    addresses : with lon and lat, where they are known
    """
    found: dict[str, Any] = {
        name: next((table for table in both if len(table)), None)
        for name, both in (
            ("units", (after.units, before.units)),
            ("cases", (after.cases, before.cases)),
        )
    }
    if len(before.posts):
        found |= {"posts": before.posts, "posts_after": after.posts if len(after.posts) else None}
    return compare_plans(before.grids, after.grids, addresses=addresses, **found)


def _units(connection: Connection) -> pd.DataFrame:
    columns = [units.c[name] for name in _UNIT_TEXTS]
    counted = [units.c.households, units.c.people, units.c.listed_grid.label("grid")]
    table = placed_rows(connection, select(*columns, *counted), units)
    return table.astype({"households": "Int64", "people": "Int64"})


def _cases(connection: Connection) -> pd.DataFrame:
    asked = (
        select(cases.c.case_id, cases.c.status, cases.c.title, cases.c.address)
        .select_from(cases.join(case_places, case_places.c.case_id == cases.c.id))
        .where(cases.c.status != "closed")
        .order_by(cases.c.id)
    )
    return placed_rows(connection, asked, case_places)


def _posts(connection: Connection, moment: datetime) -> pd.DataFrame:
    asked = (
        select(posts.c.grid, posts.c.post, people.c.name.label("holder"))
        .select_from(posts.join(people, people.c.id == posts.c.person_id))
        .where(
            or_(posts.c.valid_from.is_(None), posts.c.valid_from < moment),
            or_(posts.c.valid_until.is_(None), posts.c.valid_until >= moment),
        )
        .order_by(posts.c.id)
    )
    return pd.DataFrame(connection.execute(asked).all(), columns=["grid", "post", "holder"])


def placed_rows(connection: Connection, asked: Select[Any], shapes: FromClause) -> pd.DataFrame:
    """Return rows with the lon and lat of their points, NaN where they have none."""
    result = connection.execute(asked.add_columns(geometry_wkb(connection, shapes).label("wkb")))
    table = pd.DataFrame(result.all(), columns=list(result.keys()))
    points = shapely.from_wkb(np.array([None, *table.pop("wkb")], dtype=object)[1:])
    is_point = shapely.get_type_id(points) == shapely.GeometryType.POINT
    points[~is_point] = shapely.centroid(points[~is_point])
    return table.assign(lon=shapely.get_x(points), lat=shapely.get_y(points))
