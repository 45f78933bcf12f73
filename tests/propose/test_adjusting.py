"""Some grids made even, one halved, homes taken from one."""

from __future__ import annotations

import numpy as np
import pytest
from propose_units import graph_of, require_whole, squares

from geogrid.errors import FieldError, InputError
from geogrid.propose import balance_grids, halve_grid, take_households

THREE = "aaaabb\naaaabb\naaaacc\nddddcc"


def test_three_grids_are_balanced_and_the_fourth_stays() -> None:
    graph = graph_of(THREE)
    found = balance_grids(graph, ["a", "b", "c"], tolerance=0.1)
    for proposal in found:
        require_whole(squares(THREE), proposal.grids)
        assert (proposal.grids == "d").tolist() == (graph.present == "d").tolist()
    counts = dict(zip(*np.unique(found[0].grids, return_counts=True), strict=True))
    assert sorted(counts[code] for code in "abc") == [6, 7, 7]


def test_a_grid_is_halved() -> None:
    graph = graph_of(THREE)
    for found in halve_grid(graph, "a"):
        counts = dict(zip(*np.unique(found.grids, return_counts=True), strict=True))
        assert (counts["a"], counts["+1"]) == (6, 6)
        require_whole(squares(THREE), found.grids)


def test_households_go_to_each_neighbour_that_can_have_them() -> None:
    graph = graph_of(THREE)
    found = take_households(graph, "a", 40)
    assert {one.to for one in found} == {"b", "c", "d"}
    for one in found:
        assert one.households == 40.0
        assert (one.giver, graph.weight[graph.present == one.to].sum() + 40.0) == (80.0, one.taker)
        require_whole(squares(THREE), one.applied(graph.present))
    assert found[0].to == "d"  # the whole row beside it: no border becomes longer
    assert found[0].border_m == pytest.approx(0.0, abs=1.0)
    assert [one.to for one in take_households(graph, "a", 40, to=["b"])] == ["b"]


def test_pinned_units_are_not_taken() -> None:
    graph = graph_of("aab", [10.0, 30.0, 10.0])
    with pytest.raises(InputError, match="grid a") as raised:
        take_households(graph, "a", 10, pinned=[1])
    assert "a" in raised.value.text("zh_CN")
    assert take_households(graph, "a", 10)[0].units == (1,)


def test_what_is_not_there_is_said() -> None:
    graph = graph_of(THREE)
    for call in (
        lambda: balance_grids(graph, ["a", "x"]),
        lambda: balance_grids(graph, ["a"]),
        lambda: halve_grid(graph, "x"),
        lambda: take_households(graph, "a", 500),
        lambda: take_households(graph, "", 5),
    ):
        with pytest.raises(FieldError) as raised:
            call()
        assert raised.value.text("zh_CN") != raised.value.text("en")
    with pytest.raises(InputError):
        halve_grid(graph_of("ab"), "a")
