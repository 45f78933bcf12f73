"""What is said to whoever watches a server, and that no log line names a person or a place."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geogrid.json_logs import JsonLines
from web import create_app
from web.config import Settings

PHONE, PERSON = "13800138000", "张三丰"
AWAY = {"REMOTE_ADDR": "10.0.0.7"}


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_log_lines_have_the_route_and_nothing_that_was_sent(
    own_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = own_app.test_client()
    client.get("/api/v1/locate?lon=114.0425&lat=22.5275&datum=wgs84", environ_overrides=AWAY)
    client.get(f"/lookup?q={PERSON}{PHONE}", headers={"User-Agent": PERSON})
    client.get(f"/api/v1/grids/{PHONE}")
    client.get(f"/setup/{PHONE}")
    client.get(f"/{PERSON}/{PHONE}")
    client.open("/lookup", method=PHONE)
    client.post("/api/v1/locate?datum=wgs84", json={"name": PERSON, "phone": PHONE})
    lines = [line for line in _lines(caplog) if line["logger"] == "geogrid.requests"]
    assert [line["route"] for line in lines[2:5]] == [
        "/api/v1/grids/<code>", "/setup/<secret>", "none",
    ]  # fmt: skip
    assert {*lines[0]} == {
        "time", "level", "logger", "process", "message",
        "request", "method", "route", "status", "ms",
    }  # fmt: skip
    written = json.dumps(_lines(caplog), ensure_ascii=False)
    for said in (PHONE, PERSON, "114.04", "22.52", "10.0.0.7", "lon="):
        assert said not in written


def test_an_unexpected_error_is_logged_without_its_message(
    own_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @own_app.get("/broken/<name>")
    def broken(name: str) -> str:
        raise ValueError(f"{name} {PHONE}")

    answer = own_app.test_client().get(f"/broken/{PERSON}")
    assert answer.status_code == 500
    line = next(line for line in _lines(caplog) if line["message"] == "unexpected")
    assert (line["error"], line["route"]) == ("ValueError", "/broken/<name>")
    assert line["request"] == answer.headers["X-Request-Id"]
    assert str(line["where"]).count("test_watching.py") == 1
    written = json.dumps(_lines(caplog), ensure_ascii=False) + answer.get_data(as_text=True)
    assert PHONE not in written
    assert PERSON not in written


def test_a_request_has_an_id_of_ours_or_of_a_proxy_that_is_believed(tmp_path: Path) -> None:
    given = "0123-abcd"
    for proxies, expected in ((0, False), (1, True)):
        app = create_app(Settings(workspace=tmp_path, proxies=proxies))
        client = app.test_client()
        answer = client.get("/healthz", headers={"X-Request-Id": given})
        assert (answer.headers["X-Request-Id"] == given) == expected
        for bad in ("short", "a b c d e f g", PERSON.encode().decode("latin-1"), "x" * 65):
            answer = client.get("/healthz", headers={"X-Request-Id": bad})
            assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_requests_are_counted_by_route(client: FlaskClient) -> None:
    def count() -> float:
        text = client.get("/metrics").get_data(as_text=True)
        wanted = 'geogrid_request_seconds_count{method="GET",route="/healthz",status="200"}'
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(wanted))

    before = count()
    for _ in range(3):
        client.get("/healthz")
    assert count() - before == 3


def test_metrics_are_for_this_computer_or_for_who_has_the_token(tmp_path: Path) -> None:
    token = "0123456789abcdef"
    for settings, allowed in (
        (Settings(workspace=tmp_path), False),
        (Settings(workspace=tmp_path, metrics_token=token), True),
    ):
        client = create_app(settings).test_client()
        assert client.get("/metrics").status_code == 200
        proxied = {"X-Forwarded-For": "10.0.0.7"}
        assert client.get("/metrics", headers=proxied).status_code == 403
        assert client.get("/metrics", environ_overrides=AWAY).status_code == 403
        for given, status in ((token, 200 if allowed else 403), ("x" * 16, 403), ("", 403)):
            headers = {"Authorization": f"Bearer {given}"}
            answer = client.get("/metrics", headers=headers, environ_overrides=AWAY)
            assert answer.status_code == status


def test_readiness_names_what_fails_and_logs_why(
    own_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    client = own_app.test_client()
    assert client.get("/readyz").get_json() == {
        "status": "ok", "database": "ok", "plan": "ok", "index": "ok", "assets": "ok",
    }  # fmt: skip
    folder = own_app.config["WORKSPACE"].folder
    (folder / "current").write_text("plans/gone\n")
    (folder / "geogrid.sqlite").write_bytes(b"this is no database" * 100)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {
        "status": "failed", "database": "failed", "plan": "failed", "index": "failed",
        "assets": "ok",
    }  # fmt: skip
    assert str(folder) not in answer.get_data(as_text=True)
    reasons = {line["check"]: line["reason"] for line in _lines(caplog)}
    assert "cannot be used" in str(reasons["database"])
    (folder / "current").unlink()
    (folder / "geogrid.sqlite").unlink()
    assert client.get("/readyz").status_code == 200
