"""The page of the repair in Chromium: accept, refuse, look, apply, use, in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from browser.looking import overflowing
from playwright.sync_api import Page, expect

from geogrid.store import Workspace

NASTY = "<img src=x onerror=alert(1)>"
BOXES = [shapely.box(114.0, 22.5, 114.00101, 22.501), shapely.box(114.001, 22.5, 114.002, 22.501)]
GRIDS = gpd.GeoDataFrame(
    {"网格编码": ["A", "B"], "网格名称": [NASTY, "西网格"]}, geometry=BOXES, crs="EPSG:4326"
)


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for pictures."""
    folder = os.environ.get("GEOGRID_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def proposed(page: Page, url: str, language: str = "zh") -> None:
    """Check the example and open its repair."""
    page.goto(f"{url}/check?lang={language}")
    page.locator("[data-start='/api/v1/check/example']").click()
    expect(page.locator(".verdict")).to_be_visible()
    page.locator("#repair").click()
    expect(page.locator("#mendable")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_repairs_are_looked_at_chosen_and_done(page: Page, live_url: str, size: str) -> None:
    proposed(page, live_url)
    assert overflowing(page) == []
    look(page, f"repair-{size}-zh")
    expect(page.locator("#mendable")).to_contain_text("建议的修复")
    expect(page.locator(".repair-pictures svg").first).to_be_visible()
    boxes = page.locator("#mendable input[data-id]")
    total = boxes.count()
    boxes.first.uncheck()
    expect(page.locator(".repair-foot")).to_contain_text(f"已勾选 {total - 1} 处")
    page.locator("#mendable .repair-item button").first.click()
    expect(page.locator(".repair-item.chosen")).to_have_count(1)
    look(page, f"repair-chosen-{size}-zh")
    page.locator("#left, #wide").first.scroll_into_view_if_needed()
    look(page, f"repair-left-{size}-zh")
    page.get_by_role("button", name="修复勾选的各处").dblclick()
    expect(page.locator("#outcome .verdict")).to_be_visible()
    expect(page.locator("#changes tbody tr").first).to_be_visible()
    expect(page.locator("#remains")).to_contain_text("超过限值")
    assert overflowing(page) == []
    look(page, f"repair-outcome-{size}-zh")
    page.reload()
    expect(page.locator("#outcome .verdict")).to_be_visible()


def test_the_repaired_grids_become_the_plan(page: Page, own_server: object, tmp_path: Path) -> None:
    url, workspace = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    file = tmp_path / "南园.geojson"
    file.write_text(GRIDS.to_json(drop_id=True), encoding="utf-8")
    page.goto(f"{url}/check")
    page.locator("#drop input").set_input_files(file)
    page.locator("#confirm button[type=submit]").click()
    page.locator("#repair").click()
    expect(page.locator("#mendable")).to_contain_text(NASTY)
    page.get_by_role("button", name="修复勾选的各处").click()
    expect(page.locator("#changes tbody tr")).to_have_count(2)
    page.locator("#use button").first.click()
    page.locator("#use input[name=name]").fill("修复后的网格")
    page.locator("#use button[type=submit]").click()
    expect(page).to_have_url(f"{url}/workspace?new=grids")
    plan = Workspace(workspace).current()
    assert plan.name == "修复后的网格"
    one, two = plan.grids.geometry
    assert one.intersection(two).area == 0


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_limits_are_changed_and_english_is_whole(page: Page, live_url: str, size: str) -> None:
    proposed(page, live_url, "en")
    page.locator("details.sums summary").first.click()
    look(page, f"repair-settings-{size}-en")
    assert overflowing(page) == []
    page.locator("input[name=max_width_m]").fill("0.05")
    page.get_by_role("button", name="Propose again").click()
    expect(page.locator("#left, #wide").first).to_be_visible()
    expect(page.locator("#proposal")).to_contain_text("over the limit of 0.05 m")
    look(page, f"repair-limits-{size}-en")
