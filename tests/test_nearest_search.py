from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from location_layers import interesting_points, layers
from nearest_reference import GEOD, distances_m

from geogrid import _nearest
from geogrid._border_grounds import Around
from geogrid._border_kernels import find_nearest
from geogrid._border_search import search
from geogrid._border_tree import build_border_tree
from geogrid.errors import InputError
from geogrid.locate import build_index, locate, nearest_boundary

MIDDLES = [
    (114.05, 22.53),
    (-0.1, 0.0),
    (87.6, 43.8),
    (15.6, -51.0),
    (25.0, 78.2),
    (-40.0, 89.5),
    (179.99, 10.0),
    (-179.9, -65.0),
]
SPANS = [2e-4, 0.02, 0.5, 8.0]
PLAIN_TO_M = 6_000_000.0

Layer = tuple[list[shapely.Geometry], tuple[float, float], float]


@st.composite
def layers_on_earth(draw: st.DrawFn) -> Layer:
    """Crooked squares with gaps and enclaves around a place; the place, and the squares' width."""
    middle, span = draw(st.sampled_from(MIDDLES)), draw(st.sampled_from(SPANS))
    span = min(span, 89.9 - abs(middle[1]))
    size = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    corners = np.stack(np.meshgrid(np.arange(size + 1.0), np.arange(size + 1.0)), axis=-1)
    corners += rng.uniform(-0.3, 0.3, corners.shape) * draw(st.sampled_from([0.0, 1.0]))
    place = (corners / size - 0.5) * span + middle
    place[..., 0] += min(0.0, 180.0 - place[..., 0].max()) + max(0.0, -180.0 - place[..., 0].min())
    grids: list[shapely.Geometry] = []
    for j in range(size):
        for i in range(size):
            ring = [place[j, i], place[j, i + 1], place[j + 1, i + 1], place[j + 1, i]]
            grid = shapely.Polygon(ring)
            kind = draw(st.sampled_from(["grid", "grid", "gap", "enclave", "hole"]))
            if kind in ("enclave", "hole"):
                inner = shapely.affinity.scale(grid, 0.4, 0.4)
                grids += [inner] if kind == "enclave" else []
                grid = shapely.Polygon(ring, [shapely.get_coordinates(inner)])
            if kind != "gap":
                grids.append(grid)
    return grids or [shapely.box(*place[0, 0], *(place[0, 0] + span / 2))], middle, span


@st.composite
def points_for(draw: st.DrawFn, layer: Layer) -> np.ndarray:
    """Points in and around a layer, far away from it, on its corners and on its edges."""
    grids, middle, span = layer
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    corners = shapely.get_coordinates(grids)
    share = rng.uniform(0, 1, (2, 1))
    some = rng.integers(0, len(shapely.get_coordinates(grids[0])) - 1, 2)
    first = shapely.get_coordinates(grids[0])
    points = np.vstack(
        [
            rng.uniform(-0.7, 0.7, (4, 2)) * span + middle,
            rng.uniform(-30, 30, (2, 2)) * span + middle,
            rng.uniform((-180, -90), (180, 90), (2, 2)),
            corners[rng.integers(0, len(corners), 2)],
            first[some] + share * (first[some + 1] - first[some]),
        ]
    )
    points[:, 0] = (points[:, 0] + 180.0) % 360.0 - 180.0
    points[:, 1] = np.clip(points[:, 1], -90.0, 90.0)
    return points


@settings(deadline=None)
@given(st.data())
def test_metres_and_neighbour_are_those_of_the_plain_reference(data: st.DataObject) -> None:
    layer = data.draw(layers_on_earth())
    x, y = data.draw(points_for(layer)).T
    index = build_index(layer[0])
    own = locate(index, x, y)
    distance_m, across = nearest_boundary(index, x, y)
    for at in range(len(x)):
        of_grids = distances_m(layer[0], float(x[at]), float(y[at]))
        expected = of_grids.min()
        share = 1e-3 if expected < PLAIN_TO_M else 0.04
        assert distance_m[at] == pytest.approx(expected, rel=share, abs=1e-5)
        others = np.delete(of_grids, own[at]) if own[at] >= 0 else of_grids
        if across[at] < 0:
            assert own[at] >= 0
            assert others.min(initial=np.inf) > expected * (1 - share) + 0.009
        else:
            assert across[at] != own[at]
            assert of_grids[across[at]] <= expected * (1 + share) + 0.011


