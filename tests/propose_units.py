"""Units on a lattice for proposals, and what must be true of every proposal.

Each letter of a drawing is the grid today of one square unit; rows from north to south.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import geopandas as gpd
import numpy as np
import shapely

from geogrid.propose import UnitGraph, build_unit_graph

STEP = 0.001


def squares(drawing: str, households: Sequence[float] | float = 10.0) -> gpd.GeoDataFrame:
    rows = drawing.split()
    cells = [(x, y) for y in range(len(rows)) for x in range(len(rows[0])) if rows[y][x] != "."]
    shapes = [
        shapely.box(*np.round([114 + x * STEP, 22.5 - (y + 1) * STEP, 114 + (x + 1) * STEP,
                               22.5 - y * STEP], 9))
        for x, y in cells
    ]  # fmt: skip
    homes = [households] * len(cells) if isinstance(households, float) else [*households]
    return gpd.GeoDataFrame(
        {
            "unit": [f"u{x}{y}" for x, y in cells],
            "grid": [rows[y][x] for x, y in cells],
            "households": homes,
        },
        geometry=shapes,
        crs="EPSG:4326",
    )


def graph_of(drawing: str, households: Sequence[float] | float = 10.0, **more: object) -> UnitGraph:
    units = squares(drawing, households)
    present = more.pop("present", units["grid"])
    return build_unit_graph(units, present=present, **more)  # type: ignore[arg-type]


def require_whole(units: gpd.GeoDataFrame, grids: Sequence[str]) -> None:
    """Every grid is one polygon: units that only touch at a corner would make two."""
    shapes = np.asarray(units.geometry.array, dtype=object)
    for code in set(grids):
        union = shapely.union_all(shapes[np.asarray(grids, dtype=object) == code])
        assert union.geom_type == "Polygon", code


def best_worst(graph: UnitGraph, count: int, target: float) -> float:
    """Return the least largest deviation of all partitions in whole grids, by trying them all."""
    return min(
        abs(np.bincount(labels, graph.weight, count) - target).max() / target
        for labels in _partitions(graph, count)
    )


def _partitions(graph: UnitGraph, count: int) -> Iterator[np.ndarray]:
    edges = list(zip(graph.one.tolist(), graph.other.tolist(), strict=True))
    units = len(graph.names)
    for rest in product(range(count), repeat=units - 1):
        labels = np.array([0, *rest])
        if len(set(labels.tolist())) == count and all(
            _is_whole(np.flatnonzero(labels == one).tolist(), edges) for one in range(count)
        ):
            yield labels


def _is_whole(rows: list[int], edges: list[tuple[int, int]]) -> bool:
    seen, todo = {rows[0]}, [rows[0]]
    while todo:
        here = todo.pop()
        for one, other in edges:
            for a, b in ((one, other), (other, one)):
                if a == here and b in rows and b not in seen:
                    seen.add(b)
                    todo.append(b)
    return len(seen) == len(rows)
