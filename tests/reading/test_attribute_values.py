from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest

from geogrid.reading import attribute_values
from geogrid.reading.attribute_values import read_counts, read_kinds, read_texts


def objects(*values: object) -> pd.Series:
    return pd.Series(values, dtype=object)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((440304003001, 1.0), ["440304003001", "1"]),
        ((440304003001.0, None), ["440304003001", ""]),
        (("007", " A-1 ", np.nan), ["007", "A-1", ""]),
        (("1.0", "2.0", ""), ["1", "2", ""]),
        (("1.0", "1.1"), ["1.0", "1.1"]),
        ((pd.NA, pd.NaT, float("inf")), ["", "", ""]),
        ((True, 2.5), ["True", "2.5"]),
        (("a\ud800b\x00",), ["a?b"]),
        (([1, 2], [1, 2]), ["[1, 2]", "[1, 2]"]),
    ],
)
def test_values_become_the_text_an_office_would_write(
    values: tuple[object, ...], texts: list[str]
) -> None:
    assert read_texts(objects(*values)).tolist() == texts


@pytest.mark.parametrize(
    ("written", "count"),
    [("260", 260), ("1,234户", 1234), ("１２０ 户", 120), ("约20", 20), ("300余人", 300),
     (260.0, 260), ("0", 0), ("", None), (None, None)],
)  # fmt: skip
def test_counts_are_read_as_written(written: object, count: int | None) -> None:
    counts, bad = read_counts(objects(written))
    assert counts.dtype == "Int64"
    assert bad == []
    assert counts.tolist() == [pd.NA if count is None else count]


@pytest.mark.parametrize("written", ["若干", "-3", "2.5", "1e400", "9" * 30, "inf", "3-5"])
def test_what_is_no_count_is_left_empty_and_named(written: str) -> None:
    counts, bad = read_counts(objects("1", written))
    assert bad == [1]
    assert counts.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("written", "kind"),
    [("社区网格", "community"), ("农村网格", "village"), ("专属网格", "dedicated"),
     (" 专属 网格 ", "dedicated"), ("Community", "community"), ("商圈网格", "dedicated"),
     ("其他", "其他"), ("", ""), (None, "")],
)  # fmt: skip
def test_kinds_are_known_by_their_words(written: object, kind: str) -> None:
    assert read_kinds(objects(written)).tolist() == [kind]


def test_examples_hold() -> None:
    assert doctest.testmod(attribute_values).failed == 0
