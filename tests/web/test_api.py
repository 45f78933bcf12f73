"""``/api/v1``: places, addresses, grids and the data of maps."""

from __future__ import annotations

import json

from flask import Flask
from flask.testing import FlaskClient

from web.current import current_plan


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
