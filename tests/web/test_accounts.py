"""Signing in and out, one's own account, the users of a place, keys, the first administrator."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, PASSWORD, add_people, sign_in
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from geogrid.store import StoreError, Workspace
from geogrid.store.accounts import add_user, change_user, set_password
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit
from geogrid.store.opening import make_ready, named_database
from geogrid.store.tokens import create_token, list_tokens
from geogrid.store.users import find_user, has_users, list_users, user_named
from web import create_app
from web.accounts.setup import new_setup_path
from web.config import Settings

NEW = "four-unlike-herons"


@pytest.fixture
def people(own_app: Flask) -> dict[str, Any]:
    return add_people(own_app)


def engine_of(app: Flask) -> Engine:
    engine: Engine = app.config["DATABASE"]
    return engine


def later(app: Flask) -> None:
    """Let the moment pass in which users are remembered."""
    app.extensions["geogrid_users"].forget()


# without accounts


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
    path = new_setup_path(app)
    assert path is not None
    (tmp_path / "workspace").rename(tmp_path / "away")
    (tmp_path / "workspace").write_text("a file in the way")
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    answer = client.post(path, data={"name": "root", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 500
    assert "workspace" in answer.get_data(as_text=True)


# the first administrator


def test_the_setup_link_adds_one_administrator(own_app: Flask) -> None:
    path = new_setup_path(own_app)
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
    assert new_setup_path(own_app) is None
    assert [user.role for user in list_users(engine_of(own_app))] == ["admin"]


def test_a_restart_ends_the_link(own_app: Flask, tmp_path: Path) -> None:
    path = new_setup_path(own_app)
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


# signing in and out


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


# one's own account


def test_one_changes_the_own_password_and_stays(own_app: Flask, people: dict[str, Any]) -> None:
    client, other = sign_in(own_app, "worker"), sign_in(own_app, "worker")
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    for wrong in ({"old": "x"}, {"again": "x"}, {"password": "short", "again": "short"},
                  {"password": PASSWORD, "again": PASSWORD}):  # fmt: skip
        assert client.post("/account/password", data=form | wrong).status_code == 422
    assert client.post("/account/password", data=form).location == "/account?done=password"
    assert client.get("/account?done=password").status_code == 200
    assert other.get("/account").status_code == 302
    sign_in(own_app, "worker", NEW)


def test_guessing_the_own_password_is_counted_too(own_app: Flask, people: dict[str, Any]) -> None:
    client = sign_in(own_app, "worker")
    form = {"old": "x", "password": NEW, "again": NEW}
    codes = [client.post("/account/password", data=form).status_code for _time in range(11)]
    assert codes == [422] * 10 + [429]


def test_other_sessions_end(own_app: Flask, people: dict[str, Any]) -> None:
    client, other = sign_in(own_app, "worker"), sign_in(own_app, "worker")
    assert client.post("/account/sessions").status_code == 302
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_the_language_of_a_user_comes_with_them(own_app: Flask, people: dict[str, Any]) -> None:
    client = sign_in(own_app, "worker")
    client.post("/account/language", data={"language": "en"})
    assert 'lang="en"' in client.get("/account").get_data(as_text=True)
    assert 'lang="en"' in sign_in(own_app, "worker").get("/account").get_data(as_text=True)
    assert client.post("/account/language", data={"language": "xx"}).status_code == 422


def secret_in(page: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found, "nothing is shown"
    return found[1]


def test_a_key_is_made_used_and_revoked(own_app: Flask, people: dict[str, Any]) -> None:
    client, path = sign_in(own_app, "worker"), f"/api/v1/grids/{COMMUNITY}"
    form = {"name": "大屏", "role": "worker", "days": "30", "grid": ""}
    made = client.post("/account/keys", data=form)
    secret = secret_in(made.get_data(as_text=True))
    assert secret not in client.get("/account").get_data(as_text=True)
    program = own_app.test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    assert program.get(path, headers=headers).status_code == 200
    assert list_tokens(engine_of(own_app), people["worker"].id)[0].used_at is not None
    number = list_tokens(engine_of(own_app), people["worker"].id)[0].id
    stranger = sign_in(own_app, "supervisor").post(f"/account/keys/{number}/revoke")
    assert stranger.status_code == 422
    assert program.get(path, headers=headers).status_code == 200
    client.post(f"/account/keys/{number}/revoke")
    assert program.get(path, headers=headers).status_code == 401
    for wrong in ({"role": "planner"}, {"days": "x"}, {"grid": "nowhere"}, {"name": " "}):
        assert client.post("/account/keys", data=form | wrong).status_code == 422


def key_of(app: Flask, name: str, **more: Any) -> dict[str, str]:
    tree = Workspace(app.config["SETTINGS"].workspace).current().hierarchy
    values = {"role": "worker", "days": 30, "at": datetime.now(UTC)} | more
    user = user_named(engine_of(app), name)
    return {"Authorization": "Bearer " + create_token(engine_of(app), user, "x", tree, **values)[1]}


def test_a_key_alone_says_who_sends_it(own_app: Flask, people: dict[str, Any]) -> None:
    client, path = sign_in(own_app, "root"), f"/api/v1/grids/{COMMUNITY}"
    assert client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    key = key_of(own_app, "worker")
    assert client.post("/api/v1/workspace/sample/rural", headers=key).status_code == 403
    stranger = own_app.test_client()
    assert stranger.get("/account", headers=key).status_code == 302  # keys are for /api/ only
    assert stranger.get(path, headers={"Authorization": "Basic eDp4"}).status_code == 401


def test_keys_need_no_token_of_a_form_and_others_do(own_app: Flask, people: dict[str, Any]) -> None:
    key = key_of(own_app, "planner", role="planner")
    client = sign_in(own_app, "planner")
    own_app.config["WTF_CSRF_ENABLED"] = True
    path, form = "/api/v1/workspace/name", {"name": "方案甲"}
    assert client.post(path, data=form).status_code == 400
    assert own_app.test_client().post(path, data=form, headers=key).status_code == 200
    assert client.post(path, data=form, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.post("/account/sessions", headers=key).status_code == 400
    assert own_app.config["WORKSPACE"].current().name == "方案甲"


def test_a_key_is_worth_no_more_than_its_user_is_now(
    own_app: Flask, people: dict[str, Any]
) -> None:
    key, engine = key_of(own_app, "planner", role="planner"), engine_of(own_app)
    program, path = own_app.test_client(), "/api/v1/workspace/sample/futian"
    assert program.post(path, headers=key).status_code == 200
    now, planner = datetime.now(UTC), people["planner"].id
    change_user(engine, planner, role="supervisor", at=now, by="test")
    later(own_app)
    assert program.post(path, headers=key).status_code == 403
    change_user(engine, planner, is_active=False, at=now, by="test")
    later(own_app)
    assert program.get(f"/api/v1/grids/{COMMUNITY}", headers=key).status_code == 401


def test_keys_expire(own_app: Flask, people: dict[str, Any]) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    key = key_of(own_app, "worker", days=1, at=old)
    path = f"/api/v1/grids/{COMMUNITY}"
    assert own_app.test_client().get(path, headers=key).status_code == 401


def open_cases(client: FlaskClient, code: str, key: dict[str, str]) -> object:
    return client.get(f"/api/v1/grids/{code}", headers=key).get_json()["open_cases"]


def test_a_key_sees_what_its_limits_and_those_of_its_user_leave(
    own_app: Flask, people: dict[str, Any]
) -> None:
    """Limits of a user that change later narrow the key, whichever lies below the other."""
    grid, beside, other = COMMUNITY + "005", COMMUNITY + "004", "440304090004"
    key, client = key_of(own_app, "worker-of-one", grid=grid), own_app.test_client()
    assert open_cases(client, grid, key) is not None
    assert open_cases(client, beside, key) is None
    assert open_cases(client, COMMUNITY, key) is None
    wide, free = key_of(own_app, "worker", grid=COMMUNITY), key_of(own_app, "worker")
    assert open_cases(client, other, free) is not None
    assert open_cases(client, other, wide) is None
    assert open_cases(client, beside, wide) is not None
    worker = people["worker"].id
    for scope, seen in (([grid], [grid]), ([other], []), ([COMMUNITY], [grid, beside])):
        change_user(engine_of(own_app), worker, scope=scope, at=datetime.now(UTC), by="test")
        later(own_app)
        for code in (grid, beside, other):
            assert (open_cases(client, code, wide) is not None) == (code in seen)


def test_a_key_works_while_the_database_cannot_be_written(
    own_app: Flask, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: Any, **_more: Any) -> None:
        raise StoreError("full")

    key = key_of(own_app, "worker")
    monkeypatch.setattr("web.known_users.note_use", full)
    path = f"/api/v1/grids/{COMMUNITY}"
    assert own_app.test_client().get(path, headers=key).status_code == 200


def test_accounts_live_in_either_database(empty_database: URL, tmp_path: Path) -> None:
    named = empty_database.render_as_string(hide_password=False)
    app = create_app(Settings(workspace=tmp_path, database_url=named))
    app.config["WTF_CSRF_ENABLED"] = False
    path = new_setup_path(app)
    assert path is not None
    form = {"name": "root", "password": PASSWORD, "again": PASSWORD}
    client = app.test_client()
    assert client.post(path, data=form).location == "/users"
    answer = client.post("/users", data={"name": "lin", "role": "worker", "scope": COMMUNITY})
    own = sign_in(app, "lin", secret_in(answer.get_data(as_text=True)))
    assert own.get("/").location == "/account"
    app.config["DATABASE"].dispose()


def test_pages_offer_only_what_one_may(own_app: Flask, people: dict[str, Any]) -> None:
    for name, offers in (("planner", True), ("planner-of-one", False), ("worker", False)):
        client = sign_in(own_app, name)
        page = client.get("/workspace").text
        assert all((each in page) is offers for each in ("data-use=", "data-upload=", "data-post="))
        assert ("dropzone" in client.get("/check").text) is (name != "worker")
    assert 'href="/users"' not in client.get("/").text
    assert 'href="/users"' in sign_in(own_app, "root").get("/").text


# the users of a place


def test_an_administrator_adds_somebody_who_then_chooses_a_password(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client = sign_in(own_app, "root")
    form = {"name": "Lin", "full_name": "<b>林琳</b>", "role": "worker", "scope": COMMUNITY}
    page = client.post("/users", data=form).get_data(as_text=True)
    first = secret_in(page)
    assert "<b>林琳" not in page
    assert first not in client.get("/users").get_data(as_text=True)
    lin = user_named(engine_of(own_app), "lin")
    assert (lin.scope, lin.must_change_password) == ({COMMUNITY}, True)
    own = sign_in(own_app, "lin", first)
    assert own.get("/").location == "/account"
    api = own.get(f"/api/v1/grids/{COMMUNITY}")
    assert (api.status_code, api.mimetype) == (403, "application/problem+json")
    assert own.get("/account").status_code == 200
    for path in ("/account/keys", "/account/sessions", "/account/language"):
        assert own.post(path).location == "/account"
    new = {"old": first, "password": NEW, "again": NEW}
    assert own.post("/account/password", data=new).status_code == 302
    assert own.get("/").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "root"}, {"role": "king"}, {"scope": "nowhere"},
     {"role": "admin", "scope": COMMUNITY}, {"full_name": "x" * 99}],
)  # fmt: skip
def test_what_cannot_be_added_is_said_on_the_page(
    own_app: Flask, people: dict[str, Any], wrong: dict[str, str]
) -> None:
    client = sign_in(own_app, "root")
    form = {"name": "lin", "full_name": "", "role": "worker", "scope": ""} | wrong
    answer = client.post("/users", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert len(list_users(engine_of(own_app))) == len(people)


def test_users_are_changed_disabled_and_reset(own_app: Flask, people: dict[str, Any]) -> None:
    client, engine = sign_in(own_app, "root"), engine_of(own_app)
    worker = people["worker"].id
    running = sign_in(own_app, "worker")
    change = {"role": "supervisor", "full_name": "林", "scope": f"{COMMUNITY}，440304090004"}
    assert client.post(f"/users/{worker}", data=change).status_code == 302
    user = find_user(engine, worker)
    assert user is not None
    assert (user.role, user.full_name, len(user.scope)) == ("supervisor", "林", 2)
    assert "supervisor" in client.get(f"/users/{worker}").get_data(as_text=True)
    assert running.get("/").status_code == 200
    password = secret_in(client.post(f"/users/{worker}/password").get_data(as_text=True))
    assert running.get("/").status_code == 302
    sign_in(own_app, "worker", password)
    assert client.post(f"/users/{worker}/active", data={"active": "0"}).status_code == 302
    assert own_app.test_client().post(
        "/sign-in", data={"name": "worker", "password": password}
    ).status_code == 422  # fmt: skip
    client.post(f"/users/{worker}/active", data={"active": "1"})
    sign_in(own_app, "worker", password)
    for path in ("/users/999", "/users/999/active", "/users/999/password"):
        assert client.post(path, data=change).status_code == 404
    wrong = client.post(f"/users/{worker}", data=change | {"scope": "nowhere"})
    assert wrong.status_code == 422
    assert 'value="nowhere"' in wrong.get_data(as_text=True)


def test_the_last_administrator_cannot_be_locked_out(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client, root = sign_in(own_app, "root"), people["root"].id
    for path, form in (
        (f"/users/{root}/active", {"active": "0"}),
        (f"/users/{root}", {"role": "planner", "full_name": "", "scope": ""}),
    ):
        answer = client.post(path, data=form)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.get_data(as_text=True)
    assert client.get("/users").status_code == 200


def test_what_is_done_here_is_written_down_with_who_did_it(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client, worker = sign_in(own_app, "root"), people["worker"].id
    client.post(f"/users/{worker}/password")
    with reading(engine_of(own_app)) as connection:
        row = connection.execute(audit.select().order_by(audit.c.id.desc())).first()
    assert row is not None
    assert (row.action, row.user_id, row.subject_id) == (
        "user.password_set", people["root"].id, str(worker)
    )  # fmt: skip


def test_a_database_that_stops_lets_nobody_in(own_app: Flask, people: dict[str, Any]) -> None:
    client = sign_in(own_app, "worker")
    assert client.get("/").status_code == 200
    path = Path(str(engine_of(own_app).url.database))
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    later(own_app)
    assert client.get("/").status_code == 500
    assert own_app.test_client().get("/").status_code == 302


def test_a_database_of_a_later_release_is_refused_at_start(tmp_path: Path) -> None:
    app = create_app(Settings(workspace=tmp_path))
    add_people(app)
    with engine_of(app).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="later release"):
        create_app(Settings(workspace=tmp_path))
