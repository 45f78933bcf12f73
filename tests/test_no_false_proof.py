"""Nothing is proven that is not so: each condition of the certificate, and a search for others.

Every grids-and-region here sums to zero on every edge, or would if the condition were not
kept: only the condition stands between it and a false proof.
"""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from coverage_strategies import thoroughly
from exact_count import count_over, random_points
from hand_drawn import PLANE, grids, lattice, outline
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geogrid.coverage import CoverageReport, check_coverage
from geogrid.errors import CrsError, FieldError, InputError

SQUARE = box(0, 0, 10, 10)
BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
MIRROR = Polygon([(0, 0), (0, 10), (10, 0), (10, 10)])
SPIKE = Polygon([(0, 0), (10, 0), (10, 10), (14, 10), (10, 10), (0, 10)])


def refused(report: CoverageReport, *kinds: str) -> None:
    """Hold a report to be neither proven nor seamless, for one of the kinds of defects."""
    assert not report.is_proven
    assert not report.is_seamless
    assert set(kinds) <= set(report.defects["kind"])


# --- every part of every grid and of the region is a valid polygon -------------------------


def test_a_hole_outside_its_shell() -> None:
    # the hole takes away one of the two copies of the square to the east
    outside = Polygon(SQUARE.exterior, [box(10, 0, 20, 10).exterior])
    east = box(10, 0, 20, 10)
    refused(check_coverage(grids([outside, east, east]), outline(2, 1)), "invalid")


def test_a_hole_as_large_as_its_shell() -> None:
    nothing = Polygon(SQUARE.exterior, [SQUARE.exterior])
    refused(check_coverage(grids([SQUARE, nothing]), SQUARE), "invalid")


def test_a_bowtie_and_its_mirror_image() -> None:
    refused(check_coverage(grids([SQUARE, BOWTIE, MIRROR]), SQUARE), "invalid")


def test_a_grid_that_is_both_a_bowtie_and_its_mirror_image() -> None:
    both = MultiPolygon([BOWTIE, MIRROR])
    refused(check_coverage(grids([SQUARE, both]), SQUARE), "invalid")


def test_a_spike_that_flips_an_orientation_test() -> None:
    # the turn at the lowest, leftmost or longest corner of this ring is not that of its area
    flips = Polygon([(5, 0), (5, -9), (5, 0), (0, 0), (0, 10), (10, 10), (10, 0)])
    refused(check_coverage(grids([flips]), Polygon([(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)])),
            "invalid")  # fmt: skip
    refused(check_coverage(grids([SPIKE]), SQUARE), "invalid")


def test_a_flat_ring_that_adds_nothing_to_the_sum() -> None:
    flat = Polygon([(0, 0), (10, 0), (20, 0), (10, 0)])
    refused(check_coverage(grids([SQUARE, flat]), SQUARE), "invalid")


def test_parts_that_lie_on_each_other() -> None:
    twice = MultiPolygon([SQUARE, SQUARE])
    refused(check_coverage(grids([twice]), twice), "invalid")


@pytest.mark.parametrize("region", [SPIKE, MultiPolygon([SQUARE, SQUARE])], ids=["spike", "twice"])
def test_a_region_that_is_broken(region: Any) -> None:
    refused(check_coverage(grids([SQUARE]), region), "invalid")


def test_a_region_of_several_rows_one_of_which_is_broken() -> None:
    region = gpd.GeoSeries([SPIKE, box(10, 0, 20, 10)], crs=PLANE)
    assert not check_coverage(grids(lattice(2, 1)), region).is_proven


# --- a polygon counts as often as it is there ----------------------------------------------


@pytest.mark.parametrize("times", [2, 128, 256, 257, 512])
def test_copies_that_small_weights_would_lose(times: int) -> None:
    report = check_coverage(grids([SQUARE] * times, code=range(times)), SQUARE)
    refused(report, "duplicate")
    assert report.sums.overlap_m2 == pytest.approx((times - 1) * 100.0)


def test_256_copies_beside_one_that_is_right() -> None:
    shapes = [*lattice(2, 1), *[box(0, 0, 10, 10)] * 256]
    refused(check_coverage(grids(shapes, code=range(258)), outline(2, 1)), "duplicate")


