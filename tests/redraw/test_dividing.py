from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from redraw_plans import area, at, done, draft, path, require_seamless, shape, square

from geogrid.redraw import (
    RedrawError,
    build_graph,
    graph_frame,
    grid_polygon,
    merge,
    replay,
    split,
    undo,
)


def test_the_larger_piece_keeps_the_code() -> None:
    graph = draft()
    record = done(graph, split(graph, "11001", path((-0.1, 0.3), (1.1, 0.3))))
    assert area(graph, "11001") == pytest.approx(0.7)
    assert area(graph, "11003") == pytest.approx(0.3)
    assert graph.rows["11003"]["name"] == "网格11001-2"
    assert graph.rows["11003"]["parent"] == "11"
    assert graph.rows["11003"]["households"] is None
    assert graph.rows["11001"]["households"] is None
    assert record.heirs == {}
    assert area(graph, "11") == pytest.approx(2)


def test_the_planner_names_the_piece_that_keeps_it() -> None:
    graph = draft()
    line = path((-0.1, 0.3), (1.1, 0.3))
    done(graph, split(graph, "11001", line, keep=at(0.5, 0.1), names=["北片"]))
    assert area(graph, "11001") == pytest.approx(0.3)
    assert graph.rows["11003"]["name"] == "北片"
    with pytest.raises(RedrawError, match="No piece"):
        split(graph, "11002", path((-0.1, 1.5), (1.1, 1.5)), keep=at(0.5, 0.5))


def test_lines_on_the_border_by_floats_are_taken_to_it() -> None:
    graph = draft()
    begin, end = at(0, 0.37), at(1, 0.61)
    done(graph, split(graph, "11001", [(begin[0] + 2e-8, begin[1]), (end[0] - 3e-8, end[1])]))
    require_seamless(graph, square(0, 0, 2, 2))
    assert set(graph.rows) >= {"11001", "11003"}


def test_a_line_from_corner_to_corner() -> None:
    graph = draft()
    done(graph, split(graph, "11001", path((0, 0), (1, 1))))
    assert [area(graph, "11001"), area(graph, "11003")] == pytest.approx([0.5, 0.5])


def test_a_line_that_crosses_several_times_makes_several_grids() -> None:
    graph = draft()
    line = path((0.2, -0.1), (0.3, 1.1), (0.5, 1.1), (0.6, -0.1), (0.8, -0.1), (0.7, 1.1))
    done(graph, split(graph, "11001", line, names=["一", "二", "三"]))
    new = sorted(label for label in graph.rows if graph.rows[label]["name"] in "一二三")
    assert len(new) == 3
    west = [shape(graph, code).bounds[0] for code in new]
    assert west == sorted(west)
    assert sum(area(graph, code) for code in ["11001", *new]) == pytest.approx(1)


def test_a_line_through_a_hole() -> None:
    graph = draft()
    done(graph, split(graph, "12001", path((0.9, 0.5), (2.1, 0.5))))
    assert area(graph, "12001") == pytest.approx(0.48)
    assert area(graph, "12004") == pytest.approx(0.48)
    assert area(graph, "12003") == pytest.approx(0.04)
    assert len(shape(graph, "12001").interiors) == 0


def test_a_line_beside_a_hole_leaves_it_in_its_piece() -> None:
    graph = draft()
    done(graph, split(graph, "12001", path((1.7, -0.1), (1.7, 1.1))))
    assert len(shape(graph, "12001").interiors) == 1
    done(graph, split(graph, "12001", path((1.2, -0.1), (1.2, 1.1))))
    assert area(graph, "12001") == pytest.approx(0.46)
    assert len(shape(graph, "12001").interiors) == 1


def test_a_closed_line_cuts_a_piece_out_also_around_an_enclave() -> None:
    graph = draft()
    done(graph, split(graph, "11001", path((0.2, 0.2), (0.4, 0.2), (0.3, 0.4), (0.2, 0.2))))
    assert area(graph, "11003") == pytest.approx(0.02)
    ring = path((1.2, 0.2), (1.8, 0.2), (1.8, 0.8), (1.2, 0.8), (1.2, 0.2))
    done(graph, split(graph, "12001", ring))
    assert area(graph, "12004") == pytest.approx(0.36 - 0.04)
    assert area(graph, "12003") == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        ("11001", [(-0.1, 0.5), (0.5, 0.5)], "ends inside 网格11001"),
        ("11001", [(0.2, 0.5), (0.5, 0.5)], "ends inside 网格11001"),
        ("11001", [(1.2, 1.5), (1.8, 1.5)], "does not divide"),
        ("11001", [(-1, 0), (3, 0)], "does not divide"),  # along its border
        ("12001", [(0.9, 0.5), (1.5, 0.5)], "does not divide"),  # from the border to the hole
        ("12001", [(1.6, 0.5), (1.7, 0.5), (1.7, 0.3), (1.65, 0.3)], "ends inside 网格12001"),
    ],
)
def test_lines_that_are_refused(code: str, line: list[tuple[float, float]], reason: str) -> None:
    graph = draft()
    with pytest.raises(RedrawError, match=reason) as error:
        split(graph, code, path(*line))
    assert error.value.place is not None


