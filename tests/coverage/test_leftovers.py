"""Leftover edges as lines: what does not cancel, which side has more, and whose it is."""

from __future__ import annotations

import shapely
from hand_drawn import grids, lattice, outline

from geogrid.coverage import check_coverage
from geogrid.coverage.leftovers import LEFTOVER_COLUMNS


def test_nothing_is_left_of_a_seamless_coverage() -> None:
    report = check_coverage(grids(lattice(2, 2)), outline(2, 2))
    assert tuple(report.leftover_edges.columns) == LEFTOVER_COLUMNS
    assert len(report.leftover_edges) == 0
    assert report.leftover_edges.crs == report.defects.crs


def test_the_sides_of_a_gap_are_drawn_by_grids_or_by_the_region() -> None:
    squares = lattice(3, 1)
    report = check_coverage(grids(squares[[0, 2]]), outline(3, 1))
    edges = report.leftover_edges
    assert edges["weight"].tolist() == [1, 1, 1, 1]
    assert sorted(edges["grids"]) == [(), (), ("A",), ("B",)]
    hole = shapely.polygonize(list(edges.geometry))
    assert shapely.equals(shapely.union_all(hole), squares[1])


def test_the_surplus_lies_to_the_left() -> None:
    report = check_coverage(grids(["POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"] * 3), None)
    edges = report.leftover_edges
    assert set(edges["weight"]) == {3}
    assert set(edges["grids"]) == {("A", "B", "C")}
    (ring,) = shapely.get_parts(shapely.line_merge(shapely.union_all(list(edges.geometry))))
    assert shapely.is_ccw(ring)


def test_order_does_not_depend_on_the_input() -> None:
    shapes = lattice(4, 3)
    codes = [f"{at:02}" for at in range(12)]
    frame = grids(shapes, code=codes).drop(index=[5, 8])
    edges = check_coverage(frame, outline(4, 3)).leftover_edges
    other = check_coverage(frame.sample(frac=1.0, random_state=3), outline(4, 3)).leftover_edges
    assert edges.equals(other)


def test_levels_are_told_apart() -> None:
    parents = shapely.box([0, 20], 0, [20, 40], 10)
    frame = grids(
        [*parents, *lattice(4, 1)[:3]],
        code=["P", "Q", "P1", "P2", "Q1"],
        parent=["", "", "P", "P", "Q"],
        level=[2, 2, 3, 3, 3],
    )
    edges = check_coverage(frame, outline(4, 1)).leftover_edges
    assert set(edges["level"]) >= {3}
    assert ("Q1",) in set(edges.loc[edges["level"] == 3, "grids"])
