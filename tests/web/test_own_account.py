"""One's own account: password, sessions, language."""

from __future__ import annotations

from typing import Any

from flask import Flask
from people import NEW, PASSWORD, sign_in


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
