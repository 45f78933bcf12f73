"""What stands or happens in grids: which of it was in one grid and is in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from geogrid.errors import CrsError, FieldError
from geogrid.hierarchy import Hierarchy, leaves
from geogrid.households import units_to_add
from geogrid.i18n import mark as _
from geogrid.locate import build_index, locate
from geogrid.relocate import relocate

__all__ = [
    "COLUMNS",
    "MEASURES",
    "THINGS",
    "add_up",
    "complete",
    "moved_things",
    "place_things",
    "text",
]

MEASURES = ("households", "people", "buildings", "addresses", "open_cases", "staff")
"""What is counted in grids, besides area."""

THINGS = ("unit", "address", "case", "post")
"""What is placed."""

COLUMNS = ("what", "id", "label", "before", "after", *MEASURES)
"""Of the tables of things."""

_PLACE = ("lon", "lat")
_NEEDED = {
    "unit": ("unit_id", "kind", "name", "address", "grid", "households", "people", *_PLACE),
    "address": ("address", *_PLACE),
    "case": ("case_id", "status", *_PLACE),
    "post": ("grid", "post", "holder"),
}


def place_things(
    plans: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    tables: Mapping[str, pd.DataFrame | None],
    same: Mapping[str, str],
    trees: tuple[Hierarchy, Hierarchy],
) -> pd.DataFrame:
    """Find the finest grid of everything in both plans.

    Parameters
    ----------
    plans : before and after, all levels, in one CRS
    tables : ``"unit"``, ``"address"``, ``"case"`` to a table with lon and lat (WGS 84), or None;
        units have the columns of a plan, a case needs a case_id and a status. Closed cases
        and units that count elsewhere (:func:`geogrid.households.units_to_add`) are left out
    same : code before to the code after that is the same grid
    trees : of the two plans

    Returns
    -------
    DataFrame
        Columns what, id, label, before and after (codes, "" for none), and one per
        :data:`MEASURES` with what the row counts for.

    Raises
    ------
    FieldError
        A column is missing.
    CrsError
        The plans lie in a bare plane, where degrees cannot be placed.
    """
    parts = [
        _rows(what, complete(what, table)) for what, table in tables.items() if table is not None
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat(parts, ignore_index=True)
    finest, later = (_finest(plan) for plan in plans)
    x, y = _coordinates(rows[list(_PLACE)].to_numpy(np.float64), plans[0].crs)
    old = locate(build_index(finest, finest["code"].to_numpy()), x, y)
    new = relocate(finest, later, x, y, old).positions
    drawn = [
        np.append(grids["code"].to_numpy(dtype=object), "")[at].tolist()
        for grids, at in ((finest, old), (later, new))
    ]
    listed = rows["listed"].to_numpy(dtype=object)
    heirs = np.array([same.get(code, code) for code in listed], dtype=object)
    rows["before"] = _by_list(listed, drawn[0], trees[0])
    rows["after"] = _by_list(heirs, drawn[1], trees[1])
    return rows[list(COLUMNS)]


def _finest(plan: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the finest grids that have a polygon; micro-grids of stairwells have none."""
    return leaves(plan[~(plan.geometry.isna() | plan.geometry.is_empty)]).reset_index(drop=True)


