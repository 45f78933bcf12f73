"""``/api/v1``: places, addresses, grids and the data of maps."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geogrid.crs import from_wgs84
from web.current import current_plan


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_a_place_has_one_chain_in_every_datum(app: Flask, client: FlaskClient, datum: str) -> None:
    with app.app_context():
        units = current_plan().plan.units
    row = units[units["kind"] == "building"].iloc[7]
    lon, lat = from_wgs84(row["lon"], row["lat"], datum)
    query = {"lon": float(lon), "lat": float(lat), "datum": datum}
    answer = client.get("/api/v1/locate", query_string=query).get_json()
    assert answer["inside"] is True
    assert [step["level"] for step in answer["chain"]] == [4, 3, 2, 1]
    assert any(person["post"] == "full_time" for person in answer["answers"])
    assert answer["boundary_m"] > 1


def test_outside_is_said_with_the_nearest_grid(client: FlaskClient) -> None:
    answer = client.get("/api/v1/locate?lon=114.2&lat=22.6&datum=wgs84").get_json()
    assert answer["inside"] is False
    assert answer["chain"] == []
    assert answer["across"]["code"]
    assert answer["boundary_m"] > 1000


@pytest.mark.parametrize(
    "query",
    [
        "lon=114.02&lat=22.53",
        "lon=114.02&lat=22.53&datum=mars",
        "lon=abc&lat=22.53&datum=wgs84",
        "lon=nan&lat=22.53&datum=wgs84",
        "lon=1_1&lat=22.53&datum=wgs84",
        "lon=１１４&lat=22.53&datum=wgs84",
        "lon=22.53&lat=114.02&datum=wgs84",
        "lon=0&lat=0&datum=wgs84",
        "datum=wgs84",
    ],
)
def test_bad_coordinates_are_explained(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/locate?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json(force=True)["detail"]


def test_addresses_are_ranked_and_bounded(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        units = current_plan().plan.units
    address = units.loc[units["kind"] == "building", "address"].iloc[3]
    matches = client.get("/api/v1/addresses", query_string={"q": address}).get_json()["matches"]
    assert matches[0]["label"].startswith(address)
    assert matches[0]["certainty"] == "exact"
    assert len(matches) <= 12
    assert client.get("/api/v1/addresses?q=").get_json()["matches"] == []
    long = client.get("/api/v1/addresses", query_string={"q": "福" * 5000}).get_json()
    assert len(long["query"]) == 200


def test_a_grid_has_its_card(client: FlaskClient) -> None:
    card = client.get("/api/v1/grids/440304090003005").get_json()
    assert card["level"] == 3
    assert [step["level"] for step in card["chain"]] == [3, 2, 1]
    assert card["neighbours"]
    assert card["answers"]
    assert card["area_m2"] > 1000


def test_map_data_is_kept_by_its_address(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        digest = current_plan().plan.digest
    answer = client.get(f"/api/v1/plan/{digest}/levels/3.geojson")
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(json.loads(answer.data)["features"]) == 126
    streets = client.get(f"/api/v1/plan/{digest}/streets.json?detail=major").get_json()
    assert {line[0] for line in streets["lines"]} <= set(range(5))
    assert client.get("/api/v1/plan/0/levels/3.geojson").status_code == 404
    assert client.get(f"/api/v1/plan/{digest}/levels/9.geojson").status_code == 404
