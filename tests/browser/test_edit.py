"""The workbench by mouse: what planners do to borders, and that nothing is lost or torn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.conftest import LiveServer, Watch
from browser.editing import JUNCTION, Desk, shapes_of, use_draft
from browser.looking import overflowing
from playwright.sync_api import Browser, BrowserContext, Page, expect
from published import put_in_force

from geogrid import check_coverage, read_boundaries
from geogrid.store.workspace import Workspace
from web import create_app
from web.background import make_runner
from web.config import Settings

REFUSED = "422 (UNPROCESSABLE ENTITY)"
CONFLICT = "409 (CONFLICT)"
CUT_OFF = "net::ERR_FAILED"
SAID_NO = (REFUSED, CONFLICT, CUT_OFF)


@pytest.fixture
def desk(own_server: LiveServer, page: Page) -> Desk:
    """Give a desk; its page closes before the server that it keeps asking does."""
    use_draft(Workspace(own_server.workspace))
    return Desk(page, own_server.url).open()


@pytest.fixture
def refusing(context: BrowserContext, own_server: LiveServer) -> Iterator[Desk]:
    """Give a desk where the server may say no, which browsers log as an error."""
    use_draft(Workspace(own_server.workspace))
    watch = Watch("http://127.0.0.1:")
    page = context.new_page()
    watch.over(page)
    yield Desk(page, own_server.url).open()
    page.close()
    assert [each for each in watch.wrong if not any(no in each for no in SAID_NO)] == []


def corner_at(state: Any, place: tuple[float, float]) -> int:
    return sum(list(place) in (arc["line"][0], arc["line"][-1]) for arc in state["arcs"])


def test_a_border_names_both_its_sides_and_says_what_a_click_does(desk: Desk) -> None:
    desk.page.mouse.move(*desk.xy(*JUNCTION))
    expect(desk.page.locator("#help")).to_contain_text("3 方共用")
    desk.use("insert")
    desk.page.mouse.move(*desk.xy(114.015, 22.01))
    expect(desk.page.locator("#help")).to_contain_text("北网格与南二网格")
    desk.use("move")
    desk.click((114.005, 22.005))
    expect(desk.page.locator("#grid h2")).to_contain_text("南一网格")
    expect(desk.page.locator("#grid")).to_contain_text("规模合适")
    desk.click((114.005, 22.015))
    expect(desk.page.locator("#grid")).to_contain_text("多 200 户")


def test_a_day_at_the_bench(desk: Desk, own_server: LiveServer, tmp_path: Path) -> None:
    """Drag a junction, reshape along a street, split, merge, give; undo all, redo, publish."""
    page, first = desk.page, desk.state()
    desk.drag(JUNCTION, (114.0092, 22.0104))
    desk.wait_version(2)
    moved = desk.state()
    assert corner_at(moved, JUNCTION) == 0
    expect(page.locator("#grid")).to_contain_text("上一步操作的结果")

    desk.use("reshape")  # the border between the southern grids follows the street for a while
    desk.click((114.01, 22.002), (114.012, 22.0045), (114.0096, 22.008))
    desk.wait_version(3)

    desk.use("split")
    desk.click((113.9995, 22.0161), (114.008, 22.0155), (114.0205, 22.0152))
    expect(page.locator("#help")).to_contain_text("拆分北网格")
    expect(page.locator("#grid")).to_contain_text("这样改的结果（预览）")
    page.keyboard.press("Enter")
    desk.wait_version(4)
    names = {grid["name"] for grid in desk.state()["grids"]}
    assert len(names) == 6

    desk.use("merge")
    desk.click((114.005, 22.004), (114.016, 22.004))
    page.locator("#ends").get_by_text("完成").click()
    desk.wait_version(5)
    assert "113" not in {grid["code"] for grid in desk.state()["grids"]}

    desk.use("give")
    page.locator("#options").get_by_text("画出的区域").click()
    desk.click((114.005, 22.004))
    desk.click((114.002, 22.009), (114.006, 22.009), (114.006, 22.0135), (114.002, 22.0135))
    page.keyboard.press("Enter")
    desk.wait_version(6)
    last = shapes_of(desk.state())

    for number in range(7, 12):
        page.keyboard.press("Control+z")
        desk.wait_version(number)
    assert shapes_of(desk.state()) == shapes_of(first)
    expect(page.locator("[data-tool=undo]")).to_be_disabled()
    for number in range(12, 17):
        page.keyboard.press("Control+y")
        desk.wait_version(number)
    assert shapes_of(desk.state()) == last
    page.locator("[data-tab=log]").click()
    expect(page.locator(".log li")).to_have_count(15)

    publish(desk, own_server.workspace)
    exported = tmp_path / "plan.geojson"
    exported.write_bytes(page.request.get(f"{desk.url}/workspace/export/geojson").body())
    layer = read_boundaries(exported)
    finest = layer[layer["level"].astype(int) == 3]
    region = layer[layer["level"].astype(int) == 1].union_all()
    assert len(finest) == 3
    assert check_coverage(finest, region).is_proven


def test_a_grid_is_halved_by_two_clicks_and_undone(desk: Desk) -> None:
    page, first = desk.page, desk.state()
    page.keyboard.press("b")
    expect(page.locator("[data-tool=balance]")).to_have_attribute("aria-pressed", "true")
    desk.click((114.005, 22.015))
    expect(page.locator("#notice")).to_contain_text("请先在上方选择")
    page.locator("[data-small=halve]").click()
    expect(page.locator("#notice")).to_be_hidden()
    desk.click((114.005, 22.015))
    expect(page.locator("#help")).to_contain_text("已按面积计算")
    expect(page.locator("#grid .changes")).to_contain_text("新网格")
    assert desk.state()["version"] == 1
    page.locator("#ends").get_by_text("完成").click()
    desk.wait_version(2)
    assert len(desk.state()["grids"]) == len(first["grids"]) + 1
    page.keyboard.press("Control+z")
    desk.wait_version(3)
    assert shapes_of(desk.state()) == shapes_of(first)

    page.locator("[data-small=balance]").click()
    desk.click((114.005, 22.005), (114.005, 22.015))
    expect(page.locator("#help")).to_contain_text("已按面积计算")
    page.keyboard.press("Enter")
    desk.wait_version(4)
    page.locator("[data-tab=log]").click()
    expect(page.locator(".log li").first).to_contain_text("平衡了")


def publish(desk: Desk, folder: Path) -> None:
    runner = make_runner(create_app(Settings(workspace=folder)))
    runner.start()
    try:
        hand_in_and_publish(desk.page, desk.url)
    finally:
        runner.stop()


def hand_in_and_publish(page: Page, url: str) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{url}/plans")
    row = page.locator("[data-plan='1']")
    row.locator("summary").click()
    row.locator("input").fill("南园办〔2026〕12号")
    row.locator("form button").click()
    page.locator("[data-plan='1'] [data-step=withdraw]").wait_for()
    page.locator("[data-plan='1'] a[href$='/review']").click()
    page.locator("[data-tab=publish]").click()
    page.locator(".publish").click()
    page.locator("dialog button[value=publish]").click()
    page.wait_for_url("**/plans/1/changes")
    page.goto(f"{url}/plans")
    expect(page.locator("section[aria-labelledby=published-title]")).to_contain_text("第1号")


def test_a_border_is_laid_along_a_street(desk: Desk) -> None:
    desk.use("street")
    desk.page.locator("#options input").uncheck()
    desk.click((114.005, 22.01))
    expect(desk.page.locator("#help")).to_contain_text("再点击街道")
    desk.page.mouse.move(*desk.xy(114.004, 22.0081))
    expect(desk.page.locator("#help")).to_contain_text("解放路")
    desk.click((114.004, 22.0081))
    desk.wait_version(2)
    assert any([114.004, 22.0081] in arc["line"] for arc in desk.state()["arcs"])


def corner_now(desk: Desk, near: tuple[float, float]) -> list[float]:
    ends = [end for arc in desk.state()["arcs"] for end in (arc["line"][0], arc["line"][-1])]
    return min(ends, key=lambda end: abs(end[0] - near[0]) + abs(end[1] - near[1]))


def test_streets_and_right_angles_catch_a_corner_unless_alt_is_held(desk: Desk) -> None:
    page = desk.page
    page.evaluate("window.geogrid[0].map.setView([22.0085, 114.0105], 17, { animate: false })")
    page.wait_for_timeout(600)
    on_street, beside = (114.012, 22.0076), (114.01203, 22.00764)
    page.keyboard.down("Alt")
    desk.drag(JUNCTION, beside)
    page.keyboard.up("Alt")
    desk.wait_version(2)
    free = corner_now(desk, beside)
    assert free != list(on_street)
    desk.drag((free[0], free[1]), (114.0117, 22.0084))
    desk.wait_version(3)
    desk.drag((114.0117, 22.0084), beside)
    desk.wait_version(4)
    assert corner_now(desk, beside) == list(on_street)
    desk.drag(on_street, (114.01003, 22.00951))  # above the corner at 114.01, square to its south
    desk.wait_version(5)
    assert corner_now(desk, JUNCTION)[0] == 114.01


def test_a_line_follows_the_street_between_two_clicks_on_it(desk: Desk) -> None:
    desk.use("split")
    desk.click((114.0165, 21.9992), (114.0165, 22.0205))
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_timeout(300)
    desk.page.keyboard.press("Escape")
    desk.use("give")
    desk.page.locator("#options").get_by_text("画出的区域").click()
    desk.click((114.005, 22.004))
    desk.click((114.002, 22.0079), (114.018, 22.0080), (114.018, 22.0005), (114.002, 22.0005))
    desk.page.keyboard.press("Enter")
    desk.wait_version(3)
    corners = [corner for arc in desk.state()["arcs"] for corner in arc["line"]]
    assert [114.012, 22.0076] in corners


def test_what_is_refused_snaps_back_with_its_reason(refusing: Desk) -> None:
    before = shapes_of(refusing.state())
    refusing.drag(JUNCTION, (114.01, 21.995))
    notice = refusing.page.locator("#notice.bad")
    expect(notice).to_contain_text("边界")
    assert shapes_of(refusing.state()) == before
    refusing.page.keyboard.press("Escape")
    expect(notice).to_be_hidden()


def test_a_locked_grid_stays(refusing: Desk) -> None:
    refusing.click((114.005, 22.005))
    refusing.page.keyboard.press("l")
    expect(refusing.page.locator("#grid")).to_contain_text("已锁定")
    refusing.use("move")
    refusing.drag(JUNCTION, (114.0092, 22.0104))
    expect(refusing.page.locator("#notice.bad")).to_contain_text("南一网格")
    assert refusing.state()["version"] == 1


@pytest.fixture
def second(browser: Browser, own_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    yield page
    context.close()


def test_two_planners_end_with_one_plan(desk: Desk, second: Page) -> None:
    other = Desk(second, desk.url).open()
    desk.drag(JUNCTION, (114.0092, 22.0104))
    toast = second.locator("#toasts")
    expect(toast).to_contain_text("拐点", timeout=2_000)
    other.use("split")
    other.click((114.0165, 21.9995), (114.0163, 22.0105))
    second.keyboard.press("Enter")
    other.wait_version(3)
    expect(desk.page.locator("#toasts")).to_contain_text("拆成", timeout=2_000)
    desk.drag((114.0092, 22.0104), (114.0095, 22.0097))
    desk.wait_version(4)
    expect(toast).to_contain_text("拐点")
    assert shapes_of(desk.state()) == shapes_of(other.state())
    seen = [borders_drawn(each) for each in (desk, other)]
    assert seen[0] == seen[1]


def borders_drawn(desk: Desk) -> str:
    """Return the canvas with the borders, without what follows the pointer."""
    desk.page.mouse.move(5, 5)
    desk.page.wait_for_timeout(1_500)
    return str(
        desk.page.evaluate("document.querySelector('.leaflet-borders-pane canvas').toDataURL()")
    )


def test_who_is_slower_is_shown_what_the_other_did(refusing: Desk, second: Page) -> None:
    refusing.page.route("**/redraw/changes**", lambda route: route.abort())
    other = Desk(second, refusing.url).open()
    other.drag(JUNCTION, (114.0092, 22.0104))
    other.wait_version(2)
    refusing.drag(JUNCTION, (114.0105, 22.0096))
    expect(refusing.page.locator("#notice.warn")).to_contain_text("先改了")
    assert refusing.state()["version"] == 2
    refusing.page.unroute("**/redraw/changes**")
    refusing.page.wait_for_timeout(1_300)
    assert borders_drawn(refusing) == borders_drawn(other)


def test_a_tab_that_dies_in_a_drag_loses_only_that(desk: Desk, second: Page) -> None:
    desk.drag(JUNCTION, (114.0092, 22.0104))
    desk.wait_version(2)
    kept = shapes_of(desk.state())
    desk.grab((114.0092, 22.0104), (114.0105, 22.0096))
    desk.page.wait_for_timeout(500)  # figures of the drag have been asked for
    desk.page.close()
    again = Desk(second, desk.url).open()
    assert again.state()["version"] == 2
    assert shapes_of(again.state()) == kept
    expect(second.locator("[data-tool=undo]")).to_be_enabled()


def test_keys_alone(desk: Desk) -> None:
    page = desk.page
    page.locator("[data-tab=grids]").click()
    page.locator("#grids tbody button").filter(has_text="南二网格").press("Enter")
    expect(page.locator("#grid h2")).to_contain_text("南二网格")
    page.locator("#map_main").focus()
    state = desk.state()
    page.keyboard.press("]")
    page.keyboard.press("]")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    desk.wait_version(2)
    assert shapes_of(desk.state()) != shapes_of(state)
    page.keyboard.press("s")
    expect(page.locator("[data-tool=split]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("F2")
    page.locator("#ask input").fill("<b>新名</b>")
    page.keyboard.press("Enter")
    desk.wait_version(3)
    expect(page.locator("#grid h2")).to_have_text("<b>新名</b>")


@pytest.fixture
def tablet(browser: Browser, own_server: LiveServer) -> Iterator[Desk]:
    use_draft(Workspace(own_server.workspace))
    context = browser.new_context(
        viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True, locale="zh-CN"
    )
    yield Desk(context.new_page(), own_server.url).open()
    context.close()


def finger(desk: Desk, *steps: tuple[str, list[tuple[float, float]]], rest_ms: int = 0) -> None:
    session = desk.page.context.new_cdp_session(desk.page)
    for kind, points in steps:
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )
        if rest_ms and kind == "touchStart":
            desk.page.wait_for_timeout(rest_ms)


def test_fingers_drag_press_long_and_pan(tablet: Desk) -> None:
    start, end = tablet.xy(*JUNCTION), tablet.xy(114.0092, 22.0104)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    finger(
        tablet,
        ("touchStart", [start]),
        ("touchMove", [middle]),
        ("touchMove", [end]),
        ("touchEnd", []),
    )
    tablet.wait_version(2)
    view = "window.geogrid[0].map.getCenter().lat"
    before, borders = tablet.page.evaluate(view), shapes_of(tablet.state())
    x, y = tablet.xy(114.005, 22.005)
    two = [[(x, y + d), (x + 60, y + d)] for d in (0, 40, 80)]
    finger(
        tablet,
        ("touchStart", two[0]),
        ("touchMove", two[1]),
        ("touchMove", two[2]),
        ("touchEnd", []),
    )
    tablet.page.wait_for_timeout(500)
    assert tablet.page.evaluate(view) != before
    assert shapes_of(tablet.state()) == borders
    tablet.use("insert")
    tablet.page.touchscreen.tap(*tablet.xy(114.015, 22.0102))
    tablet.wait_version(3)
    tablet.use("move")
    corners = sum(len(arc["line"]) for arc in tablet.state()["arcs"])
    fresh = next(
        arc["line"]
        for arc in tablet.state()["arcs"]
        if {arc["left"], arc["right"]} == {"112", "113"}
    )[1]
    finger(tablet, ("touchStart", [tablet.xy(*fresh)]), ("touchEnd", []), rest_ms=800)
    tablet.wait_version(4)
    assert sum(len(arc["line"]) for arc in tablet.state()["arcs"]) == corners - 1


def test_a_plan_handed_in_is_only_looked_at(own_server: LiveServer, page: Page) -> None:
    use_draft(Workspace(own_server.workspace))
    page.goto(f"{own_server.url}/plans")
    page.locator("summary").first.click()
    page.locator("form input").first.fill("第1号")
    page.locator("form button").first.click()
    page.locator("[data-step=withdraw]").wait_for()
    desk = Desk(page, own_server.url).open()
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator(".edit-head")).to_contain_text("只能查看")
    before = desk.state()
    desk.drag(JUNCTION, (114.0092, 22.0104))
    desk.page.wait_for_timeout(400)
    assert desk.state() == before


def test_a_plan_in_force_is_looked_at_and_begun_from(own_server: LiveServer, page: Page) -> None:
    workspace = Workspace(own_server.workspace)
    use_draft(workspace)
    put_in_force(workspace)
    page.goto(f"{own_server.url}/plans")
    page.get_by_text("查看边界").click()
    desk = Desk(page, own_server.url)
    page.locator("body[data-ready]").wait_for()
    expect(page.locator(".edit-head")).to_contain_text("只能查看")
    expect(page.locator("#tools")).to_be_hidden()
    assert len(set(page.evaluate(COLOURS))) > 1  # borders are drawn
    expect(page.locator("#grid")).to_have_text("点击网格查看户数等指标。")  # there are no tools
    page.mouse.move(*desk.xy(114.005, 22.005))
    expect(page.locator("#help")).to_contain_text("南一网格")
    desk.click((114.005, 22.005))
    expect(page.locator("#grid h2")).to_contain_text("南一网格")
    page.locator("[data-tab=grids]").click()
    expect(page.locator("#grids tbody tr")).to_have_count(3)
    before = desk.state()
    desk.drag(JUNCTION, (114.0092, 22.0104))
    page.keyboard.press("s")
    page.wait_for_timeout(400)
    assert desk.state() == before
    page.locator(".edit-head a[href*='print']").wait_for()
    page.locator("#begin").click()
    page.wait_for_url("**/plans/2/edit")
    page.locator("body[data-ready]").wait_for()
    Desk(page, own_server.url, plan=2).drag(JUNCTION, (114.0092, 22.0104))
    Desk(page, own_server.url, plan=2).wait_version(2)
    assert desk.state() == before


COLOURS = """[...document.querySelector('.leaflet-borders-pane canvas').getContext('2d')
  .getImageData(0, 0, 900, 600).data].filter((_, i) => i % 4 === 3)"""


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
@pytest.mark.parametrize("width", [1280, 820, 390])
def test_nothing_is_cut_off(own_server: LiveServer, page: Page, width: int, lang: str) -> None:
    use_draft(
        Workspace(own_server.workspace),
        name="<i>南园街道二〇二六年网格边界调整方案（征求意见稿）</i>",
    )
    page.context.add_cookies([{"name": "language", "value": lang, "url": own_server.url}])
    page.set_viewport_size({"width": width, "height": 1180 if width == 820 else 820})
    desk = Desk(page, own_server.url).open()
    desk.click((114.005, 22.012))
    page.locator("#grid dl").wait_for()
    assert overflowing(page) == []
    for tab in ("grids", "problems", "log"):
        page.locator(f"[data-tab={tab}]").click()
        page.wait_for_load_state("networkidle")
        assert overflowing(page) == []
