"""``/workspace/compare/…``: the plan in use against a former one."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from published import put_in_force
from small_plan import HOSTILE, use_small_plan
from small_plan import grids as small_grids

from geogrid.store.plans import submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.workspace import Workspace
from web import create_app
from web.config import Settings


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    workspace = Workspace(tmp_path)
    use_small_plan(workspace)
    plan = workspace.current()
    changed = plan.grids.copy()
    changed.loc[changed.index[0], "name"] = HOSTILE
    workspace.use(name=HOSTILE, grids=changed, posts=plan.posts, units=plan.units)
    return create_app(Settings(workspace=tmp_path))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def former(app: Flask) -> str:
    workspace: Workspace = app.config["WORKSPACE"]
    (other,) = [plan.plan_id for plan in workspace.former() if plan.name != HOSTILE]
    return other


def test_the_page_of_the_data_leads_to_the_comparison(app: Flask, client: FlaskClient) -> None:
    url = f"/workspace/compare/{former(app)}"
    assert url in client.get("/workspace").get_data(as_text=True)
    page = client.get(url)
    assert page.status_code == 200
    assert HOSTILE not in page.get_data(as_text=True)
    data = client.get(f"/api/v1{url}").get_json()
    assert [change["kind"] for change in data["changes"]] == ["renamed"]
    assert HOSTILE in data["names"][1]


def test_plans_are_called_by_what_they_are(app: Flask, client: FlaskClient) -> None:
    def called(plan_id: str) -> list[str]:
        data = client.get(f"/api/v1/workspace/compare/{plan_id}?lang=zh_CN").get_json()
        page = client.get(f"/workspace/compare/{plan_id}?lang=zh_CN").get_data(as_text=True)
        assert escape(" → ".join(data["names"])) in page
        names: list[str] = data["names"]
        return names

    workspace: Workspace = app.config["WORKSPACE"]
    first = former(app)
    assert called(first) == ["草案 · 手绘方案", f"草案 · {HOSTILE}"]
    put_in_force(workspace)
    assert called(first) == [f"现行方案 · {HOSTILE}", "草案 · 手绘方案"]
    workspace.use(name="新稿", grids=small_grids())
    draft = max(int(plan.plan_id) for plan in workspace.former())
    in_force = int(workspace.digest.split(":")[1])
    plan = submit_draft(workspace.engine, draft, 1, approval="批2", at=workspace.now())
    assert called(str(draft)) == [f"现行方案 · {HOSTILE}", "待审方案 · 新稿"]
    publish_plan(workspace.engine, draft, plan.version, at=workspace.now())
    assert called(str(in_force)) == [f"历史方案 · {HOSTILE}", "现行方案 · 新稿"]


@pytest.mark.parametrize("kind", ["docx", "xlsx", "html", "json"])
def test_files(app: Flask, client: FlaskClient, kind: str) -> None:
    answer = client.get(f"/workspace/compare/{former(app)}/{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_there(app: Flask, client: FlaskClient) -> None:
    assert client.get("/workspace/compare/none").status_code == 404
    assert client.get(f"/workspace/compare/{former(app)}/exe").status_code == 404
