"""A publication moves the same cases as locating all; how fast is no matter here."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from benchmarks.relocation import race


@pytest.mark.slow
def test_the_result_is_that_of_locating_all(engine: Engine) -> None:
    (line,) = race(engine, 20_000, 1)
    grids, seen, again, moved, *_times, differ, _end = [part.strip() for part in line.split("|")]
    assert (grids, differ) == ("100", "0")
    assert 0 < int(moved) <= int(again) <= int(seen) < 1_000
