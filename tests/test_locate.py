from __future__ import annotations

import pickle

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from location_layers import coverages, interesting_points, layers
from location_reference import owner_by_parity, owner_in_coverage
from shapely import affinity

from geogrid import _plain
from geogrid.errors import InputError
from geogrid.locate import build_index, count_holders, locate, nearest_boundary

SQUARES = [shapely.box(i % 2, i // 2, i % 2 + 1, i // 2 + 1) for i in range(4)]
"""
2 3
0 1
"""


def _one(grids: object, x: float, y: float) -> int:
    return int(locate(build_index(grids), x, y)[0])


@pytest.mark.parametrize(
    ("x", "y", "owner"),
    [
        (0.5, 0.5, 0),
        (1.0, 0.5, 1),  # vertical border: the grid east of it
        (0.5, 1.0, 2),  # horizontal border: the grid north of it
        (1.0, 1.0, 3),  # the common corner
        (0.0, 0.0, 0),
        (2.0, 0.5, 1),  # outer border
        (2.0, 1.0, 3),  # outer corner: counter-clockwise from east meets 3 first
        (1.0, 2.0, 2),
        (2.0, 2.0, 3),
        (2.0, 0.0, 1),
        (0.5, 0.0, 0),
        (0.5, 2.0, 2),
        (np.nextafter(1.0, 0.0), 0.5, 0),
        (np.nextafter(2.0, 3.0), 0.5, -1),
        (0.5, np.nextafter(0.0, -1.0), -1),
        (-0.0, -0.0, 0),
        (5.0, 5.0, -1),
    ],
)
def test_four_squares(x: float, y: float, owner: int) -> None:
    assert _one(SQUARES, x, y) == owner


def test_no_position_is_in_no_grid() -> None:
    index = build_index(SQUARES)
    x = [float("nan"), 0.5, float("inf"), 0.5]
    y = [0.5, float("nan"), 0.5, -float("inf")]
    assert locate(index, x, y).tolist() == [-1, -1, -1, -1]
    found = locate(index, [], [])
    assert found.shape == (0,)
    assert found.dtype == np.int32


def test_an_enclave_and_a_grid_of_two_parts() -> None:
    hole = shapely.box(1, 1, 2, 2)
    around = shapely.box(0, 0, 3, 3).difference(hole)
    two = shapely.MultiPolygon([hole, shapely.box(3, 1, 4, 2)])
    grids = [around, two]
    assert _one(grids, 1.5, 1.5) == 1
    assert _one(grids, 1.0, 1.5) == 1
    assert _one(grids, 2.0, 1.5) == 0
    assert _one(grids, 1.5, 2.0) == 0
    assert _one(grids, 1.5, 1.0) == 1
    assert _one(grids, 3.0, 1.5) == 1
    assert _one(grids, 4.0, 1.5) == 1
    assert _one([around], 1.5, 1.5) == -1
    assert _one([around], 1.0, 1.5) == 0


def test_where_grids_overlap_the_lowest_code_wins() -> None:
    grids = [shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]
    for codes, owner in ((["b", "a"], 1), (["a", "b"], 0)):
        index = build_index(grids, codes)
        assert locate(index, [0.5, 1.5, 2.0, 2.5], [0.5] * 4).tolist() == [0, owner, 1, 1]
        frame = gpd.GeoDataFrame({"code": codes}, geometry=grids)
        assert locate(build_index(frame), 1.5, 0.5).tolist() == [owner]
    assert locate(build_index(grids), 1.5, 0.5).tolist() == [0]  # the smallest vertex
    assert locate(build_index(grids[::-1]), 1.5, 0.5).tolist() == [1]


def test_same_code_and_smallest_vertex_still_do_not_depend_on_order() -> None:
    grids = [shapely.box(0, 0, 2, 1), shapely.box(0, 0, 1, 2)]
    chosen = [grids[_one(grids, 0.5, 0.5)], grids[::-1][_one(grids[::-1], 0.5, 0.5)]]
    assert chosen[0].equals(chosen[1])


def test_unusable_grids_contain_nothing_and_stop_nothing() -> None:
    with np.errstate(invalid="ignore"):
        nan = shapely.Polygon([(0, 0), (1, float("nan")), (1, 1), (0, 0)])
    grids = [None, shapely.Polygon(), nan, shapely.MultiPolygon(), SQUARES[0]]
    assert _one(grids, 0.5, 0.5) == 4
    assert locate(build_index([]), 0.5, 0.5).tolist() == [-1]
    assert locate(build_index([None]), 0.5, 0.5).tolist() == [-1]


INVALID = [
    "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))",
    "POLYGON ((0 0, 0 0, 0 0, 0 0))",
    "POLYGON ((0 0, 1 1, 2 2, 0 0))",
    "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (2 2, 6 2, 6 3, 2 2))",
    "POLYGON ((0 0, 2 0, 2 2, 2 3, 2 2, 0 2, 0 0))",
    "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 1, 3 1, 3 3, 1 3, 1 1)))",
]


@pytest.mark.parametrize("wkt", INVALID)
def test_invalid_rings_do_not_crash(wkt: str) -> None:
    index = build_index([shapely.from_wkt(wkt), shapely.box(-1, -1, 1, 1)])
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(-2, 7, 0.5), np.arange(-2, 7, 0.5)))
    found = locate(index, x, y)
    assert set(found[(x > -1) & (x < 0) & (y > -1) & (y < 0)]) == {1}
    assert (found[(x < -1) | (y < -1)] == -1).all()


def test_overlapping_parts_of_one_grid_are_inside() -> None:
    assert _one([shapely.from_wkt(INVALID[-1])], 1.5, 1.5) == 0


