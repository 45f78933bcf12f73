"""Every operation of the race is possible, and undone; how fast is no matter here."""

from __future__ import annotations

from benchmarks.redraw import OPERATIONS, plan, race


def test_every_operation_is_measured_and_undone() -> None:
    graph = plan(144)
    arcs, rows = dict(graph.arcs), dict(graph.rows)
    lines = list(race(graph, 2))
    assert [line.split(" | ")[1] for line in lines] == ["2"] * len(OPERATIONS) + [
        str(2 * len(OPERATIONS))
    ]
    assert graph.rows == rows
    assert graph.arcs.keys() == arcs.keys()
    assert all(arc.same(arcs[key]) for key, arc in graph.arcs.items())
