"""The workbench's page: who may open it, what it carries, a new draft from a plan in force."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import add_people, sign_in
from published import put_in_force
from redraw_plans import plan, same_frames
from small_plan import HOSTILE

from geogrid.store.anew import draft_of_plan
from geogrid.store.opening import reading
from geogrid.store.plans import find_plan, plan_grids
from geogrid.store.workspace import Workspace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = "/plans/1/edit"


@pytest.fixture
def workspace(own_app: Flask) -> Workspace:
    found: Workspace = own_app.config["WORKSPACE"]
    found.use(name=HOSTILE, grids=plan())
    return found


@pytest.mark.usefixtures("workspace")
def test_the_page_carries_what_its_script_needs(own_client: FlaskClient) -> None:
    text = own_client.get(PAGE).text
    assert '"api": "/api/v1/plans/1/redraw"' in text
    assert '"may_edit": true' in text
    assert HOSTILE not in text
    assert "调整边界" in text
    assert "Redraw boundaries" in own_client.get("/plans?lang=en").text
    assert PAGE in own_client.get("/plans").text


STATUS_FOR = {
    "root": 200, "planner": 200, "planner-of-one": 403, "supervisor": 403, "worker": 403,
}  # fmt: skip


@pytest.mark.usefixtures("workspace")
def test_it_is_for_planners_without_limits(own_app: Flask) -> None:
    add_people(own_app)
    for name, status in STATUS_FOR.items():
        client = sign_in(own_app, name)
        assert client.get(PAGE).status_code == status, name
        assert client.post(PAGE).status_code == status, name
        offered = f'href="{PAGE}"' in client.get("/plans").text
        assert offered is (status == 200), name
    assert own_app.test_client().get(PAGE).status_code == 302


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("number", ["2", "999999999999999999999"])
def test_a_plan_that_is_not_there(own_client: FlaskClient, number: str) -> None:
    assert own_client.get(f"/plans/{number}/edit").status_code == 404


def test_a_draft_from_the_plan_in_force_has_the_same_grids(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    put_in_force(workspace, NOW)
    assert "data-begin" in own_client.get("/plans").text
    assert '"may_edit": false' in own_client.get(PAGE).text
    address = own_client.post(PAGE).get_json()["url"]
    assert address == "/plans/2/edit"
    assert '"may_edit": true' in own_client.get(address).text
    with reading(workspace.engine) as connection:
        one, other = (find_plan(connection, number) for number in (1, 2))
        assert (other.status, other.base_number) == ("draft", one.number)
        assert same_frames(plan_grids(connection, one), plan_grids(connection, other))
    view = own_client.get("/api/v1/plans/2/redraw").get_json()
    assert len(view["grids"]) == len(plan())


def test_region_and_approved_gaps_come_along(own_client: FlaskClient, own_app: Flask) -> None:
    workspace = own_app.config["WORKSPACE"]
    region = plan().query("code == '1'")[["geometry"]]
    workspace.use(name="有湖", grids=plan(), region=region)
    area = [[114.002, 22.002], [114.004, 22.002], [114.004, 22.004]]
    done = own_client.post(
        "/api/v1/plans/1/redraw/operations",
        json={"version": 1, "operation": "approve_gap", "parameters": {"note": "湖", "area": area}},
    )
    assert done.status_code == 200, done.text
    put_in_force(workspace, NOW)
    copy = draft_of_plan(workspace.engine, 1, "再调整", at=NOW, by=None)
    gaps = own_client.get(f"/api/v1/plans/{copy.id}/redraw").get_json()["gaps"]
    assert [gap["is_approved"] for gap in gaps] == [True]


def test_a_plan_in_force_is_there_to_look_at_and_to_begin_from(
    own_app: Flask, workspace: Workspace
) -> None:
    put_in_force(workspace, NOW)
    add_people(own_app)
    for name, status in STATUS_FOR.items():
        client = sign_in(own_app, name)
        assert client.get(PAGE).status_code == status, name
        assert client.get("/api/v1/plans/1/redraw").status_code == status, name
        assert (f'href="{PAGE}"' in client.get("/plans").text) is (status == 200), name
    client = sign_in(own_app, "planner")
    page = client.get(PAGE + "?lang=en").text
    assert "This plan is in force and never changes" in page
    assert f'data-url="{PAGE}"' in page
    assert '"may_edit": false' in page
    assert 'href="/plans/1/print"' in page
    assert own_app.test_client().get("/api/v1/plans/1/redraw").status_code == 401
