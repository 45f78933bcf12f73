"""``geogrid serve`` as a process of its own, and what it refuses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from geogrid.cli import main

COMMAND = [sys.executable, "-u", "-c", "from geogrid.cli import main; main()", "serve"]


def test_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--workspace", str(tmp_path / "workspace")],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split("http://")[1].strip()
        with urllib.request.urlopen(f"http://{url}readyz", timeout=120) as answer:
            assert answer.status == 200
        setup = process.stdout.readline().split("http://")[1].strip()
        with urllib.request.urlopen(f"http://{setup}", timeout=60) as answer:
            assert b"csrf_token" in answer.read()
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_the_addresses_that_are_printed_are_answered(tmp_path: Path, proxies: str) -> None:
    name = "grid.example.gov.cn"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        [*COMMAND, "--port", str(port), "--workspace", str(tmp_path / "workspace")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"GEOGRID_ALLOWED_HOSTS": f".{name}", "GEOGRID_PROXIES": proxies},
    ) as process:
        assert process.stdout is not None
        first, second = (process.stdout.readline() for _ in range(2))
        url = f"https://{name}/" if proxies == "1" else f"http://{name}:{port}/"
        assert url in first
        path = second.split(url)[1].strip()
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", headers={"Host": name})
        with urllib.request.urlopen(asked, timeout=120) as answer:
            assert b"csrf_token" in answer.read()
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_other_hosts_need_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOGRID_LANG", "en")
    arguments = ["serve", "--host", "0.0.0.0", "--workspace", str(tmp_path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "GEOGRID_ALLOWED_HOSTS" in result.output


def test_a_certificate_needs_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOGRID_LANG", "zh_CN")
    certificate = tmp_path / "cert.pem"
    certificate.write_text("x")
    arguments = ["serve", "--tls-cert", str(certificate), "--workspace", str(tmp_path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "--tls-key" in result.output


def test_a_port_in_use_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOGRID_LANG", "en")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main, ["serve", "--port", port, "--workspace", str(tmp_path)])
    assert result.exit_code == 2
    assert "--port 8001" in result.output
