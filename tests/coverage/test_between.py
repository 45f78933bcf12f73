"""What lies between which neighbours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hand_drawn import grids, lattice, outline
from shapely import box

from geogrid.coverage import check_coverage
from geogrid.coverage.between import BETWEEN_COLUMNS
from geogrid.coverage.report import CoverageReport


def pair(report: CoverageReport, one: str, other: str, kind: str = "gap") -> pd.Series:
    rows = report.by_neighbours()
    chosen = rows[(rows["one"] == one) & (rows["other"] == other) & (rows["kind"] == kind)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def compounds() -> list[object]:
    """Four compounds, 90 m square, with roads 10 m wide in between."""
    return [box(x, y, x + 90, y + 90) for y in (0, 100) for x in (0, 100)]


def test_a_cross_of_roads_is_shared_out_among_the_pairs_along_it() -> None:
    report = check_coverage(grids(compounds()), box(0, 0, 190, 190))
    assert len(report.defects[report.defects["kind"] == "gap"]) == 1
    for one, other in (("A", "B"), ("A", "C"), ("B", "D"), ("C", "D")):
        road = pair(report, one, other)
        assert road["length_m"] == pytest.approx(90, abs=10)
        assert road["area_m2"] == pytest.approx(900, abs=60)
    gaps = report.by_neighbours().query("kind == 'gap'")
    assert gaps["area_m2"].sum() == pytest.approx(report.sums.gap_m2, rel=1e-12)
    assert report.by_neighbours()["defects"].max() == 1


def test_columns_and_order() -> None:
    rows = check_coverage(grids(compounds()), box(0, 0, 190, 190)).by_neighbours()
    assert tuple(rows.columns) == BETWEEN_COLUMNS
    assert rows["households"].isna().all()
    assert rows["severity"].tolist() == sorted(rows["severity"], reverse=True)


def test_many_slivers_between_two_grids_are_one_line() -> None:
    comb = box(0, 0, 100, 10)
    for x in range(10, 80, 20):
        comb = comb - box(x, 9.5, x + 10, 10)
    report = check_coverage(grids([comb, box(0, 10, 100, 20)]))
    assert len(report.defects) >= 4
    row = pair(report, "A", "B")
    assert row["defects"] == 4
    assert row["area_m2"] == pytest.approx(20.0)
    assert row["length_m"] == pytest.approx(4 * 10.5)


def test_a_strip_at_the_border_is_between_a_grid_and_nothing() -> None:
    report = check_coverage(grids([box(0, 0, 98, 10)]), box(0, 0, 100, 10))
    row = pair(report, "A", "")
    assert row["area_m2"] == pytest.approx(20.0)


def test_a_hole_in_one_grid_concerns_only_it() -> None:
    ring = box(0, 0, 30, 30) - box(10, 10, 20, 20)
    assert pair(check_coverage(grids([ring])), "A", "")["area_m2"] == pytest.approx(100.0)


def test_an_overlap_of_three_counts_for_each_pair() -> None:
    report = check_coverage(grids([box(0, 0, 10, 10), box(5, 0, 15, 10), box(8, 0, 12, 10)]))
    assert pair(report, "A", "B", "overlap")["area_m2"] == pytest.approx(50.0)
    assert pair(report, "A", "C", "overlap")["area_m2"] == pytest.approx(20.0)


def test_unmatched_borders_have_a_length() -> None:
    report = check_coverage(
        grids([box(0, 0, 10, 20), *lattice(1, 2)[:0], box(10, 0, 20, 10), box(10, 10, 20, 20)])
    )
    assert pair(report, "A", "B", "unmatched")["length_m"] == pytest.approx(20.0)


def test_a_seamless_coverage_has_no_pairs() -> None:
    report = check_coverage(grids(lattice(2, 2)), outline(2, 2))
    assert report.by_neighbours().empty
    assert tuple(report.by_neighbours().columns) == BETWEEN_COLUMNS


def test_pairs_do_not_depend_on_the_order_of_the_input() -> None:
    frame = grids(compounds())
    region = box(0, 0, 190, 190)
    first = check_coverage(frame, region).by_neighbours()
    again = check_coverage(frame.iloc[::-1].reset_index(drop=True), region).by_neighbours()
    pd.testing.assert_frame_equal(first, again)
    assert np.isfinite(first["length_m"]).all()
