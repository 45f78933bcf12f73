"""``/api/v1/plans/…/redraw/suggestions``: small changes shown, then done as one operation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import add_people, sign_in
from redraw_drafts import small_units
from redraw_plans import plan, require_seamless

from geogrid.store.database.engine import writing
from geogrid.store.office_data import prepare_data, write_data
from geogrid.store.opening import make_ready
from geogrid.store.plans import add_draft
from geogrid.store.redrawing.opened import open_draft
from web import create_app
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BASE = "/api/v1/plans/1/redraw"


def ask(client: FlaskClient, **body: Any) -> Any:
    return client.post(f"{BASE}/suggestions", json=body)


def seamless(app: Flask) -> None:
    with open_draft(app.config["DATABASE"], 1) as (opened, _state):
        require_seamless(opened.graph)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "halve", "codes": ["11001"]}, "Split 网格11001 into 2"),
        ({"kind": "balance", "codes": ["12001", "11001"]}, "Balanced"),
    ],
)
def test_a_suggestion_is_shown_done_and_undone_as_one(
    client: FlaskClient, app: Flask, body: dict[str, Any], said: str
) -> None:
    first = client.get(BASE).get_json()
    found = ask(client, **body).get_json()
    assert found["measure"] == "area"
    assert (found["change"]["version"], found["change"]["entry"]) == (1, None)
    assert client.get(BASE).get_json()["arcs"] == first["arcs"]
    done = client.post(
        f"{BASE}/operations",
        json={"version": 1, "operation": found["operation"], "parameters": found["parameters"]},
    ).get_json()
    assert done["version"] == 2
    assert done["figures"] == found["change"]["figures"]
    assert done["entry"]["text"].startswith(said)
    seamless(app)
    client.post(f"{BASE}/undo", json={"version": 2})
    assert client.get(BASE).get_json()["arcs"] == first["arcs"]
    client.post(f"{BASE}/redo", json={"version": 3})
    assert client.get(BASE).get_json()["version"] == 4
    seamless(app)


def test_households_count_where_they_are_known(tmp_path: Path) -> None:
    app = create_app(Settings(workspace=tmp_path))
    make_ready(app.config["DATABASE"])
    places = [(x / 10, y / 10) for x in range(1, 10, 2) for y in range(1, 10, 2)]
    units = small_units(*((f"u{n}", x, y, 10) for n, (x, y) in enumerate(places)),
                        ("v", 0.5, 1.5, 20))  # fmt: skip
    add_draft(app.config["DATABASE"], "草案", plan(), at=NOW)
    with writing(app.config["DATABASE"]) as connection:
        write_data(connection, prepare_data("units", units, plan()), at=NOW, by="test")
    client = app.test_client()
    found = ask(client, kind="take", codes=["11001"], households=50).get_json()
    assert found["measure"] == "households"
    figures = found["change"]["figures"]
    assert figures["11001"]["before"]["households"] == 250
    assert figures["11001"]["after"]["households"] == 200
    assert figures["11002"]["after"]["households"] == 70
    named = ask(client, kind="take", codes=["11001"], households=50, to="12001").get_json()
    assert named["change"]["figures"]["12001"]["after"]["households"] == 50
    upper = ask(client, kind="take", codes=["11"], households=50).get_json()
    assert upper["change"]["figures"]["12"]["after"]["households"] == 50


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "eat", "codes": ["11001"]},
        {"kind": "halve", "codes": []},
        {"kind": "halve", "codes": ["11001", "11002"]},
        {"kind": "halve", "codes": [7]},
        {"kind": "halve", "codes": ["nowhere"]},
        {"kind": "balance", "codes": ["11001"]},
        {"kind": "balance", "codes": ["11002", "12003"]},
        {"kind": "balance", "codes": ["11001"] * 13},
        {"kind": "take", "codes": ["11001"]},
        {"kind": "take", "codes": ["11001"], "households": -1},
        {"kind": "take", "codes": ["11001"], "households": True},
        {"kind": "take", "codes": ["11001"], "households": 40},
        {"codes": ["11001"]},
    ],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = ask(client, **body)
    assert answer.status_code == 422, answer.text
    assert client.get(BASE).get_json()["version"] == 1


def test_what_is_refused_names_grids_as_planners_know_them(client: FlaskClient) -> None:
    detail = ask(client, kind="balance", codes=["11002", "12003"]).get_json()["detail"]
    assert "网格11002" in detail
    assert "网格12003" in detail


def test_a_locked_grid_stays(client: FlaskClient) -> None:
    client.put(f"{BASE}/locks", json={"codes": ["11001"], "locked": True})
    answer = ask(client, kind="balance", codes=["11001", "12001"])
    assert answer.status_code == 422
    assert "locked" in answer.text


def test_a_forged_balance_is_refused(client: FlaskClient) -> None:
    area = [[114.0, 22.0], [114.004, 22.0], [114.004, 22.004]]
    for steps in (
        [], "x", [{}], [{"from": "11001"}], [{"from": "11001", "to": "11002", "area": "x"}],
        [{"from": "11001", "to": "11002", "area": area, "more": 1}],
        [{"from": "11001", "to": "11002"}], [{"from": "11", "to": "12002", "area": area}],
        [{"from": "12001", "to": "11002", "area": area}],
    ):  # fmt: skip
        body = {"version": 1, "operation": "balance", "parameters": {"steps": steps}}
        assert client.post(f"{BASE}/operations", json=body).status_code == 422, steps
    assert client.get(BASE).get_json()["version"] == 1


def test_it_is_for_planners_without_limits(own_app: Flask) -> None:
    own_app.config["WORKSPACE"].use(name="草案", grids=plan())
    add_people(own_app)
    expected = {
        "root": 200, "planner": 200, "planner-of-one": 403, "supervisor": 403, "worker": 403,
    }  # fmt: skip
    for name, status in expected.items():
        answer = ask(sign_in(own_app, name), kind="halve", codes=["11001"])
        assert answer.status_code == status, name
    assert ask(own_app.test_client(), kind="halve", codes=["11001"]).status_code == 401
