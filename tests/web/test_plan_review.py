"""``/plans/…/review``: what a plan would change, its proof, the rules, lists and files."""

from __future__ import annotations

import csv
import io
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask.testing import FlaskClient
from people import LIMITED, NAMES, sign_in
from published import put_in_force
from small_plan import HOSTILE, use_small_plan
from small_plan import grids as small_grids

from geogrid.rules import builtin_profiles
from geogrid.store.guard import Terms, UnfitPlanError
from geogrid.store.plans import submit_draft
from geogrid.store.publish import prepare_plan, publish_plan
from geogrid.store.users import User
from geogrid.store.workspace import Workspace

PAGE = "/plans/2/review"
API = f"/api/v1{PAGE}"


def merged() -> gpd.GeoDataFrame:
    plan = small_grids().set_index("code", drop=False)
    plan.loc["111", "geometry"] = shapely.box(114.00, 22.53, 114.02, 22.54)
    return plan.drop("112").reset_index(drop=True)


@pytest.fixture
def workspace(own_client: FlaskClient) -> Workspace:
    """Return a workspace with the hand-drawn plan in force and a draft that merges two grids."""
    found: Workspace = own_client.application.config["WORKSPACE"]
    use_small_plan(found)
    put_in_force(found)
    found.use(name=HOSTILE, grids=merged())
    return found


def test_the_list_of_plans_leads_to_the_page(own_client: FlaskClient, workspace: Workspace) -> None:
    assert workspace.is_in_force
    assert f'href="{PAGE}"' in own_client.get("/plans").text
    page = own_client.get(PAGE)
    assert page.status_code == 200
    assert HOSTILE not in page.text
    assert 'href="/plans/2/edit"' in page.text
    assert own_client.get("/plans/1/review").location == "/plans/1/changes"
    assert own_client.get("/plans/9/review").status_code == 404


@pytest.mark.usefixtures("workspace")
def test_what_changes_is_said_with_proof_and_rules(own_client: FlaskClient) -> None:
    data = own_client.get(f"{API}?lang=zh_CN").get_json()
    assert (data["is_first"], data["is_behind"], data["is_same"]) == (False, False, False)
    assert data["names"] == ["现行方案 · 手绘方案", f"草案 · {HOSTILE}"]
    totals = {key: count for key, _name, count in data["totals"]}
    assert totals == {
        "households": 20, "people": 56, "buildings": 2, "addresses": None,
        "open_cases": None, "staff": 0,
    }  # fmt: skip
    assert data["proof"]["is_seamless"]
    assert data["proof"]["errors"] == 0
    advice = data["advice"]
    assert advice["before"] == advice["gone"][0] + advice["still"][0]
    assert advice["after"] == advice["new"][0] + advice["still"][0]
    assert not advice["is_binding"]
    assert {what: total for what, _words, total in data["lists"]} == {
        "grids": 4, "unit": 2,
    }  # fmt: skip


@pytest.mark.usefixtures("workspace")
def test_lists_page_by_page_and_as_files(own_client: FlaskClient) -> None:
    found = own_client.get(f"{API}/unit").get_json()
    assert (found["total"], found["pages"], len(found["rows"])) == (2, 1, 2)
    content = own_client.get(f"{PAGE}/unit.csv?lang=en")
    assert content.headers["Cache-Control"] == "no-store"
    assert "attachment" in content.headers["Content-Disposition"]
    _head, *rows = csv.reader(io.StringIO(content.data.decode("utf-8-sig")))
    assert [row[1] for row in rows] == [row["title"] for row in found["rows"]]
    assert [row[3] for row in rows] == [row["from"].replace("（", " (").replace("）", ")")
                                        for row in found["rows"]]  # fmt: skip
    for kind in ("xlsx", "csv"):
        for what in ("grids", "changes", "moves", "unit", "address", "case", "post"):
            assert own_client.get(f"{PAGE}/{what}.{kind}").status_code == 200, what


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("url", "status"),
    [
        (f"{API}/none", 404), (f"{API}/unit?page=0", 422), (f"{API}/unit?page=x", 422),
        (f"{PAGE}/unit.exe", 404), (f"{PAGE}/none.csv", 404),
        ("/api/v1/plans/1/review", 404), ("/api/v1/plans/9/review", 404),
        ("/plans/1/review/unit.csv", 404),
    ],
)  # fmt: skip
def test_what_is_not_there(own_client: FlaskClient, url: str, status: int) -> None:
    assert own_client.get(url).status_code == status


