"""Compiled kernels: how they are cached.

Modules with kernels are imported only where there is enough to do, so that small checks
and single look-ups never wait for a compiler. Kernels are serial and release the GIL; chunks
of work run in threads (`geogrid._threads`): numba's own threading layers kill forked children
or abort under threads. Compiled code is kept in ``GEOGRID_CACHE_DIR``, else in the user's
cache directory, else nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

__all__ = ["kernel"]

Function = TypeVar("Function", bound=Callable[..., Any])


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
