"""Limits of users to grids that are no more go on in the grids on that ground, and no further.

Nobody sees more because grids were split, merged or numbered anew, and nobody less where the
grids of the new plan allow it. A limit that cannot go on stays as it is: the code is never used
again, so it shows nothing, and an administrator decides. It is not taken away, because a user
without limits sees everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection, select

from geogrid.hierarchy import Hierarchy, build_hierarchy
from geogrid.store.accounts import hold_users, set_scope
from geogrid.store.audit import By, record
from geogrid.store.database.tables import user_scopes

__all__ = ["STRAY", "follow_limits", "move_limits"]

STRAY = 0.05
"""How much of a grid's area may lie elsewhere: borders that are drawn anew are never quite the
same."""


def move_limits(
    connection: Connection,
    former: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    removed: Collection[str],
    *,
    at: datetime,
    by: By,
) -> int:
    """Let the limits of users go on in the grids of a plan, and return how many users' changed.

    Parameters
    ----------
    connection : of the transaction that removes the grids
    former, grids : of all levels, of the plan until now and of the new one, in the same CRS
    removed : codes of `former` that `grids` does not have
    at, by : now, in UTC, and who publishes
    """
    if not removed:
        return 0
    hold_users(connection)
    scopes: dict[int, set[str]] = {}
    for user_id, grid in connection.execute(select(user_scopes.c.user_id, user_scopes.c.grid)):
        scopes.setdefault(user_id, set()).add(grid)
    count = 0
    for user_id, scope in sorted(scopes.items()):
        gone = scope & set(removed)
        if not gone:
            continue
        after = follow_limits(scope, former, grids, gone)
        told = {"scope": [sorted(scope), sorted(after)], "left": sorted(gone & after)}
        record(connection, "user.limits_moved", user_id, at=at, by=by, **told)
        set_scope(connection, user_id, after)
        count += after != scope
    return count


def follow_limits(
    scope: Collection[str],
    former: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    gone: Collection[str],
) -> frozenset[str]:
    """Return the limits that hold the same ground in another plan, as far as it has grids for it.

    A limit that is gone becomes the largest grids of its level or below which lie on its ground
    and altogether on the ground of these limits, up to :data:`STRAY` of their area. Where they
    leave more than that of it out, it stays beside them.

    Parameters
    ----------
    scope : codes of `former`, each with all below it; others are left as they are
    former, grids : of all levels, of the plan until now and of the new one, in the same CRS
    gone : those of `scope` that `grids` does not have
    """
    known = former[former["code"].isin(scope)]
    shapes = dict(zip(known["code"], known.geometry, strict=True))
    ground, levels = shapely.union_all(list(shapes.values())), _levels(known)
    kept, tree = set(scope) - set(gone), build_hierarchy(grids)
    found, left = set[str](), set[str]()
    for code in gone:
        fine = grids[(grids["level"] >= levels[code]).fillna(value=False)]
        heirs = _on_ground(fine, shapes[code], ground)
        covered = shapely.union_all(list(heirs.values()))
        missing = shapely.area(shapely.difference(shapes[code], covered))
        if missing > STRAY * shapely.area(shapes[code]):
            left.add(code)
        found |= heirs.keys()
    return frozenset(kept | left | _topmost(found, kept, tree))


def _levels(known: gpd.GeoDataFrame) -> dict[str, int]:
    return dict(zip(known["code"], known["level"], strict=True))


def _on_ground(
    grids: gpd.GeoDataFrame, shape: shapely.Geometry, ground: shapely.Geometry
) -> Mapping[str, shapely.Geometry]:
    """Return the grids that lie in a shape for some part, and on the ground as a whole."""
    near = grids.iloc[np.sort(grids.sindex.query(shape, predicate="intersects"))]
    shapes = near.geometry.to_numpy()
    own = shapely.area(shapes)
    is_here = shapely.area(shapely.intersection(shapes, shape)) > STRAY * own
    is_within = shapely.area(shapely.intersection(shapes, ground)) >= (1 - STRAY) * own
    mine = is_here & is_within
    return dict(zip(near["code"][mine], shapes[mine], strict=True))


def _topmost(found: set[str], kept: set[str], tree: Hierarchy) -> set[str]:
    """Leave out grids that lie below another one of the limits anyway."""
    both = found | kept
    return {code for code in found if both.isdisjoint(tree.chain(code)[1:])}
