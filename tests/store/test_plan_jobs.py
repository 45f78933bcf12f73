"""Import, check and publication as jobs: also when their process is killed in the middle."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import pytest
import shapely
from small_plan import grids as small_grids
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import URL

from geogrid.store import Uploads
from geogrid.store.database.engine import open_database, reading
from geogrid.store.database.tables import audit, plans
from geogrid.store.jobs import JobRecord, add_job, find_job
from geogrid.store.plan_jobs import CHECK, IMPORT, PUBLISH, plan_works
from geogrid.store.plans import add_draft, find_plan, plan_grids, submit_draft
from geogrid.store.runner import Runner

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROUNDS = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 6
LATEST_S = 0.5


def _upload(uploads: Uploads) -> dict[str, Any]:
    token, folder = uploads.new()
    small_grids().to_file(folder / "upload", driver="GeoJSON", engine="pyogrio")
    return {"upload": token, "file": "upload", "name": "新方案", "source": "a.geojson"}


def _do(engine: Engine, uploads: Uploads, kind: str, given: dict[str, Any]) -> JobRecord:
    job = add_job(engine, kind, given, at=NOW)
    assert Runner(engine, plan_works(engine, uploads)).run_one()
    with reading(engine) as connection:
        return find_job(connection, job.id)


def test_a_file_becomes_a_draft(engine: Engine, tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    job = _do(engine, uploads, IMPORT, _upload(uploads))
    assert (job.status, job.result["grids"]) == ("done", 6)
    with reading(engine) as connection:
        plan = find_plan(connection, job.result["plan"])
        assert (plan.name, plan.source, plan.status) == ("新方案", "a.geojson", "draft")
        kept = plan_grids(connection, plan)
    given = small_grids()
    assert shapely.equals_exact(kept.geometry.to_numpy(), given.geometry.to_numpy(), 0).all()


def test_a_file_that_is_gone_or_bad_says_so(engine: Engine, tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    given = _upload(uploads)
    (uploads.folder(given["upload"]) / "upload").write_text("nothing")
    job = _do(engine, uploads, IMPORT, given)
    assert (job.status, job.error["kind"]) == ("failed", "FormatError")
    uploads.discard(given["upload"])
    job = _do(engine, uploads, IMPORT, given)
    assert (job.status, job.error["kind"]) == ("failed", "UploadMissingError")


def test_a_plan_is_checked_and_published(engine: Engine, tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    plan = add_draft(engine, "方案", small_grids(), at=NOW)
    checked = _do(engine, uploads, CHECK, {"plan": plan.id})
    assert (checked.status, checked.result["seamless"]) == ("done", True)
    # the corners of grids on their parents' straight sides
    assert checked.result["counts"]["unmatched"] == checked.result["defects_total"] == 4
    assert len(checked.result["defects"]) == 4
    given = {"plan": plan.id, "version": plan.version}
    early = _do(engine, uploads, PUBLISH, given)
    assert (early.status, early.error["kind"]) == ("failed", "ConflictError")
    plan = submit_draft(engine, plan.id, plan.version, approval="1", at=NOW)
    done = _do(engine, uploads, PUBLISH, given | {"version": plan.version})
    assert (done.status, done.result["number"], done.result["changes"]["added"]) == ("done", 1, 6)


def test_gaps_and_overlaps_stay_out_of_force(engine: Engine, tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    grids = small_grids().tail(3).assign(parent="", level=1).reset_index(drop=True)
    grids.loc[1, "geometry"] = shapely.box(114.009, 22.53, 114.02, 22.54)
    plan = add_draft(engine, "方案", grids, at=NOW)
    plan = submit_draft(engine, plan.id, plan.version, approval="1", at=NOW)
    checked = _do(engine, uploads, CHECK, {"plan": plan.id})
    assert checked.result["counts"]["overlap"] == 1
    job = _do(engine, uploads, PUBLISH, {"plan": plan.id, "version": plan.version})
    assert (job.status, job.error["kind"]) == ("failed", "UnfitPlanError")
    with reading(engine) as connection:
        assert find_plan(connection, plan.id).status == "review"


def _serve(url: URL, folder: Path, said: Pipe) -> None:
    engine = open_database(url)
    runner = Runner(engine, plan_works(engine, Uploads(folder)), beat_s=0.05, lost_after_s=0.4)
    said.send("ready")
    runner.run()


def _next_step(engine: Engine, uploads: Uploads) -> list[JobRecord]:
    """One draft to import, and one in review to publish."""
    layer = small_grids()
    with reading(engine) as connection:
        count = connection.scalar(select(func.count()).select_from(plans))
        layer["name"] = str(count)
    plan = add_draft(engine, "方案", layer, at=NOW)
    plan = submit_draft(engine, plan.id, plan.version, approval="1", at=NOW)
    given = {"plan": plan.id, "version": plan.version}
    return [
        add_job(engine, IMPORT, _upload(uploads), at=NOW),
        add_job(engine, PUBLISH, given, at=NOW),
    ]


@pytest.mark.slow
def test_killed_at_any_moment_each_job_is_done_once(
    engine: Engine, database: URL, tmp_path: Path
) -> None:
    uploads = Uploads(tmp_path / "uploads")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "geogrid.store.plan_jobs"])
    chance = random.Random(7)
    repeated = 0
    for _round in range(ROUNDS):
        added = _next_step(engine, uploads)
        engine.dispose()
        for is_killed in (True, False):
            here, there = context.Pipe()
            worker = context.Process(target=_serve, args=(database, uploads.root, there))
            worker.start()
            assert here.recv() == "ready"
            if is_killed:
                time.sleep(chance.uniform(0, LATEST_S))
            else:
                _wait_for(engine, added)
            os.kill(worker.pid, signal.SIGKILL)
            worker.join()
        with reading(engine) as connection:
            ended = [find_job(connection, job.id) for job in added]
        assert [job.status for job in ended] == ["done", "done"]
        repeated += sum(job.attempts > 1 for job in ended)
    with reading(engine) as connection:
        done = dict(
            connection.execute(select(audit.c.action, func.count()).group_by(audit.c.action)).all()
        )
        # one draft of each round by hand and one by its job, one publication each
        assert done == {
            "plan.drafted": 2 * ROUNDS, "plan.review": ROUNDS, "plan.published": ROUNDS,
        }  # fmt: skip
        assert connection.scalar(select(func.count()).select_from(plans)) == 2 * ROUNDS
    assert repeated > 0  # some died with a job in hand


def _wait_for(engine: Engine, added: list[JobRecord]) -> None:
    for _round in range(2400):
        with reading(engine) as connection:
            found = [find_job(connection, job.id).status for job in added]
        if not {"waiting", "running"} & set(found):
            return
        time.sleep(0.05)
    raise AssertionError(found)
