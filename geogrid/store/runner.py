"""Do the jobs of a database, one after another, in a thread of any process.

A job's work prepares at leisure and returns what is then done in one short transaction, which
also ends the job. So a kill at any moment leaves a job that is done, with its effects, or one
that is not, without any; another runner notices that it stands still and begins it again.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from geogrid.errors import GeogridError
from geogrid.i18n import mark as _
from geogrid.store import jobs
from geogrid.store.database.engine import reading, writing
from geogrid.store.jobs import JobRecord, LostJobError, Said

__all__ = ["Finish", "Runner", "Task", "Work"]

KEPT_DAYS = 30
BEAT_S = 1.0
LOST_AFTER_S = 20.0
LOOK_EVERY_S = 0.5

_PLAIN = ("changed", "broken")  # params of errors that programs use, besides the sentence

logger = logging.getLogger(__name__)

Finish = Callable[[Connection], dict[str, Any]]
"""Takes the connection that writes, and returns the job's result."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _StopError(Exception):
    """The work is to be left."""


class Task:
    """A job as its work sees it.

    Parameters
    ----------
    job
        As it was claimed.
    """

    def __init__(self, job: JobRecord) -> None:
        self.job = job
        self.progress = 0.0
        self.stage: Said | None = None
        self.is_over = threading.Event()
        """Set when the work is to be left: cancelled, lost, or the runner stops."""

    def tell(self, progress: float, stage: str) -> None:
        """Say how far the work is; does not return when it is to be left.

        Parameters
        ----------
        progress : the share done, 0 to 1
        stage : a sentence (a key of translations) on what begins now
        """
        if self.is_over.is_set():
            raise _StopError
        self.progress, self.stage = progress, jobs.in_languages(stage)


Work = Callable[[Task], Finish]


class Runner:
    """Does jobs of some kinds until told to stop.

    Parameters
    ----------
    engine
        Of the database.
    works
        Kind of job to what does it.
    beat_s, lost_after_s
        Seconds between signs of life, and without any until a job is begun again.
    now
        The clock.
    """

    def __init__(
        self,
        engine: Engine,
        works: Mapping[str, Work],
        *,
        beat_s: float = BEAT_S,
        lost_after_s: float = LOST_AFTER_S,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._engine = engine
        self._works = works
        self._beat_s = beat_s
        self._lost_after_s = lost_after_s
        self._now = now
        self._stop = threading.Event()
        self._task: Task | None = None
        self._seen: dict[int, tuple[int, int, float]] = {}
        self._cleaned_at = float("-inf")

    def start(self) -> threading.Thread:
        """Run in a thread that does not keep the process alive."""
        thread = threading.Thread(target=self.run, name="geogrid-runner", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Do jobs until :meth:`stop`; a database that fails is tried again."""
        while not self._stop.is_set():
            try:
                self.take_back()
                self._clean()
                if self.run_one():
                    continue
            except GeogridError as error:
                logger.warning("jobs wait: %s", error)
            except Exception:  # a thread that ended would leave all jobs waiting for ever
                logger.exception("jobs wait")
            self._stop.wait(LOOK_EVERY_S)

    def stop(self) -> None:
        """Begin no more; the job under way goes back to those that wait, at its next stage."""
        self._stop.set()
        task = self._task
        if task is not None:
            task.is_over.set()

    def run_one(self) -> bool:
        """Do the oldest job that waits; return whether there was one."""
        job = jobs.claim_job(self._engine, tuple(self._works), at=self._now())
        if job is None:
            return False
        self._task = task = Task(job)
        ended = threading.Event()
        beats = threading.Thread(target=self._beats, args=(task, ended), daemon=True)
        beats.start()
        try:
            self._do(task)
        finally:
            ended.set()
            beats.join()
            self._task = None
        return True

    def take_back(self) -> None:
        """Free the jobs that stand still; to be called again and again."""
        now, seen = time.monotonic(), {}
        with reading(self._engine) as connection:
            running = jobs.running_jobs(connection)
        for job in running:
            sign = (job.attempts, job.beats)
            known = self._seen.get(job.id)
            since = known[2] if known is not None and known[:2] == sign else now
            seen[job.id] = (*sign, since)
            if now - since > self._lost_after_s:
                logger.warning("job %s stands still and is begun again", job.id)
                jobs.free_job(self._engine, job, at=self._now(), is_lost=True)
        self._seen = seen

    def _do(self, task: Task) -> None:
        job = task.job
        try:
            finish = self._works[job.kind](task)
            with writing(self._engine) as connection:
                jobs.finish_job(connection, job, finish(connection), at=self._now())
        except (_StopError, LostJobError):
            self._leave(task)
        except GeogridError as error:
            self._fail(job, error)
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))  # not what it may quote
            logger.error("job %s failed: %s\n%s", job.id, type(error).__name__, where)
            self._fail(
                job, GeogridError(_("Something went wrong on the server. Nothing was changed."))
            )

    def _leave(self, task: Task) -> None:
        with reading(self._engine) as connection:
            job = jobs.find_job(connection, task.job.id)
        if job.attempts != task.job.attempts:
            return  # another worker has it
        if job.is_cancelled:
            jobs.end_job(self._engine, task.job, at=self._now())
        else:
            jobs.free_job(self._engine, job, at=self._now())

    def _fail(self, job: JobRecord, error: GeogridError) -> None:
        said: dict[str, Any] = {"kind": type(error).__name__, "detail": jobs.in_languages(error)}
        said |= {name: error.params[name] for name in _PLAIN if name in error.params}
        jobs.end_job(self._engine, job, at=self._now(), error=said)

    def _beats(self, task: Task, ended: threading.Event) -> None:
        while not ended.wait(self._beat_s):
            try:
                answer = jobs.beat(self._engine, task.job, progress=task.progress, stage=task.stage)
            except GeogridError as error:
                logger.warning("job %s shows no life: %s", task.job.id, error)
                continue
            if answer != "go on":
                task.is_over.set()

    def _clean(self) -> None:
        if time.monotonic() - self._cleaned_at > 3600:
            self._cleaned_at = time.monotonic()
            jobs.remove_old_jobs(self._engine, before=self._now() - timedelta(days=KEPT_DAYS))
