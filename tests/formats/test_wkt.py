from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import UnsafeFileError
from geogrid.formats.layer import LIMITS
from geogrid.formats.wkt import decode_wkt, encode_wkt, is_wkt

SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (SQUARE, True), (" polygon((0 0,1 0,1 1,0 0))", True), ("SRID=4547;" + SQUARE, True),
        ("POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1))", True), ("MULTISURFACE (())", True),
        ("POLYGON EMPTY", True), ("Polygon Street 5", False), ("", False), ("114.05,22.54", False),
    ],
)  # fmt: skip
def test_wkt_is_known_by_its_beginning(text: str, answer: bool) -> None:
    assert is_wkt(text) is answer


def test_rows_are_decoded_or_named() -> None:
    texts = [
        SQUARE, "", "POLYGON ((0 0, 1 0, 1 1, 0 1))", "POLYGON ((0 0, 1 0",
        "CURVEPOLYGON ((0 0, 1 1))", "somewhere", "POLYGON ((0 0, 1 nan, 2 0, 0 0))",
    ]  # fmt: skip
    geometry, problems, srid = decode_wkt(texts, LIMITS)
    assert problems == {
        "unclosed_text": [2], "broken_geometry": [3, 5], "curved_geometry": [4]
    }  # fmt: skip
    assert [shape is not None for shape in geometry] == [True] + [False] * 5 + [True]
    assert srid is None


def test_a_system_all_rows_name_is_returned() -> None:
    assert decode_wkt([f"SRID=4547;{SQUARE}", "SRID=4547; POINT (1 1)"], LIMITS)[2] == 4547
    assert decode_wkt([f"SRID=4547;{SQUARE}", SQUARE], LIMITS)[2] is None


def test_nesting_that_would_overflow_the_stack_is_refused() -> None:
    with pytest.raises(UnsafeFileError, match="16"):
        decode_wkt(["GEOMETRYCOLLECTION (" * 100_000], LIMITS)


numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=8))
def test_what_is_written_reads_back_to_the_same_bits(vertices: list[tuple[float, float]]) -> None:
    shapes = np.array(
        [shapely.Polygon(vertices), shapely.MultiPolygon([shapely.Polygon(vertices)] * 2),
         shapely.Point(vertices[0]), shapely.LineString(vertices)], dtype=object
    )  # fmt: skip
    again, problems, _ = decode_wkt(list(encode_wkt(shapes)), LIMITS)
    assert problems == {}
    assert shapely.equals_identical(again, shapes).all()
    bits = [shapely.get_coordinates(some).view(np.int64) for some in (again, shapes)]
    assert np.array_equal(*bits)


def test_nothing_and_empty_are_written_too() -> None:
    shapes = np.array([None, shapely.Polygon(), shapely.MultiPolygon()], dtype=object)
    assert encode_wkt(shapes).tolist() == [None, "POLYGON EMPTY", "MULTIPOLYGON EMPTY"]


def test_collections_are_written() -> None:
    shapes = np.array([shapely.GeometryCollection([shapely.Point(0.1, 2)])], dtype=object)
    assert encode_wkt(shapes).tolist() == ["GEOMETRYCOLLECTION (POINT (0.1 2))"]