@settings(deadline=None)
@given(st.data())
def test_compiled_plain_alone_and_in_any_order_to_the_same_bits(data: st.DataObject) -> None:
    on_earth = layers_on_earth()
    if data.draw(st.booleans()):
        layer = data.draw(on_earth)
        grids, points = layer[0], data.draw(points_for(layer))
    else:
        grids = data.draw(layers())
        points = np.column_stack(interesting_points(grids))
        points = points[(np.abs(points) < (180, 85)).all(axis=1)][:300]
    x, y = np.ascontiguousarray(points.T)
    index = build_index(grids)
    tree = build_border_tree(index.rings, index.owner)
    if tree is None or not len(x):
        return
    own = locate(index, x, y)
    here = Around(x, y)
    plain = search(tree, here, own, index.rank)
    for one, other in zip(plain, find_nearest(tree, here, own, index.rank), strict=True):
        assert np.array_equal(one, other)

    distance_m, across = nearest_boundary(index, x, y)
    order = np.random.default_rng(len(x)).permutation(len(x))
    shuffled = nearest_boundary(index, x[order], y[order])
    assert np.array_equal(shuffled[0], distance_m[order], equal_nan=True)
    assert np.array_equal(shuffled[1], across[order])
    alone = nearest_boundary(index, x[0], y[0])
    assert np.array_equal(alone[0], distance_m[:1], equal_nan=True)
    assert alone[1].tolist() == across[:1].tolist()


def test_across_the_180th_meridian() -> None:
    index = build_index([shapely.box(179.0, 10.0, 179.999, 10.1), shapely.box(170, 0, 171, 1)])
    distance_m, across = nearest_boundary(index, -179.999, 10.05)
    assert distance_m[0] == pytest.approx(GEOD.inv(-179.999, 10.05, 179.999, 10.05)[2])
    assert across.tolist() == [0]


def test_of_equally_near_borders_the_southern_then_the_western_counts() -> None:
    grids = [shapely.box(-1, -1, 1, 1), shapely.box(1, -1, 3, 1), shapely.box(-3, -1, -1, 1)]
    index = build_index(grids)
    own, x, y = np.zeros(1, np.int32), np.zeros(1), np.zeros(1)
    tree = build_border_tree(index.rings, index.owner)
    assert tree is not None
    for find in (search, find_nearest):
        found = find(tree, Around(x, y), own, index.rank)
        assert (found.lon.tolist(), found.lat.tolist()) == ([0.0], [-1.0])


def test_a_grid_without_neighbours_has_only_the_outside_across() -> None:
    index = build_index([shapely.box(114, 22, 114.01, 22.01)])
    distance_m, across = nearest_boundary(index, [114.001, 114.0, 114.02], [22.005, 22.005, 22.005])
    assert distance_m == pytest.approx([103.25, 0.0, 1032.5], rel=1e-3)
    assert across.tolist() == [-1, -1, 0]


def test_many_points_in_threads_are_as_few() -> None:
    rng = np.random.default_rng(3)
    grids = [shapely.box(i % 9, i // 9, i % 9 + 1, i // 9 + 1) for i in range(81)]
    index = build_index(grids)
    x, y = rng.uniform(-1, 10, (2, 2 * _nearest._POINTS_AT_ONCE + 7))
    x[5] = y[9] = np.nan
    distance_m, across = nearest_boundary(index, x, y)
    for some in (slice(0, 30), slice(-30, None)):
        few = nearest_boundary(index, x[some], y[some])
        assert np.array_equal(few[0], distance_m[some], equal_nan=True)
        assert np.array_equal(few[1], across[some])
    assert np.isnan(distance_m[[5, 9]]).all()
    assert (across[[5, 9]] == -1).all()


def test_coordinates_beyond_all_measure_are_no_places() -> None:
    square = shapely.box(114, 22, 115, 23)
    huge = shapely.box(-1e200, -1e200, 1e200, 1e200)
    in_metres = shapely.box(38_500_000, 2_490_000, 38_501_000, 2_491_000)
    for nowhere in (huge, in_metres):
        with pytest.raises(InputError, match="longitude and latitude"):
            nearest_boundary(build_index([nowhere]), 114.0, 22.0)
    x, y = np.array([114.0, 1e300, 114.5, 361.0]), np.array([22.5, 22.5, 90.001, 22.5])
    distance_m, across = nearest_boundary(build_index([square, huge, in_metres]), x, y)
    assert distance_m[0] == 0.0
    assert np.isnan(distance_m[1:]).all()
    assert (across[1:] == -1).all()
