"""Cases by address: where only a list places the building, and placed again later."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import add_people, sign_in
from published import put_in_force
from small_plan import grids, posts, units

from web import create_app
from web.cases import again
from web.config import Settings
from web.current import CurrentPlan

LIST = "编号,地址,状态\nA1,东街5号,处理中\nA2,东街6号,处理中\nA3,东街5号,已办结\n"
SURE = ["西街1号1号楼", "东街5号", "西街77号", "无此路9号", ""]


def cases(addresses: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame({"case_id": [f"W{at}" for at in range(len(addresses))]})
    rows = rows.assign(address=addresses, status="reported", lon=float("nan"), lat=float("nan"))
    there = {"case_id": ["P1"], "address": ["西街7号"], "status": "closed"}
    return pd.concat([rows, pd.DataFrame(there).assign(lon=114.025, lat=22.535)], ignore_index=True)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.config["WORKSPACE"].use(
        name="手绘方案", grids=grids(), posts=posts(), units=units(), cases=cases(SURE)
    )
    return app


def located(client: FlaskClient) -> str:
    """Upload the list, locate it and return its token."""
    data = {"file": (io.BytesIO(LIST.encode()), "工单.csv")}
    token = client.post("/api/v1/cases", data=data).get_json()["url"].split("/")[2]
    form = {"field-address": "地址", "field-case_id": "编号"}
    state = client.post(f"/api/v1/cases/{token.split('?')[0]}/locate", data=form).get_json()
    assert (state["stage"], state["error"]) == ("done", "")
    return token.split("?")[0]


def test_a_building_that_only_the_list_places_has_its_grid(app: Flask) -> None:
    client = app.test_client()
    token = located(client)
    rows = client.get(f"/api/v1/cases/{token}/rows?lang=zh_CN").get_json()["rows"]
    assert [(row["grid"], row["status"]) for row in rows] == [
        ("甲二网格", "inside"), ("", "no_position"), ("甲二网格", "inside"),
    ]  # fmt: skip
    assert rows[0]["lon"] is None
    assert "东街5号" in rows[0]["reason"]
    assert "不一致" not in rows[0]["reason"]
    assert client.get(f"/cases/{token}").status_code == 200
    sheet = client.get(f"/cases/{token}/located", buffered=True).data.decode("utf-8-sig")
    assert sheet.splitlines()[1].startswith("A1,东街5号,处理中,112,甲二网格")
    bins = client.get(
        f"/api/v1/cases/{token}/bins?bbox=114,22.5,114.1,22.6&zoom=14&width=600&height=600"
    )
    assert bins.get_json()["bins"] == []
    assert client.get(f"/cases/weekly?list={token}").status_code == 200
    assert client.post(f"/api/v1/cases/{token}/use").status_code == 200
    assert client.get("/api/v1/grids/112").get_json()["cases"] == 2
    assert client.get("/heatmap").status_code == 200


def lost(app: Flask) -> list[str]:
    found = app.config["WORKSPACE"].current().cases.set_index("case_id")
    is_lost = ~np.isfinite(found["lon"]) & (found["matched_unit"].fillna("") == "")
    return sorted(found.index[is_lost])


@pytest.mark.parametrize("in_force", [False, True])
def test_cases_whose_address_is_certain_by_now_are_placed(app: Flask, in_force: bool) -> None:
    if in_force:
        put_in_force(app.config["WORKSPACE"])
    client = app.test_client()
    page = client.get("/addresses/doubtful?lang=zh_CN").text
    assert "2 个事件的地址现在已能查准" in page
    assert "为这些事件定位" in page
    answer = client.post("/cases/place", follow_redirects=True)
    assert "已有位置" in answer.text
    assert "为这些事件定位" not in answer.text
    assert lost(app) == ["W2", "W3", "W4"]
    now = app.config["WORKSPACE"].current().cases.set_index("case_id")
    assert len(now) == 6
    assert now.at["W0", "lon"] == 114.008
    assert now.at["W0", "matched_unit"] == "B1"
    assert now.at["W1", "matched_unit"] == "B5"
    assert now.at["P1", "lon"] == 114.025
    assert now.at["P1", "status"] == "closed"
    assert client.get("/api/v1/grids/112").get_json()["cases"] == 1
    assert client.post("/cases/place").status_code == 302, "again, with nothing left to do"


@pytest.mark.parametrize(("times", "status"), [(1, 302), (9, 409)])
def test_what_changes_meanwhile_is_not_overwritten(
    app: Flask, monkeypatch: pytest.MonkeyPatch, times: int, status: int
) -> None:
    workspace, real, done = app.config["WORKSPACE"], again.placed_again, []

    def slowly(current: CurrentPlan) -> pd.DataFrame:
        found = real(current)
        if len(done) < times:
            done.append(workspace.add_cases(cases([*SURE, f"别处{len(done)}号"])))
        return found

    monkeypatch.setattr(again, "placed_again", slowly)
    answer = app.test_client().post("/cases/place?lang=zh_CN")
    assert answer.status_code == status
    assert ("已有变动" in answer.text) == (status == 409)
    assert len(workspace.current().cases) == 7
    is_placed = workspace.current().cases["lon"].notna().sum() == 2
    assert is_placed == (status == 302)


@pytest.mark.parametrize("in_force", [False, True])
def test_cases_on_a_sample_are_all_kept(app: Flask, in_force: bool) -> None:
    workspace = app.config["WORKSPACE"]
    workspace.use(name="样例", is_sample=True, grids=grids(), units=units(), cases=cases(SURE))
    if in_force:
        put_in_force(workspace)
    assert app.test_client().post("/cases/place").status_code == 302
    assert workspace.current().cases["case_id"].tolist() == ["W0", "W1", "W2", "W3", "W4", "P1"]
    assert lost(app) == ["W2", "W3", "W4"]
    assert workspace.current().is_sample


def test_planners_without_limits_place_cases(app: Flask) -> None:
    add_people(app)
    for name, status in (("worker", 403), ("supervisor", 403), ("planner", 302)):
        assert sign_in(app, name).post("/cases/place").status_code == status
    page = sign_in(app, "supervisor").get("/addresses/doubtful?lang=zh_CN").text
    assert "为这些事件定位" not in page
