"""Background work: bounded, honest about failures, silent about people's data."""

from __future__ import annotations

from threading import Event

import pytest

from geogrid.errors import FieldError, GeogridError
from web.jobs import BusyError, Jobs


def test_a_job_says_how_far_it_is_and_when_it_is_done():
    jobs, half, go = Jobs(), Event(), Event()

    def work(progress):
        progress(0.5)
        progress(0.2)
        half.set()
        go.wait(5)

    job = jobs.start("a", work)
    assert half.wait(5)
    assert (job.state, job.share) == ("running", 0.5)
    assert jobs.wait("a", seconds=0.01) is job
    assert job.state == "running"
    go.set()
    assert jobs.wait("a", seconds=5).state == "done"
    assert job.share == 1.0


def test_a_running_job_is_not_started_twice_but_a_finished_one_is():
    jobs, go, runs = Jobs(), Event(), []

    def work(_progress):
        runs.append(1)
        go.wait(5)

    first = jobs.start("a", work)
    assert jobs.start("a", work) is first
    go.set()
    jobs.wait("a", seconds=5)
    again = jobs.start("a", work)
    jobs.wait("a", seconds=5)
    assert again is not first
    assert len(runs) == 2


def test_too_many_unfinished_jobs_are_refused():
    jobs, go = Jobs(threads=1, queued=2), Event()
    for key in "ab":
        jobs.start(key, lambda _progress: go.wait(5))
    with pytest.raises(BusyError):
        jobs.start("c", lambda _progress: None)
    go.set()
    jobs.wait("b", seconds=5)
    jobs.start("c", lambda _progress: None)
    assert jobs.wait("c", seconds=5).state == "done"


def test_a_known_error_is_kept_for_the_page():
    jobs = Jobs()

    def work(_progress):
        raise FieldError("no {what}", what="column")

    jobs.start("a", work)
    job = jobs.wait("a", seconds=5)
    assert job.state == "failed"
    assert str(job.error) == "no column"


def test_an_unexpected_error_is_logged_without_what_it_quotes(caplog):
    jobs, phone = Jobs(), "13800138000"

    def work(_progress):
        raise ValueError(f"{phone} is no number")

    jobs.start("a", work)
    job = jobs.wait("a", seconds=5)
    assert job.state == "failed"
    assert isinstance(job.error, GeogridError)
    assert "ValueError" in caplog.text
    assert phone not in caplog.text + str(job.error)


def test_finished_jobs_are_forgotten_the_oldest_first():
    jobs = Jobs()
    for number in range(210):
        jobs.start(str(number), lambda _progress: None)
        jobs.wait(str(number), seconds=5)
    assert jobs.find("0") is None
    assert jobs.find("209").state == "done"
    assert jobs.find("unknown") is None
    assert jobs.wait("unknown", seconds=0) is None
