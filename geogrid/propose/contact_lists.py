"""Contact lists (党员联户) proposed by nearness: lists of homes, not polygons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.contacts import FEWEST, MOST
from geogrid.crs import metres_per_degree
from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.households import units_to_add
from geogrid.i18n import mark as _

__all__ = ["ContactProposal", "divide_homes", "list_count", "propose_contacts"]

Floats = npt.NDArray[np.float64]
_EXACT = 250
"""Buildings of a grid up to which the whole round trip is improved at once."""
_WINDOW = 120


@dataclass(frozen=True, eq=False)
class ContactProposal:
    """Contact lists that cover every home once.

    Attributes
    ----------
    lists
        A row per list and building: list (from 1), person_id (of the member, missing where there
        are not enough), grid, unit_id, name, first, last (which homes of the building, from 1),
        households, of (homes of the building in all), lon and lat.
    findings
        Grids with too few homes for a list, homes without a place, lists without a member.
    """

    lists: pd.DataFrame
    findings: Sequence[Finding]


def propose_contacts(
    units: pd.DataFrame, members: pd.DataFrame | None = None, *, fewest: int = FEWEST,
    most: int = MOST,
) -> ContactProposal:  # fmt: skip
    """Return contact lists of neighbouring homes, within each grid.

    The buildings of a grid are put on a short round trip (nearest neighbour, then 2-opt), homes
    are counted along it, and the trip is cut into runs of equal length; of all places to begin
    the one with the shortest lists is taken. A large building has several lists.

    Parameters
    ----------
    units
        Columns unit_id, kind, parent, name, street, number, compound, building, grid (settled),
        households, lon, lat. Those that count are used.
    members
        Columns person_id, grid (of the post), and lon, lat of their home where known. A member
        gets the nearest list of the own grid, one each.
    fewest, most
        Homes on a list.

    Raises
    ------
    FieldError
        `fewest` and `most` make no sense.
    """
    counted = units[units_to_add(units, "households").to_numpy(dtype=bool)]
    counted = counted[(counted["households"].fillna(0) > 0) & (counted["grid"] != "")]
    return divide_homes(counted, members, fewest=fewest, most=most)


def divide_homes(
    counted: pd.DataFrame, members: pd.DataFrame | None = None, *, fewest: int = FEWEST,
    most: int = MOST,
) -> ContactProposal:  # fmt: skip
    """Return contact lists of homes that were chosen before, each row of which counts.

    Parameters
    ----------
    counted
        Columns unit_id, name, grid, households, lon, lat; such as
        :func:`geogrid.propose.contact_homes` returns them.
    members, fewest, most
        See :func:`propose_contacts`.

    Raises
    ------
    FieldError
        `fewest` and `most` make no sense.
    """
    if not 1 <= fewest <= most:
        raise FieldError(
            _("A list cannot have from {fewest} to {most} households."), fewest=fewest, most=most
        )
    placed = counted["lon"].notna() & counted["lat"].notna()
    rows: list[pd.DataFrame] = []
    findings = _lost(counted[~placed])
    number = 0
    for grid, some in counted[placed].groupby("grid", sort=True):
        homes = int(some["households"].sum())
        count = list_count(homes, fewest, most)
        if not count * fewest <= homes <= count * most:
            findings.append(_odd(str(grid), homes, count, fewest, most))
        lists = _cut(some.reset_index(drop=True), count)
        lists.insert(0, "list", lists.pop("run") + number + 1)
        lists.insert(1, "grid", str(grid))
        number += count
        rows.append(lists)
    names = [
        "list", "grid", "unit_id", "name", "first", "last", "households", "of", "lon", "lat",
    ]  # fmt: skip
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=names)
    table = _given(table, members)
    findings += _without_member(table, members)
    return ContactProposal(table[["list", "person_id", *names[1:]]], findings)


def list_count(homes: int, fewest: int = FEWEST, most: int = MOST) -> int:
    """Return how many lists so many homes make, each as near to the middle as possible.

    Examples
    --------
    >>> list_count(60), list_count(6)
    (5, 1)
    """
    low, high = math.ceil(homes / most), homes // fewest
    wanted = round(2 * homes / (fewest + most))
    return max(1, min(max(low, wanted), max(low, high)))


def _cut(some: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the buildings of runs along a round trip, with the homes of each that are in it."""
    east, north = metres_per_degree(float(some["lat"].mean()))
    at = some[["lon", "lat"]].to_numpy(dtype=np.float64) * [float(east), float(north)]
    order = _round_trip(at)
    sizes = some["households"].to_numpy(dtype=np.int64)[order]
    building = np.repeat(order, sizes)  # one entry per home, along the trip
    homes = len(building)
    edges = np.round(np.linspace(0, homes, count + 1)).astype(np.int64)
    run = np.repeat(np.arange(count), np.diff(edges))
    starts = range(max(1, math.ceil(homes / count))) if count > 1 else range(1)
    best = min(starts, key=lambda turn: (_length(at[np.roll(building, -turn)], run, count), turn))
    home = np.concatenate([np.arange(size) for size in sizes]) + 1
    found = pd.DataFrame({"run": run, "at": np.roll(building, -best), "home": np.roll(home, -best)})
    # the last list may have both ends of a building: two rows
    part = (found["home"].diff() != 1) | (found["at"].diff() != 0) | (found["run"].diff() != 0)
    grouped = found.groupby(part.cumsum())
    rows = grouped.agg(
        run=("run", "first"), at=("at", "first"), first=("home", "first"), last=("home", "last")
    )
    rows["households"] = rows["last"] - rows["first"] + 1
    whole = some.assign(of=some["households"].astype("int64"))
    named = whole.loc[rows["at"], ["unit_id", "name", "of", "lon", "lat"]].reset_index(drop=True)
    return pd.concat([named, rows.drop(columns="at").reset_index(drop=True)], axis=1)


