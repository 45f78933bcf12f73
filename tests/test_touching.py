from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from geogrid.crs import area_m2
from geogrid.errors import InputError
from geogrid.locate import build_index
from geogrid.touching import circle, touching

STEP = 0.01
WEST, SOUTH = 114.0, 22.5


def _box(i: float, j: float, w: float = 1, h: float = 1) -> shapely.Polygon:
    west, south = WEST + i * STEP, SOUTH + j * STEP
    return shapely.box(west, south, west + w * STEP, south + h * STEP)


INDEX = build_index([_box(0, 0), _box(1, 0), _box(0, 1), _box(1, 1)])
"""
2 3
0 1
"""


def _line(*places: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(WEST + i * STEP, SOUTH + j * STEP) for i, j in places])


def test_a_polygon_over_three_grids_and_the_outside() -> None:
    found = touching(INDEX, _box(0.5, 0.25, 2, 0.5))
    assert found.grids.tolist() == [1, 0]
    assert found.share == pytest.approx([0.5, 0.25], rel=1e-9)
    assert found.outside == pytest.approx(0.25, rel=1e-9)


def test_only_touched_grids_come_last_with_nothing() -> None:
    found = touching(INDEX, _box(0, 0))
    assert found.grids.tolist() == [0, 2, 1, 3]  # without codes, the smallest corner first
    assert found.share.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert found.outside == 0.0


def test_a_circle_is_shared_by_its_area_in_metres() -> None:
    lon, lat, radius = WEST + STEP, SOUTH + STEP, 300.0
    shape = circle(lon, lat, radius)
    found = touching(INDEX, shape)
    assert sorted(found.grids.tolist()) == [0, 1, 2, 3]
    assert found.share.sum() == pytest.approx(1.0, abs=1e-9)
    assert found.share == pytest.approx([0.25] * 4, abs=1e-4)
    rng = np.random.default_rng(4)
    turn, far = rng.uniform(0, 360, 20_000), radius * np.sqrt(rng.uniform(0, 1, 20_000))
    shifted = circle(lon + 0.001, lat - 0.0005, radius)
    x, y, _ = pyproj.Geod(ellps="WGS84").fwd(
        np.full(20_000, lon + 0.001), np.full(20_000, lat - 0.0005), turn, far
    )
    hits = touching(INDEX, shapely.MultiPoint(np.column_stack([x, y])))
    areas = touching(INDEX, shifted)
    assert areas.grids.tolist() == hits.grids.tolist()
    assert areas.share == pytest.approx(hits.share, abs=0.015)
    assert area_m2([shape], "EPSG:4326")[0] == pytest.approx(np.pi * radius**2, rel=2e-4)


def test_a_line_is_shared_by_its_length() -> None:
    found = touching(INDEX, _line((0.25, 0.5), (1.5, 0.5), (1.5, 2.5)))
    geod = pyproj.Geod(ellps="WGS84")

    def metres(*places: tuple[float, float]) -> float:
        return geod.geometry_length(_line(*places))

    whole = metres((0.25, 0.5), (1.5, 0.5), (1.5, 2.5))
    expected = {
        0: metres((0.25, 0.5), (1, 0.5)) / whole,
        1: metres((1, 0.5), (1.5, 0.5), (1.5, 1)) / whole,
        3: metres((1.5, 1), (1.5, 2)) / whole,
    }
    assert dict(zip(found.grids.tolist(), found.share, strict=True)) == pytest.approx(
        expected, rel=1e-6
    )
    assert list(found.share) == sorted(found.share, reverse=True)
    assert found.outside == pytest.approx(metres((1.5, 2), (1.5, 2.5)) / whole, rel=1e-6)


def test_a_point_is_in_one_grid() -> None:
    corner = touching(INDEX, shapely.Point(WEST + STEP, SOUTH + STEP))
    assert (corner.grids.tolist(), corner.share.tolist(), corner.outside) == ([3], [1.0], 0.0)
    away = touching(INDEX, shapely.Point(0, 0))
    assert (away.grids.tolist(), away.outside) == ([], 1.0)


def test_holes_islands_overlaps_and_broken_grids() -> None:
    hole = _box(1, 1)
    ring = _box(0, 0, 3, 3).difference(hole)
    bowtie = shapely.Polygon(_line((0, 0), (3, 3), (3, 0), (0, 3)).coords)
    index = build_index([ring, bowtie, shapely.MultiPolygon([hole, _box(5, 5)])])
    found = touching(index, _box(0, 0, 3, 3))
    shares = dict(zip(found.grids.tolist(), found.share.tolist(), strict=True))
    assert shares == pytest.approx({0: 8 / 9, 1: 0.5, 2: 1 / 9}, rel=1e-3)
    assert found.outside == 0.0


@pytest.mark.parametrize(
    "shape",
    [
        None,
        shapely.Point(),
        shapely.GeometryCollection([shapely.Point(0, 0), _line((0, 0), (1, 1))]),
        shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
        shapely.Point(np.nan, 0),
    ],
)
def test_unusable_shapes_are_refused(shape: shapely.Geometry) -> None:
    with pytest.raises(InputError):
        touching(INDEX, shape)


@pytest.mark.parametrize(
    "numbers", [(200, 0, 5), (0, 95, 5), (0, 0, 0), (0, 0, 2e6), (0, 0, np.nan)]
)
def test_unusable_circles_are_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(InputError):
        circle(*numbers)


def test_no_grids_at_all() -> None:
    found = touching(build_index([]), _box(0, 0))
    assert (len(found.grids), found.outside) == (0, 1.0)


@pytest.mark.parametrize(("lon", "lat"), [(179.9999, 0.0), (0.0, 89.9999), (-180.0, 20.0)])
def test_circles_over_the_edge_of_the_map_are_refused(lon: float, lat: float) -> None:
    with pytest.raises(InputError, match="180th meridian"):
        circle(lon, lat, 1_000.0)