def test_a_line_from_a_hole_to_itself_cuts_a_piece() -> None:
    graph = draft()
    done(graph, split(graph, "12001", path((1.5, 0.5), (1.7, 0.45), (1.7, 0.55), (1.5, 0.52))))
    assert 0.005 < area(graph, "12004") < 0.01
    require_seamless(graph, square(0, 0, 2, 2))


def test_an_upper_grid_is_split_along_the_borders_of_its_children() -> None:
    graph = draft()
    record = done(graph, split(graph, "11", path((-0.5, 1), (1.5, 1))))
    assert not record.removed
    assert not record.added
    assert sorted(row["parent"] for row in graph.rows.values()) == (
        ["", "1", "1", "1", "11", "12", "12", "12", "13"]
    )
    assert [area(graph, "11"), area(graph, "13")] == pytest.approx([1, 1])


def test_children_that_a_line_would_cut_are_named() -> None:
    graph = draft()
    line = path((-0.5, 1), (0.4, 1), (0.5, 1.3), (1.5, 1.3))
    with pytest.raises(RedrawError, match="would cut 网格11002, which are below 网格11") as error:
        split(graph, "11", line)
    assert error.value.params["children"].text() == "网格11002"
    done(graph, split(graph, "11", line, cut_children=True))
    assert sum(area(graph, code) for code in ("11", "13")) == pytest.approx(2)
    below = {label: row["parent"] for label, row in graph.rows.items() if row["level"] == 3}
    assert below["11002"] == "13"  # the larger piece of it, in the smaller one of 11
    assert below["11001"] == below["11003"] == "11"
    assert area(graph, "11003") < area(graph, "11002") < 1


def test_every_level_between_is_split_too() -> None:
    graph = draft()
    done(graph, split(graph, "1", path((-0.1, 0.5), (2.1, 0.5)), cut_children=True))
    frame = graph_frame(graph)
    tops = frame["code"][frame["parent"] == ""].tolist()
    assert [area(graph, code) for code in tops] == pytest.approx([2 + 1, 1], abs=0.01)
    assert set(frame["level"]) == {1, 2, 3}


def test_of_a_grid_with_parts_what_is_not_met_stays() -> None:
    cells = [square(0, 0, 1, 1), square(1, 0, 2, 1), square(2, 0, 4, 1)]
    two = shapely.MultiPolygon([cells[0], cells[2]])
    graph = build_graph(gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[two, cells[1]], crs=4326))
    done(graph, split(graph, "a", path((2.5, -0.1), (2.5, 1.1))))
    assert area(graph, "a") == pytest.approx(1 + 1.5)
    assert grid_polygon(graph, "a").geom_type == "MultiPolygon"
    done(graph, split(graph, "a", path((-0.1, 0.5), (5, 0.5))))
    parts = sorted(area(graph, label) for label in graph.rows)
    assert sum(parts) == pytest.approx(4)


def test_codes_are_never_used_twice() -> None:
    graph = draft(used=["11003", "11007"])
    line = path((-0.1, 0.3), (1.1, 0.3))
    record = split(graph, "11001", line)
    replay(graph, record)
    assert "11008" in graph.rows
    done(graph, merge(graph, ["11001", "11008"]))
    done(graph, split(graph, "11001", line))
    assert "11009" in graph.rows
    again = split(graph, "11002", path((-0.1, 1.3), (1.1, 1.3)))
    replay(graph, again)
    undo(graph, again)
    assert "11010" in again.rows
    assert "11011" in split(graph, "11002", path((-0.1, 1.3), (1.1, 1.3))).rows


def test_codes_without_a_pattern_get_a_suffix() -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["甲", "乙"]}, geometry=[square(0, 0, 1, 1), square(1, 0, 2, 1)], crs=4326
    )
    graph = build_graph(frame)
    done(graph, split(graph, "甲", path((-0.1, 0.3), (1.1, 0.3))))
    assert "甲-1" in graph.rows
