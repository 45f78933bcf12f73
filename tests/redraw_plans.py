"""Hand-drawn drafts, and what must be true of every draft.

::

    22.02 +---------+---------+
          |  11002  |  12002  |      1 = 11 + 12
    22.01 +---------+---------+      11 = 11001 + 11002
          |  11001  |  12001  |      12 = 12001 + 12002 + 12003
          |         |  +---+  |
          |         |  |003|  |      12003 is an enclave of 12001
          |         |  +---+  |
    22.00 +---------+---------+
        114.00    114.01    114.02
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import box

from geogrid.arcs import build_arcs
from geogrid.coverage import check_coverage
from geogrid.redraw import (
    ArcGraph,
    Record,
    build_graph,
    graph_frame,
    graph_gaps,
    graph_region,
    record_from_json,
    record_json,
    replay,
)

WEST, SOUTH, STEP = 114.0, 22.0, 0.01


def at(x: float, y: float) -> tuple[float, float]:
    """Return a place of the drawing: 0 to 2 from west to east and from south to north."""
    return round(WEST + x * STEP, 9), round(SOUTH + y * STEP, 9)


def path(*places: tuple[float, float]) -> list[tuple[float, float]]:
    return [at(*place) for place in places]


def square(west: float, south: float, east: float, north: float) -> Any:
    return box(*at(west, south), *at(east, north))


def plan() -> gpd.GeoDataFrame:
    enclave = square(1.4, 0.4, 1.6, 0.6)
    shapes = {
        "11001": shapely.Polygon(path((0, 0), (1, 0), (1, 1), (0, 1))),
        "11002": shapely.Polygon(path((0, 1), (1, 1), (1, 2), (0, 2))),
        "12001": shapely.Polygon(
            path((1, 0), (2, 0), (2, 1), (1, 1)), [shapely.get_coordinates(enclave)]
        ),
        "12002": shapely.Polygon(path((1, 1), (2, 1), (2, 2), (1, 2))),
        "12003": enclave,
    }
    for code in ("11", "12"):
        below = [shape for name, shape in shapes.items() if name[:2] == code]
        shapes[code] = shapely.coverage_union_all(below)
    shapes["1"] = shapely.coverage_union_all([shapes["11"], shapes["12"]])
    rows = [
        {"code": code, "name": f"网格{code}", "parent": {1: "", 2: "1", 5: code[:2]}[len(code)],
         "level": {1: 1, 2: 2, 5: 3}[len(code)], "kind": "community",
         "households": 100 if len(code) == 5 else None, "people": None}
        for code in sorted(shapes)
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry=[shapes[row["code"]] for row in rows], crs="EPSG:4326")


def draft(**more: Any) -> ArcGraph:
    return build_graph(plan(), **more)


def done(graph: ArcGraph, record: Record) -> Record:
    """Put a record in force by way of its JSON, and check everything that must be true."""
    assert record_json(record_from_json(record_json(record))) == record_json(record)
    replay(graph, record_from_json(record_json(record)))
    require_seamless(graph)
    return record


def area(graph: ArcGraph, code: str) -> float:
    """Return the area of a grid in squares of the drawing."""
    return float(shapely.area(shape(graph, code)) / STEP**2)


def shape(graph: ArcGraph, code: str) -> Any:
    frame = graph_frame(graph)
    return frame.geometry[frame["code"] == code].iloc[0]


def require_seamless(graph: ArcGraph, region: Any = None) -> gpd.GeoDataFrame:
    """Hold a draft against the coverage engine at all levels, and against its own frame.

    Parameters
    ----------
    graph : the draft
    region : what the draft filled at the beginning: its edge may only have got corners
    """
    frame = graph_frame(graph)
    report = check_coverage(frame, graph_region(graph, has_gaps=False))
    assert report.is_proven, report.defects[["kind", "grids", "lon", "lat"]]
    if region is not None:
        edge = graph_region(graph).boundary
        assert shapely.hausdorff_distance(edge, region.boundary) < 3e-9
    finest = frame[[graph.is_leaf(graph.label(code)) for code in frame["code"]]]
    gaps = graph_gaps(graph)
    built = build_arcs(np.concatenate([finest.geometry.values, gaps.geometry.values]))
    names = [*(graph.label(code) for code in finest["code"]), *gaps["label"], ""]
    points = np.rint(built.vertices * 1e9).astype(np.int64)
    expected = {}
    for arc in range(len(built.left)):
        way = points[built.path[built.first[arc] : built.first[arc + 1]]]
        key = tuple(way[:2].ravel().tolist())
        expected[key] = (names[built.left[arc]], names[built.right[arc]], way.tolist())
    found = {key: (arc.left, arc.right, arc.points.tolist()) for key, arc in graph.arcs.items()}
    assert found == expected
    return frame


def same_frames(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> bool:
    """Return whether two frames are equal, bit for bit."""
    columns = one.drop(columns="geometry").equals(other.drop(columns="geometry"))
    return columns and one.geometry.to_wkb().tolist() == other.geometry.to_wkb().tolist()
