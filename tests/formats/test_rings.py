from __future__ import annotations

import numpy as np

from geogrid.formats.rings import PolygonRows

SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], dtype=float)
HOLE = SQUARE * 0.2 + 0.1


def test_rows_become_polygons_or_multipolygons() -> None:
    rows = PolygonRows()
    rows.add(0, [[SQUARE, HOLE]], multi=False)
    rows.add(2, [[SQUARE], [SQUARE + 5, HOLE + 5]], multi=False)
    rows.add(3, [[SQUARE]], multi=True)
    built = rows.build(5)
    assert [shape and shape.geom_type for shape in built] == [
        "Polygon", None, "MultiPolygon", "MultiPolygon", None
    ]  # fmt: skip
    assert len(built[0].interiors) == 1
    assert [len(part.interiors) for part in built[2].geoms] == [0, 1]
    assert rows.problems == {}


def test_odd_rings_are_noted_and_the_rest_kept() -> None:
    rows = PolygonRows()
    rows.add(0, [[SQUARE[:4]]], multi=False)
    rows.add(1, [[SQUARE, SQUARE[:2]]], multi=False)
    rows.add(2, [[SQUARE[:2]]], multi=False)
    rows.add(3, [[SQUARE], [np.array([(0, 0), (np.nan, 1), (1, 1), (0, 0)])]], multi=True)
    built = rows.build(4)
    assert [shape is not None for shape in built] == [True, True, False, False]
    assert rows.problems == {
        "unclosed_ring": [0, 1, 2], "degenerate_ring": [1, 2], "bad_coordinate": [3]
    }  # fmt: skip


def test_nothing_added_is_nothing_built() -> None:
    assert PolygonRows().build(2).tolist() == [None, None]
