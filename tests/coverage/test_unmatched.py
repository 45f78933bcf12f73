from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from geogrid.coverage.unmatched import Split, on_edge, split_leftovers, ulp
from geogrid.topology import chain_sum, polygon_edges


def split(*polygons: shapely.Geometry) -> Split:
    edges = polygon_edges(polygons)
    return split_leftovers(edges.vertices, chain_sum(edges))


def test_a_corner_on_a_straight_edge_cancels_in_pieces() -> None:
    found = split(box(0, 0, 1, 1), Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0.5)]))
    assert (found.pieces.weight == 0).sum() == 2
    assert len(found.edge) == 1


def test_corners_of_both_sides_between_each_other() -> None:
    west = Polygon([(0, 0), (1, 0), (1, 0.3), (1, 0.7), (1, 1), (0, 1)])
    east = Polygon([(2, 0), (2, 1), (1, 1), (1, 0.5), (1, 0)])
    found = split(west, east)
    assert (found.pieces.weight == 0).sum() == 4
    assert len(found.edge) == 3


def test_corners_beside_each_other_count_as_one() -> None:
    near = np.nextafter(1.0, 2.0)
    found = split(box(0, 0, 1, 1), box(near, 0, 2, 1))
    assert (found.pieces.weight == 0).sum() == 1
    assert len(found.edge) == 4


def test_edges_that_sum_to_zero_are_left_alone() -> None:
    edges = polygon_edges([box(0, 0, 1, 1), box(1, 0, 2, 1)])
    total = chain_sum(edges)
    found = split_leftovers(edges.vertices, total)
    assert not (set(found.source.tolist()) & set(np.flatnonzero(total.weight == 0).tolist()))


def test_nothing_left_is_nothing_to_split() -> None:
    assert len(split().source) == 0


def test_pieces_keep_the_weight_of_their_edge() -> None:
    found = split(*[box(0, 0, 1, 1)] * 3, Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0.5)]))
    assert sorted(np.abs(found.pieces.weight).tolist()) == [1, 1, 1, 2, 2, 3, 3, 3]


@pytest.mark.parametrize(("steps", "expected"), [(0, True), (3, True), (6, False)])
def test_four_ulp_decide(steps: int, expected: bool) -> None:
    start, end = np.array([[100.0, 20.0]]), np.array([[100.0, 30.0]])
    point = np.array([[100.0 + steps * np.spacing(100.0), 25.0]])
    assert on_edge(point, start, end)[0].tolist() == [expected]


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0.01, 0.99))
def test_a_corner_computed_on_an_edge_is_found_on_it(x: float, y: float, share: float) -> None:
    start, end = np.array([[x, y]]), np.array([[x + 0.013, y + 0.0071]])
    point = start + share * (end - start)
    is_on, where = on_edge(point, start, end)
    assert is_on.all()
    assert where[0] == pytest.approx(share, abs=1e-6)


def test_ends_are_not_inside() -> None:
    start, end = np.array([[0.0, 0.0]]), np.array([[1.0, 0.0]])
    assert not on_edge(start, start, end)[0].any()
    assert not on_edge(end, start, end)[0].any()


def test_ulp_of_the_larger_coordinate() -> None:
    assert ulp([[1.0, -1e6]]).tolist() == [np.spacing(1e6)]
