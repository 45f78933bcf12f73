"""Arcs of a coverage: each border once, and polygons that come back from them bit for bit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from coverage_strategies import Sheet, defective, redrawn, seamless, thoroughly, unmatched
from hand_drawn import PLANE, lattice
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geogrid.arcs import Arcs, build_arcs, neighbours, rebuild_polygons
from geogrid.crs import geodesic_m
from geogrid.errors import CrsError, InputError


def ring_sets(shapes: Any) -> list[Any]:
    """Return every polygon as a set of parts, each a shell and a set of holes."""
    return [
        None
        if shape is None
        else {
            (outline(shell), frozenset(outline(hole) for hole in holes))
            for shell, *holes in (shapely.get_rings(part) for part in shapely.get_parts(shape))
        }
        for shape in shapes
    ]


def outline(ring: Any) -> frozenset[tuple[frozenset[Any], ...]]:
    """Return a ring as its undirected edges; repeated vertices are none."""
    points = [tuple((np.array(point) + 0.0).tolist()) for point in ring.coords]
    return frozenset(frozenset(step) for step in pairwise(points) if step[0] != step[1])


def lines(arcs: Arcs) -> list[tuple[list[list[float]], int, int]]:
    """Return the vertices of every arc with its left and right polygon."""
    return [
        (arcs.vertices[arcs.path[start:stop]].tolist(), left, right)
        for start, stop, left, right in zip(
            arcs.first[:-1], arcs.first[1:], arcs.left.tolist(), arcs.right.tolist(), strict=True
        )
    ]


def slow_nodes(shapes: Any) -> set[tuple[float, ...]]:
    """Return where borders meet or the pair of polygons changes, vertex by vertex."""
    beside: dict[frozenset[Any], set[int]] = {}
    ends: dict[tuple[float, ...], set[frozenset[Any]]] = {}
    for number, parts in enumerate(ring_sets(shapes)):
        for shell, holes in parts or ():
            for edge in frozenset().union(shell, *holes):
                beside.setdefault(edge, set()).add(number)
                for point in edge:
                    ends.setdefault(point, set()).add(edge)
    return {
        point
        for point, edges in ends.items()
        if len(edges) != 2 or len({frozenset(beside[edge]) for edge in edges}) > 1
    }


# --- drawn by hand -------------------------------------------------------------------------


def test_two_squares_have_three_arcs() -> None:
    arcs = build_arcs(lattice(2, 1))
    assert lines(arcs) == [
        ([[10, 0], [0, 0], [0, 10], [10, 10]], -1, 0),
        ([[10, 0], [10, 10]], 0, 1),
        ([[10, 0], [20, 0], [20, 10], [10, 10]], 1, -1),
    ]
    assert arcs.ring_arcs.tolist() == [1, ~0, 2, ~1]
    assert arcs.ring_first.tolist() == [0, 2, 4]


def test_an_island_begins_at_its_lowest_vertex() -> None:
    ring = box(0, 0, 30, 30) - box(10, 10, 20, 20)
    arcs = build_arcs([ring, box(10, 10, 20, 20)])
    assert arcs.vertices[arcs.nodes].tolist() == [[0, 0], [10, 10]]
    assert [sorted(sides) for _, *sides in lines(arcs)] == [[-1, 0], [0, 1]]
    assert arcs.ring_part.tolist() == [0, 0, 1]


def test_a_hole_that_touches_its_shell_is_a_ring_of_its_own() -> None:
    touching = Polygon([(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)], [[(5, 0), (7, 4), (3, 4)]])
    filled = Polygon([(5, 0), (7, 4), (3, 4)])
    assert shapely.is_valid(touching)
    arcs = build_arcs([touching, filled])
    assert arcs.vertices[arcs.nodes].tolist() == [[5, 0]]
    assert ring_sets(rebuild_polygons(arcs, 2)) == ring_sets([touching, filled])


def test_parts_that_touch_at_two_corners_stay_apart() -> None:
    parts = MultiPolygon([
        Polygon([(0, 0), (2, 4), (0, 8), (-4, 4)]), Polygon([(0, 0), (6, 4), (0, 8), (3, 4)])
    ])  # fmt: skip
    assert shapely.is_valid(parts)
    assert ring_sets(rebuild_polygons(build_arcs([parts]), 1)) == ring_sets([parts])


def test_a_gap_and_the_outside_are_no_polygon() -> None:
    arcs = build_arcs([box(0, 0, 1, 1), box(1, 1, 2, 2)])
    assert arcs.vertices[arcs.nodes].tolist() == [[1, 1]]
    pairs = neighbours(arcs, PLANE)
    assert pairs["one"].tolist() == [-1, -1]


def test_missing_and_empty_polygons_have_no_arcs() -> None:
    rebuilt = rebuild_polygons(build_arcs([None, box(0, 0, 1, 1), Polygon()]), 3)
    assert [shape is None for shape in rebuilt] == [True, False, True]
    nothing = build_arcs([None, Polygon()])
    assert not len(nothing.path)
    assert rebuild_polygons(nothing, 2).tolist() == [None, None]
    assert neighbours(nothing, PLANE).empty


def test_grids_on_the_same_side_of_an_edge_are_named() -> None:
    shapes = [box(0, 0, 1, 1), box(5, 5, 6, 6), Polygon([(0, 0), (1, 0), (0, 1)])]
    with pytest.raises(InputError, match="1, 3 lie on the same side"):
        build_arcs(shapes)
    with pytest.raises(InputError, match="A, C lie on the same side"):
        build_arcs(shapes, codes=["A", "B", "C"])


def test_lengths_are_those_on_the_ground() -> None:
    west, east = box(114.0, 22.5, 114.1, 22.6), box(114.1, 22.5, 114.2, 22.6)
    pairs = neighbours(build_arcs([west, east]), "EPSG:4326").set_index(["one", "other"])
    shared = float(geodesic_m(114.1, 22.5, 114.1, 22.6))
    assert pairs.loc[(0, 1), "length_m"] == pytest.approx(shared, rel=1e-12)
    assert pairs.loc[(0, 1), "arcs"] == 1
    feet = neighbours(build_arcs(shapely.box([3.1e6, 3.101e6], 1.7e6, [3.101e6, 3.102e6], 1.701e6)),
                      "EPSG:2232")  # fmt: skip
    assert feet["length_m"].iloc[-1] == pytest.approx(304.8, rel=1e-3)
    with pytest.raises(CrsError):
        neighbours(build_arcs([west, east]), None)


# --- properties ----------------------------------------------------------------------------


@given(seamless())
@thoroughly
def test_polygons_come_back_and_nodes_are_where_borders_meet(sheet: Sheet) -> None:
    shapes = sheet.frame.geometry.to_numpy()
    arcs = build_arcs(shapes)
    assert ring_sets(rebuild_polygons(arcs, len(shapes))) == ring_sets(shapes)
    assert shapely.is_valid(rebuild_polygons(arcs, len(shapes))).all()
    nodes = {tuple(point) for point in arcs.vertices[arcs.nodes].tolist()}
    needed = slow_nodes(shapes)
    assert needed <= nodes
    ends = np.concatenate([arcs.path[arcs.first[:-1]], arcs.path[arcs.first[1:] - 1]])
    assert np.array_equal(np.unique(ends), arcs.nodes)
    closed = {tuple(line[0]): line for line, *_sides in lines(arcs) if tuple(line[0]) not in needed}
    assert set(closed) == nodes - needed
    assert all(line[0] == line[-1] == min(line) for line in closed.values())
    inner = np.ones(len(arcs.path), dtype=bool)
    inner[arcs.first[:-1]] = inner[arcs.first[1:] - 1] = False
    assert not np.isin(arcs.path[inner], arcs.nodes).any()


@given(seamless(), st.integers(0, 2**16))
@thoroughly
def test_arcs_do_not_depend_on_the_order_of_the_input(sheet: Sheet, seed: int) -> None:
    shapes = sheet.frame.geometry.to_numpy()
    order = np.random.default_rng(seed).permutation(len(shapes))
    one = build_arcs(shapes)
    other = build_arcs(np.array([redrawn(shape, seed) for shape in shapes[order]], dtype=object))
    named = np.append(order, -1)
    assert one.vertices.tobytes() == other.vertices.tobytes()
    for name in ("nodes", "path", "first"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    assert np.array_equal(one.left, named[other.left])
    assert np.array_equal(one.right, named[other.right])
    again = rebuild_polygons(other, len(shapes))
    for at, shape in zip(order, again, strict=True):
        assert shapely.to_wkb(shape) == shapely.to_wkb(rebuild_polygons(one, len(shapes))[at])


@given(seamless())
@thoroughly
def test_neighbours_share_what_their_boundaries_have_in_common(sheet: Sheet) -> None:
    shapes = sheet.frame.geometry.to_numpy()
    arcs = build_arcs(shapes)
    pairs = neighbours(arcs, sheet.place.crs)
    assert pairs["arcs"].sum() == len(arcs.left)
    edges: dict[frozenset[Any], list[int]] = {}
    for number, parts in enumerate(ring_sets(shapes)):
        for shell, holes in parts:
            for edge in frozenset().union(shell, *holes):
                edges.setdefault(edge, []).append(number)
    shared = {tuple(sorted(both)) if len(both) > 1 else (-1, both[0]) for both in edges.values()}
    assert set(zip(pairs["one"], pairs["other"], strict=True)) == shared
    if sheet.place.crs == PLANE:
        for one, other, length in pairs[["one", "other", "length_m"]].itertuples(index=False):
            both = [edge for edge, two in edges.items() if (tuple(sorted(two)) if len(two) > 1
                    else (-1, two[0])) == (one, other)]  # fmt: skip
            planar = sum(np.hypot(*np.subtract(*map(np.array, edge))) for edge in both)
            assert length == pytest.approx(planar, rel=1e-6)


@given(unmatched())
@thoroughly
def test_a_missing_corner_makes_two_arcs_and_nothing_is_lost(case: Any) -> None:
    drawn, _corners = case
    arcs = build_arcs(drawn.shapes)
    count = len(drawn.shapes)
    assert ring_sets(rebuild_polygons(arcs, count)) == ring_sets(drawn.shapes)


@given(defective())
@thoroughly
def test_defective_layers_come_back_or_are_refused(sheet: Sheet) -> None:
    shapes = sheet.frame.geometry.to_numpy()
    assume(len(shapes) > 1)
    try:
        arcs = build_arcs(shapes, codes=sheet.codes)
    except InputError:
        assert (sheet.owners.sum(axis=0) > 1).any()
        return
    assert ring_sets(rebuild_polygons(arcs, len(shapes))) == ring_sets(shapes)
    assert isinstance(neighbours(arcs, sheet.place.crs), pd.DataFrame)
