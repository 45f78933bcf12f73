from __future__ import annotations

import numpy as np
import pytest
import shapely

from geogrid.reading.polygons import geometry_findings, keep_polygons

SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
BOWTIE = "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"


def geometries(*texts: str | None) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.array([text and shapely.from_wkt(text) for text in texts], dtype=object)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "null_geometry"),
        ("POLYGON EMPTY", "empty_geometry"),
        ("MULTIPOLYGON EMPTY", "empty_geometry"),
        ("POINT (1 1)", "is_point"),
        ("MULTIPOINT (1 1, 2 2)", "is_point"),
        ("LINESTRING (0 0, 1 1)", "is_line"),
        ("MULTILINESTRING ((0 0, 1 1))", "is_line"),
        ("GEOMETRYCOLLECTION (POINT (1 1))", "no_polygon"),
        ("GEOMETRYCOLLECTION EMPTY", "no_polygon"),
        ("POLYGON ((0 0, 1 0, 1 nan, 0 0))", "bad_coordinate"),
        ("POLYGON ((0 0, inf 0, 1 1, 0 0))", "bad_coordinate"),
    ],
)
def test_what_is_no_polygon_is_left_out_and_named(text: str | None, problem: str) -> None:
    kept, problems = keep_polygons(geometries(SQUARE, text), {})
    assert [shape is None for shape in kept] == [False, True]
    assert problems == {problem: [1]}
    (finding,) = geometry_findings(problems)
    assert finding.rows == (1,)
    assert finding.severity == "error"
    assert "2" in finding.text()


def test_polygons_stay_as_drawn_even_when_invalid() -> None:
    shapes = geometries(SQUARE, BOWTIE, "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))")
    kept, problems = keep_polygons(shapes, {})
    assert shapely.equals_exact(kept, shapes).all()
    assert problems == {}


@pytest.mark.parametrize("text", ["POLYGON Z ((0 0 5, 1 0 5, 1 1 5, 0 0 5))",
                                  "POLYGON M ((0 0 5, 1 0 5, 1 1 5, 0 0 5))"])  # fmt: skip
def test_heights_and_measures_are_dropped_with_a_note(text: str) -> None:
    kept, problems = keep_polygons(geometries(text), {})
    assert kept[0].wkt == "POLYGON ((0 0, 1 0, 1 1, 0 0))"
    (finding,) = geometry_findings(problems)
    assert (finding.kind, finding.severity) == ("z_dropped", "note")


def test_areas_in_collections_of_any_depth_are_kept() -> None:
    inner = f"GEOMETRYCOLLECTION ({SQUARE}, MULTIPOLYGON (((5 5, 6 5, 6 6, 5 5))))"
    text = f"GEOMETRYCOLLECTION (POINT (9 9), {inner})"
    kept, problems = keep_polygons(geometries(text), {})
    assert kept[0].geom_type == "MultiPolygon"
    assert kept[0].area == 1.5
    assert problems == {"collection": [0]}


def test_a_row_the_reader_named_is_not_called_null_as_well() -> None:
    _, problems = keep_polygons(geometries(None, None), {"curved_geometry": [1]})
    assert problems == {"curved_geometry": [1], "null_geometry": [0]}


def test_the_input_is_not_changed() -> None:
    shapes = geometries("POINT (1 1)")
    keep_polygons(shapes, {})
    assert shapes[0].wkt == "POINT (1 1)"


def test_findings_come_in_a_fixed_order() -> None:
    kinds = [finding.kind for finding in geometry_findings({"z_dropped": [0], "is_point": [1]})]
    assert kinds == ["not_polygon", "z_dropped"]
