"""What takes long to make is made once for all processes, beside the requests.

A page waits for it a moment, then shows how far it is and goes on by itself (`made_soon` in
``macros.html``, ``web/js/lib/making.js``); a download waits until it is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from web.jobs import Progress, Work, jobs

__all__ = ["DOWNLOAD_S", "followed", "how_far", "make"]

DOWNLOAD_S = 120.0
"""Seconds that a download waits, which has no page to show how far the work is."""
_NAME = re.compile(r"(?:[a-z]+-)?[0-9a-f]{16,32}")


def followed(
    folder: Path, name: str, is_made: Callable[[Path], bool], job: Callable[[Path], str]
) -> Path:
    """Return the folder that a page waits for already, else the one of what is asked now.

    What is asked depends on the plan, and while somebody redraws a draft that is shown, each
    look would begin anew and none would ever be shown.

    Parameters
    ----------
    folder : of what is asked now
    name : of the folder beside it that the page waits for, ``""`` for none
    is_made, job : of a folder, as for :func:`make`
    """
    other = folder.with_name(name) if _NAME.fullmatch(name) else folder
    if other == folder or is_made(folder):
        return folder
    begun = jobs().find(job(other))
    is_under_way = begun is not None and begun.state in ("waiting", "running")
    return other if is_under_way or is_made(other) else folder


def make(key: str, is_made: Callable[[], bool], work: Work, *, seconds: float) -> bool:
    """Begin what is not made yet, and return whether it is there; who asks again joins in.

    Parameters
    ----------
    key : of the job
    is_made : whether it is there, for any thread to ask
    work : makes it, in files that all processes see
    seconds : to wait for it

    Raises
    ------
    BusyError
        Too many jobs are unfinished.
    GeogridError
        It cannot be made; whoever asks next tries again.
    """
    if is_made():
        return True

    def make_missing(progress: Progress) -> None:
        if not is_made():  # the work that was under way may have ended just now
            work(progress)

    begun = jobs().start(key, make_missing)
    job = jobs().wait(key, seconds=seconds)
    error = begun.error or (job and job.error)  # of our own work it has its class still
    if error:
        raise error
    return is_made()


def how_far(key: str, is_made: Callable[[], bool], language: str) -> dict[str, Any]:
    """Return how far it is: ``state`` (``"done"``, ``"none"`` or that of a job), share, error."""
    if is_made():
        return {"state": "done", "share": 1.0, "error": None}
    job = jobs().find(key)
    if job is None:
        return {"state": "none", "share": None, "error": None}
    error = None if job.error is None else job.error.text(language)
    return {"state": job.state, "share": job.share, "error": error}
