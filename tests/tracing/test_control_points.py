"""Known placements come back; points that say nothing certain are refused in words."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geogrid.crs import geodesic_m, local_crs
from geogrid.tracing import KINDS, ControlPointError, fit_control_points
from geogrid.tracing._fitting import apply, spread

CENTRE = (114.06, 22.54)
CORNERS = np.array([[0.0, 0.0], [4000, 0], [4000, 3000], [0, 3000], [2100, 1400]])


def on_ground(plane: np.ndarray) -> np.ndarray:
    back = pyproj.Transformer.from_crs(local_crs(*CENTRE), "EPSG:4326", always_xy=True)
    return np.column_stack(back.transform(*plane.T))


@st.composite
def known_maps(draw: st.DrawFn) -> tuple[str, np.ndarray, np.ndarray]:
    """A kind, points in the picture spread over it, and a map of some hundred metres."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    number = draw(st.integers(KINDS[kind], 8))
    share = st.floats(0.0, 1.0, width=32)
    jitter = np.array(draw(st.lists(st.tuples(share, share), min_size=8, max_size=8)))
    base = np.array(
        [[0, 0], [3500, 0], [0, 2500], [3500, 2500], [1500, 1], [5, 1300], [2900, 1300], [700, 2e3]]
    )  # fmt: skip
    points = (base + 400 * jitter)[:number]
    angle, scale = draw(st.floats(-3.1, 3.1)), draw(st.floats(0.02, 0.15))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    matrix = np.array(
        [[c, -s, draw(st.floats(-99, 99))], [s, c, draw(st.floats(-99, 99))], [0, 0, 1]]
    )
    if kind != "similarity":
        skew, wide = draw(st.floats(-0.4, 0.4)), draw(st.floats(0.5, 1.5))
        matrix[:2, :2] = matrix[:2, :2] @ [[1, skew], [0, wide]]
    if kind == "projective":
        matrix[2, :2] = draw(st.floats(-4e-5, 4e-5)), draw(st.floats(-4e-5, 4e-5))
    return kind, points, matrix


@given(known_maps())
def test_known_maps_are_recovered(known: tuple[str, np.ndarray, np.ndarray]) -> None:
    kind, points, matrix = known
    wanted = on_ground(apply(matrix, points))
    # the local plane of the fit is another one than that of the ground: settle in the fitted one
    first = fit_control_points(points, wanted, kind)
    plane = pyproj.Transformer.from_crs("EPSG:4326", first.plane, always_xy=True)
    fitted = np.column_stack(plane.transform(*wanted.T))
    assert np.abs(first.to_plane(points) - fitted).max() < 2e-6
    asked = points.mean(axis=0) + (points - points.mean(axis=0)) * 0.9
    exact = on_ground(apply(matrix, asked))
    got = first.to_ground(asked)
    assert geodesic_m(*exact.T, *got.T).max() < 2e-6


@given(known_maps(), st.integers(0, 7), st.floats(3.0, 20.0))
def test_residuals_are_those_of_least_squares(
    known: tuple[str, np.ndarray, np.ndarray], moved: int, by: float
) -> None:
    """No other map of the kind, a little beside the one found, misses less."""
    kind, points, matrix = known
    assume(len(points) > KINDS[kind])
    plane = apply(matrix, points)
    plane[moved % len(plane), 0] += by
    placed = fit_control_points(points, on_ground(plane), kind)
    assert placed.rms_m > 0
    if kind != "projective" and len(points) > KINDS[kind] + 1:
        assert placed.worst == moved % len(plane)
    target = placed.to_plane(points) - placed.residuals_m
    for row in range(2):
        for column in range(3):
            for step in (1e-4, -1e-4):
                other = placed.matrix.copy()
                other[row, column] *= 1 + step
                if kind == "similarity":
                    other = placed.matrix @ np.diag([1 + step, 1 + step, 1.0])
                worse = np.sqrt(((apply(other, points) - target) ** 2).sum(axis=1).mean())
                assert worse >= placed.rms_m - 1e-9


def test_the_worst_point_is_named() -> None:
    plane = apply(np.diag([0.1, 0.1, 1.0]), CORNERS)
    plane[2] += [30.0, 0.0]
    placed = fit_control_points(CORNERS, on_ground(plane), "similarity")
    assert placed.worst == 2
    (said,) = placed.findings
    assert said.kind == "worst_point"
    assert said.text().startswith("Without point 3 the others fit to 0.0 m")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_fewest_points_are_taken_with_a_warning(kind: str) -> None:
    points = CORNERS[[0, 2, 1, 3]][: KINDS[kind]]
    placed = fit_control_points(points, on_ground(points * 0.1), kind)
    assert [each.kind for each in placed.findings] == ["unchecked_points"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_one_point_less_is_refused(kind: str) -> None:
    points = CORNERS[: KINDS[kind] - 1]
    with pytest.raises(ControlPointError, match="too few"):
        fit_control_points(points, on_ground(points * 0.1), kind)


@pytest.mark.parametrize("kind", ["affine", "projective"])
def test_points_in_one_line_are_refused(kind: str) -> None:
    points = np.array([[0.0, 0.0], [100, 101], [200, 200], [300, 300.5], [400, 399]])
    assert spread(points) < 0.02
    with pytest.raises(ControlPointError, match="one line"):
        fit_control_points(points, on_ground(points), kind)


def test_three_of_four_in_line_do_not_place_a_photograph() -> None:
    points = np.array([[0.0, 0.0], [100, 0], [200, 0], [100, 150]])
    with pytest.raises(ControlPointError, match="one line"):
        fit_control_points(points, on_ground(points), "projective")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_mirrored_picture_is_refused(kind: str) -> None:
    with pytest.raises(ControlPointError, match="mirrored"):
        fit_control_points(CORNERS, on_ground(CORNERS * [0.1, -0.1]), kind)


def test_confused_points_of_a_photograph_are_refused() -> None:
    points = CORNERS[:4]
    with pytest.raises(ControlPointError):
        fit_control_points(points, on_ground(points[[0, 2, 1, 3]] * 0.1), "projective")


def test_doubled_points_are_refused_by_number() -> None:
    twice = CORNERS.copy()
    twice[3] = twice[1]
    with pytest.raises(ControlPointError, match="Points 2 and 4"):
        fit_control_points(twice, on_ground(CORNERS * 0.1), "affine")
    with pytest.raises(ControlPointError, match="Points 2 and 4"):
        fit_control_points(CORNERS, on_ground(twice * 0.1), "affine")


@pytest.mark.parametrize(
    "ground", [[[200, 0]] * 3, [[np.nan, 0], [1, 1], [2, 0]], [[0, 0], [40, 0], [0, 40]], [[0, 0]]]
)
def test_points_that_are_nowhere_are_refused(ground: list[list[float]]) -> None:
    with pytest.raises(ControlPointError):
        fit_control_points(CORNERS[:3], ground, "affine")


def test_what_lies_beyond_the_horizon_is_refused() -> None:
    matrix = np.array([[0.1, 0, 0], [0, 0.1, 0], [1e-4, 0, 1]])
    placed = fit_control_points(CORNERS, on_ground(apply(matrix, CORNERS)), "projective")
    with pytest.raises(ControlPointError, match="infinitely"):
        placed.to_ground([[-20_000, 0]])
    with pytest.raises(ControlPointError, match="Unknown kind"):
        fit_control_points(CORNERS, on_ground(CORNERS), "rubber")
