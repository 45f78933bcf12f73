"""Without accounts, and how the first one comes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from people import COMMUNITY, PASSWORD, engine_of, secret_in, sign_in
from sqlalchemy.engine import URL

from geogrid.store.accounts import add_user
from geogrid.store.opening import make_ready, named_database
from geogrid.store.users import has_users, list_users
from web import create_app
from web.accounts.setup import new_setup_path
from web.config import Settings


def test_without_accounts_the_one_at_the_server_is_planner(own_app: Flask) -> None:
    client = own_app.test_client()
    assert client.get("/").status_code == 200
    assert client.get("/workspace").status_code == 200
    assert client.get("/users").status_code == 403
    assert client.get("/account").status_code == 404
    assert "geogrid user add" in client.get("/sign-in").get_data(as_text=True)
    assert not Path(str(engine_of(own_app).url.database)).exists()


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.7"},
        {"HTTP_FORWARDED": "for=10.0.0.7"},
    ],
)
def test_without_accounts_others_see_nothing(own_app: Flask, environ: dict[str, str]) -> None:
    client = own_app.test_client()
    assert client.get("/healthz", environ_overrides=environ).status_code == 200
    for path in ("/", "/lookup", "/api/v1/locate?lon=114&lat=22.5&datum=wgs84"):
        assert client.get(path, environ_overrides=environ).status_code == 403


def test_a_folder_that_cannot_be_written_stays_without_accounts(tmp_path: Path) -> None:
    app = create_app(Settings(workspace=tmp_path / "workspace"))
    path = new_setup_path(app, "secret")
    assert path is not None
    (tmp_path / "workspace").rename(tmp_path / "away")
    (tmp_path / "workspace").write_text("a file in the way")
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    answer = client.post(path, data={"name": "root", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 503
    assert "workspace" in answer.get_data(as_text=True)


def test_the_setup_link_adds_one_administrator(own_app: Flask) -> None:
    path = new_setup_path(own_app, "secret")
    assert path is not None
    assert path.removeprefix("/setup/") not in str(own_app.extensions)
    client, other = own_app.test_client(), own_app.test_client()
    assert client.get("/setup/guess").status_code == 404
    assert client.get(path).status_code == 200
    form = {"name": "Root", "full_name": "管理员", "password": PASSWORD, "again": PASSWORD}
    differs = client.post(path, data=form | {"again": "x"})
    assert differs.status_code == 422
    assert 'value="Root"' in differs.get_data(as_text=True)
    assert client.post(path, data=form | {"password": "x", "again": "x"}).status_code == 422
    assert not has_users(engine_of(own_app))
    done = client.post(path, data=form)
    assert (done.status_code, done.location) == (302, "/users")
    assert client.get("/users").status_code == 200
    for again in (other.get(path), other.post(path, data=form), client.get(path)):
        assert again.status_code == 404
    assert other.get("/").location == "/sign-in?next=/"
    assert new_setup_path(own_app, "secret") is None
    assert [user.role for user in list_users(engine_of(own_app))] == ["admin"]


def test_a_restart_ends_the_link(own_app: Flask, tmp_path: Path) -> None:
    path = new_setup_path(own_app, "secret")
    again = create_app(Settings(workspace=tmp_path / "workspace"))
    assert path is not None
    assert again.test_client().get(path).status_code == 404


def test_a_user_of_the_command_line_closes_the_server_within_a_moment(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("web.known_users.monotonic", lambda: now[0])
    client = own_app.test_client()
    assert client.get("/").status_code == 200
    other = named_database("", own_app.config["SETTINGS"].workspace)
    make_ready(other)
    add_user(other, "root", PASSWORD, role="admin", at=datetime.now(UTC), by="geogrid user")
    now[0] += 2.1
    assert client.get("/").status_code == 302


def test_asking_whether_there_are_accounts_costs_no_query_a_request(
    own_app: Flask, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(own_app, "worker")
    client.get("/healthz")
    path = "/api/v1/locate?lon=114.02&lat=22.53&datum=wgs84"
    assert client.get(path).status_code == 200
    asked: list[str] = []
    for name in ("has_users", "find_user", "token_of"):
        monkeypatch.setattr(f"web.known_users.{name}", lambda *_given: asked.append("query"))
    monkeypatch.setattr("web.known_users.monotonic", lambda: 0.0)
    for _time in range(5):
        assert client.get(path).status_code == 200
    assert asked == []


def test_accounts_live_in_either_database(empty_database: URL, tmp_path: Path) -> None:
    named = empty_database.render_as_string(hide_password=False)
    app = create_app(Settings(workspace=tmp_path, database_url=named))
    app.config["WTF_CSRF_ENABLED"] = False
    path = new_setup_path(app, "secret")
    assert path is not None
    form = {"name": "root", "password": PASSWORD, "again": PASSWORD}
    client = app.test_client()
    assert client.post(path, data=form).location == "/users"
    answer = client.post("/users", data={"name": "lin", "role": "worker", "scope": COMMUNITY})
    own = sign_in(app, "lin", secret_in(answer.get_data(as_text=True)))
    assert own.get("/").location == "/account"
    app.config["DATABASE"].dispose()
