"""Posts and departments changed one by one: dates, double clicks, second planners, the log."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from published import put_in_force
from small_plan import use_small_plan
from sqlalchemy import select

from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit
from geogrid.store.departments import Department, list_departments
from geogrid.store.people import posts_at
from web import create_app
from web.config import Settings

SINCE = datetime.now(UTC) - timedelta(days=30)
DAY = timedelta(days=1)
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The hand-drawn plan, in force for thirty days."""
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    use_small_plan(app.config["WORKSPACE"])
    put_in_force(app.config["WORKSPACE"], SINCE)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def held(app: Flask, grid: str, at: datetime | None = None) -> list[tuple[str, ...]]:
    with reading(app.config["DATABASE"]) as connection:
        found = posts_at(connection, at or datetime.now(UTC), [grid])
    names = ["post", "holder", "phone", "deputy", "deputy_phone"]
    return sorted(found[names].itertuples(index=False, name=None))


def logged(app: Flask) -> list[Any]:
    with reading(app.config["DATABASE"]) as connection:
        asked = select(audit).where(audit.c.subject.in_(["post", "department"]))
        return list(connection.execute(asked.order_by(audit.c.id)))


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the first form of a page."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def day(ago: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=8) - ago * DAY).date().isoformat()


def add(client: FlaskClient, **given: str) -> tuple[str, dict[str, str]]:
    """Add a post and return where it is and what its form holds."""
    form = fields(client.get("/people/posts/new?grid=121").text)
    form |= {"grid": "121", "post": "网格长", "name": "王五", "phone": "1"} | given
    answer = client.post("/people/posts", data=form)
    assert answer.status_code == 302, answer.text
    again = client.post("/people/posts", data=form)
    assert again.location == answer.location
    return answer.location.partition("?")[0], form


def test_a_post_is_added_once(app: Flask, client: FlaskClient) -> None:
    url, _form = add(client, name=NASTY, begins=day(3), deputy="赵六", deputy_phone="2")
    assert held(app, "121") == [("leader", NASTY, "1", "赵六", "2")]
    assert held(app, "121", datetime.now(UTC) - 2 * DAY) == held(app, "121")
    assert held(app, "121", datetime.now(UTC) - 4 * DAY) == []
    assert [row.action for row in logged(app)] == ["post.opened"]
    for page in (client.get(url), client.get("/people"), client.get("/people/posts/new?grid=121")):
        assert page.status_code == 200
        assert NASTY not in page.text
    assert url in client.get("/people").text
    assert url not in client.get(f"/people?at={day(1)}").text


def test_own_words_and_vacancies(app: Flask, client: FlaskClient) -> None:
    add(client, post="宣传员", name="", phone="")
    add(client, post="full_time", name="")
    assert held(app, "121") == [("full_time", "", "", "", ""), ("宣传员", "", "", "", "")]


