from __future__ import annotations

import pytest
from redraw_plans import at, done, draft

from geogrid.errors import FieldError
from geogrid.redraw import RedrawError, change_kind, move_vertex, rename, renumber
from geogrid.rules import code_scheme


def test_names_and_kinds() -> None:
    graph = draft()
    done(graph, rename(graph, "11001", " 竹园网格 "))
    assert graph.rows["11001"]["name"] == "竹园网格"
    done(graph, change_kind(graph, ["11001", "11002"], "dedicated"))
    assert graph.rows["11002"]["kind"] == "dedicated"
    for work, reason in (
        (lambda: rename(graph, "11001", "竹园网格"), "change nothing"),
        (lambda: rename(graph, "11001", "  "), "printable"),
        (lambda: rename(graph, "11001", "甲\n乙"), "printable"),
        (lambda: change_kind(graph, ["11001"], "palace"), "no kind palace"),
    ):
        with pytest.raises(RedrawError, match=reason):
            work()
    with pytest.raises(FieldError, match="no grid 7"):
        rename(graph, "7", "x")


def test_numbers_go_on_and_children_follow() -> None:
    graph = draft()
    done(graph, renumber(graph, "11"))
    assert [graph.rows[label]["code"] for label in ("11002", "11001")] == ["11003", "11004"]
    assert graph.grid_at(*at(0.5, 0.5)) == "11004"
    done(graph, renumber(graph, "1"))
    assert graph.rows["11"]["code"] == "13"
    assert {graph.rows[label]["parent"] for label in ("11001", "11002")} == {"13"}
    done(graph, move_vertex(graph, at(1, 1), at(1.1, 1.1)))
    done(graph, renumber(graph, "14", code_scheme("own", patterns={3: "{parent}-{number:2}"})))
    assert sorted(row["code"] for row in graph.rows.values() if row["parent"] == "14") == [
        "14-01", "14-02", "14-03"
    ]  # fmt: skip


def test_numbering_that_is_refused() -> None:
    graph = draft()
    with pytest.raises(RedrawError, match="nothing to number"):
        renumber(graph, "11001")
    with pytest.raises(RedrawError, match="no pattern"):
        renumber(graph, "")
