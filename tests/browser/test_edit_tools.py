"""Each tool of the workbench by mouse: what is in the plan afterwards; undo takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import pytest
import shapely
from browser.conftest import LiveServer, Watch, serve
from browser.editing import ACROSS, STREET, Desk, grids, shapes_of
from playwright.sync_api import BrowserContext, Page, expect
from redraw_drafts import small_units
from shapely.geometry import LineString

from geogrid.store.workspace import Workspace

IN_THE_NORTH, IN_THE_SOUTH, IN_THE_EAST = (114.015, 22.015), (114.005, 22.004), (114.015, 22.004)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give one server for all tests here; each works on a draft of its own."""
    server, live = serve(tmp_path_factory.mktemp("tools"))
    yield live
    server.stop()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Give a page where the server may refuse an operation, which browsers log as an error."""
    watch = Watch("http://127.0.0.1:")
    page = context.new_page()
    watch.over(page)
    yield page
    page.close()
    assert [each for each in watch.wrong if "422 (UNPROCESSABLE" not in each] == []


def open_desk(shared: LiveServer, page: Page, layer: gpd.GeoDataFrame, **parts: Any) -> Desk:
    streets = gpd.GeoDataFrame(
        {"name": ["解放路", "中心路"], "highway": ["primary", "primary"]},
        geometry=[LineString(STREET), LineString(ACROSS)], crs=4326,
    )  # fmt: skip
    workspace = Workspace(shared.workspace)
    workspace.use(name="工具", grids=layer, streets=streets, **parts)
    plan = int(page.request.get(f"{shared.url}/api/v1/plans").json()["items"][0]["id"])
    return Desk(page, shared.url, plan=plan).open()


@pytest.fixture
def desk(shared: LiveServer, page: Page) -> Desk:
    return open_desk(shared, page, grids())


def two_communities() -> gpd.GeoDataFrame:
    """Return the grids with the northern one below a community of its own."""
    layer = grids().set_index("code", drop=False)
    north = layer.loc["112"].copy()
    north["code"], north["name"], north["level"], north["parent"] = "12", "乙社区", 2, "1"
    layer.loc["112", ["code", "parent"]] = ["121", "12"]
    layer.loc["11", "geometry"] = shapely.union_all(
        layer.loc[["111", "113"], "geometry"].to_numpy()
    )
    layer.loc["12"] = north
    return layer.reset_index(drop=True)


def row_of(desk: Desk, code: str) -> Any:
    return next((grid for grid in desk.state()["grids"] if grid["code"] == code), None)


def undone(desk: Desk, first: Any, version: int) -> None:
    """Take the last step back; nothing is left of it."""
    desk.page.locator("[data-tool=undo]").click()
    desk.wait_version(version)
    now = desk.state()
    assert shapes_of(now) == shapes_of(first)
    assert (now["grids"], now["gaps"]) == (first["grids"], first["gaps"])


def answer_form(page: Page, **given: str) -> None:
    for name, value in given.items():
        field = page.locator(f"#ask [name={name}]")
        if field.evaluate("(node) => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("#ask button[type=submit]").click()


def test_a_corner_is_put_in_and_taken_out_by_clicks(desk: Desk) -> None:
    first = desk.state()
    desk.use("insert")
    desk.click((114.015, 22.01))
    desk.wait_version(2)
    border = {"112", "113"}
    now = desk.state()
    fresh = next(arc["line"][1] for arc in now["arcs"] if {arc["left"], arc["right"]} == border)
    desk.use("delete")
    desk.page.mouse.move(*desk.xy(*fresh))
    expect(desk.page.locator("#help")).to_have_text("点击删去此拐点")
    desk.click((fresh[0], fresh[1]))
    desk.wait_version(3)
    assert shapes_of(desk.state()) == shapes_of(first)
    desk.page.locator("[data-tool=undo]").click()
    desk.wait_version(4)
    assert any(fresh in arc["line"] for arc in desk.state()["arcs"])


def test_a_gap_is_drawn_and_clicked_with_its_reason(desk: Desk) -> None:
    first = desk.state()
    desk.use("gap")
    desk.click((114.012, 22.013), (114.018, 22.013), (114.018, 22.017), (114.012, 22.017))
    desk.page.keyboard.press("Enter")
    answer_form(desk.page, note="<b>水库</b>")
    desk.wait_version(2)
    assert [(gap["note"], gap["is_approved"]) for gap in desk.state()["gaps"]] == [
        ("<b>水库</b>", True)
    ]
    desk.page.mouse.move(*desk.xy(114.015, 22.015))
    expect(desk.page.locator("#help")).to_have_text("点击说明这处空白为何不划入网格")
    desk.click((114.015, 22.015))
    desk.page.keyboard.press("Escape")  # thought better of it
    expect(desk.page.locator("#ask")).to_be_hidden()
    with_a_gap = desk.state()
    assert with_a_gap["version"] == 2
    desk.click((114.015, 22.015))
    answer_form(desk.page, note="兵营")
    desk.wait_version(3)
    assert [gap["note"] for gap in desk.state()["gaps"]] == ["兵营"]
    assert desk.is_seamless()
    desk.page.locator("[data-tab=log]").click()
    expect(desk.page.locator(".log li").nth(1)).to_contain_text("<b>水库</b>")
    undone(desk, with_a_gap, 4)
    expect(desk.page.locator(".log li").nth(1)).to_contain_text("已撤销")
    undone(desk, first, 5)


def test_a_new_grid_is_drawn_and_named(desk: Desk) -> None:
    first = desk.state()
    desk.use("new")
    x, y = desk.xy(114.004, 22.017)
    desk.click((114.004, 22.013), (114.009, 22.013), (114.009, 22.017))
    desk.page.mouse.dblclick(x, y)
    answer_form(desk.page, name="新园网格", parent="11")
    desk.wait_version(2)
    made = [grid for grid in desk.state()["grids"] if grid["name"] == "新园网格"]
    assert [(grid["parent"], grid["is_finest"]) for grid in made] == [("11", True)]
    assert desk.is_seamless()
    undone(desk, first, 3)


def test_names_kinds_and_numbers(desk: Desk) -> None:
    first = desk.state()
    desk.use("rename")
    desk.click(IN_THE_SOUTH)
    answer_form(desk.page, name="阳光网格")
    desk.wait_version(2)
    assert row_of(desk, "111")["name"] == "阳光网格"
    assert desk.is_seamless()
    undone(desk, first, 3)
    desk.use("kind")
    answer_form(desk.page, kind="dedicated")  # of the grid that is chosen
    desk.wait_version(4)
    assert row_of(desk, "111")["kind"] == "dedicated"
    assert desk.is_seamless()
    undone(desk, first, 5)
    desk.use("renumber")
    answer_form(desk.page)
    desk.wait_version(6)
    after = desk.state()
    codes = {grid["id"]: grid["code"] for grid in after["grids"]}
    assert [codes[name] for name in ("112", "111", "113")] == sorted(
        codes[name] for name in ("111", "112", "113")
    )
    assert not {"111", "112", "113"} & set(codes.values())
    assert desk.is_seamless()
    undone(desk, first, 7)


def test_a_grid_is_put_below_another_one(shared: LiveServer, page: Page) -> None:
    desk = open_desk(shared, page, two_communities())
    first = desk.state()
    desk.use("parent")
    desk.click(IN_THE_EAST)
    answer_form(page, parent="12")
    desk.wait_version(2)
    assert row_of(desk, "113")["parent"] == "12"
    assert desk.is_seamless()
    undone(desk, first, 3)


def test_a_lock_is_set_by_a_click_and_let_go_from_the_list(desk: Desk) -> None:
    desk.use("lock")
    desk.click(IN_THE_NORTH)
    desk.page.locator("[data-tab=grids]").click()
    chip = desk.page.locator(".locked-grids .chip")
    expect(chip).to_contain_text("北网格")
    assert row_of(desk, "112")["locked"] is True
    chip.click()
    expect(chip).to_have_count(0)
    assert row_of(desk, "112")["locked"] is False


def test_whole_grids_are_given_by_clicks(shared: LiveServer, page: Page) -> None:
    desk = open_desk(shared, page, two_communities())
    first = desk.state()
    desk.use("give")
    desk.click(IN_THE_NORTH, IN_THE_SOUTH)
    expect(page.locator("#options .chip")).to_have_text(["接收：乙社区", "南一网格"])
    page.mouse.dblclick(*desk.xy(*IN_THE_EAST))  # counts once
    desk.click((114.006, 22.006))  # the first is left out again
    expect(page.locator("#options .chip").last).to_have_text("南二网格")
    page.keyboard.press("Enter")
    desk.wait_version(2)
    assert (row_of(desk, "113")["parent"], row_of(desk, "111")["parent"]) == ("12", "11")
    undone(desk, first, 3)


def test_whole_grids_are_given_by_name_with_keys_alone(shared: LiveServer, page: Page) -> None:
    desk = open_desk(shared, page, two_communities())
    first = desk.state()
    page.locator("#map_main").focus()
    page.keyboard.press("g")
    page.keyboard.press("/")
    field, found = page.locator("#options input"), page.locator("#options .option")
    expect(field).to_be_focused()
    page.keyboard.type("乙社")
    expect(found).to_have_text(["乙社区12"])
    page.keyboard.press("Enter")
    page.keyboard.type("113")
    expect(found).to_have_text(["南二网格113"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    expect(page.locator("#options .chip")).to_have_text(["接收：乙社区", "南二网格"])
    expect(page.locator("#grid .changes")).to_contain_text("这样改的结果（预览）")
    assert desk.state()["version"] == 1
    page.keyboard.press("Enter")
    desk.wait_version(2)
    assert row_of(desk, "113")["parent"] == "12"
    expect(page.locator("#options .chip")).to_have_text(["接收：乙社区"])
    page.keyboard.press("Escape")
    expect(page.locator("#map_main")).to_be_focused()
    undone(desk, first, 3)


def figures(desk: Desk) -> Any:
    return desk.page.request.get(f"{desk.api}/figures").json()["items"]


def only_finest() -> gpd.GeoDataFrame:
    layer = grids().query("level == 3").copy()
    layer["parent"] = ""
    return layer


def test_who_receives_stays_when_an_area_is_drawn_instead(shared: LiveServer, page: Page) -> None:
    desk = open_desk(shared, page, only_finest())
    first, before = desk.state(), {grid["name"]: grid["area_m2"] for grid in figures(desk)}
    desk.use("give")
    desk.click(IN_THE_SOUTH)
    page.locator("[data-area=true]").click()
    expect(page.locator("#options .chip")).to_have_text("接收：南一网格")
    desk.click((114.002, 22.009), (114.006, 22.009), (114.006, 22.0135), (114.002, 22.0135))
    page.locator("#ends").get_by_text("完成").click()
    desk.wait_version(2)
    area = {grid["name"]: grid["area_m2"] for grid in figures(desk)}
    assert area["南一网格"] > 1.1 * before["南一网格"]
    assert area["北网格"] < before["北网格"]
    undone(desk, first, 3)


def test_a_divided_grid_does_not_receive_a_drawn_area(desk: Desk) -> None:
    desk.use("give")
    desk.click(IN_THE_SOUTH)
    page = desk.page
    expect(page.locator("#options .chip")).to_have_text("接收：甲社区")
    page.locator("[data-area=true]").click()
    expect(page.locator("#notice")).to_contain_text("甲社区有下级")
    desk.click(IN_THE_SOUTH)
    expect(page.locator("#options .chip")).to_have_text("接收：南一网格")


def test_a_split_through_grids_below_is_offered(desk: Desk) -> None:
    first = desk.state()
    desk.page.locator("[data-level='2']").click()
    desk.use("split")
    desk.click((113.999, 22.0051), (114.021, 22.0052))
    desk.page.keyboard.press("Enter")
    desk.page.locator("#notice").get_by_text("下级").last.click()
    desk.wait_version(2)
    assert sum(grid["level"] == 2 for grid in desk.state()["grids"]) == 2
    undone(desk, first, 3)


def test_households_are_given_and_the_line_says_what_a_click_does(
    shared: LiveServer, page: Page
) -> None:
    places = [(x, y) for x in range(1, 20, 2) for y in (3, 6, 13, 17)]
    homes = [(f"U{x}-{y}", x / 10, y / 10, 20) for x, y in places]
    units = small_units(*homes)
    desk = open_desk(shared, page, grids(), units=units)
    first, said = desk.state(), page.locator("#help")
    desk.use("balance")
    page.locator("[data-small=take]").click()
    page.mouse.move(*desk.xy(*IN_THE_SOUTH))
    expect(said).to_have_text("点击：由南一网格划出40户给相邻网格")
    desk.click(IN_THE_SOUTH)
    page.mouse.move(*desk.xy(*IN_THE_EAST))
    expect(said).to_contain_text("点击：把南一网格的40户划给南二网格 · 回车：从南一网格划出")
    desk.click(IN_THE_EAST)
    expect(said).to_contain_text("回车：从南一网格划出40户")
    page.keyboard.press("Enter")
    desk.wait_version(2)
    assert shapes_of(desk.state()) != shapes_of(first)
    undone(desk, first, 3)


def test_without_a_network_nothing_that_was_chosen_is_lost(
    shared: LiveServer, context: BrowserContext
) -> None:
    page = context.new_page()
    desk = open_desk(shared, page, two_communities())
    desk.use("give")
    desk.click(IN_THE_NORTH, IN_THE_EAST)
    context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("连接不上服务器")
    expect(page.locator("#saved")).to_contain_text("连不上")
    expect(page.locator("#options .chip")).to_have_text(["接收：乙社区", "南二网格"])
    context.set_offline(False)
    page.keyboard.press("Enter")
    desk.wait_version(2)
    assert row_of(desk, "113")["parent"] == "12"
    page.close()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_fingers_are_told_of_buttons_and_take_a_corner_back(desk: Desk, size: str) -> None:
    assert size == "phone"
    page = desk.page
    desk.use("new")
    for place in ((114.004, 22.013), (114.009, 22.013), (114.012, 22.013)):
        page.touchscreen.tap(*desk.xy(*place))
    assert "Esc" not in desk.said()
    assert "点“完成”结束" in desk.said()
    page.get_by_role("button", name="退一点").tap()
    expect(page.locator("#ends .primary")).to_be_disabled()
    page.touchscreen.tap(*desk.xy(114.009, 22.017))
    expect(page.locator("#ends .primary")).to_be_enabled()
    page.locator("#ends .primary").tap()
    answer_form(page, name="指划网格")
    desk.wait_version(2)
    (made,) = [grid for grid in desk.state()["grids"] if grid["name"] == "指划网格"]
    assert made["is_finest"]
    assert desk.is_seamless()
