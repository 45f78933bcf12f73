"""Sheets that were made: once for all processes, beside the requests when it takes long.

::

    uploads/<token>/
        print.json      paper, turn, pages, scale, and what the sheet cannot show
        sheet.pdf       the document

The token is a digest of everything that decides how the sheet looks, and of what its reader may
see; whoever asks for a sheet has been judged by :func:`web.printing.asked.ask` before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from flask import current_app

from geogrid.i18n import mark as _
from geogrid.printing import Printed, print_leaflet, print_leaflets, print_map
from geogrid.store.errors import BusyError, explains_disk_errors
from web.jobs import Progress, Work
from web.making import DOWNLOAD_S, how_far, make
from web.printing.asked import Asked
from web.state import read_json, replace_json
from web.uploads import expire_uploads

__all__ = ["Made", "begin", "made_of", "state_of"]

PATIENCE_S = 4.0
"""Seconds that a page waits for a sheet before it shows how far the work is."""
_ONE_AT_A_TIME = Lock()  # a large one takes seconds of a whole core
_STATE, _SHEET = "print.json", "sheet.pdf"


@dataclass(frozen=True)
class Made:
    """A sheet that is there.

    Attributes
    ----------
    folder
        Where it is.
    paper, is_landscape, pages, scale, findings
        See :class:`geogrid.printing.Printed`; findings are sentences in the language of the sheet.
    """

    folder: Path
    paper: str
    is_landscape: bool
    pages: int
    scale: int
    findings: list[str]

    @property
    def pdf(self) -> bytes:
        """The document."""
        return (self.folder / _SHEET).read_bytes()


def _folder(asked: Asked) -> Path:
    root: Path = current_app.config["WORKSPACE"].uploads.root
    key = repr((version("geogrid"), *asked.key()))
    return root / sha256(key.encode()).hexdigest()[:32]


def _job(folder: Path) -> str:
    return f"print:{folder.name}"


def _is_made(folder: Path) -> bool:
    return (folder / _STATE).exists()


def made_of(asked: Asked) -> Made:
    """Return a sheet for a download, which waits until it is made.

    Raises
    ------
    BusyError
        It is still being made, or too much is.
    GeogridError
        It cannot be made.
    """
    made = begin(asked, seconds=DOWNLOAD_S)
    if made is None:
        raise BusyError(_("The sheet is still being made. Try again in a moment."))
    return made


def begin(asked: Asked, *, seconds: float | None = None) -> Made | None:
    """Return a sheet, or None while it is being made beside the requests.

    Parameters
    ----------
    asked : which
    seconds : to wait for it; :data:`PATIENCE_S` by default

    Raises
    ------
    BusyError
        Too many jobs are unfinished.
    GeogridError
        It cannot be made.
    """
    folder = _folder(asked)
    if not _is_made(folder):
        expire_uploads()
    patience = PATIENCE_S if seconds is None else seconds
    if not make(_job(folder), partial(_is_made, folder), _making(asked, folder), seconds=patience):
        return None
    os.utime(folder)
    return Made(folder, **read_json(folder / _STATE))


def state_of(asked: Asked) -> dict[str, Any]:
    """Return how far a sheet is, see :func:`web.making.how_far`."""
    folder = _folder(asked)
    return how_far(_job(folder), partial(_is_made, folder), asked.sheet.language)


def _making(asked: Asked, folder: Path) -> Work:
    def work(progress: Progress) -> None:
        with _ONE_AT_A_TIME:
            printed = _print(asked, lambda share: progress(0.95 * share))
        with explains_disk_errors(folder.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / _SHEET).write_bytes(printed.pdf)
            about = {
                "paper": printed.paper,
                "is_landscape": printed.is_landscape,
                "pages": printed.pages,
                "scale": printed.scale,
                "findings": [each.text(asked.sheet.language) for each in printed.findings],
            }
            replace_json(folder / _STATE, about)

    return work


def _print(asked: Asked, tell: Callable[[float], None]) -> Printed:
    if asked.what == "leaflets":
        return print_leaflets(asked.sheet, asked.links, tell=tell)
    if asked.what == "leaflet":
        return print_leaflet(asked.sheet)
    return print_map(asked.sheet, tell=tell)
