"""The page of posts and people: vacancies first, within one's limits, on any day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, sign_in
from published import put_in_force
from small_plan import HOSTILE, use_small_plan

from geogrid.store.accounts import add_user
from geogrid.store.contacts import keep_contacts
from geogrid.store.database.engine import reading
from geogrid.store.departments import keep_department
from geogrid.store.people import posts_at
from geogrid.store.tenures import Person, Tenure, open_post
from web import create_app
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An app with the hand-drawn plan in its workspace."""
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    use_small_plan(app.config["WORKSPACE"])
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def place(app: Flask, client: FlaskClient) -> FlaskClient:
    """The plan in the database since 1 March, with a member and a department since the 2nd."""
    database = app.config["DATABASE"]
    client.get("/people")
    put_in_force(app.config["WORKSPACE"], NOW)
    later = NOW + timedelta(days=1)
    for grid, name in (("111", "党员甲"), ("121", "党员乙")):
        open_post(database, grid, "party_contact", Tenure(Person(name)), at=later, by="test")
    with reading(database) as connection:
        ids = posts_at(connection, later).set_index("holder")["person_id"].dropna().to_dict()
    keep_contacts(database, ids["党员甲"], [("B1", ""), ("B9", "101")], at=later, by="test")
    keep_department(database, "城管中队", ["占道经营"], phone="0755-2222", at=later, by="test")
    return client


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/people?lang=zh_CN{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def names_in_order(text: str) -> list[str]:
    return re.findall(r"<li>\s*<div>\s*<b>([^<]+)</b> <small class=\"inline\">[^<]* · (?=\d)", text)


def test_before_a_plan_is_in_force(app: Flask, client: FlaskClient) -> None:
    text = page(client)
    assert "还没有现行方案" in text
    assert 'href="/plans"' in text
    put_in_force(app.config["WORKSPACE"])
    assert "甲一网格" in page(client)


def test_vacancies_come_first_with_who_answers_instead(place: FlaskClient) -> None:
    text = page(place)
    # 112 has a vacancy with a deputy, 111 and 1 are filled, 121 has only a party contact
    assert names_in_order(text)[0] == "甲二网格"
    assert "甲二网格的专职网格员空缺，由 B 岗甲二副负责。" in text
    assert "0755-1111-0003" in text


def test_contact_lists_and_buildings_are_checked(place: FlaskClient) -> None:
    text = words(page(place))
    assert "已联户 11 / 100" in text
    assert "党员甲 其中 1 户在其他网格" in text
    assert "党员乙 不足 10 户" in text
    assert "甲苑2号楼 甲二网格 附近没有名额未满的党员中心户。 10 户中 10 户" in text
    assert "对照表与位置所在网格不一致，以对照表为准。" in text
    assert "对照表 甲一网格" in text
    assert "城管中队 0755-2222 占道经营" in text


def test_one_community_alone(place: FlaskClient) -> None:
    text = page(place, "&grid=12")
    assert names_in_order(text) == [HOSTILE.replace("<", "&lt;").replace(">", "&gt;")]
    assert "党员甲" not in text
    assert "甲苑2号楼" not in text


def test_names_are_text(place: FlaskClient) -> None:
    assert HOSTILE not in page(place)


def test_another_day(place: FlaskClient) -> None:
    assert "党员甲 未担任党员中心户 11 户" in words(page(place, "&at=2026-03-01"))
    assert "党员甲 其中 1 户在其他网格 11 户" in words(page(place, "&at=2026-03-02"))
    assert "2026-02-01 时没有生效的方案" in page(place, "&at=2026-02-01")
    assert place.get("/people?at=yesterday").status_code == 422
    assert names_in_order(page(place, "&at=&page=x")) == names_in_order(page(place))


def test_posts_at_unknown_grids_are_listed(app: Flask, place: FlaskClient) -> None:
    workspace = app.config["WORKSPACE"]
    rows = workspace.current().posts.copy()
    rows.loc[rows["holder"] == "甲一员", "grid"] = "老网格"
    workspace.add_posts(rows)
    assert "1 个岗位所在的网格不在方案中" in page(place)
    assert "<b>老网格</b> 专职网格员 甲一员" in page(place)
    assert "老网格" not in page(place, "&grid=11")


def test_within_limits_only(app: Flask, place: FlaskClient) -> None:
    for name, role, scope in (("root", "admin", []), ("one", "planner", ["12"])):
        add_user(
            app.config["DATABASE"], name, PASSWORD, role=role, scope=scope, full_name="", at=NOW,
            by="test",
        )  # fmt: skip
    app.extensions["geogrid_users"].forget()
    assert app.test_client().get("/people").status_code == 302
    everything, some = page(sign_in(app, "root")), page(sign_in(app, "one"))
    assert "0755-1111-0001" in everything
    assert "0755-1111-0001" not in some
    assert "党员乙" in some
    assert "党员甲" not in some
    assert "甲一网格" not in names_in_order(some)
