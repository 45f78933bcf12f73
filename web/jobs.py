"""Slow work in the background: a few threads, a short queue, progress anybody may ask.

What a job makes goes to files in the folder of its upload; this only knows how far it is, and
tells it the other processes of the server (:mod:`web.job_files`).
Messages of unexpected errors are not logged, because they may quote people's data.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol

from flask import Flask, current_app

from geogrid.errors import GeogridError
from geogrid.i18n import mark as _
from geogrid.store.errors import BusyError, disk_error
from web.job_files import JobFiles

__all__ = ["BUSY", "BusyError", "Job", "Jobs", "Progress", "State", "Work", "jobs", "start_work"]

State = Literal["waiting", "running", "done", "failed"]
Progress = Callable[[float], None]
Work = Callable[[Progress], None]
"""Work gets a function that takes the share done, 0 to 1."""

BUSY = ("reading", "checking", "proposing", "mending", "unifying")
"""Stages of a folder in which work is under way."""

THREADS = 2
QUEUED = 8
REMEMBERED = 200
_UNFINISHED = ("waiting", "running")
_LOOK_EVERY_S = 0.1
_TELL_EVERY_S = 0.5

logger = logging.getLogger(__name__)


@dataclass
class Job:
    """One piece of work.

    Attributes
    ----------
    state, share
        How far it is; `share` is 0 to 1.
    error
        Why it failed, in words for people.
    """

    state: State = "waiting"
    share: float = 0.0
    error: GeogridError | None = None
    future: Future[None] | None = field(default=None, repr=False)


class Jobs:
    """The jobs of one server, by key.

    Parameters
    ----------
    threads
        Jobs that run at once.
    queued
        Unfinished jobs that are accepted.
    files
        Through which other processes know of these jobs, and these of theirs.
    """

    def __init__(
        self, *, threads: int = THREADS, queued: int = QUEUED, files: JobFiles | None = None
    ) -> None:
        self._queued = queued
        self._files = files
        self._folder = Path() if files is None else files.folder.parent
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="geogrid-job")
        self._lock = Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def start(self, key: str, work: Work) -> Job:
        """Start `work` under `key`; the same key that is still running is not started twice.

        Raises
        ------
        BusyError
            Too many jobs are unfinished.
        """
        with self._lock:
            known = self.find(key)
            if known is not None and known.state in _UNFINISHED:
                return known
            self._make_room()
            claim = ExitStack() if self._files is None else self._files.claim(key)
            if claim is None:
                return self.find(key) or Job()  # another process was faster
            job = self._jobs[key] = Job()
            self._jobs.move_to_end(key)
            self._tell(key, job)
            job.future = self._pool.submit(self._run, key, job, work, claim)
            return job

    def find(self, key: str) -> Job | None:
        """Return the job of `key`, or None when this server has not seen it."""
        own = self._jobs.get(key)
        if self._files is None or (own is not None and own.state in _UNFINISHED):
            return own
        filed = self._files.find(key)
        return own if filed is None else Job(**filed)

    def wait(self, key: str, *, seconds: float) -> Job | None:
        """Give the job of `key` up to `seconds` to finish and return it."""
        own = self._jobs.get(key)
        if own is not None and own.future is not None:
            wait([own.future], timeout=seconds)
        until = time.monotonic() + seconds
        while (job := self.find(key)) is not None and job.state in _UNFINISHED:
            if job is own or time.monotonic() >= until:
                break
            time.sleep(_LOOK_EVERY_S)
        return job

    def _run(self, key: str, job: Job, work: Work, claim: ExitStack) -> None:
        told = [time.monotonic()]

        def progress(share: float) -> None:
            job.share = min(max(share, job.share), 1.0)
            if time.monotonic() - told[0] > _TELL_EVERY_S:
                told[0] = time.monotonic()
                self._tell(key, job)

        with claim:
            _do(job, work, progress, self._folder)
            self._tell(key, job)

    def _tell(self, key: str, job: Job) -> None:
        if self._files is not None:
            self._files.tell(key, job.state, job.share, job.error)

    def _make_room(self) -> None:
        unfinished = sum(job.state in _UNFINISHED for job in self._jobs.values())
        if unfinished >= self._queued:
            raise BusyError(_("The server is busy with other files. Try again in a minute."))
        finished = [key for key, job in self._jobs.items() if job.state in ("done", "failed")]
        for key in finished[: max(0, len(self._jobs) - REMEMBERED)]:
            del self._jobs[key]


def _do(job: Job, work: Work, progress: Progress, folder: Path) -> None:
    job.state = "running"
    try:
        work(progress)
    except GeogridError as error:
        job.error, job.state = error, "failed"
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("job failed: %s\n%s", type(error).__name__, where)
        known = disk_error(error, folder) if isinstance(error, OSError) else None
        job.error = known or GeogridError(
            _("Something went wrong with this file on the server. Nothing was changed.")
        )
        job.state = "failed"
    else:
        job.share, job.state = 1.0, "done"


def jobs(app: Flask | None = None) -> Jobs:
    """Return the jobs of `app`, the current one by default."""
    extensions = (app or current_app).extensions
    if "geogrid_jobs" not in extensions:
        folder = (app or current_app).config["WORKSPACE"].folder / "jobs"
        extensions.setdefault("geogrid_jobs", Jobs(files=JobFiles(folder)))
    found: Jobs = extensions["geogrid_jobs"]
    return found


class Worked(Protocol):
    """A folder whose state says how far work on it is."""

    @property
    def job(self) -> str:
        """The key of its work in the background."""

    def read(self) -> dict[str, Any]:
        """Return the state, with its ``stage``."""

    def write(self, **changes: Any) -> Any:
        """Change some entries of the state."""


def start_work(folder: Worked, work: Work, stage: str, **changes: Any) -> None:
    """Start work on a folder in the background; a second click joins in.

    Parameters
    ----------
    folder, work : where, and what
    stage : one of :data:`BUSY`, that of the folder from now on
    changes : of its state besides

    Raises
    ------
    BusyError
        Too many jobs are unfinished; the folder is as it was.
    """
    before = folder.read()["stage"]
    if before not in BUSY:
        jobs().wait(folder.job, seconds=5)  # work that has just written its last word
    job = jobs().find(folder.job)
    if job is None or job.state in ("done", "failed"):
        folder.write(stage=stage, error=None, **changes)
        try:
            jobs().start(folder.job, work)
        except BusyError:
            folder.write(stage=before)
            raise
