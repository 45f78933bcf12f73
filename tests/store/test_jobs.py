"""Jobs: done once whoever dies, cancelled when asked, and clear about how they ended."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, insert, select, update

from geogrid.errors import FieldError
from geogrid.store import jobs
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import departments
from geogrid.store.database.tables import jobs as jobs_table
from geogrid.store.errors import BusyError, ConflictError, JobMissingError, StoreError
from geogrid.store.runner import Finish, Runner, Task

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _find(engine: Engine, job_id: int) -> jobs.JobRecord:
    with reading(engine) as connection:
        return jobs.find_job(connection, job_id)


def _add(engine: Engine, kind: str = "name", **given: Any) -> jobs.JobRecord:
    return jobs.add_job(engine, kind, given, at=NOW)


def _write_name(task: Task) -> Finish:
    """Work with an effect that can be counted."""
    task.tell(0.5, "half")

    def finish(connection: Connection) -> dict[str, Any]:
        connection.execute(insert(departments).values(name=task.job.given["name"]))
        return {"named": task.job.given["name"]}

    return finish


def _names(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(departments.c.name).order_by(departments.c.name)))


@contextmanager
def _running(runner: Runner) -> Iterator[None]:
    thread = runner.start()
    try:
        yield
    finally:
        runner.stop()
        thread.join(20)
        assert not thread.is_alive()


def _wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if is_so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came about")


def test_a_job_ends_together_with_its_effect(engine: Engine) -> None:
    job = _add(engine, name="甲")
    assert (job.status, job.attempts, job.given) == ("waiting", 0, {"name": "甲"})
    assert Runner(engine, {"name": _write_name}).run_one()
    done = _find(engine, job.id)
    assert (done.status, done.progress, done.result) == ("done", 1.0, {"named": "甲"})
    assert done.ended_at >= done.started_at
    assert _names(engine) == ["甲"]
    assert not Runner(engine, {"name": _write_name}).run_one()


def test_the_oldest_goes_first_and_other_kinds_wait(engine: Engine) -> None:
    other = _add(engine, "other")
    for name in "cab":
        _add(engine, name=name)
    order = []

    def work(task: Task) -> Finish:
        order.append(task.job.given["name"])
        return lambda _connection: {}

    runner = Runner(engine, {"name": work})
    while runner.run_one():
        pass
    assert order == ["c", "a", "b"]
    assert _find(engine, other.id).status == "waiting"


def test_many_claim_but_each_job_has_one_worker(engine: Engine) -> None:
    for number in range(24):
        _add(engine, number=number)

    def claim_all(_worker: int) -> list[int]:
        mine = []
        while (job := jobs.claim_job(engine, ["name"], at=NOW)) is not None:
            mine.append(job.id)
        return mine

    with ThreadPoolExecutor(6) as pool:
        claimed = [job_id for mine in pool.map(claim_all, range(6)) for job_id in mine]
    assert len(claimed) == len(set(claimed)) == 24
    with reading(engine) as connection:
        assert {job.attempts for job in jobs.running_jobs(connection)} == {1}


def test_progress_and_stage_are_seen_while_it_runs(engine: Engine) -> None:
    go = threading.Event()

    def work(task: Task) -> Finish:
        task.tell(0.25, "Reading the file")
        go.wait(20)
        return lambda _connection: {}

    job = _add(engine)
    with _running(Runner(engine, {"name": work}, beat_s=0.02)):
        _wait_until(lambda: _find(engine, job.id).progress == 0.25)
        stage = _find(engine, job.id).stage
        assert stage == {"zh_CN": "正在读取文件", "en": "Reading the file"}
        go.set()
        _wait_until(lambda: _find(engine, job.id).status == "done")


def test_an_error_is_kept_in_both_languages(engine: Engine) -> None:
    def work(_task: Task) -> Finish:
        raise FieldError("no {what}", what="column")

    def clash(_task: Task) -> Finish:
        raise ConflictError("not so", changed={"version": 2})

    runner = Runner(engine, {"bad": work, "clash": clash})
    bad, conflict = _add(engine, "bad"), _add(engine, "clash")
    assert runner.run_one()
    assert runner.run_one()
    failed = _find(engine, bad.id)
    assert failed.status == "failed"
    assert failed.error == {
        "kind": "FieldError",
        "detail": {"zh_CN": "no column", "en": "no column"},
    }
    assert _find(engine, conflict.id).error["changed"] == {"version": 2}


def test_what_is_unexpected_is_told_without_what_it_quotes(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    phone = "13800138000"

    def work(_task: Task) -> Finish:
        raise ValueError(f"{phone} is no number")

    job = _add(engine)
    assert Runner(engine, {"name": work}).run_one()
    failed = _find(engine, job.id)
    assert failed.status == "failed"
    assert "Something went wrong" in failed.error["detail"]["en"]
    assert "ValueError" in caplog.text
    assert phone not in caplog.text + json.dumps(failed.error)


def test_an_effect_that_fails_half_way_leaves_nothing(engine: Engine) -> None:
    def work(_task: Task) -> Finish:
        def finish(connection: Connection) -> dict[str, Any]:
            connection.execute(insert(departments).values(name="甲"))
            raise StoreError("no more")

        return finish

    job = _add(engine)
    assert Runner(engine, {"name": work}).run_one()
    assert _find(engine, job.id).status == "failed"
    assert _names(engine) == []


def test_a_waiting_job_is_cancelled_at_once(engine: Engine) -> None:
    job = _add(engine, name="甲")
    cancelled = jobs.cancel_job(engine, job.id, at=NOW)
    assert (cancelled.status, cancelled.is_cancelled, cancelled.ended_at) == (
        "cancelled", True, NOW,
    )  # fmt: skip
    assert not Runner(engine, {"name": _write_name}).run_one()
    assert _names(engine) == []
    again = jobs.cancel_job(engine, job.id, at=NOW)  # twice is as once
    assert again == cancelled


def test_a_running_job_is_cancelled_at_its_next_stage(engine: Engine) -> None:
    begun, go = threading.Event(), threading.Event()
    after = []

    def work(task: Task) -> Finish:
        begun.set()
        go.wait(20)
        task.is_over.wait(20)
        task.tell(0.5, "half")
        after.append(1)
        return lambda _connection: {}

    job = _add(engine)
    with _running(Runner(engine, {"name": work}, beat_s=0.02)):
        assert begun.wait(20)
        assert jobs.cancel_job(engine, job.id, at=NOW).status == "running"
        go.set()
        _wait_until(lambda: _find(engine, job.id).status == "cancelled")
    assert after == []


def test_a_cancel_that_comes_before_the_last_word_undoes_it(engine: Engine) -> None:
    def work(task: Task) -> Finish:
        jobs.cancel_job(engine, task.job.id, at=NOW)
        return _write_name(task)

    job = _add(engine, name="甲")
    assert Runner(engine, {"name": work}, beat_s=60).run_one()
    assert _find(engine, job.id).status == "cancelled"
    assert _names(engine) == []


def test_what_has_ended_cannot_be_cancelled(engine: Engine) -> None:
    job = _add(engine, name="甲")
    Runner(engine, {"name": _write_name}).run_one()
    with pytest.raises(ConflictError) as caught:
        jobs.cancel_job(engine, job.id, at=NOW)
    assert caught.value.params["changed"] == {"status": "done"}
    with pytest.raises(JobMissingError):
        jobs.cancel_job(engine, 999, at=NOW)


def test_a_job_given_up_for_dead_changes_nothing_more(engine: Engine) -> None:
    """Its worker was only slow: it wakes when another one has the job."""

    def slow(task: Task) -> Finish:
        with reading(engine) as connection:
            seen = jobs.find_job(connection, task.job.id)
        jobs.free_job(engine, seen, at=NOW, is_lost=True)
        second = jobs.claim_job(engine, ["name"], at=NOW)
        assert second.attempts == 2
        return _write_name(task)

    job = _add(engine, name="甲")
    assert Runner(engine, {"name": slow}, beat_s=60).run_one()
    now = _find(engine, job.id)
    assert (now.status, now.attempts, now.losses) == ("running", 2, 1)
    assert _names(engine) == []


def test_a_job_that_stands_still_is_begun_again(engine: Engine) -> None:
    job = _add(engine, name="甲")
    assert jobs.claim_job(engine, ["name"], at=NOW) is not None  # and its worker is gone
    runner = Runner(engine, {"name": _write_name}, lost_after_s=0.05)
    with _running(runner):
        _wait_until(lambda: _find(engine, job.id).status == "done")
    assert _find(engine, job.id).attempts == 2
    assert _names(engine) == ["甲"]


def test_a_job_that_lives_is_left_alone(engine: Engine) -> None:
    """However long it takes, and however often others look."""
    job = _add(engine)
    claimed = jobs.claim_job(engine, ["name"], at=NOW)
    watcher = Runner(engine, {}, lost_after_s=0.0)
    for _round in range(5):
        watcher.take_back()
        assert jobs.beat(engine, claimed, progress=0.1, stage=None) == "go on"
    assert _find(engine, job.id).status == "running"
    watcher.take_back()
    watcher.take_back()
    assert _find(engine, job.id).status == "waiting"
    assert jobs.beat(engine, claimed, progress=0.1, stage=None) == "lost"


def test_a_job_that_is_lost_again_and_again_fails_with_a_reason(engine: Engine) -> None:
    job = _add(engine)
    for _round in range(jobs.MOST_LOSSES):
        claimed = jobs.claim_job(engine, ["name"], at=NOW)
        jobs.free_job(engine, claimed, at=NOW, is_lost=True)
    assert jobs.claim_job(engine, ["name"], at=NOW) is None
    failed = _find(engine, job.id)
    assert failed.status == "failed"
    assert "broke off 3 times" in failed.error["detail"]["en"]


def test_a_runner_that_stops_gives_its_job_back(engine: Engine) -> None:
    begun = threading.Event()

    def work(task: Task) -> Finish:
        begun.set()
        task.is_over.wait(20)
        task.tell(0.5, "half")
        return lambda _connection: {}

    job = _add(engine, name="甲")
    with _running(Runner(engine, {"name": work})):
        assert begun.wait(20)
    given_back = _find(engine, job.id)
    assert (given_back.status, given_back.losses) == ("waiting", 0)
    assert Runner(engine, {"name": _write_name}).run_one()
    assert _find(engine, job.id).status == "done"


def test_too_many_that_wait_are_refused(engine: Engine) -> None:
    rows = [{"kind": "name", "status": "waiting", "created_at": NOW}] * jobs.MOST_WAITING
    with writing(engine) as connection:
        connection.execute(insert(jobs_table), rows)
    with pytest.raises(BusyError, match="50 jobs"):
        _add(engine)


def test_old_jobs_are_forgotten_but_none_that_is_unfinished(engine: Engine) -> None:
    old, waiting, fresh = (_add(engine, name=name) for name in "abc")
    for job, status, at in (
        (old, "done", NOW - timedelta(days=31)),
        (fresh, "failed", NOW - timedelta(days=29)),
    ):
        change = update(jobs_table).where(jobs_table.c.id == job.id)
        with writing(engine) as connection:
            connection.execute(change.values(status=status, ended_at=at))
    assert jobs.remove_old_jobs(engine, before=NOW - timedelta(days=30)) == 1
    with reading(engine) as connection:
        assert [job.id for job in jobs.list_jobs(connection)] == [fresh.id, waiting.id]
        assert [job.id for job in jobs.list_jobs(connection, before=fresh.id)] == [waiting.id]
        assert jobs.count_jobs(connection) == 2
        assert connection.scalar(select(func.count()).select_from(jobs_table)) == 2
