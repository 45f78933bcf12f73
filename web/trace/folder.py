"""One tracing: its folder in the spool, and what is known of it.

::

    uploads/<token>/
        trace.json      kind, name, size, control points, lines and texts drawn by hand
        picture         the picture as we wrote it
        drawing.json    lines and texts of a drawing
        grids.geojson, region.geojson   what was made last
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from geogrid.i18n import mark as _
from geogrid.store.errors import UploadMissingError
from geogrid.store.lock import exclusive
from geogrid.store.uploads import KEPT
from web.state import read_json, replace_json
from web.uploads import KEPT_HOURS

__all__ = ["TraceFolder", "find_trace", "new_trace"]

STATE = "trace.json"
_LONGER_S = 6 * 24 * 3600
"""A tracing is days of work: it is kept so much longer than other uploads."""


@dataclass(frozen=True)
class TraceFolder:
    """The folder of one tracing.

    Attributes
    ----------
    token
        Its name in addresses.
    folder
        Its folder in the spool.
    """

    token: str
    folder: Path

    @property
    def picture(self) -> Path:
        """Where the picture is."""
        return self.folder / "picture"

    @property
    def drawing(self) -> Path:
        """Where lines and texts of the drawing are."""
        return self.folder / "drawing.json"

    @property
    def grids(self) -> Path:
        """Where the areas are that were made last."""
        return self.folder / "grids.geojson"

    @property
    def region(self) -> Path:
        """Where the outline of those is."""
        return self.folder / "region.geojson"

    def read(self) -> dict[str, Any]:
        """Return the state."""
        state: dict[str, Any] = read_json(self.folder / STATE)
        return state

    def write(self, **changes: Any) -> dict[str, Any]:
        """Change some entries of the state and return it."""
        path = self.folder / STATE
        with exclusive(self.folder / "lock"):
            state = (self.read() if path.exists() else {}) | changes
            replace_json(path, state)
        return state

    def keep(self) -> None:
        """Stay longer than other uploads."""
        used = time.time() + _LONGER_S
        kept = self.folder / KEPT
        kept.touch()
        os.utime(kept, (used, used))


def new_trace() -> TraceFolder:
    """Make the folder of a new tracing; old uploads are thrown away."""
    uploads = current_app.config["WORKSPACE"].uploads
    uploads.expire(before=time.time() - KEPT_HOURS * 3600)
    trace = TraceFolder(*uploads.new())
    trace.keep()
    return trace


def find_trace(token: str) -> TraceFolder:
    """Return the tracing of `token`, and keep it for another week.

    Raises
    ------
    UploadMissingError
        It has expired or never was.
    """
    trace = TraceFolder(token, current_app.config["WORKSPACE"].uploads.folder(token))
    if not (trace.folder / STATE).exists():
        raise UploadMissingError(_("This upload is no longer there. Please upload the file again."))
    trace.keep()
    return trace
