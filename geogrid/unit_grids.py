"""The grid of a building: by list (网格—楼栋对照表), else by place, and where both disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _

__all__ = ["DISAGREEMENTS", "settle_places", "settle_units"]

DISAGREEMENTS: Mapping[str, str] = {
    "elsewhere": _("The list says one grid, the position another. The list counts."),
    "outside": _("The list names a grid, but the position is outside of all. The list counts."),
    "unknown": _("The list names a grid that the plan does not have. The position counts."),
    "nowhere": _("Neither the list nor a position says the grid."),
}
"""Kind of disagreement to what it means, the gravest for people on the map first."""


def settle_units(
    listed: Iterable[object], drawn: Iterable[str], has_place: Iterable[bool], tree: Hierarchy
) -> pd.DataFrame:
    """Return the grid of each unit, and where list and place disagree.

    The list counts; it may name an entrance's grid that no polygon shows. A listed grid above
    the one of the place does not contradict it, and one that the plan does not have says nothing.

    Parameters
    ----------
    listed : codes on the list, empty or missing where it says none; length n
    drawn : code of the finest grid at the position, ``""`` outside; length n
    has_place : whether there is a position; length n
    tree : of the plan

    Returns
    -------
    DataFrame
        Columns grid (code of the finest grid, ``""`` for none) and disagreement (a key of
        :data:`DISAGREEMENTS`, ``""`` for none); n rows.

    Examples
    --------
    >>> tree = Hierarchy({"1": "", "11": "1", "12": "1"}, dict.fromkeys(["1", "11", "12"], ""), {})
    >>> settle_units(["12", "1", ""], ["11", "11", "11"], [True] * 3, tree).values.tolist()
    [['12', 'elsewhere'], ['11', ''], ['11', '']]
    """
    index = listed.index if isinstance(listed, pd.Series) else None
    codes = ["" if pd.isna(code) else str(code) for code in listed]
    settled = [_settle(*row, tree) for row in zip(codes, drawn, has_place, strict=True)]
    return pd.DataFrame(settled, columns=["grid", "disagreement"], index=index, dtype="str")


def settle_places(found: pd.DataFrame, drawn: Iterable[str], tree: Hierarchy) -> pd.DataFrame:
    """Return the grid of each place that was found: by list, else by polygon.

    Parameters
    ----------
    found
        Columns kind, grid, lon and lat, of :func:`geogrid.addresses.finder.match_places`.
    drawn
        Code of the finest grid at the position, ``""`` outside; a row of `found` each.
    tree
        Of the plan.

    Returns
    -------
    DataFrame
        Columns grid and disagreement as of :func:`settle_units`, and by: ``"list"``,
        ``"polygon"``, ``"named"`` for a grid that was itself found, which need not be a finest
        one, or ``""`` where no grid is known.
    """
    codes = list(drawn)
    has_place = (found["lon"].notna() & found["lat"].notna()).tolist()
    settled = settle_units(found["grid"], codes, has_place, tree)
    is_listed = (settled["grid"] != "") & (settled["grid"] == found["grid"])
    is_named = found["kind"] == "grid"
    settled["by"] = np.select(
        [is_named, is_listed, settled["grid"] != ""], ["named", "list", "polygon"], ""
    )
    settled["grid"] = settled["grid"].mask(is_named, found["grid"])
    settled["disagreement"] = settled["disagreement"].mask(is_named, "")
    return settled


def _settle(listed: str, drawn: str, has_place: bool, tree: Hierarchy) -> tuple[str, str]:
    if not listed:
        return drawn, "" if drawn else "nowhere"
    if listed not in tree.parents:
        return drawn, "unknown"
    if listed in tree.chain(drawn):
        return drawn, ""
    if drawn:
        return listed, "elsewhere"
    return listed, "outside" if has_place else ""
