from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from redraw_plans import at, done, draft, path, require_seamless, same_frames, square

from geogrid.errors import FormatError
from geogrid.redraw import (
    RedrawError,
    build_graph,
    change_kind,
    conflicts,
    give_area,
    graph_frame,
    inverse,
    merge,
    move_vertex,
    new_grid,
    rebase,
    record_from_json,
    record_json,
    rename,
    replay,
    reshape,
    split,
    undo,
)


def test_undo_is_before_and_replay_after_bit_for_bit() -> None:
    graph, other = draft(), draft()
    first = graph_frame(graph)
    log = []
    for work in (
        lambda: split(graph, "11001", path((-0.1, 0.311), (1.1, 0.377))),
        lambda: give_area(graph, square(0.8, 0.2, 1.2, 0.7), "11003"),
        lambda: merge(graph, ["12001", "12003"]),
        lambda: reshape(graph, path((1, 1.2), (1.3, 1.5), (1, 1.8))),
        lambda: rename(graph, "12", "乙"),
    ):
        log.append(record_json(done(graph, work())))
    last = graph_frame(graph)
    for text in log:
        replay(other, record_from_json(text))
    assert same_frames(graph_frame(other), last)
    for text in reversed(log):
        undo(graph, record_from_json(text))
    assert same_frames(graph_frame(graph), first)
    assert graph.arcs.keys() == draft().arcs.keys()


def test_a_record_is_refused_where_the_draft_is_another() -> None:
    graph = draft()
    record = move_vertex(graph, at(1, 1), at(1.1, 1.1))
    replay(graph, move_vertex(graph, at(1, 1), at(0.9, 0.9)))
    before = graph_frame(graph)
    with pytest.raises(RedrawError, match="changed in the meantime") as error:
        replay(graph, record)
    assert error.value.place is not None
    assert same_frames(graph_frame(graph), before)
    found = conflicts(record, graph)
    assert {one.kind for one in found} == {"border"}
    assert {code for one in found for code in one.grids} == {"11001", "11002", "12001", "12002"}


def test_far_operations_do_not_conflict() -> None:
    graph = draft()
    one = reshape(graph, path((1, 0.2), (1.1, 0.3), (1, 0.4)))
    two = give_area(graph, square(0.3, 1.4, 0.6, 1.6), "12002")
    done(graph, one)
    assert conflicts(two, graph) == []
    done(graph, rebase(two, graph))
    assert conflicts(inverse(one), graph) == []  # an older one is undone
    done(graph, rebase(inverse(one), graph))
    require_seamless(graph, square(0, 0, 2, 2))


def test_operations_that_would_cross_conflict_though_neither_touched_the_other() -> None:
    graph = draft()
    one = reshape(graph, path((1, 0.3), (1.38, 0.5), (1, 0.7)))  # close to the enclave
    two = move_vertex(graph, at(1.4, 0.4), at(1.2, 0.5))  # which grows that way
    replay(graph, one)
    found = conflicts(two, graph)
    assert [conflict.kind for conflict in found] == ["torn"]
    assert found[0].place is not None
    assert "cross or touch" in found[0].reason.text()


def test_an_island_drawn_meanwhile_is_not_lost() -> None:
    graph = draft()
    one = reshape(graph, path((1, 0.3), (0.5, 0.5), (1, 0.7)))
    two = new_grid(graph, square(0.8, 0.45, 0.9, 0.55), "岛")
    replay(graph, two)
    assert [conflict.kind for conflict in conflicts(one, graph)] == ["torn"]
    undo(graph, two)
    replay(graph, one)
    found = conflicts(two, graph)
    assert [conflict.kind for conflict in found] == ["torn"]
    assert "would lie inside 网格12001" in found[0].reason.text()


def test_a_grid_that_is_gone_conflicts() -> None:
    graph = draft()
    one = give_area(graph, square(0.3, 0.3, 0.6, 0.6), "11002")
    replay(graph, merge(graph, ["11002", "12002"], keep="12002"))
    assert [conflict.kind for conflict in conflicts(one, graph)] == ["torn"]
    two = split(draft(), "11001", path((-0.1, 0.5), (1.1, 0.5)))
    replay(graph, split(graph, "11001", path((-0.1, 0.6), (1.1, 0.6))))
    assert {conflict.kind for conflict in conflicts(two, graph)} == {"border", "grid"}


def test_attributes_conflict_by_grid() -> None:
    graph = draft()
    one, two = rename(graph, "11001", "甲"), change_kind(graph, ["11001"], "village")
    three = rename(graph, "11002", "乙")
    replay(graph, one)
    assert [conflict.kind for conflict in conflicts(two, graph)] == ["grid"]
    assert conflicts(three, graph) == []
    assert conflicts(inverse(one), graph) == []


def test_a_record_is_small_and_reads_back() -> None:
    record = move_vertex(draft(), at(1, 1), at(1.1, 1.1))
    text = record_json(record)
    assert len(text) < 1500
    again = record_from_json(text)
    assert (again.kind, again.parameters) == ("move_vertex", record.parameters)
    assert record_json(inverse(inverse(again))) == text
    assert record.labels == {"11001", "11002", "12001", "12002"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": 1}', '{"arcs": 7}'])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="no record"):
        record_from_json(text)


def test_a_node_that_two_changes_leave_bare_is_none_any_more() -> None:
    west = shapely.Polygon(path((0, 0), (1, 0), (1, 1), (1, 2), (0, 2)))
    east = shapely.Polygon(path((1, 0), (2, 0), (2, 2), (1, 2), (1, 1)))
    islands = [shapely.Polygon(path((1, 1), (x, 1.1), (x, 0.9))) for x in (0.8, 1.2)]
    shapes = [west.difference(islands[0]), east.difference(islands[1]), *islands]
    graph = build_graph(gpd.GeoDataFrame({"code": list("abxy")}, geometry=shapes, crs=4326))
    one, two = merge(graph, ["a", "x"]), merge(graph, ["b", "y"])
    done(graph, one)
    late = rebase(two, graph)
    assert len(late.removed) == len(two.removed) + 2
    done(graph, late)
    assert graph.at_node((114010000000, 22010000000)) == []
    undo(graph, late)
    require_seamless(graph, square(0, 0, 2, 2))
    with pytest.raises(RedrawError, match="changed in the meantime"):
        rebase(one, graph)
