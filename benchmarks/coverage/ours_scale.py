"""geogrid's own side on Dask workers: the same report, from files that the workers read."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.coverage.contestant import Contestant
from benchmarks.coverage.lattice import Coverage
from benchmarks.coverage.ours import report_told
from geogrid.scale import check_coverage_distributed, local_workers

_FILES = 8


def one_worker() -> Contestant:
    """The full report by one worker process; its start does not count, reading the files does."""
    return Contestant(lambda coverage: _action(coverage, 1), report_told)


def two_workers() -> Contestant:
    """The same by two."""
    return Contestant(lambda coverage: _action(coverage, 2), report_told)


def _action(coverage: Coverage, workers: int) -> Callable[[], Any]:
    stack, client = _cluster(workers)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="geogrid-bench-")))
    for number, rows in enumerate(np.array_split(np.arange(len(coverage.grids)), _FILES)):
        if len(rows):
            coverage.grids.iloc[rows].to_parquet(folder / f"{number}.parquet")
    return lambda: check_coverage_distributed(folder, coverage.region, client=client)


@cache
def _cluster(workers: int) -> tuple[ExitStack, Any]:
    """Return workers of this process, ended with it."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack, stack.enter_context(local_workers(workers))
