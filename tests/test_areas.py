from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from geogrid.areas import straight_area_m2
from geogrid.crs import area_m2

FEET = pyproj.CRS("EPSG:2232")
SQUARE = shapely.box(3_100_000, 1_700_000, 3_101_000, 1_701_000)


def area(
    *shapes: shapely.Geometry, crs: pyproj.CRS = FEET
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return straight_area_m2(np.array(shapes, dtype=object), crs)


def test_a_corner_on_an_edge_changes_nothing() -> None:
    whole = area(SQUARE)[0]
    x, y = 3_100_000, 1_700_000
    corner = shapely.Polygon(
        [(x, y), (x + 1000, y), (x + 1000, y + 1000), (x + 400, y + 1000), (x, y + 1000)]
    )
    assert area(corner)[0] == pytest.approx(whole, rel=1e-10)
    assert area_m2([corner], FEET)[0] != pytest.approx(whole, rel=1e-7)


def test_parts_add_up() -> None:
    hole = shapely.box(3_100_200, 1_700_300, 3_100_500, 1_700_900)
    whole, part, rest = area(SQUARE, hole, SQUARE - hole)
    assert part + rest == pytest.approx(whole, rel=1e-12)
    both = shapely.MultiPolygon([hole, shapely.box(3_100_600, 1_700_300, 3_100_700, 1_700_900)])
    assert area(both)[0] == pytest.approx(area(*both.geoms).sum(), rel=1e-13)


def test_a_sliver_thinner_than_an_edge_bends_keeps_its_area() -> None:
    sliver = shapely.Polygon([(3.1e6, 1.7e6), (3.101e6, 1.7e6), (3.1005e6, 1.7e6 + 1e-5)])
    assert area(sliver)[0] == pytest.approx(shapely.area(sliver) * 0.3048**2, rel=1e-2)


def test_degrees_and_planes_are_measured_as_ever() -> None:
    degrees = shapely.box(114, 22, 115, 23)
    assert area(degrees, crs=pyproj.CRS("EPSG:4326"))[0] == area_m2([degrees], "EPSG:4326")[0]


def test_what_has_no_area_counts_nothing() -> None:
    assert area(shapely.Point(3.1e6, 1.7e6), shapely.Polygon(), SQUARE)[:2].tolist() == [0.0, 0.0]
    assert len(area()) == 0
