from __future__ import annotations

import pytest
from redraw_plans import area, at, done, draft, path, shape

from geogrid.redraw import RedrawError, change_parent, give_grids, merge, move_vertex, split


def test_neighbours_become_one() -> None:
    graph = draft()
    record = done(graph, merge(graph, ["11001", "11002"]))
    assert area(graph, "11001") == pytest.approx(2)
    assert record.heirs == {"11002": "11001"}
    assert graph.rows["11001"]["households"] == 200
    assert "11002" not in graph.rows
    assert len(shape(graph, "11001").exterior.coords) == 7  # the node with 12001 and 12002 stays


def test_across_parents_upper_grids_follow() -> None:
    graph = draft()
    done(graph, merge(graph, ["11001", "12001"], keep="12001"))
    assert area(graph, "11") == pytest.approx(1)
    assert area(graph, "12") == pytest.approx(3)


def test_an_enclave_goes_into_its_only_neighbour() -> None:
    graph = draft()
    done(graph, merge(graph, ["12001", "12003"]))
    assert len(shape(graph, "12001").interiors) == 0
    assert area(graph, "12001") == pytest.approx(1)


def test_upper_grids_get_each_others_children() -> None:
    graph = draft()
    record = done(graph, merge(graph, ["11", "12"], keep="12"))
    assert not record.removed
    assert area(graph, "12") == pytest.approx(4)
    assert {row["parent"] for row in graph.rows.values()} == {"", "1", "12"}


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        (["11001", "12002"], "no border in common"),  # they meet at a corner
        (["11001", "12003"], "no border in common"),
        (["11", "12001"], "several levels"),
        (["11001"], "two or more"),
        (["11001", "11001"], "two or more"),
    ],
)
def test_merges_that_are_refused(codes: list[str], reason: str) -> None:
    with pytest.raises(RedrawError, match=reason):
        merge(draft(), codes)


def test_a_parent_is_not_left_without_grids() -> None:
    graph = draft()
    done(graph, merge(graph, ["11001", "11002"]))
    with pytest.raises(RedrawError, match="Nothing would be left of 网格11;"):
        merge(graph, ["11001", "12001"], keep="12001")


def test_whole_grids_are_given() -> None:
    graph = draft()
    record = done(graph, give_grids(graph, ["11002"], "12"))
    assert record.kind == "change_parent"
    assert area(graph, "12") == pytest.approx(3)
    record = done(graph, give_grids(graph, ["11002", "12003"], "12001"))
    assert record.heirs == {"11002": "12001", "12003": "12001"}
    assert shape(graph, "12001").geom_type == "MultiPolygon"  # 11002 is no neighbour
    with pytest.raises(RedrawError, match="Nothing would be left of 网格11;"):
        give_grids(graph, ["11001"], "12002")
    with pytest.raises(RedrawError, match="not the one"):
        give_grids(graph, ["12001"], "12001")
    with pytest.raises(RedrawError, match="is divided into"):
        give_grids(graph, ["12"], "12001")


def test_borders_that_meet_no_more_are_one_again() -> None:
    graph = draft()
    arcs = len(graph.arcs)
    done(graph, split(graph, "11001", path((-0.1, 0.3), (1.1, 0.3))))
    done(graph, merge(graph, ["11001", "11003"]))
    assert len(graph.arcs) == arcs
    done(graph, move_vertex(graph, at(1, 0.3), at(1.1, 0.3)))  # a corner, no junction any more


def test_parents_fit_by_level() -> None:
    graph = draft()
    with pytest.raises(RedrawError, match="cannot be below 网格11 of level 2"):
        change_parent(graph, ["1"], "11")
    with pytest.raises(RedrawError, match="cannot be below"):
        change_parent(graph, ["11001"], "12001")
    done(graph, change_parent(graph, ["11001"], "12"))
    with pytest.raises(RedrawError, match="change nothing"):
        change_parent(graph, ["11001"], "12")
    with pytest.raises(RedrawError, match="Nothing would be left of 网格11;"):
        change_parent(graph, ["11002"], "12")
