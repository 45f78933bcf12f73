"""Cases in use that had no place, given the one that their address means by now."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from geogrid.placing import locate_rows
from geogrid.store.errors import ConflictError
from geogrid.store.workspace import Workspace
from web.cases.by_address import AddressLookup
from web.current import CurrentPlan

__all__ = ["place_again", "placed_again"]

_TURNS = 3


def placed_again(current: CurrentPlan) -> pd.DataFrame:
    """Return the cases without a place whose address is certain by now, with its place.

    Parameters
    ----------
    current
        The plan, with its cases and addresses.

    Returns
    -------
    DataFrame
        These rows of the plan's cases, in their order, with lon, lat (WGS 84), matched_address,
        matched_unit and address_certainty of what their address means.
    """
    cases = current.plan.cases
    texts = cases["address"].fillna("").astype("str").str.strip()
    has_place = np.isfinite(cases["lon"].to_numpy(np.float64)) | (current.case_grids != "")
    texts = texts[(texts != "") & ~has_place]
    find = AddressLookup(current)
    rows = locate_rows(
        texts.to_frame("address"), current.layer, lon="", lat="", address="address",
        find_address=find,
    )  # fmt: skip
    said = texts.reset_index(drop=True)
    added = find.say_doubts(find.settle(rows.drop(columns="address"), said), said)
    added.index = texts.index
    added = added[added["matched_address"] != ""]
    return cases.loc[added.index].assign(
        lon=added["wgs84_lon"].astype("float64"),
        lat=added["wgs84_lat"].astype("float64"),
        matched_address=added["matched_address"].astype("str"),
        matched_unit=added["matched_unit"].astype("str"),
        address_certainty=added["certainty"].astype("str"),
    )


def place_again(
    workspace: Workspace, current_plan: Callable[[], CurrentPlan], *, by: int | None
) -> None:
    """Keep what :func:`placed_again` finds.

    Parameters
    ----------
    workspace
        Where the plan is.
    current_plan
        Gives the plan as it is now.
    by
        Whose doing it is.

    Raises
    ------
    ConflictError
        The plan or its cases change all the time; nothing was kept.
    """
    for turn in range(_TURNS):
        current = current_plan()
        found = placed_again(current)
        if found.empty:
            return
        try:
            workspace.place_cases(current.plan, found, by=by)
        except ConflictError:
            if turn == _TURNS - 1:
                raise
        else:
            return