def complete(what: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table from row 0, or raise a FieldError that names the columns it lacks."""
    missing = [name for name in _NEEDED[what] if name not in table]
    if missing:
        raise FieldError(
            _("The table has no column {columns}; it was given as: {kind}."),
            columns=", ".join(missing),
            kind=what,
        )
    return table.reset_index(drop=True)


def _rows(what: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the things of one table, with what each counts for."""
    if what == "case":
        table = table[table["status"].astype("str") != "closed"].reset_index(drop=True)
    rows = pd.DataFrame(dict.fromkeys(MEASURES, 0), index=table.index)
    rows["what"], rows["listed"] = what, ""
    for name in _PLACE:
        rows[name] = pd.to_numeric(table[name], errors="coerce")
    if what == "unit":
        rows["id"], rows["listed"] = text(table["unit_id"]), text(table["grid"])
        named = text(table["address"])
        rows["label"] = named.where(named != "", text(table["name"]))
        rows["buildings"] = (table["kind"] == "building").astype("int64")
        for name in ("households", "people"):
            counted = units_to_add(table, name)
            numbers = pd.to_numeric(table[name], errors="coerce").where(counted)
            rows[name] = numbers.fillna(0).round().astype("int64")
        return rows
    rows["id"] = text(table["case_id" if what == "case" else "address"])
    label = "title" if what == "case" and "title" in table else "address"
    rows["label"] = text(table[label]) if label in table else ""
    rows["open_cases" if what == "case" else "addresses"] = 1
    return rows


def text(values: pd.Series) -> pd.Series:
    """Return texts, "" for what is missing."""
    return values.astype("str").where(values.notna(), "")


def _coordinates(
    place: npt.NDArray[np.float64], system: object
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    crs = pyproj.CRS.from_user_input(system)
    if crs.geodetic_crs is None:
        raise CrsError(_("Units have longitudes, and the grids' reference system has no datum."))
    way = pyproj.Transformer.from_crs("EPSG:4326", crs.to_2d(), always_xy=True)
    known = np.isfinite(place).all(axis=1)
    x, y = np.full((2, len(place)), np.nan)
    x[known], y[known] = way.transform(place[known, 0], place[known, 1])
    return x, y


def _by_list(listed: npt.NDArray[np.object_], drawn: Sequence[str], tree: Hierarchy) -> list[str]:
    """Return the listed grid where the plan has it and the drawn one does not lie in it."""
    return [
        code if code and code in tree.names and code not in tree.chain(at) else at
        for code, at in zip(listed, drawn, strict=True)
    ]


def moved_things(
    things: pd.DataFrame, same: Mapping[str, str], trees: tuple[Hierarchy, Hierarchy]
) -> pd.DataFrame:
    """Return the things that are in another grid, on whatever level, as ``from`` and ``to``.

    Parameters
    ----------
    things : of :func:`place_things`, and staff
    same : code before to the code after that is the same grid
    trees : of the two plans
    """
    pairs = list(zip(things["before"], things["after"], strict=True))
    ends = {pair: _ends(*pair, same, trees) for pair in set(pairs)}
    stay = (things["what"] == "post").to_numpy(dtype=bool)  # whose grid is the one they are held at
    found = [
        (one, other) if is_post and same.get(one, "" if not one else None) != other
        else None if is_post
        else ends[one, other]
        for (one, other), is_post in zip(pairs, stay.tolist(), strict=True)
    ]  # fmt: skip
    is_moved = np.array([each is not None for each in found], dtype=bool)
    moved = things[is_moved].reset_index(drop=True)
    known = [each for each in found if each is not None]
    moved = moved.rename(columns={"before": "from", "after": "to"})
    return moved.assign(
        **{
            name: pd.Series([each[side] for each in known], dtype=object)
            for side, name in enumerate(("from", "to"))
        }
    )


def _ends(
    one: str, other: str, same: Mapping[str, str], trees: tuple[Hierarchy, Hierarchy]
) -> tuple[str, str] | None:
    """Return the finest grids, of one level, that are not the same; None where all are."""
    if same.get(one, "" if not one else None) != other:
        return one, other
    later = {trees[1].levels[code]: code for code in trees[1].chain(other)}
    for code in trees[0].chain(one)[1:]:
        above = later.get(trees[0].levels[code])
        if above is not None and same.get(code) != above:
            return code, above
    return None


def add_up(
    things: pd.DataFrame,
    codes: tuple[Sequence[str], Sequence[str]],
    same: Mapping[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Count things by grid before, by grid after, and by pair where they move.

    Parameters
    ----------
    things : with a column per measure
    codes : of each thing's grid before and after, on the level that is counted
    same : code before to the code after that is the same grid

    Returns
    -------
    before, after, moved
        By code, by code, and by (from, to); one column per measure.
    """
    counts = things[list(MEASURES)].astype("int64")
    one, other = (pd.Series(list(side), index=things.index, dtype=object) for side in codes)
    moves = (one.map(lambda code: same.get(code, code if not code else None)) != other).to_numpy()
    return (
        counts.groupby(one.rename("code")).sum(),
        counts.groupby(other.rename("code")).sum(),
        counts[moves].groupby([one[moves].rename("from"), other[moves].rename("to")]).sum(),
    )
