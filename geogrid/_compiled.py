"""Compiled kernels: how they are cached.

Modules with kernels are imported only where there is enough to do, so that small checks
and single look-ups never wait for a compiler. Kernels are serial and release the GIL; chunks
of work run in threads (`geogrid._threads`): numba's own threading layers kill forked children
or abort under threads. Compiled code is kept in the folder of `geogrid.cache_folder`, where
it can be written.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numba

from geogrid.cache_folder import cache_folder

__all__ = ["kernel"]

Function = TypeVar("Function", bound=Callable[..., Any])


def _cache_directory() -> str:
    """Return a directory that can be written, ``""`` where there is none.

    Each state of the kernels has its own: numba looks only at the file of a function, and would
    go on with what that file calls in another one as it was. Those long unused are removed.
    """
    above = cache_folder()
    if above is None:
        return ""
    folder = above / f"kernels-{_state()}"
    try:
        folder.mkdir(exist_ok=True)
        os.utime(folder)
        for other in above.glob("kernels-*"):
            if time.time() - other.stat().st_mtime > _UNUSED_S:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:  # another process may remove the same one
        pass
    return str(folder) if os.access(folder, os.W_OK) else ""


def _state() -> str:
    """Return a hash of all kernels."""
    files = sorted(Path(__file__).parent.glob("_*_kernels.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


_UNUSED_S = 30 * 86_400
_CACHE_DIRECTORY = _cache_directory()
if _CACHE_DIRECTORY:
    numba.config.CACHE_DIR = _CACHE_DIRECTORY


def kernel(function: Function) -> Function:
    """Compile a function on its first call, without the GIL and without reordering sums."""
    compiled = numba.njit(nogil=True, cache=bool(_CACHE_DIRECTORY))(function)
    return compiled