def test_whole_numbers_as_codes_are_compared_by_value() -> None:
    squares = [shapely.box(0, 0, 1, 1)] * 3
    frame = gpd.GeoDataFrame({"code": [10, 9, 100]}, geometry=squares)
    assert locate(build_index(frame), 0.5, 0.5) == 1
    assert locate(build_index(squares, [10, 9, 100]), 0.5, 0.5) == 1
    assert locate(build_index(frame.astype({"code": str})), 0.5, 0.5) == 0
    assert locate(build_index(squares, ["b", None, "a"]), 0.5, 0.5) == 1  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("x", "y"),
    [([1, 2, 3], [1, 2]), (["a"], [1]), ([1j], [0]), ([[0.5, 0.5]], [[0.5, 0.5]]), (None, [[1]])],
)
def test_points_that_are_none_are_refused(x: object, y: object) -> None:
    index = build_index([shapely.box(0, 0, 1, 1)])
    for ask in (locate, count_holders, nearest_boundary):
        with pytest.raises(InputError, match="x and y must be"):
            ask(index, x, y)


def test_wrong_input_is_named() -> None:
    with pytest.raises(InputError, match="Row 2 is not a polygon"):
        build_index([shapely.box(0, 0, 1, 1), "POLYGON ((0 0, 1 0, 1 1, 0 0))"])
    with pytest.raises(InputError, match="1 codes for 4 grids"):
        build_index(SQUARES, ["a"])
    with pytest.raises(InputError, match="Row 2 is not a polygon"):
        build_index([SQUARES[0], shapely.Point(1, 2)])


def test_index_can_be_pickled() -> None:
    index = build_index(SQUARES)
    before = locate(index, [0.5, 1.0], [0.5, 1.0])
    for restored in (pickle.loads(pickle.dumps(index)), pickle.loads(pickle.dumps(index, 5))):
        assert locate(restored, [0.5, 1.0], [0.5, 1.0]).tolist() == before.tolist() == [0, 3]


def test_few_points_and_many_points_agree() -> None:
    index = build_index(SQUARES)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(-1, 4, 0.125), np.arange(-1, 4, 0.125)))
    assert len(x) > 1_000
    alone = [int(locate(index, a, b)[0]) for a, b in zip(x, y, strict=True)]
    assert locate(index, x, y).tolist() == alone


@settings(max_examples=40, deadline=None)
@given(coverages(), st.randoms(use_true_random=False))
def test_coverage_agrees_with_the_plain_rule(grids: list[shapely.Geometry], random: object) -> None:
    if not grids:
        return
    x, y = interesting_points(grids)
    chosen = np.array([random.randrange(len(x)) for _ in range(60)])  # type: ignore[attr-defined]
    found = locate(build_index(grids), x, y)
    expected = [owner_in_coverage(grids, float(x[at]), float(y[at])) for at in chosen]
    assert found[chosen].tolist() == expected


@settings(max_examples=80, deadline=None)
@given(layers())
def test_a_batch_finds_its_candidates_without_the_tree(grids: list[shapely.Geometry]) -> None:
    if not grids:
        return
    x, y = interesting_points(grids)
    expected = locate(build_index(grids), x, y)
    batch = build_index(grids)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_plain, "_PARTS_PER_POINT", 1e-9)
        assert locate(batch, x, y).tolist() == expected.tolist()
        assert "_tree" not in vars(batch.plain)


@settings(max_examples=80, deadline=None)
@given(coverages(), st.randoms(use_true_random=False))
def test_every_point_has_one_owner_whatever_the_order(
    grids: list[shapely.Geometry], random: object
) -> None:
    if not grids:
        return
    x, y = interesting_points(grids)
    found = locate(build_index(grids), x, y)
    touched = shapely.intersects(np.array(grids)[:, None], shapely.points(x, y)[None, :])
    agrees = np.where(found < 0, ~touched.any(axis=0), touched[found, np.arange(len(x))])
    for at in np.flatnonzero(~agrees):  # GEOS may call a point one ulp off an edge "on" it
        assert found[at] == owner_in_coverage(grids, float(x[at]), float(y[at]))
    assert agrees.mean() > 0.9
    order = list(range(len(grids)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = locate(build_index([grids[at] for at in order]), x, y)
    assert np.array([*order, -1])[shuffled].tolist() == found.tolist()
    turned = [shapely.reverse(shapely.normalize(grid)) for grid in grids]
    assert locate(build_index(turned), x, y).tolist() == found.tolist()


@settings(max_examples=40, deadline=None)
@given(coverages(), coverages(), st.randoms(use_true_random=False))
def test_layers_with_overlaps_agree_with_the_plain_rule(
    lower: list[shapely.Geometry], upper: list[shapely.Geometry], random: object
) -> None:
    grids = [*lower, *upper]
    if not grids:
        return
    codes = [f"{random.randrange(100):02d}-{at}" for at in range(len(grids))]  # type: ignore[attr-defined]
    order = sorted(range(len(grids)), key=codes.__getitem__)
    x, y = interesting_points(grids)
    chosen = np.array([random.randrange(len(x)) for _ in range(40)])  # type: ignore[attr-defined]
    found = locate(build_index(grids, codes), x[chosen], y[chosen])
    expected = [owner_by_parity(grids, order, float(x[at]), float(y[at])) for at in chosen]
    assert found.tolist() == expected


def test_a_city_of_discs_is_hit_as_often_as_its_area() -> None:
    side = 24
    blob = shapely.Point(0.5, 0.5).buffer(0.5, quad_segs=8)
    grids = [affinity.translate(blob, i, j) for i in range(side) for j in range(side)]
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0, side, (2, 100_000))
    index = build_index(grids)
    found = locate(index, x, y)
    assert (found >= 0).mean() == pytest.approx(np.pi / 4, abs=0.01)
