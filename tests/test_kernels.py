"""Compiled passes against the plain references that stand beside them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import Polygon

from geogrid import _compiled
from geogrid import rings as plain
from geogrid._chain_kernels import uncancelled
from geogrid._near_kernels import points_by_edges, points_by_points
from geogrid._ring_kernels import are_certainly_simple, doubled_areas
from geogrid.coverage.walking import walked_faces
from geogrid.rings import polygon_rings
from geogrid.topology import chain_sum, ring_edges

often = settings(max_examples=300, deadline=None)
spot = st.tuples(st.integers(-4, 4), st.integers(-4, 4))
ring = st.lists(spot, min_size=3, max_size=9)
many = st.lists(ring, min_size=1, max_size=12)


def rings_of(corners: list[list[tuple[int, int]]], scale: float = 1.0) -> Any:
    shapes = [Polygon(np.array(one, dtype=float) * scale) for one in corners]
    return polygon_rings(np.array(shapes, dtype=object))


@given(many, st.randoms(use_true_random=False), st.sampled_from([1.0, -0.1, 1e200, 3e-310]))
@often
def test_uncancelled_steps_are_those_that_the_sum_leaves_over(
    corners: list[list[tuple[int, int]]], random: Any, scale: float
) -> None:
    rings = rings_of(corners, scale)
    sign = np.array([random.choice([-1, 1]) for _ in corners], dtype=np.int8)
    group = np.array([random.randrange(2) for _ in corners], dtype=np.int64)
    direction = np.where(rings.direction == 0, 1, rings.direction).astype(np.int8)
    edges = ring_edges(rings)
    total = chain_sum(edges, sign, group)
    places = rings.coordinates
    steps, different, matched = uncancelled(
        places, rings.first, rings.stop, direction * sign[rings.polygon], group[rings.polygon]
    )
    assert different == len(total.weight)
    assert matched == (total.weight == 0).sum()
    left = ring_edges(rings, steps)
    expected = chain_sum(left, sign, group)
    assert len(expected.weight) == different - matched
    assert expected.weight.all()
    assert len(left.start) == (total.weight[total.member] != 0).sum()


@given(many)
@often
@example([[(0, 0), (2, 2), (2, 0), (0, 2)]])
@example([[(0, 0), (3, 0), (3, 3), (1, 0), (0, 3)]])
@example([[(0, 0), (2, 0), (1, 0), (1, 2)]])
def test_what_is_certainly_simple_is_valid(corners: list[list[tuple[int, int]]]) -> None:
    rings = rings_of(corners)
    certain = are_certainly_simple(rings.coordinates, rings.first, rings.stop)
    assert shapely.is_valid([Polygon(one) for one in corners])[certain].all()


@given(st.integers(3, 60), st.integers(0, 2**32 - 1))
@often
def test_stars_are_certainly_simple_until_two_corners_are_exchanged(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    corners = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(1, 9, (count, 1))
    rings = polygon_rings(np.array([Polygon(corners)], dtype=object))
    assert are_certainly_simple(rings.coordinates, rings.first, rings.stop).all()
    one, other = rng.choice(count, 2, replace=False)
    corners[[one, other]] = corners[[other, one]]
    crossed = polygon_rings(np.array([Polygon(corners)], dtype=object))
    certain = are_certainly_simple(crossed.coordinates, crossed.first, crossed.stop)
    assert shapely.is_valid(Polygon(corners)) or not certain.any()


@given(many)
@often
def test_doubled_areas_as_the_reference(corners: list[list[tuple[int, int]]]) -> None:
    rings = rings_of(corners)
    found = doubled_areas(rings.coordinates, rings.first, rings.stop)
    expected = plain._doubled_areas(rings.coordinates, rings.first, rings.stop)
    assert np.array_equal(found, expected)  # whole numbers: no rounding in either


@given(st.lists(st.tuples(spot, spot), min_size=1, max_size=20), st.lists(spot, max_size=30))
@often
@example([((0, -1), (0, 0))], [(0, 0)])
def test_no_point_near_an_edge_is_passed_over(edges: Any, points: Any) -> None:
    ends = np.array(edges, dtype=float)
    ends = ends[(ends[:, 0] != ends[:, 1]).any(axis=1)]
    places = np.array(points, dtype=float).reshape(-1, 2)
    if not len(ends) or not len(places):
        return
    lines = shapely.linestrings(ends)
    touching = shapely.dwithin(lines[:, None], shapely.points(places)[None], 1e-12)
    touching &= (ends[:, None] != places[None, :, None]).any(axis=3).all(axis=2)  # not its ends
    found = points_by_edges(ends[:, 0], ends[:, 1], places, 1e-12)
    assert set(zip(*np.nonzero(touching), strict=True)) == set(zip(*found, strict=True))


@given(st.lists(spot, max_size=30), st.sampled_from([0.3, 1.0, 7.0]))
@often
def test_no_point_near_a_point_is_passed_over(points: Any, side: float) -> None:
    places = np.array(points, dtype=float).reshape(-1, 2)
    one, other = points_by_points(places, np.full(len(places), 1e-9), side)
    same = (places[:, None] == places[None]).all(axis=2) & ~np.eye(len(places), dtype=bool)
    assert set(zip(*np.nonzero(same), strict=True)) == set(zip(one, other, strict=True))


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
@often
def test_walked_faces_are_the_faces_of_the_lines(squares: set[tuple[int, int]]) -> None:
    sides: dict[frozenset[tuple[int, int]], int] = {}
    for x, y in squares:
        corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        for at in range(4):
            side = frozenset([corners[at], corners[at - 1]])
            sides[side] = sides.get(side, 0) + 1
    outline = np.array([sorted(side) for side, count in sides.items() if count == 1], dtype=float)
    lines = shapely.linestrings(outline)
    expected = shapely.get_parts(shapely.polygonize(lines))
    clusters = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)).buffer(0.01))
    cluster = np.array([int(np.argmin(shapely.distance(clusters, line))) for line in lines])
    faces, _, unfit = walked_faces(outline[:, 0], outline[:, 1], cluster)
    assert not len(unfit)
    solid = shapely.union_all(expected)
    walked = shapely.union_all(faces)
    assert shapely.equals(shapely.make_valid(walked), shapely.make_valid(solid))
    assert shapely.is_valid(faces).all()


def test_each_state_of_the_kernels_is_compiled_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOGRID_CACHE_DIR", str(tmp_path))
    folders = []
    for state in ("a", "b"):
        monkeypatch.setattr(_compiled, "_state", lambda state=state: state)
        folders.append(_compiled._cache_directory())
    assert folders == [str(tmp_path / "kernels-a"), str(tmp_path / "kernels-b")]
    os.utime(folders[0], (0, 0))
    assert _compiled._cache_directory() == folders[1]
    assert [path.name for path in tmp_path.iterdir()] == ["kernels-b"]
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GEOGRID_CACHE_DIR", str(tmp_path / "file"))
    assert _compiled._cache_directory() == ""