def test_the_first_plan(own_client: FlaskClient) -> None:
    workspace: Workspace = own_client.application.config["WORKSPACE"]
    use_small_plan(workspace, has_tables=False)
    assert "/plans/1/review" in own_client.get("/plans").text
    data = own_client.get("/api/v1/plans/1/review").get_json()
    assert data["is_first"]
    assert (data["totals"], data["files"], data["advice"]["before"]) == ([], [], None)
    assert data["proof"]["is_seamless"]


def test_a_plan_after_a_sample_is_the_first(own_client: FlaskClient) -> None:
    workspace: Workspace = own_client.application.config["WORKSPACE"]
    workspace.keep_sample()
    put_in_force(workspace)
    workspace.use(name="本地方案", grids=small_grids())
    assert own_client.get(API).get_json()["is_first"]


def test_nothing_changes_and_no_households_are_known(own_client: FlaskClient) -> None:
    workspace: Workspace = own_client.application.config["WORKSPACE"]
    use_small_plan(workspace, has_tables=False)
    put_in_force(workspace)
    workspace.use(name="一样", grids=small_grids())
    data = own_client.get(API).get_json()
    assert data["is_same"]
    assert [count for _key, _name, count in data["totals"]] == [None] * 6


def test_a_draft_that_began_from_another_plan_says_so(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    workspace.use(name="另一稿", grids=small_grids())
    plan = submit_draft(workspace.engine, 3, 1, approval="批", at=workspace.now())
    publish_plan(workspace.engine, 3, plan.version, at=workspace.now())
    assert own_client.get(API).get_json()["is_behind"]


def test_a_gap_is_no_proof(own_client: FlaskClient, workspace: Workspace) -> None:
    torn = small_grids().query("code != '112'")
    workspace.use(name="有空隙", grids=torn)
    proof = own_client.get("/api/v1/plans/3/review").get_json()["proof"]
    assert not proof["is_seamless"]
    assert proof["errors"] > 0


def statuses(own_app: Any, url: str) -> dict[str, int]:
    found = {name: sign_in(own_app, name).get(url).status_code for name in (*NAMES, *LIMITED)}
    return found | {"resident": own_app.test_client().get(url).status_code}


@pytest.mark.parametrize("url", [PAGE, API, f"{API}/unit", f"{PAGE}/unit.csv"])
def test_only_planners_without_limits_see_it(
    own_app: Any, workspace: Workspace, people: dict[str, User], url: str
) -> None:
    assert workspace.is_in_force
    assert people
    found = statuses(own_app, url)
    assert {name for name, status in found.items() if status == 200} == {"root", "planner"}
    assert {found[name] for name in ("worker", "supervisor", *LIMITED)} == {403}
    assert found["resident"] in (302, 401)


@pytest.mark.usefixtures("workspace")
def test_publishing_takes_a_note(own_client: FlaskClient) -> None:
    tag = {"If-Match": '"plan-2-1"'}
    answer = own_client.post("/api/v1/plans/2/submit", json={"approval": "批"}, headers=tag)
    tag = {"If-Match": answer.headers["ETag"]}
    long = own_client.post("/api/v1/plans/2/publish", json={"note": "字" * 2001}, headers=tag)
    assert long.status_code == 422
    wrong = own_client.post("/api/v1/plans/2/publish", json={"note": 5}, headers=tag)
    assert wrong.status_code == 422
    good = own_client.post("/api/v1/plans/2/publish", json={"note": "说明"}, headers=tag)
    assert good.status_code == 202
    stale = own_client.post("/api/v1/plans/2/publish", json={}, headers={"If-Match": '"plan-2-1"'})
    assert stale.status_code == 412


@pytest.mark.usefixtures("workspace")
def test_rules_of_the_place_ask_for_the_reasons_that_publishing_needs(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    profile = builtin_profiles()["city"]
    own_client.application.config["RULES"] = profile
    advice = own_client.get(f"{API}?lang=zh_CN").get_json()["advice"]
    assert advice["is_binding"]
    plan = submit_draft(workspace.engine, 2, 1, approval="批", at=workspace.now())
    terms = Terms(profile, units=workspace.current().units, posts=workspace.current().posts)
    with pytest.raises(UnfitPlanError) as refusal:
        prepare_plan(workspace.engine, 2, plan.version, terms)
    needed = {rule: len(said) for rule, said in refusal.value.rules.items()}
    assert needed
    assert {rule: total for rule, total, _said in advice["broken"]} == needed
