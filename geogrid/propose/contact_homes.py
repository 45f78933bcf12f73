"""The homes of a plan as contact lists need them, and what a list is like to walk."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geogrid.crs import metres_per_degree
from geogrid.hierarchy import Hierarchy
from geogrid.households import units_to_add

__all__ = ["contact_homes", "contact_summary"]

_GRID = 3
_HOUSE = ["street", "number", "compound", "building"]


def contact_homes(
    units: pd.DataFrame, unit_grids: pd.Series, tree: Hierarchy, code: str = ""
) -> pd.DataFrame:
    """Return the units with homes of a grid, those of micro-grids as of the grid above.

    A building stands for its entrances, unless these say how many households each has and add
    up to what the building says: then they stand for it, so that a large building is divided by
    its stairs. An entrance without a position is where its building is.

    Parameters
    ----------
    units
        All of the plan: columns as :func:`geogrid.propose.propose_contacts` takes them, besides
        entrance and address.
    unit_grids
        Code of the finest grid of each unit, ``""`` outside; indexed as `units`.
    tree
        Of the plan.
    code
        Of the grid that is asked about; ``""`` for all.

    Returns
    -------
    DataFrame
        Rows of `units` that have homes, with ``grid``: the grid of level 3 or above that a unit
        is in, or `code` where that is below.
    """
    units = units.assign(grid=unit_grids)
    counted = units_to_add(units, "households") & (units["households"].fillna(0) > 0)
    rows = _by_entrance(units, counted)
    finest = max(_GRID, tree.levels.get(code, _GRID))
    above = {leaf: _group(leaf, tree, code, finest) for leaf in rows["grid"].unique()}
    rows = rows.assign(grid=rows["grid"].map(above).astype("str"))
    return rows[rows["grid"] != ""].reset_index(drop=True)


def _group(leaf: str, tree: Hierarchy, code: str, finest: int) -> str:
    """Return the grid whose lists a home of a finest grid is on, ``""`` for none that is asked."""
    if leaf not in tree.parents:
        return ""
    chain = tree.chain(leaf)
    if code and code not in chain:
        return ""
    return next((each for each in chain if tree.levels[each] <= finest), chain[-1])


def _by_entrance(units: pd.DataFrame, counted: pd.Series) -> pd.DataFrame:
    """Return the units that count, entrances in the place of buildings that they add up to."""
    buildings = units[counted & (units["kind"] == "building")]
    entrances = units[(units["kind"] == "entrance") & ~counted]
    house = pd.Series(
        buildings["unit_id"].to_numpy(), index=pd.MultiIndex.from_frame(buildings[_HOUSE])
    )
    house = house[~house.index.duplicated()]
    same = pd.MultiIndex.from_frame(entrances[_HOUSE])
    by_address = pd.Series(house.reindex(same).to_numpy(), index=entrances.index)
    own = entrances["parent"].where(entrances["parent"] != "", by_address)
    said = entrances["households"].groupby(own)
    sums, known = said.sum(), said.count() == said.size()
    whole = buildings.set_index("unit_id")
    whole = whole[~whole.index.duplicated()]
    fits = sums.reindex(whole.index).eq(whole["households"]) & known.reindex(
        whole.index, fill_value=False
    )
    divided = set(whole.index[fits.fillna(False).to_numpy(dtype=bool)])
    parts = entrances[own.isin(divided).to_numpy()]
    parents = own[parts.index]
    for name in ("lon", "lat"):
        parts = parts.assign(**{name: parts[name].fillna(parents.map(whole[name]))})
    grid = parts["grid"].where(parts["grid"] != "", parents.map(whole["grid"]))
    kept = units[counted & ~units["unit_id"].isin(divided)]
    return pd.concat([kept, parts.assign(grid=grid)]).sort_index()


def contact_summary(lists: pd.DataFrame) -> pd.DataFrame:
    """Return what each contact list is like.

    Parameters
    ----------
    lists
        Of a :class:`geogrid.propose.ContactProposal`.

    Returns
    -------
    DataFrame
        A row per list: list, grid, number (from 1 within its grid), person_id, households,
        buildings, lon and lat (the middle of its homes) and walk_m, the straight way in metres
        from there to the farthest home.
    """
    weight = lists["households"].to_numpy(dtype=np.float64)
    held = lists.assign(
        x=lists["lon"].to_numpy(np.float64) * weight, y=lists["lat"].to_numpy(np.float64) * weight
    )
    found = held.groupby("list", sort=True).agg(
        grid=("grid", "first"), person_id=("person_id", "first"),
        households=("households", "sum"), buildings=("unit_id", "nunique"),
        x=("x", "sum"), y=("y", "sum"),
    ).reset_index()  # fmt: skip
    homes = found["households"].to_numpy(np.float64)
    found = found.assign(
        number=found.groupby("grid").cumcount() + 1,
        lon=found.pop("x") / homes,
        lat=found.pop("y") / homes,
    )
    middle = found.set_index("list").loc[lists["list"], ["lon", "lat"]].to_numpy(np.float64)
    east, north = metres_per_degree(middle[:, 1])
    far = np.hypot(
        (lists["lon"].to_numpy(np.float64) - middle[:, 0]) * east,
        (lists["lat"].to_numpy(np.float64) - middle[:, 1]) * north,
    )
    walks = pd.Series(far).groupby(lists["list"].to_numpy()).max()
    return found.assign(walk_m=walks.to_numpy(np.float64))
