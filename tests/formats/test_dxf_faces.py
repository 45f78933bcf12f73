from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.formats.dxf_faces import enclosed_faces, snap_tolerance

FRAME = np.array([(0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0)], dtype=float)


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, dtype=float)


def areas(*lines: np.ndarray) -> list[float]:
    return sorted(shapely.area(enclosed_faces(lines).polygons).round(6).tolist())


def test_a_frame_and_a_line_across_make_two_areas() -> None:
    faces = enclosed_faces([FRAME, line((400, 0), (400, 1000))])
    assert sorted(shapely.area(faces.polygons)) == [400_000, 600_000]
    assert (faces.joined, len(faces.loose)) == (0, 0)


@pytest.mark.parametrize("miss", [1e-9, 0.005, -0.004])
def test_a_line_that_just_misses_is_joined_to_the_one_it_misses(miss: float) -> None:
    faces = enclosed_faces([FRAME, line((400, miss), (400, 1000 - miss))])
    assert sorted(shapely.area(faces.polygons)) == pytest.approx([400_000, 600_000])
    assert len(faces.loose) == 0


def test_a_line_that_misses_by_more_stays_loose_and_is_found() -> None:
    faces = enclosed_faces([FRAME, line((400, 0.5), (400, 1000))])
    assert areas(FRAME, line((400, 0.5), (400, 1000))) == [1_000_000]
    assert faces.loose.tolist() == [[400, 0.5]]


def test_four_lines_whose_ends_almost_meet_make_a_square() -> None:
    gap = 0.003
    sides = [line((0, gap), (0, 500)), line((gap, 500), (500, 500)),
             line((500, 500 - gap), (500, gap)), line((500, 0), (gap, 0))]  # fmt: skip
    faces = enclosed_faces(sides)
    assert shapely.area(faces.polygons) == pytest.approx([250_000], rel=1e-4)
    assert faces.joined == 4


def test_only_loose_ends_move() -> None:
    faces = enclosed_faces([FRAME + 0.1234, line((400, 0.1), (400, 1000.1234))])
    corners = {tuple(corner) for corner in shapely.get_coordinates(faces.polygons).tolist()}
    assert {tuple(corner) for corner in (FRAME + 0.1234).tolist()} <= corners


def test_an_area_inside_another_is_a_hole_of_it() -> None:
    assert areas(FRAME, FRAME * 0.1 + 300) == [10_000, 990_000]


def test_lines_drawn_twice_count_once() -> None:
    across = line((400, 0), (400, 1000))
    assert areas(FRAME, FRAME[::-1], across, across[::-1]) == [400_000, 600_000]


def test_lines_that_cross_meet() -> None:
    faces = enclosed_faces([FRAME, line((500, -50), (500, 1050))])
    assert sorted(shapely.area(faces.polygons)) == [500_000, 500_000]
    assert sorted(faces.loose.tolist()) == [[500, -50], [500, 1050]]


def test_the_tolerance_is_small_in_degrees_too() -> None:
    assert snap_tolerance([FRAME]) == 0.01
    assert snap_tolerance([FRAME / 10]) == 1e-7
    assert snap_tolerance([]) == 1e-7


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True),
    st.lists(st.floats(-0.004, 0.004), min_size=10, max_size=10),
    st.floats(0, 2 * np.pi),
)
def test_a_turned_drawing_with_small_misses_gives_all_its_strips(
    cuts: list[int], misses: list[float], turn: float
) -> None:
    wheel = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    lines = [FRAME] + [
        line((cut * 100, low), (cut * 100, 1000 + high))
        for cut, low, high in zip(cuts, misses[:5], misses[5:], strict=False)
    ]
    faces = enclosed_faces([one @ wheel + 500_000 for one in lines])
    widths = np.diff([0, *sorted(cuts), 10])
    assert sorted(shapely.area(faces.polygons)) == pytest.approx(sorted(widths * 1e5), rel=1e-4)
    assert shapely.coverage_is_valid(faces.polygons)
