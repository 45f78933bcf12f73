"""Signing in and out, and what ends a session."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

import pytest
from flask import Flask
from people import NEW, PASSWORD, add_people, engine_of, later, sign_in

from geogrid.store.accounts import change_user, set_password
from web import create_app
from web.config import Settings


def test_signing_in_goes_where_one_wanted(own_app: Flask, people: dict[str, Any]) -> None:
    client = own_app.test_client()
    asked = client.get("/lookup?q=x&lang=en")
    assert asked.location == "/sign-in?next=/lookup?q%3Dx%26lang%3Den"
    page = client.get(asked.location).get_data(as_text=True)
    assert 'value="/lookup?q=x&amp;lang=en"' in page
    form = {"name": "worker", "password": PASSWORD, "next": "/lookup?q=x"}
    assert client.post("/sign-in", data=form).location == "/lookup?q=x"
    assert client.get("/lookup").status_code == 200
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/lookup").status_code == 302


@pytest.mark.parametrize(
    "bad",
    ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/\t/evil.example",
     "/\n/evil.example", "javascript:alert(1)", ""],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(
    own_app: Flask, people: dict[str, Any], bad: str
) -> None:
    form = {"name": "worker", "password": PASSWORD, "next": bad}
    assert own_app.test_client().post("/sign-in", data=form).location == "/"


@pytest.mark.parametrize(
    ("name", "password"),
    [("worker", "four-herons"), ("nobody", PASSWORD), ("", ""), ("worker", ""),
     ("' OR 1=1 --", "x"), ("worker", "x" * 100_000), ("x" * 100_000, "x")],
)  # fmt: skip
def test_wrong_names_and_passwords_say_the_same(
    own_app: Flask, people: dict[str, Any], name: str, password: str
) -> None:
    client = own_app.test_client()
    answer = client.post("/sign-in?lang=en", data={"name": name, "password": password})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Name or password is wrong." in page
    assert len(password) < 2 or password not in page
    assert client.get("/").status_code == 302


def test_attempts_are_counted_by_name_and_by_address(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client = own_app.test_client()

    def attempt(name: str, password: str = "x", address: str = "127.0.0.1") -> int:
        return client.post(
            "/sign-in",
            data={"name": name, "password": password},
            environ_overrides={"REMOTE_ADDR": address},
        ).status_code

    assert [attempt("worker") for _time in range(10)] == [422] * 10
    assert attempt("worker") == 429
    assert attempt("WORKER", PASSWORD) == 429
    assert attempt("planner", PASSWORD) == 302
    tried = [attempt(f"n{number}", address="10.0.0.1") for number in range(101)]
    assert tried == [422] * 100 + [429]
    assert attempt("planner", PASSWORD, "10.0.0.1") == 429
    assert attempt("planner", PASSWORD, "10.0.0.2") == 302


def test_who_knows_the_password_is_not_counted_against(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client = own_app.test_client()
    for _time in range(3):
        for _wrong in range(9):
            client.post("/sign-in", data={"name": "worker", "password": "x"})
        good = client.post("/sign-in", data={"name": "worker", "password": PASSWORD})
        assert good.status_code == 302


def test_signing_in_begins_a_new_session(own_app: Flask, people: dict[str, Any]) -> None:
    client = own_app.test_client()
    with client.session_transaction() as session:
        session["check"], session["csrf_token"] = "of somebody before", "known to them"
    client.post("/sign-in", data={"name": "worker", "password": PASSWORD})
    with client.session_transaction() as session:
        assert "check" not in session
        assert session.get("csrf_token") != "known to them"


def test_cookies_are_kept_from_scripts_and_other_sites(
    own_app: Flask, people: dict[str, Any]
) -> None:
    form = {"name": "worker", "password": PASSWORD}
    for scheme, is_secure in (("http", False), ("https", True)):
        answer = own_app.test_client().post("/sign-in", data=form, base_url=f"{scheme}://localhost")
        cookie = next(each for each in answer.headers.getlist("Set-Cookie") if "session=" in each)
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is is_secure


def test_a_proxy_is_believed_only_when_there_is_one(tmp_path: Path) -> None:
    said = {"X-Forwarded-For": "10.0.0.7", "X-Forwarded-Proto": "https"}
    for proxies, is_secure in ((0, False), (1, True)):
        app = create_app(Settings(workspace=tmp_path / str(proxies), proxies=proxies))
        app.config["WTF_CSRF_ENABLED"] = False
        add_people(app)
        form = {"name": "worker", "password": PASSWORD}
        answer = app.test_client().post("/sign-in", data=form, headers=said)
        cookies = answer.headers.getlist("Set-Cookie")
        assert any("Secure" in each for each in cookies) is is_secure


def test_a_session_lasts_a_day_of_work(
    own_app: Flask, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(own_app, "worker")
    monkeypatch.setattr("web.accounts.sessions.time", lambda: time() + 11.9 * 3600)
    assert client.get("/").status_code == 200
    monkeypatch.setattr("web.accounts.sessions.time", lambda: time() + 12.1 * 3600)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("change", ["disabled", "password", "role"])
def test_changes_count_in_running_sessions(
    own_app: Flask, people: dict[str, Any], change: str
) -> None:
    client, engine = sign_in(own_app, "planner"), engine_of(own_app)
    assert client.get("/workspace/posts/0").status_code == 404  # planner, and no such upload
    planner, now = people["planner"].id, datetime.now(UTC)
    if change == "disabled":
        change_user(engine, planner, is_active=False, at=now, by="test")
    elif change == "password":
        set_password(engine, planner, NEW, at=now, by="test")
    else:
        change_user(engine, planner, role="worker", at=now, by="test")
    later(own_app)
    assert client.get("/workspace/posts/0").status_code == (403 if change == "role" else 302)


def test_programs_are_told_what_is_missing(own_app: Flask, people: dict[str, Any]) -> None:
    answer = own_app.test_client().get("/api/v1/grids/440304090003")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_forged_and_foreign_sessions_are_nobody(own_app: Flask, people: dict[str, Any]) -> None:
    client = own_app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = str(people["root"].id)  # signed, but never begun by signing in
    assert client.get("/").status_code == 302
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IjEifQ.x.y")
    assert client.get("/").status_code == 302
