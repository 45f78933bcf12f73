"""The page of the repair: proposal, limits, answers, result, files, the plan."""

from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from geogrid.coverage import check_coverage

NASTY = "<img src=x onerror=alert(1)>"
BOXES = [
    shapely.box(114.0, 22.5, 114.00101, 22.501),  # 1 m into its neighbour
    shapely.box(114.001, 22.5, 114.002, 22.501),
    shapely.box(114.0022, 22.5, 114.003, 22.501),  # a street of 20 m before it
]
CODES = ["A", "B", "C"]
REGION = shapely.box(114.0, 22.5, 114.003, 22.501)


def geojson(path: Path, grids: gpd.GeoDataFrame) -> Path:
    path.write_text(grids.to_json(drop_id=True), encoding="utf-8")
    return path


def send(client: FlaskClient, path: Path, url: str = "/api/v1/check") -> str:
    files = [(io.BytesIO(path.read_bytes()), path.name)]
    answer = client.post(url, data={"files": files}, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.get_json()
    return str(answer.get_json().get("token", ""))


def looked(client: FlaskClient, token: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if client.get(f"/api/v1/check/{token}").get_json()["stage"] in ("asking", "done"):
            return
        time.sleep(0.02)
    raise AssertionError("the work does not end")


def check(client: FlaskClient, token: str, **form: str) -> None:
    assert client.post(f"/api/v1/check/{token}/run", data=form).status_code == 200
    looked(client, token)


def current(client: FlaskClient) -> Any:
    return client.application.config["WORKSPACE"].current()


def settled(client: FlaskClient, token: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state: dict[str, Any] = client.get(f"/api/v1/check/{token}/repair").get_json()
        if state["stage"] not in ("proposing", "mending"):
            return state
        time.sleep(0.02)
    raise AssertionError("the work does not end")


def posted(client: FlaskClient, token: str, action: str, **form: str) -> dict[str, Any]:
    answer = client.post(f"/api/v1/check/{token}/repair/{action}", data=form)
    assert answer.status_code == 200, answer.get_json()
    return settled(client, token)


def rows(client: FlaskClient, token: str) -> dict[str, dict[str, Any]]:
    data = client.get(f"/api/v1/check/{token}/repair/rows").get_json()
    return {row["kind"]: row for row in data["rows"]}


@pytest.fixture
def client(own_app: Flask) -> FlaskClient:
    return own_app.test_client()


@pytest.fixture
def token(client: FlaskClient, tmp_path: Path) -> str:
    """Return a check of three grids with an overlap and a wide gap."""
    grids = gpd.GeoDataFrame(
        {"网格编码": CODES, "网格名称": [NASTY, "西", "东"]}, geometry=BOXES, crs="EPSG:4326"
    )
    token = send(client, geojson(tmp_path / "南园.geojson", grids))
    looked(client, token)
    region = gpd.GeoDataFrame(geometry=[REGION], crs="EPSG:4326")
    path = geojson(tmp_path / "region.geojson", region)
    send(client, path, f"/api/v1/check/{token}/region")
    check(client, token, region="file")
    return token


def test_the_result_of_the_check_leads_to_the_repair(client: FlaskClient, token: str) -> None:
    assert f"/check/{token}/repair" in client.get(f"/check/{token}").get_data(as_text=True)
    page = client.get(f"/check/{token}/repair")
    assert page.status_code == 200
    assert NASTY not in page.get_data(as_text=True)
    assert client.get(f"/api/v1/check/{token}/repair").get_json()["stage"] == "none"


def test_the_usual_limits_hold_unless_a_person_lifts_them(client: FlaskClient, token: str) -> None:
    assert posted(client, token, "propose")["settings"]["max_width_m"] == 2.0
    found = rows(client, token)
    assert (found["overlap"]["fate"], found["gap"]["fate"]) == ("repaired", "refused")
    assert found["gap"]["wide"] is True
    assert {piece["code"] for piece in found["gap"]["given"]} == {"B", "C"}
    assert "20" in found["gap"]["reason"]
    posted(client, token, "propose", max_width_m="", max_area_m2="")
    assert rows(client, token)["gap"]["fate"] == "repaired"


def test_a_limit_is_not_the_grid_with_that_code(client: FlaskClient, tmp_path: Path) -> None:
    grids = gpd.GeoDataFrame(
        {"网格编码": ["1", "2", "3"], "网格名称": ["东里", "西里", "南里"]},
        geometry=BOXES,
        crs=4326,
    )
    token = send(client, geojson(tmp_path / "南园.geojson", grids))
    looked(client, token)
    region = gpd.GeoDataFrame(geometry=[REGION], crs="EPSG:4326")
    path = geojson(tmp_path / "region.geojson", region)
    send(client, path, f"/api/v1/check/{token}/region")
    check(client, token, region="file")
    posted(client, token, "propose")
    reason = rows(client, token)["gap"]["reason"]
    assert "2 米" in reason
    assert "西里" not in reason


def test_wrong_settings_are_said(client: FlaskClient, token: str) -> None:
    for form in ({"max_width_m": "-1"}, {"max_area_m2": "nan"}, {"overlaps": "mine"}):
        answer = client.post(f"/api/v1/check/{token}/repair/propose", data=form)
        assert answer.status_code == 422
    state = posted(client, token, "propose", locked="XYZ")
    assert "XYZ" in state["error"]


def test_a_wide_gap_is_filled_only_when_ticked(client: FlaskClient, token: str) -> None:
    version = posted(client, token, "propose")["version"]
    gap = rows(client, token)["gap"]["id"]
    assert posted(client, token, "apply", version=version)["stage"] == "mended"
    result = client.get(f"/api/v1/check/{token}/repair/result").get_json()
    assert [row["id"] for row in result["left"]] == [gap]
    assert result["after"]["is_proven"] is False
    posted(client, token, "apply", version=version, centre_lines=gap)
    result = client.get(f"/api/v1/check/{token}/repair/result").get_json()
    assert (result["left"], result["after"]["is_proven"]) == ([], True)
    assert {row["code"]: row["gained_m2"] > 1000 for row in result["changes"]}["C"]


def test_what_is_refused_stays(client: FlaskClient, token: str) -> None:
    version = posted(client, token, "propose")["version"]
    overlap = rows(client, token)["overlap"]["id"]
    posted(client, token, "apply", version=version, refused=overlap)
    result = client.get(f"/api/v1/check/{token}/repair/result").get_json()
    assert overlap in {row["id"] for row in result["left"]}
    assert result["changes"] == []


def test_an_answer_to_an_older_proposal_is_refused(client: FlaskClient, token: str) -> None:
    old = posted(client, token, "propose")["version"]
    posted(client, token, "propose", max_width_m="1")
    answer = client.post(f"/api/v1/check/{token}/repair/apply", data={"version": old})
    assert answer.status_code == 422
    assert "刷新" in answer.get_json()["detail"]


def test_a_new_check_forgets_the_repair(client: FlaskClient, token: str) -> None:
    posted(client, token, "propose")
    check(client, token, region="none")
    assert client.get(f"/api/v1/check/{token}/repair").get_json()["stage"] == "none"


def test_the_repaired_grids_are_taken_away_and_used(
    client: FlaskClient, token: str, tmp_path: Path
) -> None:
    version = posted(client, token, "propose")["version"]
    assert client.get(f"/check/{token}/repair/download/grids.gpkg").status_code == 404
    gap = rows(client, token)["gap"]["id"]
    posted(client, token, "apply", version=version, centre_lines=gap)
    for name in ("grids.geojson", "grids.gpkg", "map.html"):
        answer = client.get(f"/check/{token}/repair/download/{name}")
        assert answer.status_code == 200
        (tmp_path / name).write_bytes(answer.data)
    assert check_coverage(gpd.read_file(tmp_path / "grids.gpkg")).is_seamless
    assert client.get(f"/check/{token}/repair/download/other.txt").status_code == 404
    answer = client.post(f"/api/v1/check/{token}/repair/use", data={"name": "修复后"})
    assert answer.status_code == 200, answer.get_json()
    plan = current(client)
    assert (plan.name, list(plan.grids["code"])) == ("修复后", CODES)
    assert check_coverage(plan.grids, plan.region).is_proven


def test_problems_that_remain_are_said_before_the_grids_are_used(
    client: FlaskClient, token: str
) -> None:
    version = posted(client, token, "propose")["version"]
    gap = rows(client, token)["gap"]["id"]
    whole = posted(client, token, "apply", version=version, centre_lines=gap)
    assert (whole["stage"], whole["warning"]) == ("mended", "")
    version = posted(client, token, "propose")["version"]
    part = posted(client, token, "apply", version=version)
    assert part["stage"] == "mended"
    assert part["warning"].startswith("还有 1 处问题必须改")


def test_an_expired_upload_leads_back(client: FlaskClient) -> None:
    answer = client.get("/check/nowhere/repair")
    assert (answer.status_code, answer.location) == (302, "/check")


def test_codes_used_twice_are_said_before_anything_is_repaired(
    client: FlaskClient, tmp_path: Path
) -> None:
    grids = gpd.GeoDataFrame(
        {"网格编码": ["0", "0", "3"], "网格名称": [NASTY, "西", "东"]}, geometry=BOXES, crs=4326
    )
    token = send(client, geojson(tmp_path / "南园.geojson", grids))
    looked(client, token)
    check(client, token, region="none")
    for path in (f"/check/{token}", f"/check/{token}/repair"):
        use = used_on(client, path)
        assert "“0”" in use["problem"]
        assert use["answers"] == f"/check/{token}?change=1"
    version = posted(client, token, "propose")["version"]
    assert posted(client, token, "apply", version=version)["stage"] == "mended"
    answer = client.post(f"/api/v1/check/{token}/repair/use", data={"name": "修复后"})
    assert answer.status_code == 422
    check(client, token, region="none", **{"field-code": ""})
    assert used_on(client, f"/check/{token}/repair")["problem"] is None


def test_an_example_with_a_code_used_twice_tells_of_no_answers(client: FlaskClient) -> None:
    token = client.post("/api/v1/check/example").get_json()["token"]
    looked(client, token)
    use = used_on(client, f"/check/{token}")
    assert use["problem"].endswith("重复的有：“440304090009004”。")
    assert use["answers"] is None


def used_on(client: FlaskClient, path: str) -> dict[str, Any]:
    """Return what a page says of the grids becoming the plan."""
    text = client.get(path).get_data(as_text=True)
    found = re.search(r'<script type="application/json" id="(?:page|check)">(.*?)</script>', text)
    assert found is not None
    use: dict[str, Any] = json.loads(found[1])["use"]
    return use
