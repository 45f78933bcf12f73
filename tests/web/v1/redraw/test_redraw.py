"""``/api/v1/plans/…/redraw``: a draft redrawn over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redraw_plans import at, draft, path, same_frames, square

from geogrid.redraw import graph_frame
from geogrid.store.anew import draft_of_plan
from geogrid.store.opening import reading
from geogrid.store.plans import find_plan, plan_grids, submit_draft
from geogrid.store.publish import publish_plan
from web import create_app

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BASE = "/api/v1/plans/1/redraw"


def do(
    client: FlaskClient, operation: str, version: int, dry: bool = False, **parameters: Any
) -> Any:
    body = {"version": version, "operation": operation, "parameters": parameters, "dry": dry}
    return client.post(f"{BASE}/operations", json=body)


def test_an_operation_is_answered_with_what_it_changed(client: FlaskClient) -> None:
    view = client.get(BASE).get_json()
    assert (view["version"], view["editable"], view["undo"]) == (1, True, None)
    assert {grid["code"] for grid in view["grids"]} == {
        "1", "11", "12", "11001", "11002", "12001", "12002", "12003",
    }  # fmt: skip
    tried = do(client, "move_vertex", 1, dry=True, at=at(1, 1), to=at(1.1, 1.1)).get_json()
    assert (tried["version"], tried["entry"]) == (1, None)
    done = do(client, "move_vertex", 1, at=at(1, 1), to=at(1.1, 1.1)).get_json()
    assert (done["version"], done["entry"]["number"]) == (2, 2)
    assert done["figures"] == tried["figures"]
    assert set(done["arcs"]["gone"]) <= {arc["id"] for arc in view["arcs"]}
    again = client.get(BASE).get_json()
    kept = {arc["id"] for arc in view["arcs"]} - set(done["arcs"]["gone"])
    assert {arc["id"] for arc in again["arcs"]} == kept | {a["id"] for a in done["arcs"]["come"]}
    assert again["undo"]["text"].startswith("Moved a corner of")
    figure = done["figures"]["11001"]
    assert figure["after"]["area_m2"] > figure["before"]["area_m2"]


def test_undo_and_redo(client: FlaskClient, app: Flask) -> None:
    before = client.get(BASE).get_json()
    done = do(client, "split", 1, code="11001", line=path((-1, 0.5), (2, 0.5))).get_json()
    undone = client.post(f"{BASE}/undo", json={"version": done["version"]}).get_json()
    assert undone["entry"]["text"] == "Undone: Split 网格11001 into 2"
    after = client.get(BASE).get_json()
    assert after["arcs"] == before["arcs"]
    assert after["redo"]["text"] == "Split 网格11001 into 2"
    with reading(app.config["DATABASE"]) as connection:
        last = plan_grids(connection, find_plan(connection, 1))
    assert same_frames(graph_frame(draft()), last)
    redone = client.post(f"{BASE}/redo", json={"version": 3}).get_json()
    assert redone["arcs"]["come"] == done["arcs"]["come"]
    assert client.post(f"{BASE}/redo", json={"version": 4}).status_code == 422


def test_what_is_refused_says_where(client: FlaskClient) -> None:
    answer = do(client, "move_vertex", 1, at=at(1, 1), to=at(3, 3))
    assert answer.status_code == 422
    assert len(answer.get_json()["place"]) == 2


def test_others_see_what_changed(client: FlaskClient) -> None:
    done = do(client, "rename", 1, code="11001", name="新名").get_json()
    seen = client.get(f"{BASE}/changes?since=1").get_json()
    assert [entry["text"] for entry in seen["entries"]] == ["Renamed 网格11001 to 新名"]
    assert seen["grids"]["come"] == done["grids"]["come"]
    assert client.get(f"{BASE}/changes?since=2").get_json()["entries"] == []


def test_an_old_version_is_brought_to_the_newest_or_told_what_changed(client: FlaskClient) -> None:
    do(client, "move_vertex", 1, at=at(1, 1), to=at(1.1, 1.1))
    other = do(client, "move_vertex", 1, at=at(1.4, 0.4), to=at(1.45, 0.45))
    assert other.status_code == 200
    assert [entry["kind"] for entry in other.get_json()["since"]] == ["move_vertex"]
    late = do(client, "move_vertex", 1, at=at(1, 1), to=at(0.9, 0.9))
    assert late.status_code == 409
    assert len(late.get_json()["changed"]["since"]) == 2
    assert late.get_json()["changed"]["place"]


def test_locked_grids_keep_their_outline(client: FlaskClient) -> None:
    locked = client.put(f"{BASE}/locks", json={"codes": ["11"], "locked": True})
    assert locked.get_json() == {"locked": ["11"]}
    refused = do(client, "move_vertex", 1, at=at(1, 1), to=at(1.1, 1.1))
    assert refused.status_code == 422
    assert "网格11" in refused.get_json()["detail"]
    assert do(client, "split", 1, code="11001", line=path((-1, 0.5), (2, 0.5))).status_code == 200
    assert do(client, "split", 2, code="12001", line=path((-1, 0.3), (3, 0.3))).status_code == 200
    client.put(f"{BASE}/locks", json={"codes": ["11"], "locked": False})
    assert do(client, "move_vertex", 3, at=at(1, 1), to=at(1.1, 1.1)).status_code == 200


def test_lists(client: FlaskClient) -> None:
    area = {
        "type": "Polygon",
        "coordinates": [[*map(list, square(0.8, 0.2, 1.2, 0.4).exterior.coords)]],
    }
    done = do(client, "give_area", 1, area=area, to="11001")
    assert done.status_code == 200, done.get_json()
    log = client.get(f"{BASE}/log").get_json()
    assert log["items"][0]["text"] == "Gave an area of 网格12001 to 网格11001"
    rows = client.get(f"{BASE}/figures?level=3").get_json()
    assert rows["total"] == 5
    assert {row["off"] for row in rows["items"]} == {-200}
    assert client.get(f"{BASE}/problems").get_json()["total"] >= 5


def test_grids_are_found_by_name_or_code(client: FlaskClient) -> None:
    do(client, "rename", 1, code="12003", name="甲 Garden 11001")
    asked = f"{BASE}/figures?level=3&sort=code&q="
    found = [row["code"] for row in client.get(f"{asked}11001").get_json()["items"]]
    assert found == ["11001", "12003"]
    assert client.get(f"{asked}gardEN").get_json()["total"] == 1
    assert client.get(f"{asked}%25").get_json()["total"] == 0
    assert client.get(asked).get_json()["total"] == 5


def test_a_branch_is_made_compared_and_brought_back(client: FlaskClient) -> None:
    made = client.post(f"{BASE}/branches", json={"name": "分支"})
    assert (made.status_code, made.get_json()["origin"]) == (201, 1)
    other = made.get_json()["id"]
    there = f"/api/v1/plans/{other}/redraw"
    body = {"at": at(1, 1), "to": at(1.1, 1.1)}
    asked = {"version": 1, "operation": "move_vertex", "parameters": body}
    assert client.post(f"{there}/operations", json=asked).status_code == 200
    areas = client.get(f"{BASE}/compare?with={other}").get_json()
    assert {each["properties"]["other"] for each in areas["features"]} == {
        "11001",
        "11002",
        "12001",
    }
    merged = client.post(f"{BASE}/merge", json={"from": other, "version": 1}).get_json()
    assert (merged["version"], merged["conflicts"]["features"]) == (2, [])
    assert merged["applied"][0]["text"].endswith("(from “分支”)")
    assert client.get(f"{BASE}/compare?with={other}").get_json()["features"] == []


def test_where_both_changed_something_a_side_is_chosen(client: FlaskClient) -> None:
    other = client.post(f"{BASE}/branches", json={"name": "分支"}).get_json()["id"]
    there = f"/api/v1/plans/{other}/redraw"
    do(client, "move_vertex", 1, at=at(1, 1), to=at(0.9, 0.9))
    moved = {"at": at(1, 1), "to": at(1.1, 1.1)}
    asked = {"version": 1, "operation": "move_vertex", "parameters": moved}
    assert client.post(f"{there}/operations", json=asked).status_code == 200
    tried = client.post(f"{BASE}/merge", json={"from": other, "dry": True}).get_json()
    both = tried["both"]["features"][0]
    assert both["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert [len(both["properties"][side]) for side in ("theirs", "ours")] == [1, 1]
    assert (tried["version"], tried["from_version"], tried["applied"]) == (2, 2, [])
    body = {"from": other, "version": 2, "from_version": 2, "take": [2]}
    tried = client.post(f"{BASE}/merge", json={**body, "dry": True}).get_json()
    merged = client.post(f"{BASE}/merge", json=body).get_json()
    assert merged["figures"] == tried["figures"]
    assert merged["version"] == 4
    assert merged["taken_back"][0]["text"].startswith("Taken back for “分支”: Moved a corner")
    figure = merged["figures"]["11001"]
    assert figure["after"]["area_m2"] > figure["before"]["area_m2"]
    assert client.post(f"{BASE}/merge", json=body).status_code == 409, "a second click"
    found = client.get(f"{BASE}/compare?with={other}").get_json()
    assert (found["features"], found["grids"]) == ([], [])
    assert client.post(f"{BASE}/undo", json={"version": 4}).status_code == 200
    again = client.post(f"{BASE}/redo", json={"version": 5, "number": 2})
    assert again.get_json()["entry"]["action"] == "redo"


@pytest.mark.parametrize(
    "wrong", [{"take": 2}, {"take": [True]}, {"again": ["2"]}, {"dry": 1}, {"from_version": 0}]
)
def test_a_wrong_choice_is_refused(client: FlaskClient, wrong: dict[str, Any]) -> None:
    other = client.post(f"{BASE}/branches", json={"name": "分支"}).get_json()["id"]
    answer = client.post(f"{BASE}/merge", json={"from": other, "version": 1, **wrong})
    assert answer.status_code == 422
    assert client.get(BASE).get_json()["version"] == 1


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("explode", {}),
        ("move_vertex", {"at": [1, 2]}),
        ("move_vertex", {"at": [1, 2], "to": ["x", 2]}),
        ("move_vertex", {"at": [1, 2], "to": [1e9, 2]}),
        ("move_vertex", {"at": [1, 2], "to": [1, 2], "force": True}),
        ("rename", {"code": "11", "name": "a\x00b"}),
        ("rename", {"code": "99", "name": "a"}),
        ("reshape", {"line": [[1, 2]]}),
        ("give_area", {"area": {"type": "Point", "coordinates": [1, 2]}, "to": "11001"}),
        ("give_area", {"area": {"type": "Polygon", "coordinates": []}, "to": "11001"}),
        ("give_area", {"area": [[0, 0], [0, 0], [0, 0]], "to": "11001"}),
        ("merge", {"codes": "11001"}),
    ],
)
def test_what_is_wrong_is_said(
    client: FlaskClient, operation: str, parameters: dict[str, Any]
) -> None:
    body = {"version": 1, "operation": operation, "parameters": parameters}
    answer = client.post(f"{BASE}/operations", json=body)
    assert answer.status_code == 422, answer.get_json()
    assert answer.get_json()["detail"]
    assert client.get(BASE).get_json()["version"] == 1


def test_a_wide_view_of_much_shows_the_coarser_borders(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geogrid.store.redrawing.window.MOST_VERTICES", 18)
    view = client.get(f"{BASE}?zoom=20").get_json()
    assert (view["editable"], view["truncated"]) == (False, False)
    assert {grid["code"] for grid in view["grids"]} == {"11", "12"}
    near = client.get(f"{BASE}?bbox=114.013,22.003,114.017,22.007").get_json()
    assert near["editable"]
    assert {grid["code"] for grid in near["grids"] if grid["is_finest"]} == {"12001", "12003"}


def test_the_language_is_the_callers(client: FlaskClient) -> None:
    do(client, "rename", 1, code="11001", name="新名")
    chinese = {"Accept-Language": "zh-CN"}
    log = client.get(f"{BASE}/log", headers=chinese).get_json()
    assert log["items"][0]["text"] == "把网格11001改名为新名"


def test_plans_that_are_no_drafts_are_refused(client: FlaskClient) -> None:
    do(client, "rename", 1, code="11001", name="新名")
    headers = {"If-Match": '"plan-1-2"'}
    handed = client.post("/api/v1/plans/1/submit", json={"approval": "1"}, headers=headers)
    assert handed.status_code == 200
    late = do(client, "rename", 3, code="11001", name="新名2")
    assert (late.status_code, late.get_json()["changed"]["status"]) == (409, "review")
    assert client.put(f"{BASE}/locks", json={"codes": ["11"], "locked": True}).status_code == 409
    assert client.get(BASE).get_json()["status"] == "review"
    assert client.get("/api/v1/plans/99/redraw").status_code == 404


def publish(app: Flask, plan_id: int, day: int) -> None:
    moment = datetime(2026, 3, day, tzinfo=UTC)
    with reading(app.config["DATABASE"]) as connection:
        version = find_plan(connection, plan_id).version
    handed = submit_draft(app.config["DATABASE"], plan_id, version, approval="1", at=moment)
    publish_plan(app.config["DATABASE"], plan_id, handed.version, at=moment)


def test_published_and_earlier_plans_are_looked_at_and_never_changed(
    client: FlaskClient, app: Flask
) -> None:
    do(client, "split", 1, code="11001", line=path((-1, 0.5), (2, 0.5)))
    drawn = client.get(BASE).get_json()
    publish(app, 1, 2)
    copy = draft_of_plan(app.config["DATABASE"], 1, "下一版", at=NOW, by=None)
    rename = {"operation": "rename", "parameters": {"code": "12001", "name": "新名"}}
    there = f"/api/v1/plans/{copy.id}/redraw"
    assert client.post(f"{there}/operations", json={"version": 1, **rename}).status_code == 200
    publish(app, copy.id, 3)
    for fresh in (app, create_app(app.config["SETTINGS"])):
        looks = fresh.test_client()
        old, now = (looks.get(address).get_json() for address in (BASE, there))
        assert (old["status"], now["status"]) == ("archived", "published")
        for seen in (old, now):
            lines = {str(arc["line"]) for arc in seen["arcs"]}
            assert lines == {str(arc["line"]) for arc in drawn["arcs"]}
        names = [{g["code"]: g["name"] for g in seen["grids"]} for seen in (old, now)]
        assert (names[0]["12001"], names[1]["12001"]) == ("网格12001", "新名")
        assert looks.get(f"{BASE}/figures?level=3").get_json()["total"] == 6
        assert looks.get(f"{there}/problems").status_code == 200
        assert looks.get(f"{BASE}/changes?since={old['version']}").get_json()["entries"] == []
        assert looks.get(f"{BASE}/log").get_json()["items"][0]["kind"] == "split"
        assert looks.get(f"{BASE}/compare?with={copy.id}").get_json()["features"] == []
        for path_, body in WRITES.items():
            answer = looks.post(f"{BASE}/{path_}", json=body)
            assert answer.status_code in (409, 422), path_
            assert answer.status_code == 409 or path_ == "merge"  # no branch of it either
        locks = looks.put(f"{BASE}/locks", json={"codes": ["11"], "locked": True})
        assert locks.status_code == 409
        assert looks.get(BASE).get_json() == old


WRITES: dict[str, dict[str, Any]] = {
    "operations": {"version": 1, "operation": "rename", "parameters": {"code": "11", "name": "甲"}},
    "undo": {"version": 1},
    "redo": {"version": 1},
    "suggestions": {"kind": "halve", "codes": ["11001"]},
    "branches": {"name": "分支"},
    "merge": {"from": 2, "version": 1},
}
