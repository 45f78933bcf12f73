"""``/plans/…/proposals``: asked for, shown side by side, one made a draft."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import sign_in

from geogrid.coverage import check_coverage
from geogrid.errors import FieldError
from geogrid.store.errors import ConflictError
from geogrid.store.proposing import proposed_parts, require_same
from web import create_app
from web.background import make_runner
from web.config import Settings


def start(client: FlaskClient, plan: int, **asked: Any) -> Any:
    return client.post(f"/api/v1/plans/{plan}/proposals", json=asked)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, int, int]:
    """An app with a draft of the country sample, and proposals for it."""
    app = create_app(Settings(workspace=tmp_path_factory.mktemp("workspace")))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    workspace = app.config["WORKSPACE"]
    workspace.use_sample("rural")
    plan = int(workspace.keep_sample().key.split(":")[1])
    answer = start(app.test_client(), plan, tolerance=0.2)
    assert answer.status_code == 202
    assert make_runner(app).run_one()
    return app, plan, answer.json["id"]


def test_the_page_shows_them_side_by_side(made: tuple[Flask, int, int]) -> None:
    app, plan, job = made
    client = app.test_client()
    for language, words in (("zh_CN", ["少变动", "现状", "存为草案"]), ("en", ["Few homes move"])):
        client.set_cookie("language", language)
        page = client.get(f"/plans/{plan}/proposals?job={job}").text
        assert page.count("<svg viewBox") == 5
        assert all(word in page for word in words), language
        assert client.get(f"/plans/{plan}/proposals").text.count("<svg viewBox") == 5
    assert client.get(f"/plans/{plan}/proposals?job=999").status_code == 404
    assert client.get(f"/plans/{plan}/proposals?job=x").status_code == 404
    assert client.get("/plans/999/proposals").status_code == 404


def test_one_becomes_a_draft(made: tuple[Flask, int, int]) -> None:
    app, plan, job = made
    client = app.test_client()
    answer = client.post(f"/api/v1/plans/{plan}/proposals/{job}/stay", json={"name": "新划分"})
    assert answer.status_code == 201, answer.json
    draft = app.config["WORKSPACE"].find_plan(str(answer.json["plan"]))
    old = app.config["WORKSPACE"].find_plan(str(plan))
    assert draft.name == "新划分"
    assert check_coverage(draft.grids, draft.region).is_proven
    assert len(draft.units) == len(old.units)
    assert len(draft.grids) == len(old.grids)
    assert (draft.grids["geometry"] != old.grids["geometry"]).any()
    assert "新划分" in client.get("/plans").text
    for path in (
        f"{plan}/proposals/{job}/other",
        f"{plan}/proposals/99/stay",
        "99/proposals/1/stay",
    ):
        assert client.post(f"/api/v1/plans/{path}", json={}).status_code == 404


def test_what_cannot_be_asked_is_said(made: tuple[Flask, int, int]) -> None:
    app, plan, _job = made
    client = app.test_client()
    for asked in ({"count": 0}, {"count": "x"}, {"count": 3, "target": 5}, {"tolerance": 3},
                  {"keeps_parents": 1}, {"target": True}):  # fmt: skip
        assert start(client, plan, **asked).status_code == 422, asked
    assert start(client, 99).status_code == 404
    job = start(client, plan, count=2).json["id"]
    assert make_runner(app).run_one()
    ended = client.get(f"/api/v1/jobs/{job}", headers={"Accept-Language": "zh-CN"}).json
    assert ended["status"] == "failed"
    assert "专属网格" in ended["error"]["detail"]


def test_only_planners_without_limits_may(own_app: Flask, people: dict[str, Any]) -> None:
    assert people
    for name in ("worker", "supervisor"):
        client = sign_in(own_app, name)
        assert start(client, 1).status_code == 403
        assert client.get("/plans/1/proposals").status_code == 403
        assert client.post("/api/v1/plans/1/proposals/1/stay", json={}).status_code == 403
    assert start(sign_in(own_app, "planner"), 1).status_code == 404


def test_proposals_of_a_plan_that_changed_are_refused(made: tuple[Flask, int, int]) -> None:
    app, plan, _job = made
    found = app.config["WORKSPACE"].find_plan(str(plan))
    with pytest.raises(ConflictError):
        require_same(found, {"digest": "other"})
    with pytest.raises(FieldError):
        proposed_parts(found, {"digest": found.digest, "proposals": []}, "stay", "")
