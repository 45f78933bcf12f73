"""Users to test with, one of each role, each with and without limits; their signed-in clients."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from geogrid.store import Workspace
from geogrid.store.accounts import add_user
from geogrid.store.opening import make_ready
from geogrid.store.passwords import hash_password
from geogrid.store.tokens import create_token
from geogrid.store.users import User, user_named
from web.known_users import KnownUsers
from web.throttle import Throttle

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PASSWORD, NEW = "three-unlike-herons", "four-unlike-herons"
COMMUNITY = "440304090003"
"""Of the sample; those with limits see this one."""
NAMES = ("root", "planner", "supervisor", "worker")
LIMITED = ("planner-of-one", "supervisor-of-one", "worker-of-one")


_hash_once = cache(hash_password)
"""All have one password, and seven hashes of it take longer than most tests."""


def add_people(app: Flask) -> dict[str, User]:
    """Add them to the app; from now on everybody has to sign in."""
    engine = app.config["DATABASE"]
    make_ready(engine)
    people = {}
    for name in (*NAMES, *LIMITED):
        role = "admin" if name == "root" else name.split("-")[0]
        scope = [COMMUNITY] if name in LIMITED else []
        with mock.patch("geogrid.store.accounts.hash_password", _hash_once):
            people[name] = add_user(
                engine, name, PASSWORD, role=role, scope=scope, full_name="", at=NOW, by="test"
            )
    users: KnownUsers = app.extensions["geogrid_users"]
    users.forget()
    return people


def sign_in(app: Flask, name: str, password: str = PASSWORD) -> FlaskClient:
    """Return a client in which somebody has signed in."""
    app.extensions["geogrid_throttle"] = Throttle()  # tests are quicker than people
    client = app.test_client()
    answer = client.post("/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def engine_of(app: Flask) -> Engine:
    engine: Engine = app.config["DATABASE"]
    return engine


def key_of(app: Flask, name: str, **more: Any) -> dict[str, str]:
    """Return the headers of a program with a key of somebody."""
    tree = Workspace(app.config["SETTINGS"].workspace).current().hierarchy
    values = {"role": "worker", "days": 30, "at": datetime.now(UTC)} | more
    user = user_named(engine_of(app), name)
    return {"Authorization": "Bearer " + create_token(engine_of(app), user, "x", tree, **values)[1]}


def later(app: Flask) -> None:
    """Let the moment pass in which users are remembered."""
    app.extensions["geogrid_users"].forget()


def secret_in(page: str) -> str:
    """Return the key or password that a page shows this once."""
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found, "nothing is shown"
    return found[1]
