"""The page of unified layers: files, names, rules, result, files to take away, the plan."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from geogrid.coverage import check_coverage
from web.jobs import BusyError, Jobs

NASTY = "<img src=x onerror=alert(1)>"
WEST, EAST = shapely.box(114, 22.5, 114.001, 22.501), shapely.box(114.001, 22.5, 114.002, 22.501)
POLICE = gpd.GeoDataFrame(
    {"网格编码": ["P1", "P2"], "网格名称": [NASTY, "西"]}, geometry=[WEST, EAST], crs="EPSG:4326"
)
CITY = gpd.GeoDataFrame(
    {"网格编码": ["C1", "C2"]},
    geometry=[
        shapely.box(114, 22.5, 114.0014, 22.501),  # its border cuts P2, 40 m east of P1
        shapely.box(114.0014, 22.5, 114.002, 22.5007),  # and it leaves the north-east out
    ],
    crs="EPSG:4326",
)


def content(grids: gpd.GeoDataFrame) -> bytes:
    return grids.to_json(drop_id=True).encode()


def posted(client: FlaskClient, url: str, **form: Any) -> Any:
    answer = client.post(url, data=form, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def settled(client: FlaskClient, token: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state: dict[str, Any] = client.get(f"/api/v1/unify/{token}").get_json()
        checks = [each["check"] for each in state["layers"]]
        checks += [state["region"]] if state["region"] else []
        if state["stage"] != "unifying" and all(each["stage"] != "reading" for each in checks):
            return state
        time.sleep(0.02)
    raise AssertionError("the work does not end")


def add(client: FlaskClient, token: str, name: str, body: bytes) -> dict[str, Any]:
    posted(client, f"/api/v1/unify/{token}/layers", files=[(io.BytesIO(body), name)])
    return settled(client, token)


def begun(client: FlaskClient) -> str:
    return str(posted(client, "/api/v1/unify")["token"])


def layers(client: FlaskClient) -> str:
    """Return the token of two layers, police and city management."""
    token = begun(client)
    add(client, token, "公安.geojson", content(POLICE))
    add(client, token, "城管.geojson", content(CITY))
    return token


def run(client: FlaskClient, token: str, **form: str) -> dict[str, Any]:
    posted(client, f"/api/v1/unify/{token}/run", **form)
    return settled(client, token)


@pytest.fixture
def client(own_app: Flask) -> FlaskClient:
    return own_app.test_client()


def data(client: FlaskClient, token: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/unify/{token}/data").get_json()
    return found


def test_the_page_asks_for_files_and_remembers_them(client: FlaskClient) -> None:
    page = client.get("/unify").get_data(as_text=True)
    assert "各部门的边界文件" in page
    assert "把当前网格作为一个图层：" in page
    assert 'href="/unify"' in client.get("/").get_data(as_text=True)
    assert "boundary file of each" in client.get("/unify?lang=en").get_data(as_text=True)
    token = layers(client)
    client.get(f"/unify/{token}")
    assert f"/unify/{token}" in client.get("/unify?lang=zh_CN").get_data(as_text=True)
    assert client.get(f"/unify/{'0' * 32}").location == "/unify"


def test_every_file_is_read_like_that_of_a_check(client: FlaskClient, tmp_path: Path) -> None:
    token = layers(client)
    state = settled(client, token)
    assert [each["name"] for each in state["layers"]] == ["公安", "城管"]
    assert [each["check"]["seen"]["grids"] for each in state["layers"]] == [2, 2]
    CITY.to_crs("EPSG:4547").to_file(tmp_path / "安监.shp", encoding="GBK")
    parts = sorted(tmp_path.glob("安监.*"))
    files = [(io.BytesIO(p.read_bytes()), p.name) for p in parts if p.suffix != ".prj"]
    posted(client, f"/api/v1/unify/{token}/layers", files=files)
    third = settled(client, token)["layers"][2]["check"]
    assert third["seen"]["ready"] is False
    answer = client.post(f"/api/v1/unify/{token}/run")
    assert answer.status_code == 422
    assert "安监.shp" in answer.get_json()["detail"]
    form = {"system": "cgcs2000_3", "meridian": "114"}
    client.post(f"/api/v1/check/{third['token']}/read", data=form)
    assert settled(client, token)["layers"][2]["check"]["seen"]["ready"] is True
    assert run(client, token)["stage"] == "done"
    removed = posted(client, f"/api/v1/unify/{token}/layers/{third['token']}/remove")
    assert [each["name"] for each in removed["layers"]] == ["公安", "城管"]


def test_what_agrees_crosses_and_is_left_out_is_said(client: FlaskClient) -> None:
    token = layers(client)
    assert run(client, token)["stage"] == "done"
    found = data(client, token)
    assert found["is_proven"] is True
    assert found["headline"].startswith("公安、城管合为一张网，共 4 个网格")
    (pair,) = found["agreement"]
    assert (pair["one"], pair["other"], pair["same"]) == ("公安", "城管", 0)
    assert pair["length_m"] > 200
    kinds = [row["kind"] for row in found["rows"]]
    assert {kind: kinds.count(kind) for kind in found["counts"]} == found["counts"]
    crossing = next(row for row in found["rows"] if row["label"] == "公安 P2，被城管边界穿越")
    assert set(crossing["codes"]) >= {"P2-1", "P2-2"}
    assert "C1" in crossing["detail"] and "C2" in crossing["detail"]
    hole = next(row for row in found["rows"] if row["kind"] == "hole")
    assert hole["label"] == "城管此处没有网格"
    assert hole["area_m2"] == pytest.approx(61.7 * 33.2, rel=0.02)
    shapes = client.get(f"/api/v1/unify/{token}/shapes.geojson").get_json(force=True)
    assert {each["properties"]["id"] for each in shapes["features"]} == {
        row["id"] for row in found["rows"]
    }
    client.get("/unify?lang=en")
    assert data(client, token)["headline"].startswith("公安, 城管 become one layer of 4 grids")


def test_names_and_rules_are_kept_and_used(client: FlaskClient) -> None:
    token = layers(client)
    one, two = (each["check"]["token"] for each in settled(client, token)["layers"])
    form = {f"name-{one}": " 派出所\n一 ", "lead": two, "crossings": "lead", "snap_m": "0"}
    state = posted(client, f"/api/v1/unify/{token}/settings", **form)
    assert [each["name"] for each in state["layers"]] == ["派出所 一", "城管"]
    state = run(client, token)
    assert (state["settings"]["snap_m"], state["stage"]) == (0.0, "done")
    found = json.loads(client.get(f"/unify/{token}/download/unify.json").data)
    assert (found["lead"], found["crossings_rule"], found["snap_m"]) == ("城管", "lead", 0.0)
    assert found["layers"] == ["城管", "派出所 一"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"snap_m": "-1"}, "-1"),
        ({"min_area_m2": "viel"}, "viel"),
        ({"crossings": "burn"}, "burn"),
        ({"lead": "nobody"}, "nobody"),
        ({"region": "moon"}, "moon"),
        ({"region": "file"}, "辖区范围"),
    ],
)
def test_answers_that_were_not_offered_are_refused(
    client: FlaskClient, form: dict[str, str], said: str
) -> None:
    token = layers(client)
    answer = client.post(f"/api/v1/unify/{token}/run", data=form)
    assert answer.status_code == 422
    assert said in answer.get_json()["detail"]
    assert settled(client, token)["stage"] == "asking"


def test_layers_need_names_of_their_own(client: FlaskClient) -> None:
    token = begun(client)
    assert client.post(f"/api/v1/unify/{token}/run").status_code == 422
    add(client, token, "grids.geojson", content(POLICE))
    answer = client.post(f"/api/v1/unify/{token}/run")
    assert "至少需要两个图层" in answer.get_json()["detail"]
    second = add(client, token, "GRIDS.geojson", content(CITY))["layers"][1]["check"]["token"]
    answer = client.post(f"/api/v1/unify/{token}/run")
    assert "有两个图层都叫" in answer.get_json()["detail"]
    answer = client.post(f"/api/v1/unify/{token}/run", data={f"name-{second}": "  "})
    assert "GRIDS.geojson" in answer.get_json()["detail"]


def test_files_that_cannot_be_used_are_named(client: FlaskClient) -> None:
    token = layers(client)
    state = add(client, token, "说明.txt", "你好".encode())
    assert "说明.txt" in state["layers"][2]["check"]["error"]
    answer = client.post(f"/api/v1/unify/{token}/run")
    assert "说明.txt 还不能用" in answer.get_json()["detail"]
    assert client.post(f"/api/v1/unify/{token}/layers", data={}).status_code == 422


def test_a_layer_that_lies_elsewhere_is_named(client: FlaskClient) -> None:
    token = layers(client)
    away = CITY.set_geometry(CITY.translate(xoff=3))
    add(client, token, "安监.geojson", content(away))
    state = run(client, token)
    assert state["stage"] == "asking"
    assert "“安监”与“公安”相距 3" in state["error"]
    assert "坐标系" in state["error"]


def test_the_outline_is_a_file_like_the_others(client: FlaskClient) -> None:
    token = layers(client)
    outline = gpd.GeoDataFrame(geometry=[shapely.box(114, 22.5, 114.0025, 22.501)], crs=4326)
    files = [(io.BytesIO(content(outline)), "辖区.geojson")]
    state = posted(client, f"/api/v1/unify/{token}/region", files=files)
    assert state["settings"]["region"] == "file"
    assert settled(client, token)["region"]["seen"]["grids"] == 1
    run(client, token)
    found = json.loads(client.get(f"/unify/{token}/download/unify.json").data)
    assert [each["origin"] for each in found["grids"]].count("gap") == 1
    again = posted(client, f"/api/v1/unify/{token}/settings", region="none")
    assert again["settings"]["region"] == "none"


def test_the_map_shows_before_and_after(client: FlaskClient) -> None:
    token = layers(client)
    run(client, token)
    page = client.get(f"/unify/{token}").get_data(as_text=True)
    assert NASTY not in page
    for words in ("合一后", "公安", "城管", "叠加细分"):
        assert f">{words}</button>" in page
    codes = [
        sorted(
            each["properties"]["code"]
            for each in client.get(f"/api/v1/unify/{token}/maps/{number}.geojson").get_json(
                force=True
            )["features"]
        )
        for number in range(3)
    ]
    assert codes == [["P1", "P2-1", "P2-2", "P2-3"], ["P1", "P2"], ["C1", "C2"]]
    pieces = client.get(f"/api/v1/unify/{token}/maps/3.geojson").get_json(force=True)["features"]
    assert {each["properties"]["name"] for each in pieces} == {
        "P1 · C1", "P2 · C1", "P2 · C2", "P2 · —"
    }  # fmt: skip
    assert client.get(f"/api/v1/unify/{token}/maps/4.geojson").status_code == 404


def test_files_are_taken_away_and_the_layer_becomes_the_plan(
    client: FlaskClient, tmp_path: Path
) -> None:
    token = layers(client)
    assert client.get(f"/unify/{token}/download/grids.gpkg").status_code == 404
    run(client, token)
    names = ("grids.gpkg", "grids.geojson", "refinement.gpkg", "unify.json", "map.html")
    for name in (*names, "changes.xlsx"):
        answer = client.get(f"/unify/{token}/download/{name}")
        assert answer.status_code == 200, name
        (tmp_path / name).write_bytes(answer.data)
    for name in ("about.json", "grids", "data-en.json", "../unify.json"):
        assert client.get(f"/unify/{token}/download/{name}").status_code == 404
    unified = gpd.read_file(tmp_path / "grids.gpkg")
    assert check_coverage(unified).is_seamless
    assert {"公安", "城管"} <= set(unified.columns)
    sheet = openpyxl.load_workbook(tmp_path / "changes.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["图层", "原网格", "现网格"]
    assert sheet.max_row - 1 == data(client, token)["counts"]["moved"]
    page = client.get(f"/check/{token}").get_data(as_text=True)
    assert f"/unify/{token}" in page
    assert client.get(f"/check/{token}/download/report.docx").status_code == 200
    answer = client.post(f"/api/v1/check/{token}/use", data={"name": "一张网"})
    assert answer.status_code == 200, answer.get_json()
    plan = client.application.config["WORKSPACE"].current()
    assert (plan.name, plan.is_sample) == ("一张网", False)
    assert sorted(plan.grids["code"]) == ["P1", "P2-1", "P2-2", "P2-3"]
    assert check_coverage(plan.grids, plan.region).is_proven


def test_the_current_grids_are_a_layer_and_sample_data_stay_sample(client: FlaskClient) -> None:
    token = begun(client)
    posted(client, f"/api/v1/unify/{token}/layers", current="1")
    current = client.application.config["WORKSPACE"].current()
    state = settled(client, token)
    assert state["layers"][0]["check"]["title"] == current.name
    finest = current.grids[~current.grids["code"].isin(current.grids["parent"])]
    add(client, token, "城管.geojson", finest[["code", "geometry"]].head(40).to_json().encode())
    assert run(client, token)["stage"] == "done"
    assert "示例数据" in client.get(f"/unify/{token}").get_data(as_text=True)
    client.post(f"/api/v1/check/{token}/use", data={"name": "x"})
    assert client.application.config["WORKSPACE"].current().is_sample is True


def test_a_failed_run_keeps_the_result_before(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = layers(client)
    run(client, token)
    before = data(client, token)

    def broken(*_given: Any, **_options: Any) -> None:
        raise RuntimeError("secret 13800000000")

    monkeypatch.setattr("web.unify.run.unify_layers", broken)
    state = run(client, token)
    assert state["stage"] == "asking"
    assert state["error"] and "13800000000" not in json.dumps(state)
    assert data(client, token) == before


def test_a_busy_server_and_a_restart_are_said(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = layers(client)

    def busy(*_given: Any) -> None:
        raise BusyError("The server is busy with other files. Try again in a minute.")

    with monkeypatch.context() as patched:
        patched.setattr(Jobs, "start", busy)
        assert client.post(f"/api/v1/unify/{token}/run").status_code == 503
        spool = client.application.config["WORKSPACE"].uploads.root
        folders = set(spool.iterdir())
        url = f"/api/v1/unify/{token}/layers"
        files = {"files": [(io.BytesIO(content(CITY)), "安监.geojson")]}
        assert client.post(url, data=files).status_code == 503
        assert set(spool.iterdir()) == folders
    assert settled(client, token)["stage"] == "asking"
    state = spool / token / "unify.json"
    state.write_text(state.read_text("utf-8").replace('"asking"', '"unifying"'), "utf-8")
    again = client.get(f"/api/v1/unify/{token}").get_json()
    assert again["stage"] == "asking" and "重启" in again["error"]


def test_at_most_eight_layers(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = layers(client)
    monkeypatch.setattr("web.unify.views.MOST_LAYERS", 2)
    files = {"files": [(io.BytesIO(content(CITY)), "安监.geojson")]}
    answer = client.post(f"/api/v1/unify/{token}/layers", data=files)
    assert (answer.status_code, "2" in answer.get_json()["detail"]) == (413, True)
