"""Coverages and rings of other projects, with the verdicts their own tests assert."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from coverage_strategies import redrawn

from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport

DATA = Path(__file__).parent / "data" / "coverage"
CASES: list[dict[str, Any]] = json.loads((DATA / "cases.json").read_text())["cases"]
RINGS: list[dict[str, Any]] = json.loads((DATA / "rings.json").read_text())["cases"]

# Coordinates of the cases are plain numbers: metres of a plane that lies nowhere on the earth.
PLANE = (
    'ENGCRS["plane",EDATUM["plane"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],'
    'LENGTHUNIT["metre",1]]'
)

Move = Callable[[Any], Any]


def _scaled(points: Any) -> Any:
    """Return three times the points where that is exact, else four times."""
    thrice = points * 3.0
    is_exact = all(
        Fraction(b) == 3 * Fraction(a) for a, b in zip(points.flat, thrice.flat, strict=True)
    )
    return thrice if is_exact else points * 4.0


EXACT: dict[str, Move] = {
    "as given": lambda points: points,
    "axes swapped": lambda points: points[:, ::-1],
    "negated": np.negative,
    "scaled": _scaled,
}
"""Moves without rounding: what is said of a coverage must not change."""


def frame(polygons: list[str | None], move: Move = EXACT["as given"]) -> gpd.GeoDataFrame:
    shapes = np.array([None if wkt is None else shapely.from_wkt(wkt) for wkt in polygons])
    codes = [str(position) for position in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapely.transform(shapes, move), crs=PLANE)


def is_sound(shape: Any) -> bool:
    return bool(shapely.is_valid(shape) and not shapely.is_empty(shapely.get_parts(shape)).any())


def shuffled(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the grids in another order, their rings begun and turned otherwise where valid."""
    order = np.random.default_rng(len(grids)).permutation(len(grids))
    mixed = grids.iloc[order].reset_index(drop=True)
    return mixed.set_geometry(
        [redrawn(shape, 7) if is_sound(shape) else shape for shape in mixed.geometry],
        crs=mixed.crs,
    )


@cache
def report_of(position: int, move: str = "as given") -> CoverageReport:
    return check_coverage(frame(CASES[position]["polygons"], EXACT[move]), tolerance_m=0.0)


def rows(report: CoverageReport, *kinds: str) -> gpd.GeoDataFrame:
    return report.defects[report.defects["kind"].isin(kinds)]


def is_edge_matched(grids: gpd.GeoDataFrame, report: CoverageReport) -> bool:
    """Answer upstream's question: rings valid, no overlap, the same vertices on both sides.

    Gaps are allowed, but a corner of a gap that lies on a grid's edge and is none of its
    vertices is a vertex that one side lacks: the report says it with the gap. Upstream
    has nothing to say of a polygon that is missing or encloses nothing.
    """
    wrong = rows(report, "overlap", "duplicate", "unmatched", "unresolved")
    broken = rows(report, "invalid")
    broken = broken[broken["severity"] == "error"]["grids"]
    shapes = grids.set_index("code").geometry
    is_flat = [shapely.area(shapes[code]) == 0.0 for (code,) in broken]
    return wrong.empty and all(is_flat) and not lacks_corner_of_gap(shapes, report)


def lacks_corner_of_gap(shapes: gpd.GeoSeries, report: CoverageReport) -> bool:
    """Return whether a corner of a gap lies inside an edge of a grid beside it."""
    gaps = rows(report, "gap")
    for codes, gap in zip(gaps["grids"], gaps.geometry, strict=True):
        for code in codes:
            corners = shapely.points(shapely.get_coordinates(gap))
            vertices = shapely.multipoints(shapely.get_coordinates(shapes[code]))
            is_on = shapely.distance(shapely.boundary(shapes[code]), corners) == 0.0
            if (is_on & (shapely.distance(vertices, corners) > 0.0)).any():
                return True
    return False


def has_narrow_gap(grids: gpd.GeoDataFrame, width_m: float) -> bool:
    """Answer upstream's question of a width: do grids come closer than that without touching?

    A gap that is as narrow altogether is one. But upstream asks it edge by edge, so a wedge
    counts where it is narrow, and a gap may be open to the outside. Closing the grids by the
    width (corners kept sharp) fills just these places; with that as the region the check
    says which of them are gaps.
    """
    gaps = rows(check_coverage(grids, tolerance_m=0.0), "gap")
    if (gaps["width_m"] <= width_m).any():
        return True
    union = shapely.union_all(grids.geometry.to_numpy())
    wide = shapely.buffer(union, 0.5 * width_m, join_style="mitre")
    closed = shapely.buffer(wide, -0.5 * width_m, join_style="mitre")
    report = check_coverage(grids, shapely.union(closed, union), tolerance_m=0.0)
    return bool((rows(report, "gap")["width_m"] > 1e-6 * width_m).any())


