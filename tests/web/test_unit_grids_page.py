"""Grids of buildings: list against map, and a list of grids alone, seen first, then used."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, sign_in
from published import put_in_force
from small_plan import HOSTILE, use_small_plan
from sqlalchemy import select

from geogrid.store.accounts import add_user
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit
from web import create_app
from web.config import Settings

LIST = (
    "网格,楼栋编码,详细地址\n甲二网格,B1,\n111,,西街1号2号楼\n"
    "乙网格,B10,\n丁网格,B3,\n,B4,\n111,,北街1号\n"
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    use_small_plan(app.config["WORKSPACE"])
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def words(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", text)


def send(client: FlaskClient, text: str = LIST) -> str:
    file = {"file": (io.BytesIO(text.encode("gbk")), "对照表.csv")}
    url: str = client.post("/api/v1/workspace/unit_grids", data=file).get_json()["url"]
    return url


def listed(app: Flask) -> dict[str, str]:
    units = app.config["WORKSPACE"].current().units
    return dict(zip(units["unit_id"], units["grid"], strict=True))


def test_where_list_and_map_disagree(client: FlaskClient) -> None:
    text = words(client, "/people/buildings?lang=zh_CN")
    assert "东街3号 错列楼 对照表与位置所在网格不一致，以对照表为准。" in text
    assert "距对照表网格 1,543 米" in text
    assert "4 全部问题" in text
    assert "旧码楼" not in words(client, "/people/buildings?kind=elsewhere")
    assert client.get("/people/buildings?kind=x").status_code == 404
    assert HOSTILE not in client.get("/people/buildings").get_data(as_text=True)


def test_files(client: FlaskClient) -> None:
    client.get("/?lang=zh_CN")
    rows = client.get("/people/buildings.csv").data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("楼栋编号,")
    assert rows[1].startswith("B3,错列楼,东街3号,")
    assert len(rows) == 5
    assert client.get("/people/buildings.xlsx?kind=elsewhere").data.startswith(b"PK")
    assert client.get("/people/buildings.pdf").status_code == 404


@pytest.mark.parametrize("is_in_force", [False, True])
def test_a_list_of_grids_is_seen_then_used(
    app: Flask, client: FlaskClient, is_in_force: bool
) -> None:
    if is_in_force:
        put_in_force(app.config["WORKSPACE"])
    before = app.config["WORKSPACE"].current().units
    url = send(client)
    text = words(client, f"{url}?lang=zh_CN")
    assert "甲苑1号楼 西街1号1号楼 — 甲二网格 可用；但位置落在别的网格里" in text
    assert "错列楼 东街3号 甲一网格 丁网格 方案中没有这个网格" in text
    assert "北街1号 — — 甲一网格 楼栋表里找不到确定对应的楼栋" in text
    assert "可用；但此网格还有下级网格，未写明是哪一个" in text
    assert "未写网格，楼栋保持原网格" in text
    assert "11 个小区、楼栋和单元中有 2 个改变网格" in text
    assert listed(app)["B1"] == "", "nothing is changed yet"
    answer = client.post(f"/api/v1{url}/use", data={"sheet": "", "datum": ""})
    assert answer.status_code == 200
    assert answer.get_json()["url"].startswith("/people/buildings")
    now = listed(app)
    assert (now["B1"], now["B2"], now["B3"], now["B4"]) == ("112", "111", "111", "999")
    after = app.config["WORKSPACE"].current().units
    assert after.drop(columns="grid").equals(before.drop(columns="grid"))
    if is_in_force:
        with reading(app.config["DATABASE"]) as connection:
            actions = connection.execute(select(audit.c.action)).scalars().all()
        assert actions[-1] == "units.kept"


def test_lists_that_cannot_be_used(app: Flask, client: FlaskClient) -> None:
    url = send(client, "姓名,电话\n甲,1\n")
    text = words(client, f"{url}?lang=zh_CN")
    assert "没有找到同时含网格列和楼栋列的表" in text
    assert "启用这份" not in text
    use_small_plan(app.config["WORKSPACE"], has_tables=False)
    file = {"file": (io.BytesIO(LIST.encode("gbk")), "对照表.csv")}
    answer = client.post("/api/v1/workspace/unit_grids?lang=zh_CN", data=file)
    assert answer.status_code == 409


def test_the_form_is_a_list(client: FlaskClient) -> None:
    form = client.get("/workspace/unit_grids/form.xlsx?lang=zh_CN").data
    file = {"file": (io.BytesIO(form), "form.xlsx")}
    url = client.post("/api/v1/workspace/unit_grids", data=file).get_json()["url"]
    text = words(client, f"{url}?lang=zh_CN")
    assert "中有 0 个改变网格" in text


def test_within_limits_only(app: Flask) -> None:
    for name, role, scope in (("root", "admin", []), ("one", "planner", ["112"])):
        add_user(
            app.config["DATABASE"], name, PASSWORD, role=role, scope=scope, full_name="", at=NOW,
            by="test",
        )  # fmt: skip
    app.extensions["geogrid_users"].forget()
    assert "错列楼" in words(sign_in(app, "root"), "/people/buildings")
    some = sign_in(app, "one")
    assert "错列楼" not in words(some, "/people/buildings")
    assert "data-upload" not in some.get("/people/buildings").get_data(as_text=True)
    assert some.post("/api/v1/workspace/unit_grids").status_code == 403