def _length(at: Floats, run: npt.NDArray[np.int64], count: int) -> float:
    """Return the sum over lists of the squared distances of homes from their middle."""
    homes = np.bincount(run, minlength=count).clip(1)
    middle = np.column_stack([np.bincount(run, at[:, axis], count) / homes for axis in (0, 1)])
    return float(((at - middle[run]) ** 2).sum())


def _round_trip(at: Floats) -> npt.NDArray[np.int64]:
    """Return the order of points on a short closed way: nearest neighbour, then 2-opt.

    Of many points the way along a Hilbert curve is improved piece by piece: time and memory of
    the whole go with the square of their number.
    """
    if len(at) > _EXACT:
        return _long_trip(at)
    far = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    left = list(range(1, len(at)))
    order = [0]
    while left:
        nearest = min(left, key=lambda point: (far[order[-1], point], point))
        left.remove(nearest)
        order.append(nearest)
    way = np.array(order)
    for _round in range(4 * len(at)):
        step = far[way, np.roll(way, -1)]
        ends = np.roll(way, -1)
        change = far[way[:, None], way[None]] + far[ends[:, None], ends[None]]
        change -= step[:, None] + step[None]
        one, other = divmod(int(np.triu(change, 1).argmin()), len(way))
        if change[one, other] >= -1e-6 or one >= other:
            break
        way[one + 1 : other + 1] = way[one + 1 : other + 1][::-1].copy()
    return way.astype(np.int64)


def _long_trip(at: Floats) -> npt.NDArray[np.int64]:
    points = gpd.GeoSeries(gpd.points_from_xy(at[:, 0], at[:, 1]))
    way = np.argsort(points.hilbert_distance().to_numpy(), kind="stable")
    for begin in range(0, len(way) - 3, _WINDOW // 2):
        piece = way[begin : begin + _WINDOW]
        way[begin : begin + _WINDOW] = piece[_shortened(at[piece])]
    return way.astype(np.int64)


def _shortened(at: Floats) -> npt.NDArray[np.int64]:
    """Return the order in which an open way through points is shorter; its ends stay (2-opt)."""
    order = np.arange(len(at))
    far = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    for _round in range(4 * len(at)):
        here, there = order[:-1], order[1:]
        change = far[here[:, None], here[None]] + far[there[:, None], there[None]]
        step = far[here, there]
        change -= step[:, None] + step[None]
        one, other = divmod(int(np.triu(change, 1).argmin()), len(here))
        if change[one, other] >= -1e-6 or one >= other:
            break
        order[one + 1 : other + 1] = order[one + 1 : other + 1][::-1].copy()
    return order


def _given(table: pd.DataFrame, members: pd.DataFrame | None) -> pd.DataFrame:
    """Give each list to the nearest member of its grid who has none yet."""
    owner: dict[int, object] = {}
    if members is not None and len(members) and len(table):
        middle = table.groupby("list").agg(
            grid=("grid", "first"), lon=("lon", "mean"), lat=("lat", "mean")
        )
        pairs = middle.reset_index().merge(members, on="grid", suffixes=("", "_home"))
        for axis in ("lon_home", "lat_home"):
            if axis not in pairs:
                pairs[axis] = np.nan
        squeeze = np.cos(np.radians(pairs["lat"]))
        pairs["far"] = np.hypot(
            (pairs["lon"] - pairs["lon_home"]) * squeeze, pairs["lat"] - pairs["lat_home"]
        ).fillna(np.inf)
        busy: set[object] = set()
        for row in pairs.sort_values(["far", "list", "person_id"]).itertuples():
            if row.list not in owner and row.person_id not in busy:
                owner[row.list] = row.person_id
                busy.add(row.person_id)
    return table.assign(person_id=table["list"].map(owner).astype(object))


def _lost(rows: pd.DataFrame) -> list[Finding]:
    return [
        Finding(
            "no_place",
            _("{unit} has {count} households but no position, so it is on no list; give it a"
              " longitude and latitude."),
            {"unit": row.name_ or row.unit_id, "count": int(row.households)},
        )
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]  # fmt: skip


def _odd(grid: str, homes: int, count: int, fewest: int, most: int) -> Finding:
    message = _(
        "Grid {grid} has {homes} households, which cannot be divided into lists of {fewest} to"
        " {most}; it has {lists}."
    )
    params = {"grid": grid, "homes": homes, "lists": count, "fewest": fewest, "most": most}
    return Finding("odd_number", message, params)


def _without_member(table: pd.DataFrame, members: pd.DataFrame | None) -> list[Finding]:
    if members is None:
        return []
    bare = table[table["person_id"].isna()].groupby("grid")["list"].nunique()
    return [
        Finding(
            "no_member",
            _("Grid {grid} has {count} lists more than members; appoint as many."),
            {"grid": grid, "count": int(count)},
        )
        for grid, count in bare.items()
    ]
