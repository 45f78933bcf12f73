"""geogrid's own side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import geogrid
from benchmarks.coverage.contestant import Contestant, polygons_told
from benchmarks.coverage.lattice import Coverage, seamless, unmatched
from benchmarks.coverage.tiny import LIMIT_M
from benchmarks.coverage.voronoi import broken_voronoi
from geogrid.rings import COMPILED_FROM

_ALL_M = 1000.0
_MOVE_DEGREES = 1e-6


def check() -> Contestant:
    """The full report: every kind, gaps against the region, validity of every ring."""
    return Contestant(
        lambda coverage: lambda: geogrid.check_coverage(coverage.grids, coverage.region),
        report_told,
        _large_enough,
    )


def repair() -> Contestant:
    """The frame, repaired, and every defect's fate; nothing is too wide."""
    return _repair(max_width_m=_ALL_M)


def repair_to_limit() -> Contestant:
    """The same, with what is wider than the limit of the tiny cases refused."""
    return _repair(max_width_m=LIMIT_M)


def repair_a_locked() -> Contestant:
    """The same with no limit, and grid A locked."""
    return _repair(max_width_m=_ALL_M, locked=["A"])


def recheck() -> Contestant:
    """The state after one vertex of one grid was moved; the state before is given."""
    return Contestant(_recheck, _state_told, _large_enough)


def _repair(**options: Any) -> Contestant:
    return Contestant(
        lambda coverage: (
            lambda: geogrid.repair_coverage(coverage.grids, coverage.region, **options)
        ),
        _repair_told,
        _large_enough,
    )


def _large_enough() -> Iterator[Coverage]:
    """Yield inputs of every sort with so many coordinates that compiled kernels are used."""
    assert COMPILED_FROM <= 120_000
    yield seamless(10_000)
    yield broken_voronoi(20_000)
    yield unmatched(12)


def _recheck(coverage: Coverage) -> Callable[[], Any]:
    moved = one_vertex_moved(coverage.grids)
    changed = {len(coverage.grids) // 2: moved.geometry.iloc[0]}
    state = geogrid.coverage_state(coverage.grids, coverage.region)
    return lambda: geogrid.recheck(state, changed)


def one_vertex_moved(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the row in the middle of a frame with its first vertex moved by a decimetre."""
    row = grids.iloc[[len(grids) // 2]]
    ring = shapely.get_coordinates(row.geometry.to_numpy())
    ring[[0, -1]] = np.round(ring[0] + _MOVE_DEGREES, 9)
    return row.set_geometry([shapely.Polygon(ring)], crs=grids.crs)


def report_told(report: Any) -> dict[str, Any]:
    rows = report.defects
    corners = rows.geometry[rows["kind"] == "unmatched"].to_numpy()
    shown = rows.head(10)
    return {
        "kinds": sorted(set(rows["kind"])),
        "proven": bool(report.is_proven),
        "errors": int((rows["severity"] == "error").sum()),
        "missing corners": int(shapely.get_num_coordinates(corners).sum()),
        "grids": [list(grids) for grids in shown["grids"]],
        "areas": shown["area_m2"].tolist(),
        "reasons": [it.text() for it in shown["detail"] if it is not None],
    }


def _state_told(state: Any) -> dict[str, Any]:
    return {"proven": bool(state.is_proven), "leftover edges": len(state.leftover)}


def _repair_told(both: Any) -> dict[str, Any]:
    frame, report = both
    return {
        **polygons_told(frame.geometry.to_numpy()),
        "proven": bool(report.after.is_proven),
        "fates": {str(k): int(n) for k, n in report.fates["fate"].value_counts().items()},
        "changes": report.changes.head(10).to_dict("records"),
    }
