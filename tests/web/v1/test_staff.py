"""``/api/v1/grids/…/staff``: who answers, on any day, and phones within one's limits only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, sign_in
from small_plan import grids as small_grids
from small_plan import posts as small_posts

from geogrid.store.accounts import add_user
from geogrid.store.opening import make_ready
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.rosters import keep_roster
from geogrid.store.tenures import Person, Tenure, change_post
from web import create_app
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The hand-drawn plan with its posts; on 11 March the worker of 111 leaves."""
    app = create_app(Settings(workspace=tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False
    database = app.config["DATABASE"]
    make_ready(database)
    plan = add_draft(database, "方案", small_grids(), at=NOW)
    plan = submit_draft(database, plan.id, plan.version, approval="1", at=NOW)
    publish_plan(database, plan.id, plan.version, at=NOW)
    keep_roster(database, small_posts(), at=NOW, by="test")
    new = Tenure(deputy=Person("代班", "0755-1111-0009"))
    change_post(database, "P1", new, at=NOW + 10 * DAY, by="test")
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def get(client: FlaskClient, code: str, query: str = "?lang=en") -> Any:
    answer = client.get(f"/api/v1/grids/{code}/staff{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_who_answers_now_and_why(client: FlaskClient) -> None:
    found = get(client, "111")
    assert found["grid"] == {"code": "111", "name": "甲一网格", "level": 3}
    assert [step["code"] for step in found["chain"]] == ["111", "11", "1"]
    assert found["first"] == {
        "post": "full_time", "grid": "111", "name": "代班", "phone": "0755-1111-0009",
        "via": "deputy", "vacant": True, "from_grid": "111", "from_post": "full_time",
        "from_deputy": True, "deputy": "", "deputy_phone": "",
    }  # fmt: skip
    assert found["why"] == (
        "The post “Full-time grid worker” in 甲一网格 is vacant; 代班 is the deputy."
    )
    assert found["office"]["code"] == "1"
    assert [each["name"] for each in found["answers"]] == ["代班", "甲一网格长", "街道网格长"]
    assert get(client, "111", "?lang=zh_CN")["why"] == "甲一网格的专职网格员空缺，由 B 岗代班负责。"


def test_who_answered_on_a_day(client: FlaskClient) -> None:
    names = [
        get(client, "111", f"?at=2026-03-{day}")["first"]["name"] for day in ("01", "10", "11")
    ]
    assert names == ["甲一员", "甲一员", "代班"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("999/staff", 404),
        ("111%00/staff", 404),
        ("111/staff?at=2026-02-01", 404),
        ("111/staff?at=yesterday", 422),
    ],
)
def test_what_is_not_there_is_said(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(f"/api/v1/grids/{path}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["detail"]


def phones(client: FlaskClient, code: str) -> list[str]:
    return [each["phone"] for each in get(client, code)["answers"] if each["name"]]


def test_phones_are_seen_within_limits_and_above(app: Flask) -> None:
    for name, scope in (("everything", []), ("one", ["111"]), ("other", ["12"])):
        add_user(
            app.config["DATABASE"], name, PASSWORD, role="admin" if not scope else "worker",
            scope=scope, full_name="", at=NOW, by="test",
        )  # fmt: skip
    app.extensions["geogrid_users"].forget()
    assert app.test_client().get("/api/v1/grids/111/staff").status_code == 401
    all_of_111 = ["0755-1111-0009", "0755-1111-0005", "0755-1111-0004"]
    assert phones(sign_in(app, "everything"), "111") == all_of_111
    assert phones(sign_in(app, "one"), "111") == all_of_111
    assert phones(sign_in(app, "one"), "112") == ["", "0755-1111-0004"]
    other = sign_in(app, "other")
    assert phones(other, "111") == ["", "", "0755-1111-0004"]
    first = get(other, "111")["first"]
    assert (first["name"], first["phone"], first["deputy_phone"]) == ("代班", "", "")
