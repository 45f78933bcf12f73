"""Unified layers in Chromium: from files of two departments to the plan, in both languages."""

from __future__ import annotations

import os
import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from browser.looking import overflowing
from playwright.sync_api import Page, expect

from geogrid.store import Workspace

NASTY = "<img src=x onerror=alert(1)>"
LONG = "综合行政执法与市场监督管理局执法一队"


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for pictures."""
    folder = os.environ.get("GEOGRID_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
        full = page.viewport_size or {}
        if full and not page.locator("body.with-map").count():
            page.screenshot(path=Path(folder) / f"{name}-full.png", full_page=True)


def squares(step: float, prefix: str, last: float) -> gpd.GeoDataFrame:
    """Return a row of grids whose borders stand every `step` degrees."""
    edges = [at * step for at in range(int(last / step) + 1)]
    boxes = [shapely.box(114 + west, 22.52, 114 + west + step, 22.525) for west in edges[:-1]]
    names = [NASTY, *(f"第{at + 2}网格" for at in range(len(boxes) - 1))]
    return gpd.GeoDataFrame(
        {"网格编码": [f"{prefix}{at + 1}" for at in range(len(boxes))], "网格名称": names},
        geometry=boxes,
        crs="EPSG:4326",
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the grids of three departments, one of them without a system."""
    folder = tmp_path_factory.mktemp("departments")
    police, city = squares(0.004, "PCS", 0.02), squares(0.0050003, "CG", 0.0155)
    (folder / "公安.geojson").write_text(police.to_json(drop_id=True), encoding="utf-8")
    (folder / "城管.geojson").write_text(city.to_json(drop_id=True), encoding="utf-8")
    squares(0.01, "AJ", 0.02).to_crs("EPSG:4547").to_file(folder / "安监.shp", encoding="GBK")
    (folder / "安监.prj").unlink()
    return folder


def chosen(page: Page, url: str, files: Path, language: str) -> None:
    """Choose the files of two departments."""
    page.goto(f"{url}/unify?lang={language}")
    page.locator("#drop input").set_input_files([files / "公安.geojson", files / "城管.geojson"])
    expect(page.locator(".layer")).to_have_count(2)
    expect(page.locator("#run")).to_be_enabled()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_from_files_of_departments_to_the_plan(
    page: Page, own_server: object, files: Path, size: str
) -> None:
    url, workspace = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    page.goto(url)
    page.locator(".nav a[href='/unify']").click()
    assert overflowing(page) == []
    look(page, f"unify-empty-{size}-zh")
    page.locator("#drop input").set_input_files(files / "公安.geojson")
    expect(page.locator(".layer")).to_have_count(1)
    expect(page.locator("#run")).to_be_disabled()
    page.locator("#drop input").set_input_files([files / "城管.geojson", *files.glob("安监.*")])
    expect(page.locator(".layer")).to_have_count(3)
    third = page.locator(".layer").nth(2)
    expect(third).to_contain_text("没有写明")
    look(page, f"unify-layers-{size}-zh")
    assert overflowing(page) == []
    expect(page.locator("#run")).to_be_disabled()
    third.locator("select[name=system]").select_option("cgcs2000_3")
    third.locator("select[name=meridian]").select_option("114")
    expect(page.locator("#run")).to_be_enabled()
    third.locator("input[list]").fill(LONG)
    with page.expect_response(re.compile("/settings$")):
        third.locator("input[list]").press("Tab")
    expect(page.locator("select[name=lead] option").nth(2)).to_have_text(LONG)
    page.reload()
    expect(page.locator(".layer input[list]").nth(2)).to_have_value(LONG)
    page.locator("#run").dblclick()
    page.wait_for_url(re.compile("/unify/[0-9a-f]{32}$"))
    expect(page.locator(".verdict.good")).to_contain_text("处处有且只有一个网格")
    expect(page.locator("tr.pick").first).to_be_visible()
    page.wait_for_timeout(400)
    look(page, f"unify-result-{size}-zh")
    assert overflowing(page) == []
    page.locator("#use button").first.click()
    page.locator("#use input[name=name]").fill("一张网")
    page.locator("#use button[type=submit]").click()
    expect(page).to_have_url(f"{url}/workspace?new=grids")
    assert Workspace(workspace).current().name == "一张网"


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_rows_layers_and_files_in_english(
    page: Page, live_url: str, files: Path, tmp_path: Path, size: str
) -> None:
    chosen(page, live_url, files, "en")
    look(page, f"unify-layers-{size}-en")
    page.locator("#settings summary").click()
    assert overflowing(page) == []
    page.locator("#run").click()
    expect(page.locator("tr.pick").first).to_be_visible()
    look(page, f"unify-result-{size}-en")
    assert overflowing(page) == []
    page.locator(".chip[data-kind=crossing]").click()
    page.locator("tr.pick").first.click()
    expect(page.locator("tr.said")).to_contain_text("is cut over")
    page.wait_for_timeout(700)
    look(page, f"unify-crossing-{size}-en")
    before = page.get_by_role("button", name="城管", exact=True)
    before.click()
    expect(before).to_have_attribute("aria-pressed", "true")
    page.locator("[data-level='3']").click()
    page.wait_for_timeout(400)
    look(page, f"unify-laid-{size}-en")
    page.locator(".menu summary").click()
    look(page, f"unify-menu-{size}-en")
    assert overflowing(page) == []
    with page.expect_download() as download:
        page.get_by_text("Map of the changes").click()
    target = tmp_path / "map.html"
    download.value.save_as(target)
    page.goto("about:blank")
    page.set_content(target.read_text(encoding="utf-8"))
    expect(page.locator("tr.pick").first).to_be_visible()
    expect(page.locator("thead")).to_contain_text("What")
    expect(page.locator("tr.pick").first).to_contain_text("cut by")
    expect(page.locator(".verdict")).to_contain_text("become one layer of 8 grids")
    page.wait_for_timeout(400)
    look(page, f"unify-onefile-{size}-en")


