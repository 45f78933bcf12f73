"""What the map of a comparison shows: both sheets level by level, the changes, who moves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.addresses.spelling import spelling_rules
from geogrid.compare.record import (
    FORMER,
    KIND_WORDS,
    MEASURE_WORDS,
    NEW,
    TOLD_WORDS,
    ComparisonRecord,
)
from geogrid.drawing.map_shapes import defect_shapes, grid_shapes, lonlat_bounds, to_lonlat
from geogrid.vocabulary import label

__all__ = ["MOST_DRAWN", "MOST_GRIDS", "MOST_LISTED", "map_data"]

MOST_GRIDS = 12_000
"""Of one level that a page can hold; of more, only changed ones are drawn."""

MOST_LISTED = 500
"""Changes, and moves, that the page lists; the workbook has all."""

MOST_DRAWN = 20_000
"""Moves beyond those that are drawn."""

_SIDES = ("before", "after")


def map_data(record: ComparisonRecord) -> dict[str, Any]:
    """Return everything the page shows.

    Parameters
    ----------
    record : the comparison
    """
    of = record.comparison
    boxes = [_boxes(plan) for plan in (of.before, of.after)]
    moves = of.moves.head(MOST_LISTED).reset_index(drop=True)
    drawn = gpd.GeoDataFrame(
        {"id": [str(at) for at in range(len(moves))]}, geometry=moves.geometry, crs=moves.crs
    )
    levels = of.levels
    corners = np.array([plan.total_bounds for plan in (of.before, of.after)])
    whole = shapely.box(*corners[:, :2].min(axis=0), *corners[:, 2:].max(axis=0))
    return {
        "sentence": record.sentence(),
        "names": [
            record.called(side) or record.say(words) for side, words in enumerate((FORMER, NEW))
        ],
        "plan": {
            "bounds": lonlat_bounds(to_lonlat([whole], of.before.crs))[0],
            "streets": None,
            "attribution": "",
            "shown_level": _shown_level(record),
            "levels": [
                {"level": level, "label": label("level", str(level), record.language)}
                for level in levels
            ],
        },
        "levels": {str(level): _level(record, level) for level in levels},
        "changes": list(_changes(record, boxes)),
        "moves": list(_moves(record, moves, boxes)),
        "left_out": [max(len(each) - MOST_LISTED, 0) for each in (of.changes, of.moves)],
        "shapes": json.loads(defect_shapes(drawn)),
        "more_ground": _more_ground(of.moves.iloc[MOST_LISTED:]),
        "grids": _grids(record, boxes),
        "rules": spelling_rules(),
    }


def _more_ground(moves: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return ground that moves and is not listed, to be drawn only, level by level."""
    rows = moves[moves.geometry.notna()].head(MOST_DRAWN)
    found = {}
    for level, group in rows.groupby("level"):
        drawn = gpd.GeoDataFrame({"id": [""] * len(group)}, geometry=group.geometry, crs=moves.crs)
        found[str(level)] = json.loads(defect_shapes(drawn.reset_index(drop=True)))
    return found


def _shown_level(record: ComparisonRecord) -> int:
    """Return the finest level on which ground moves, else on which anything changes."""
    of = record.comparison
    drawn = of.moves[of.moves.geometry.notna()]
    changed = drawn if len(drawn) else of.changes
    return int(changed["level"].max()) if len(changed) else of.levels[-1]


def _boxes(plan: gpd.GeoDataFrame) -> dict[str, list[float] | None]:
    bounds = lonlat_bounds(to_lonlat(plan.geometry.to_numpy(), plan.crs), 6)
    return dict(zip(plan["code"], bounds, strict=True))


def _level(record: ComparisonRecord, level: int) -> dict[str, Any]:
    """Return both sheets of a level, each grid with what becomes of it."""
    of = record.comparison
    rows = of.grids[of.grids["level"] == level]
    found = {}
    for side, plan in zip(_SIDES, (of.before, of.after), strict=True):
        kinds = dict(zip(rows[f"code_{side}"], rows["kind"], strict=True))
        sheet = plan[plan["level"] == level]
        if len(sheet) > MOST_GRIDS:
            is_changed = sheet["code"].map(kinds).ne("unchanged")
            sheet = sheet[is_changed].head(MOST_GRIDS)
        drawn = json.loads(grid_shapes(sheet))
        for feature in drawn["features"]:
            kind = kinds.get(feature["properties"]["code"], "unchanged")
            feature["properties"]["change"] = kind
            feature["properties"]["said"] = record.say(KIND_WORDS[kind])
        found[side] = drawn
    return found


def _changes(record: ComparisonRecord, boxes: list[Any]) -> Iterator[dict[str, Any]]:
    comma = "、" if record.is_chinese else ", "
    for row in record.comparison.changes.head(MOST_LISTED).itertuples(index=False):
        near = [boxes[0].get(code) for code in row.before]
        near += [boxes[1].get(code) for code in row.after]
        yield {
            "number": int(row.number),
            "level": int(row.level),
            "kind": row.kind,
            "said": record.say(KIND_WORDS[row.kind]),
            "before": record.listed(row.before, 0),
            "after": record.listed(row.after, 1),
            "told": comma.join(record.say(TOLD_WORDS[name]) for name in row.told),
            "areas_m2": [row.area_before_m2, row.area_after_m2],
            "bounds": _around(near),
        }


def _moves(
    record: ComparisonRecord, moves: gpd.GeoDataFrame, boxes: list[Any]
) -> Iterator[dict[str, Any]]:
    shapes = to_lonlat(moves.geometry.to_numpy(), moves.crs)
    for at, row in enumerate(moves.drop(columns="geometry").to_dict("records")):
        own = None if shapes[at] is None else lonlat_bounds(shapes[at : at + 1])[0]
        yield {
            "id": str(at),
            "level": int(row["level"]),
            "from": record.grid(row["from"], 0),
            "to": record.grid(row["to"], 1),
            "codes": [row["from"], row["to"]],
            "area_m2": float(row["area_m2"]),
            "counts": _counted(record, row),
            "bounds": own or _around([boxes[0].get(row["from"]), boxes[1].get(row["to"])]),
        }


def _counted(record: ComparisonRecord, row: Mapping[Any, Any]) -> list[list[Any]]:
    """Return what else moves, as name and number; nothing where it is none."""
    return [
        [record.say(MEASURE_WORDS[name]), int(row[name])]
        for name in record.comparison.measures
        if row[name]
    ]


def _around(boxes: list[list[float] | None]) -> list[float] | None:
    known = np.array([box for box in boxes if box is not None]).reshape(-1, 4)
    if not len(known):
        return None
    return [*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()]


def _grids(record: ComparisonRecord, boxes: list[Any]) -> list[list[Any]]:
    """Return code, name, level and bounds of every grid to search for, the new ones first."""
    of = record.comparison
    found: dict[str, list[Any]] = {}
    for plan, near in ((of.after, boxes[1]), (of.before, boxes[0])):
        for row in plan[["code", "name", "level"]].itertuples(index=False):
            found.setdefault(row.code, [row.code, row.name, int(row.level), near.get(row.code)])
    return list(found.values())
