"""What lies in the grids of a draft: homes, open cases, staff, by the lists that count for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, func, select

from geogrid.households import units_to_add
from geogrid.store.data_memory import remembered
from geogrid.store.database.tables import audit
from geogrid.store.office_data import read_data
from geogrid.store.plan_tables import tables_of

__all__ = ["Base", "lists_mark", "read_base"]

_SUBJECTS = ("units", "case", "post", "roster")
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Base:
    """Points to count and staff.

    Attributes
    ----------
    lon, lat
        (n,) degrees of buildings and open cases.
    values
        (n, 3): households, people and open cases at each.
    has_homes
        Whether there are buildings with households; else the grids' own numbers count.
    staff
        Code of a grid to how many hold a post in it.
    """

    lon: Floats
    lat: Floats
    values: Counts
    has_homes: bool
    staff: dict[str, int]


def lists_mark(connection: Connection) -> int:
    """Return what changes with every change of the office's lists: the last word about them."""
    asked = select(func.max(audit.c.id)).where(audit.c.subject.in_(_SUBJECTS))
    return int(connection.scalar(asked) or 0)


def read_base(connection: Connection, plan_id: int) -> Base:
    """Return what to count in a draft: by the lists that came with it, else the office's."""
    own = tables_of(connection, plan_id)
    parts = {}
    for part in ("units", "cases", "posts"):
        if len(own.get(part, ())):
            parts[part] = own[part]
        elif part == "posts":
            parts[part] = read_data(connection, part)
        else:
            parts[part] = remembered(connection, part, partial(read_data, part=part))
    return _base(parts["units"], parts["cases"], parts["posts"])


def _base(units: pd.DataFrame, cases: pd.DataFrame, posts: pd.DataFrame) -> Base:
    homes = [_homes(units, name) for name in ("households", "people")]
    has_home = (homes[0] > 0) | (homes[1] > 0)
    is_open = (cases["status"] != "closed").to_numpy(dtype=bool)
    places = pd.concat([units.loc[has_home, ["lon", "lat"]], cases.loc[is_open, ["lon", "lat"]]])
    values = np.zeros((len(places), 3), dtype=np.int64)
    count = int(has_home.sum())
    values[:count, 0], values[:count, 1] = homes[0][has_home], homes[1][has_home]
    values[count:, 2] = 1
    lon, lat = (places[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    there = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    held = posts[posts["holder"].astype("str") != ""]
    staff = {str(code): int(n) for code, n in held["grid"].value_counts().items()}
    return Base(lon[there], lat[there], values[there], bool((homes[0] > 0).any()), staff)


def _homes(units: pd.DataFrame, name: str) -> Counts:
    if not len(units):
        return np.zeros(0, dtype=np.int64)
    counts = units[name].where(units_to_add(units, name)).fillna(0)
    return np.asarray(counts.to_numpy(dtype=np.int64))
