"""What grids are called where an operation is refused."""

from __future__ import annotations

from redraw_plans import draft

from geogrid.redraw._naming import named, named_codes
from geogrid.redraw.arc import OUTSIDE


def test_grids_are_called_by_their_names_as_each_language_lists_them() -> None:
    graph = draft()
    said = named(graph, ["12001", OUTSIDE, "11001"])
    assert said.text() == "网格11001, 网格12001"
    assert said.text("zh_CN") == "网格11001、网格12001"
    assert named(graph, [OUTSIDE]).text() == "the edge of the region"


def test_grids_without_a_name_or_with_that_of_another_show_their_codes() -> None:
    graph = draft()
    for code, name in (("11001", ""), ("11002", "一"), ("12001", "一")):
        label = graph.label(code)
        graph.rows[label] = {**graph.rows[label], "name": name}
    assert named_codes(graph, ["11001", "11002", "12001"]).text() == "11001, 一 (11002), 一 (12001)"
    assert named_codes(graph, ["11002"]).text() == "一 (11002)", "another one is called so, too"
    assert named_codes(graph, ["77"]).text() == "77"


def test_of_many_grids_the_first_are_shown() -> None:
    graph = draft()
    said = named(graph, graph.rows)
    assert said.text().count(", ") == 4
    assert said.text().endswith("…")


def test_a_gap_is_called_a_gap_unless_a_grid_is_there_to_be_named() -> None:
    graph = draft()
    graph.gaps["0"] = {"is_approved": True, "note": "湖"}
    assert named(graph, ["0"]).text() == "a gap"
    assert named(graph, ["0", "11001"]).text() == "网格11001"
