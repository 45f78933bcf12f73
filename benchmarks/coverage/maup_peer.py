"""maup, run by the interpreter of an environment of its own."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import maup  # type: ignore[import-not-found,unused-ignore]

from benchmarks.coverage.contestant import Contestant, polygons_told
from benchmarks.coverage.lattice import Coverage


def doctor() -> Contestant:
    """Yes or no, and counts of overlaps and holes printed; against the region."""
    return Contestant(_doctor, lambda said: {"kinds": said})


def smart_repair() -> Contestant:
    """The frame, repaired."""
    return Contestant(_smart_repair, lambda frame: polygons_told(frame.geometry.to_numpy()))


def smart_repair_all() -> Contestant:
    """The frame, repaired, with gaps of any size filled."""
    return Contestant(_smart_repair_all, lambda frame: polygons_told(frame.geometry.to_numpy()))


def _doctor(coverage: Coverage) -> Callable[[], Any]:
    grids = _metric(coverage.grids)
    region = None if coverage.region is None else coverage.region.to_crs(grids.crs)

    def action() -> list[str]:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            maup.doctor(grids, region)
        return [line for line in printed.getvalue().splitlines() if line]

    return action


def _smart_repair(coverage: Coverage) -> Callable[[], Any]:
    grids = _metric(coverage.grids)
    return lambda: maup.smart_repair(grids)


def _smart_repair_all(coverage: Coverage) -> Callable[[], Any]:
    grids = _metric(coverage.grids)
    return lambda: maup.smart_repair(grids, fill_gaps_threshold=None)


def _metric(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame in metres, which is all that maup repairs."""
    return grids.to_crs(grids.estimate_utm_crs()) if grids.crs.is_geographic else grids
