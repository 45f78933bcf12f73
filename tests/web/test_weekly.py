"""The weekly report: a week chosen, within one's limits, as page, workbook and picture."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, sign_in
from PIL import Image
from small_plan import HOSTILE, use_small_plan

from geogrid.store.accounts import add_user
from web import create_app
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CASES = [
    # number, reported, category, its word, status, deadline, lon, lat
    ("F1", "2026-03-02", "noise", "噪音", "closed", None, 114.005, 22.535),
    ("F2", "2026-03-03", "noise", "噪音", "reported", "2026-03-04", 114.005, 22.536),
    ("F3", "2026-03-08", "other", HOSTILE, "reported", None, 114.025, 22.535),
    ("F4", "2026-03-05", "parking", "违停", "reported", None, None, None),
    ("F5", "2026-03-05", "parking", "违停", "reported", None, 115.0, 22.535),
    ("F6", "2026-02-26", "noise", "噪音", "closed", None, 114.005, 22.535),
]


def cases() -> pd.DataFrame:
    names = ["case_id", "reported_at", "category", "category_text", "status", "deadline"]
    frame = pd.DataFrame(CASES, columns=[*names, "lon", "lat"])
    for name in ("reported_at", "deadline"):
        frame[name] = pd.to_datetime(frame[name] + "T12:00+08:00", utc=True)
    return frame


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    use_small_plan(app.config["WORKSPACE"])
    app.config["WORKSPACE"].add_cases(cases())
    return app


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/cases/weekly?lang=zh_CN{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_newest_week_by_itself(app: Flask) -> None:
    text = page(app.test_client())
    assert "2026-03-02 – 2026-03-08" in text
    assert "指标 本周 上一周 截至本周日累计" in text
    assert "事件 5 1 6" in text
    assert "以下事件未列入各网格：网格外 1 件，没有位置 1 件。" in text
    assert "甲社区 示例街道 2 1 1 1 50.0% 0.0% 0.0% 1 噪音扰民 2" in text
    assert HOSTILE not in app.test_client().get("/cases/weekly").get_data(as_text=True)


def test_another_week_and_none(app: Flask) -> None:
    client = app.test_client()
    assert "2026-02-23 – 2026-03-01" in page(client, "&week=2026-W09")
    assert "本周没有事件" in page(client, "&week=2025-12-30")
    assert client.get("/cases/weekly?week=x").status_code == 422
    use_small_plan(app.config["WORKSPACE"])
    assert "周报" in page(client)
    assert client.get("/cases/weekly/heat.png").status_code == 200


def test_the_workbook(app: Flask) -> None:
    client = app.test_client()
    client.get("/?lang=zh_CN")
    book = openpyxl.load_workbook(BytesIO(client.get("/cases/weekly/report.xlsx").data))
    assert book.sheetnames == ["概览", "社区", "网格", "类别"]
    rows = list(book["社区"].iter_rows(values_only=True))
    assert rows[1][:5] == ("甲社区", "11", "示例街道", 2, 1)
    words = [row[0] for row in book["类别"].iter_rows(min_row=2, values_only=True)]
    assert set(words) == {"噪音扰民", "乱停车", HOSTILE}


def test_the_picture(app: Flask) -> None:
    answer = app.test_client().get("/cases/weekly/heat.png?download=1")
    assert answer.mimetype == "image/png"
    assert Image.open(BytesIO(answer.data)).size[0] > 500


def test_within_limits_only(app: Flask) -> None:
    for name, role, scope in (("root", "admin", []), ("one", "worker", ["12"])):
        add_user(
            app.config["DATABASE"], name, PASSWORD, role=role, scope=scope, full_name="", at=NOW,
            by="test",
        )  # fmt: skip
    app.extensions["geogrid_users"].forget()
    assert app.test_client().get("/cases/weekly").status_code == 302
    client = sign_in(app, "one")
    text = page(client)
    assert "事件 1 0 1" in text
    assert "甲社区" not in text
    assert "仅本人负责的网格" in text
    book = openpyxl.load_workbook(BytesIO(client.get("/cases/weekly/report.xlsx").data))
    assert book["社区" if "社区" in book.sheetnames else "Community"].max_row == 2
    everything = sign_in(app, "root").get("/cases/weekly/heat.png").data
    assert client.get("/cases/weekly/heat.png").data != everything