def is_valid(case: dict[str, Any], grids: gpd.GeoDataFrame, scale: float = 1.0) -> bool:
    """Answer the question of the case's profile."""
    matched = is_edge_matched(grids, check_coverage(grids, tolerance_m=0.0))
    if case["profile"] == "edge_matched":
        return matched
    assert case["profile"] == "edge_matched_no_gap_narrower_than_gap_width"
    return matched and not has_narrow_gap(grids, case["params"]["gap_width"] * scale)


def having(*keys: str) -> list[Any]:
    """Return positions of the cases with something to say about all of `keys`."""
    return [
        pytest.param(position, id=case["id"])
        for position, case in enumerate(CASES)
        if all(case["expected"].get(key) is not None for key in keys)
    ]


def test_all_cases_are_here() -> None:
    assert (len(CASES), len(RINGS), len(having("valid"))) == (151, 205, 139)


@pytest.mark.parametrize("move", EXACT)
@pytest.mark.parametrize("position", having("valid"))
def test_coverage_is_valid_as_upstream_says(position: int, move: str) -> None:
    case = CASES[position]
    grids = frame(case["polygons"], EXACT[move])
    given = frame(case["polygons"]).total_bounds
    scale = np.abs(grids.total_bounds).max() / np.abs(given).max()
    assert is_valid(case, grids, scale) == case["expected"]["valid"]
    if move == "as given":
        assert is_valid(case, shuffled(grids)) == case["expected"]["valid"]


@pytest.mark.parametrize("move", EXACT)
@pytest.mark.parametrize("position", having("basis"))
def test_exact_moves_change_nothing_that_is_found(position: int, move: str) -> None:
    first, moved = report_of(position), report_of(position, move)
    for kind in ("gap", "overlap", "duplicate", "invalid", "unresolved", "unmatched"):
        one, other = rows(first, kind), rows(moved, kind)
        grids, again = sorted(one["grids"]), sorted(other["grids"])
        if kind == "unmatched":  # corners that differ by rounding part stretches here or there
            grids, again = sorted(set(grids)), sorted(set(again))
        assert grids == again, kind
    assert first.edges == moved.edges
    assert first.matched_edges == moved.matched_edges


@pytest.mark.parametrize("position", having("repaired", "repaired_valid"))
def test_what_upstream_repaired_is_valid(position: int) -> None:
    repaired = frame(CASES[position]["expected"]["repaired"])
    assert is_edge_matched(repaired, check_coverage(repaired, tolerance_m=0.0))


def test_a_grid_that_encloses_nothing_is_said_all_the_same() -> None:
    (position,) = (at for at, case in enumerate(CASES) if case["id"].endswith("testRingCollapse"))
    report = report_of(position)
    assert not report.is_seamless
    assert rows(report, "invalid")["grids"].tolist() == [("0",)]


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


def polygons_of(wkt: str) -> list[Any]:
    """Return the polygons of a geometry: a collection is as valid as its members."""
    shape = shapely.from_wkt(wkt)
    if shape.geom_type != "GeometryCollection":
        return [shape]
    parts = shapely.get_parts(shape)
    assert shapely.is_valid(parts[shapely.get_dimensions(parts) < 2]).all()
    return list(parts[shapely.get_dimensions(parts) == 2])


@pytest.mark.parametrize("move", EXACT)
@pytest.mark.parametrize("ring", [pytest.param(ring, id=ring["id"]) for ring in RINGS])
def test_ring_is_valid_as_upstream_says(ring: dict[str, Any], move: str) -> None:
    beside = shapely.box(1e7, 1e7, 1e7 + 1, 1e7 + 1)
    shapes = [shapely.transform(shape, EXACT[move]) for shape in polygons_of(ring["wkt"])]
    codes = [*(f"ring {number}" for number in range(len(shapes))), "beside"]
    grids = gpd.GeoDataFrame({"code": codes}, geometry=[*shapes, beside], crs=PLANE)
    for drawn in (grids, shuffled(grids)):
        report = check_coverage(drawn)
        broken = rows(report, "invalid")
        # an empty polygon is no broken one, but that it is no grid is said
        is_valid = not (broken["severity"] == "error").any()
        assert is_valid == ring["expected_valid"]
        assert broken.empty == (is_valid and not shapely.is_empty(shapes[0]))
        assert rows(report, "unresolved").empty


def test_a_collection_is_no_grid() -> None:
    (ring,) = (ring for ring in RINGS if ring["wkt"].startswith("GEOMETRYCOLLECTION"))
    shapes = [shapely.from_wkt(ring["wkt"]), shapely.box(1e3, 1e3, 1e3 + 1, 1e3 + 1)]
    report = check_coverage(gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=shapes, crs=PLANE))
    assert [detail.text() for detail in report.defects["detail"]] == [
        "A is broken: it is not a polygon."
    ]
