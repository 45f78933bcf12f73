"""The gazetteer on the page of the data: seen before it counts, by source, sent and removed."""

from __future__ import annotations

import io
import json
import re
import time
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from flask.testing import FlaskClient
from published import put_in_force

from geogrid.store.workspace import Workspace
from geogrid.tables import Table, read_tables

NASTY = "<img src=x onerror=alert(1)>"
GRIDS = gpd.GeoDataFrame(
    {"code": ["A", "B"], "name": [NASTY, "西网格"]},
    geometry=[shapely.box(114.0, 22.5, 114.01, 22.51), shapely.box(114.01, 22.5, 114.02, 22.51)],
    crs="EPSG:4326",
)
HEADER = ["地址", "名称", "别名", "经度", "纬度", "网格"]
ROWS = [
    ["泰然七路1号", "", "", 114.005, 22.505, ""],
    ["泰然七路１号", "", "七号楼", 114.00501, 22.505, ""],
    ["泰然七路2号", NASTY, "", 114.015, 22.505, ""],
    ["泰然七路3号", "", "", 114.002, 22.505, ""],
    ["泰然七路3号", "", "", 114.008, 22.505, ""],
    ["泰然七路4号", "", "", 115.9, 22.505, ""],
    ["泰然七路5号", "", "", None, None, ""],
    ["", "", "", 114.015, 22.505, ""],
    ["泰然七路6号", "", "", 114.015, 22.505, "A"],
]


@pytest.fixture
def workspace(own_client: FlaskClient) -> Workspace:
    """Return a workspace whose plan are two grids of our own."""
    found: Workspace = own_client.application.config["WORKSPACE"]
    found.use(name="南园", grids=GRIDS)
    return found


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def send(client: FlaskClient, content: bytes, name: str = "list.xlsx") -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/api/v1/workspace/addresses", data=data)


def fates(page: str) -> dict[int, str]:
    """Return what becomes of each row, by its number in the file."""
    found = re.findall(
        r'<td class="number">(\d+)</td>.*?<td class="fate \w+">(.*?)</td>', page, re.S
    )
    return {int(number): " ".join(re.sub("<.*?>", " ", words).split()) for number, words in found}


def upload(client: FlaskClient, rows: list[list[Any]], name: str = "门牌库.xlsx") -> str:
    answer = send(client, workbook([HEADER, *rows]), name)
    assert answer.status_code == 200, answer.get_json()
    url: str = answer.get_json()["url"]
    return url


def use(client: FlaskClient, url: str, **form: str) -> Any:
    return client.post(f"/api/v1{url}/use", data={"datum": "wgs84", **form})


def entries(workspace: Workspace) -> pd.DataFrame:
    found = workspace.current().addresses
    assert found is not None
    return found


