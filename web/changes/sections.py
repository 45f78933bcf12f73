"""The grids of a page that says what changed, each with its doorways, cases and small map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from flask_babel import gettext as _
from markupsafe import Markup

from geogrid.compare.record import KIND_WORDS, ComparisonRecord
from geogrid.compare.sketch import Sketch, sketch_svg, sketch_view
from geogrid.drawing.map_shapes import to_lonlat
from geogrid.hierarchy import Hierarchy
from geogrid.store.plan import Plan
from geogrid.vocabulary import label
from web.changes.mine import Mine

__all__ = ["Names", "renamed", "sections"]

MOST_LISTED = 100
Names = tuple[Mapping[str, str], Mapping[str, str]]
"""Code to who answered before, and to who does after."""


class Homes(NamedTuple):
    """Unit to the one that it is part of, and which units are compounds."""

    parents: Mapping[str, str]
    compounds: set[str]


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
    units = plans[1].units
    homes = Homes(
        dict(zip(units["unit_id"], units["parent"], strict=True)),
        set(units["unit_id"][units["kind"] == "compound"]),
    )
    names = [record.grid(row[f"code_{side}"], at) for at, side in enumerate(("before", "after"))]
    title = names[1] if row["code_after"] else names[0]
    return {
        "code": row["code_after"] or row["code_before"],
        "title": title,
        "former": "" if names[0] in (names[1], title) or not row["code_before"] else names[0],
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
                _listed(_("Doorways that come"), come, "unit", record, who, homes),
                _listed(_("Doorways that go"), gone, "unit", record, who, homes),
                _listed(_("Open cases that come"), come, "case", record, who, homes),
                _listed(_("Open cases that go"), gone, "case", record, who, homes),
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
    title: str,
    things: pd.DataFrame,
    what: str,
    record: ComparisonRecord,
    who: Names,
    homes: Homes,
) -> dict[str, Any]:
    """Return a list by the grids that things come from and go to."""
    rows = things[things["what"] == what]
    pairs = [
        {
            "from": record.grid(one, 0),
            "from_who": who[0].get(one, ""),
            "to": record.grid(other, 1),
            "to_who": who[1].get(other, ""),
            **_together(group, homes),
        }
        for (one, other), group in rows.groupby(["from", "to"], sort=False)
    ]
    return {
        "title": title,
        "what": what,
        "total": sum(pair["shown"] for pair in pairs),
        "households": int(rows["households"].sum()),
        "pairs": pairs,
    }


def _together(group: pd.DataFrame, homes: Homes) -> dict[str, Any]:
    """Return rows to show: buildings, their entrances counted, and no compound beside them."""
    ids = set(group["id"])
    above = group["id"].map(lambda each: homes.parents.get(each, ""))
    is_part = above.isin(ids - homes.compounds)
    parts = above[is_part].value_counts()
    is_shown_by_its_own = group["id"].isin(homes.compounds & set(above))
    whole = group[~is_part & ~is_shown_by_its_own]
    return {
        "shown": len(whole),
        "left": max(len(whole) - MOST_LISTED, 0),
        "rows": [
            {
                "name": each["label"] or each["id"],
                "number": each["id"],
                "households": int(each["households"]),
                "parts": int(parts.get(each["id"], 0)),
            }
            for each in whole.head(MOST_LISTED).to_dict("records")
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
    view = sketch_view(*outlines)
    if view is None:
        return ""
    box = shapely.box(*view)
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


def _ground(moves: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    return to_lonlat(moves.geometry.to_numpy(), moves.crs)


def _points(things: pd.DataFrame, units: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return where units stand; those that have no place are left out."""
    ids = set(things["id"][things["what"] == "unit"])
    places = units[units["unit_id"].isin(ids)][["lon", "lat"]].to_numpy(np.float64)
    return places[np.isfinite(places).all(axis=1)]


def renamed(
    rows: pd.DataFrame, record: ComparisonRecord, trees: tuple[Hierarchy, Hierarchy]
) -> list[dict[str, str]]:
    """Return the grids whose ground stays, each with what is called otherwise.

    Parameters
    ----------
    rows : of :attr:`Mine.quiet`
    record : in whose words
    trees : of both plans
    """
    found = []
    for row in rows.to_dict("records"):
        codes = row["code_before"], row["code_after"]
        above = [
            record.grid(tree.parents.get(code, ""), side)
            for side, (code, tree) in enumerate(zip(codes, trees, strict=True))
        ]
        names = [record.grid(code, side, full=True) for side, code in enumerate(codes)]
        found.append(
            {
                "name": names[0] if names[0] == names[1] else " → ".join(names),
                "above": "" if above[0] == above[1] else " → ".join(above),
                "said": record.say(KIND_WORDS[row["kind"]]),
            }
        )
    return found
