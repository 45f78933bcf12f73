"""Cells drawn as loose lines come back as the same coverage, and what does not fit is listed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geogrid.coverage import check_coverage
from geogrid.formats.dxf_texts import Label
from geogrid.tracing import close_lines, polygonise

SQUARE = np.array([[0.0, 0], [10, 0], [10, 10], [0, 10], [0, 0]])


def text(words: str, x: float, y: float) -> Label:
    return Label("", words, ((x, y), (x, y)), 1.0)


@st.composite
def cells(draw: st.DrawFn) -> np.ndarray:
    """A coverage of 4 to 30 cells: of Voronoi, cut to a square of 500 m."""
    number = draw(st.integers(4, 30))
    seed = draw(st.integers(0, 2**32 - 1))
    points = np.random.default_rng(seed).uniform(0, 500, (number, 2)).round(1)
    box = shapely.box(0, 0, 500, 500)
    whole = shapely.voronoi_polygons(shapely.multipoints(np.unique(points, axis=0)), extend_to=box)
    cut = shapely.intersection(shapely.get_parts(whole), box)
    return shapely.set_precision(cut, 0.001)[shapely.area(cut) > 50]


def drawn(polygons: np.ndarray, seed: int, gap: float) -> list[np.ndarray]:
    """Every border once, in pieces of any direction; inner ends stop short by up to `gap`."""
    random = np.random.default_rng(seed)
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(polygons))))
    found = []
    for line in lines:
        points = shapely.get_coordinates(line)
        length = shapely.length(line)
        if gap and length > 20:
            cut = random.uniform(0, gap)
            points = (
                shapely.get_coordinates(
                    shapely.line_interpolate_point(line, np.linspace(cut, length, 3))
                )
                if len(points) == 2
                else points
            )
        if random.random() < 0.5:
            points = points[::-1]
        found.append(points)
    return [found[at] for at in random.permutation(len(found))]


@given(cells(), st.integers(0, 99))
def test_cells_drawn_as_loose_lines_come_back(polygons: np.ndarray, seed: int) -> None:
    labels = [
        text(f"W{at:03}", *shapely.get_coordinates(shapely.point_on_surface(cell))[0])
        for at, cell in enumerate(polygons)
    ]
    found = polygonise(drawn(polygons, seed, 0.0), labels, tolerance_m=0.2)
    assert len(found.bridges) == len(found.dangling) == len(found.unlabelled) == 0
    assert sorted(found.attributes["code"]) == sorted(label.text for label in labels)
    for code, cell in zip(found.attributes["code"], found.polygons, strict=True):
        before = polygons[int(code[1:])]
        assert shapely.area(shapely.symmetric_difference(cell, before)) < 1e-6
    assert_certified(found.polygons)


@given(cells(), st.integers(0, 99))
def test_lines_that_stop_short_are_closed_and_said(polygons: np.ndarray, seed: int) -> None:
    lines = drawn(polygons, seed, 0.4)
    assume(min(shapely.length(shapely.linestrings(line)) for line in lines) > 1.0)
    found = polygonise(lines, tolerance_m=0.5)
    assert len(found.polygons) == len(polygons)
    gaps = np.hypot(*(found.bridges[:, 1] - found.bridges[:, 0]).T)
    assert (gaps <= 0.5).all()
    assert shapely.area(found.polygons).sum() == pytest.approx(
        shapely.area(polygons).sum(), abs=0.4 * 500 * 4
    )
    assert_certified(found.polygons)


def assert_certified(polygons: np.ndarray) -> None:
    """The chain sum proves what was found against its own outline."""
    codes = [f"{at}" for at in range(len(polygons))]
    grids = gpd.GeoDataFrame({"code": codes}, geometry=list(polygons), crs="EPSG:32650")
    outline = shapely.coverage_union_all(polygons)
    region = gpd.GeoDataFrame(geometry=[outline], crs="EPSG:32650")
    report = check_coverage(grids, region)
    assert report.is_proven
    assert report.is_seamless


def test_gaps_dangles_and_overshoots_are_told_apart() -> None:
    lines = [
        SQUARE[:-1],
        np.array([[0, 10], [0, 0.4]]),  # stops 0.4 short of the corner
        np.array([[5, 0.3], [5, 12.0]]),  # 0.3 short below, 2 too far above
        np.array([[2, -0.3], [2, 10.2]]),  # a little too far on both sides
        np.array([[20, 20], [25, 25.0]]),  # meets nothing
    ]
    found = polygonise(lines, tolerance_m=0.5)
    assert sorted(shapely.area(found.polygons).round(6)) == [20, 30, 50]
    assert sorted(np.hypot(*(found.bridges[:, 1] - found.bridges[:, 0]).T).round(6)) == [0.3, 0.4]
    assert sorted(map(tuple, found.dangling)) == [(5, 12), (20, 20), (25, 25)]
    assert found.dangling_m.round(2).tolist() == [2.0, 7.07, 7.07]
    assert found.trimmed == 2
    assert len(found.short) == 0


def test_a_short_border_that_was_left_out_is_said() -> None:
    lane = [np.array([[5.0, 0], [5, 10]]), np.array([[5.4, 0], [5.4, 10]])]
    border = np.array([[5.0, 5], [5.3, 5]])  # across the lane, 0.1 short
    found = polygonise([SQUARE, *lane, border], tolerance_m=0.5)
    assert len(found.polygons) == 3, "the lane is one area"
    assert found.short.tolist() == [[5.3, 5.0]]
    assert found.short_m.tolist() == [pytest.approx(0.3)]
    assert len(polygonise([SQUARE, *lane, border], tolerance_m=0.2).polygons) == 4


def test_a_gap_wider_than_the_tolerance_stays_open() -> None:
    line = SQUARE[:-1]
    found = polygonise([line, np.array([[0, 10], [0, 0.6]])], tolerance_m=0.5)
    assert len(found.polygons) == 0
    assert sorted(map(tuple, found.dangling)) == [(0, 0), (0, 0.6)]
    assert len(polygonise([line, np.array([[0, 10], [0, 0.6]])], tolerance_m=0.7).polygons) == 1


def test_an_outline_nearly_closed_is_closed_onto_itself() -> None:
    open_outline = np.array([[0.0, 0.0], [10, 0], [10, 10], [0, 10], [0, 0.4]])
    assert close_lines([open_outline], tolerance_m=0.5).gaps_m.tolist() == [0.4]
    assert len(close_lines([open_outline], tolerance_m=0.0).bridges) == 0


def test_what_was_drawn_is_not_moved() -> None:
    lines = [SQUARE, np.array([[3.3, 0.2], [3.4, 9.9]])]
    found = polygonise(lines, tolerance_m=0.5)
    corners = {tuple(each) for each in shapely.get_coordinates(found.polygons)}
    assert {tuple(each) for line in lines for each in line} <= corners


def test_labels_become_codes_and_names() -> None:
    lines = [SQUARE, np.array([[5.0, 0], [5, 10]]), np.array([[0, 5.0], [10, 5]])]
    labels = [
        text("440304001\n东一网格\n260户", 7, 7),
        text("440304002", 2, 2), text("440304003", 3, 3),
        text("西二网格", 2, 8), text("图名", 30, 30), text("12.5", 8, 2),
    ]  # fmt: skip
    found = polygonise(lines, labels, tolerance_m=0.1)
    by_name = found.attributes.set_index("name")
    assert by_name.loc["东一网格", "code"] == "440304001"
    assert by_name.loc["东一网格", "households"] == 260
    (several,) = found.several.items()
    assert several[1] == ("440304002", "440304003")
    assert len(found.unlabelled) == 1
    bare = found.polygons[found.unlabelled[0]]
    assert bare.contains(shapely.Point(8, 2)), "a height is no name"
    assert found.outside == (("图名", (30, 30)),)


def test_nothing_comes_of_nothing() -> None:
    for lines in ([], [np.array([[1.0, 1], [1, 1]])], [np.array([[np.nan, 0], [1, 1]])]):
        found = polygonise(lines, [text("A1", 0, 0)])
        assert len(found.polygons) == 0
        assert len(found.outside) == 1
