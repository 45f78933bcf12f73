"""Compiled kernels: how they are cached, and how they share the processors.

Modules with kernels are imported only where there is enough to do, so that small checks
and single look-ups never wait for a compiler. Kernels are serial and release the GIL;
chunks of work run in threads. (numba's own threading layers kill forked children or abort
under threads.) Compiled code is kept in ``GEOGRID_CACHE_DIR``, else in the user's cache
directory, else nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

__all__ = ["chunks", "in_threads", "kernel"]

Function = TypeVar("Function", bound=Callable[..., Any])

_CHUNKS_PER_WORKER = 4


def _cache_directory() -> str:
    """Return a directory that can be written, ``""`` where there is none."""
    given = os.environ.get("GEOGRID_CACHE_DIR")
    try:
        folder = Path(given) if given else Path.home() / ".cache" / "geogrid"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return ""
    return str(folder) if os.access(folder, os.W_OK) else ""


_CACHE_DIRECTORY = _cache_directory()
if _CACHE_DIRECTORY:
    numba.config.CACHE_DIR = _CACHE_DIRECTORY


def kernel(function: Function) -> Function:
    """Compile a function on its first call, without the GIL and without reordering sums."""
    compiled = numba.njit(nogil=True, cache=bool(_CACHE_DIRECTORY))(function)
    return compiled


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
