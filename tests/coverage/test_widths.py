from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.widths import (
    inscribed_width_m,
    is_narrower,
    lonlat,
    metres_per_unit,
    to_metres,
)

PLAIN = pyproj.CRS.from_wkt(
    'ENGCRS["site",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],'
    'LENGTHUNIT["foot",0.3048]]'
)


def one(shape: shapely.Geometry) -> float:
    return float(inscribed_width_m(np.array([shape]))[0])


@pytest.mark.parametrize("width", [1e-6, 0.003, 0.2, 7.0])
def test_a_strip_of_a_kilometre_is_as_wide_as_it_is(width: float) -> None:
    assert one(shapely.box(0, 0, 1000, width)) == pytest.approx(width, rel=1e-3)


def test_known_circles() -> None:
    assert one(shapely.Polygon([(0, 0), (4, 0), (0, 3)])) == pytest.approx(2.0, rel=1e-3)
    assert one(shapely.Point(0, 0).buffer(5.0, quad_segs=64)) == pytest.approx(10.0, rel=1e-3)
    ring = shapely.box(0, 0, 30, 30) - shapely.box(4, 4, 26, 26)
    assert one(ring) == pytest.approx(4 * 2 * 2 / (2 + 2**0.5), rel=0.02)


def test_what_has_no_area_has_no_width() -> None:
    shapes = np.array([shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]), shapely.Point()])
    assert inscribed_width_m(shapes).tolist() == [0.0, 0.0, 0.0]
    assert is_narrower(shapes, 0.01).all()


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.001, 120))
@settings(max_examples=100)
def test_narrower_agrees_with_the_width(length: float, height: float, limit: float) -> None:
    shapes = np.array([shapely.box(0, 0, length, height)])
    width = min(length, height)
    if abs(width - limit) > 0.01 * limit:
        assert is_narrower(shapes, limit)[0] == (width < limit)


def test_nothing_is_narrower_than_nothing() -> None:
    assert not is_narrower(np.array([shapely.box(0, 0, 1, 1e-9)]), 0.0).any()


@pytest.mark.parametrize(
    ("crs", "place", "expected"),
    [
        ("EPSG:4326", (114.0, 22.5), (102_896, 110_737)),
        ("EPSG:4547", (500_000.0, 2_490_000.0), (1.0, 1.0)),
        ("EPSG:2232", (3.1e6, 1.7e6), (0.3048, 0.3048)),
        ("EPSG:3857", (0.0, 8_399_737.9), (0.5, 0.5)),
    ],
)
def test_metres_per_unit(
    crs: str, place: tuple[float, float], expected: tuple[float, float]
) -> None:
    scale = metres_per_unit(np.array([place]), pyproj.CRS(crs))[0]
    assert np.hypot(*scale.T) == pytest.approx(expected, rel=5e-3)


def test_a_bare_plane_has_a_unit_and_no_place() -> None:
    assert metres_per_unit(np.zeros((1, 2)), PLAIN)[0].tolist() == [[0.3048, 0.0], [0.0, 0.3048]]
    assert np.isnan(lonlat(np.zeros((1, 2)), PLAIN)).all()


def test_to_metres_turns_and_scales_about_the_centre() -> None:
    turn = np.array([[[0.0, -2.0], [2.0, 0.0]]])
    moved = to_metres(
        np.array([shapely.LineString([(5, 5), (6, 5)])]), np.array([[5.0, 5.0]]), turn
    )
    assert moved[0].equals(shapely.LineString([(0, 0), (0, 2)]))
