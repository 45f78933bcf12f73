"""A server that is killed in the middle of a job: the next one does it, once."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from small_plan import grids
from sqlalchemy.engine import URL

SLOW = """
import sys, time
import geogrid.store.plan_jobs as jobs
read = jobs.read_boundaries
def slow(*given, **named):
    print("reading", file=sys.stderr, flush=True)
    time.sleep(600)
if sys.argv.pop(1) == "slow":
    jobs.read_boundaries = slow
import geogrid.store.runner as runner
runner.Runner.__init__.__kwdefaults__["lost_after_s"] = 2.0
from geogrid.cli import main
main()
"""


def _serve(folder: Path, url: URL, kind: str, output: Path) -> tuple[subprocess.Popen[bytes], str]:
    setting = url.render_as_string(hide_password=False)
    environment = os.environ | {"GEOGRID_DATABASE_URL": setting}
    command = [sys.executable, "-c", SLOW, kind, "serve", "--port", "0", "--workspace", str(folder)]
    with output.open("wb") as file:
        server = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    _wait_for(lambda: b"http://" in output.read_bytes() and output.read_bytes().endswith(b"\n"))
    found = re.search(r"http://\S+", output.read_text(encoding="utf-8"))
    return server, found[0]


def _wait_for(is_so: Any) -> None:
    for _ in range(2400):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never came about")


def _ask(address: str, body: bytes | None = None) -> Any:
    headers = {"Content-Type": "application/geo+json"}
    request = urllib.request.Request(address, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.mark.slow
def test_a_restart_goes_on_where_a_kill_stopped(empty_database: URL, tmp_path: Path) -> None:
    output = tmp_path / "output"
    server, url = _serve(tmp_path / "workspace", empty_database, "slow", output)
    try:
        body = grids().to_json(drop_id=True).encode()
        job = _ask(f"{url}api/v1/plans?name=2026", body)
        _wait_for(lambda: b"reading" in output.read_bytes())
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    server, url = _serve(tmp_path / "workspace", empty_database, "fast", output)
    try:
        _wait_for(lambda: _ask(f"{url}api/v1/jobs/{job['id']}")["status"] == "done")
        done = _ask(f"{url}api/v1/jobs/{job['id']}")
        assert (done["attempts"], done["result"]["grids"]) == (2, 6)
        assert _ask(f"{url}api/v1/plans")["total"] == 1
    finally:
        server.terminate()
        server.wait(30)
