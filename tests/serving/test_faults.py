"""What a machine does to a server: it says what is wrong, goes on afterwards, and loses nothing."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from postgis_cluster import Cluster
from serving.servers import Running, serving, wait_for
from small_plan import grids

pytestmark = pytest.mark.slow
WITHOUT_OVERRIDE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root to whom permissions apply, too."""


def _ask(server: Running, path: str, body: bytes | None = None) -> tuple[int, Any]:
    headers = {"Content-Type": "application/geo+json", "Accept-Language": "en"}
    request = urllib.request.Request(server.url + path, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _import(server: Running, name: str) -> tuple[int, Any]:
    """Ask for a plan to be imported and wait until that is over."""
    status, job = _ask(server, f"api/v1/plans?name={name}", grids().to_json(drop_id=True).encode())
    if status != 202:
        return status, job
    wait_for(lambda: _job(server, job["id"])["status"] not in ("waiting", "running"))
    return status, _job(server, job["id"])


def _job(server: Running, job_id: int) -> Any:
    status, job = _ask(server, f"api/v1/jobs/{job_id}")
    return job if status == 200 else {"status": "waiting"}


def _names(server: Running) -> list[str]:
    status, found = _ask(server, "api/v1/plans")
    assert status == 200, found
    return sorted(plan["name"] for plan in found["items"])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with 60 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "geogrid-test", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        for size in (1_000_000, 4_096, 1):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_full_disk_is_said_and_costs_nothing(small_disk: Path) -> None:
    with serving(small_disk, TMPDIR=str(small_disk.parent)) as server:
        assert _import(server, "before")[1]["status"] == "done"
        _fill(small_disk / "filler")
        status, said = _import(server, "while")
        text = json.dumps(said)
        assert status == 503 or said["status"] == "failed", (said, server.log())
        assert "full" in text
        assert "Free some space" in text
        assert _ask(server, "api/v1/locate?lon=114.04&lat=22.53&datum=wgs84")[0] == 200
        assert _names(server) == ["before"]
        (small_disk / "filler").unlink()
        assert _import(server, "after")[1]["status"] == "done"
        assert _names(server) == ["after", "before"]
        assert "Traceback" not in server.log()
    with serving(small_disk, TMPDIR=str(small_disk.parent)) as server:
        assert _names(server) == ["after", "before"]


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    with serving(tmp_path, prefix=WITHOUT_OVERRIDE) as server:
        assert _import(server, "before")[1]["status"] == "done"
        before = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
        for path in before:
            path.chmod(0o555 if path.is_dir() else 0o444)
        status, said = _import(server, "while")
        assert status == 503
        assert f"may not write to {folder}" in said["detail"]
        assert _ask(server, "api/v1/locate?lon=114.04&lat=22.53&datum=wgs84")[0] == 200
        for path, mode in before.items():
            path.chmod(mode)
        assert _import(server, "after")[1]["status"] == "done"
        assert _names(server) == ["after", "before"]
        assert "Traceback" not in server.log()


def test_a_server_does_not_begin_where_it_may_not_write(tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir(mode=0o555)
    with (
        pytest.raises(AssertionError, match=f"may not write to {tmp_path / 'workspace'}"),
        serving(tmp_path, prefix=WITHOUT_OVERRIDE),
    ):
        pass


def test_postgresql_that_stops_is_said_and_used_again(tmp_path: Path, postgis: Cluster) -> None:
    url = postgis.new_database()
    setting = url.render_as_string(hide_password=False)
    with serving(tmp_path, GEOGRID_DATABASE_URL=setting) as server:
        assert _import(server, "before")[1]["status"] == "done"
        postgis.stop("immediate")
        try:
            for path, body in (("api/v1/plans", None), ("api/v1/plans?name=while", b"{}")):
                status, said = _ask(server, path, body)
                assert status == 503
                assert "cannot be used" in said["detail"]
            assert _ask(server, "healthz")[0] == 200
            status, said = _ask(server, "readyz")
            assert (status, said["database"], said["assets"]) == (503, "failed", "ok")
        finally:
            postgis.start()
        wait_for(lambda: _ask(server, "readyz")[0] == 200)
        assert _names(server) == ["before"]
        assert _import(server, "after")[1]["status"] == "done"
        assert _names(server) == ["after", "before"]
        assert "Traceback" not in server.log()
    postgis.drop(url)