def test_a_duplicate_drawn_the_other_way_round() -> None:
    ring = [(0, 0), (10, 0), (10, 10), (0, 10)]
    refused(check_coverage(grids([Polygon(ring), Polygon(ring[::-1])]), SQUARE), "duplicate")
    three = [Polygon(ring), Polygon(ring[::-1]), Polygon(ring)]
    refused(check_coverage(grids(three), SQUARE), "duplicate")


def test_a_layer_on_a_layer_in_a_region_drawn_twice() -> None:
    twice = gpd.GeoSeries([outline(2, 1), outline(2, 1)], crs=PLANE)
    report = check_coverage(grids([*lattice(2, 1), *lattice(2, 1)]), twice)
    refused(report, "duplicate")
    assert report.sums.region_m2 == pytest.approx(200.0)
    halves = [Polygon([(0, 0), (10, 0), (20, 0), (20, 5), (0, 5)]),
              Polygon([(0, 5), (20, 5), (20, 10), (10, 10), (0, 10)])]  # fmt: skip
    refused(check_coverage(grids([*lattice(2, 1), *halves]), twice), "overlap")
    parts = MultiPolygon([outline(2, 1), outline(2, 1)])
    refused(check_coverage(grids([*lattice(2, 1), *halves]), parts), "overlap", "invalid")


# --- one sum per parent --------------------------------------------------------------------


def halves_and_quarters(*parents: str) -> gpd.GeoDataFrame:
    halves = [outline(2, 1), Polygon([(20, 0), (30, 0), (40, 0), (40, 10), (30, 10), (20, 10)])]
    return grids(
        [*halves, *lattice(4, 1)],
        code=["P", "Q", "a", "b", "c", "d"],
        parent=["", "", *parents],
        level=[2, 2, 3, 3, 3, 3],
    )


def test_children_of_two_parents_swapped() -> None:
    region = outline(4, 1)
    assert check_coverage(halves_and_quarters("P", "P", "Q", "Q"), region).is_proven
    report = check_coverage(halves_and_quarters("P", "Q", "P", "Q"), region)
    refused(report, "nesting")
    assert sorted(report.defects["grids"]) == [("P", "Q", "b"), ("P", "Q", "c")]
    refused(check_coverage(halves_and_quarters("Q", "Q", "P", "P"), region), "nesting")


def test_a_child_of_nothing() -> None:
    report = check_coverage(halves_and_quarters("P", "P", "Q", "nowhere"), outline(4, 1))
    refused(report, "nesting")


# --- coordinates ---------------------------------------------------------------------------


def test_minus_zero_is_zero() -> None:
    west = Polygon([(-10, -0.0), (-0.0, -0.0), (-0.0, 10), (-10, 10)])
    region = Polygon([(-10, 0.0), (-0.0, 0), (10, -0.0), (10, 10), (0.0, 10), (-10, 10)])
    assert check_coverage(grids([west, SQUARE]), region).is_proven


def test_bits_that_differ_by_one_are_not_the_same() -> None:
    near = np.nextafter(10.0, 11.0)
    report = check_coverage(grids([SQUARE, box(near, 0, 20, 10)]), outline(2, 1))
    assert not report.is_proven


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490"])
def test_an_edge_across_the_antimeridian(crs: str) -> None:
    across = box(-179, 0, 179, 1)
    refused(check_coverage(grids([across], crs=crs), across), "invalid")
    cut = MultiPolygon([box(-180, 0, -179, 1), box(179, 0, 180, 1)])
    assert check_coverage(grids([cut], crs=crs), cut).is_proven


def test_an_edge_across_the_antimeridian_of_the_region_alone() -> None:
    halves = [box(-179, 0, 0, 1), box(0, 0, 179, 1)]
    report = check_coverage(grids(halves, crs="EPSG:4326"), box(-179, 0, 179, 1))
    assert not report.is_proven


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("axis", [0, 1])
def test_coordinates_that_are_no_numbers(bad: float, axis: int) -> None:
    points = np.array([(20.0, 0), (30, 0), (30, 10), (20, 0)])
    points[2, axis] = bad
    with np.errstate(invalid="ignore"):
        broken = shapely.polygons(points)
    with pytest.raises(FieldError, match=r"Row 3 \(C\)"):
        check_coverage(grids([*lattice(2, 1), broken]), outline(2, 1))
    with pytest.raises(FieldError, match="region"):
        check_coverage(grids(lattice(2, 1)), broken)


