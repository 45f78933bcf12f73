"""The first look-up of a process: ``python -m benchmarks.location.first KIND FILE X Y``.

Prints the seconds of importing, loading the pickled index, the first look-up and the
median of a thousand more.
"""

from __future__ import annotations

import json
import pickle
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.fetching import ROOT

_MORE = 1000


class First(NamedTuple):
    """Seconds of a fresh process."""

    importing: float
    loading: float
    first: float
    more: float


def measured(kind: str, index: Any, x: float, y: float, folder: Path) -> First:
    """Pickle an index and ask a fresh process; `kind` is ``"ours"`` or ``"tree"``."""
    path = folder / f"{kind}.pickle"
    path.write_bytes(pickle.dumps(index, protocol=5))
    command = [sys.executable, "-m", "benchmarks.location.first", kind, str(path), repr(x), repr(y)]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    return First(*json.loads(done.stdout))


def main(kind: str, path: str, x: str, y: str) -> None:
    """Measure this process."""
    start = time.perf_counter()
    look_up = _look_up(kind)
    imported = time.perf_counter()
    with Path(path).open("rb") as file:
        index = pickle.load(file)
    loaded = time.perf_counter()
    at = float(x), float(y)
    look_up(index, *at)
    ended = time.perf_counter()
    more = []
    for _ in range(_MORE):
        begin = time.perf_counter()
        look_up(index, *at)
        more.append(time.perf_counter() - begin)
    times = imported - start, loaded - imported, ended - loaded, statistics.median(more)
    print(json.dumps(times))


def _look_up(kind: str) -> Callable[[Any, float, float], Any]:
    if kind == "ours":
        import geogrid  # noqa: PLC0415 - its time is measured

        return geogrid.locate
    import shapely  # noqa: PLC0415

    return lambda tree, x, y: tree.query(shapely.Point(x, y), predicate="intersects")


if __name__ == "__main__":
    main(*sys.argv[1:])
