"""Two checks compared in Chromium: by the list of this browser and by a downloaded report."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from browser.looking import overflowing
from playwright.sync_api import Page, expect

NASTY = "<img src=x onerror=alert(1)>"


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for pictures."""
    folder = os.environ.get("GEOGRID_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def written(path: Path, *edges: float) -> Path:
    """Write a row of grids from the first of two edges to the second, and so on."""
    boxes = [
        shapely.box(114 + west, 22.52, 114 + east, 22.522)
        for west, east in zip(edges[::2], edges[1::2], strict=True)
    ]
    grids = gpd.GeoDataFrame(
        {"网格编码": ["A", "B", "C"], "网格名称": [NASTY, "中网格", "东网格"]},
        geometry=boxes,
        crs="EPSG:4326",
    )
    path.write_text(grids.to_json(drop_id=True), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return a draft with two overlaps, and a later one: one mended, one left, and a new gap."""
    draft = written(tmp_path / "初稿.geojson", 0, 0.0022, 0.002, 0.0043, 0.004, 0.006)
    better = written(tmp_path / "二稿.geojson", 0, 0.002, 0.002, 0.0043, 0.004, 0.006)
    return draft, better


def check(page: Page, url: str, file: Path, language: str) -> None:
    page.goto(f"{url}/check?lang={language}")
    page.locator("#drop input").set_input_files(file)
    page.locator("#confirm button[type=submit]").click()
    expect(page.locator(".verdict")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_later_check_says_what_was_fixed(
    page: Page, own_server: object, files: tuple[Path, Path], size: str
) -> None:
    url = own_server.url  # type: ignore[attr-defined]
    draft, better = files
    check(page, url, draft, "zh_CN")
    check(page, url, better, "zh_CN")
    page.get_by_text("与以前的检查对比").click()
    assert overflowing(page) == []
    look(page, f"compare-choose-{size}-zh")
    expect(page.locator("#compare option")).to_contain_text("初稿.geojson")
    page.locator("#compare").get_by_role("button", name="对比", exact=True).click()
    expect(page.locator(".compared")).to_contain_text("已解决 1 处")
    expect(page.locator("tr.pick")).to_have_count(1)
    expect(page.locator("tr.pick .change")).to_have_text("仍存在")
    look(page, f"compare-result-{size}-zh")
    assert overflowing(page) == []
    page.locator("[data-change=fixed]").click()
    expect(page.locator("tr.pick")).to_have_count(1)
    expect(page.locator("tr.pick .change")).to_have_text("已解决")
    expect(page.locator("tr.pick")).to_contain_text("img src=x")
    page.locator("tr.pick").click()
    expect(page.locator("tr.pick")).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(600)
    look(page, f"compare-fixed-{size}-zh")
    page.locator("[data-change=new]").click()
    expect(page.locator("#defects .empty")).to_be_visible()
    page.get_by_text("与另一次检查对比").click()
    page.get_by_role("button", name="取消对比").click()
    expect(page.get_by_text("与以前的检查对比")).to_be_visible()
    expect(page.locator(".compared")).to_have_count(0)


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_downloaded_report_is_compared(
    page: Page, own_server: object, files: tuple[Path, Path], tmp_path: Path, size: str
) -> None:
    url = own_server.url  # type: ignore[attr-defined]
    draft, better = files
    check(page, url, better, "en")
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.locator(".menu a[href$='report.json']").click()
    report = tmp_path / "before.json"
    download.value.save_as(report)
    check(page, url, draft, "en")
    page.get_by_text("Compare with an earlier check").click()
    page.locator("#compare input[type=file]").set_input_files(report)
    expect(page.locator(".compared")).to_contain_text("0 fixed, 1 new, 1 remaining")
    page.locator(".compared").scroll_into_view_if_needed()
    look(page, f"compare-result-{size}-en")
    assert overflowing(page) == []
    page.locator("[data-change=new]").click()
    expect(page.locator("tr.pick .change")).to_have_text("New")