# --- a region that is not empty ------------------------------------------------------------


def test_no_region() -> None:
    assert not check_coverage(grids(lattice(2, 2))).is_proven


@pytest.mark.parametrize(
    "region",
    [
        Polygon(),
        MultiPolygon(),
        Polygon([(0, 0), (10, 0), (20, 0)]),
        gpd.GeoSeries([], crs=PLANE),
        gpd.GeoSeries([None, Polygon()], crs=PLANE),
        shapely.LineString([(0, 0), (1, 1)]),
    ],
    ids=["empty", "no parts", "flat", "no rows", "missing", "line"],
)
def test_a_region_without_area(region: Any) -> None:
    with pytest.raises(InputError):
        check_coverage(grids(lattice(2, 2)), region)


def test_grids_that_are_empty_fill_nothing() -> None:
    refused(check_coverage(grids([SQUARE, None, Polygon()]), outline(2, 1)), "gap")
    with pytest.raises(InputError):
        check_coverage(grids([None, Polygon()]), SQUARE)


def test_a_region_whose_reference_system_is_not_known() -> None:
    with pytest.raises(CrsError):
        check_coverage(grids([SQUARE]), gpd.GeoSeries([SQUARE]))


# --- the search ----------------------------------------------------------------------------

spots = st.tuples(st.integers(0, 4), st.integers(0, 4))


@st.composite
def rings(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Draw a ring of a few whole coordinates: bowties, spikes, repeated and flat ones too."""
    ring = draw(st.lists(spots, min_size=3, max_size=7))
    if draw(st.booleans()):
        x0, y0, x1, y1 = (draw(st.integers(0, 4)) for _ in range(4))
        ring = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return ring


@st.composite
def shapes(draw: st.DrawFn) -> Any:
    """Draw a polygon, valid or not, with holes or in parts."""
    parts = [
        Polygon(draw(rings()), draw(st.lists(rings(), max_size=1)))
        for _ in range(draw(st.sampled_from([1, 1, 1, 2])))
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


@st.composite
def layers(draw: st.DrawFn) -> tuple[list[Any], Any]:
    """Draw grids and a region that often sum to zero, though they may lie anyhow."""
    found = draw(st.lists(shapes(), min_size=1, max_size=3))
    kind = draw(st.sampled_from(["any", "one", "rings", "both"]))
    region = draw(shapes())
    if kind == "one":  # the region is a grid, the other grids should cancel among themselves
        region = found[0]
        found += [_opposite(one) for one in found[1:]]
    elif kind == "rings":  # all rings as parts, in whatever role
        region = MultiPolygon([Polygon(ring) for ring in _outlines(found)])
    elif kind == "both":
        region = shapely.union_all(shapely.buffer(np.array(found, dtype=object), 0.0))
        parts = [p for p in shapely.get_parts(region) if p.geom_type == "Polygon"]
        region = MultiPolygon(parts)
    return found, region


def _outlines(found: list[Any]) -> list[Any]:
    return [ring.coords for one in found for part in shapely.get_parts(one)
            for ring in shapely.get_rings(part)]  # fmt: skip


def _opposite(shape: Any) -> Any:
    """Return the shape with its rings drawn the other way round, the first hole as its shell."""
    ring, *others = _outlines([shape])
    return Polygon(others[-1], [ring]) if others else Polygon(list(ring)[::-1])


def _report(frame: gpd.GeoDataFrame, region: Any) -> CoverageReport | None:
    try:
        return check_coverage(frame, region)
    except InputError:  # nothing with an area
        return None


@given(layers(), st.integers(0, 2**16))
@thoroughly
def test_what_is_proven_is_covered_once_at_every_point(drawn: Any, seed: int) -> None:
    found, region = drawn
    report = _report(grids(found), region)
    if report is None:
        return
    json.dumps(report.to_dict(), allow_nan=False)
    points = random_points([*found, region], 60, seed)
    over, is_on = count_over([*found, region], points)
    times = over[:-1].sum(axis=0)[~is_on]
    should = over[-1][~is_on]
    if report.is_proven:
        assert (times == should).all()
        assert (should <= 1).all()
        assert shapely.is_valid([*found, region]).all()
    if (times != should).any():
        assert not report.is_proven
        assert not report.is_seamless