def test_an_outline_and_a_file_that_is_none(
    page: Page, live_url: str, files: Path, tmp_path: Path
) -> None:
    chosen(page, live_url, files, "zh_CN")
    wrong, outline = tmp_path / "说明.txt", tmp_path / "辖区.geojson"
    wrong.write_text("你好", encoding="utf-8")
    whole = gpd.GeoDataFrame(geometry=[shapely.box(114, 22.52, 114.021, 22.525)], crs="EPSG:4326")
    outline.write_text(whole.to_json(drop_id=True), encoding="utf-8")
    page.locator("#drop input").set_input_files(wrong)
    expect(page.locator(".layer .notice.bad")).to_contain_text("说明.txt")
    expect(page.locator("#run")).to_be_disabled()
    look(page, "unify-wrong-desktop-zh")
    page.locator(".layer").nth(2).get_by_role("button", name="移除").click()
    expect(page.locator("#run")).to_be_enabled()
    page.locator("select[name=region]").select_option("file")
    page.locator(".dropzone input").nth(1).set_input_files(outline)
    expect(page.locator(".outline-file")).to_contain_text("1 块区域")
    look(page, "unify-outline-desktop-zh")
    page.locator("#run").click()
    expect(page.locator(".verdict")).to_contain_text("各图层均未覆盖")


def test_the_current_grids_and_a_file(page: Page, live_url: str, files: Path) -> None:
    page.goto(f"{live_url}/unify")
    page.locator("#add-plan").click()
    expect(page.locator(".layer")).to_have_count(1)
    expect(page.locator("#settings")).to_be_visible()
    page.locator("#drop input").set_input_files(files / "公安.geojson")
    expect(page.locator("#run")).to_be_enabled()
    page.locator("#run").click()
    expect(page.locator("tr.pick").first).to_be_visible()
    expect(page.locator(".sample-mark")).to_be_visible()
    page.wait_for_timeout(400)
    look(page, "unify-sample-desktop-zh")
