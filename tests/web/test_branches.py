"""The pages of a draft's copies: who may open them, what they offer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import add_people, sign_in
from published import put_in_force
from redraw_plans import plan
from small_plan import HOSTILE

from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.redrawing.branches import branch_off
from geogrid.store.workspace import Workspace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIST, PAIR = "/plans/1/branches", "/plans/1/branches/2"


@pytest.fixture
def workspace(own_app: Flask) -> Workspace:
    """Give a draft, a branch of it, and one that was begun on its own."""
    found: Workspace = own_app.config["WORKSPACE"]
    found.use(name=HOSTILE, grids=plan())
    engine = own_app.config["DATABASE"]
    branch_off(engine, 1, "分支", at=NOW, by=None)
    add_draft(engine, "另起", plan(), at=NOW)
    return found


@pytest.mark.usefixtures("workspace")
def test_copies_can_be_merged_and_all_drafts_compared(own_client: FlaskClient) -> None:
    text = own_client.get(LIST).text
    assert HOSTILE not in text
    assert text.count('href="/plans/1/branches/2"') == 2
    assert text.count('href="/plans/2/branches/1"') == 1
    assert text.count('href="/plans/1/branches/3"') == 1
    assert "/plans/3/branches/1" not in text
    for page in ("/plans", "/plans/1/edit"):
        assert f'href="{LIST}"' in own_client.get(page).text


@pytest.mark.usefixtures("workspace")
def test_the_page_says_whether_there_is_anything_to_merge(own_client: FlaskClient) -> None:
    assert '"may_merge": true' in own_client.get(PAIR).text
    alone = own_client.get("/plans/1/branches/3?lang=en").text
    assert '"may_merge": false' in alone
    assert "they can only be compared" in alone


@pytest.mark.usefixtures("workspace")
def test_a_plan_in_review_gets_nothing_merged(own_app: Flask, own_client: FlaskClient) -> None:
    engine = own_app.config["DATABASE"]
    submit_draft(engine, 1, 1, approval="批1", at=NOW)
    assert '"may_merge": false' in own_client.get(PAIR).text
    assert "data-url" not in own_client.get(LIST).text


STATUS_FOR = {
    "root": 200, "planner": 200, "planner-of-one": 403, "supervisor": 403, "worker": 403,
}  # fmt: skip


@pytest.mark.usefixtures("workspace")
def test_they_are_for_planners_without_limits(own_app: Flask) -> None:
    add_people(own_app)
    for name, status in STATUS_FOR.items():
        client = sign_in(own_app, name)
        for page in (LIST, PAIR):
            assert client.get(page).status_code == status, (name, page)
    assert own_app.test_client().get(LIST).status_code == 302


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    "page", ["/plans/9/branches", "/plans/1/branches/9", "/plans/1/branches/1"]
)
def test_what_is_not_there(own_client: FlaskClient, page: str) -> None:
    assert own_client.get(page).status_code == 404


def test_plans_that_were_published_are_compared_elsewhere(
    own_app: Flask, own_client: FlaskClient
) -> None:
    own_app.config["WORKSPACE"].use(name="现行", grids=plan())
    put_in_force(own_app.config["WORKSPACE"])
    assert own_client.get(LIST).status_code == 404
