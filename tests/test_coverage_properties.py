"""Every defect of random coverages is found with its grids and its area, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from coverage_strategies import (
    PLACES,
    Levels,
    Nudged,
    Row,
    Sheet,
    chaotic,
    defective,
    levels,
    nudged,
    redrawn,
    seamless,
    thoroughly,
    unmatched,
)
from exact_count import SCALE, count_over
from hypothesis import given
from hypothesis import strategies as st

from geogrid.coverage import CoverageReport, check_coverage

AREAL = ("gap", "overlap", "duplicate", "spill", "nesting")


def found(report: CoverageReport) -> list[Row]:
    """Return kind, codes and area of the rows that have an area."""
    rows = report.defects[report.defects["kind"].isin(AREAL)]
    return sorted(zip(rows["kind"], rows["grids"], rows["area_m2"], strict=True))


def agree(rows: Sequence[Row], expected: Sequence[Row], *, rel: float = 1e-9) -> None:
    """Hold two lists of rows against each other, areas by their relative error."""
    assert [row[:2] for row in rows] == [row[:2] for row in expected]
    assert [row[2] for row in rows] == pytest.approx([row[2] for row in expected], rel=rel)


def only_areas(report: CoverageReport) -> None:
    """Refuse rows that have no area: all vertices of a sheet are shared."""
    others = report.defects[~report.defects["kind"].isin(AREAL)]
    assert others.empty, others["kind"].tolist()


@given(seamless())
@thoroughly
def test_what_fills_its_region_once_is_proven(sheet: Sheet) -> None:
    report = check_coverage(sheet.frame, sheet.region)
    assert report.is_proven
    assert report.is_seamless
    assert report.defects.empty
    assert report.edges == report.matched_edges


@given(st.one_of(defective(), chaotic()), st.booleans())
@thoroughly
def test_every_planted_place_is_one_row_and_nothing_else_is(sheet: Sheet, has_region: bool) -> None:
    expected = sheet.expected(has_region=has_region)
    report = check_coverage(sheet.frame, sheet.region if has_region else None, tolerance_m=0.0)
    agree(found(report), expected)
    only_areas(report)
    assert report.is_proven == (has_region and not expected)
    assert report.is_seamless == (not expected)
    cells = sheet.area_m2
    covers = sheet.owners.sum(axis=0)
    inside = sheet.inside if has_region else (covers > 0) | sheet.enclosed()
    sums = report.sums
    assert [sums.grids_m2, sums.region_m2, sums.overlap_m2, sums.spill_m2, sums.gap_m2] == (
        pytest.approx(
            [
                float(covers @ cells),
                float(cells[inside].sum()),
                float(np.maximum(covers - 1, 0) @ cells),
                float(cells[~inside & (covers > 0)].sum()),
                float(cells[inside & (covers == 0)].sum()),
            ],
            rel=1e-9,
            abs=1e-9 * float(cells.sum()),
        )
    )
    assert abs(sums.residual_m2) <= 1e-9 * sums.region_m2


# --- corners moved by hand -----------------------------------------------------------------


@given(nudged(places=PLACES[:1], is_whole=True))
@thoroughly
def test_a_moved_corner_is_found_with_its_pairs_and_areas(drawn: Nudged) -> None:
    report = check_coverage(drawn.frame, drawn.sheet.region, tolerance_m=0.0)
    shapes, region = drawn.shapes, drawn.sheet.region[0]
    codes = drawn.sheet.codes
    rows = report.defects
    over = rows[rows["kind"].isin(["overlap", "duplicate"])]
    pairs: Counter[tuple[str, str]] = Counter()
    for grids, shape in zip(over["grids"], over.geometry, strict=True):
        for pair in combinations(grids, 2):
            pairs[pair] += shape.area
    for one, other in combinations(range(len(shapes)), 2):
        wanted = shapely.area(shapely.intersection(shapes[one], shapes[other]))
        assert pairs[codes[one], codes[other]] == pytest.approx(wanted, rel=1e-9, abs=1e-8)
    union = shapely.union_all(shapes)
    for kind, wanted in (("gap", region - union), ("spill", union - region)):
        seen = shapely.union_all(rows[rows["kind"] == kind].geometry.to_numpy())
        assert shapely.area(shapely.symmetric_difference(seen, wanted)) <= 1e-8
    assert set(rows["kind"]) <= {"gap", "overlap", "spill", "unmatched"}
    touched = {codes[number] for number in drawn.touched}
    assert all(touched.intersection(grids) for grids in rows["grids"])


@given(nudged(places=PLACES[:1], is_whole=True))
@thoroughly
def test_the_grids_of_a_row_are_those_that_counting_gives(drawn: Nudged) -> None:
    rows = check_coverage(drawn.frame, drawn.sheet.region, tolerance_m=0.0).defects
    rows = rows[rows["area_m2"] > 1e-3]
    inside = shapely.get_coordinates(shapely.point_on_surface(rows.geometry.to_numpy()))
    points = np.rint(inside * SCALE).astype(np.int64)
    over, is_on = count_over([*drawn.shapes, drawn.sheet.region[0]], points)
    codes = np.array(drawn.sheet.codes)
    places = shapely.points(points / SCALE)
    for at, (kind, grids, shape) in enumerate(
        zip(rows["kind"], rows["grids"], rows.geometry, strict=True)
    ):
        if is_on[at] or not shapely.contains_properly(shape, places[at]):
            continue  # rounded out of a sliver
        counted = tuple(codes[over[:-1, at] > 0].tolist())
        is_inside = bool(over[-1, at])
        if kind == "gap":
            assert counted == ()
            assert is_inside
        else:
            assert counted == grids
            assert kind != "spill" or not is_inside


@given(unmatched())
@thoroughly
def test_a_corner_that_one_side_lacks_is_unmatched(case: tuple[Nudged, set[Any]]) -> None:
    drawn, corners = case
    report = check_coverage(drawn.frame, drawn.sheet.region)
    rows = report.defects
    assert set(rows["kind"]) <= {"unmatched"}
    assert set(rows["severity"]) <= {"advice"}
    assert report.is_seamless
    assert report.is_proven == (not corners)
    said = shapely.get_coordinates(rows.geometry.to_numpy())
    assert {tuple(point) for point in said.tolist()} == corners
    points = shapely.points(np.array(sorted(corners)).reshape(-1, 2))
    codes = np.array(drawn.sheet.codes)
    near = 1e-9 if drawn.sheet.place.crs == "EPSG:4326" else 1e-6
    beside = {tuple(codes[shapely.dwithin(drawn.shapes, point, near)].tolist()) for point in points}
    assert set(rows["grids"]) == beside


# --- tolerance, order, sums ----------------------------------------------------------------

tolerances = st.floats(-4, 1.5).map(lambda power: 10.0**power)


@given(nudged(), tolerances, tolerances)
@thoroughly
def test_tolerance_grades_and_never_hides(drawn: Nudged, one: float, other: float) -> None:
    fine, coarse = (
        check_coverage(drawn.frame, drawn.sheet.region, tolerance_m=tolerance_m).defects
        for tolerance_m in sorted((one, other))
    )
    for rows, limit in ((fine, min(one, other)), (coarse, max(one, other))):
        areal = rows[rows["kind"].isin(AREAL)]
        assert (areal[areal["width_m"] > 1.001 * limit]["severity"] == "error").all()
        assert (areal[areal["width_m"] < 0.999 * limit]["severity"] == "noise").all()
    columns = ["id", "kind", "grids", "area_m2", "width_m", "lon", "lat"]
    again = coarse.set_index("id").loc[fine["id"]].reset_index()
    assert len(fine) == len(coarse)
    pd.testing.assert_frame_equal(
        pd.DataFrame(fine[columns]), pd.DataFrame(again[columns]), check_exact=True
    )
    fell = again["severity"] != fine["severity"]
    assert (again[fell]["severity"] == "noise").all()


def shuffled(frame: gpd.GeoDataFrame, seed: int) -> gpd.GeoDataFrame:
    """Return the same grids in another order, drawn otherwise."""
    order = np.random.default_rng(seed).permutation(len(frame))
    mixed = frame.iloc[order].reset_index(drop=True)
    return mixed.set_geometry([redrawn(shape, seed + 1) for shape in mixed.geometry], crs=frame.crs)


def same_reports(one: CoverageReport, other: CoverageReport) -> None:
    """Refuse two reports that differ in a single bit."""
    first, again = (json.dumps(report.to_dict()).encode() for report in (one, other))
    assert first == again
    pd.testing.assert_frame_equal(
        pd.DataFrame(one.defects.drop(columns=["detail", "geometry"])),
        pd.DataFrame(other.defects.drop(columns=["detail", "geometry"])),
        check_exact=True,
    )
    texts = ([detail.text() for detail in each.defects["detail"]] for each in (one, other))
    assert next(texts) == next(texts)
    shapes = [shapely.normalize(each.defects.geometry.to_numpy()) for each in (one, other)]
    assert shapely.to_wkb(shapes[0]).tolist() == shapely.to_wkb(shapes[1]).tolist()


@given(st.one_of(defective(), nudged(), levels()), st.integers(0, 2**16), st.booleans())
@thoroughly
def test_the_result_does_not_depend_on_the_order_of_the_input(
    drawn: Sheet | Nudged | Levels, seed: int, has_region: bool
) -> None:
    sheet = getattr(drawn, "sheet", getattr(drawn, "lower", drawn))
    region = redraw = None
    if has_region:
        region, redraw = sheet.region[0], redrawn(sheet.region[0], seed)
    same_reports(
        check_coverage(drawn.frame, region), check_coverage(shuffled(drawn.frame, seed), redraw)
    )


@given(nudged(), st.booleans())
@thoroughly
def test_sums_reconcile(drawn: Nudged, has_region: bool) -> None:
    report = check_coverage(drawn.frame, drawn.sheet.region if has_region else None)
    sums, rows = report.sums, report.defects
    explained = sums.region_m2 + sums.overlap_m2 + sums.spill_m2 - sums.gap_m2
    assert abs(sums.grids_m2 - explained) <= 1e-9 * sums.region_m2
    assert "unresolved" not in set(rows["kind"])
    over = rows[rows["kind"].isin(["overlap", "duplicate"])]
    times = over["grids"].map(len) - 1
    slack = 1e-9 * sums.region_m2
    assert (over["area_m2"] * times).sum() == pytest.approx(sums.overlap_m2, rel=1e-9, abs=slack)
    for kind, total in (("gap", sums.gap_m2), ("spill", sums.spill_m2)):
        listed = rows[rows["kind"] == kind]["area_m2"].sum()
        assert listed == pytest.approx(total, rel=1e-9, abs=slack)


# --- levels --------------------------------------------------------------------------------


@given(levels(is_nested=True))
@thoroughly
def test_children_that_fill_their_parents_are_proven(drawn: Levels) -> None:
    report = check_coverage(drawn.frame, drawn.lower.region)
    assert report.is_proven
    assert report.defects.empty


@given(levels())
@thoroughly
def test_a_child_of_the_wrong_parent_is_nesting(drawn: Levels) -> None:
    report = check_coverage(drawn.frame, drawn.lower.region, tolerance_m=0.0)
    expected = drawn.expected()
    agree(found(report), expected)
    only_areas(report)
    assert report.is_proven == (not expected)
