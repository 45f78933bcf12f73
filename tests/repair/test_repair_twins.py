"""Grids that others cover altogether: a repair leaves them so that a second one finds nothing."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely import box

from geogrid.repair import RepairReport, repair_coverage

REGION = box(0, 0, 200, 100)


def frame(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    codes = [chr(65 + at) for at in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs="EPSG:4547")


def wkb(grids: gpd.GeoDataFrame) -> list[bytes]:
    return [shapely.to_wkb(shape) for shape in grids.geometry]


def repaired_twice(
    grids: gpd.GeoDataFrame, **options: Any
) -> tuple[gpd.GeoDataFrame, RepairReport]:
    once, report = repair_coverage(grids, REGION, max_width_m=None, **options)
    again, second = repair_coverage(once, report.region, max_width_m=None, **options)
    assert wkb(again) == wkb(once) and not len(second.changes)
    return once, report


def test_nothing_is_taken_from_a_twin_whose_other_half_is_stuck() -> None:
    """B is locked and reaches beyond the region, so nobody can say who keeps B and C."""
    grids = frame(box(0, 0, 101, 100), box(100, 0, 201, 100), box(100, 0, 201, 100))
    once, report = repaired_twice(grids, locked=["B"])
    assert set(report.fates["fate"]) == {"refused"}
    reason = report.fates.set_index("kind")["reason"]["overlap"]
    assert reason.kind == "emptied" and "C" in reason.text("en")
    assert wkb(once) == wkb(grids)


@pytest.mark.parametrize("options", [{}, {"locked": ["B"]}, {"priority": ["B"]}])
def test_a_covered_grid_gets_no_gap(options: dict[str, Any]) -> None:
    """With the strip C would be no longer covered, and all of it but the strip be taken."""
    grids = frame(box(0, 0, 100, 100), box(101, 0, 200, 100), box(101, 0, 200, 100))
    once, report = repaired_twice(grids, **options)
    gap = report.fates.set_index("kind").loc["gap"]
    assert (gap["fate"], gap["given_to"]) == ("repaired", ("A",))
    assert wkb(once)[1:] == wkb(grids)[1:]


def test_a_gap_beside_covered_grids_only_stays_open() -> None:
    grids = frame(box(1, 0, 200, 100), box(1, 0, 200, 100))
    once, report = repaired_twice(grids, locked=["A"])
    assert report.fates.set_index("kind")["reason"]["gap"].kind == "no_neighbour"
    assert wkb(once) == wkb(grids)


def test_what_is_refused_for_one_covered_grid_may_be_all_that_another_gets() -> None:
    """C lies in B, so B does not get that half; then all of B is A's, who does not get it."""
    grids = frame(
        box(0, 0, 100, 100), box(50, 0, 150, 100), box(100, 0, 150, 100), box(150, 0, 200, 100)
    )
    once, report = repaired_twice(grids, locked=["A"], priority=["B"])
    named = {row.grids: row.reason.params["grids"] for row in report.fates.itertuples()}
    assert named == {("A", "B"): ("B",), ("B", "C"): ("C",)}
    assert wkb(once) == wkb(grids)


def test_a_covered_grid_that_wins_a_place_is_no_longer_spared() -> None:
    grids = frame(box(0, 0, 100, 100), box(50, 0, 150, 100), box(100, 0, 200, 100))
    once, report = repaired_twice(grids, locked=["A"], priority=["B"])
    assert report.after.is_proven
    assert once.geometry.area.tolist() == [10_000, 5_000, 5_000]
