"""Every request of the race is answered; how fast is no matter here."""

from __future__ import annotations

from pathlib import Path

from benchmarks.redraw_http import measure


def test_every_request_is_measured(tmp_path: Path) -> None:
    lines = list(measure(144, 2, tmp_path))
    names = {line.split(" | ")[0].removeprefix("| ") for line in lines[3:]}
    assert {"insert_vertex", "split", "split, tried", "undo", "changes", "a view"} <= names