@pytest.mark.parametrize(
    "wrong",
    [{"grid": "999"}, {"post": " "}, {"name": "长" * 121}, {"begins": "gestern"}, {"post_id": "P1"},
     {"begins": day(-2)}, {"begins": day(90)}, {"begins": "0001-01-01"}],
)  # fmt: skip
def test_what_cannot_be_added_is_said_and_the_form_kept(
    app: Flask, client: FlaskClient, wrong: dict[str, str]
) -> None:
    form = fields(client.get("/people/posts/new").text)
    form |= {"grid": "121", "post": "网格长", "name": "王五"} | wrong
    answer = client.post("/people/posts", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    if "name" not in wrong:
        assert 'value="王五"' in answer.text
    assert held(app, "121") == []


def test_a_post_is_given_on_left_vacant_and_given_up(app: Flask, client: FlaskClient) -> None:
    url, _form = add(client, begins=day(10))
    seen = fields(client.get(url).text)
    given = seen | {"name": "李四", "phone": "3", "deputy": "王五", "deputy_phone": "1"}
    for _click in range(2):
        answer = client.post(url, data=given | {"begins": day(5)})
        assert answer.status_code == 302
    now = datetime.now(UTC)
    assert held(app, "121", now - 6 * DAY) == [("leader", "王五", "1", "", "")]
    assert held(app, "121", now - 4 * DAY) == [("leader", "李四", "3", "王五", "1")]
    seen = fields(client.get(url).text)
    for _click in range(2):
        assert client.post(url, data=given | seen | {"vacant": "1"}).status_code == 302
    assert held(app, "121") == [("leader", "", "", "王五", "1")]
    page = client.get(url).text
    assert re.findall("<b>(李四|王五|空缺)</b>", page) == ["空缺", "李四", "王五"]
    seen = fields(page)
    for _click in range(2):
        assert client.post(f"{url}/end", data=seen | {"ends": day(-1)}).status_code == 302
    assert len(held(app, "121")) == 1
    assert held(app, "121", datetime.now(UTC) + 3 * DAY) == []
    assert f"至 {day(-1)}" in client.get("/people?lang=zh_CN").text
    # it ends that day whoever holds it, and another day may be said
    assert client.post(url, data=given | seen | {"begins": ""}).status_code == 302
    assert held(app, "121", datetime.now(UTC) + 3 * DAY) == []
    seen = fields(client.get(url).text)
    assert client.post(f"{url}/end", data=seen | {"ends": day(-9)}).status_code == 302
    assert len(held(app, "121", datetime.now(UTC) + 3 * DAY)) == 1
    for _click in range(2):
        assert client.post(f"{url}/end", data=seen | {"ends": ""}).status_code == 302
    assert held(app, "121") == []
    assert 'name="seen"' not in client.get(url).text
    assert [row.action for row in logged(app)] == [
        "post.opened", "post.changed", "post.changed", "post.ended", "post.changed", "post.ended",
        "post.ended",
    ]  # fmt: skip


def test_a_new_phone_is_no_new_person(app: Flask, client: FlaskClient) -> None:
    url, _form = add(client)
    seen = fields(client.get(url).text)
    client.post(url, data=seen | {"name": "王五", "phone": "0755-9"})
    assert held(app, "121") == [("leader", "王五", "0755-9", "", "")]
    assert fields(client.get(url).text)["seen"] == seen["seen"]
    client.post(url, data=seen | {"name": "王五", "phone": ""})
    assert held(app, "121") == [("leader", "王五", "0755-9", "", "")]
    assert client.post(url, data=seen | {"name": "王五", "begins": day(2)}).status_code == 422
    assert held(app, "121", datetime.now(UTC) - DAY) == []
    last = logged(app)[-1]
    assert last.action == "post.phone_changed"
    assert "0755-9" not in str(last.detail)


def test_a_second_planner_is_told(app: Flask, client: FlaskClient) -> None:
    url, _form = add(client, begins=day(3))
    seen = fields(client.get(url).text)
    assert client.post(url, data=seen | {"name": "甲"}).status_code == 302
    for late in (
        client.post(url, data=seen | {"name": "乙"}),
        client.post(f"{url}/end", data=seen),
    ):
        assert late.status_code == 409
        assert "刚被别人改过" in late.text
    assert held(app, "121") == [("leader", "甲", "", "", "")]
    for seen in ({}, {"seen": "x"}):
        assert client.post(url, data=seen | {"name": "乙"}).status_code == 422


def test_many_clicks_at_once(app: Flask, client: FlaskClient) -> None:
    form = fields(client.get("/people/posts/new?grid=121").text)
    form |= {"grid": "121", "post": "网格长", "name": "王五"}

    def click(_number: int) -> int:
        return app.test_client().post("/people/posts", data=form).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(8))) == {302}
    assert len(held(app, "121")) == 1


def test_what_is_not_there(app: Flask, client: FlaskClient) -> None:
    for path in ("/people/posts/P99999", "/people/posts/%00", "/people/departments/7"):
        assert client.get(path).status_code == 404
        assert client.post(path, data={"seen": "1", "name": "x"}).status_code == 404
    assert client.post("/people/posts/P99999/end", data={"seen": "1"}).status_code == 404


