"""规模建议 on the page of a result: chosen from the built-in profiles, apart from errors."""

from __future__ import annotations

import io
import time
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def token(app: Flask) -> str:
    """Return a check of three grids that are seamless, one of them too large for a city."""
    shapes = shapely.box([114.0, 114.002, 114.004], 22.5, [114.002, 114.004, 114.006], 22.502)
    grids = gpd.GeoDataFrame(
        {"网格编码": ["A", "B", "C"], "网格名称": [NASTY, "二", "三"], "户数": [812, 300, 300]},
        geometry=list(shapes), crs="EPSG:4326",
    )  # fmt: skip
    return checked(app.test_client(), grids)


def checked(client: FlaskClient, grids: gpd.GeoDataFrame) -> str:
    body = grids.to_json(drop_id=True).encode()
    sent = client.post("/api/v1/check", data={"files": [(io.BytesIO(body), "网格.geojson")]})
    token = str(sent.get_json()["token"])
    settle(client, token)
    client.post(f"/api/v1/check/{token}/run", data={})
    assert settle(client, token) == "done"
    return token


def settle(client: FlaskClient, token: str) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        stage = client.get(f"/api/v1/check/{token}").get_json()["stage"]
        if stage not in ("reading", "checking"):
            return str(stage)
        time.sleep(0.02)
    raise AssertionError("the work does not end")


def advice(client: FlaskClient, token: str, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/check/{token}/advice{query}")
    assert answer.status_code == 200
    data: dict[str, Any] = answer.get_json()
    return data


def test_a_city_is_compared_with_first(client: FlaskClient, token: str) -> None:
    data = advice(client, token)
    assert (data["profile"], data["total"], data["hint"]) == ("city", 1, "")
    assert data["rows"][0]["text"] == f"{NASTY} 有 812 户，超过 200–500 户的建议范围"
    assert (data["rows"][0]["grids"], data["rows"][0]["level"]) == (["A"], 3)
    assert data["rows"][0]["bounds"] == pytest.approx([114.0, 22.5, 114.002, 22.502])
    assert data["profiles"][0] == ["city", "城市社区"]
    english = advice(client, token, "?lang=en")
    assert "above the advised 200–500 households" in english["rows"][0]["text"]


def test_the_choice_is_remembered(app: Flask, token: str) -> None:
    client = app.test_client()
    assert advice(client, token, "?profile=village")["total"] == 3
    assert advice(client, token)["profile"] == "village"
    assert advice(client, token, "?profile=../../etc")["profile"] == "city"
    assert advice(app.test_client(), token)["profile"] == "city"


def test_advice_never_touches_the_verdict(client: FlaskClient, token: str) -> None:
    data = client.get(f"/api/v1/check/{token}/data").get_json()
    assert (data["is_seamless"], data["rows"]) == (True, [])
    page = client.get(f"/check/{token}").get_data(as_text=True)
    assert page.index('id="verdict"') < page.index('id="advice"')
    assert f"/api/v1/check/{token}/advice" in page


def test_without_households_that_is_said(client: FlaskClient) -> None:
    shapes = [shapely.box(10.0, 50.0, 10.002, 50.002)]
    bare = gpd.GeoDataFrame({"code": ["A"]}, geometry=shapes, crs="EPSG:4326")
    data = advice(client, checked(client, bare))
    assert (data["total"], data["hint"]) == (0, "文件里没有户数，没有比对户数。")


def test_the_plan_in_use_is_compared_with_its_buildings_and_staff(client: FlaskClient) -> None:
    token = client.post("/api/v1/check/current").get_json()["token"]
    assert settle(client, token) == "done"
    text = " ".join(row["text"] for row in advice(client, token)["rows"])
    assert "没有网格长" in text
    assert "户，超过 200–500 户的建议范围" in text


def test_a_check_that_is_not_there_or_not_done(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/check/{'0' * 32}/advice").status_code == 404
    sent = client.post("/api/v1/check", data={"files": [(io.BytesIO(b"{"), "x.geojson")]})
    token = sent.get_json()["token"]
    settle(client, token)
    assert client.get(f"/api/v1/check/{token}/advice").status_code == 404
