"""The page that gives the plan away: what each role gets, and what is said before."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_plan import HOSTILE, posts, units, use_small_plan

from geogrid.exchange import KINDS, import_plan
from geogrid.store.workspace import Workspace
from web.auth import Caller


@pytest.fixture
def workspace(own_client: FlaskClient) -> Workspace:
    """Return a workspace with the hand-drawn plan."""
    found: Workspace = own_client.application.config["WORKSPACE"]
    use_small_plan(found)
    return found


def fetched(client: FlaskClient, url: str, path: Path) -> Path:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    path.write_bytes(answer.data)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_planner_gets_the_whole_plan(
    own_client: FlaskClient, workspace: Workspace, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"plan{KINDS[kind].extension}"
    back = import_plan(fetched(own_client, f"/workspace/export/{kind}", path)).parts
    assert back["posts"]["phone"].tolist() == posts()["phone"].tolist()  # type: ignore[index]
    assert back["units"]["name"].tolist() == units()["name"].tolist()  # type: ignore[index]
    answer = own_client.get(f"/workspace/export/{kind}")
    assert "filename" in answer.headers["Content-Disposition"]
    assert answer.mimetype == KINDS[kind].media_type


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["worker", "supervisor"])
def test_lower_roles_get_no_phone_and_no_case(
    own_client: FlaskClient,
    workspace: Workspace,
    tmp_path: Path,
    kind: str,
    role: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.auth.caller", lambda: Caller(role))
    monkeypatch.setattr("web.workspace.exporting.caller", lambda: Caller(role))
    path = tmp_path / f"plan{KINDS[kind].extension}"
    back = import_plan(fetched(own_client, f"/workspace/export/{kind}", path)).parts
    assert set(back["posts"]["phone"]) == {""}  # type: ignore[index]
    assert "cases" not in back
    assert b"0755-1111-0001" not in path.read_bytes()
    page = own_client.get("/workspace/export").get_data(as_text=True)
    assert "不含电话号码和事件" in page


def test_the_page_says_what_is_not_kept(own_client: FlaskClient, workspace: Workspace) -> None:
    page = own_client.get("/workspace/export").get_data(as_text=True)
    assert HOSTILE not in page
    assert page.count("全部内容都能原样读回") >= 3
    assert "边界线的绕向按该格式的要求调整" in page
    assert "encoding=GBK" in page
    assert "请注意交给谁" in page
    assert 'href="/workspace/export"' in own_client.get("/workspace").get_data(as_text=True)


def test_other_formats_and_encodings_are_refused(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    assert own_client.get("/workspace/export/docx").status_code == 404
    assert own_client.get("/workspace/export/shp?encoding=Big5").status_code == 422
    assert own_client.get("/workspace/export/shp?encoding=GBK").status_code == 200
