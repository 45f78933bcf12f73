from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import shapely
from hand_drawn import lattice, outline
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from geogrid.topology import chain_sum, connected_components, polygon_edges

Points = list[tuple[float, float]]


def directed(polygons: Any) -> set[tuple[float, ...]]:
    edges = polygon_edges(polygons)
    ends = np.column_stack([edges.vertices[edges.start], edges.vertices[edges.end]])
    return {tuple(row) for row in ends.tolist()}


def test_interior_lies_to_the_left_whatever_the_drawing_direction() -> None:
    ring = [(0, 0), (1, 0), (1, 1)]
    assert directed([Polygon(ring)]) == directed([Polygon(ring[::-1])])
    assert (0.0, 0.0, 1.0, 0.0) in directed([Polygon(ring)])


def test_holes_run_clockwise() -> None:
    hole = [(1, 1), (2, 1), (2, 2), (1, 2)]
    for drawn in (hole, hole[::-1]):
        assert (2.0, 1.0, 1.0, 1.0) in directed([shapely.box(0, 0, 3, 3) - Polygon(drawn)])


def test_repeated_vertices_are_no_edges() -> None:
    assert len(polygon_edges([Polygon([(0, 0), (1, 0), (1, 0), (1, 1), (0, 0)])]).start) == 3


def test_minus_zero_is_zero() -> None:
    west, east = Polygon([(-1, 0), (-0.0, -0.0), (-0.0, 1)]), Polygon([(0, 0), (1, 0), (0, 1)])
    assert sorted(chain_sum(polygon_edges([west, east])).weight.tolist()) == [-1, -1, 0, 1, 1]


def test_missing_and_empty_polygons_have_no_edges() -> None:
    edges = polygon_edges([None, Polygon(), shapely.box(0, 0, 1, 1)])
    assert edges.owner.tolist() == [2] * 4


def test_multipolygons_count_part_by_part() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    assert directed([parts]) == directed(list(parts.geoms))


thin = st.integers(-3, 3)


@given(st.tuples(thin, thin, thin, thin, thin, thin), st.booleans())
def test_orientation_is_exact_for_slivers_as_thin_as_rounding(
    steps: tuple[int, ...], is_far: bool
) -> None:
    base = np.array([[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]) + (1e6 if is_far else 0.0)
    ring = base + np.array(steps).reshape(3, 2) * np.spacing(base)
    (x0, y0), (x1, y1), (x2, y2) = [[Fraction(float(v)) for v in point] for point in ring]
    doubled = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    edges = polygon_edges([Polygon(ring)])
    first, second = edges.vertices[edges.start], edges.vertices[edges.end]
    if doubled:
        forward = {
            (*a, *b) for a, b in zip(ring.tolist(), np.roll(ring, -1, 0).tolist(), strict=True)
        }
        is_forward = (*first[0], *second[0]) in forward
        assert is_forward == (doubled > 0)


def test_a_coverage_and_its_region_sum_to_zero() -> None:
    sign = np.array([1] * 6 + [-1], dtype=np.int8)
    total = chain_sum(polygon_edges([*lattice(3, 2), outline(3, 2)]), sign)
    assert not total.weight.any()
    assert total.weight.dtype == np.int32


def test_256_copies_do_not_wrap_around_to_nothing() -> None:
    total = chain_sum(polygon_edges([shapely.box(0, 0, 1, 1)] * 256))
    assert set(np.abs(total.weight)) == {256}


def test_a_duplicate_drawn_the_other_way_round_does_not_cancel() -> None:
    ring = [(0, 0), (1, 0), (1, 1)]
    total = chain_sum(polygon_edges([Polygon(ring), Polygon(ring[::-1])]))
    assert set(np.abs(total.weight)) == {2}


def test_groups_are_summed_apart() -> None:
    left, right = lattice(2, 1)
    edges = polygon_edges([left, right, left, right])
    sign, group = np.array([1, 1, -1, -1], dtype=np.int8), np.array([0, 1, 0, 1])
    assert not chain_sum(edges, sign, group).weight.any()
    assert chain_sum(edges, sign, np.array([0, 1, 1, 0])).weight.all()


@given(st.lists(st.permutations([(0, 0), (3, 0), (0, 3), (2, 2)]).map(lambda p: p[:3]), max_size=6))
def test_sum_agrees_with_a_dictionary(triangles: list[Points]) -> None:
    expected: dict[tuple[Any, Any], int] = {}
    for ring in triangles:
        turn = np.linalg.det(np.column_stack([ring, np.ones(3)])) > 0
        around = ring if turn else ring[::-1]
        for start, end in zip(around, [*around[1:], around[0]], strict=True):
            low, high = min(start, end), max(start, end)
            expected[low, high] = expected.get((low, high), 0) + (1 if low == start else -1)
    edges = polygon_edges([Polygon(ring) for ring in triangles])
    total = chain_sum(edges)
    found = {
        (tuple(edges.vertices[low]), tuple(edges.vertices[high])): weight
        for low, high, weight in zip(total.low, total.high, total.weight.tolist(), strict=True)
    }
    assert found == expected


def test_member_leads_from_an_edge_to_its_sum() -> None:
    edges = polygon_edges(lattice(2, 1))
    total = chain_sum(edges)
    both = np.column_stack([edges.start, edges.end])
    assert (np.sort(both) == np.column_stack([total.low, total.high])[total.member]).all()


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
@settings(max_examples=200)
def test_components_agree_with_flooding(count: int, links: list[tuple[int, int]]) -> None:
    links = [(one % count, other % count) for one, other in links]
    label = list(range(count))
    for _ in range(count):
        for one, other in links:
            label[one] = label[other] = min(label[one], label[other])
    pairs = np.array(links, dtype=np.int64).reshape(-1, 2)
    assert connected_components(count, pairs[:, 0], pairs[:, 1]).tolist() == label


def test_a_long_chain_is_one_component() -> None:
    order = np.random.default_rng(7).permutation(20_000)
    assert not connected_components(20_000, order[:-1], order[1:]).any()


@pytest.mark.parametrize("shift", [0.0, 1e15])
def test_vertices_are_compared_bit_by_bit(shift: float) -> None:
    near = np.nextafter(1.0 + shift, np.inf)
    left = shapely.box(shift, 0, 1 + shift, 1)
    right = shapely.box(near, 0, 2 + shift, 1)
    assert chain_sum(polygon_edges([left, right])).weight.all()
