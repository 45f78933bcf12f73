"""One tracing: its folder in the spool, and what is known of it.

::

    uploads/<token>/
        trace.json      kind, name, size, control points, lines and texts drawn by hand
        source.pdf      the PDF that a picture is a page of, page-N.png its pages made small
        picture         the picture as we wrote it
        drawing.json    lines and texts of a drawing
        grids.geojson, region.geojson   what was made last
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from geogrid.store.uploads import KEPT
from web.upload_folder import UploadFolder
from web.uploads import expire_uploads

__all__ = ["TraceFolder", "find_trace", "new_trace"]

_LONGER_S = 6 * 24 * 3600
"""A tracing is days of work: it is kept so much longer than other uploads."""


@dataclass(frozen=True)
class TraceFolder(UploadFolder):
    """The folder of one tracing."""

    STATE = "trace.json"

    @property
    def picture(self) -> Path:
        """Where the picture is."""
        return self.folder / "picture"

    @property
    def job(self) -> str:
        """The key of its work in the background."""
        return f"trace:{self.token}"

    @property
    def source(self) -> Path:
        """Where the PDF is, if it was one."""
        return self.folder / "source.pdf"

    def thumbnail(self, page: int) -> Path:
        """Return where a small picture of a page is."""
        return self.folder / f"page-{page}.png"

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

    def keep(self) -> None:
        """Stay longer than other uploads."""
        used = time.time() + _LONGER_S
        kept = self.folder / KEPT
        kept.touch()
        os.utime(kept, (used, used))


def new_trace() -> TraceFolder:
    """Make the folder of a new tracing; old uploads are thrown away."""
    expire_uploads()
    trace = TraceFolder.make()
    trace.keep()
    return trace


def find_trace(token: str) -> TraceFolder:
    """Return the tracing of `token`, and keep it for another week.

    Raises
    ------
    UploadMissingError
        It has expired or never was.
    """
    return TraceFolder.find(token)
