"""The page of the check: upload, confirm, result, take away, use."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from threading import Event
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from geogrid.coverage import check_coverage
from geogrid.store.workspace import Workspace, sample_folder
from web.check.folder import CheckFolder
from web.jobs import BusyError, Jobs

NASTY = "<img src=x onerror=alert(1)>"
BOXES = [shapely.box(114.0, 22.5, 114.001, 22.501), shapely.box(114.001, 22.5, 114.002, 22.501)]
REGION = shapely.box(114.0, 22.5, 114.0022, 22.501)


def frame(**columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=BOXES, crs="EPSG:4326")


def shapefile(folder: Path, grids: gpd.GeoDataFrame, *, without: str = "") -> list[Path]:
    folder.mkdir(exist_ok=True)
    projected = grids if grids.crs.is_projected else grids.to_crs("EPSG:4547")
    projected.to_file(folder / "南园网格.shp", encoding="GBK")
    for path in folder.iterdir():
        if path.suffix in (".cpg", without):
            path.unlink()
    return sorted(folder.iterdir())


def geojson(path: Path, grids: gpd.GeoDataFrame) -> Path:
    path.write_text(grids.to_json(drop_id=True), encoding="utf-8")
    return path


def send(client: FlaskClient, paths: list[Path], url: str = "/api/v1/check") -> Any:
    files = [(io.BytesIO(path.read_bytes()), path.name) for path in paths]
    return client.post(url, data={"files": files}, content_type="multipart/form-data")


def settled(client: FlaskClient, token: str) -> dict[str, Any]:
    """Wait for the work in the background and return the state."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state: dict[str, Any] = client.get(f"/api/v1/check/{token}").get_json()
        if state["stage"] not in ("reading", "checking"):
            return state
        time.sleep(0.02)
    raise AssertionError("the work does not end")


def uploaded(client: FlaskClient, paths: list[Path]) -> dict[str, Any]:
    return settled(client, send(client, paths).get_json()["token"])


def checked(client: FlaskClient, token: str, **form: str) -> dict[str, Any]:
    answer = client.post(f"/api/v1/check/{token}/run", data=form)
    assert answer.status_code == 200, answer.get_json()
    return settled(client, token)


