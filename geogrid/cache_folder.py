"""Where geogrid keeps what it can make again: compiled kernels, and indexes of large layers."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path | None:
    """Return ``GEOGRID_CACHE_DIR``, else ``~/.cache/geogrid``; None where it cannot be made.

    Whoever may write there decides what this process runs, so it must be the user's own.
    """
    given = os.environ.get("GEOGRID_CACHE_DIR")
    try:
        folder = Path(given) if given else Path.home() / ".cache" / "geogrid"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: a user without a home
        return None
    return folder
