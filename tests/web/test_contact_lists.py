"""Contact lists of party members brought in: seen first, then used, once."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from published import put_in_force
from small_plan import use_small_plan

from geogrid.store.contacts import read_contacts
from geogrid.store.database.engine import reading
from web import create_app
from web.config import Settings

LIST = (
    "党员姓名,党员电话,网格,小区,楼栋,房号\n"
    "张三,13800000001,甲一网格,甲苑,1号楼,101\n,,,,,102\n,,,,9号楼,1\n"
    "<b>李四</b>,,甲二网格,甲苑,2号楼,201\n,,,,1号楼,101\n,,,,,\n合计,5\n"
)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    use_small_plan(app.config["WORKSPACE"])
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, text: str = LIST) -> tuple[int, str]:
    file = {"file": (io.BytesIO(text.encode("gbk")), "联户.csv")}
    answer = client.post("/api/v1/workspace/contacts", data=file)
    return answer.status_code, answer.get_json().get("url", "")


def rows(page: str) -> dict[int, str]:
    found = re.findall(r'<td class="number">(\d+)</td>(.*?)</tr>', page, re.DOTALL)
    return {int(row): " ".join(re.sub(r"<[^>]+>", " ", cells).split()) for row, cells in found}


def homes(app: Flask) -> list[tuple[str, ...]]:
    with reading(app.config["DATABASE"]) as connection:
        kept = read_contacts(connection)
    return list(kept[["name", "unit_id", "home"]].itertuples(index=False, name=None))


def test_there_must_be_a_plan_in_force(app: Flask, client: FlaskClient) -> None:
    assert send(client)[0] == 409
    put_in_force(app.config["WORKSPACE"])
    assert send(client)[0] == 200


def test_every_row_is_seen_before_anything_is_written(app: Flask, client: FlaskClient) -> None:
    put_in_force(app.config["WORKSPACE"])
    _status, url = send(client)
    page = client.get(f"{url}?lang=zh_CN").get_data(as_text=True)
    # what needs a look first, the gravest first; there is nothing else in this list
    assert rows(page) == {
        2: "张三 13800000001 甲苑1号楼 101 甲一网格 可用，并新登记为党员中心户",
        3: "张三 13800000001 甲苑1号楼 102 甲一网格 可用，并新登记为党员中心户",
        4: "张三 13800000001 — 1 — 小区能认出，但不知是哪一栋",
        5: "&lt;b&gt;李四&lt;/b&gt; — 甲苑2号楼 201 甲二网格 可用，并新登记为党员中心户",
        6: "&lt;b&gt;李四&lt;/b&gt; — 甲苑1号楼 101 甲一网格 已由他人联系，以先出现的为准"
        " 已在张三的联户表里。",
    }
    assert "100 户中有 3 户有党员联系" in page
    assert "2 名党员联系不足 10 户" in page
    assert homes(app) == []
    shown = [
        rows(client.get(f"{url}?show={n}&lang=zh_CN").get_data(as_text=True)) for n in range(1, 7)
    ]
    assert [sorted(each) for each in shown] == [[4], [6], [2, 3, 5], [1], [7], [8]]


def test_it_is_used_once_and_the_page_lists_gaps_and_exceptions(
    app: Flask, client: FlaskClient
) -> None:
    put_in_force(app.config["WORKSPACE"])
    _status, url = send(client)
    for _click in range(2):
        used = client.post(f"/api/v1{url}/use")
        assert used.get_json() == {"url": "/people#contacts-title"}
    assert sorted(homes(app)) == [
        ("<b>李四</b>", "B2", "201"), ("张三", "B1", "101"), ("张三", "B1", "102"),
    ]  # fmt: skip
    page = client.get("/people?lang=zh_CN").get_data(as_text=True)
    assert "<b>李四</b></b>" not in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "已联户 3 / 100" in words
    assert "张三 不足 10 户 2 户" in words
    assert "10 户中 8 户" in words  # of 甲苑1号楼 nobody has eight
    # a later list takes the place of this one
    client.post(f"/api/v1{send(client, LIST.replace('102', '103'))[1]}/use")
    assert ("张三", "B1", "102") not in homes(app)


def test_something_else_is_no_contact_list(app: Flask, client: FlaskClient) -> None:
    put_in_force(app.config["WORKSPACE"])
    _status, url = send(client, "网格,岗位,姓名\n甲一网格,网格长,甲\n")
    assert client.get(url).status_code == 200
    assert client.post(f"/api/v1{url}/use").status_code == 422


def test_the_blank_form_is_read_again(app: Flask, client: FlaskClient) -> None:
    put_in_force(app.config["WORKSPACE"])
    for language in ("zh_CN", "en"):
        form = client.get(f"/workspace/contacts/form.xlsx?lang={language}")
        file = {"file": (io.BytesIO(form.data), "form.xlsx")}
        url = client.post("/api/v1/workspace/contacts", data=file).get_json()["url"]
        assert client.get(url).status_code == 200


def test_an_earlier_list_may_be_used_again_after_another_one(
    app: Flask, client: FlaskClient
) -> None:
    put_in_force(app.config["WORKSPACE"])
    other = LIST.replace("102", "103")
    first, second = (send(client, text)[1] for text in (LIST, other))
    for url in (first, first, second, first):
        client.post(f"/api/v1{url}/use")
    assert ("张三", "B1", "102") in homes(app)
    assert ("张三", "B1", "103") not in homes(app)
