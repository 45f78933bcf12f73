"""The workspace that a command works on."""

from __future__ import annotations

import os
from pathlib import Path

from geogrid.store.workspace import Workspace

__all__ = ["open_workspace"]


def open_workspace(folder: Path) -> Workspace:
    """Return a workspace with its database, or with the one of ``GEOGRID_DATABASE_URL``."""
    return Workspace(folder, database=os.environ.get("GEOGRID_DATABASE_URL", ""))