@pytest.fixture(scope="module")
def done(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return a check of two grids that is done, with a region that they do not fill."""
    return fill_and_check(app.test_client(), tmp_path_factory.mktemp("done"))


def fill_and_check(client: FlaskClient, tmp_path: Path) -> dict[str, Any]:
    grids = frame(网格编码=["A", "B"], 网格名称=[NASTY, "西"], 户数=[12, 7])
    state = uploaded(client, [geojson(tmp_path / "南园.geojson", grids)])
    region = gpd.GeoDataFrame(geometry=[REGION], crs="EPSG:4326")
    path = geojson(tmp_path / "region.geojson", region)
    assert send(client, [path], f"/api/v1/check/{state['token']}/region").status_code == 200
    return checked(client, state["token"], region="file")


def test_the_page_asks_for_a_file(client: FlaskClient) -> None:
    page = client.get("/check").get_data(as_text=True)
    assert "把边界文件拖到这里" in page
    assert "检查当前网格：" in page
    assert "boundary file" in client.get("/check?lang=en").get_data(as_text=True)


def test_a_shapefile_in_gbk_is_recognised(client: FlaskClient, tmp_path: Path) -> None:
    grids = frame(网格编码=["A", "B"], 网格名称=["东网格", "西网格"], 户数=[12, 7])
    state = uploaded(client, shapefile(tmp_path / "shp", grids))
    seen = state["seen"]
    assert (state["stage"], state["title"], seen["ready"]) == ("asking", "南园网格.shp", True)
    assert seen["fields"] == {"code": "网格编码", "name": "网格名称", "households": "户数"}
    assert {"name": "网格名称", "samples": ["东网格", "西网格"]} in seen["columns"]
    assert "中央经线 114°" in seen["crs"]["text"]
    assert seen["levels"] == [{"level": 3, "count": 2, "label": "网格"}]
    assert seen["outline"]["path"].count("M") == 2
    assert "东经114.0" in seen["place"]["text"]


def test_a_missing_system_is_asked_in_plain_words(client: FlaskClient, tmp_path: Path) -> None:
    state = uploaded(client, shapefile(tmp_path / "shp", frame(BM=["A", "B"]), without=".prj"))
    assert (state["stage"], state["seen"]["ready"]) == ("asking", False)
    nothing = {"known": False, "stated": False, "text": None, "problem": None}
    assert state["seen"]["crs"] == nothing
    assert state["seen"]["grids"] == 2
    assert not any("--" in each["text"] for each in state["seen"]["findings"])
    form = {"system": "cgcs2000_3", "meridian": "114", "region": "none"}
    client.post(f"/api/v1/check/{state['token']}/read", data=form)
    again = settled(client, state["token"])
    assert (again["seen"]["ready"], again["seen"]["place"]["far"]) == (True, False)
    client.post(f"/api/v1/check/{state['token']}/read", data=form | {"meridian": "75"})
    assert settled(client, state["token"])["seen"]["place"]["far"] is False  # 75°E is China
    client.post(f"/api/v1/check/{state['token']}/read", data={"system": "epsg", "epsg": "2232"})
    assert settled(client, state["token"])["seen"]["place"]["far"] is True


def test_eastings_with_a_zone_number_suggest_the_meridian(
    client: FlaskClient, tmp_path: Path
) -> None:
    grids = frame(BM=["A", "B"]).to_crs("EPSG:4526")
    state = uploaded(client, shapefile(tmp_path / "shp", grids, without=".prj"))
    assert state["seen"]["meridian"] == 114
    form = {"system": "cgcs2000_3", "meridian": "114"}
    client.post(f"/api/v1/check/{state['token']}/read", data=form)
    assert "EPSG:4526" in settled(client, state["token"])["seen"]["crs"]["text"]


def test_shapes_without_columns_are_numbered_and_may_be_communities(
    client: FlaskClient, tmp_path: Path
) -> None:
    state = uploaded(client, [geojson(tmp_path / "bare.geojson", frame())])
    assert state["seen"]["asks_level"] is True
    assert "1、2、3" in state["seen"]["findings"][0]["text"]
    done = checked(client, state["token"], level="2")
    token = done["token"]
    assert client.get(f"/api/v1/check/{token}/levels/2.geojson").status_code == 200
    assert client.get(f"/api/v1/check/{token}/levels/3.geojson").status_code == 404


def test_a_layer_is_chosen_and_another_is_the_outline(client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "all.gpkg"
    frame(BM=["A", "B"]).to_file(path, layer="grids")
    gpd.GeoDataFrame(geometry=[REGION], crs="EPSG:4326").to_file(path, layer="street")
    state = uploaded(client, [path])
    assert [each["name"] for each in state["seen"]["layers"]] == ["grids", "street"]
    assert (state["seen"]["ready"], state["error"]) == (False, None)
    client.post(f"/api/v1/check/{state['token']}/read", data={"layer": "grids"})
    assert settled(client, state["token"])["seen"]["grids"] == 2
    form = {"layer": "grids", "region": "layer", "region_layer": "street"}
    assert checked(client, state["token"], **form)["stage"] == "done"
    data = client.get(f"/api/v1/check/{state['token']}/data").get_json()
    assert [row["kind"] for row in data["rows"]][:1] == ["gap"]


def test_communities_in_the_region_file_become_the_level_above(
    client: FlaskClient, tmp_path: Path
) -> None:
    state = uploaded(client, [geojson(tmp_path / "g.geojson", frame(网格编码=["A1", "B1"]))])
    communities = frame(社区编码=["A", "B"], 社区名称=["东社区", "西社区"])
    path = geojson(tmp_path / "communities.geojson", communities)
    token = state["token"]
    send(client, [path], f"/api/v1/check/{token}/region")
    client.post(f"/api/v1/check/{token}/read", data={"region": "file"})
    assert settled(client, token)["seen"]["region"]["areas"] == 2
    checked(client, token, region="file", region_as_level="yes")
    page = client.get(f"/check/{token}").get_data(as_text=True)
    assert 'data-level="2"' in page
    assert client.get(f"/api/v1/check/{token}/data").get_json()["is_proven"] is True
    checked(client, token, region="file", region_as_level="no")
    assert 'data-level="2"' not in client.get(f"/check/{token}").get_data(as_text=True)


def test_columns_can_be_chosen(client: FlaskClient, tmp_path: Path) -> None:
    grids = frame(奇怪的列=["X1", "X2"], 网格编码=["A", "B"])
    state = uploaded(client, [geojson(tmp_path / "g.geojson", grids)])
    client.post(
        f"/api/v1/check/{state['token']}/read",
        data={"field-code": "奇怪的列", "field-name": "网格编码"},
    )
    fields = settled(client, state["token"])["seen"]["fields"]
    assert (fields["code"], fields["name"]) == ("奇怪的列", "网格编码")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"hello"),
        ("map.geojson", b'{"type": "FeatureCollection", "features": [{"type"'),
        ("map.dwg", b"AC1032\x00\x00 and so on"),
        ("map.zip", b"PK\x03\x04 but no zip"),
        ("empty.geojson", b""),
    ],
)
def test_files_that_cannot_be_read_are_explained(
    client: FlaskClient, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    state = uploaded(client, [path])
    assert (state["stage"], state["seen"]) == ("failed", None)
    assert state["error"]
    page = client.get(f"/check/{state['token']}")
    assert page.status_code == 200


def test_only_the_parts_of_one_shapefile_go_together(client: FlaskClient, tmp_path: Path) -> None:
    one, two = tmp_path / "a.geojson", tmp_path / "b.geojson"
    for path in (one, two):
        path.write_text("{}")
    spool = client.application.config["WORKSPACE"].uploads.root
    spool.mkdir(exist_ok=True)
    before = set(spool.iterdir())
    answer = send(client, [one, two])
    assert answer.status_code == 422
    assert ".shp" in answer.get_json()["detail"]
    assert send(client, []).status_code == 422
    assert set(spool.iterdir()) == before


def test_names_of_files_cannot_lead_anywhere(client: FlaskClient, tmp_path: Path) -> None:
    body = geojson(tmp_path / "g.geojson", frame()).read_bytes()
    files = [(io.BytesIO(body), "../../../evil<b>.geojson")]
    answer = client.post("/api/v1/check", data={"files": files})
    state = settled(client, answer.get_json()["token"])
    assert state["title"] == "evil_b_.geojson"
    spool = client.application.config["WORKSPACE"].uploads.root
    assert [path.name for path in (spool / state["token"] / "files").iterdir()] == [state["title"]]


def test_the_result_stays_for_a_reload_and_another_tab(done: dict[str, Any], app: Flask) -> None:
    assert done["stage"] == "done"
    client = app.test_client()
    page = client.get(f"/check/{done['token']}").get_data(as_text=True)
    assert 'id="defects"' in page
    assert "南园.geojson" in client.get("/check").get_data(as_text=True)
    assert "南园.geojson" not in app.test_client().get("/check").get_data(as_text=True)


def test_the_result_says_what_is_wrong(done: dict[str, Any], client: FlaskClient) -> None:
    token = done["token"]
    data = client.get(f"/api/v1/check/{token}/data").get_json()
    gap = data["rows"][0]
    assert (gap["kind"], gap["codes"]) == ("gap", ["B"])
    assert gap["area_m2"] == pytest.approx(2277, rel=0.02)
    assert data["is_seamless"] is False
    shapes = client.get(f"/api/v1/check/{token}/shapes.geojson").get_json(force=True)
    assert gap["id"] in {each["properties"]["id"] for each in shapes["features"]}
    assert client.get(f"/api/v1/check/{token}/region.geojson").status_code == 200
    english = client.get(f"/api/v1/check/{token}/data?lang=en").get_json()
    assert english["verdict"] != data["verdict"]


def test_names_from_the_file_stay_text(done: dict[str, Any], client: FlaskClient) -> None:
    for path in ("", "/report"):
        page = client.get(f"/check/{done['token']}{path}").get_data(as_text=True)
        assert NASTY not in page


@pytest.mark.parametrize(
    "name",
    [
        *(f"report.{ending}" for ending in ("docx", "xlsx", "gpkg", "json")),
        "defects.geojson",
        "map.html",
    ],
)
def test_files_to_take_away(done: dict[str, Any], client: FlaskClient, name: str) -> None:
    answer = client.get(f"/check/{done['token']}/download/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.data) > 500


def test_the_workbook_lists_the_defects(done: dict[str, Any], client: FlaskClient) -> None:
    answer = client.get(f"/check/{done['token']}/download/report.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert len(book.sheetnames) == 5
    header, first, *_ = book.worksheets[1].iter_rows(values_only=True)
    row = dict(zip(header, first, strict=True))
    assert (row["问题"], row["网格"], row["网格编码"]) == ("空白（漏划）", "西", "B")


def test_the_defects_are_for_other_programs(done: dict[str, Any], client: FlaskClient) -> None:
    answer = client.get(f"/check/{done['token']}/download/defects.geojson")
    features = json.loads(answer.data)["features"]
    assert features[0]["properties"]["kind"] == "gap"
    assert "detail" in features[0]["properties"]


def test_unknown_files_and_tokens_are_not_there(done: dict[str, Any], client: FlaskClient) -> None:
    assert client.get(f"/check/{done['token']}/download/plan.json").status_code == 404
    assert client.get(f"/api/v1/check/{'0' * 32}").status_code == 404
    assert client.get(f"/check/{'0' * 32}").location == "/check"


def test_it_becomes_the_current_plan(own_client: FlaskClient, tmp_path: Path) -> None:
    done = fill_and_check(own_client, tmp_path)
    workspace: Workspace = own_client.application.config["WORKSPACE"]
    answer = own_client.post(f"/api/v1/check/{done['token']}/use", data={"name": " 南园  网格 "})
    assert answer.get_json() == {"url": "/workspace?new=grids"}
    plan = workspace.current()
    assert (plan.name, plan.is_sample, len(plan.grids)) == ("南园 网格", False, 2)
    assert plan.grids["households"].tolist() == [12, 7]
    assert plan.region is not None
    assert (len(plan.posts), len(plan.units), len(plan.cases)) == (0, 0, 0)
    page = own_client.get("/workspace?new=grids").get_data(as_text=True)
    assert "南园 网格" in page
    assert '<a href="/plans">也可以到“方案”页' in page
    for url in ("/", "/lookup", "/heatmap", "/cases", "/workspace", "/check"):
        assert own_client.get(url).status_code == 200, url


def test_a_plan_needs_a_name_and_codes(client: FlaskClient, tmp_path: Path) -> None:
    path = geojson(tmp_path / "g.geojson", frame(网格编码=["A", "A"]))
    token = uploaded(client, [path])["token"]
    checked(client, token)
    before = client.application.config["WORKSPACE"].current().digest
    for form, said in (({"name": " "}, "名字"), ({"name": "x"}, "A")):
        answer = client.post(f"/api/v1/check/{token}/use", data=form)
        assert answer.status_code == 422
        assert said in answer.get_json()["detail"]
    assert "“A”" in answer.get_json()["detail"]
    assert "文件里没有" in answer.get_json()["detail"]
    assert client.application.config["WORKSPACE"].current().digest == before


def test_tables_are_kept_only_where_the_codes_match(
    own_client: FlaskClient, tmp_path: Path
) -> None:
    workspace: Workspace = own_client.application.config["WORKSPACE"]
    grids = frame(网格编码=["A", "B"])
    first = uploaded(own_client, [geojson(tmp_path / "one.geojson", grids)])["token"]
    checked(own_client, first)
    own_client.post(f"/api/v1/check/{first}/use", data={"name": "一"})
    workspace.add_posts(pd.DataFrame({"grid": ["A"], "post": ["leader"], "holder": ["甲"]}))
    same = uploaded(own_client, [geojson(tmp_path / "two.geojson", grids)])["token"]
    checked(own_client, same)
    own_client.post(f"/api/v1/check/{same}/use", data={"name": "二", "keep": "posts"})
    assert workspace.current().posts["holder"].tolist() == ["甲"]
    other = frame(网格编码=["C", "D"])
    token = uploaded(own_client, [geojson(tmp_path / "three.geojson", other)])["token"]
    checked(own_client, token)
    answer = own_client.post(f"/api/v1/check/{token}/use", data={"name": "三", "keep": "posts"})
    assert answer.status_code == 422
    assert workspace.current().name == "二"


def test_the_example_finds_what_was_planted(client: FlaskClient) -> None:
    state = settled(client, client.post("/api/v1/check/example").get_json()["token"])
    data = client.get(f"/api/v1/check/{state['token']}/data").get_json()
    planted = json.loads((sample_folder("futian_defects") / "planted.json").read_text("utf-8"))
    kinds = {each["kind"] for each in planted["planted"]}
    assert kinds <= {row["kind"] for row in data["rows"]}
    assert any(row["households"] for row in data["rows"])
    assert "示例数据" in client.get(f"/check/{state['token']}").get_data(as_text=True)


def test_the_current_plan_is_proven(client: FlaskClient) -> None:
    state = settled(client, client.post("/api/v1/check/current").get_json()["token"])
    data = client.get(f"/api/v1/check/{state['token']}/data").get_json()
    assert data["is_proven"] is True
    answer = client.post(f"/api/v1/check/{state['token']}/use", data={"name": "x"})
    assert answer.status_code == 422


def test_a_second_click_does_not_check_twice(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = uploaded(client, [geojson(tmp_path / "g.geojson", frame())])["token"]
    running, go_on, calls = Event(), Event(), []

    def slow(*given: Any, **options: Any) -> Any:
        calls.append(given)
        running.set()
        assert go_on.wait(20)
        return check_coverage(*given, **options)

    monkeypatch.setattr("web.check.run.check_coverage", slow)
    client.post(f"/api/v1/check/{token}/run", data={})
    assert running.wait(20)
    assert client.post(f"/api/v1/check/{token}/run", data={}).status_code == 200
    go_on.set()
    assert settled(client, token)["stage"] == "done"
    assert len(calls) == 1


def test_a_busy_server_says_so_and_forgets_nothing(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = uploaded(client, [geojson(tmp_path / "g.geojson", frame())])["token"]

    def busy(*_given: Any) -> None:
        raise BusyError("The server is busy with other files. Try again in a minute.")

    monkeypatch.setattr(Jobs, "start", busy)
    assert client.post(f"/api/v1/check/{token}/run", data={}).status_code == 503
    assert settled(client, token)["stage"] == "asking"


def test_a_restart_in_between_is_said(client: FlaskClient, tmp_path: Path) -> None:
    state = uploaded(client, [geojson(tmp_path / "g.geojson", frame())])
    folder = client.application.config["WORKSPACE"].uploads.folder(state["token"])
    CheckFolder(state["token"], folder).write(stage="checking")
    again = client.get(f"/api/v1/check/{state['token']}").get_json()
    assert again["stage"] == "asking"
    assert "重启" in again["error"]


def test_an_unexpected_error_is_said_and_not_shown(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = uploaded(client, [geojson(tmp_path / "g.geojson", frame())])

    def broken(*_given: Any, **_options: Any) -> None:
        raise RuntimeError("secret 13800000000")

    monkeypatch.setattr("web.check.run.check_coverage", broken)
    failed = checked(client, state["token"])
    assert failed["stage"] == "failed"
    assert "13800000000" not in json.dumps(failed)


@pytest.mark.parametrize(
    "form", [{"region": "moon"}, {"level": "9"}, {"meridian": "1e3"}, {"region": "file"}]
)
def test_answers_that_were_not_offered_are_refused(
    client: FlaskClient, tmp_path: Path, form: dict[str, str]
) -> None:
    state = uploaded(client, [geojson(tmp_path / "g.geojson", frame())])
    answer = client.post(f"/api/v1/check/{state['token']}/run", data=form)
    assert answer.status_code == 422
    assert settled(client, state["token"])["stage"] == "asking"


OFFICE = Path(__file__).parent.parent / "data" / "office"


def test_a_wrong_choice_is_said_beside_the_choice(client: FlaskClient) -> None:
    token = uploaded(client, [OFFICE / "grids.dxf"])["token"]
    client.post(f"/api/v1/check/{token}/read", data={"system": "cgcs2000"})
    crs = settled(client, token)["seen"]["crs"]
    assert crs["problem"].startswith("您选的是经纬度，但 grids.dxf 的坐标是米")
    assert "请选 3 度带" in crs["problem"]
    assert "--" not in crs["problem"]
    assert (crs["known"], crs["stated"]) == (False, False)
    client.post(f"/api/v1/check/{token}/read", data={"system": "cgcs2000_3", "meridian": "114"})
    crs = settled(client, token)["seen"]["crs"]
    assert (crs["known"], crs["stated"], crs["problem"]) == (True, False, None)


def test_what_the_file_states_stays_on_offer(client: FlaskClient, tmp_path: Path) -> None:
    token = uploaded(client, shapefile(tmp_path / "shp", frame(BM=["A", "B"])))["token"]
    client.post(f"/api/v1/check/{token}/read", data={"system": "cgcs2000_3", "meridian": "111"})
    assert settled(client, token)["seen"]["crs"]["stated"] is True


def test_communities_are_taken_for_communities(own_client: FlaskClient) -> None:
    seen = uploaded(own_client, [OFFICE / "communities_gbk.zip"])["seen"]
    assert [each["level"] for each in seen["levels"]] == [2]
    assert (seen["asks_level"], seen["others"]) == (True, [])


def test_few_grids_replace_many_only_when_asked(
    own_client: FlaskClient, own_app: Flask, tmp_path: Path
) -> None:
    many = gpd.GeoDataFrame(
        {"code": [f"G{at}" for at in range(9)], "name": "格", "parent": "", "level": 3},
        geometry=[shapely.box(114 + at / 1e3, 22.5, 114.001 + at / 1e3, 22.501) for at in range(9)],
        crs="EPSG:4326",
    )
    path = geojson(tmp_path / "少.geojson", frame(BM=["A", "B"]))
    token = uploaded(own_client, [path])["token"]
    checked(own_client, token)
    page = own_client.get(f"/check/{token}").get_data(as_text=True)
    assert '"fewer": ""' in page  # the sample may be replaced by anything
    own_app.config["WORKSPACE"].use(name="九格", grids=many)
    page = own_client.get(f"/check/{token}").get_data(as_text=True)
    assert "有 9 个网格，这个文件只有 2 个" in page


def test_a_place_far_from_the_plan_is_doubted(own_client: FlaskClient, own_app: Flask) -> None:
    plan = frame(code=["A", "B"], name=["甲", "乙"], parent=["", ""], level=[3, 3])
    own_app.config["WORKSPACE"].use(name="本街道", grids=plan)
    token = uploaded(own_client, [OFFICE / "grids.dxf"])["token"]
    for meridian, is_far in (("111", True), ("114", False)):
        form = {"system": "cgcs2000_3", "meridian": meridian}
        own_client.post(f"/api/v1/check/{token}/read", data=form)
        place = settled(own_client, token)["seen"]["place"]
        assert place["far"] is is_far
        assert ("公里" in place["text"] and "30" in place["text"]) is is_far


def test_a_good_verdict_says_what_is_missing_below(client: FlaskClient, tmp_path: Path) -> None:
    token = uploaded(client, [geojson(tmp_path / "好.geojson", frame(BM=["A", "B"]))])["token"]
    checked(client, token)
    data = client.get(f"/api/v1/check/{token}/data").get_json()
    assert data["headline"] == "2 个网格之间没有空白和重叠"
    assert data["caveats"] == ["外缘没有检查：还缺辖区范围"]
    page = client.get(f"/check/{token}").get_data(as_text=True)
    assert f"/check/{token}?change=1#region-title" in page
    report = client.get(f"/check/{token}/report").get_data(as_text=True)
    assert '<p class="big">2 个网格之间没有空白和重叠</p><p>外缘没有检查' in report


def test_a_roster_is_sent_to_the_page_that_takes_it(client: FlaskClient) -> None:
    state = uploaded(client, [OFFICE / "roster.xlsx"])
    assert (state["stage"], state["seen"]) == ("failed", None)
    assert "“数据”页" in state["error"]
    assert "geogrid" not in state["error"]
    assert [url for url, _words in state["belongs"]] == ["/workspace", "/cases"]


def test_bytes_called_zip_are_no_archive(client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"not an archive at all, just text\n" * 9)
    state = uploaded(client, [path])
    assert (state["stage"], state["belongs"]) == ("failed", [])
    assert state["error"].startswith("a.zip 不是能打开的 zip 压缩包")


def fixed_up(tmp_path: Path, *, name: str = "改后.geojson") -> Path:
    """Return the two grids of `fill_and_check`, drawn up to their region, with a new overlap."""
    grids = frame(网格编码=["A", "B"], 网格名称=[NASTY, "西"], 户数=[12, 7])
    grids.geometry = [shapely.box(114, 22.5, 114.0011, 22.501), shapely.box(*MENDED)]
    return geojson(tmp_path / name, grids)


MENDED = (114.001, 22.5, 114.0022, 22.501)


def compared(client: FlaskClient, token: str, **form: Any) -> dict[str, Any]:
    answer = client.post(
        f"/api/v1/check/{token}/compare", data=form, content_type="multipart/form-data"
    )
    assert answer.status_code == 200, answer.get_json()
    assert settled(client, token)["stage"] == "done"
    found: dict[str, Any] = client.get(f"/api/v1/check/{token}/data").get_json()
    return found


def later(client: FlaskClient, tmp_path: Path) -> str:
    token = str(uploaded(client, [fixed_up(tmp_path)])["token"])
    region = geojson(
        tmp_path / "region.geojson", gpd.GeoDataFrame(geometry=[REGION], crs="EPSG:4326")
    )
    send(client, [region], f"/api/v1/check/{token}/region")
    checked(client, token, region="file")
    return token


def test_two_checks_are_compared_by_a_downloaded_report(
    own_client: FlaskClient, tmp_path: Path
) -> None:
    client = own_client
    before = fill_and_check(client, tmp_path)["token"]
    token = later(client, tmp_path)
    assert "comparison" not in client.get(f"/api/v1/check/{token}/data").get_json()
    for ending in ("json", "gpkg"):
        report = client.get(f"/check/{before}/download/report.{ending}").data
        files = [(io.BytesIO(report), f"上次.{ending}")]
        data = compared(client, token, files=files)
        assert data["comparison"]["headline"].endswith("已解决 1 处，新增 1 处，仍存在 0 处。")
        assert [(row["kind"], row["change"]) for row in data["rows"]] == [("overlap", "new")]
        fixed, *corners = data["comparison"]["fixed"]
        assert (fixed["kind"], fixed["codes"], fixed["change"]) == ("gap", ["B"], "fixed")
        assert {row["kind"] for row in corners} == {"unmatched"}
        assert fixed["label"] == "西"
    shapes = client.get(f"/api/v1/check/{token}/fixed.geojson").get_json(force=True)
    assert shapes["features"][0]["properties"]["id"] == fixed["id"]
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/check/{token}/download/report.xlsx").data)
    )
    rows = list(book.worksheets[-1].iter_rows(values_only=True))
    assert [row[0] for row in rows][:3] == ["变化情况", "新增", "已解决"]
    saved = json.loads(client.get(f"/check/{token}/download/report.json").data)
    assert saved["comparison"]["must_be_fixed"]["fixed"] == 1
    assert "已解决 1 处" in client.get(f"/check/{token}/report").get_data(as_text=True)
    assert "comparison" not in compared(client, token)
    assert client.get(f"/api/v1/check/{token}/fixed.geojson").status_code == 404


def test_an_earlier_check_of_this_browser_can_be_chosen(
    own_client: FlaskClient, own_app: Flask, tmp_path: Path
) -> None:
    before = fill_and_check(own_client, tmp_path)["token"]
    token = later(own_client, tmp_path)
    own_client.get(f"/check/{before}")
    page = own_client.get(f"/check/{token}").get_data(as_text=True)
    assert before in page
    stranger = own_app.test_client()
    assert before not in stranger.get(f"/check/{token}").get_data(as_text=True)
    answer = stranger.post(f"/api/v1/check/{token}/compare", data={"with": before})
    assert answer.status_code == 422
    data = compared(own_client, token, **{"with": before})
    assert data["comparison"]["counts"] == {"fixed": 1, "new": 1, "remaining": 0, "eased": 0}
    same = compared(own_client, before, **{"with": token})
    assert same["comparison"]["counts"]["new"] == 1


def test_a_file_that_is_no_report_is_refused_and_changes_nothing(
    own_client: FlaskClient, tmp_path: Path
) -> None:
    token = later(own_client, tmp_path)
    before = own_client.get(f"/api/v1/check/{token}/data").get_json()
    for name, body in (("清单.json", b"[1]"), ("说明.txt", b"hello"), ("x.gpkg", b"")):
        answer = own_client.post(
            f"/api/v1/check/{token}/compare", data={"files": [(io.BytesIO(body), name)]}
        )
        assert answer.status_code == 422, name
        detail = answer.get_json()["detail"]
        assert detail and "geogrid" not in detail
    assert settled(own_client, token)["stage"] == "done"
    assert own_client.get(f"/api/v1/check/{token}/data").get_json() == before


def test_rows_of_a_hostile_report_stay_text_with_ids_of_their_own(
    own_client: FlaskClient, tmp_path: Path
) -> None:
    token = later(own_client, tmp_path)
    now = own_client.get(f"/api/v1/check/{token}/data").get_json()["rows"][0]["id"]
    row = {"id": "", "kind": NASTY, "severity": "error", "grids": [NASTY], "lon": 114.0}
    body = json.dumps({"defects": [row, row | {"id": f"{now}x", "lon": "∞"}]}).encode()
    data = compared(own_client, token, files=[(io.BytesIO(body), "坏.json")])
    assert [each["id"] for each in data["comparison"]["fixed"]] == ["fixed-1", "fixed-2"]
    assert NASTY not in own_client.get(f"/check/{token}").get_data(as_text=True)


def test_the_example_is_compared_with_itself(own_client: FlaskClient) -> None:
    answer = own_client.post("/api/v1/check/example").get_json()
    assert settled(own_client, answer["token"])["stage"] == "done"
    report = own_client.get(f"/check/{answer['token']}/download/report.json").data
    data = compared(own_client, answer["token"], files=[(io.BytesIO(report), "r.json")])
    assert {row["change"] for row in data["rows"]} == {"remaining"}
    assert data["comparison"]["fixed"] == []
    assert "示例数据" in own_client.get(f"/check/{answer['token']}").get_data(as_text=True)
