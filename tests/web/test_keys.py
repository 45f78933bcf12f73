"""Keys of programs: what they open, and what they do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, engine_of, key_of, later, secret_in, sign_in

from geogrid.store import StoreError
from geogrid.store.accounts import change_user
from geogrid.store.tokens import list_tokens


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
