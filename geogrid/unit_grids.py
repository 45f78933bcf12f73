"""The grid of a building: by list (网格—楼栋对照表), else by place, and where both disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.crs import local_crs
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _

__all__ = ["DISAGREEMENTS", "metres_to_grids", "settle_matched", "settle_places", "settle_units"]

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
    known: dict[tuple[str, str, bool], tuple[str, str]] = {}  # most have many neighbours alike
    settled = []
    for row in zip(codes, drawn, has_place, strict=True):
        if row not in known:
            known[row] = _settle(*row, tree)
        settled.append(known[row])
    return pd.DataFrame(settled, columns=["grid", "disagreement"], index=index, dtype="str")


def settle_matched(
    matched: pd.Series, drawn: Iterable[str], units: pd.DataFrame, tree: Hierarchy
) -> pd.DataFrame:
    """Return the grids of what was found at units by its address: theirs by list, else by place.

    Parameters
    ----------
    matched : ``unit_id`` of each, empty or missing for none; length n
    drawn : code of the finest grid at the position, ``""`` outside; length n
    units : of a plan, columns unit_id and grid
    tree : of the plan

    Returns
    -------
    DataFrame
        As of :func:`settle_units`.
    """
    listed = matched.map(dict(zip(units["unit_id"], units["grid"], strict=True)))
    return settle_units(listed, drawn, [True] * len(listed), tree)


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


def metres_to_grids(
    lon: pd.Series, lat: pd.Series, codes: pd.Series, shapes: gpd.GeoSeries
) -> npt.NDArray[np.float64]:
    """Return how far positions are from the grids that a list says.

    Parameters
    ----------
    lon, lat
        Degrees, WGS 84, NaN for none; length n.
    codes
        Of the grids; length n.
    shapes
        Polygons of grids by code, EPSG:4326.

    Returns
    -------
    (n,) metres, 0 inside; NaN without a position or such a grid

    Examples
    --------
    >>> shapes = gpd.GeoSeries({"1": shapely.box(114.0, 22.5, 114.01, 22.51)}, crs=4326)
    >>> lon, lat = pd.Series([114.005, 114.02]), pd.Series([22.505, 22.505])
    >>> metres_to_grids(lon, lat, pd.Series(["1", "1"]), shapes).round().tolist()
    [0.0, 1029.0]
    """
    metres = np.full(len(codes), np.nan)
    x, y = lon.to_numpy(np.float64), lat.to_numpy(np.float64)
    at = shapes.index.get_indexer(codes)
    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & (at >= 0))
    listed, grid = np.unique(at[rows], return_inverse=True)
    polygons = shapes.to_numpy()[listed]
    middles = shapely.get_coordinates(shapely.centroid(polygons))
    centres, near = np.unique(np.round(middles * 2) / 2, axis=0, return_inverse=True)
    for centre, (middle_lon, middle_lat) in enumerate(centres.tolist()):
        to_metres = pyproj.Transformer.from_crs(  # takes long to make: one for 50 km around
            "EPSG:4326", local_crs(middle_lon, middle_lat), always_xy=True
        ).transform
        is_near = near.ravel() == centre
        polygons[is_near] = shapely.transform(polygons[is_near], to_metres, interleaved=False)
        some = is_near[grid]
        points = shapely.points(*to_metres(x[rows[some]], y[rows[some]]))
        metres[rows[some]] = shapely.distance(polygons[grid[some]], points)
    return metres
