"""Work shared out among the processors: kernels and GEOS, which both release the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["by_rows", "chunks", "in_threads", "query_tree", "workers"]

_CHUNKS_PER_WORKER = 4
_ROWS_FROM = 256
"""Below so many shapes threads cost more than they save."""


def workers() -> int:
    """Return how many threads may run at once."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)


def chunks(count: int, *, parts: int | None = None) -> list[tuple[int, int]]:
    """Return (begin, stop) of about equal runs over `count` items."""
    parts = min(count, parts or _CHUNKS_PER_WORKER * workers())
    edges = np.linspace(0, count, parts + 1).astype(np.int64) if parts else np.zeros(1, np.int64)
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def in_threads(action: Callable[[int, int], Any], runs: list[tuple[int, int]]) -> list[Any]:
    """Call ``action(begin, stop)`` for every run, on all processors; results in order."""
    if len(runs) < 2 or workers() == 1:
        return [action(*run) for run in runs]
    with ThreadPoolExecutor(workers()) as pool:
        return list(pool.map(lambda run: action(*run), runs))


def by_rows(function: Callable[..., Any], *arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Call a function of Shapely, which treats each row by itself, on all processors.

    Parameters
    ----------
    function : of arrays with as many rows as its result has
    arrays : (n, …)
    """
    if len(arrays[0]) < _ROWS_FROM:
        return np.asarray(function(*arrays))
    found = in_threads(
        lambda begin, stop: function(*(array[begin:stop] for array in arrays)),
        chunks(len(arrays[0])),
    )
    return np.concatenate(found)


def query_tree(
    tree: shapely.STRtree,
    shapes: npt.NDArray[np.object_],
    predicate: str,
    distance: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.int64]:
    """Return the (2, k) pairs of ``tree.query``, found on all processors.

    Parameters
    ----------
    tree : which is built when it is made, so that threads may share it
    shapes : (n,)
    predicate, distance : as there; distance is (n,)
    """
    runs = chunks(len(shapes)) if len(shapes) >= _ROWS_FROM else [(0, len(shapes))]

    def ask(begin: int, stop: int) -> npt.NDArray[np.int64]:
        within = None if distance is None else distance[begin:stop]
        pairs = np.asarray(tree.query(shapes[begin:stop], predicate=predicate, distance=within))
        pairs[0] += begin
        return pairs

    return np.concatenate(in_threads(ask, runs), axis=1)
