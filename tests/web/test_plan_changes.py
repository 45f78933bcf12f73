"""``/plans/…/changes``: what a published plan changed, for those whose grids they are."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from flask import Flask, g
from flask.testing import FlaskClient
from small_plan import HOSTILE, POSTS
from small_plan import grids as small_grids
from small_plan import posts as small_posts
from small_plan import units as small_units

from geogrid.store.opening import reading
from geogrid.store.plans import find_plan, submit_draft
from geogrid.store.publish import prepare_plan, put_in_force
from geogrid.store.workspace import Workspace
from web.auth import Caller

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
NOTE = "两网格合并。\n<script>alert(1)</script>"
PAGE = "/plans/2/changes"
PHONES = {phone for post in POSTS for phone in post[-2:]} - {""}


def merged() -> gpd.GeoDataFrame:
    """Give the west half of 112 to 111."""
    plan = small_grids().set_index("code", drop=False)
    plan.loc["111", "geometry"] = shapely.box(114.00, 22.53, 114.015, 22.54)
    plan.loc["112", "geometry"] = shapely.box(114.015, 22.53, 114.02, 22.54)
    return plan.reset_index(drop=True)


def put(workspace: Workspace, plan_id: int, at: datetime, note: str) -> None:
    handed = submit_draft(workspace.engine, plan_id, 1, approval="批", at=at)
    prepared = prepare_plan(workspace.engine, plan_id, handed.version)
    put_in_force(workspace.engine, prepared, at=at, remark=note)


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """Return an app whose second plan gave the west half of 112 to 111."""
    workspace: Workspace = own_app.config["WORKSPACE"]
    cases = pd.DataFrame(
        {"case_id": ["c-come", "c-stay", "c-far"], "status": "reported",
         "title": ["楼道堆物", "停车", "噪声"], "address": "",
         "lon": [114.012, 114.005, 114.025], "lat": 22.535}
    )  # fmt: skip
    workspace.use(
        name="旧方案", grids=small_grids(), posts=small_posts(), units=small_units(), cases=cases
    )
    put(workspace, 1, NOW, "")
    workspace.use(name=HOSTILE, grids=merged())
    put(workspace, 2, NOW + timedelta(days=1), NOTE)
    return own_app


def client_of(app: Flask, role: str, *scope: str) -> FlaskClient:
    def come() -> None:
        g.caller = Caller(role, scope=frozenset(scope) if scope else None)

    app.before_request_funcs.setdefault(None, [])[:] = [come]
    return app.test_client()


def text(app: Flask, role: str, *scope: str, query: str = "") -> str:
    answer = client_of(app, role, *scope).get(f"{PAGE}?lang=zh_CN{query}")
    assert answer.status_code == 200
    found = answer.text
    assert not [phone for phone in PHONES if phone in found]
    assert HOSTILE not in found
    assert "<script>alert" not in found
    return found


def test_who_gains_sees_what_comes_from_whom_and_since_when(app: Flask) -> None:
    page = text(app, "worker", "111")
    assert "您的网格变化" in page
    assert "2026-03-02 12:00" in page, "the day it began, as the office counts"
    assert "两网格合并。" in page
    for words in ("划入的门牌", "西街1号2号楼", "甲二网格", "甲一员", "甲二副", "楼道堆物"):
        assert words in page, words
    assert "划出的门牌" not in page
    assert 'class="sk-gained"' in page
    assert 'class="sk-lost"' not in page
    assert "噪声" not in page
    assert "停车" not in page, "it stayed where it was"


def test_who_loses_sees_what_goes_but_no_case_of_others(app: Flask) -> None:
    page = text(app, "worker", "112")
    assert "划出的门牌" in page
    assert "西街1号2号楼" in page
    assert "楼道堆物" not in page, "that case is in a grid of somebody else now"
    assert "c-come" not in page
    assert 'class="sk-lost"' in page


def test_who_is_not_concerned_is_told_so(app: Flask) -> None:
    page = text(app, "worker", "121")
    assert "您负责的网格没有变化" in page
    assert "西街" not in page
    assert "甲二网格" not in page


def test_who_has_no_limits_sees_every_grid_and_can_choose_one(app: Flask) -> None:
    page = text(app, "supervisor")
    assert page.count('class="box change"') == 2
    assert "楼道堆物" in page
    one = text(app, "supervisor", query="&grid=112")
    assert one.count('class="box change"') == 1
    assert text(app, "supervisor", query="&grid=121").count('class="box change"') == 0
    hostile = text(app, "supervisor", query="&grid=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert hostile.count('class="box change"') == 0


def test_limits_to_a_community_show_what_is_below(app: Flask) -> None:
    assert text(app, "worker", "11").count('class="box change"') == 2


@pytest.mark.parametrize(("scope", "rows"), [(("111",), 1), (("112",), 1), (("121",), 0), ((), 1)])
def test_the_file_has_the_same_doorways(app: Flask, scope: tuple[str, ...], rows: int) -> None:
    client = client_of(app, "worker", *scope)
    answer = client.get(f"{PAGE.replace('changes', 'changes/doorways.csv')}?lang=zh_CN")
    assert answer.status_code == 200
    _head, *found = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert len(found) == rows
    for row in found:
        assert row == [
            "B2",
            "西街1号2号楼",
            "10",
            "甲二网格（112）",
            "甲二副",
            "甲一网格（111）",
            "甲一员",
        ]
    book = client.get(PAGE.replace("changes", "changes/doorways.xlsx"))
    assert book.data.startswith(b"PK")


def test_the_first_plan_changed_nothing(app: Flask) -> None:
    page = client_of(app, "worker", "111").get("/plans/1/changes?lang=zh_CN")
    assert "没有更早的方案" in page.text
    assert client_of(app, "worker").get("/plans/1/changes/doorways.csv").status_code == 404


def test_drafts_are_nobodys_but_planners(app: Flask) -> None:
    workspace: Workspace = app.config["WORKSPACE"]
    workspace.use(name="草案", grids=small_grids())
    with reading(workspace.engine) as connection:
        assert find_plan(connection, 3).status == "draft"
    assert client_of(app, "worker").get("/plans/3/changes").status_code == 404
    assert client_of(app, "worker").get("/plans/3/changes/doorways.csv").status_code == 404
    assert client_of(app, "planner").get("/plans/3/changes").location == "/plans/3/review"
    assert client_of(app, "worker").get("/plans/9/changes").status_code == 404
    assert client_of(app, "worker").get(f"{PAGE}?page=0").status_code == 422
    assert client_of(app, "worker").get(f"{PAGE}/doorways.exe").status_code == 404


def test_the_list_of_plans_leads_workers_to_it_with_the_note(app: Flask) -> None:
    page = client_of(app, "worker", "111").get("/plans?lang=zh_CN").text
    assert f'href="{PAGE}"' in page
    assert "说明：两网格合并。" in page
    assert "<script>alert" not in page


def test_a_plan_without_buildings_shows_the_ground(own_app: Flask) -> None:
    workspace: Workspace = own_app.config["WORKSPACE"]
    workspace.use(name="旧", grids=small_grids())
    put(workspace, 1, NOW, "")
    workspace.use(name="新", grids=merged())
    put(workspace, 2, NOW + timedelta(days=1), "")
    page = text(own_app, "worker", "111")
    assert "没有楼栋清单" in page
    assert 'class="sk-gained"' in page
    assert "doorways.csv" not in page
