"""Coverages and rings of other projects, with the verdicts their own tests assert."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport
from geogrid.coverage.validity import are_valid, stand_ins
from geogrid.rings import polygon_rings

DATA = Path(__file__).parent / "data" / "coverage"
CASES: list[dict[str, Any]] = json.loads((DATA / "cases.json").read_text())["cases"]
RINGS: list[dict[str, Any]] = json.loads((DATA / "rings.json").read_text())["cases"]

# Coordinates of the cases are small plain numbers: read as metres beside the point where this
# projection touches the earth, so that planar and ellipsoidal sizes are the same.
PLANE = "+proj=laea +lat_0=0 +lon_0=0 +datum=WGS84 +units=m +type=crs"

DISAGREE = {
    "jts-CoverageValidatorTest-testRingCollapse": (
        "JTS skips a ring that has collapsed to a line; a grid without area is invalid here"
    ),
    "jts-CoveragePolygonValidatorTest-testGap": (
        "the narrow wedge opens into a wide gap; it is one gap and as wide as its widest place"
    ),
    "jts-CoverageCleanerTest-testMergeGapWidth_0": (
        "corners that only touch a straight edge are corners of gaps, and said with the gaps"
    ),
}
"""Cases that are judged otherwise here, with the reason."""

NOT_A_GRID = {"jts-TestValid2-234": "a valid collection of points, lines and polygons is no grid"}
"""Rings that are judged otherwise here, with the reason."""


def frame(polygons: list[str | None]) -> gpd.GeoDataFrame:
    shapes = [None if wkt is None else shapely.from_wkt(wkt) for wkt in polygons]
    codes = [str(position) for position in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=PLANE)


@cache
def report_of(position: int) -> CoverageReport:
    return check_coverage(frame(CASES[position]["polygons"]), tolerance_m=0.0)


def rows(report: CoverageReport, *kinds: str) -> gpd.GeoDataFrame:
    return report.defects[report.defects["kind"].isin(kinds)]


def is_edge_matched(report: CoverageReport) -> bool:
    """Rings valid (a missing polygon is none), no overlap, nothing unmatched; gaps are allowed."""
    wrong = rows(report, "overlap", "duplicate", "unmatched", "unresolved")
    invalid = rows(report, "invalid")
    return wrong.empty and not (invalid["severity"] == "error").any()


def narrowest_gap_m(grids: gpd.GeoDataFrame) -> float:
    """Return the width of the narrowest gap, also of gaps that are open to the outside.

    A gap is open to the outside of nothing but a region; upstream has none, so the convex hull
    stands for it.
    """
    report = check_coverage(grids, shapely.convex_hull(grids.union_all()), tolerance_m=0.0)
    return float(rows(report, "gap")["width_m"].min())


def is_valid(position: int) -> bool:
    """Answer the question of the case's profile."""
    case = CASES[position]
    if case["profile"] == "edge_matched":
        return is_edge_matched(report_of(position))
    assert case["profile"] == "edge_matched_no_gap_narrower_than_gap_width"
    widest = case["params"]["gap_width"]
    has_narrow_gap = narrowest_gap_m(frame(case["polygons"])) <= widest
    return is_edge_matched(report_of(position)) and not has_narrow_gap


def having(key: str) -> list[Any]:
    """Return positions of the cases with something to say about `key`."""
    return [
        pytest.param(
            position,
            id=case["id"],
            marks=[pytest.mark.xfail(reason=DISAGREE[case["id"]])]
            if key == "valid" and case["id"] in DISAGREE
            else [],
        )
        for position, case in enumerate(CASES)
        if case["expected"].get(key) is not None
    ]


@pytest.mark.parametrize("position", having("valid"))
def test_coverage_is_valid_as_upstream_says(position: int) -> None:
    assert is_valid(position) == CASES[position]["expected"]["valid"]


@pytest.mark.parametrize("position", having("basis"))
def test_every_leftover_is_accounted_for(position: int) -> None:
    report = report_of(position)
    assert rows(report, "unresolved").empty
    assert abs(report.sums.residual_m2) <= 1e-9 * report.sums.region_m2


@pytest.mark.parametrize("position", having("interior_gaps") + having("gaps"))
def test_gaps_have_the_outlines_upstream_asserts(position: int) -> None:
    expected = CASES[position]["expected"]
    wanted = shapely.from_wkt(expected.get("interior_gaps", expected.get("gaps")))
    found = rows(report_of(position), "gap").geometry.to_numpy()
    # upstream lists rings; a gap with a grid inside it has two
    outlines = shapely.polygons(shapely.get_exterior_ring(found))
    assert set(shapely.normalize(outlines)) == set(shapely.normalize(wanted))


@pytest.mark.parametrize("position", having("gap_areas"))
def test_gap_areas_are_those_upstream_asserts(position: int) -> None:
    found = rows(report_of(position), "gap")["area_m2"]
    assert sorted(found) == pytest.approx(sorted(CASES[position]["expected"]["gap_areas"]))


@pytest.mark.parametrize("position", having("overlap_pairs"))
def test_overlapping_pairs_are_those_upstream_asserts(position: int) -> None:
    found = rows(report_of(position), "overlap", "duplicate")["grids"]
    pairs = CASES[position]["expected"]["overlap_pairs"]
    assert set(found) == {tuple(str(one) for one in pair) for pair in pairs}


def rings() -> list[Any]:
    return [
        pytest.param(
            ring,
            id=ring["id"],
            marks=[pytest.mark.xfail(reason=NOT_A_GRID[ring["id"]])]
            if ring["id"] in NOT_A_GRID
            else [],
        )
        for ring in RINGS
    ]


@pytest.mark.parametrize("ring", rings())
def test_ring_is_valid_as_upstream_says(ring: dict[str, Any]) -> None:
    polygon = np.array([shapely.from_wkt(ring["wkt"])], dtype=object)
    is_sound = are_valid(polygon, polygon_rings(polygon))
    (stand_in,) = stand_ins(polygon, is_sound, polygon_rings(polygon))
    # an empty polygon is no broken ring, but no grid either
    assert is_sound[0] == (ring["expected_valid"] and not shapely.is_empty(polygon[0]))
    assert stand_in is None or shapely.is_valid(stand_in)
