"""One contestant in a process of its own: ``… -m benchmarks.coverage.worker TARGET FOLDER``."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from benchmarks.coverage.contestant import Contestant, load
from benchmarks.coverage.inputs import read_input
from benchmarks.coverage.lattice import Coverage
from benchmarks.worker import own_output, serve


def main(target: str, folder: str) -> None:
    """Warm up, then do as told."""
    answers = own_output()
    warnings.simplefilter("ignore")
    contestant = load(target)
    coverage = read_input(Path(folder))
    _warm_up(contestant)
    serve(answers, lambda: contestant.prepare(_fresh(coverage)), contestant.tell)


def _warm_up(contestant: Contestant) -> None:
    """Compile and load everything that the action uses."""
    for coverage in contestant.warm_ups():
        contestant.tell(contestant.prepare(coverage)())


def _fresh(coverage: Coverage) -> Coverage:
    """Return copies without a cached index, over the same geometries."""
    grids, region, corners = coverage
    return Coverage(grids.copy(), None if region is None else region.copy(), corners)


if __name__ == "__main__":
    main(*sys.argv[1:])
