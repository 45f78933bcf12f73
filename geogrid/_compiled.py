"""Compiled kernels: how they are cached.

Modules with kernels are imported only where there is enough to do, so that small checks
and single look-ups never wait for a compiler. Kernels are serial and release the GIL; chunks
of work run in threads (`geogrid._threads`): numba's own threading layers kill forked children
or abort under threads. Compiled code is kept in the folder of `geogrid.cache_folder`, where
it can be written.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba

from geogrid.cache_folder import cache_folder

__all__ = ["kernel"]

Function = TypeVar("Function", bound=Callable[..., Any])


def _cache_directory() -> str:
    """Return a directory that can be written, ``""`` where there is none."""
    folder = cache_folder()
    return str(folder) if folder is not None and os.access(folder, os.W_OK) else ""


_CACHE_DIRECTORY = _cache_directory()
if _CACHE_DIRECTORY:
    numba.config.CACHE_DIR = _CACHE_DIRECTORY


def kernel(function: Function) -> Function:
    """Compile a function on its first call, without the GIL and without reordering sums."""
    compiled = numba.njit(nogil=True, cache=bool(_CACHE_DIRECTORY))(function)
    return compiled
