"""The heat page in Chromium: heat, grids by figure, filters that stay in the address."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd
import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect
from shapely.geometry import box

from geogrid.store import Workspace

PAINTED = """() => {
  const canvas = document.querySelector("canvas.leaflet-heatmap-layer");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, at) => at % 4 === 3 && value > 100);
}"""
NAME = "<img src=x onerror=alert(1)>" + "很长的名字" * 12


def test_heat_is_painted_and_said(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/heatmap")
    expect(page.locator("#legend")).to_contain_text("当前画面内 20,000 件")
    page.wait_for_function(PAINTED)
    expect(page.locator("#totals dd").first).to_have_text("20,000")


def test_zooming_asks_for_finer_bins(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/heatmap")
    legend = page.locator("#legend")
    expect(legend).to_contain_text("米见方内")
    before = legend.inner_text()
    with page.expect_response(re.compile("/api/v1/heat")):
        page.locator(".leaflet-control-zoom-in").click()
    expect(legend).not_to_have_text(before)


def test_filters_change_the_figures_and_stay_in_the_address(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/heatmap")
    total = page.locator("#totals dd").first
    expect(total).to_have_text("20,000")
    page.get_by_role("button", name="近30天").click()
    expect(total).not_to_have_text("20,000")
    page.locator("#status").select_option("open")
    page.locator("#categories summary").click()
    page.locator(".chip.pick").filter(has_text="乱停车").click()
    expect(page.locator("#category-said")).to_have_text("乱停车")
    page.wait_for_url(re.compile(r"days=30.*status=open.*category=parking"))
    page.wait_for_load_state("networkidle")
    shown = total.inner_text()
    page.reload()
    expect(total).to_have_text(shown)
    expect(page.locator("#status")).to_have_value("open")
    expect(page.get_by_role("button", name="近30天")).to_have_attribute("aria-pressed", "true")


def test_grids_are_coloured_and_open_their_figures(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/heatmap?show=grids&level=3")
    legend = page.locator("#legend li")
    expect(legend).to_have_count(6)
    page.locator("#figure").select_option("per_1000_households")
    expect(page.locator("#legend b")).to_have_text("每千户事件数")
    page.locator("#top tr.pick").first.click()
    chosen = page.locator("#chosen article")
    expect(chosen.locator("h2")).to_contain_text("网格")
    name = chosen.locator("h2").inner_text()
    chosen.get_by_role("link").click()
    expect(page.locator("#card h2")).to_have_text(name)


def test_no_case_in_the_range_says_so_and_leads_back(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/heatmap?from=2001-01-01&to=2001-01-31")
    expect(page.locator("#said")).to_contain_text("没有符合条件的事件")
    page.get_by_role("button", name="显示全部事件").click()
    expect(page.locator("#totals dd").first).to_have_text("20,000")


def use_two_grids(server, cases: pd.DataFrame | None) -> None:
    shapes = [box(114.0, 22.5, 114.01, 22.51), box(114.01, 22.5, 114.02, 22.51)]
    grids = gpd.GeoDataFrame(
        {"code": ["01", "02"], "name": [NAME, "二号"], "level": [3, 3]},
        geometry=shapes,
        crs="EPSG:4326",
    )
    Workspace(server.workspace).use(name="两格", grids=grids, cases=cases)


def test_without_cases_one_is_led_to_the_upload(page: Page, own_server) -> None:
    use_two_grids(own_server, None)
    page.goto(f"{own_server.url}/heatmap")
    expect(page.get_by_role("heading", name="还没有事件")).to_be_visible()
    page.get_by_role("link", name="上传事件表").click()
    expect(page).to_have_url(re.compile("/cases"))


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_markup_in_a_name_is_text_and_missing_households_are_said(page: Page, own_server) -> None:
    cases = pd.DataFrame(
        {"case_id": ["1"], "reported_at": ["2026-03-01T00:00:00Z"], "lon": 114.005, "lat": 22.505}
    )
    use_two_grids(own_server, cases)
    page.goto(f"{own_server.url}/heatmap?show=grids")
    row = page.locator("#top tr.pick").first
    expect(row).to_contain_text(NAME)
    row.click()
    expect(page.locator("#chosen h2")).to_have_text(NAME)
    if page.viewport_size and page.viewport_size["width"] > 720:
        page.locator("path.leaflet-interactive").last.hover(force=True)  # the chosen one
        expect(page.locator(".leaflet-tooltip")).to_contain_text("<img src=x")
    page.locator("#figure").select_option("per_1000_households")
    expect(page.locator("#said")).to_contain_text("没有登记户数")
    assert page.locator("img[src='x']").count() == 0
    assert overflowing(page) == []


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_nothing_is_cut_off(page: Page, live_url: str, lang: str) -> None:
    page.goto(f"{live_url}/heatmap?lang={lang}&show=grids&level=4&figure=closing_rate")
    page.locator("#top tr.pick").first.wait_for()
    page.locator("details").last.locator("summary").click()
    assert overflowing(page) == []
