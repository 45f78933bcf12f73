"""``geogrid serve`` as a process, with the sample in force and a key for every user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from geogrid.store.accounts import add_user
from geogrid.store.plan import Plan
from geogrid.store.plans import submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.tokens import create_token
from geogrid.store.workspace import Workspace

__all__ = ["Service", "serve"]

_STARTS_WITHIN_S = 120.0
_SERVE = "from geogrid.cli import main; main()"


@dataclass(frozen=True)
class Service:
    """A server that answers.

    Attributes
    ----------
    port : on 127.0.0.1
    plan : in force
    keys : role to the keys of its users
    engine : of its database, to look for what it acknowledged
    log : what it wrote to standard error
    """

    port: int
    plan: Plan
    keys: dict[str, list[str]]
    engine: Engine
    log: Path


@contextmanager
def serve(people: dict[str, int], *, database: str, workers: int) -> Iterator[Service]:
    """Publish the sample, add users, start the command; end it and delete its folder.

    Parameters
    ----------
    people : role to the number of its users
    database : ``GEOGRID_DATABASE_URL``, an empty database; "" for SQLite
    workers : processes that answer
    """
    with tempfile.TemporaryDirectory(prefix="geogrid-load-") as name:
        folder = Path(name)
        workspace = Workspace(folder / "workspace", database=database)
        plan = _publish_sample(workspace)
        keys = _add_users(workspace.engine, plan, people)
        with _running(folder, database, workers) as port:
            yield Service(port, plan, keys, workspace.engine, folder / "log")
        workspace.engine.dispose()


def _publish_sample(workspace: Workspace) -> Plan:
    _kind, draft, state = workspace.keep_sample().key.split(":")
    now = datetime.now(UTC)
    version = int(state.split(".")[0])
    handed = submit_draft(workspace.engine, int(draft), version, approval="1", at=now)
    publish_plan(workspace.engine, handed.id, handed.version, at=now)
    workspace._shown.forget()
    return workspace.current()


def _add_users(engine: Engine, plan: Plan, people: dict[str, int]) -> dict[str, list[str]]:
    now, by = datetime.now(UTC), "benchmark"
    add_user(engine, "chief", "under-load-9-people", role="admin", at=now, by=by)
    keys: dict[str, list[str]] = {}
    for role, count in people.items():
        for at in range(count):
            user = add_user(engine, f"{role}{at}", "under-load-9-people", role=role, at=now, by=by)
            made = create_token(engine, user, "load", plan.hierarchy, role=role, days=1, at=now)
            keys.setdefault(role, []).append(made[1])
    return keys


@contextmanager
def _running(folder: Path, database: str, workers: int) -> Iterator[int]:
    command = [sys.executable, "-c", _SERVE, "serve", "--port", "0", "--workers", str(workers)]
    said = folder / "said"
    with said.open("wb") as out, (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--workspace", str(folder / "workspace")],
            env=os.environ | {"GEOGRID_DATABASE_URL": database}, stdout=out, stderr=log,
        )  # fmt: skip
        try:
            yield _port(process, said)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _port(process: subprocess.Popen[bytes], said: Path) -> int:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\s", said.read_text(encoding="utf-8"))
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise RuntimeError("geogrid serve did not start")
