"""The page of the plans, and look-ups about the past."""

from __future__ import annotations

import io
import time

import pytest
from flask import g
from flask.testing import FlaskClient
from small_plan import HOSTILE, use_small_plan
from small_plan import grids as small_grids

from geogrid.store.plans import submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.workspace import Workspace
from web.auth import Caller
from web.check.folder import find_check
from web.jobs import jobs


@pytest.fixture
def workspace(own_client: FlaskClient) -> Workspace:
    """Return a workspace with the hand-drawn plan as a draft."""
    found: Workspace = own_client.application.config["WORKSPACE"]
    use_small_plan(found)
    return found


def publish(workspace: Workspace) -> None:
    draft = int(workspace.former()[0].plan_id)
    plan = submit_draft(workspace.engine, draft, 1, approval="南园〔12〕", at=workspace.now())
    publish_plan(workspace.engine, draft, plan.version, at=workspace.now())


def page_of(client: FlaskClient) -> str:
    answer = client.get("/plans")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_empty_place_says_how_to_begin(own_client: FlaskClient) -> None:
    page = page_of(own_client)
    assert "还没有发布过方案" in page
    assert "方便先试用" in page
    assert 'data-plan="' not in page


def test_a_draft_can_be_moved_on(own_client: FlaskClient, workspace: Workspace) -> None:
    workspace.rename(HOSTILE)
    page = page_of(own_client)
    assert HOSTILE not in page
    assert "各页面正在显示" in page
    assert 'data-tag="&#34;plan-1-2&#34;"' in page
    for words in ("提交审核", "删除", "检查"):
        assert words in page


def test_what_is_in_force_says_since_when_and_by_which_document(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    publish(workspace)
    page = page_of(own_client)
    assert "批文号：南园〔12〕" in page
    assert "6 个网格" in page
    assert "方便先试用" not in page
    data = own_client.get("/workspace").get_data(as_text=True)
    assert 'href="/plans"' in data
    assert "换一个方案" not in data


def wait_for(client: FlaskClient, token: str, stage: str) -> None:
    for _each in range(1200):
        if client.get(f"/api/v1/check/{token}").get_json()["stage"] == stage:
            return
        time.sleep(0.1)
    raise AssertionError(client.get(f"/api/v1/check/{token}").get_json())


def test_a_checked_file_becomes_a_draft_when_a_plan_is_in_force(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    publish(workspace)
    file = (io.BytesIO(small_grids().to_json(drop_id=True).encode()), "新.geojson")
    token = own_client.post("/api/v1/check", data={"files": [file]}).get_json()["token"]
    wait_for(own_client, token, "asking")
    own_client.post(f"/api/v1/check/{token}/run", data={})
    wait_for(own_client, token, "done")
    answer = own_client.post(f"/api/v1/check/{token}/use", data={"name": "新"})
    assert answer.get_json() == {"url": "/plans"}
    assert workspace.current().name != "新"
    assert "新" in page_of(own_client)
    assert own_client.post("/api/v1/workspace/sample/rural").status_code == 409


def test_workers_see_no_drafts(own_client: FlaskClient, workspace: Workspace) -> None:
    def come() -> None:
        g.caller = Caller("worker")

    own_client.application.before_request_funcs.setdefault(None, []).append(come)
    assert 'data-plan="' not in page_of(own_client)
    publish(workspace)
    page = page_of(own_client)
    assert page.count('data-plan="') == 1
    assert "data-job" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/grids/111?",
        "/api/v1/lookup?grid=111&",
        "/api/v1/lookup?lon=114.005&lat=22.535&datum=wgs84&",
        "/api/v1/locate?lon=114.005&lat=22.535&datum=wgs84&",
    ],
)
def test_every_lookup_answers_about_the_past(
    own_client: FlaskClient, workspace: Workspace, path: str
) -> None:
    publish(workspace)
    first = workspace.now().isoformat().replace("+00:00", "Z")
    workspace.use(name="新", grids=small_grids().replace({"name": {"甲一网格": "新一网格"}}))
    publish(workspace)
    now, then = own_client.get(path), own_client.get(f"{path}at={first}")
    assert "新一网格" in now.get_data(as_text=True)
    assert "甲一网格" in then.get_data(as_text=True)
    assert "新一网格" not in then.get_data(as_text=True)
    assert own_client.get(f"{path}at=2020-01-01").status_code == 404
    assert own_client.get(f"{path}at=yesterday").status_code == 422


def test_a_batch_answers_about_the_past(own_client: FlaskClient, workspace: Workspace) -> None:
    publish(workspace)
    first = workspace.now().isoformat().replace("+00:00", "Z")
    workspace.use(name="新", grids=small_grids().replace({"code": {"111": "113"}}))
    publish(workspace)
    body = {"lon": [114.005], "lat": [22.535], "datum": "wgs84"}
    for at, code in (("", "113"), (f"?at={first}", "111")):
        answer = own_client.post(f"/api/v1/locate{at}", json=body)
        assert f'"{code}"' in answer.get_data(as_text=True)


def test_old_files_are_brought_in_by_one_click(own_client: FlaskClient) -> None:
    from geogrid.store import save_plan  # noqa: PLC0415

    workspace: Workspace = own_client.application.config["WORKSPACE"]
    assert "一键导入" not in own_client.get("/workspace").get_data(as_text=True)
    save_plan(workspace.folder / "plans" / "a", name="旧方案", grids=small_grids())
    assert "一键导入" in own_client.get("/workspace").get_data(as_text=True)
    assert own_client.post("/api/v1/workspace/files").get_json() == {"url": "/workspace"}
    page = own_client.get("/workspace").get_data(as_text=True)
    assert "一键导入" not in page
    assert "旧方案" in page


def test_a_draft_is_checked_where_it_can_be_repaired(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    publish(workspace)
    draft = workspace.use(name="有缝", grids=small_grids().query("code != '112'"))
    url = f"/api/v1/check/plan/{draft.key.split(':')[1]}"
    assert f'data-repair="{url}"' in page_of(own_client)
    sent = own_client.post(url).get_json()
    with own_client.application.app_context():
        jobs().wait(find_check(sent["token"]).job, seconds=60)
    page = own_client.get(sent["url"]).text
    assert "有缝" in page
    assert f"/check/{sent['token']}/repair" in page
    assert own_client.post("/api/v1/check/plan/77").status_code == 404


def test_a_file_beside_a_plan_in_force_becomes_a_draft(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    words = "在本方案发布之前"
    for is_in_force in (False, True):
        if is_in_force:
            publish(workspace)
        content = small_grids().to_json(drop_id=True).encode()
        sent = own_client.post("/api/v1/check", data={"files": (io.BytesIO(content), "g.geojson")})
        token = sent.get_json()["token"]
        for step in ("", "/run"):
            if step:
                form = {"region": "none", "system": "wgs84"}
                assert own_client.post(f"/api/v1/check/{token}{step}", data=form).status_code < 300
            with own_client.application.app_context():
                jobs().wait(find_check(token).job, seconds=60)
        page = own_client.get(f"/check/{token}").get_data(as_text=True)
        assert (words in page) == is_in_force
