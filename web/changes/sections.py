"""The grids of a page that says what changed, each with its doorways, cases and small map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from flask_babel import gettext as _
from markupsafe import Markup

from geogrid.compare.record import KIND_WORDS, ComparisonRecord
from geogrid.compare.sketch import Sketch, sketch_svg
from geogrid.drawing.map_shapes import to_lonlat
from geogrid.store.plan import Plan
from geogrid.vocabulary import label
from web.changes.mine import Mine

__all__ = ["Names", "sections"]

MOST_LISTED = 100
_AROUND = 0.15
Names = tuple[Mapping[str, str], Mapping[str, str]]
"""Code to who answered before, and to who does after."""


def sections(
    mine: Mine, rows: pd.DataFrame, record: ComparisonRecord, plans: tuple[Plan, Plan], who: Names
) -> list[dict[str, Any]]:
    """Return what the page says of some grids.

    Parameters
    ----------
    mine : what the caller may see
    rows : of `mine.rows`
    record : in whose words
    plans : before and after
    who : names of those who answer
    """
    return [_section(mine, row, record, plans, who) for row in rows.to_dict("records")]


def _section(
    mine: Mine,
    row: Mapping[Any, Any],
    record: ComparisonRecord,
    plans: tuple[Plan, Plan],
    who: Names,
) -> dict[str, Any]:
    come, gone = mine.of_grid(row)
    names = [record.grid(row[f"code_{side}"], at) for at, side in enumerate(("before", "after"))]
    title = names[1] if row["code_after"] else names[0]
    return {
        "code": row["code_after"] or row["code_before"],
        "title": title,
        "former": "" if names[0] == names[1] or not row["code_before"] else names[0],
        "is_gone": not row["code_after"],
        "level": label("level", str(row["level"]), record.language),
        "kind": row["kind"],
        "said": record.say(KIND_WORDS[row["kind"]]),
        "households": _pair(row, "households"),
        "buildings": _pair(row, "buildings"),
        "who": [who[0].get(row["code_before"], ""), who[1].get(row["code_after"], "")],
        "lists": [
            each
            for each in (
                _listed(_("Doorways that come to you"), come, "unit", record, who),
                _listed(_("Doorways that you hand on"), gone, "unit", record, who),
                _listed(_("Open cases that come to you"), come, "case", record, who),
                _listed(_("Open cases that you hand on"), gone, "case", record, who),
            )
            if each["total"]
        ],
        "map": Markup(_sketch(mine, row, record, plans, (come, gone), title)),  # noqa: S704 - names are escaped there
    }


def _pair(row: Mapping[Any, Any], name: str) -> list[int | None]:
    """Return how many before and after, nothing where nobody knows."""
    pair = [
        None if pd.isna(row[f"{name}_{side}"]) else int(row[f"{name}_{side}"])
        for side in ("before", "after")
    ]
    return [] if pair == [None, None] else pair


def _listed(
    title: str, things: pd.DataFrame, what: str, record: ComparisonRecord, who: Names
) -> dict[str, Any]:
    rows = things[things["what"] == what]
    return {
        "title": title,
        "what": what,
        "total": len(rows),
        "households": int(rows["households"].sum()),
        "left": max(len(rows) - MOST_LISTED, 0),
        "rows": [
            {
                "name": each["label"] or each["id"],
                "number": each["id"],
                "households": int(each["households"]),
                "from": record.grid(each["from"], 0),
                "from_who": who[0].get(each["from"], ""),
                "to": record.grid(each["to"], 1),
                "to_who": who[1].get(each["to"], ""),
            }
            for each in rows.head(MOST_LISTED).to_dict("records")
        ],
    }


def _sketch(
    mine: Mine,
    row: Mapping[Any, Any],
    record: ComparisonRecord,
    plans: tuple[Plan, Plan],
    things: tuple[pd.DataFrame, pd.DataFrame],
    title: str,
) -> str:
    of, codes = mine.comparison, (row["code_before"], row["code_after"])
    moves = of.moves[(of.moves["level"] == row["level"]) & of.moves.geometry.notna()]
    outlines = [_shape(plan, code) for plan, code in zip((of.before, of.after), codes, strict=True)]
    box = _box(outlines)
    if box is None:
        return ""
    near = of.after[(of.after["level"] == row["level"]) & (of.after["code"] != codes[1])]
    near = near.iloc[np.sort(near.sindex.query(box, predicate="intersects"))]
    streets = plans[1].streets
    if len(streets):
        streets = streets.iloc[np.sort(streets.sindex.query(box, predicate="intersects"))]
    sketch = Sketch(
        outlines[0],
        outlines[1],
        _("Map of %(grid)s before and after", grid=title),
        gained=_ground(moves[(moves["to"] == codes[1]) & (moves["from"] != codes[0])]),
        lost=_ground(moves[(moves["from"] == codes[0]) & (moves["to"] != codes[1])]),
        around=to_lonlat(near.geometry.to_numpy(), near.crs),
        names=[record.grid(code, 1) for code in near["code"]],
        streets=streets.geometry.to_numpy(),
        come=_points(things[0], plans[1].units),
        gone=_points(things[1], plans[1].units),
    )
    return sketch_svg(sketch)


def _shape(plan: gpd.GeoDataFrame, code: str) -> shapely.Geometry | None:
    found = plan.geometry[plan["code"] == code]
    return to_lonlat(found.to_numpy(), plan.crs)[0] if code and len(found) else None


def _box(outlines: list[shapely.Geometry | None]) -> shapely.Geometry | None:
    shapes = np.array([each for each in outlines if each is not None], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    if not np.isfinite([west, south, east, north]).all():
        return None
    x, y = (east - west) * _AROUND, (north - south) * _AROUND
    return shapely.box(west - x, south - y, east + x, north + y)


def _ground(moves: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    return to_lonlat(moves.geometry.to_numpy(), moves.crs)


def _points(things: pd.DataFrame, units: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return where units stand; those that have no place are left out."""
    ids = set(things["id"][things["what"] == "unit"])
    places = units[units["unit_id"].isin(ids)][["lon", "lat"]].to_numpy(np.float64)
    return places[np.isfinite(places).all(axis=1)]
