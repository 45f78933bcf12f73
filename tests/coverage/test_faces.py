"""Faces against counting: which polygons lie over a point, and which row says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hand_drawn import grids
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geogrid.coverage import check_coverage
from geogrid.coverage.arrangement import cover_faces, edge_components, is_dust, polygonise
from geogrid.coverage.faces import find_faces
from geogrid.coverage.signed import signed_sum

SIGN = np.ones(1, dtype=np.int8)


def scribble(seed: int, count: int, size: int) -> list[shapely.Geometry]:
    """Return valid polygons on a small lattice: shared lines, touching corners, holes, parts."""
    rng = np.random.default_rng(seed)
    found: list[shapely.Geometry] = []
    while len(found) < count:
        shape = Polygon(rng.integers(0, size, (int(rng.integers(3, 7)), 2))).buffer(0)
        other = Polygon(rng.integers(0, size, (3, 2))).buffer(0)
        shape = [shape, shape | other, shape - other][int(rng.integers(3))]
        if shape.geom_type in ("Polygon", "MultiPolygon") and shape.is_valid and shape.area:
            found.append(shape)
    return found


@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.sampled_from([1.0, 0.1, 1 / 3]))
@settings(max_examples=40, deadline=None)
def test_rows_over_a_point_are_those_that_counting_gives(
    seed: int, count: int, scale: float
) -> None:
    *shapes, region = shapely.transform(scribble(seed, count, 7), lambda points: points * scale)
    if not shapely.is_valid([*shapes, region]).all():
        return  # a sliver that scaling has broken
    report = check_coverage(grids(shapes), region, tolerance_m=0.0)
    assert "unresolved" not in set(report.defects["kind"])
    rows = report.defects[report.defects["area_m2"] > 0.0]
    names = np.array(list("ABCDEFGH"))[: len(shapes)]
    for x, y in np.random.default_rng(seed).uniform(0, 6 * scale, (15, 2)):
        point = shapely.Point(x, y)
        if shapely.distance(shapely.boundary([*shapes, region]), point).min() < 1e-6:
            continue
        over = tuple(names[shapely.contains(shapes, point)])
        expected = ["overlap"] if len(over) > 1 else []
        if not region.contains(point):
            expected += ["spill"] if over else []
        elif not over:
            expected = ["gap"]
        here = rows[shapely.contains(rows.geometry.to_numpy(), point)]
        assert sorted(here["kind"].replace("duplicate", "overlap")) == expected
        assert all(codes == over for codes in here[here["kind"] != "gap"]["grids"])


def test_a_point_on_an_inner_edge_is_moved_off_it() -> None:
    # the middle of the face lies on the border of two polygons that cover one half each
    face = np.array([box(0, 0, 2, 2)])
    face_of, polygon = cover_faces(
        face, np.array([box(0, 0, 1, 2), box(1, 0, 2, 2), box(0, 0, 2, 1)])
    )
    assert face_of.tolist() == [0] * len(polygon)
    assert len(set(polygon.tolist()) & {0, 1}) == 1


def test_edges_that_cross_belong_together() -> None:
    vertices = np.array([[0, 0], [2, 2], [0, 2], [2, 0], [5, 5], [6, 6]], dtype=float)
    component, crosses = edge_components(vertices, np.array([0, 2, 4]), np.array([1, 3, 5]))
    assert component.tolist() == [0, 0, 1]
    assert crosses.tolist() == [True, True, False]


def test_polygonise_returns_the_faces_of_each_cluster() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    start = np.concatenate([corners, corners + 5])
    end = np.concatenate([np.roll(corners, -1, 0), np.roll(corners, -1, 0) + 5])
    faces, owner = polygonise(start, end, np.repeat([3, 7], 4))
    assert owner.tolist() == [3, 7]
    assert shapely.equals(faces, shapely.box([0, 5], [0, 5], [1, 6], [1, 6])).all()


def test_dust_is_as_thin_as_rounding() -> None:
    ulp = np.spacing(100.0)
    faces = np.array([box(100, 0, 100 + 4 * ulp, 1), box(100, 0, 100 + 64 * ulp, 1)])
    assert is_dust(faces).tolist() == [True, False]


def test_a_hairline_is_unmatched_and_accounted_for() -> None:
    ulp = np.spacing(100.0)
    west = Polygon([(0, 0), (100, 0), (100, 50), (100, 100), (0, 100)])
    east = Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100 + 6 * ulp, 50)])
    region = Polygon([(0, 0), (100, 0), (200, 0), (200, 100), (100, 100), (0, 100)])
    report = check_coverage(grids([west, east]), region)
    assert set(report.defects["kind"]) == {"unmatched"}
    assert report.is_seamless
    assert "rounding" in report.defects["detail"][0].text()


@pytest.mark.parametrize("expected", [0, 1])
def test_nothing_left_is_nothing_wrong(expected: int) -> None:
    shapes: Any = np.array([], dtype=object)
    faces = find_faces(signed_sum(shapes, np.zeros(0, dtype=np.int8)), expected=expected)
    assert len(faces.polygon) == len(faces.unresolved) == faces.pieces == 0


def test_an_edge_lost_to_the_sum_is_unresolved() -> None:
    shapes = np.array([box(0, 0, 10, 10)], dtype=object)
    signed = signed_sum(shapes, SIGN)
    shapes[0] = box(0, 0, 4, 10)  # the polygon is not the one whose edges were summed
    faces = find_faces(signed)
    assert len(faces.unresolved) == 1


def test_pieces_are_counted_where_there_is_no_region() -> None:
    report = check_coverage(grids([box(0, 0, 1, 1), box(1, 0, 2, 1), box(5, 0, 6, 1)]))
    assert report.pieces == 2
    assert "2 separate pieces" in report.verdict("en")


def test_what_lies_within_a_ten_billionth_of_a_metre_is_still_told_apart() -> None:
    """An edge 0.075 nm below another one: GEOS draws both together, and faces are missing."""
    west, low, high = 127.9999999, 0.0192, 0.0384
    shapes = [
        Polygon([(0, low), (128, low), (west, 0), (0, 0)]),
        Polygon([(128, low), (256, low), (256, 0), (128, 0)]),
        Polygon([(0, high), (128, high), (128, low), (0, low)]),
        Polygon([(128, high), (256, high), (256, low), (west, low - 7.5e-11)]),
    ]
    crs = "+proj=laea +lat_0=0 +lon_0=0 +x_0=-512 +y_0=-512 +datum=WGS84 +units=m"
    report = check_coverage(grids(shapes).set_crs(crs, allow_override=True))
    assert report.defects["grids"].tolist() == [("B", "D"), ("C", "D")]
    assert report.defects["area_m2"].tolist() == pytest.approx([4.788e-9, 9.6e-10], rel=1e-2)
    assert abs(report.sums.residual_m2) < 1e-11
