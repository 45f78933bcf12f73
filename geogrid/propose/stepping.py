"""Units of a draft that change grids, as steps of :func:`geogrid.redraw.balance`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.propose.cutting_lines import side_of
from geogrid.propose.graph import UnitGraph, build_unit_graph
from geogrid.propose.unit_areas import unit_areas
from geogrid.redraw import ArcGraph, grid_polygon

__all__ = ["DraftUnits", "Homes", "strip_steps", "unit_steps", "units_of"]

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
Step = dict[str, Any]

_TOUCH_DEGREES = 1e-7
_LEAST_SHARE = 1e-6


@dataclass(frozen=True, eq=False)
class Homes:
    """Where households are: (n,) longitude, latitude and how many."""

    lon: Floats
    lat: Floats
    households: Floats


@dataclass(frozen=True, eq=False)
class DraftUnits:
    """The units of some grids of a draft.

    Attributes
    ----------
    areas, leaf
        (n,) polygon of each unit, and code of the finest grid that it lies in.
    graph
        With the chosen grids as those of today.
    shapes
        Polygons of the finest grids by code.
    is_whole
        Whether the units are finest grids, not buildings.
    """

    areas: npt.NDArray[np.object_]
    leaf: Texts
    graph: UnitGraph
    shapes: Mapping[str, shapely.Geometry]
    is_whole: bool

    def parts(self, giver: str, moves: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
        """Return what of a chosen grid moves, and the rest."""
        is_mine = self.graph.present == giver
        return (
            shapely.coverage_union_all(self.areas[is_mine & moves]),
            shapely.coverage_union_all(self.areas[is_mine & ~moves]),
        )


def units_of(graph: ArcGraph, codes: Sequence[str], homes: Homes) -> list[DraftUnits]:
    """Return the finest grids below divided ones as units, then the buildings."""
    above = {graph.code(leaf): code for code in codes for leaf in graph.leaves(graph.label(code))}
    shapes = {leaf: grid_polygon(graph, leaf) for leaf in above}
    grids = gpd.GeoDataFrame({"code": [*shapes]}, geometry=[*shapes.values()], crs="EPSG:4326")
    texts = ("parent", "name", "street", "number", "compound", "building")
    buildings = pd.DataFrame(
        {"unit_id": [f"{at}" for at in range(len(homes.lon))], "kind": "building",
         "lon": homes.lon, "lat": homes.lat, "households": homes.households,
         **dict.fromkeys(texts, "")}
    )  # fmt: skip
    frame = unit_areas(grids, buildings).frame
    sums = frame.groupby("grid")["households"].sum()
    leaves = grids.assign(unit=grids["code"], grid=grids["code"])
    leaves["households"] = leaves["code"].map(sums).astype("float64")
    found = []
    for some in [leaves] * (len(shapes) > len(codes)) + [frame]:
        leaf = some["grid"].astype(str).to_numpy(dtype=object)
        linked = build_unit_graph(some, present=[above[each] for each in leaf])
        areas = np.asarray(some.geometry.array, dtype=object)
        found.append(DraftUnits(areas, leaf, linked, shapes, some is leaves))
    return found


def unit_steps(graph: ArcGraph, units: DraftUnits, grids: Texts) -> list[Step]:
    """Return the steps after which units are in other grids: whole finest grids, or cut off.

    Parameters
    ----------
    graph : the draft
    units : of :func:`units_of`
    grids : (n,) code of the chosen grid of each unit afterwards
    """
    present, steps = units.graph.present, []
    pairs = sorted(
        {(a, b) for a, b in zip(present.tolist(), grids.tolist(), strict=True) if a != b}
    )
    for giver, taker in pairs:
        moves = np.asarray((present == giver) & (grids == taker))
        pieces: dict[str, tuple[Any, Any]] = {}
        whole = []
        for leaf in dict.fromkeys(units.leaf[moves].tolist()):
            mine = units.leaf == leaf
            if leaf != giver and not (mine & ~moves).any():
                whole.append(leaf)
                continue
            part, rest = (
                shapely.coverage_union_all(units.areas[mine & some]) for some in (moves, ~moves)
            )
            pieces[leaf] = part, side_of(part, rest, units.shapes[leaf])
        steps += _steps(graph, taker, whole, pieces)
    return steps


def strip_steps(graph: ArcGraph, giver: str, taker: str, area: shapely.Geometry) -> list[Step]:
    """Return the steps that give what lies in an area from one grid to another."""
    whole, pieces = [], {}
    for label in graph.leaves(graph.label(giver)):
        leaf = graph.code(label)
        shape = grid_polygon(graph, leaf)
        part = shapely.intersection(shape, area)
        share = shapely.area(part) / shapely.area(shape)
        if leaf != giver and share > 1.0 - _LEAST_SHARE:
            whole.append(leaf)
        elif share > _LEAST_SHARE:
            pieces[leaf] = part, area
    return _steps(graph, taker, whole, pieces)


def _steps(
    graph: ArcGraph, taker: str, whole: Sequence[str], pieces: Mapping[str, tuple[Any, Any]]
) -> list[Step]:
    """Return steps where each piece goes to the finest grid that it has most border with."""
    steps: list[Step] = [{"from": leaf, "to": taker} for leaf in whole]
    known = [graph.code(label) for label in graph.leaves(graph.label(taker))]
    held = {leaf: grid_polygon(graph, leaf) for leaf in [*known, *whole]}
    waiting = dict(pieces)
    while waiting:
        touch = {
            (leaf, to): _touch(part, shape)
            for leaf, (part, _area) in waiting.items()
            for to, shape in held.items()
        }
        leaf, to = max(touch, key=lambda pair: touch[pair])
        part, area = waiting.pop(leaf)
        held[to] = shapely.union(held[to], part)
        steps.append({"from": leaf, "to": to, "area": _written(area)})
    return steps


def _touch(part: shapely.Geometry, shape: shapely.Geometry) -> float:
    """Return how much of the edge of a part runs along a polygon; else how near it is, below 0."""
    shared = shapely.intersection(shapely.boundary(part), shapely.buffer(shape, _TOUCH_DEGREES))
    long = float(shapely.length(shared))
    return long if long > 0.0 else -float(shapely.distance(part, shape))


def _written(area: shapely.Geometry) -> dict[str, Any]:
    """Return polygons as GeoJSON holds them, to 1e-9°."""
    parts = [
        [np.round(shapely.get_coordinates(ring), 9).tolist()
         for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(area)
    ]  # fmt: skip
    return {"type": "MultiPolygon", "coordinates": parts}
