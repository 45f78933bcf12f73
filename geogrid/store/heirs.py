"""Posts of grids that are no more go on in the grids that take their place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, insert, select

from geogrid.store.database.tables import posts
from geogrid.store.people import posts_at
from geogrid.store.tenures import end_tenures, new_post_ids

__all__ = ["find_heirs", "hand_on_posts"]

_MOSTLY = 0.5
Heirs = Mapping[str, Sequence[str]]


def find_heirs(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, removed: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return which grids take the place of those that are no more.

    The first heir of a grid is the one that has most of its area; the others are new grids that
    lie in it for more than half of their own. Only grids of its level count, and where there is
    none on its ground, those of the level above.

    Parameters
    ----------
    old, new : grids of all levels of two plans, in the same CRS
    removed : codes of `old` that `new` does not have

    Returns
    -------
    dict
        Code of each removed grid to those of its heirs; none where nothing is on its ground.
    """
    former = set(old["code"])
    gone = old[old["code"].isin(removed)]
    heirs = {}
    for code, level, shape in zip(gone["code"], gone["level"], gone.geometry, strict=True):
        heirs[code] = _heirs(shape, new[(new["level"] <= level).fillna(False)], former)
    return heirs


def _heirs(
    shape: shapely.Geometry, new: gpd.GeoDataFrame, former: Collection[str]
) -> tuple[str, ...]:
    near = new.iloc[new.sindex.query(shape, predicate="intersects")].sort_values("code")
    shapes = near.geometry.to_numpy()
    shared = shapely.area(shapely.intersection(shapes, shape))
    near, shared, own = near[shared > 0], shared[shared > 0], shapely.area(shapes[shared > 0])
    finest = (near["level"] == near["level"].max()).to_numpy(dtype=np.bool_)
    near, shared, own = near[finest], shared[finest], own[finest]
    if not len(near):
        return ()
    first = near["code"].iloc[int(shared.argmax())]
    is_part = (shared > _MOSTLY * own) & ~near["code"].isin(former).to_numpy(dtype=np.bool_)
    return (first, *(code for code in near["code"][is_part] if code != first))


def hand_on_posts(connection: Connection, heirs: Heirs, at: datetime) -> dict[str, int]:
    """Let the posts of grids that are no more go on in those that take their place.

    The first heir gets the post itself, the others one like it. What an heir has already, for
    the same person, is not doubled; where there is no heir the post ends.

    Parameters
    ----------
    connection : of the transaction that removes the grids
    heirs : code of each removed grid to those of its heirs, none for none
    at : when

    Returns
    -------
    dict
        ``posts_moved`` and ``posts_ended``: how many went on, and how many did not.
    """
    old = posts_at(connection, at, heirs.keys())
    if not len(old):
        return {"posts_moved": 0, "posts_ended": 0}
    heirs_of = {code: heirs[code] for code in old["grid"].unique()}
    new = posts_at(connection, at, {code for codes in heirs_of.values() for code in codes})
    taken = {_likeness(row) for row in new.to_dict("records")}
    used = connection.scalars(select(posts.c.post_id))
    spare = iter(new_post_ids(used, sum(len(heirs_of[code]) for code in old["grid"])))
    begun: list[dict[str, Any]] = []
    for row in old.to_dict("records"):
        post_id = row["post_id"]
        for heir in heirs_of[row["grid"]]:
            like = row | {"grid": heir, "post_id": post_id, "valid_from": at}
            if _likeness(like) not in taken:
                taken.add(_likeness(like))
                begun.append(_values(like))
                post_id = next(spare)
    end_tenures(connection, old["id"].tolist(), at)
    if begun:
        connection.execute(insert(posts), begun)
    moved = sum(bool(heirs_of[code]) for code in old["grid"])
    return {"posts_moved": moved, "posts_ended": len(old) - moved}


def _likeness(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(_values(row)[name] for name in ("grid", "post", "person_id", "deputy_id"))


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of the table that a row of :func:`posts_at` is, without its key."""
    found = {column.name: row[column.name] for column in posts.c if column is not posts.c.id}
    return {name: _or_none(value) for name, value in found.items()}


def _or_none(value: Any) -> Any:
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
