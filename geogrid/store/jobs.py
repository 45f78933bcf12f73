"""Long work as rows of a database: claimed by one, watched by all, ended once.

A claim counts `attempts` up, and whoever has claimed a job names that number in everything
written about it: one that was given up for dead and goes on changes nothing more. Whoever runs
a job counts `beats` up; a watcher sees that the number stands still, by its own clock, so that
clocks need not agree.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, Update, delete, func, insert, select, update

from geogrid.errors import GeogridError
from geogrid.i18n import LANGUAGES, translate
from geogrid.i18n import mark as _
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import jobs
from geogrid.store.errors import BusyError, ConflictError, JobMissingError, StoreError

__all__ = [
    "JobRecord",
    "LostJobError",
    "Said",
    "add_job",
    "beat",
    "cancel_job",
    "claim_job",
    "count_jobs",
    "end_job",
    "find_job",
    "finish_job",
    "free_job",
    "in_languages",
    "list_jobs",
    "remove_old_jobs",
    "running_jobs",
]

MOST_WAITING = 50
MOST_LOSSES = 3

Said = dict[str, str]
"""Language to text."""


class LostJobError(StoreError):
    """A job was cancelled or given to another worker; what would have ended it is undone."""


@dataclass(frozen=True)
class JobRecord:
    """What is known of a job.

    Attributes
    ----------
    id, kind
        To name it, and what it does.
    status
        ``"waiting"``, ``"running"``, ``"done"``, ``"failed"`` or ``"cancelled"``.
    progress, stage
        The share done, 0 to 1, and in words what is under way.
    given, result
        What it works on, and what came of it.
    error
        ``kind`` (of error), ``detail`` in words, and ``changed`` after a conflict.
    user_id
        Who asked for it.
    created_at, started_at, ended_at
        Moments in UTC.
    is_cancelled
        Somebody asked to stop it; while it is running, it soon will.
    attempts, losses, beats
        How often it was begun, how often its worker vanished, and a sign of life.
    """

    id: int
    kind: str
    status: str
    progress: float
    stage: Said | None
    given: dict[str, Any]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    user_id: int | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    is_cancelled: bool
    attempts: int
    losses: int
    beats: int


_FIELDS = [jobs.c[name] for name in JobRecord.__dataclass_fields__]
_UNFINISHED = ("waiting", "running")


def in_languages(said: GeogridError | str) -> Said:
    """Return an error or a sentence in every language."""
    if isinstance(said, GeogridError):
        return {language: said.text(language) for language in LANGUAGES}
    return {language: translate(said, language) for language in LANGUAGES}


def add_job(
    engine: Engine, kind: str, given: dict[str, Any], *, at: datetime, by: int | None = None
) -> JobRecord:
    """Write down work to be done.

    Parameters
    ----------
    engine : of the database
    kind : which work
    given : what it needs, as plain values
    at, by : now in UTC, and the user

    Raises
    ------
    BusyError
        Too much is waiting already.
    """
    with writing(engine) as connection:
        waiting = connection.scalar(
            select(func.count()).select_from(jobs).where(jobs.c.status == "waiting")
        )
        if int(waiting or 0) >= MOST_WAITING:
            raise BusyError(
                _("{count} jobs are waiting already. Try again in a few minutes."), count=waiting
            )
        added = insert(jobs).values(
            kind=kind, status="waiting", given=given, created_at=at, user_id=by
        )
        return _record(connection.execute(added.returning(*_FIELDS)).one())


def find_job(connection: Connection, job_id: int) -> JobRecord:
    """Return a job.

    Raises
    ------
    JobMissingError
        There is none with this id, or it was long ago.
    """
    row = connection.execute(select(*_FIELDS).where(jobs.c.id == job_id)).first()
    if row is None:
        raise JobMissingError(_("There is no job {job}."), job=job_id)
    return _record(row)


def list_jobs(
    connection: Connection, *, before: int | None = None, limit: int = 100
) -> list[JobRecord]:
    """Return jobs, the newest first, those with an id below `before` when that is given."""
    asked = select(*_FIELDS).order_by(jobs.c.id.desc()).limit(limit)
    if before is not None:
        asked = asked.where(jobs.c.id < before)
    return [_record(row) for row in connection.execute(asked)]


def count_jobs(connection: Connection) -> int:
    """Return how many jobs there are."""
    return int(connection.scalar(select(func.count()).select_from(jobs)) or 0)


def running_jobs(connection: Connection) -> list[JobRecord]:
    """Return the jobs that somebody has claimed."""
    asked = select(*_FIELDS).where(jobs.c.status == "running").order_by(jobs.c.id)
    return [_record(row) for row in connection.execute(asked)]


def claim_job(engine: Engine, kinds: Collection[str], *, at: datetime) -> JobRecord | None:
    """Take the oldest job that waits, for this caller alone; None when there is none.

    Parameters
    ----------
    engine : of the database
    kinds : of jobs that the caller can do
    at : now, in UTC
    """
    oldest = (
        select(jobs.c.id)
        .where(jobs.c.status == "waiting", jobs.c.kind.in_(kinds))
        .order_by(jobs.c.id)
        .limit(1)
    )
    with writing(engine) as connection:
        job_id = connection.scalar(oldest.with_for_update(skip_locked=True))
        if job_id is None:
            return None
        claimed = update(jobs).where(jobs.c.id == job_id)
        claimed = claimed.values(
            status="running", started_at=at, progress=0.0, stage=None, attempts=jobs.c.attempts + 1
        )
        return _record(connection.execute(claimed.returning(*_FIELDS)).one())


def beat(
    engine: Engine, job: JobRecord, *, progress: float, stage: Said | None
) -> Literal["go on", "stop", "lost"]:
    """Show that a job is being done and how far it is, and hear whether to go on.

    Parameters
    ----------
    engine : of the database
    job : as it was claimed
    progress, stage : of :class:`JobRecord`
    """
    values = {"progress": progress, "stage": stage, "beats": jobs.c.beats + 1}
    with writing(engine) as connection:
        row = connection.execute(
            _owned(job).values(values).returning(jobs.c.is_cancelled)
        ).first()  # fmt: skip
    if row is None:
        return "lost"
    return "stop" if row.is_cancelled else "go on"


def finish_job(
    connection: Connection, job: JobRecord, result: dict[str, Any], *, at: datetime
) -> None:
    """End a job well, in the transaction that holds its effects: both are there or neither.

    Parameters
    ----------
    connection : of :func:`~geogrid.store.database.engine.writing`
    job : as it was claimed
    result : of :class:`JobRecord`
    at : now, in UTC

    Raises
    ------
    LostJobError
        It was cancelled, or belongs to another worker now; leave the transaction by this error.
    """
    values = {"status": "done", "progress": 1.0, "stage": None, "result": result, "ended_at": at}
    change = _owned(job).where(jobs.c.is_cancelled.is_(False)).values(values)
    if connection.execute(change).rowcount != 1:
        raise LostJobError(_("Job {job} was stopped; nothing was changed."), job=job.id)


def end_job(
    engine: Engine, job: JobRecord, *, at: datetime, error: dict[str, Any] | None = None
) -> bool:
    """End a job as failed, or without an error as cancelled; return whether it was the caller's.

    Parameters
    ----------
    engine : of the database
    job : as it was claimed
    at : now, in UTC
    error : of :class:`JobRecord`
    """
    status = "cancelled" if error is None else "failed"
    values = {"status": status, "error": error, "stage": None, "ended_at": at}
    with writing(engine) as connection:
        return connection.execute(_owned(job).values(values)).rowcount == 1


def free_job(engine: Engine, job: JobRecord, *, at: datetime, is_lost: bool = False) -> None:
    """Give a job back, to be begun again by anybody; one that was lost too often fails.

    Parameters
    ----------
    engine : of the database
    job : as it was last seen; one that has changed since is left alone
    at : now, in UTC
    is_lost : its worker vanished
    """
    seen = _owned(job).where(jobs.c.is_cancelled.is_(job.is_cancelled))
    values: dict[str, Any] = {"status": "waiting", "progress": 0.0, "stage": None}
    if is_lost:
        seen = seen.where(jobs.c.beats == job.beats)
        values |= {"losses": job.losses + 1}
    if job.is_cancelled:
        values |= {"status": "cancelled", "ended_at": at}
    elif is_lost and job.losses + 1 >= MOST_LOSSES:
        error = {"kind": "GeogridError", "detail": in_languages(_lost(job.losses + 1))}
        values |= {"status": "failed", "error": error, "ended_at": at}
    with writing(engine) as connection:
        connection.execute(seen.values(values))


def _lost(count: int) -> GeogridError:
    return GeogridError(
        _(
            "The server broke off {count} times during this work, perhaps for want of memory; "
            "nothing was changed. See its log."
        ),
        count=count,
    )


def cancel_job(engine: Engine, job_id: int, *, at: datetime) -> JobRecord:
    """Stop a job: at once while it waits, soon while it runs.

    Raises
    ------
    JobMissingError
        There is none with this id.
    ConflictError
        It has ended.
    """
    with writing(engine) as connection:
        one = update(jobs).where(jobs.c.id == job_id)
        waiting = one.where(jobs.c.status == "waiting")
        connection.execute(waiting.values(status="cancelled", ended_at=at, is_cancelled=True))
        connection.execute(one.where(jobs.c.status == "running").values(is_cancelled=True))
        job = find_job(connection, job_id)
        if not job.is_cancelled:
            raise ConflictError(
                _("Job {job} has ended and cannot be cancelled."),
                job=job_id,
                changed={"status": job.status},
            )
        return job


def remove_old_jobs(engine: Engine, *, before: datetime) -> int:
    """Forget jobs that ended before a moment; return how many."""
    with writing(engine) as connection:
        old = jobs.c.status.not_in(_UNFINISHED), jobs.c.ended_at < before
        return int(connection.execute(delete(jobs).where(*old)).rowcount)


def _owned(job: JobRecord) -> Update:
    return update(jobs).where(
        jobs.c.id == job.id, jobs.c.status == "running", jobs.c.attempts == job.attempts
    )


def _record(row: Row[Any]) -> JobRecord:
    values = dict(row._mapping)
    return JobRecord(**{**values, "given": values["given"] or {}})
