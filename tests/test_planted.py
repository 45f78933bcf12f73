"""The sample is proven seamless, and every defect planted in its bad copy is found, no other."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from geogrid.boundaries import read_boundaries
from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport
from geogrid.crs import geodesic_m

BOUNDARIES = Path(__file__).parent.parent / "data" / "boundaries"
DEFECTS = BOUNDARIES / "futian_defects"
PLANTED: dict[str, Any] = json.loads((DEFECTS / "planted.json").read_text(encoding="utf-8"))
FILES = {"planted": "grids.geojson", "nested": "nested.geojson"}


def bundle(name: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    folder = BOUNDARIES / name
    return read_boundaries(folder / "grids.geojson"), read_boundaries(folder / "region.geojson")


@pytest.fixture(scope="module", params=sorted(FILES))
def checked(request: pytest.FixtureRequest) -> tuple[CoverageReport, list[dict[str, Any]]]:
    grids = read_boundaries(DEFECTS / FILES[request.param])
    region = read_boundaries(DEFECTS / "region.geojson")
    report = check_coverage(grids, region, tolerance_m=PLANTED["tolerance_m"])
    return report, PLANTED[request.param]


def key(kind: str, severity: str, grids: Any) -> tuple[str, str, tuple[str, ...]]:
    return kind, severity, tuple(sorted(grids))


def test_every_planted_defect_is_found_and_nothing_else(
    checked: tuple[CoverageReport, list[dict[str, Any]]],
) -> None:
    report, planted = checked
    rows = report.defects
    found = [key(*one) for one in zip(rows["kind"], rows["severity"], rows["grids"], strict=True)]
    wanted = [key(one["kind"], one["severity"], one["grids"]) for one in planted]
    assert Counter(found) == Counter(wanted)
    assert not report.is_seamless
    assert not report.is_proven
    assert abs(report.sums.residual_m2) <= 1e-9 * report.sums.region_m2


def test_planted_defects_have_the_size_and_place_they_were_planted_with(
    checked: tuple[CoverageReport, list[dict[str, Any]]],
) -> None:
    report, planted = checked
    rows = {key(row.kind, row.severity, row.grids): row for row in report.defects.itertuples()}
    for one in planted:
        row = rows[key(one["kind"], one["severity"], one["grids"])]
        # planted in a plane that differs from the ellipsoid by 1e-4
        assert row.area_m2 == pytest.approx(one["area_m2"], rel=1e-3), one["id"]
        assert row.width_m == pytest.approx(one["width_m"], rel=2e-3, abs=1e-4), one["id"]
        if one["kind"] in ("unmatched", "gap", "overlap", "spill"):
            far = float(geodesic_m(row.lon, row.lat, one["lon"], one["lat"]))
            assert far <= 120.0, one["id"]


@pytest.mark.parametrize("name", ["futian", "rural"])
def test_samples_are_proven_on_all_levels(name: str) -> None:
    grids, region = bundle(name)
    units = pd.read_csv(BOUNDARIES / name / "units.csv", encoding="utf-8-sig")
    report = check_coverage(grids, region, units=units)
    assert report.is_proven
    assert report.is_seamless
    assert report.defects.empty
    assert report.edges == report.matched_edges
    finest = len(grids[~grids["code"].isin(grids["parent"])])
    assert report.verdict("zh_CN") == f"每户都有且只有一个网格负责：{finest} 个网格无缝覆盖"


@pytest.mark.parametrize("name", ["futian", "rural"])
def test_each_level_of_the_samples_is_proven_by_itself(name: str) -> None:
    grids, region = bundle(name)
    for level in sorted(grids["level"].dropna().unique()):
        shown = grids[(grids["level"] == level)]
        report = check_coverage(shown, region)
        undivided = len(grids[(grids["level"] < level) & ~grids["code"].isin(grids["parent"])])
        assert report.is_proven == (undivided == 0)


def test_a_sample_without_its_region_is_seamless_but_not_proven() -> None:
    grids, _ = bundle("futian")
    report = check_coverage(grids)
    assert report.is_seamless
    assert not report.is_proven
    assert "还缺辖区范围" in report.verdict("zh_CN")


def test_a_grid_left_out_of_all_levels_is_one_gap() -> None:
    grids, region = bundle("futian")
    micro = grids[grids["level"] == 4].iloc[100]
    ancestors = [micro["code"], micro["parent"]]
    left = grids[~grids["code"].isin(ancestors) & (grids["parent"] != micro["parent"])]
    report = check_coverage(left, region)
    rows = report.defects
    assert rows["kind"].tolist() == ["gap"]
    assert rows["level"].tolist() == [4]
    assert not report.is_proven