def test_every_row_is_seen_before_anything_is_kept(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    url = upload(own_client, ROWS)
    page = unescape(own_client.get(url).get_data(as_text=True))
    assert "坐标" in page
    assert "启用这份清单" not in page, "the datum is asked first"
    page = own_client.get(f"{url}?datum=wgs84").get_data(as_text=True)
    said = fates(page)
    assert said[2] == "与另一行重复，已合并 并入第 3 行。"
    assert "相距 617 米" in said[5]
    assert "相距 617 米" in said[6]
    assert said[7] == "可用，但不在任何网格内"
    assert said[8] == "不可用：没有坐标"
    assert "泰然七路5号" in page, "what has no position is called by its address"
    assert said[9] == "不可用：没有地址也没有名称"
    assert said[10] == "可用；但位置落在别的网格里"
    assert "有 1 行与其他行地址相同" in page
    assert NASTY not in page
    assert workspace.current().addresses is None


def test_a_list_is_kept_by_source_and_taken_back_as_it_was_sent(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    url = upload(own_client, ROWS)
    assert use(own_client, url, source="公安门牌", dated="2026-02-03").get_json() == {
        "url": "/workspace?new=addresses"
    }
    found = entries(workspace)
    assert len(found) == 6
    assert set(found["source"] + found["dated"]) == {"公安门牌2026-02-03"}
    assert found.set_index("address").at["泰然七路１号", "aliases"] == "七号楼"
    page = own_client.get("/workspace?new=addresses").get_data(as_text=True)
    assert "2026-02-03 · 6 条地址" in page
    content = own_client.get("/workspace/addresses.xlsx?source=公安门牌").data
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert rows[0][:4] == ("地址", "名称", "行政区", "类型")
    again = send(own_client, content, "x.xlsx").get_json()["url"]
    assert use(own_client, again, datum="").status_code == 200
    pd.testing.assert_frame_equal(entries(workspace), found)


def test_another_source_stays_and_one_can_be_removed(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    put_in_force(workspace)
    use(own_client, upload(own_client, ROWS[:1]), source="甲")
    use(own_client, upload(own_client, ROWS[2:3]), source="乙")
    use(own_client, upload(own_client, ROWS[3:4]), source="甲")
    assert set(entries(workspace)["address"]) == {"泰然七路3号", "泰然七路2号"}
    gone = own_client.post("/api/v1/workspace/addresses/remove", data={"source": "甲"})
    assert gone.get_json() == {"url": "/workspace"}
    assert entries(workspace)["address"].tolist() == ["泰然七路2号"]
    missing = own_client.post("/api/v1/workspace/addresses/remove", data={"source": NASTY})
    assert missing.status_code == 404
    text = own_client.get("/workspace/addresses.csv").data.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("泰然七路2号")


def test_points_of_geojson_are_read(own_client: FlaskClient, workspace: Workspace) -> None:
    point = {"type": "Point", "coordinates": [114.005, 22.505]}
    feature = {"type": "Feature", "properties": {"name": "小学"}, "geometry": point}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    url = send(own_client, content, "poi.geojson").get_json()["url"]
    assert own_client.get(f"{url}?datum=wgs84").status_code == 200
    use(own_client, url)
    (row,) = entries(workspace).to_dict("records")
    assert (row["name"], row["source"]) == ("小学", "poi")


def test_a_sample_becomes_a_draft_that_keeps_them(own_client: FlaskClient) -> None:
    found: Workspace = own_client.application.config["WORKSPACE"]
    assert use(own_client, upload(own_client, ROWS[:1])).status_code == 200
    assert found.digest.startswith("draft:")
    assert len(entries(found)) == 1


@pytest.mark.parametrize(
    ("rows", "form", "said"),
    [
        ([HEADER, *ROWS[6:8]], {}, "没有"),
        ([HEADER, ROWS[0]], {"dated": "2026-13-01"}, "2026-13-01"),
        ([HEADER, ["长" * 301, "", "", 114.005, 22.505, ""]], {}, "300"),
        ([["甲", "乙"], ["1", "2"]], {}, "没有地址列或名称列"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_kept(
    own_client: FlaskClient,
    workspace: Workspace,
    rows: list[list[Any]],
    form: dict[str, str],
    said: str,
) -> None:
    url = send(own_client, workbook(rows)).get_json()["url"]
    answer = use(own_client, url, **form)
    assert answer.status_code == 422
    assert said in answer.get_json()["detail"]
    assert workspace.current().addresses is None


def test_the_form_can_be_filled_in(own_client: FlaskClient, workspace: Workspace) -> None:
    content = own_client.get("/workspace/addresses/form.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["地址", "名称"]
    sheet.append(["泰然七路1号", "", "", "", "", 114.005, 22.505, "", "B"])
    stream = io.BytesIO()
    book.save(stream)
    url = send(own_client, stream.getvalue()).get_json()["url"]
    use(own_client, url)
    assert entries(workspace)["grid"].tolist() == ["B"]
    assert own_client.get("/workspace/addresses.txt").status_code == 404


def test_there_is_nothing_to_send_at_first(own_client: FlaskClient) -> None:
    assert own_client.get("/workspace/addresses.xlsx").status_code == 404


def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, list[str]]:
    """Let reading wait until the event is set, and nobody wait for it; tell what is read."""
    go, read = Event(), []

    def read_slowly(path: Path, *, filename: str) -> list[Table]:
        read.append(filename)
        assert go.wait(60)
        return read_tables(path, filename=filename)

    monkeypatch.setattr("web.workspace.office_tables.read_tables", read_slowly)
    monkeypatch.setattr("web.workspace.kept_preview.PATIENCE_S", 0.2)
    return go, read


def test_a_list_that_is_read_is_shown_though_the_plan_changes_meanwhile(
    own_client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, read = slow(monkeypatch)
    url = upload(own_client, ROWS)
    page = own_client.get(f"{url}?datum=wgs84").text
    state = unescape(re.search(r'data-state="([^"]+)"', page)[1])  # type: ignore[index]
    made = state.split("made=")[1]
    for name in ("改名一", "改名二"):
        workspace.rename(name)
        assert own_client.get(state).get_json()["state"] == "running"
        assert "progress" in own_client.get(f"{url}?datum=wgs84&made={made}").text
    go.set()
    until = time.monotonic() + 60
    while own_client.get(state).get_json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.05)
    assert len(fates(own_client.get(f"{url}?datum=wgs84&made={made}").text)) >= 1
    assert len(read) == 1, "nobody begins anew while it is read"
    for odd in ("../x", "preview-0123456789abcdef", "x" * 300):
        assert own_client.get(url, query_string={"datum": "wgs84", "made": odd}).status_code == 200


def test_a_long_list_is_read_once_beside_the_requests(
    own_client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, read = slow(monkeypatch)
    url = upload(own_client, ROWS)
    state = f"{url}/state?datum=wgs84"
    assert own_client.get(state).get_json() == {"state": "none", "share": None, "error": None}
    for query in ("", "&page=1"):
        page = own_client.get(f"{url}?datum=wgs84{query}&lang=zh_CN").text
        assert "正在读取清单" in page
        assert f'data-state="{state}&amp;made=preview-' in page
        assert '<noscript><meta http-equiv="refresh"' in page
        assert "使用这份清单" not in page
        assert "坐标" in page, "what is chosen can be changed meanwhile"
    answer = own_client.get(state)
    assert answer.get_json() == {"state": "running", "share": 0.05, "error": None}
    assert answer.headers["Cache-Control"] == "no-store"
    go.set()
    until = time.monotonic() + 60
    while own_client.get(state).get_json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.05)
    for query in ("", "&show=1", "&page=9", "&show=99999"):
        page = own_client.get(f"{url}?datum=wgs84{query}").text
        assert len(fates(page)) >= 1
        assert "refresh" not in page
    assert len(read) == 1, "it is read once, for all who ask and all pages"
    workspace.use(name="南园", grids=GRIDS.assign(name=["东网格", "西网格"]))
    assert "东网格" in finished(own_client, f"{url}?datum=wgs84"), "another plan, another preview"
    assert len(read) == 2


def finished(client: FlaskClient, url: str) -> str:
    until = time.monotonic() + 60
    while 'id="making"' in (page := client.get(url).text):
        assert time.monotonic() < until
    return page


def test_a_missing_datum_is_asked_for_and_an_error_said_again(
    own_client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = upload(own_client, ROWS)
    for _again in range(2):
        page = own_client.get(f"{url}?lang=zh_CN").text
        assert "清单里有经纬度" in page
        assert "<table" not in page
    nothing = send(own_client, workbook([["甲", "乙"], ["1", "2"]]))
    for _again in range(2):
        assert own_client.get(nothing.get_json()["url"]).status_code == 422
    with monkeypatch.context() as broken:
        broken.setattr("web.workspace.office_tables.read_tables", lambda *_a, **_k: 1 / 0)
        assert own_client.get(f"{url}?datum=wgs84").status_code == 500
        state = own_client.get(f"{url}/state?datum=wgs84").get_json()
        assert (state["state"], bool(state["error"])) == ("failed", True)
    assert own_client.get(f"{url}?datum=wgs84").status_code == 200


def test_how_far_a_list_is_only_its_owner_may_ask(own_client: FlaskClient) -> None:
    assert own_client.get(f"/workspace/addresses/{'0' * 32}/state").status_code == 404
    assert own_client.get(f"/workspace/nothing/{'0' * 32}/state").status_code == 404
