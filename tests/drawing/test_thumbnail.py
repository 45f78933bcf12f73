"""The small picture: north up, in proportion, never too large."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely

from geogrid.drawing import thumbnail
from geogrid.drawing.thumbnail import fit_frame, frame_points, path_data


def test_the_picture_takes_the_shape_of_the_data() -> None:
    frame = fit_frame([0, 0, 200, 100], width=212, height=500, is_geographic=False)
    assert (frame.width, frame.height) == (212.0, 112.0)
    assert frame_points(frame, [[0, 0], [200, 100]]).tolist() == [[6.0, 106.0], [206.0, 6.0]]


def test_degrees_are_narrower_in_the_north() -> None:
    frame = fit_frame([10, 59, 12, 61], width=400, height=400, is_geographic=True)
    assert frame.width == pytest.approx(frame.height / 2 + 6, abs=1)  # 6 px of margin on each side


def test_a_point_of_a_region_has_a_picture() -> None:
    frame = fit_frame([5, 5, 5, 5], width=100, height=100, is_geographic=True)
    assert np.isfinite(frame_points(frame, [5, 5])).all()


def test_rings_become_a_path() -> None:
    frame = fit_frame([0, 0, 10, 10], width=112, height=112, is_geographic=False)
    square = shapely.box(0, 0, 10, 10)
    assert path_data([square], frame).count("M") == 1
    with_hole = square.difference(shapely.box(2, 2, 4, 4))
    assert path_data([with_hole, None, shapely.Polygon()], frame).count("M") == 2


def test_nothing_to_draw_is_nothing() -> None:
    frame = fit_frame([0, 0, 1, 1], width=100, height=100, is_geographic=False)
    assert path_data([], frame) == ""
    assert path_data([None], frame) == ""


def test_many_vertices_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnail, "MOST_VERTICES", 300)
    angles = np.linspace(0, 2 * np.pi, 5_000)
    radius = 1 + 0.3 * np.sin(angles * 500)
    circle = shapely.polygons(np.column_stack([radius * np.cos(angles), radius * np.sin(angles)]))
    frame = fit_frame(circle.bounds, width=480, height=360, is_geographic=False)
    pairs = re.findall(r"[ML]", path_data([circle], frame))
    assert 0 < len(pairs) <= 300


def test_of_too_many_shapes_the_largest_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnail, "MOST_VERTICES", 50)
    large = shapely.box(0, 0, 5, 5)
    specks = [shapely.box(x / 10, 6, x / 10 + 0.01, 6.01) for x in range(90)]
    frame = fit_frame([0, 0, 10, 10], width=400, height=400, is_geographic=False)
    path = path_data([*specks, large], frame)
    assert 1 <= path.count("M") <= 50
    assert path_data([large], frame) in path