def test_forms_need_a_plan_in_force_and_a_token(tmp_path: Path) -> None:
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    client = app.test_client()
    assert client.get("/people/posts/new").status_code == 422
    use_small_plan(app.config["WORKSPACE"])
    put_in_force(app.config["WORKSPACE"], SINCE)
    form = {"grid": "121", "post": "网格长", "post_id": "N0123456789", "seen": "1", "name": "甲"}
    for path in ("/people/posts", "/people/posts/P1", "/people/posts/P1/end", "/people/departments",
                 "/people/departments/1", "/people/departments/1/end"):  # fmt: skip
        assert client.post(path, data=form).status_code == 400
    token = fields(client.get("/people/posts/new").text)["csrf_token"]
    assert client.post("/people/posts", data=form | {"csrf_token": token}).status_code == 302


def test_pages_show_the_change_at_once(app: Flask, client: FlaskClient) -> None:
    before = client.get("/api/v1/grids/121").get_json()
    assert "王五" not in str(before)
    add(client, name="王五", phone="0755-1")
    assert "王五" in str(client.get("/api/v1/grids/121").get_json())


def test_a_roster_keeps_posts_that_were_added_by_hand(app: Flask, client: FlaskClient) -> None:
    add(client)
    roster = app.config["WORKSPACE"].current().posts
    app.config["WORKSPACE"].add_posts(pd.DataFrame(roster))
    assert held(app, "121") == [("leader", "王五", "1", "", "")]


# departments


def departments(app: Flask) -> list[Department]:
    with reading(app.config["DATABASE"]) as connection:
        return list_departments(connection)


def test_departments_are_added_changed_and_ended(app: Flask, client: FlaskClient) -> None:
    form = {"seen": "", "name": NASTY, "phone": "1", "duties": "占道经营\r\n 违建 \r\n\r\n占道经营"}
    for _click in range(2):
        assert client.post("/people/departments", data=form).status_code == 302
    (one,) = departments(app)
    assert (one.name, one.phone, one.duties) == (NASTY, "1", ("占道经营", "违建"))
    url = f"/people/departments/{one.id}"
    assert url in client.get("/people").text
    page = client.get(url).text
    assert NASTY not in page
    changed = fields(page) | {"name": "城管中队", "phone": "", "duties": "市容"}
    for _click in range(2):
        assert client.post(url, data=changed).status_code == 302
    (two,) = departments(app)
    assert (two.id, two.name, two.duties) == (one.id, "城管中队", ("市容",))
    late = client.post(url, data=fields(page) | {"name": "别的", "duties": ""})
    assert late.status_code == 409
    assert client.post(f"{url}/end", data=fields(page)).status_code == 409
    seen = fields(client.get(url).text)
    for _click in range(2):
        assert client.post(f"{url}/end", data=seen).status_code == 302
    assert departments(app) == []
    told = [(row.action, row.detail["name"]) for row in logged(app)]
    assert told == [("department.kept", NASTY), ("department.kept", "城管中队"),
                    ("department.removed", "城管中队")]  # fmt: skip


def test_what_departments_cannot_be_is_said(app: Flask, client: FlaskClient) -> None:
    client.post("/people/departments", data={"name": "甲", "duties": "一"})
    client.post("/people/departments", data={"name": "乙"})
    second = departments(app)[0].id if departments(app)[0].name == "乙" else departments(app)[1].id
    url = f"/people/departments/{second}"
    seen = fields(client.get(url).text)
    assert client.post(url, data=seen | {"name": "甲"}).status_code == 422
    assert (
        client.post("/people/departments", data={"name": "甲", "duties": "二"}).status_code == 409
    )
    for wrong in ({"name": ""}, {"name": "长" * 201}, {"name": "丙", "duties": "长" * 201}):
        assert client.post("/people/departments", data=wrong).status_code == 422
    assert [each.name for each in departments(app)] == sorted(["甲", "乙"])
