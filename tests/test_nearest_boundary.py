from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geogrid import _nearest
from geogrid.crs import local_crs
from geogrid.errors import InputError
from geogrid.locate import build_index, nearest_boundary

STEP = 0.001


def _box(i: float, j: float, w: float = 1, h: float = 1) -> shapely.Polygon:
    west, south = 114 + i * STEP, 22.5 + j * STEP
    return shapely.box(west, south, west + w * STEP, south + h * STEP)


def _true_distances(grids: list[shapely.Geometry], x: np.ndarray, y: np.ndarray) -> list[float]:
    """Distance in a metric CRS centred beside each point: true to 1e-6 around it.

    Not centred on the point itself: PROJ takes places within a millimetre of the centre for it.
    """
    borders = shapely.segmentize(shapely.boundary(grids), STEP / 20)
    distances = []
    for lon, lat in zip(x.tolist(), y.tolist(), strict=True):
        beside = local_crs(lon - STEP, lat - STEP)
        plane = pyproj.Transformer.from_crs(4326, beside, always_xy=True)
        here = shapely.Point(*plane.transform(lon, lat))
        local = shapely.transform(borders, plane.transform, interleaved=False)
        distances.append(float(shapely.distance(local, here).min()))
    return distances


GRIDS = [_box(0, 0), _box(1, 0), _box(0, 1), _box(1, 1)]
"""
2 3
0 1
"""


@pytest.mark.parametrize(
    ("east", "north", "neighbour"),
    [
        (0.9, 0.5, 1),
        (0.5, 0.9, 2),
        (0.1, 0.5, -1),
        (0.5, 0.1, -1),
        (1.1, 0.5, 0),
        (1.5, 1.1, 1),
        (1.0, 0.5, 0),  # on the border: it is in 1, the grid across is 0
        (2.5, 0.5, 1),  # outside: the nearest grid
        (0.5, 2.3, 2),
    ],
)
def test_the_grid_across_the_nearest_border(east: float, north: float, neighbour: int) -> None:
    _, across = nearest_boundary(build_index(GRIDS), 114 + east * STEP, 22.5 + north * STEP)
    assert across.tolist() == [neighbour]
    assert across.dtype == np.int32


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1, 3), st.floats(-1, 3)), min_size=1, max_size=5),
    st.sampled_from([0.0, 22.5, 53.0]),
)
@example([(1e-05, 0.5)], 0.0)
def test_metres_are_true_to_a_thousandth(points: list[tuple[float, float]], lat: float) -> None:
    grids = [shapely.transform(grid, lambda c: np.add(c, [0, lat - 22.5])) for grid in GRIDS]
    x = np.array([114 + east * STEP for east, _ in points])
    y = np.array([lat + north * STEP for _, north in points])
    distance_m, _ = nearest_boundary(build_index(grids), x, y)
    assert distance_m == pytest.approx(_true_distances(grids, x, y), rel=1e-3, abs=1e-3)


def test_across_a_whole_city_the_choice_of_the_nearest_is_right() -> None:
    """A wide layer: the plane of the index is squeezed for its middle, the points are not there."""
    slanted = shapely.Polygon([(114, 22), (114.4, 22), (114.4, 24), (114, 24)])
    rng = np.random.default_rng(11)
    holes = [
        shapely.Point(x, y).buffer(0.01, quad_segs=2).exterior
        for x, y in zip(np.linspace(114.05, 114.35, 12), np.linspace(22.05, 23.95, 12), strict=True)
    ]
    grid = shapely.Polygon(slanted.exterior, holes)
    x, y = rng.uniform(114, 114.4, 40), rng.uniform(22, 24, 40)
    distance_m, _ = nearest_boundary(build_index([grid]), x, y)
    assert distance_m == pytest.approx(_true_distances([grid], x, y), rel=1e-3)


def test_the_plane_of_the_index_does_not_decide_what_is_nearest() -> None:
    """Far from the layer's middle latitude a degree east is shorter than the plane says."""
    tall = shapely.box(0, 0, 10, 60)
    distance_m, _ = nearest_boundary(build_index([tall]), 0.15, 59.9)  # north 11.1 km, west 8.4
    assert distance_m[0] == pytest.approx(8_400, rel=0.01)


def test_an_enclave_a_distant_point_and_none_at_all() -> None:
    hole = _box(1, 1)
    around = _box(0, 0, 3, 3).difference(hole)
    index = build_index([around, hole])
    x, y = 114 + np.array([1.5, 0.9]) * STEP, 22.5 + np.array([1.5, 1.5]) * STEP
    distance_m, across = nearest_boundary(index, x, y)
    assert across.tolist() == [0, 1]
    assert distance_m == pytest.approx([51.45, 10.29], rel=1e-3)
    distance_m, across = nearest_boundary(index, [0.0, float("nan")], [0.0, 22.5])
    assert distance_m[0] == pytest.approx(12_400_000, rel=0.05)
    assert np.isnan(distance_m[1])
    assert across.tolist() == [0, -1]
    distance_m, across = nearest_boundary(build_index([]), 114.0, 22.5)
    assert np.isnan(distance_m[0])
    assert across.tolist() == [-1]


