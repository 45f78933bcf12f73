from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from geogrid.coverage.validity import (
    code_defects,
    duplicate_sets,
    invalid_defects,
    require_finite,
    stand_ins,
    wide_steps,
)
from geogrid.errors import FieldError
from geogrid.rings import are_valid, polygon_rings

BOWTIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def array(*shapes: shapely.Geometry | None) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def validity(polygons: np.ndarray) -> np.ndarray:
    return are_valid(polygons, polygon_rings(polygons))


def stand_ins_of(*shapes: shapely.Geometry | None) -> tuple[np.ndarray, np.ndarray]:
    is_valid = validity(array(*shapes))
    return stand_ins(array(*shapes), is_valid, polygon_rings(array(*shapes))), is_valid


def reasons(*shapes: shapely.Geometry | None, language: str = "en") -> list[str]:
    polygons = array(*shapes)
    wide = np.zeros(len(shapes), dtype=bool)
    codes = ["A"] * len(shapes)
    found = invalid_defects(polygons, validity(polygons), wide, codes, lambda _row: None)
    return [defect.detail.text(language) for defect in found]


def test_valid_polygons_stand_for_themselves() -> None:
    square = box(0, 0, 1, 1)
    stand_in, is_valid = stand_ins_of(square)
    assert stand_in[0].equals_exact(square)
    assert is_valid.all()


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        (BOWTIE, 2.0),
        (Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [[(3, 3), (4, 3), (4, 4)]]), 1.0),
        (shapely.MultiPolygon([box(0, 0, 2, 1), box(1, 0, 3, 1)]), 3.0),
        (Polygon([(0, 0), (1, 0), (1, 1), (1, 3), (1, 1), (0, 1)]), 1.0),
    ],
    ids=["bowtie", "hole outside", "parts overlap", "spike"],
)
def test_stand_ins_keep_the_roles_of_outlines_and_holes(shape: Polygon, area: float) -> None:
    (stand_in,), (is_valid,) = stand_ins_of(shape)
    assert not is_valid
    assert stand_in.is_valid
    assert stand_in.area == pytest.approx(area)


def test_what_has_no_area_has_no_stand_in() -> None:
    flat = Polygon([(0, 0), (1, 0), (2, 0)])
    stand_in, is_valid = stand_ins_of(None, Polygon(), shapely.Point(0, 0), flat)
    assert stand_in.tolist() == [None] * 4
    assert not is_valid.any()


def test_heights_are_left_out() -> None:
    high = shapely.force_3d(box(0, 0, 1, 1), 5.0)
    assert not shapely.has_z(stand_ins_of(high)[0]).any()


def test_reasons_in_plain_words() -> None:
    hole_outside = Polygon([(0, 0), (1, 0), (1, 1)], [[(3, 3), (4, 3), (4, 4)]])
    assert reasons(BOWTIE, hole_outside, None, shapely.Point(1, 2)) == [
        "A is broken: the boundary crosses itself.",
        "A is broken: a hole lies outside its outline.",
        "A is broken: it has no polygon.",
        "A is broken: it is not a polygon.",
    ]


def test_the_place_of_the_break_is_given() -> None:
    no = np.array([False])
    (defect,) = invalid_defects(array(BOWTIE), no, no, ["A"], lambda _row: 3)
    assert defect.geometry.equals(shapely.Point(1, 1))
    assert (defect.rows, defect.level) == ((0,), 3)


def test_a_wide_polygon_is_broken_though_valid() -> None:
    wide = wide_steps(polygon_rings(array(box(-179, 0, 179, 1), box(0, 0, 1, 1), None)), 3)
    assert wide.tolist() == [True, False, False]
    shape = array(box(-179, 0, 179, 1))
    (defect,) = invalid_defects(shape, validity(shape), wide[:1], ["A"], lambda _row: None)
    assert "180°" in defect.detail.text()


def test_finite_coordinates_pass() -> None:
    sound = array(box(0, 0, 1, 1), None)
    require_finite(sound, ["A", "B"], polygon_rings(sound))
    with np.errstate(invalid="ignore"):
        broken = shapely.polygons([(0, 0), (1, 0), (np.inf, 1)])
    with pytest.raises(FieldError, match=r"Row 2 \(B\)"):
        require_finite(array(None, broken), ["A", "B"], polygon_rings(array(None, broken)))


def test_duplicates_are_the_same_ring_wherever_it_begins() -> None:
    turned = Polygon([(1, 1), (1, 0), (0, 0), (0, 1)])
    same = duplicate_sets(array(box(0, 0, 1, 1), box(0, 0, 2, 1), turned, None), np.arange(4))
    assert same == {(0, 2)}


def test_codes_given_twice() -> None:
    shapes = array(box(0, 0, 1, 1), box(1, 0, 2, 1), None)
    (defect,) = code_defects(shapes, ["A", "A", "B"])
    assert defect.rows == (0, 1)
    assert defect.detail.text() == "The code A is given to 2 grids."
    assert code_defects(shapes, ["A", "B", "C"]) == []
