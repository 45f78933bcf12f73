"""The race of proposals gives a row for each aim, and peers' grids the codes of today."""

from __future__ import annotations

import numpy as np

from benchmarks.propose import named, ours, sample


def test_the_race_has_a_row_for_each_aim() -> None:
    graph, count = sample()
    assert (len(graph.names) > 1000, count) == (True, 126)
    some = graph.take(np.flatnonzero([code < "440304090002" for code in graph.present]))
    rows = ours(some, len(set(some.present)), 1)
    assert [row.split(" (")[0] for row in rows] == [
        f"| geogrid, {aim}" for aim in ("stay", "compact", "streets", "even")
    ]
    assert named(some, some.present).tolist() == some.present.tolist()