def test_a_neighbour_drawn_a_millimetre_away_is_still_the_neighbour() -> None:
    left, right = _box(0, 0), _box(1 + 1e-5, 0)
    distance_m, across = nearest_boundary(build_index([left, right]), 114 + 0.9 * STEP, 22.5005)
    assert across.tolist() == [1]
    assert distance_m[0] == pytest.approx(10.29, rel=1e-3)


def test_a_wide_road_between_grids_is_the_outside() -> None:
    left, right = _box(0, 0), _box(1.1, 0)
    _, across = nearest_boundary(build_index([left, right]), 114 + 0.9 * STEP, 22.5005)
    assert across.tolist() == [-1]


def test_metres_are_those_of_the_geodesic_to_densely_sampled_borders() -> None:
    wide = [
        shapely.transform(grid, lambda c: (c - (114, 22.5)) * 40 + (114, 22.5)) for grid in GRIDS
    ]
    rng = np.random.default_rng(2)
    x, y = 114 + rng.uniform(-0.02, 0.1, 60), 22.5 + rng.uniform(-0.02, 0.1, 60)
    distance_m, _ = nearest_boundary(build_index(wide), x, y)
    dense = shapely.get_coordinates(shapely.segmentize(shapely.boundary(wide), 2e-6))
    geod = pyproj.Geod(ellps="WGS84")
    for at in range(len(x)):
        near = dense[np.abs(dense - (x[at], y[at])).max(axis=1) < distance_m[at] / 90_000]
        ones = np.ones(len(near))
        _, _, metres = geod.inv(x[at] * ones, y[at] * ones, *near.T)
        assert distance_m[at] == pytest.approx(metres.min(), rel=1e-3, abs=0.1)


def test_a_large_layer_is_asked_near_the_points_only(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(6)
    corners = np.stack(np.meshgrid(np.arange(21.0), np.arange(21.0)), axis=-1)
    corners[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, (19, 19, 2))
    place = corners * (0.02, 0.03) + (114.0, 40.0)
    grids = [
        shapely.Polygon([place[j, i], place[j, i + 1], place[j + 1, i + 1], place[j + 1, i]])
        for j in range(20)
        for i in range(20)
        if rng.random() > 0.05
    ]
    x, y = 114.0 + rng.uniform(-0.5, 1, 500), 40.0 + rng.uniform(-0.5, 1, 500)
    x[:5], y[:5] = [0.0, 179.0, 114.2, 114.2, np.nan], [0.0, -80.0, 89.999, 40.3, 40.3]
    expected = nearest_boundary(build_index(grids), x, y)
    monkeypatch.setattr(_nearest, "COMPILED_FROM", 10)
    monkeypatch.setattr(_nearest, "_POINTS_AT_ONCE", 50)
    index = build_index(grids)
    found = nearest_boundary(index, x, y)
    assert np.array_equal(found[0], expected[0], equal_nan=True)
    assert found[1].tolist() == expected[1].tolist()
    one = nearest_boundary(index, x[7], y[7])
    assert (one[0][0], one[1][0]) == (expected[0][7], expected[1][7])


def test_many_points_far_from_everything_are_found_block_by_block() -> None:
    rng = np.random.default_rng(3)
    corners = np.array([[114.0, 22.0], [115.0, 22.0], [114.0, 23.0], [115.0, 23.0]])
    lumps = [shapely.Point(place).buffer(0.02, quad_segs=200) for place in corners]
    x, y = rng.uniform([113.9, 21.9], [115.1, 23.1], (3000, 2)).T
    distance_m, neighbour = nearest_boundary(build_index(lumps), x, y)
    some = rng.integers(0, 3000, 40)
    assert distance_m[some] == pytest.approx(_true_distances(lumps, x[some], y[some]), rel=2e-3)
    own = np.hypot(*(np.stack([x, y], axis=1)[:, None] - corners).transpose(2, 0, 1)) < 0.0199
    assert (neighbour[own.any(axis=1)] == -1).all()


def test_grids_in_metres_have_no_distances_in_degrees() -> None:
    index = build_index([shapely.box(500_000, 2_490_000, 501_000, 2_491_000)])
    with pytest.raises(InputError, match="longitude and latitude"):
        nearest_boundary(index, 500_500, 2_490_500)
