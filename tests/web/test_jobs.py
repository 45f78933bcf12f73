"""Background work: bounded, honest about failures, silent about people's data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from geogrid.errors import FieldError, GeogridError
from web.job_files import JobFiles
from web.jobs import BusyError, Jobs

ROOT = Path(__file__).resolve().parents[2]


def test_a_job_says_how_far_it_is_and_when_it_is_done():
    jobs, half, go = Jobs(), Event(), Event()

    def work(progress):
        progress(0.5)
        progress(0.2)
        half.set()
        go.wait(60)

    job = jobs.start("a", work)
    assert half.wait(60)
    assert (job.state, job.share) == ("running", 0.5)
    assert jobs.wait("a", seconds=0.01) is job
    assert job.state == "running"
    go.set()
    assert jobs.wait("a", seconds=60).state == "done"
    assert job.share == 1.0


def test_a_running_job_is_not_started_twice_but_a_finished_one_is():
    jobs, go, runs = Jobs(), Event(), []

    def work(_progress):
        runs.append(1)
        go.wait(60)

    first = jobs.start("a", work)
    assert jobs.start("a", work) is first
    go.set()
    jobs.wait("a", seconds=60)
    again = jobs.start("a", work)
    jobs.wait("a", seconds=60)
    assert again is not first
    assert len(runs) == 2


def test_too_many_unfinished_jobs_are_refused():
    jobs, go = Jobs(threads=1, queued=2), Event()
    for key in "ab":
        jobs.start(key, lambda _progress: go.wait(60))
    with pytest.raises(BusyError):
        jobs.start("c", lambda _progress: None)
    go.set()
    jobs.wait("b", seconds=60)
    jobs.start("c", lambda _progress: None)
    assert jobs.wait("c", seconds=60).state == "done"


def test_a_known_error_is_kept_for_the_page():
    jobs = Jobs()

    def work(_progress):
        raise FieldError("no {what}", what="column")

    jobs.start("a", work)
    job = jobs.wait("a", seconds=60)
    assert job.state == "failed"
    assert str(job.error) == "no column"


def test_an_unexpected_error_is_logged_without_what_it_quotes(caplog):
    jobs, phone = Jobs(), "13800138000"

    def work(_progress):
        raise ValueError(f"{phone} is no number")

    jobs.start("a", work)
    job = jobs.wait("a", seconds=60)
    assert job.state == "failed"
    assert isinstance(job.error, GeogridError)
    assert "ValueError" in caplog.text
    assert phone not in caplog.text + str(job.error)


def test_finished_jobs_are_forgotten_the_oldest_first():
    jobs = Jobs()
    for number in range(210):
        jobs.start(str(number), lambda _progress: None)
        jobs.wait(str(number), seconds=60)
    assert jobs.find("0") is None
    assert jobs.find("209").state == "done"
    assert jobs.find("unknown") is None
    assert jobs.wait("unknown", seconds=0) is None


def test_other_processes_know_how_far_a_job_is(tmp_path):
    here, there = Jobs(files=JobFiles(tmp_path)), Jobs(files=JobFiles(tmp_path))
    go, runs = Event(), []

    def work(progress):
        runs.append(1)
        go.wait(60)
        raise FieldError("no {what} in row {row}", what="column", row=3)

    here.start("a", work)
    assert there.find("a").state in ("waiting", "running")
    assert there.start("a", work).state in ("waiting", "running")
    assert there.wait("a", seconds=0.2).state in ("waiting", "running")
    assert there.find("b") is None
    go.set()
    job = there.wait("a", seconds=60)
    assert (job.state, job.share) == ("failed", 0.0)
    assert str(job.error) == "no column in row 3"
    assert len(runs) == 1
    # what comes after counts, whoever does it
    there.start("a", lambda _progress: None)
    there.wait("a", seconds=60)
    assert here.find("a").state == "done"


def test_work_that_a_kill_cut_off_is_unknown(tmp_path):
    code = """
import os, sys, time
from pathlib import Path
from web.job_files import JobFiles
files = JobFiles(Path(sys.argv[1]))
held = files.claim("a")
files.tell("a", "running", 0.5, None)
print("told", flush=True)
time.sleep(600)
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        process.stdout.readline()
        jobs = Jobs(files=JobFiles(tmp_path))
        assert (jobs.find("a").state, jobs.find("a").share) == ("running", 0.5)
        process.kill()
        process.wait()
        assert jobs.find("a") is None
        jobs.start("a", lambda _progress: None)
        assert jobs.wait("a", seconds=60).state == "done"
