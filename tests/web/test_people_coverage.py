"""The page of the coverage of people: what lacks whom, within one's limits, and as files."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, sign_in
from small_plan import HOSTILE, use_small_plan

from geogrid.store.accounts import add_user
from web import create_app
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    use_small_plan(app.config["WORKSPACE"])
    return app


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/people/coverage?lang=zh_CN{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_every_address_with_what_it_lacks(app: Flask) -> None:
    text = page(app.test_client())
    # ten buildings: B3 by list in 111; B1 and B7 there by place; B2 and B5 have a deputy
    assert "地址 10 已覆盖 5 50.0%" in text
    assert "东街6号 无着落楼 · 楼栋 没有坐标，对照表也没有写明网格。" in text
    assert "外街8号 界外楼 · 楼栋 位置不在任何网格内。" in text
    assert "东街4号 旧码楼 · 楼栋 本网格没有专职网格员和网格长，由上级人员负责。" in text
    assert "街道网格长 (示例街道 · 网格长)" in text
    assert "甲社区 5 5" in text.replace(" –", "")


def test_one_lack_and_one_community(app: Flask) -> None:
    client = app.test_client()
    assert "东街6号" not in page(client, "&lack=outside")
    assert "外街8号" in page(client, "&lack=outside&page=99")
    assert "每个地址都属于一个网格" in page(client, "&grid=11")
    assert "外街8号" not in page(client, "&grid=12")
    assert client.get("/people/coverage?lack=x").status_code == 404


def test_names_are_text(app: Flask) -> None:
    assert HOSTILE not in app.test_client().get("/people/coverage").get_data(as_text=True)


def test_without_addresses(app: Flask) -> None:
    use_small_plan(app.config["WORKSPACE"], has_tables=False)
    assert "这里还没有地址" in page(app.test_client())


def test_files(app: Flask) -> None:
    client = app.test_client()
    client.get("/?lang=zh_CN")
    book = openpyxl.load_workbook(BytesIO(client.get("/people/coverage.xlsx").data))
    assert book.sheetnames == ["按社区", "地址"]
    communities = list(book["按社区"].iter_rows(values_only=True))
    assert communities[1][:3] == ("甲社区", 5, 5)
    assert communities[-1][:3] == ("不在任何网格", 2, 0)
    assert book["地址"].max_row == 6
    rows = client.get("/people/coverage.csv?lack=outside").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "位置不在任何网格内" in rows[1]
    assert client.get("/people/coverage.exe").status_code == 404


def test_too_many_rows_for_a_workbook(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.table_files.MOST_IN_WORKBOOK", 3)
    client = app.test_client()
    answer = client.get("/people/coverage.xlsx?lang=zh_CN")
    assert answer.status_code == 422
    assert "请下载 CSV" in answer.get_data(as_text=True)
    assert client.get("/people/coverage.csv").status_code == 200


def test_within_limits_only(app: Flask) -> None:
    for name, role, scope in (("root", "admin", []), ("one", "supervisor", ["12"])):
        add_user(
            app.config["DATABASE"], name, PASSWORD, role=role, scope=scope, full_name="", at=NOW,
            by="test",
        )  # fmt: skip
    app.extensions["geogrid_users"].forget()
    assert app.test_client().get("/people/coverage").status_code == 302
    everything, some = page(sign_in(app, "root")), page(sign_in(app, "one"))
    assert "外街8号" in everything
    assert "外街8号" not in some
    assert "地址 3 已覆盖 0" in some
    assert "甲社区" not in some
    assert "甲社区" not in page(sign_in(app, "one"), "&grid=11")
    rows = sign_in(app, "one").get("/people/coverage.csv").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 4
