"""Classes for colours: every value in one, ties together, zero apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.drawing.classes import classify


def test_a_hundred_different_values_fall_into_fifths_with_the_top_apart():
    classes, class_of = classify(np.arange(1, 101))
    assert [each.size for each in classes] == [20, 20, 20, 20, 15, 5]
    assert [(each.low, each.high) for each in classes][-1] == (96, 100)
    assert class_of[[0, 19, 20, 99]].tolist() == [0, 0, 1, 5]


def test_zero_is_a_class_of_its_own():
    classes, class_of = classify([0, 0, 0, 4])
    assert [tuple(each) for each in classes] == [(0, 0, 3), (4, 4, 1)]
    assert class_of.tolist() == [0, 0, 0, 1]


def test_equal_values_make_fewer_classes_instead_of_empty_ones():
    classes, class_of = classify([7] * 50)
    assert [tuple(each) for each in classes] == [(7, 7, 50)]
    assert set(class_of) == {0}


def test_a_cut_inside_a_run_moves_to_its_nearer_end():
    rates = [0.8] * 10 + [0.9] * 20 + [1.0] * 70
    classes, _ = classify(rates)
    assert [(each.high, each.size) for each in classes] == [(0.8, 10), (0.9, 20), (1.0, 70)]


def test_nothing_known_has_no_classes():
    for values in ([], [np.nan, np.nan]):
        classes, class_of = classify(values)
        assert classes == []
        assert class_of.tolist() == [-1] * len(values)


numbers = st.one_of(
    st.integers(0, 9).map(float), st.floats(0, 1e9, allow_subnormal=False), st.just(np.nan)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(numbers, max_size=60))
def test_classes_cover_the_values_in_order_and_count_them(values):
    given_values = np.array(values, dtype=float)
    classes, class_of = classify(given_values)
    assert (class_of == -1).tolist() == np.isnan(given_values).tolist()
    assert sum(each.size for each in classes) == (class_of >= 0).sum()
    for at, each in enumerate(classes):
        inside = given_values[class_of == at]
        assert (each.low, each.high) == (inside.min(), inside.max())
    assert all(a.high < b.low for a, b in pairwise(classes))
