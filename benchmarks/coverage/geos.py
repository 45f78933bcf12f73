"""The peers on GEOS: Shapely's coverage functions, and an overlay with GeoPandas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.coverage.contestant import Contestant, polygons_told
from benchmarks.coverage.lattice import CELL_DEGREES, Coverage
from benchmarks.coverage.tiny import LIMIT_M

# Wide enough for every gap of the broken input, so that both sides repair all of them.
GAP_DEGREES = CELL_DEGREES


def is_valid() -> Contestant:
    """Yes or no."""
    return Contestant(
        lambda coverage: lambda: shapely.coverage_is_valid(_array(coverage)),
        lambda said: {"kinds": [] if said else ["invalid coverage"]},
    )


def is_valid_to_limit() -> Contestant:
    """Yes or no, gaps up to a width included."""
    return Contestant(
        lambda coverage: lambda: shapely.coverage_is_valid(_array(coverage), gap_width=LIMIT_M),
        lambda said: {"kinds": [] if said else ["invalid coverage"]},
    )


def invalid_edges() -> Contestant:
    """The edges of each polygon that do not match, without a reason."""
    return Contestant(
        lambda coverage: lambda: shapely.coverage_invalid_edges(_array(coverage)), _edges_told
    )


def _edges_told(edges: Any) -> dict[str, Any]:
    count = int((~shapely.is_empty(edges)).sum())
    return {"kinds": ["invalid edges"] if count else [], "polygons with edges": count}


def clean() -> Contestant:
    """The polygons, cleaned of overlaps and of every gap."""
    return Contestant(
        lambda coverage: (
            lambda: shapely.coverage_clean(
                _array(coverage), gap_width=GAP_DEGREES if _is_geographic(coverage) else 1000.0
            )
        ),
        polygons_told,
    )


def clean_to_limit() -> Contestant:
    """The polygons, cleaned of gaps up to the limit of the tiny cases."""
    return Contestant(
        lambda coverage: lambda: shapely.coverage_clean(_array(coverage), gap_width=LIMIT_M),
        polygons_told,
    )


def overlay() -> Contestant:
    """Every overlap with its pair, by intersecting the frame with itself."""
    return Contestant(_overlay, _overlaps_told)


def _overlay(coverage: Coverage) -> Callable[[], Any]:
    rows = coverage.grids[["geometry"]].assign(row=np.arange(len(coverage.grids)))

    def action() -> gpd.GeoDataFrame:
        both = gpd.overlay(rows, rows, how="intersection", keep_geom_type=True)
        return both[both["row_1"] < both["row_2"]]

    return action


def _overlaps_told(rows: gpd.GeoDataFrame) -> dict[str, Any]:
    return {
        "kinds": ["overlap"] * bool(len(rows)),
        "overlaps": len(rows),
        "pairs": rows[["row_1", "row_2"]].head(10).to_numpy().tolist(),
        "areas": rows.area.head(10).tolist() if not rows.crs.is_geographic else [],
    }


def _array(coverage: Coverage) -> Any:
    return coverage.grids.geometry.to_numpy()


def _is_geographic(coverage: Coverage) -> bool:
    return bool(coverage.grids.crs.is_geographic)
