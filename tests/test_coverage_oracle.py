"""Agreement with brute force: all pairs of grids intersected, the union taken from the region."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport

DATA = Path(__file__).parent / "data" / "coverage"
LAYERS = {
    "denver_precincts": None,
    "denver_precincts_repaired": None,
    "denver_blocks": None,
    "lucknow_wards": "lucknow_city",
}
"""Layer to its region; without one the union with its holes filled stands in."""


class Oracle(NamedTuple):
    pairs: dict[tuple[str, str], float]
    gaps: shapely.Geometry
    spill: shapely.Geometry


def read(name: str) -> gpd.GeoDataFrame:
    return gpd.read_parquet(DATA / f"{name}.parquet")


def region_of(name: str) -> gpd.GeoDataFrame | None:
    region = LAYERS[name]
    return None if region is None else read(region)


@cache
def report_of(name: str) -> CoverageReport:
    return check_coverage(read(name), region_of(name))


@cache
def oracle_of(name: str) -> Oracle:
    grids, region = read(name), region_of(name)
    shapes, codes = np.asarray(grids.geometry), grids["code"].to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    area = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    pairs = {
        tuple(sorted((codes[a], codes[b]))): float(size)
        for a, b, size in zip(one, other, area, strict=True)
        if size > 0.0
    }
    union = shapely.union_all(shapes)
    filled = shapely.union_all(
        shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    )
    whole = filled if region is None else region.geometry[0]
    return Oracle(pairs, shapely.difference(whole, union), shapely.difference(union, whole))


def places(report: CoverageReport, *kinds: str) -> Any:
    return report.defects[report.defects["kind"].isin(kinds)].geometry.to_numpy()


@pytest.mark.parametrize("name", LAYERS)
def test_the_same_pairs_overlap_by_the_same_areas(name: str) -> None:
    found: Counter[tuple[str, str]] = Counter()
    rows = report_of(name).defects
    rows = rows[rows["kind"].isin(["overlap", "duplicate"])]
    for codes, shape in zip(rows["grids"], rows.geometry, strict=True):
        for pair in combinations(codes, 2):
            found[pair] += shape.area
    expected = oracle_of(name).pairs
    assert set(found) == set(expected)
    assert [found[pair] for pair in expected] == pytest.approx(
        list(expected.values()), rel=1e-9, abs=1e-15
    )


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("kind", ["gap", "spill"])
def test_gaps_and_spill_lie_in_the_same_places(name: str, kind: str) -> None:
    oracle = oracle_of(name)
    expected = oracle.gaps if kind == "gap" else oracle.spill
    found = shapely.union_all(places(report_of(name), kind))
    assert shapely.area(found) == pytest.approx(shapely.area(expected), rel=1e-12)
    differing = shapely.area(shapely.symmetric_difference(found, expected))
    assert differing <= 1e-11 * max(shapely.area(expected), 1e-30)


@pytest.mark.parametrize("name", LAYERS)
def test_every_gap_that_can_be_seen_is_one_row(name: str) -> None:
    report = report_of(name)
    gaps = report.defects[report.defects["kind"] == "gap"]
    seen = gaps[gaps["severity"] == "error"].geometry.to_numpy()
    points = shapely.point_on_surface(seen)
    holding = shapely.STRtree(shapely.get_parts(oracle_of(name).gaps)).query(points, "within")
    assert (np.bincount(holding[0], minlength=len(seen)) == 1).all()


@pytest.mark.parametrize("name", LAYERS)
def test_everything_is_accounted_for(name: str) -> None:
    report = report_of(name)
    assert not len(places(report, "unresolved", "invalid"))
    assert abs(report.sums.residual_m2) <= 1e-9 * report.sums.region_m2
    gaps = report.defects[report.defects["kind"] == "gap"]["area_m2"].sum()
    shared = report.by_neighbours()
    assert shared[shared["kind"] == "gap"]["area_m2"].sum() == pytest.approx(gaps, rel=1e-9)


def test_published_precincts_have_defects_of_all_sizes() -> None:
    rows = report_of("denver_precincts").defects
    assert len(oracle_of("denver_precincts").pairs) == 27
    errors = rows[rows["severity"] == "error"]
    assert Counter(errors["kind"]) == {"gap": 14, "overlap": 3}
    assert (rows["severity"] == "noise").sum() == 43 + 2


@pytest.mark.parametrize("name", ["denver_precincts_repaired", "denver_blocks"])
def test_repaired_precincts_and_blocks_are_seamless_apart_from_real_holes(name: str) -> None:
    report = report_of(name)
    assert set(report.defects["kind"]) == {"gap"}
    assert len(report.defects) == 10
    holes = gpd.GeoSeries(places(report, "gap"), crs=report.defects.crs)
    assert check_coverage(read(name), approved_gaps=holes).is_seamless


def test_lucknow_overlaps_as_published() -> None:
    report = report_of("lucknow_wards")
    pairs = report.by_neighbours()
    overlaps = pairs[pairs["kind"] == "overlap"]
    assert len(overlaps) == 269
    assert overlaps["area_m2"].sum() == pytest.approx(388_311, abs=1.0)
    holes = check_coverage(read("lucknow_wards")).defects
    gaps = holes[(holes["kind"] == "gap") & (holes["severity"] == "error")]
    assert len(gaps) == pytest.approx(1122, abs=5)
