"""``/workspace/compare/…``: the plan in use against a former one."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from small_plan import HOSTILE, use_small_plan

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
    assert data["names"][1] == HOSTILE


@pytest.mark.parametrize("kind", ["docx", "xlsx", "html", "json"])
def test_files(app: Flask, client: FlaskClient, kind: str) -> None:
    answer = client.get(f"/workspace/compare/{former(app)}/{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_there(app: Flask, client: FlaskClient) -> None:
    assert client.get("/workspace/compare/none").status_code == 404
    assert client.get(f"/workspace/compare/{former(app)}/exe").status_code == 404
