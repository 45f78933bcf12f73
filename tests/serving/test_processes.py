"""Several processes on one socket: stopped, renewed and killed, and nobody's request is lost."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import urllib.request
from pathlib import Path

import pytest
from serving.servers import COMMAND, ROOT, Running, children, serving, wait_for

pytestmark = pytest.mark.slow
BODY = json.dumps({"lon": [114.04] * 1_000, "lat": [22.53] * 1_000}).encode()


def _begin_post(port: int) -> socket.socket:
    """Send the head of a request and half of its body."""
    connection = socket.create_connection(("127.0.0.1", port))
    head = (
        f"POST /api/v1/locate?datum=wgs84 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    connection.sendall(head.encode() + BODY[: len(BODY) // 2])
    return connection


def _end_post(connection: socket.socket) -> tuple[int, int]:
    """Send the rest; return the status and the number of answers."""
    connection.sendall(BODY[len(BODY) // 2 :])
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    found = json.loads(answer.read())
    connection.close()
    return answer.status, len(found["code"])


def _get(server: Running, path: str) -> int:
    with urllib.request.urlopen(f"{server.url}{path}", timeout=60) as answer:
        return int(answer.status)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_request_under_way_is_finished_before_the_stop(tmp_path: Path, workers: str) -> None:
    with serving(tmp_path, "--workers", workers) as server:
        assert _get(server, "readyz") == 200
        connection = _begin_post(server.port)
        threading.Event().wait(0.5)  # until it is taken
        server.process.terminate()
        threading.Event().wait(0.5)
        assert _end_post(connection) == (200, 1_000)
        assert server.process.wait(60) == 0


@pytest.mark.parametrize(
    ("path", "closes"), [("/api/v1/nothing", True), ("/api/v1/locate?datum=wgs84", False)]
)
def test_a_body_that_is_not_waited_for_closes_the_connection_openly(
    tmp_path: Path, path: str, closes: bool
) -> None:
    """Else the caller sends the next request there, and it is lost."""
    body = b'{"lon": [114.04], "lat": [22.53]}'
    with serving(tmp_path) as server:
        wait_for(lambda: _get(server, "readyz") == 200)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            head = (
                f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(head.encode())
            if not closes:
                connection.sendall(body)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert (answer.getheader("Connection") == "close") == closes
            assert answer.status == (404 if closes else 200)


def test_a_reload_loses_no_request(tmp_path: Path) -> None:
    failures: list[str] = []
    answered = [0]
    is_over = threading.Event()
    with serving(tmp_path, "--workers", "2") as server:

        def ask() -> None:
            while not is_over.is_set():
                try:
                    answered[0] += _get(server, "healthz") == 200
                except OSError as error:
                    failures.append(repr(error))

        before = children(server.process.pid)
        connection = _begin_post(server.port)
        askers = [threading.Thread(target=ask) for _ in range(3)]
        for asker in askers:
            asker.start()
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(set(children(server.process.pid)) - set(before)) == 2)
        threading.Event().wait(6)  # an old worker goes on until its last request is answered
        assert _end_post(connection) == (200, 1_000)
        wait_for(lambda: not set(children(server.process.pid)) & set(before))
        count = answered[0]
        wait_for(lambda: answered[0] > count + 100)
        is_over.set()
        for asker in askers:
            asker.join()
    assert not failures


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        victim = children(server.process.pid)[0]
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: len(set(children(server.process.pid)) - {victim}) == 2)
        assert _get(server, "readyz") == 200


def test_workers_stop_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        workers = children(server.process.pid)
        server.process.kill()
        server.process.wait()
        wait_for(lambda: not any(Path(f"/proc/{each}/cwd").exists() for each in workers))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_second_server_of_a_workspace_is_refused(tmp_path: Path, workers: str) -> None:
    folder = str(tmp_path / "workspace")
    given = os.environ | {"GEOGRID_LANG": "en", "PYTHONPATH": str(ROOT)}
    command = [*COMMAND, "--workspace", folder, "--workers", workers]
    with serving(tmp_path, "--workers", workers) as server:
        second = subprocess.run(
            command, env=given, check=False, capture_output=True, text=True, timeout=60
        )
        assert second.returncode == 2
        assert f"running on {folder} already (process {server.process.pid})" in second.stderr
        assert _get(server, "readyz") == 200
        server.process.kill()  # what is killed holds nothing
        server.process.wait()
    with serving(tmp_path, "--workers", workers) as server:
        assert _get(server, "readyz") == 200


def test_a_wrong_setting_stops_all_before_they_answer(tmp_path: Path) -> None:
    given = os.environ | {"GEOGRID_LANG": "en", "PYTHONPATH": str(ROOT)}
    given["GEOGRID_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    command = [*COMMAND, "--workspace", str(tmp_path), "--workers", "2"]
    done = subprocess.run(
        command, env=given, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_counts_of_all_processes_are_added_up(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2", GEOGRID_LOG_LEVEL="info") as server:
        for _ in range(40):
            assert _get(server, "healthz") == 200  # each by a connection of its own
        with urllib.request.urlopen(f"{server.url}metrics", timeout=60) as answer:
            text = answer.read().decode()
        assert (
            'geogrid_request_seconds_count{method="GET",route="/healthz",status="200"} 40.0' in text
        )
        wait_for(lambda: server.log().count('"route": "/healthz"') == 40)
        lines = [line for line in server.log().splitlines() if line.startswith("{")]
        assert {json.loads(line)["level"] for line in lines} <= {"info", "warning"}
