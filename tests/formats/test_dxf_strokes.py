from __future__ import annotations

import ezdxf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.formats.dxf_strokes import STROKES, arc_vertices, hatch_outlines

SPACE = ezdxf.new("R2010").modelspace()
coordinate = st.floats(-1e4, 1e4)


def strokes(entity: object) -> list[tuple[np.ndarray, bool]]:
    return STROKES[entity.dxftype()](entity)


@pytest.mark.parametrize(("bulge", "middle"), [(1.0, (0, -1)), (-1.0, (0, 1))])
def test_a_bulge_of_one_is_half_a_circle_on_the_right_side(
    bulge: float, middle: tuple[float, float]
) -> None:
    arc = arc_vertices(np.array([-1.0, 0]), np.array([1.0, 0]), bulge)
    assert np.hypot(*arc.T) == pytest.approx(1)
    assert arc[len(arc) // 2] == pytest.approx(middle, abs=0.06)


@settings(max_examples=150, deadline=None)
@given(coordinate, coordinate, coordinate, coordinate, st.floats(-5, 5))
def test_neighbours_who_both_draw_an_arc_share_its_vertices(
    x1: float, y1: float, x2: float, y2: float, bulge: float
) -> None:
    start, end = np.array([x1, y1]), np.array([x2, y2])
    there, back = arc_vertices(start, end, bulge), arc_vertices(end, start, -bulge)
    assert np.array_equal(there, back[::-1])


@pytest.mark.parametrize("bulge", [0.0, 1e-9, 0.01, 0.4, 1, 3])
def test_an_arc_is_followed_to_a_centimetre(bulge: float) -> None:
    start, end = np.array([0.0, 0.0]), np.array([200.0, 0.0])
    arc = np.vstack([start, arc_vertices(start, end, bulge), end])
    if bulge:
        radius = 200 * (1 + bulge**2) / (4 * bulge)
        chords = np.hypot(*np.diff(arc, axis=0).T)
        assert (radius - np.sqrt(radius**2 - (chords / 2) ** 2)).max() < 0.011
    assert len(arc) < 2100


def test_lines_and_outlines_keep_their_vertices() -> None:
    line = SPACE.add_line((0.1, 0.2), (3, 4))
    outline = SPACE.add_lwpolyline([(0, 0), (1, 0), (1, 1)], close=True)
    old = SPACE.add_polyline2d([(0, 0), (1, 0), (1, 1)])
    tall = SPACE.add_polyline3d([(0, 0, 5), (1, 0, 6), (1, 1, 7)], close=True)
    assert strokes(line)[0][0].tolist() == [[0.1, 0.2], [3, 4]]
    for entity, is_closed in ((line, False), (outline, True), (old, False), (tall, True)):
        assert strokes(entity)[0][1] is is_closed
    for entity in (outline, old, tall):
        assert strokes(entity)[0][0].tolist() == [[0, 0], [1, 0], [1, 1]]


def test_bulges_of_outlines_become_arcs_the_last_one_back_to_the_start() -> None:
    disc = SPACE.add_lwpolyline([(-1, 0, 1), (1, 0, 1)], format="xyb", close=True)
    half = SPACE.add_lwpolyline([(-1, 0, 1), (1, 0, 1)], format="xyb")
    (whole, _), (part, _) = strokes(disc)[0], strokes(half)[0]
    assert np.hypot(*whole.T) == pytest.approx(1)
    assert whole[:, 1].max() == pytest.approx(1, abs=0.01)
    assert part[:, 1].max() == pytest.approx(0)


def test_circles_arcs_ellipses_and_splines_are_made_straight() -> None:
    circle, arc = SPACE.add_circle((5, 5), 2), SPACE.add_arc((0, 0), 2, 0, 90)
    (ring, is_closed), (bow, _) = strokes(circle)[0], strokes(arc)[0]
    assert is_closed
    assert np.hypot(*(ring - 5).T) == pytest.approx(2)
    assert bow[[0, -1]] == pytest.approx(np.array([(2, 0), (0, 2)]))
    assert np.hypot(*bow.T) == pytest.approx(2)
    ellipse = SPACE.add_ellipse((0, 0), (30, 0), 0.5)
    assert strokes(ellipse)[0][1]
    spline = SPACE.add_spline([(0, 0), (10, 5), (20, 0)])
    assert not strokes(spline)[0][1]
    assert len(strokes(spline)[0][0]) > 4
    assert strokes(SPACE.add_arc((0, 0), 2, 0, 360))[0][0][[0, -1]] == pytest.approx(2, abs=2)


def test_mirrored_entities_are_placed_as_drawn() -> None:
    mirrored = {"extrusion": (0, 0, -1)}
    outline = SPACE.add_lwpolyline([(1, 0), (2, 0), (2, 1)], close=True, dxfattribs=mirrored)
    old = SPACE.add_polyline2d([(1, 0), (2, 0), (2, 1)], close=True, dxfattribs=mirrored)
    circle = SPACE.add_circle((5, 5), 2, dxfattribs=mirrored)
    for entity in (outline, old):
        assert strokes(entity)[0][0][:, 0].max() == -1
    assert strokes(circle)[0][0][:, 0].max() == pytest.approx(-3)


def test_what_makes_no_stroke_makes_none() -> None:
    assert strokes(SPACE.add_polyface()) == []
    assert strokes(SPACE.add_circle((0, 0), 0)) == []


def test_hatched_areas_have_outlines() -> None:
    hatch = SPACE.add_hatch()
    hatch.paths.add_polyline_path([(0, 0), (4, 0), (4, 4), (0, 4)], is_closed=True)
    ((outline, is_closed),) = hatch_outlines(hatch)
    assert is_closed
    assert outline.max() == 4
