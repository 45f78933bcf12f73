"""Line work on the ground made grids that are proven; small areas joined; what is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geogrid.coverage import check_coverage
from geogrid.errors import FormatError, LimitError
from geogrid.formats.dxf_texts import Label
from geogrid.tracing.composing import LineWork, TracedGrids, trace_grids
from geogrid.tracing.small_areas import join_small

REGION = shapely.box(114.0, 22.5, 114.01, 22.508)


def text(words: str, lon: float, lat: float) -> Label:
    return Label("", words, ((lon, lat), (lon, lat)), 1.0)


def proven(made: TracedGrids) -> bool:
    """Say whether the chain sum proves the grids against their outline."""
    region = gpd.GeoDataFrame(geometry=[made.outline], crs="EPSG:4326")
    report = check_coverage(made.grids, region)
    return bool(report.is_proven and report.is_seamless)


@st.composite
def streets(draw: st.DrawFn) -> list[np.ndarray]:
    """Lines right across the region and beyond, and some that end in it."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(0, 12))
    ends = random.uniform((113.999, 22.499), (114.011, 22.509), (count, 2, 2)).round(7)
    bends = random.uniform((114.0, 22.5), (114.01, 22.508), (count, 2)).round(7)
    lines = [np.array([start, bend, end]) for (start, end), bend in zip(ends, bends, strict=True)]
    return [*lines, np.array([[114.005, 22.49], [114.005, 22.51]])]


@given(streets(), st.sampled_from([0.0, 2.0, 8.0]), st.sampled_from([0.0, 500.0, 20_000.0]))
def test_streets_and_region_make_proven_grids(
    lines: list[np.ndarray], tolerance: float, least: float
) -> None:
    made = trace_grids(
        LineWork(streets=lines, region=REGION), tolerance_m=tolerance, least_m2=least
    )
    assert made.outline.symmetric_difference(REGION).area < 1e-12
    assert proven(made)
    assert made.grids["code"].is_unique
    assert made.numbered == len(made.grids)
    if least and len(made.grids) > 1:
        assert min(area for _lon, _lat, area in made.unlabelled) >= least


def test_small_areas_join_but_named_ones_stay() -> None:
    areas = shapely.box([0, 10, 11, 15], 0, [10, 11, 15, 20], 10)
    fixed = np.array([False, True, False, False])
    joined, of = join_small(areas, fixed, least_m2=70.0)
    assert of.tolist() == [0, 1, 1, 1], "of two with as much border the first"
    assert shapely.area(joined).tolist() == [100, 100]
    joined, of = join_small(areas, fixed, least_m2=1000.0)
    assert len(joined) == 1
    assert shapely.area(joined).tolist() == [200]
    lonely = join_small(shapely.box([0, 5], 0, [1, 6], 1), np.zeros(2, bool), least_m2=10.0)
    assert len(lonely[0]) == 2


def test_the_name_stays_with_what_joins_it() -> None:
    cross = [np.array([[114.0002, 22.49], [114.0002, 22.51]])]
    work = LineWork(streets=cross, region=REGION, labels=[text("A1\n东格", 114.005, 22.504)])
    made = trace_grids(work, least_m2=50_000.0)
    assert made.grids[["code", "name"]].to_numpy().tolist() == [["A1", "东格"]]
    assert made.joined == 1
    assert made.numbered == 0
    assert proven(made)


def test_codes_of_ours_avoid_those_there_are() -> None:
    cross = [np.array([[x, 22.49], [x, 22.51]]) for x in (114.003, 114.006)]
    work = LineWork(streets=cross, region=REGION, labels=[text("T001", 114.008, 22.504)])
    made = trace_grids(work)
    assert made.grids["code"].tolist() == ["T002", "T003", "T001"]
    left = trace_grids(work, keep_unlabelled=False)
    assert left.grids["code"].tolist() == ["T001"]
    assert left.left_out == 2
    assert left.outline.equals(made.outline), "what is left out is still to be filled"


def test_what_makes_no_grids_is_refused_in_words() -> None:
    line = np.array([[114.0, 22.5], [114.01, 22.5]])
    with pytest.raises(FormatError, match="no lines yet"):
        trace_grids(LineWork())
    with pytest.raises(FormatError, match="enclose no area"):
        trace_grids(LineWork([line]))
    with pytest.raises(FormatError, match="No text lies"):
        trace_grids(LineWork(region=REGION), keep_unlabelled=False)
    with pytest.raises(FormatError, match="300 km"):
        trace_grids(LineWork([np.array([[114.0, 22.5], [119.0, 22.5]])]))
    with pytest.raises(LimitError, match="500,000"):
        trace_grids(LineWork([np.zeros((500_001, 2))]))
