"""``/lookup`` in a worker's hands: suggestions by keys and fingers, links, doubt, the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from browser.conftest import LiveServer
from browser.looking import overflowing, warm
from browser.test_accounts import sign_in
from people import COMMUNITY, PASSWORD
from playwright.sync_api import BrowserContext, Page, expect
from small_plan import use_small_plan

from geogrid.crs import from_wgs84
from geogrid.store.accounts import add_user
from geogrid.store.opening import make_ready, named_database
from geogrid.store.plans import submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.workspace import Workspace

BOTH = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
HOME = (114.008, 22.535)
"""In grid 111 of the hand-drawn plan."""
OTHER_HOME = "上沙建文路43号"
"""Of the sample, in another community than `COMMUNITY`."""


@pytest.fixture
def small(own_server: LiveServer) -> LiveServer:
    use_small_plan(Workspace(own_server.workspace))
    return own_server


@BOTH
def test_suggestions_are_walked_by_keys_and_picked_by_a_tap(
    page: Page, live_server: LiveServer, size: str
) -> None:
    warm(page, live_server.url)
    page.goto(f"{live_server.url}/lookup")
    box = page.locator("#search")
    box.press_sequentially("ssjwl43")
    expect(page.locator(".options .option").first).to_contain_text(OTHER_HOME)
    expect(box).to_have_attribute("aria-expanded", "true")
    if size == "phone":
        page.locator(".options .option").first.tap()
    else:
        box.press("ArrowDown")
        expect(box).to_have_attribute("aria-activedescendant", "results-0")
        expect(page.locator("#results-0")).to_have_attribute("aria-selected", "true")
        box.press("Enter")
    expect(page.locator(".answer .card-title")).to_have_text(OTHER_HOME)
    expect(page.locator("#results")).to_be_hidden()
    box.fill("ssjwl43")
    box.press("Enter")
    expect(page.locator(".answer .tag.warn")).to_have_text("同一地址，写法不同")
    expect(page.locator(".answer header")).to_contain_text("匹配依据：按拼音首字母")
    box.fill("东村三路６号")
    box.press("Enter")
    expect(page.locator(".answer .card-title")).to_have_text("东村三路6号")
    expect(page.locator(".answer .notice").first).to_contain_text("推算")
    assert overflowing(page) == []


@BOTH
def test_a_link_from_a_map_answers_and_a_short_one_says_why_not(
    page: Page, small: LiveServer
) -> None:
    warm(page, small.url)
    page.goto(f"{small.url}/lookup")
    lon, lat = from_wgs84(*HOME, "gcj02")
    box = page.locator("#search")
    box.fill(f"我在这里 https://uri.amap.com/marker?position={lon:.6f},{lat:.6f}&name=x")
    expect(page.locator("#datum-field")).to_be_hidden()
    box.press("Enter")
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲一网格")
    expect(page.locator(".answer header")).to_contain_text("高德地图 · GCJ-02 → WGS 84")
    box.fill(f"https://www.google.com/maps/@{lat:.6f},{lon:.6f},17z")
    box.press("Enter")
    expect(page.locator("#answer")).to_contain_text("谷歌地图的链接没有说明坐标系")
    page.locator("#datum").select_option("gcj02")
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲一网格")
    box.fill("https://surl.amap.com/1aBcD2e")
    box.press("Enter")
    expect(page.locator("#answer")).to_contain_text("要联网才能知道位置")
    box.fill("【甲苑1号楼】https://surl.amap.com/1aBcD2e")
    box.press("Enter")
    expect(page.locator(".answer .notice").first).to_contain_text("按旁边的文字查到")
    assert overflowing(page) == []


def test_of_two_places_of_one_name_the_one_picked_is_shown(page: Page, small: LiveServer) -> None:
    rows = {"name": "便民药店", "lon": [HOME[0], HOME[0] + 0.004], "lat": HOME[1], "source": "民政"}
    Workspace(small.workspace).add_addresses(pd.DataFrame(rows))
    warm(page, small.url)
    page.goto(f"{small.url}/lookup?q=便民药店")
    expect(page.locator(".candidates .option")).to_have_count(2)
    page.locator(".candidates .option").last.click()
    expect(page.locator(".steps-of-grid .own")).to_have_count(1)
    told = page.get_by_role("button", name="“便民药店”就是这里")
    expect(told).to_be_visible()
    page.locator("#search").fill("")
    page.locator("#search").press_sequentially("甲苑1号楼")  # another question than that
    page.locator(".options .option").first.click()
    expect(page.locator(".answer .card-title")).to_contain_text("甲苑1号楼")
    expect(told).to_have_count(0)


@BOTH
def test_a_position_too_rough_for_one_grid_names_the_others(
    page: Page, context: BrowserContext, small: LiveServer
) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 114.0097, "latitude": 22.536, "accuracy": 60})
    page.goto(f"{small.url}/lookup")
    page.locator("#here").click()
    notice = page.locator(".answer .notice")
    expect(notice).to_contain_text("误差约 60 米，也可能在")
    expect(notice).to_contain_text("甲二网格")
    context.set_geolocation({"longitude": 114.0097, "latitude": 22.536, "accuracy": 5000})
    page.locator("#here").click()
    expect(page.locator("#answer .notice")).to_contain_text("判断不了网格")
    expect(page.locator(".answer, .first-person")).to_have_count(0)
    expect(page.locator("path.leaflet-interactive").first).to_be_visible()
    expect(page.locator(".place-pin")).to_have_count(1)
    assert overflowing(page) == []


@BOTH
def test_what_was_looked_up_is_kept_without_numbers_until_cleared(
    page: Page, small: LiveServer
) -> None:
    warm(page, small.url)
    for text in ("甲苑2号楼", "0755-1111-0001", "甲一员", "我住甲苑1号楼，电话13800138000"):
        page.goto(f"{small.url}/lookup?q={quote(text)}")
        expect(page.locator(".answer .card-title")).to_be_visible()
    page.goto(f"{small.url}/lookup")
    recent = page.locator("#recent .option")
    expect(recent).to_have_count(2)
    kept = page.evaluate("localStorage.getItem('geogrid.recent')")
    assert "1380" not in kept
    assert "1111" not in kept
    assert overflowing(page) == []
    recent.first.click()
    expect(page.locator(".answer .card-title")).to_contain_text("甲苑1号楼")
    page.goto(f"{small.url}/lookup")
    page.locator("#recent button").click()
    expect(page.locator("#recent")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('geogrid.recent')") is None


@BOTH
def test_a_day_of_the_past_is_chosen_and_left_again(page: Page, small: LiveServer) -> None:
    workspace = Workspace(small.workspace)
    warm(page, small.url)
    draft = int(workspace.former()[0].plan_id)
    before = datetime.now(UTC) - timedelta(days=3)
    plan = submit_draft(workspace.engine, draft, 1, approval="1", at=before)
    publish_plan(workspace.engine, draft, plan.version, at=before)
    page.goto(f"{small.url}/lookup?q=111")
    page.get_by_role("button", name="查历史").click()
    day = (before + timedelta(days=1)).date().isoformat()
    page.locator(".past input").fill(day)
    expect(page.locator(".answer .notice").first).to_contain_text(f"这是 {day} 的情况")
    assert f"at={day}" in page.url
    assert overflowing(page) == []
    page.reload()
    expect(page.locator(".answer .notice").first).to_contain_text(f"这是 {day} 的情况")
    page.get_by_role("button", name="看今天的").click()
    expect(page.locator(".answer")).not_to_contain_text("这是")
    assert "at=" not in page.url


@BOTH
def test_what_a_text_means_is_told_to_the_supervisor(page: Page, small: LiveServer) -> None:
    warm(page, small.url)
    page.goto(f"{small.url}/lookup?q={quote('甲苑9号楼')}")
    page.locator(".candidates button", has_text="甲苑2号楼").click()
    expect(page.locator(".answer .card-title")).to_contain_text("甲苑2号楼")
    page.get_by_role("button", name="就是这里").click()
    expect(page.locator(".toast")).to_contain_text("已提交")
    assert overflowing(page) == []
    page.goto(f"{small.url}/addresses/corrections")
    expect(page.locator("main")).to_contain_text("甲苑9号楼")
    page.goto(f"{small.url}/lookup?q={quote('甲苑2号楼')}")
    expect(page.locator(".answer")).to_be_visible()
    expect(page.get_by_role("button", name="就是这里")).to_have_count(0)


@BOTH
def test_a_worker_of_another_community_sees_no_number_and_no_case(
    page: Page, own_server: LiveServer
) -> None:
    add_worker(own_server.workspace)
    page.wait_for_timeout(2_100)  # what another process adds counts after a moment
    page.goto(f"{own_server.url}/lookup?q={quote(OTHER_HOME)}")
    sign_in(page, "worker", PASSWORD)
    warm(page, own_server.url)
    page.goto(f"{own_server.url}/lookup?q={quote(OTHER_HOME)}")
    expect(page.locator(".first-person")).to_contain_text("专职网格员065号")
    expect(page.locator(".first-person li").first).to_contain_text("电话不在您的网格范围内")
    expect(page.locator(".first-person a.call")).to_have_count(0)
    expect(page.locator(".answer")).not_to_contain_text("未办结事件")
    page.locator("#search").fill("0755-0000-0264")
    page.locator("#search").press("Enter")
    expect(page.locator("#answer")).to_contain_text("没有人用这个电话")
    page.locator("#search").fill("专职网格员065号")
    page.locator("#search").press("Enter")
    expect(page.locator(".candidates .option").first).to_contain_text("上沙第八网格")
    assert "0264" not in page.locator("#answer").inner_text()
    assert overflowing(page) == []


def add_worker(folder: Path) -> None:
    engine = named_database("", folder)
    make_ready(engine)
    more = {"full_name": "", "at": datetime.now(UTC), "by": "test"}
    add_user(engine, "root", PASSWORD, role="admin", **more)
    add_user(engine, "worker", PASSWORD, role="worker", scope=[COMMUNITY], **more)
