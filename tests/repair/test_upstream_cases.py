"""Repairs that the test suites of JTS, GEOS, GDAL and mapshaper assert, and where ours differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geogrid.repair import RepairReport, repair_coverage

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "data" / "coverage" / "cases.json").read_text()
    )["cases"]
    if {"repaired", "repaired_areas", "retained"} & set(case["expected"])
}
RULES = {"min_area": "smallest", "max_area": "largest", "min_index": "given_order"}
SAME = [
    "jts-CoverageCleanerTest-testCoverageWithEmpty",
    "jts-CoverageCleanerTest-testMergeGapToLongestBorder",
    "jts-CoverageCleanerTest-testMergeOverlapMinArea",
    "jts-CoverageCleanerTest-testMergeOverlapMaxArea",
    "jts-CoverageCleanerTest-testMergeOverlapMinId",
    "jts-CoverageCleanerTest-testMergeOverlap",
    "jts-CoverageCleanerTest-testMergeOverlap2",
    "mapshaper-clean_test-ex6_json_overlap_removed",
]


def repaired(name: str, **options: Any) -> tuple[gpd.GeoDataFrame, RepairReport]:
    case = CASES[name]
    shapes = shapely.from_wkt(case["polygons"])
    grids = gpd.GeoDataFrame({"code": [f"{at:02d}" for at in range(len(shapes))]}, geometry=shapes)
    rule = RULES.get(case["params"].get("merge_strategy", ""), "longest_border")
    options = {"max_width_m": None, "overlaps": rule} | options
    return repair_coverage(grids.set_crs("EPSG:3857"), **options)


@pytest.mark.parametrize("name", CASES)
def test_no_grid_is_lost_and_what_is_not_refused_is_whole(name: str) -> None:
    grids, report = repaired(name)
    given = shapely.from_wkt(CASES[name]["polygons"])
    assert len(grids) == len(given)
    assert (shapely.is_empty(grids.geometry) == shapely.is_empty(given)).all()
    if not (report.fates["fate"] == "refused").any():
        assert report.after.is_seamless
    again, _ = repair_coverage(grids, max_width_m=None, overlaps="longest_border")
    if not len(report.after.defects):
        assert [*map(shapely.to_wkb, again.geometry)] == [*map(shapely.to_wkb, grids.geometry)]


@pytest.mark.parametrize("name", SAME)
def test_the_same_outlines_as_upstream(name: str) -> None:
    options: dict[str, Any] = {"tolerance_m": 0.5 if "Gap" in name else 0.01}
    if name.startswith("mapshaper"):
        options["overlaps"] = "largest"  # mapshaper's own default
    grids, _report = repaired(name, **options)
    for ours, theirs in zip(
        grids.geometry, shapely.from_wkt(CASES[name]["expected"]["repaired"]), strict=True
    ):
        assert ours.symmetric_difference(theirs).area < 1e-9


@pytest.mark.parametrize("name", [name for name in CASES if "gap_0" in name and "circles" in name])
def test_the_same_areas_as_gdal(name: str) -> None:
    grids, report = repaired(name)
    gaps = report.pieces[report.pieces["id"].str.startswith("gap")]
    filled = gpd.GeoSeries(gaps.geometry.tolist(), index=gaps["code"])
    areas = [
        shape.area - sum(one.area for code, one in filled.items() if code == row)
        for row, shape in zip(grids["code"], grids.geometry, strict=True)
    ]
    # upstream leaves the gap in the middle open; ours shares it out by nearest boundary
    assert areas == pytest.approx(CASES[name]["expected"]["repaired_areas"], abs=0.01)


def test_geos_1525_keeps_both_polygons() -> None:
    grids, report = repaired("libgeos/geos-1525-cleaner_merges_polygons_when_snapping_is_0")
    assert report.after.is_seamless
    assert sorted(shapely.area(grids.geometry)) == pytest.approx([1.5, 4.5])


@pytest.mark.parametrize("name", ["testDuplicateItems", "testCoveredItem"])
def test_upstream_empties_a_grid_and_ours_refuses(name: str) -> None:
    grids, report = repaired(f"jts-CoverageCleanerTest-{name}")
    assert set(report.fates["fate"]) == {"refused"}
    assert not shapely.is_empty(grids.geometry).any()
