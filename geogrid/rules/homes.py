"""Households and people of every grid, from its own numbers, those below, or the buildings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyproj

from geogrid.coverage.arrangement import Geometries
from geogrid.hierarchy import Hierarchy, build_hierarchy
from geogrid.households import count_homes
from geogrid.locate import build_index, locate

__all__ = ["fill_homes"]

_TEXTS = ("unit_id", "kind", "parent", "street", "number", "compound", "building", "grid")
_BUILDING = "building"


def fill_homes(
    rows: pd.DataFrame, units: pd.DataFrame | None, polygons: Geometries, crs: pyproj.CRS
) -> pd.DataFrame:
    """Return `rows` with households and people wherever anything says them.

    Parameters
    ----------
    rows
        From :func:`geogrid.rules.frames.plain_grids`, with levels.
    units
        Buildings: households, people, lon and lat (WGS 84 degrees), grid (the list goes
        before the position), and what :func:`geogrid.households.units_to_add` asks for; all
        columns may be missing.
    polygons, crs
        Of the rows.
    """
    tree = build_hierarchy(rows)
    known = _plain_units(units)
    homes = count_homes(rows, known, _unit_grids(known, rows, tree, polygons, crs), tree)
    filled = rows.copy()
    is_first = ~rows["code"].duplicated()
    for name in ("households", "people"):
        counted = rows["code"].map(homes[name]).where(is_first).astype("Int64")
        filled[name] = rows[name].fillna(counted)
    return filled


def _plain_units(units: pd.DataFrame | None) -> pd.DataFrame:
    given = pd.DataFrame() if units is None else units.reset_index(drop=True)
    plain = pd.DataFrame(index=given.index)
    for name in _TEXTS:
        if name in given:
            plain[name] = given[name].astype("str").fillna("")
        else:
            plain[name] = pd.Series(_default(name, given.index), index=given.index, dtype="str")
    for name in ("households", "people"):
        plain[name] = _numbers(given, name).round().astype("Int64")
    return plain.assign(lon=_numbers(given, "lon"), lat=_numbers(given, "lat"))


def _default(name: str, index: pd.Index) -> Any:
    if name == "unit_id":
        return [str(at) for at in index]
    return _BUILDING if name == "kind" else ""


def _numbers(given: pd.DataFrame, name: str) -> pd.Series:
    if name not in given:
        return pd.Series(np.nan, index=given.index, dtype="float64")
    return pd.to_numeric(given[name], errors="coerce").astype("float64")


def _unit_grids(
    units: pd.DataFrame,
    rows: pd.DataFrame,
    tree: Hierarchy,
    polygons: Geometries,
    crs: pyproj.CRS,
) -> pd.Series:
    """Return the code of the finest grid of each unit: by list first, then by position."""
    drawn = _placed(units, rows, polygons, crs)
    codes = [
        listed if listed in tree.names and listed not in tree.chain(code) else code
        for listed, code in zip(units["grid"], drawn, strict=True)
    ]
    return pd.Series(codes, index=units.index, dtype="str")


def _placed(
    units: pd.DataFrame, rows: pd.DataFrame, polygons: Geometries, crs: pyproj.CRS
) -> list[str]:
    if not len(units) or crs.geodetic_crs is None:
        return [""] * len(units)
    leaf = np.flatnonzero((~rows["code"].isin(set(rows["parent"]))).to_numpy(dtype=bool))
    codes = rows["code"].to_numpy(dtype=object)[leaf]
    place = units[["lon", "lat"]].to_numpy(dtype=np.float64)
    x, y = pyproj.Transformer.from_crs("EPSG:4326", crs.to_2d(), always_xy=True).transform(*place.T)
    index = build_index(polygons[leaf], codes.tolist())
    found = locate(index, x, y)
    return [str(codes[at]) if at >= 0 else "" for at in found.tolist()]
