"""A planner looks at what changes, wipes, publishes with a note; a worker reads what changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from browser.conftest import LiveServer
from browser.looking import overflowing
from playwright.sync_api import BrowserContext, Page, expect
from published import put_in_force
from small_plan import grids as small_grids
from small_plan import use_small_plan

from geogrid.store.plans import submit_draft, withdraw_draft
from geogrid.store.workspace import Workspace
from web import create_app
from web.background import make_runner
from web.config import Settings

LONG = "南园街道二〇二六年网格调整方案（第三稿，征求意见，含福民与滨江两社区的边界）"
PHONE_TOO = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)


def moved() -> gpd.GeoDataFrame:
    """Give the west half of 112 to 111."""
    plan = small_grids().set_index("code", drop=False)
    plan.loc["111", "geometry"] = shapely.box(114.00, 22.53, 114.015, 22.54)
    plan.loc["112", "geometry"] = shapely.box(114.015, 22.53, 114.02, 22.54)
    return plan.reset_index(drop=True)


@pytest.fixture
def place(own_server: LiveServer) -> Iterator[LiveServer]:
    """Give a server with a plan in force, and a draft that moves a border."""
    workspace = Workspace(own_server.workspace)
    use_small_plan(workspace)
    put_in_force(workspace)
    workspace.use(name=LONG, grids=moved())
    runner = make_runner(create_app(Settings(workspace=own_server.workspace)))
    runner.start()
    yield own_server
    runner.stop()


def clipped(page: Page, pane: str) -> list[float]:
    """Return top, right, bottom and left of what is shown of a pane."""
    text = page.evaluate(f"document.querySelector('.leaflet-{pane}-pane').style.clip")
    return [float(part.strip().removesuffix("px")) for part in text[5:-1].split(",")]


def open_review(page: Page, place: LiveServer) -> None:
    page.goto(f"{place.url}/plans")
    page.locator("[data-plan='2'] a[href$='/review']").click()
    expect(page.locator("#tabs")).to_be_visible()


@PHONE_TOO
def test_from_the_list_of_plans_into_force(page: Page, place: LiveServer, size: str) -> None:
    open_review(page, place)
    expect(page.locator("#pane-overview")).to_contain_text("划转数量")
    assert overflowing(page) == []
    hatched = page.locator(".leaflet-moved-pane path[fill='url(#moved-hatch)']")
    expect(hatched).to_have_count(1)
    _wipe(page, is_phone=size == "phone")
    for tab in ("changes", "lists", "rules", "publish"):
        page.locator(f"[data-tab={tab}]").click()
        expect(page.locator(f"#pane-{tab}")).to_be_visible()
        assert overflowing(page) == []
    page.locator("#pane-publish input").fill("南园办〔2026〕12号")
    page.locator("#pane-publish button[type=submit]").click()
    note = page.locator("textarea[name=note]")
    note.fill("西半边划给甲一网格。<b>请移交台账</b>")
    page.locator(".publish").click()
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text("户数 10")
    dialog.get_by_text("暂不发布").click()
    expect(dialog).to_be_hidden()
    sent: list[str] = []
    page.on("request", lambda r: r.url.endswith("/publish") and sent.append(r.url))
    page.locator(".publish").click()
    dialog.get_by_text("立即发布").dblclick()
    page.wait_for_url("**/plans/2/changes")
    assert len(sent) == 1, "a double click publishes once"
    expect(page.locator(".plan-note").first).to_have_text("西半边划给甲一网格。<b>请移交台账</b>")
    expect(page.locator("section.change")).to_have_count(2)
    expect(page.locator("section.change svg.sketch").first).to_be_visible()
    assert overflowing(page) == []
    page.goto(f"{place.url}/plans")
    expect(page.locator("section[aria-labelledby=published-title]")).to_contain_text("第2号")
    assert overflowing(page) == []


def _wipe(page: Page, *, is_phone: bool) -> None:
    """Wipe by mouse (or finger) and keys; what is left of the handle is not right of it."""
    before, after = clipped(page, "before"), clipped(page, "after")
    assert before[1] == after[3]
    handle = page.locator(".swipe")
    box = handle.bounding_box() or {}
    x, y = box["x"] + box["width"] / 2, box["y"] + 150
    if is_phone:
        finger = page.context.new_cdp_session(page)
        for kind, at in (("touchStart", x), ("touchMove", x - 60), ("touchMove", x - 90)):
            point = {"x": at, "y": y}
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 90, y)
        page.mouse.up()
    assert clipped(page, "before")[1] < before[1]
    handle.focus()
    page.keyboard.press("End")
    expect(handle).to_have_attribute("aria-valuenow", "100")
    page.keyboard.press("Home")
    expect(handle).to_have_attribute("aria-valuenow", "0")
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", "50")


def test_a_list_is_downloaded(page: Page, place: LiveServer, tmp_path: Path) -> None:
    open_review(page, place)
    page.locator("[data-tab=lists]").click()
    page.locator("[data-list=unit]").click()
    row = page.locator("#pane-lists .compare-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("甲二网格")
    with page.expect_download() as waiting:
        page.locator("#pane-lists a", has_text="CSV").click()
    target = tmp_path / "unit.csv"
    waiting.value.save_as(target)
    _head, *rows = csv.reader(target.read_text(encoding="utf-8-sig").splitlines())
    assert [each[1] for each in rows] == ["B2"]


def test_who_is_late_is_told_and_loads_it_again(context: BrowserContext, place: LiveServer) -> None:
    """On a page that is not watched, because Chromium notes the refusal as an error."""
    page = context.new_page()
    workspace = Workspace(place.workspace)
    submit_draft(workspace.engine, 2, 1, approval="批", at=workspace.now())
    open_review(page, place)
    withdraw_draft(workspace.engine, 2, 2, at=workspace.now())
    submit_draft(workspace.engine, 2, 3, approval="批二", at=workspace.now())
    page.locator("[data-tab=publish]").click()
    page.locator(".publish").click()
    page.locator("dialog button[value=publish]").click()
    expect(page.locator("#pane-publish [role=alert]")).to_contain_text("已被他人修改")
    expect(page.locator(".publish")).to_be_disabled()
    page.get_by_role("button", name="重新载入").click()
    expect(page.locator(".card-title + p")).to_contain_text("批二")
    assert workspace.current().name != LONG


def test_the_first_plan_has_no_handle(page: Page, own_server: LiveServer) -> None:
    use_small_plan(Workspace(own_server.workspace))
    page.goto(f"{own_server.url}/plans/1/review")
    expect(page.locator("#pane-overview")).to_contain_text("第一个方案")
    expect(page.locator(".swipe")).to_be_hidden()
    expect(page.locator(".leaflet-after-pane path").first).to_be_visible()
    assert overflowing(page) == []
