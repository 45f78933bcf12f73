from __future__ import annotations

import numpy as np
import pytest

from geogrid.errors import LimitError
from geogrid.formats import nesting
from geogrid.formats.nesting import nest_rings, rings_inside


def ring(low: float, high: float) -> np.ndarray:
    return np.array([(low, low), (high, low), (high, high), (low, high), (low, low)], dtype=float)


def test_an_island_in_a_lake_is_an_area_of_its_own() -> None:
    rings = [ring(0, 9), ring(1, 8), ring(2, 7), ring(3, 6)]
    assert nest_rings(rings) == [[0, 1], [2, 3]]


@pytest.mark.parametrize("turn", [1, -1])
def test_orientation_does_not_matter(turn: int) -> None:
    assert nest_rings([ring(0, 9)[::turn], ring(1, 8), ring(20, 21)[::-1]]) == [[0, 1], [2]]


def test_a_hole_that_touches_its_shell_is_a_hole() -> None:
    assert nest_rings([ring(0, 9), ring(0, 3)]) == [[0, 1]]


def test_rings_that_cross_or_are_equal_are_not_inside_each_other() -> None:
    assert nest_rings([ring(0, 5), ring(3, 8)]) == [[0], [1]]
    assert nest_rings([ring(0, 5), ring(0, 5)]) == [[0], [1]]


def test_a_hole_goes_to_the_smallest_ring_around_it() -> None:
    assert rings_inside([ring(0, 9), ring(1, 2)]).tolist() == [[1, 0]]
    assert nest_rings([ring(0, 9), ring(20, 30), ring(21, 22)]) == [[0], [1, 2]]


def test_rings_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "_PAIRS", 10)
    with pytest.raises(LimitError, match="4 rings"):
        nest_rings([ring(low, 20 - low) for low in range(4)])
