"""Two drafts in Chromium: branch, compare, choose, merge, and a colleague in between."""

from __future__ import annotations

from typing import Any

import pytest
from browser.conftest import LiveServer, Watch
from browser.editing import JUNCTION, Desk, use_draft
from browser.looking import overflowing
from playwright.sync_api import BrowserContext, Page, expect
from small_plan import HOSTILE

from geogrid.store.workspace import Workspace

PHONE_TOO = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
LONG = "示例街道 2026 年度网格调整草案（第三次征求意见稿，含甲社区拆分）"


def api(server: LiveServer, plan: int) -> str:
    return f"{server.url}/api/v1/plans/{plan}/redraw"


def do(page: Page, server: LiveServer, plan: int, operation: str, **parameters: Any) -> None:
    version = page.request.get(api(server, plan)).json()["version"]
    body = {"version": version, "operation": operation, "parameters": parameters}
    assert page.request.post(f"{api(server, plan)}/operations", data=body).ok


def version(page: Page, server: LiveServer, plan: int = 1) -> int:
    return int(page.request.get(api(server, plan)).json()["version"])


@pytest.fixture
def pair(own_server: LiveServer, page: Page) -> LiveServer:
    """Give a draft 1 and its branch 2, which moved one corner to different places."""
    use_draft(Workspace(own_server.workspace), name=LONG)
    made = page.request.post(f"{api(own_server, 1)}/branches", data={"name": HOSTILE})
    assert made.json()["id"] == 2
    do(page, own_server, 1, "move_vertex", at=JUNCTION, to=[114.0085, 22.0085])
    do(page, own_server, 2, "move_vertex", at=JUNCTION, to=[114.012, 22.0115])
    do(page, own_server, 2, "rename", code="113", name="东侧网格")
    return own_server


def open_pair(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/plans/1/branches/2")
    page.locator("body[data-ready]").wait_for()


@PHONE_TOO
def test_a_draft_is_branched_from_the_workbench(
    page: Page, own_server: LiveServer, size: str
) -> None:
    use_draft(Workspace(own_server.workspace), name=LONG)
    page.goto(f"{own_server.url}/plans/1/edit")
    page.get_by_role("link", name="分支、对比、合并…").click()
    expect(page.locator("#others-title ~ *, .hint").last).to_contain_text("还没有别的草案")
    assert overflowing(page) == []
    page.locator("input[name=name]").fill(HOSTILE)
    page.locator("#branch button").dblclick()
    page.wait_for_url("**/plans/2/edit")
    page.locator("body[data-ready]").wait_for()
    page.goto(f"{own_server.url}/plans/1/branches")
    expect(page.locator(".plan-list li")).to_have_count(1)
    page.get_by_role("link", name="把它合并到本草案").click()
    page.locator("body[data-ready]").wait_for()
    expect(page.locator(".verdict-line")).to_have_text("两份草案完全相同。")
    expect(page.locator("#merge")).to_have_count(0)


@PHONE_TOO
def test_a_side_is_chosen_and_merged_once(page: Page, pair: LiveServer, size: str) -> None:
    open_pair(page, pair)
    assert overflowing(page) == []
    expect(page.locator(".both-card")).to_have_count(1)
    expect(page.locator("path[fill='url(#pair-both)']").first).to_be_visible()
    expect(page.locator("#act")).to_contain_text("合并 1 项操作")
    before = page.evaluate("window.geogrid[0].map.getZoom()")
    page.locator(".both-side.other .compare-row").click()
    expect(page.locator(".both-side.other .compare-row")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("before => window.geogrid[0].map.getZoom() !== before", arg=before)
    page.locator("#both-2-other").check()
    expect(page.locator("#act")).to_contain_text("合并 2 项操作，撤销 1 项")
    assert version(page, pair) == 2, "nothing is changed before the button"
    page.locator("[data-sheet=after]").click()
    page.locator("#merge").dblclick()
    expect(page.locator("#problem")).to_contain_text("已合并")
    expect(page.locator(".verdict-line")).to_have_text("两份草案完全相同。")
    assert version(page, pair) == 5
    assert overflowing(page) == []
    page.goto(f"{pair.url}/plans/1/edit")
    page.locator("body[data-ready]").wait_for()
    page.locator("[data-tab=log]").click()
    expect(page.locator("#log")).to_contain_text("而撤销：")
    for number in (6, 7):
        page.locator("[data-tool=undo]").click()
        Desk(page, pair.url).wait_version(number)
    page.locator("#log .redo").last.click()
    expect(page.locator("#log")).to_contain_text("重做：移动")
    assert version(page, pair) == 8


def test_it_is_done_by_keys_alone_in_english(page: Page, pair: LiveServer) -> None:
    page.goto(f"{pair.url}/language/en")
    open_pair(page, pair)
    page.locator("#both-2-one").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#act")).to_contain_text("Operations to bring over: 2; to take back: 1.")
    expect(page.locator("#both-2-other")).to_be_focused()
    page.locator("#merge").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("Merged. Operations now in")
    assert version(page, pair) == 5


def test_what_was_brought_and_undone_is_offered_again(page: Page, pair: LiveServer) -> None:
    open_pair(page, pair)
    page.locator("#merge").click()
    expect(page.locator("#problem")).to_contain_text("已合并")
    page.request.post(f"{api(pair, 1)}/undo", data={"version": 3})
    open_pair(page, pair)
    expect(page.locator("#merge")).to_have_count(0)
    page.get_by_label("再次合并").check()
    page.locator("#merge").click()
    expect(page.locator("#problem")).to_contain_text("已合并")
    assert version(page, pair) == 5


def test_a_colleague_who_was_faster_is_told_of(
    context: BrowserContext, page: Page, pair: LiveServer
) -> None:
    watch = Watch("http://127.0.0.1:")
    slow = context.new_page()
    watch.over(slow)
    open_pair(slow, pair)
    do(page, pair, 1, "rename", code="111", name="同事改名")
    slow.locator("#merge").click()
    expect(slow.locator("#problem")).to_contain_text("已被他人修改")
    assert version(page, pair) == 3, "nothing half-done"
    expect(slow.locator("#card")).to_contain_text("同事改名")
    slow.locator("#merge").click()
    expect(slow.locator("#problem")).to_contain_text("已合并")
    assert version(page, pair) == 4
    assert watch.wrong == [
        "console: Failed to load resource: the server responded with a status of 409 (CONFLICT)"
    ]
