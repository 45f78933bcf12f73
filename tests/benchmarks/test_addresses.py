"""The race of addresses has a row for us and for the regular expression."""

from __future__ import annotations

from benchmarks.addresses import SHOWN, labelled, line, plain
from geogrid.addresses import parse_addresses


def test_what_reads_better_scores_higher() -> None:
    rows = labelled("held_out")
    texts = [row["text"] for row in rows]
    cells = [
        line(name, rows, read(texts), 1.0).split(" | ")
        for name, read in (("ours", parse_addresses), ("plain", plain))
    ]
    assert [len(each) for each in cells] == [len(SHOWN) + 2] * 2
    room = SHOWN.index("room") + 2
    assert float(cells[0][room].rstrip(" |")) > float(cells[1][room].rstrip(" |"))


def test_a_part_that_a_peer_lacks_is_a_dash() -> None:
    rows = labelled("held_out")[:2]
    assert "| – |" in line("peer", rows, {"province": [rows[0]["province"], "x"]}, 1.0)
