"""A planner hands a draft in and publishes it; one with a gap stays a draft."""

from __future__ import annotations

import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect
from small_plan import grids as small_grids
from small_plan import use_small_plan

from geogrid.store.workspace import Workspace
from web import create_app
from web.background import make_runner
from web.config import Settings


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_from_draft_to_force(page: Page, own_server: object) -> None:
    url, folder = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    workspace = Workspace(folder)
    torn = small_grids().query("code != '112'")
    long = "南园街道二〇二六年网格调整方案（第三稿，征求意见，有一处空隙）"
    use_small_plan(workspace)
    workspace.use(name=long, grids=torn, source="网格边界.gpkg")
    runner = make_runner(create_app(Settings(workspace=folder)))
    runner.start()
    try:
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{url}/plans")
        _hand_in(page, 2)
        assert overflowing(page) == []
        page.locator("[data-plan='2'] a[href$='/review']").click()
        expect(page.locator("#pane-overview")).to_contain_text("不能发布")
        page.locator("[data-tab=publish]").click()
        expect(page.locator(".publish")).to_be_disabled()
        assert overflowing(page) == []
        page.goto(f"{url}/plans")
        _hand_in(page, 1)
        page.locator("[data-plan='1'] a[href$='/review']").click()
        page.locator("[data-tab=publish]").click()
        page.locator(".publish").click()
        page.locator("dialog button[value=publish]").click()
        page.wait_for_url("**/plans/1/changes")
        expect(page.locator("main")).to_contain_text("没有更早的方案")
        page.goto(f"{url}/plans")
        force = page.locator("section[aria-labelledby=published-title]")
        expect(force).to_contain_text("第1号")
        page.goto(f"{url}/workspace")
        expect(page.locator(".now-head")).to_contain_text("现行")
    finally:
        runner.stop()


def _hand_in(page: Page, plan: int) -> None:
    row = page.locator(f"[data-plan='{plan}']")
    row.locator("summary").click()
    row.locator("input").fill("南园办〔2026〕12号")
    row.locator("form button").click()
    expect(row.locator("[data-step=withdraw]")).to_be_visible()
