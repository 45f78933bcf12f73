"""Hand-drawn coverages whose defects the eye can check."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hand_drawn import PLANE, grids, jittered, lattice, outline
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geogrid.coverage import check_coverage
from geogrid.coverage.measure import COLUMNS
from geogrid.coverage.report import CoverageReport
from geogrid.errors import CrsError, FieldError, InputError

BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
MIRROR = Polygon([(0, 0), (0, 10), (10, 0), (10, 10)])


def found(report: CoverageReport) -> list[tuple[str, tuple[str, ...], float]]:
    """Return kind, grids and area of the rows that are not just unmatched corners."""
    rows = report.defects[report.defects["kind"] != "unmatched"]
    areas = rows["area_m2"].round(3)
    return sorted(zip(rows["kind"], rows["grids"], areas, strict=True))


def said(report: CoverageReport, language: str = "en") -> list[str]:
    return [detail.text(language) for detail in report.defects["detail"]]


# --- the certificate -----------------------------------------------------------------------


def test_squares_that_fill_their_region_are_proven() -> None:
    report = check_coverage(grids(lattice(3, 2)), outline(3, 2))
    assert report.is_proven
    assert report.is_seamless
    assert report.defects.empty
    assert report.edges == report.matched_edges == 17
    assert (report.grids, report.finest_grids) == (6, 6)


def test_nothing_is_proven_without_a_region() -> None:
    report = check_coverage(grids(lattice(3, 2)))
    assert report.is_seamless
    assert not report.is_proven
    assert report.defects.empty


def test_a_corner_missing_in_the_region_is_seamless_but_not_proven() -> None:
    report = check_coverage(grids(lattice(2, 1)), box(0, 0, 20, 10))
    assert report.is_seamless
    assert not report.is_proven
    assert report.defects["kind"].tolist() == ["unmatched", "unmatched"]
    assert report.defects["severity"].tolist() == ["advice", "advice"]


@pytest.mark.parametrize(
    ("shapes", "region"),
    [
        # shell of one square with the other one as its "hole", and the other one twice
        ([Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(10, 0), (20, 0), (20, 10), (10, 10)]]),
          box(10, 0, 20, 10), box(10, 0, 20, 10)], outline(2, 1)),
        ([box(0, 0, 10, 10), BOWTIE, MIRROR], box(0, 0, 10, 10)),
        ([Polygon([(0, 0), (10, 0), (10, 10), (14, 10), (10, 10), (0, 10)])], box(0, 0, 10, 10)),
    ],
    ids=["hole outside its shell", "bowtie and mirror", "spike"],
)  # fmt: skip
def test_polygons_that_fool_the_sum_are_not_proven(shapes: list[Any], region: Any) -> None:
    report = check_coverage(grids(shapes), region)
    assert not report.is_proven
    assert not report.is_seamless
    assert "invalid" in set(report.defects["kind"])


def test_an_invalid_region_proves_nothing() -> None:
    region = Polygon([(0, 0), (10, 0), (10, 10), (14, 10), (10, 10), (0, 10)])
    report = check_coverage(grids([box(0, 0, 10, 10)]), region)
    assert not report.is_proven
    assert said(report) == ["The region is broken: the boundary touches itself."]


def test_an_edge_across_the_antimeridian_is_not_proven() -> None:
    square = box(-179, 0, 179, 1)
    report = check_coverage(grids([square], crs="EPSG:4326"), square)
    assert not report.is_proven
    assert "180°" in said(report)[0]


def test_256_copies_of_a_layer_are_not_proven() -> None:
    report = check_coverage(grids([box(0, 0, 10, 10)] * 257, code=range(257)), box(0, 0, 10, 10))
    assert not report.is_proven
    assert [kind for kind, *_ in found(report)] == ["duplicate"]
    assert report.sums.overlap_m2 == pytest.approx(256 * 100)


def test_a_layer_on_a_layer_overlaps_everywhere() -> None:
    shapes = [*lattice(2, 1), *lattice(1, 2)]
    report = check_coverage(grids(shapes), outline(2, 2))
    assert ("duplicate", ("A", "C"), 100.0) in found(report)
    assert not report.is_proven
    halves = [box(0, 0, 20, 5), box(0, 5, 20, 10)]
    crossed = check_coverage(grids([*lattice(2, 1), *halves]), box(0, 0, 20, 10))
    assert found(crossed) == [
        ("overlap", pair, 50.0) for pair in (("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"))
    ]


def test_minus_zero_matches_zero() -> None:
    west = Polygon([(-10, -0.0), (-0.0, -0.0), (-0.0, 10), (-10, 10)])
    region = Polygon([(-10, 0), (0, 0), (10, 0), (10, 10), (0, 10), (-10, 10)])
    assert check_coverage(grids([west, box(0, 0, 10, 10)]), region).is_proven


# --- gaps, overlaps, spill -----------------------------------------------------------------


def test_a_missing_grid_is_one_gap_beside_all_its_neighbours() -> None:
    shapes = np.delete(lattice(3, 3), 4)
    report = check_coverage(grids(shapes), outline(3, 3))
    assert found(report) == [("gap", ("B", "D", "E", "G"), 100.0)]
    assert said(report) == ["No grid covers this place between B, D, E, G."]
    assert found(check_coverage(grids(shapes))) == found(report)


def test_a_gap_at_the_border_needs_a_region_to_be_seen() -> None:
    shapes = [box(0, 0, 10, 10), box(10, 0, 18, 10)]
    report = check_coverage(grids(shapes), box(0, 0, 20, 10))
    assert found(report) == [("gap", ("B",), 20.0)]
    assert said(report)[0] == ("No grid covers this strip between B and the border of the region.")
    assert check_coverage(grids(shapes)).is_seamless


def test_a_road_out_to_the_border_is_told_from_a_strip_along_it() -> None:
    report = check_coverage(grids([box(0, 0, 20, 9), box(0, 11, 20, 20)]), box(0, 0, 20, 20))
    assert found(report) == [("gap", ("A", "B"), 40.0)]
    assert report.defects["detail"][0].kind == "gap_open"


def test_nothing_at_all_in_a_part_of_the_region() -> None:
    region = shapely.union_all([box(0, 0, 10, 10), box(20, 0, 30, 10)])
    report = check_coverage(grids([box(0, 0, 10, 10)]), region)
    assert found(report) == [("gap", (), 100.0)]
    assert said(report) == ["No grid covers this part of the region."]


def test_a_hole_that_another_grid_fills_is_no_gap() -> None:
    ring = box(0, 0, 30, 30) - box(10, 10, 20, 20)
    assert check_coverage(grids([ring, box(10, 10, 20, 20)]), box(0, 0, 30, 30)).is_proven
    report = check_coverage(grids([ring, box(11, 10, 20, 20)]), box(0, 0, 30, 30))
    assert found(report) == [("gap", ("A", "B"), 10.0)]


def test_an_island_in_a_gap_is_no_gap() -> None:
    ring = box(0, 0, 30, 30) - box(5, 5, 25, 25)
    for region in (None, box(0, 0, 30, 30)):
        report = check_coverage(grids([ring, box(10, 10, 20, 20)]), region)
        assert found(report) == [("gap", ("A", "B"), 300.0)]


def test_an_overlap_names_exactly_the_grids_over_each_part() -> None:
    shapes = [box(0, 0, 10, 10), box(8, 0, 18, 10), box(9, 4, 12, 6)]
    report = check_coverage(grids(shapes))
    assert found(report) == [
        ("overlap", ("A", "B"), 18.0),
        ("overlap", ("A", "B", "C"), 2.0),
        ("overlap", ("B", "C"), 4.0),
    ]
    assert report.sums.overlap_m2 == pytest.approx(18 + 2 * 2 + 4)


def test_edges_that_cancel_still_cut_an_overlap() -> None:
    # the border between B and C runs through A and sums to zero
    shapes = [box(2, 2, 18, 8), *lattice(2, 1)]
    assert found(check_coverage(grids(shapes))) == [
        ("overlap", ("A", "B"), 48.0),
        ("overlap", ("A", "C"), 48.0),
    ]


def test_one_grid_inside_another_is_said_so() -> None:
    report = check_coverage(grids([box(0, 0, 10, 10), box(2, 2, 4, 4)]))
    assert found(report) == [("overlap", ("A", "B"), 4.0)]
    assert said(report) == ["B lies inside A altogether."]


def test_the_same_grid_drawn_twice_is_a_duplicate_wherever_it_begins() -> None:
    turned = Polygon([(10, 10), (10, 0), (0, 0), (0, 10)])
    report = check_coverage(grids([box(0, 0, 10, 10), turned]), box(0, 0, 10, 10))
    assert found(report) == [("duplicate", ("A", "B"), 100.0)]


def test_outside_the_region_is_spill_and_overlap_as_well() -> None:
    report = check_coverage(grids([box(0, 0, 14, 10), box(12, 0, 16, 10)]), box(0, 0, 10, 10))
    assert found(report) == [
        ("overlap", ("A", "B"), 20.0),
        ("spill", ("A",), 20.0),
        ("spill", ("A", "B"), 20.0),
        ("spill", ("B",), 20.0),
    ]
    sums = report.sums
    assert (sums.spill_m2, sums.overlap_m2) == pytest.approx((60.0, 20.0))


def test_a_corner_on_a_straight_edge_is_unmatched_and_no_sliver() -> None:
    third = 10 / 3
    bent = Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10, third)])
    report = check_coverage(grids([box(0, 0, 10, 10), bent]))
    assert report.defects["kind"].tolist() == ["unmatched"]
    assert report.defects["grids"].tolist() == [("A", "B")]
    assert report.defects.geometry[0].equals(shapely.Point(10, third))


def test_corners_that_differ_by_rounding_are_unmatched_and_no_sliver() -> None:
    near = np.nextafter(10.0, 11.0)
    shapes = [box(0, 0, 10, 10), Polygon([(near, 0), (20, 0), (20, 10), (near, 10)])]
    report = check_coverage(grids(shapes), outline(2, 1))
    assert set(report.defects["kind"]) == {"unmatched"}
    assert report.is_seamless
    assert not report.is_proven


def test_an_invalid_grid_is_said_with_its_place_and_still_overlaps_sensibly() -> None:
    bowtie = Polygon([(0, 0), (20, 10), (20, 0), (0, 10)])
    report = check_coverage(grids([bowtie, box(16, 0, 30, 10)]))
    assert found(report)[0] == ("invalid", ("A",), 0.0)
    assert found(report)[1][:2] == ("overlap", ("A", "B"))
    row = report.defects[report.defects["kind"] == "invalid"].iloc[0]
    assert row.geometry.equals(shapely.Point(10, 5))
    assert row["detail"].text("zh_CN").startswith("A ")


def test_rows_without_a_polygon_are_listed_and_not_held_against_the_others() -> None:
    report = check_coverage(grids([*lattice(2, 1), None, Polygon()]), outline(2, 1))
    assert report.defects["severity"].tolist() == ["advice", "advice"]
    assert report.is_proven
    assert report.is_seamless


def test_a_line_is_no_grid() -> None:
    report = check_coverage(grids(["LINESTRING (0 0, 1 1)", box(0, 0, 10, 10)]), box(0, 0, 10, 10))
    assert not report.is_proven
    assert said(report) == ["A is broken: it is not a polygon."]


def test_a_code_given_twice_is_advice() -> None:
    report = check_coverage(grids(lattice(2, 1), code=["A", "A"]), outline(2, 1))
    assert found(report) == [("code", ("A", "A"), 0.0)]
    assert report.is_proven
    assert report.is_seamless


# --- severity ------------------------------------------------------------------------------


def strips(*widths: float) -> gpd.GeoDataFrame:
    """Return grids 10 m high with gaps of given widths between them."""
    edges = np.cumsum([0.0, *(step for width in widths for step in (10.0, width)), 10.0])
    return grids([box(west, 0, east, 10) for west, east in list(pairwise(edges))[::2]])


@given(
    st.lists(st.floats(1e-4, 1.0), min_size=1, max_size=4),
    st.floats(1e-4, 1.0),
    st.floats(1.0, 10.0),
)
@settings(max_examples=15, deadline=None)
def test_tolerance_never_hides_a_wider_defect(
    widths: list[float], tolerance_m: float, factor: float
) -> None:
    frame = strips(*widths)
    region = box(*frame.total_bounds)
    fine = check_coverage(frame, region, tolerance_m=tolerance_m).defects
    coarse = check_coverage(frame, region, tolerance_m=tolerance_m * factor).defects
    for defects, limit in ((fine, tolerance_m), (coarse, tolerance_m * factor)):
        gaps = defects[defects["kind"] == "gap"]
        assert sorted(gaps["width_m"]) == pytest.approx(sorted(widths), rel=1e-3)
        assert (gaps[gaps["width_m"] > 1.001 * limit]["severity"] == "error").all()
        assert (gaps[gaps["width_m"] < 0.999 * limit]["severity"] == "noise").all()
    assert set(coarse["id"]) == set(fine["id"])


def test_noise_is_listed_but_not_held_against_the_grids() -> None:
    frame = strips(0.004)
    report = check_coverage(frame, box(*frame.total_bounds))
    assert report.defects["severity"].tolist() == ["noise"]
    assert report.is_seamless
    assert not report.is_proven
    assert report.defects["width_m"][0] == pytest.approx(0.004, rel=1e-3)


def test_approved_gaps_stay_in_the_report_and_out_of_the_verdict() -> None:
    frame = grids(np.delete(lattice(3, 3), 4))
    lake = gpd.GeoDataFrame(geometry=[box(10, 10, 20, 20)], crs=PLANE)
    report = check_coverage(frame, outline(3, 3), approved_gaps=lake)
    assert report.defects["severity"].tolist() == ["approved"]
    assert report.is_seamless
    assert "approved gaps: 1" in report.verdict("en")
    smaller = check_coverage(frame, outline(3, 3), approved_gaps=box(10, 10, 20, 19))
    assert smaller.defects["severity"].tolist() == ["error"]


def test_units_say_who_lives_in_a_gap_and_rank_it_first() -> None:
    frame = grids([box(0, 0, 40, 10), box(44, 0, 80, 10)])
    region = box(0, 0, 100, 10)
    plain = check_coverage(frame, region)
    assert plain.defects["area_m2"].round().tolist()[:2] == [200.0, 40.0]
    metres = gpd.GeoSeries(
        [shapely.Point(42, 5), shapely.Point(43, 5), shapely.Point(50, 5)], crs=PLANE
    )
    places = metres.to_crs("EPSG:4326")
    units = pd.DataFrame(
        {"lon": places.x, "lat": places.y, "households": [30, 7, 99], "kind": "building"}
    )
    whole = units.iloc[:1].assign(kind="compound")
    report = check_coverage(frame, region, units=pd.concat([units, whole]))
    gaps = report.defects.head(2)
    assert gaps["area_m2"].round().tolist() == [40.0, 200.0]
    assert gaps["households"].tolist() == [37, 0]
    assert gaps["buildings"].tolist() == [2, 0]
    assert report.verdict("zh_CN").startswith("2 栋楼 37 户无人负责")
    assert plain.defects["households"].isna().all()


# --- the frame -----------------------------------------------------------------------------


def test_columns_and_reference_system() -> None:
    report = check_coverage(grids(np.delete(lattice(3, 3), 4)), outline(3, 3))
    assert tuple(report.defects.columns) == COLUMNS
    assert report.defects.crs == PLANE
    assert report.defects["lon"][0] == pytest.approx(15 / 111_320, rel=1e-2)


def test_a_projection_in_feet_reports_metres_and_degrees() -> None:
    side = 1000.0
    x, y = 3_100_000.0, 1_700_000.0
    shapes = shapely.transform(lattice(3, 3, side), lambda points: points + np.array([x, y]))
    report = check_coverage(grids(np.delete(shapes, 4), crs="EPSG:2232"))
    row = report.defects.iloc[0]
    assert row["width_m"] == pytest.approx(304.8, rel=1e-3)
    assert row["area_m2"] == pytest.approx(304.8**2, rel=1e-3)
    assert (-106 < row["lon"] < -104) and (39 < row["lat"] < 40)


def test_web_mercator_is_measured_on_the_ground() -> None:
    squares = gpd.GeoSeries(lattice(3, 3, 100.0), crs=PLANE).to_crs("EPSG:4326")
    at_60_north = squares.translate(10.0, 60.0).to_crs("EPSG:3857")
    report = check_coverage(grids(np.delete(at_60_north.to_numpy(), 4), crs="EPSG:3857"))
    assert report.defects["width_m"][0] == pytest.approx(50.0, rel=0.01)


def test_order_and_ids_do_not_depend_on_the_order_of_the_input() -> None:
    frame = grids(jittered(lattice(4, 4), 0.4, 3), code=[f"{at:02d}" for at in range(16)])
    first = check_coverage(frame, outline(4, 4)).defects
    shuffled = frame.iloc[np.random.default_rng(3).permutation(16)].reset_index(drop=True)
    shuffled.geometry = shuffled.geometry.map(turned)
    again = check_coverage(shuffled, outline(4, 4)).defects
    assert len(first) > 20
    assert first["id"].is_unique
    pd.testing.assert_frame_equal(
        first.drop(columns="detail"), again.drop(columns="detail"), check_exact=True
    )
    assert [one.text() for one in first["detail"]] == [one.text() for one in again["detail"]]


def turned(polygon: Polygon) -> Polygon:
    ring = list(polygon.exterior.coords)[:-1]
    return Polygon([*ring[2:], *ring[:2]][::-1])


def test_to_dict_has_the_documented_keys_and_is_json() -> None:
    report = check_coverage(grids([*np.delete(lattice(3, 3), 4), None]), outline(3, 3))
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert list(data) == [
        "seamless", "proven", "grids", "edges", "matched_edges", "tolerance_m", "counts",
        "areas_m2", "defects",
    ]  # fmt: skip
    assert list(data["defects"][0]) == [
        "id", "kind", "severity", "grids", "area_m2", "width_m", "lon", "lat",
    ]  # fmt: skip
    assert data["counts"]["gap"] == 1
    assert data["areas_m2"]["gap"] == pytest.approx(100.0)
    assert data["defects"][1]["lon"] is None


# --- unusable input ------------------------------------------------------------------------


def test_missing_reference_systems_are_not_guessed() -> None:
    with pytest.raises(CrsError):
        check_coverage(grids(lattice(2, 1), crs=None))
    with pytest.raises(CrsError):
        check_coverage(grids(lattice(2, 1)), gpd.GeoSeries([outline(2, 1)]))


def test_no_grids_or_no_region_or_no_tolerance_is_an_error() -> None:
    with pytest.raises(InputError):
        check_coverage(grids([]))
    with pytest.raises(InputError):
        check_coverage(grids(lattice(2, 1)), Polygon())
    with pytest.raises(InputError):
        check_coverage(grids(lattice(2, 1)), tolerance_m=float("nan"))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_coordinates_that_are_no_numbers_name_their_row(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.polygons([[(20, 0), (30, 0), (bad, 10), (20, 0)]])
    with pytest.raises(FieldError, match=r"Row 3 \(C\)"):
        check_coverage(grids([*lattice(2, 1), *broken]))


def test_units_need_their_columns() -> None:
    with pytest.raises(FieldError, match="households"):
        check_coverage(grids(lattice(2, 1)), units=pd.DataFrame({"lon": [0.0], "lat": [0.0]}))


def test_a_region_in_another_system_is_converted() -> None:
    region = gpd.GeoSeries([outline(2, 1)], crs=PLANE).to_crs("EPSG:4326")
    report = check_coverage(grids(lattice(2, 1)), region)
    assert report.is_seamless


def test_several_rows_of_a_region_are_one() -> None:
    region = gpd.GeoDataFrame(geometry=list(lattice(2, 1)), crs=PLANE)
    assert check_coverage(grids(lattice(2, 1)), region).is_proven


# --- properties ----------------------------------------------------------------------------


@st.composite
def nudged(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, shapely.Geometry, int]:
    """A lattice with drawn inner corners, one corner of one grid of which is then moved."""
    columns, rows = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    shift = {
        (x, y): (x + draw(st.floats(-3, 3)), y + draw(st.floats(-3, 3)))
        for x in range(10, columns * 10, 10)
        for y in range(10, rows * 10, 10)
    }
    rings = [
        [shift.get((x, y), (x, y)) for x, y in shapely.get_coordinates(square)[:4].tolist()]
        for square in lattice(columns, rows)
    ]
    corner = draw(st.sampled_from(sorted(shift)))
    owners = [at for at, ring in enumerate(rings) if shift[corner] in ring]
    owner = draw(st.sampled_from(owners))
    step = np.array([draw(st.floats(-1.5, 1.5)), draw(st.floats(-1.5, 1.5))])
    rings[owner][rings[owner].index(shift[corner])] = tuple(shift[corner] + step)
    codes = [f"{at:02d}" for at in range(len(rings))]
    return grids([Polygon(ring) for ring in rings], code=codes), outline(columns, rows), owner


@given(nudged())
@settings(max_examples=40, deadline=None)
def test_a_planted_defect_is_found_where_it_was_planted(
    case: tuple[gpd.GeoDataFrame, shapely.Geometry, int],
) -> None:
    frame, region, owner = case
    report = check_coverage(frame, region)
    shapes = np.asarray(frame.geometry)
    one, other = np.triu_indices(len(shapes), 1)
    overlap = shapely.area(shapely.intersection(shapes[one], shapes[other])).sum()
    gap = shapely.area(region - shapely.union_all(shapes))
    rows = report.defects[report.defects["area_m2"] > 1e-9]
    assert rows[rows["kind"] == "overlap"]["area_m2"].sum() == pytest.approx(overlap, abs=1e-6)
    assert rows[rows["kind"] == "gap"]["area_m2"].sum() == pytest.approx(gap, abs=1e-6)
    assert all(f"{owner:02d}" in codes for codes in rows["grids"])
    assert not set(report.defects["kind"]) & {"unresolved", "spill", "invalid"}
    assert abs(report.sums.residual_m2) <= 1e-9 * report.sums.region_m2


jitter = st.floats(-9, 0.3).map(lambda power: 10.0**power)


@given(
    st.integers(0, 2**32 - 1), jitter, st.booleans(), st.sampled_from(["plane", "degrees", "feet"])
)
@settings(max_examples=40, deadline=None)
def test_sums_reconcile_however_bad_the_drawing(
    seed: int, size: float, has_region: bool, where: str
) -> None:
    scale, origin, crs = {
        "plane": (1.0, (500_000.0, 2_490_000.0), "EPSG:4547"),
        "degrees": (1e-5, (114.0, 22.5), "EPSG:4326"),
        "feet": (3.0, (3_100_000.0, 1_700_000.0), "EPSG:2232"),
    }[where]

    def place(points: Any) -> Any:
        return points * scale + origin

    frame = grids(shapely.transform(jittered(lattice(4, 3), size, seed), place), crs=crs)
    region = shapely.transform(outline(4, 3), place)
    report = check_coverage(frame, region if has_region else None)
    sums = report.sums
    explained = sums.region_m2 + sums.overlap_m2 + sums.spill_m2 - sums.gap_m2
    assert abs(sums.grids_m2 - explained) <= 1e-9 * sums.region_m2
    assert sums.residual_m2 == pytest.approx(sums.grids_m2 - explained, abs=1e-6)
    assert "unresolved" not in set(report.defects["kind"])
