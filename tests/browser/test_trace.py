"""Placing a drawing by clicks, areas, the check and the draft in Chromium; pictures; 四至."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect
from trace_drawings import keep, pdf

from geogrid.store import Workspace


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for pictures."""
    folder = os.environ.get("GEOGRID_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def begun(page: Page, url: str, file: Path, language: str = "zh_CN") -> None:
    page.goto(f"{url}/plans/new/trace?lang={language}")
    page.locator("#drop input").set_input_files(file)
    expect(page.locator("#viewer .leaflet-pane").first).to_be_attached()
    page.wait_for_timeout(600)


def click_pairs(page: Page, shares: list[tuple[float, float]]) -> None:
    """Click places of the picture, given in shares of its middle part, and then on the map."""
    for across, down in shares:
        page.locator("#viewer").scroll_into_view_if_needed()
        viewer, ground = (page.locator(each).bounding_box() for each in ("#viewer", "#map_main"))
        assert viewer and ground
        before = page.locator("#points li").count()
        wide = min(viewer["width"], viewer["height"] * 4 / 3) * 0.8
        page.mouse.click(
            viewer["x"] + viewer["width"] / 2 + (across - 0.5) * wide,
            viewer["y"] + viewer["height"] / 2 + (down - 0.5) * wide * 0.75,
        )
        expect(page.locator("#points li")).to_have_count(before + 1)
        page.mouse.click(
            ground["x"] + ground["width"] / 2 + (across - 0.5) * 120,
            ground["y"] + ground["height"] * 0.4 + (down - 0.5) * 90,
        )
        expect(page.locator("#points li").last).not_to_contain_text("地图上点")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_drawing_is_placed_made_areas_checked_and_used(
    page: Page, own_server: object, tmp_path: Path, size: str
) -> None:
    url, workspace = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    drawing, _picture = keep(tmp_path)
    begun(page, url, drawing)
    assert overflowing(page) == []
    click_pairs(page, [(0, 0), (1, 0), (1, 1)])
    expect(page.locator("#points-said")).to_contain_text("请再加一个点")
    click_pairs(page, [(0, 1)])
    expect(page.locator("#points-said")).to_contain_text("中误差")
    look(page, f"trace-placed-{size}-zh")
    page.locator("#areas-form input[name=tolerance]").fill("10")
    page.locator("#areas-form button[type=submit]").click()
    expect(page.locator("#made")).to_contain_text("生成 4 个面")
    expect(page.locator("#made")).to_contain_text("已闭合的缺口 (1)")
    page.locator("#made summary").first.scroll_into_view_if_needed()
    assert overflowing(page) == []
    look(page, f"trace-areas-{size}-zh")
    page.locator("#next button").click()
    expect(page.locator(".verdict.good")).to_be_visible()
    page.locator("#use button").first.click()
    page.locator("#use input[name=name]").fill("图上的网格")
    page.locator("#use button[type=submit]").click()
    expect(page).to_have_url(f"{url}/workspace?new=grids")
    plan = Workspace(workspace).current()
    assert sorted(plan.grids["code"]) == ["A1", "A2", "T001", "T002"]


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_lines_over_a_placed_picture_and_the_picture_under_a_draft(
    page: Page, own_server: object, tmp_path: Path, size: str
) -> None:
    url, workspace = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    Workspace(workspace).keep_sample()
    _drawing, picture = keep(tmp_path)
    begun(page, url, picture)
    click_pairs(page, [(0, 0), (1, 0), (1, 1), (0, 1)])
    image = page.locator(".placed-picture")
    expect(image).to_be_visible()
    page.locator("#opacity").fill("20")
    assert page.locator(".leaflet-underlay-pane").evaluate("n => n.style.opacity") == "0.2"
    look(page, f"trace-picture-{size}-zh")
    page.locator("[data-tool=line]").click()
    ground = page.locator("#map_main").bounding_box()
    assert ground
    middle = ground["x"] + ground["width"] / 2, ground["y"] + ground["height"] * 0.4
    for across, down in ((-70, -50), (70, -50), (70, 50), (-70, 50), (-70, -50)):
        page.mouse.click(middle[0] + across, middle[1] + down)
        page.wait_for_timeout(350)
    expect(page.locator("#hand-said")).to_contain_text("1 条线")
    page.locator("[data-tool=text]").click()
    page.locator("#name").fill("<b>一格</b>")
    page.mouse.click(*middle)
    expect(page.locator(".drawn-text.by-hand")).to_have_text("<b>一格</b>")
    page.locator("#areas-form button[type=submit]").click()
    expect(page.locator("#made")).to_contain_text("1 个面")
    page.locator("#keep-form button").click()
    expect(page.locator("#kept")).to_contain_text("已保存")
    assert overflowing(page) == []
    page.reload()
    expect(page.locator("#points li")).to_have_count(4)
    expect(page.locator("#hand-said")).to_contain_text("1 条线")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_page_of_a_pdf_is_chosen_and_placed(
    page: Page, live_url: str, tmp_path: Path, size: str
) -> None:
    file = tmp_path / "规划图.pdf"
    file.write_bytes(pdf("封面", "地图", "附表", size=(800, 600)))
    page.goto(f"{live_url}/plans/new/trace?lang=zh_CN")
    page.locator("#drop input").set_input_files(file)
    expect(page.locator(".pdf-pages img")).to_have_count(3)
    assert overflowing(page) == []
    look(page, f"trace-pdf-{size}-zh")
    page.locator("[data-page='2']").click()
    expect(page.locator("#viewer .leaflet-image-layer")).to_be_visible()
    expect(page.locator("h1")).to_have_text("规划图.pdf 2/3")
    page.wait_for_timeout(600)
    click_pairs(page, [(0, 0), (1, 0), (1, 1), (0, 1)])
    expect(page.locator(".placed-picture")).to_be_visible()
    page.get_by_text("换 PDF 的另一页").click()
    expect(page.locator(".pdf-pages img")).to_have_count(3)


def test_confused_points_are_said(page: Page, live_url: str, tmp_path: Path) -> None:
    _drawing, picture = keep(tmp_path)
    begun(page, live_url, picture)
    click_pairs(page, [(0, 0), (1, 0)])
    page.locator("#kind").select_option("similarity")
    expect(page.locator("#points-said")).to_contain_text("看不出错误")
    page.locator("#kind").select_option("affine")
    viewer, ground = (page.locator(each).bounding_box() for each in ("#viewer", "#map_main"))
    assert viewer and ground
    page.mouse.click(viewer["x"] + 100, viewer["y"] + viewer["height"] - 60)
    page.mouse.click(ground["x"] + ground["width"] / 2 - 40, ground["y"] + ground["height"] * 0.1)
    expect(page.locator("#points-said .bad")).to_contain_text("点错了对应关系")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_descriptions_and_streets_in_english(page: Page, live_url: str, size: str) -> None:
    page.goto(f"{live_url}/plans/new/trace?lang=en")
    assert overflowing(page) == []
    page.locator("[data-start$=bounds]").click()
    page.locator("textarea[name=text]").fill(
        "Grid 1: west to 泰然九路; south to 滨河大道; east to 香蜜湖路; north to 深南大道"
    )
    page.locator("#bounds-form button[type=submit]").click()
    expect(page.locator(".proposal")).to_contain_text("Grid 1")
    expect(page.locator(".proposal .tag")).to_contain_text("%")
    assert overflowing(page) == []
    look(page, f"trace-bounds-{size}-en")
    page.goto(f"{live_url}/plans/new/trace?lang=en")
    page.locator("[data-start$=blank]").click()
    page.locator("#areas-form button[type=submit]").click()
    expect(page.locator("#made")).to_contain_text("Areas made")
    assert overflowing(page) == []
    look(page, f"trace-streets-{size}-en")
