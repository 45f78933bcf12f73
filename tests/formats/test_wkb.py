from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import UnsafeFileError
from geogrid.formats.layer import LIMITS
from geogrid.formats.wkb import decode_wkb

SQUARE = shapely.box(0, 0, 1, 1)
SHAPES = [
    SQUARE,
    shapely.MultiPolygon([SQUARE, shapely.box(5, 5, 6, 6)]),
    shapely.GeometryCollection([SQUARE, shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)])]),
    shapely.MultiPoint([(0, 0), (1, 1)]),
    shapely.Polygon(),
    shapely.Polygon([(0, 0, 1), (1, 0, 2), (1, 1, 3)]),
]


def curve_polygon() -> bytes:
    ring = struct.pack("<BII", 1, 8, 5) + struct.pack("<10d", 0, 0, 1, 1, 2, 0, 1, -1, 0, 0)
    return struct.pack("<BII", 1, 10, 1) + ring


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("flavor", ["iso", "extended"])
def test_every_kind_is_decoded(order: int, flavor: str) -> None:
    values = [shapely.to_wkb(shape, byte_order=order, flavor=flavor) for shape in SHAPES]
    geometry, problems = decode_wkb(values, LIMITS)
    assert shapely.equals_identical(geometry, SHAPES).all()
    assert problems == {}


def test_ewkb_with_a_system_is_decoded() -> None:
    values = [shapely.to_wkb(shapely.set_srid(shape, 4547), include_srid=True) for shape in SHAPES]
    geometry, problems = decode_wkb(values, LIMITS)
    assert shapely.equals_exact(geometry, SHAPES).all()
    assert problems == {}


def test_nothing_is_nothing() -> None:
    geometry, problems = decode_wkb([None, b""], LIMITS)
    assert geometry.tolist() == [None, None]
    assert problems == {}


def test_curves_and_damage_are_named() -> None:
    whole = shapely.to_wkb(SQUARE)
    nested = struct.pack("<BII", 1, 7, 1) + curve_polygon()
    lying = struct.pack("<BII", 1, 6, 0xFFFFFFFF)
    geometry, problems = decode_wkb(
        [curve_polygon(), whole[:-3], b"\x01", whole, nested, lying, b"\x09" * 30], LIMITS
    )
    assert problems == {"curved_geometry": [0, 4, 6], "broken_geometry": [1, 2, 5]}
    assert [shape is not None for shape in geometry] == [False, False, False, True] + [False] * 3


@pytest.mark.parametrize("kind", [4, 5, 6, 7])
def test_nesting_that_would_overflow_the_stack_is_refused(kind: int) -> None:
    bomb = struct.pack("<BII", 1, kind, 1) * 1_000_000
    with pytest.raises(UnsafeFileError, match="16"):
        decode_wkb([bomb], LIMITS)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(SHAPES), st.integers(0, 120))
def test_any_bytes_are_decoded_or_named(noise: bytes, shape: shapely.Geometry, cut: int) -> None:
    whole = shapely.to_wkb(shape)
    values = [noise, whole[:cut], whole[:cut] + noise + whole[cut + len(noise) :]]
    geometry, problems = decode_wkb(values, LIMITS)
    named = set().union(*problems.values())
    missing = set(np.flatnonzero(shapely.is_missing(geometry)).tolist())
    assert missing == named | {row for row, value in enumerate(values) if not value}
