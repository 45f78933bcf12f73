"""The page of addresses in doubt: by area, within one's limits, put right in two clicks."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Timer
from typing import Any

import openpyxl
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, sign_in
from small_plan import HOSTILE, grids, posts, units

from geogrid.addresses.lists.answers import look_up
from geogrid.store.accounts import add_user
from geogrid.store.address_corrections import Correction, list_corrections
from geogrid.store.opening import reading
from web import create_app
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PHONE = "13812345678"
ADDRESSES = [
    "西街77号501", "西街 77 号 602", "西街1号1号楼", "云上路9号", "甲社区云上路9号",
    "乙社区云上路9号", "错列", HOSTILE, f"老王家隔壁的隔壁请打电话{PHONE}联系本人谢谢",
]  # fmt: skip


def cases(addresses: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame({"case_id": [f"W{at}" for at in range(len(addresses))]})
    rows = rows.assign(address=addresses, status="reported", lon=float("nan"), lat=float("nan"))
    placed = {"case_id": ["P1", "P2"], "address": ["西街1号1号楼", ""], "status": "reported"}
    there = pd.DataFrame(placed).assign(lon=[114.008, 114.025], lat=[22.535, 22.535])
    return pd.concat([rows, there], ignore_index=True)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.config["WORKSPACE"].use(
        name="手绘方案", grids=grids(), posts=posts(), units=units(), cases=cases(ADDRESSES)
    )
    return app


def raw(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/addresses/doubtful?lang=zh_CN{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def page(client: FlaskClient, query: str = "") -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", raw(client, query)))


def corrections(app: Flask, status: str) -> list[Correction]:
    with reading(app.config["DATABASE"]) as connection:
        return list_corrections(connection, status)


def test_each_address_with_its_area_and_why(app: Flask) -> None:
    text = page(app.test_client())
    assert "西街77号 2 次 只查到道路，没有这个门牌号 甲社区 (这条路只在那里)" in text
    assert "甲社区云上路9号 1 次" in text
    assert "区域不明" in text
    assert "2 个事件的地址现在已能查准" in text, "a hostile name is a name too"
    # 2 of 西街, 1 named, 1 by its suggestion, besides the placed case and the one that is known
    assert re.search(r"甲社区 1 3 66\.7%", text), text
    assert re.search(r"乙社区 1 – 50\.0%", text), text


def test_hostile_and_long_texts_are_text_without_numbers(app: Flask) -> None:
    shown = raw(app.test_client())
    assert HOSTILE not in shown
    assert PHONE not in shown
    assert "老王家隔壁" in shown
    assert PHONE not in app.test_client().get("/addresses/doubtful.csv").data.decode("utf-8-sig")


def test_one_kind_and_one_area(app: Flask) -> None:
    client = app.test_client()
    listed = page(client, "&grid=11&kind=none").split("逐个地址")[1]
    assert "甲社区云上路9号" in listed
    assert "西街77号" not in listed
    assert "乙社区" not in listed.split("翻页")[0].replace("乙社区 ×", "")
    unknown = page(client, "&grid=unknown").split("逐个地址")[1]
    assert "云上路9号 1 次" in unknown
    assert "甲社区云上路9号" not in unknown
    assert client.get("/addresses/doubtful?kind=x").status_code == 404


def test_put_right_in_two_clicks(app: Flask) -> None:
    client = app.test_client()
    shown = raw(client)
    forms = re.findall(r'<form method="post" action="/addr.*?</form>', shown, re.DOTALL)
    form = next(each for each in forms if 'value="错列"' in each)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert fields["text"] == "错列"
    assert fields["back"].startswith("/addresses/doubtful?")
    answer = client.post("/addresses/corrections/new", data=fields)
    assert (answer.status_code, answer.location) == (302, fields["back"].replace("&amp;", "&"))
    (kept,) = corrections(app, "confirmed")
    assert (kept.asked, kept.unit_id, kept.grid) == ("错列", "B3", "111")
    left = page(client)
    assert "错列 1 次" not in left
    assert "3 个事件的地址现在已能查准" in left, "they can be placed now, by a button"
    client.post(f"/addresses/corrections/{kept.id}/refuse")
    assert "错列 1 次" in page(client), "what is taken back is in doubt again"


def test_a_refusal_of_what_never_counted_looks_nothing_up_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    raw(client)
    form = {"text": "云上路9号", "grid": "112"}
    client.post("/addresses/corrections/new", data=form)
    (waiting,) = corrections(app, "open")
    again: list[object] = []
    monkeypatch.setattr("web.doubt_making._look_up", lambda *asked: again.append(asked))
    client.post(f"/addresses/corrections/{waiting.id}/refuse")
    assert "云上路9号 1 次" in page(client)
    monkeypatch.setattr("web.doubt_sources._of_cases", lambda *asked: again.append(asked))
    assert "云上路9号 1 次" in page(client, "&kind=none")
    assert again == [], "what is asked again is remembered"


def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, list[int]]:
    """Let looking up wait until the event is set, and nobody wait for it; count how often it is."""
    go, texts = Event(), []

    def look_up_slowly(asked: Sequence[str], *arguments: Any) -> pd.DataFrame:
        texts.append(len(asked))
        arguments[-1](0.5)
        assert go.wait(60)
        return look_up(asked, *arguments)

    monkeypatch.setattr("web.doubt_making.look_up", look_up_slowly)
    for name in ("PATIENCE_S", "DOWNLOAD_S"):
        monkeypatch.setattr(f"web.doubt_making.{name}", 0.2)
    return go, texts


def made(client: FlaskClient, query: str = "") -> None:
    until = time.monotonic() + 60
    while client.get(f"/addresses/doubtful/state{query}").get_json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_long_list_is_looked_up_beside_the_requests(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, state = app.test_client(), "/addresses/doubtful/state"
    assert client.get(state).get_json() == {"state": "none", "share": None, "error": None}
    go, asked = slow(monkeypatch)
    for shown in (raw(client), raw(app.test_client(), "&kind=none")):
        assert "正在查询地址" in shown
        assert f'data-state="{state}"' in shown
        assert '<noscript><meta http-equiv="refresh"' in shown
        assert "doubtful.xlsx" not in shown
        assert "西街77号" not in shown
    answer = client.get(state)
    assert answer.get_json() == {"state": "running", "share": 0.45 * 0.5, "error": None}
    assert answer.headers["Cache-Control"] == "no-store"
    download = client.get("/addresses/doubtful.csv")
    assert download.status_code == 503
    assert "地址仍在查询" in download.text
    go.set()
    made(client)
    shown = raw(client)
    assert "西街77号" in shown
    assert "refresh" not in shown
    assert "西街77号" in client.get("/addresses/doubtful.csv").data.decode("utf-8-sig")
    assert asked == [len(ADDRESSES)], "many who ask at once wait for the same"


def test_a_download_waits_until_everything_is_looked_up(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, asked = slow(monkeypatch)
    monkeypatch.setattr("web.doubt_making.DOWNLOAD_S", 60)
    Timer(0.5, go.set).start()
    assert "西街77号" in app.test_client().get("/addresses/doubtful.csv").data.decode("utf-8-sig")
    assert len(asked) == 1


def test_it_is_looked_up_once_for_all_processes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = page(app.test_client())
    monkeypatch.setattr("web.doubt_making._look_up", lambda *_asked: 1 / 0)
    other = create_app(app.config["SETTINGS"])
    assert page(other.test_client()) == first
    app.config["WORKSPACE"].uploads.expire(before=time.time() + 3600)
    assert other.test_client().get("/addresses/doubtful").status_code == 500, "kept for a day only"


def test_what_cannot_be_looked_up_is_said_and_can_be_tried_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    with monkeypatch.context() as broken:
        broken.setattr("web.doubt_making.look_up", lambda *_asked: 1 / 0)
        answer = client.get("/addresses/doubtful?lang=zh_CN")
        assert answer.status_code == 500
        assert "Traceback" not in answer.text
        state = client.get("/addresses/doubtful/state").get_json()
        assert (state["state"], bool(state["error"])) == ("failed", True)
    assert "西街77号" in page(client)


def test_a_whole_street_is_not_learned_as_one_door(app: Flask) -> None:
    app.config["WORKSPACE"].use(
        name="手绘方案", grids=grids(), units=units(), cases=cases(["西街", "甲苑"])
    )
    shown = raw(app.test_client())
    assert shown.count("请问清门牌号或楼栋号") == 2
    assert "/addresses/corrections/new" not in shown


def test_a_whole_community_is_not_one_place(app: Flask) -> None:
    app.config["WORKSPACE"].use(
        name="手绘方案", grids=grids(), units=units(), cases=cases(["乙社", "甲一网"])
    )
    shown = raw(app.test_client())
    assert "乙社区" in shown
    grids_offered = re.findall('name="grid" value="([^"]*)"', shown)
    assert sorted(grids_offered) == ["111", "121"], "no community"


def test_finest_grids_are_known_without_a_search_for_each_row(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("geogrid.hierarchy.Hierarchy.children")
    assert "甲社区云上路9号" in page(app.test_client())


def test_a_grid_is_chosen_and_counts_at_once(app: Flask) -> None:
    client = app.test_client()
    query = {"text": "云上路9号", "confirm": "1", "back": "/addresses/doubtful?kind=none"}
    form = client.get("/addresses/corrections/new", query_string=query).text
    assert 'name="confirm" value="1"' in form
    answer = client.post("/addresses/corrections/new", data=query | {"grid": "112"})
    assert answer.location == "/addresses/doubtful?kind=none"
    assert [each.asked for each in corrections(app, "confirmed")] == ["云上路9号"]
    elsewhere = query | {"grid": "112", "text": "某处", "back": "//evil.example"}
    assert client.post("/addresses/corrections/new", data=elsewhere).location == "/"


def test_what_waits_for_a_decision_is_not_put_right_again(app: Flask) -> None:
    client = app.test_client()
    client.post("/addresses/corrections/new", data={"text": "西街77号", "grid": "111"})
    assert len(corrections(app, "open")) == 1
    assert "纠错待处理" in page(client)


def test_files(app: Flask) -> None:
    client = app.test_client()
    client.get("/?lang=zh_CN")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/addresses/doubtful.xlsx").data))
    assert book.sheetnames == ["按社区", "地址"]
    areas = [row[:5] for row in book["按社区"].iter_rows(values_only=True)]
    assert areas[1] == ("甲社区", "11", 1, 3, 6)
    assert areas[-1][0] == "区域不明"
    rows = client.get("/addresses/doubtful.csv?grid=11&kind=doubtful").data.decode("utf-8-sig")
    assert len(rows.splitlines()) == 3
    assert rows.splitlines()[1].startswith("西街77号,2,存疑,")
    assert client.get("/addresses/doubtful.exe").status_code == 404


def people(app: Flask) -> None:
    for name, role, scope in (
        ("root", "admin", []), ("one", "supervisor", ["12"]), ("worker", "worker", []),
    ):  # fmt: skip
        add_user(
            app.config["DATABASE"], name, PASSWORD, role=role, scope=scope, full_name="", at=NOW,
            by="test",
        )  # fmt: skip
    app.extensions["geogrid_users"].forget()


def test_within_limits_only(app: Flask) -> None:
    people(app)
    one = sign_in(app, "one")
    text = page(one)
    assert "乙社区云上路9号" in text
    for other in ("西街77号", "甲社区", "区域不明 –", "老王家", "2 行的地址"):
        assert other not in text
    assert len(one.get("/addresses/doubtful.csv").data.decode("utf-8-sig").splitlines()) == 2
    worker = sign_in(app, "worker")
    for path in ("", "/state", ".csv"):
        assert worker.get(f"/addresses/doubtful{path}").status_code == 403
    outside = {"text": "西街77号", "grid": "111", "confirm": "1"}
    assert one.post("/addresses/corrections/new", data=outside).status_code == 403


def test_a_worker_confirms_nothing(app: Flask) -> None:
    people(app)
    worker = sign_in(app, "worker")
    form = {"text": "西街77号", "grid": "111", "confirm": "1"}
    assert 'name="confirm"' not in worker.get("/addresses/corrections/new", query_string=form).text
    assert worker.post("/addresses/corrections/new", data=form).status_code == 302
    assert len(corrections(app, "open")) == 1
    assert corrections(app, "confirmed") == []


def test_without_doubts(app: Flask) -> None:
    workspace = app.config["WORKSPACE"]
    workspace.use(name="手绘方案", grids=grids(), units=units())
    assert "没有需要核实的" in page(app.test_client())
    workspace.use(name="手绘方案", grids=grids(), units=units(), cases=cases(["西街1号1号楼"]))
    assert "所有地址都能查准" in page(app.test_client())


def test_a_list_looked_up_and_a_list_of_cases(app: Flask) -> None:
    client = app.test_client()
    content = "诉求地址\n西街77号\n乙社区云上路9号\n西街1号1号楼\n".encode()
    file = {"file": (io.BytesIO(content), "清单<b>.csv")}
    token = client.post("/api/v1/lookup/lists", data=file).get_json()["url"].rsplit("/", 1)[1]
    wait(client, f"/api/v1/lookup/lists/{token}")
    asked = {"column": ["诉求地址"], "datum": "wgs84"}
    client.post(f"/api/v1/lookup/lists/{token}/search", data=asked)
    wait(client, f"/api/v1/lookup/lists/{token}")
    assert f"/addresses/doubtful?list={token}" in client.get(f"/lookup/batch/{token}").text
    text = page(client, f"&list={token}")
    assert "西街77号 1 次" in text
    assert "甲社区 – 1 50.0%" in text
    file = {"file": (io.BytesIO(content), "12345.csv")}
    token = client.post("/api/v1/cases", data=file).get_json()["url"].rsplit("/", 1)[1]
    wait(client, f"/api/v1/cases/{token}")
    client.post(f"/api/v1/cases/{token}/locate", data={"field-address": "诉求地址"})
    wait(client, f"/api/v1/cases/{token}")
    assert f"/addresses/doubtful?list={token}" in client.get(f"/cases/{token}").text
    shown = raw(client, f"&list={token}")
    assert "甲社区 – 1 50.0%" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
    assert "清单&lt;b&gt;.csv" in shown, "the other list is a click away"
    for path in ("", "/state", ".csv"):
        gone = client.get(f"/addresses/doubtful{path}?list={'0' * 32}")
        assert gone.status_code in (404, 410)
    folder = app.config["WORKSPACE"].uploads.root / token
    assert [path.name for path in folder.glob("doubts-*/*.json")] == ["doubts.json"]
    client.post(f"/api/v1/cases/{token}/discard")
    assert not folder.exists(), "what was found goes with the list"


def test_a_list_located_by_an_earlier_release_is_to_be_located_again(app: Flask) -> None:
    client = app.test_client()
    file = {"file": (io.BytesIO("诉求地址\n西街77号\n".encode()), "12345.csv")}
    token = client.post("/api/v1/cases", data=file).get_json()["url"].rsplit("/", 1)[1]
    wait(client, f"/api/v1/cases/{token}")
    client.post(f"/api/v1/cases/{token}/locate", data={"field-address": "诉求地址"})
    wait(client, f"/api/v1/cases/{token}")
    kept = app.config["WORKSPACE"].uploads.root / token / "cases.parquet"
    pd.read_parquet(kept).drop(columns="matched_unit").to_parquet(kept)
    answer = client.get(f"/addresses/doubtful?list={token}&lang=zh_CN")
    assert answer.status_code == 422
    assert "请重新上传" in answer.text
    assert token not in raw(client), "it is not offered"
    assert "诉求地址" in client.get(f"/cases/{token}").text
    assert client.get(f"/api/v1/cases/{token}").get_json()["stage"] == "asking"
    assert client.get(f"/api/v1/cases/{token}/rows").status_code == 422
    client.post(f"/api/v1/cases/{token}/locate", data={"field-address": "诉求地址"})
    wait(client, f"/api/v1/cases/{token}")
    assert "西街77号" in page(client, f"&list={token}")


def test_a_located_list_counts_by_the_list_of_buildings(app: Flask) -> None:
    client = app.test_client()
    file = {"file": (io.BytesIO("诉求地址\n东街3号\n甲社区云上路9号\n".encode()), "12345.csv")}
    token = client.post("/api/v1/cases", data=file).get_json()["url"].rsplit("/", 1)[1]
    wait(client, f"/api/v1/cases/{token}")
    client.post(f"/api/v1/cases/{token}/locate", data={"field-address": "诉求地址"})
    wait(client, f"/api/v1/cases/{token}")
    # 东街3号 stands in 乙社区 and is listed in 甲社区
    assert "甲社区 1 – 50.0%" in page(client, f"&list={token}")


def wait(client: FlaskClient, address: str) -> None:
    for _again in range(200):
        if client.get(address).get_json()["stage"] in ("asking", "done"):
            return
    raise AssertionError(client.get(address).text)
