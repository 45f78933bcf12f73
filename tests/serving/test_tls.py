"""HTTPS without a proxy: in spite of callers that say nothing, and with a new certificate."""

from __future__ import annotations

import http.client
import signal
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from serving.servers import children, serving, wait_for

pytestmark = pytest.mark.slow


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for this computer that nobody has signed."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout", key, "-out", certificate,
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def _get(port: int, path: str, certificate: Path) -> tuple[int, bytes]:
    context = ssl.create_default_context(cafile=str(certificate))
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_https_is_spoken_and_a_silent_caller_keeps_nobody_waiting(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    options = ("--tls-cert", str(certificate), "--tls-key", str(key))
    with serving(tmp_path, *options) as server:
        assert server.url.startswith("https://")
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
        assert _get(server.port, "/readyz", certificate)[0] == 200
        assert b"<html" in _get(server.port, "/lookup", certificate)[1]
        with pytest.raises((OSError, http.client.HTTPException)):
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/healthz", timeout=10)
        assert _get(server.port, "/healthz", certificate)[0] == 200
        for each in silent:
            each.close()


def test_a_reload_brings_the_new_certificate(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    options = ("--tls-cert", str(certificate), "--tls-key", str(key), "--workers", "2")
    with serving(tmp_path, *options) as server:
        before, first = children(server.process.pid), certificate.read_text()
        assert ssl.get_server_certificate(("127.0.0.1", server.port)).strip() == first.strip()
        _certificate(tmp_path)
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: not set(children(server.process.pid)) & set(before))
        assert certificate.read_text() != first
        assert _get(server.port, "/readyz", certificate)[0] == 200


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    certificate.write_text("none")
    for workers in ("1", "2"):
        options = ("--tls-cert", str(certificate), "--tls-key", str(key), "--workers", workers)
        with pytest.raises(AssertionError, match="cannot be used"), serving(tmp_path, *options):
            pass
