"""网格一张图.html, opened by double click on a machine without any network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import SIZES, LiveServer, Watch
from browser.looking import overflowing
from playwright.sync_api import Browser, Page, expect
from small_plan import HOSTILE, use_small_plan

from geogrid.store.workspace import Workspace


@pytest.fixture
def offline_page(browser: Browser, tmp_path: Path, size: str) -> Iterator[Page]:
    """Give a page without network that may open files of `tmp_path` only."""
    phone = size == "phone"
    context = browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type]
        is_mobile=phone,
        has_touch=phone,
        offline=True,
    )
    context.set_default_timeout(60_000)
    watch = Watch(tmp_path.as_uri())
    page = context.new_page()
    watch.over(page)
    yield page
    context.close()
    assert watch.wrong == []


def download(page: Page, server: LiveServer, folder: Path) -> str:
    """Click the button of the map page; return the address of the file on disk."""
    page.goto(f"{server.url}/")
    with page.expect_download() as waiting:
        page.locator("a[download]").click()
    assert waiting.value.suggested_filename == "网格一张图.html"
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    assert target.stat().st_size < 3_000_000
    return target.as_uri()


def test_a_building_of_the_sample_is_found_without_a_server(
    page: Page, offline_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    units = Workspace(live_server.workspace).current().units
    building = units[units["kind"] == "building"].iloc[100]
    offline_page.goto(download(page, live_server, tmp_path))
    expect(offline_page.locator(".bar")).to_contain_text("福田示例街道网格方案")
    expect(offline_page.locator(".marks")).to_contain_text("示例数据")
    expect(offline_page.locator(".leaflet-control-attribution")).to_contain_text("ODbL")
    expect(offline_page.locator("path.leaflet-interactive").first).to_be_visible()
    offline_page.locator("#search").fill(f"福田区 {building['address']}")
    offline_page.locator(".option").first.click()
    expect(offline_page.locator(".unit-head")).to_contain_text(building["address"])
    expect(offline_page.locator(".people li").first).to_contain_text("专职网格员")
    expect(offline_page.locator(".place-pin")).to_have_count(1)
    assert "0755" not in offline_page.locator("body").inner_text()
    assert offline_page.locator("a[href^=tel]").count() == 0


def test_levels_and_grids_work(
    page: Page, offline_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    offline_page.goto(download(page, live_server, tmp_path))
    offline_page.get_by_role("button", name="社区", exact=True).click()
    expect(offline_page.locator("path.leaflet-interactive")).to_have_count(15)
    offline_page.locator("path.leaflet-interactive").first.dispatch_event("click")
    expect(offline_page.locator(".card .chain")).to_have_text("福田示例街道")
    offline_page.locator(".card .chain button").click()
    expect(offline_page.locator(".card h2")).to_have_text("福田示例街道")
    expect(offline_page.locator("path.leaflet-interactive")).to_have_count(1)
    offline_page.locator(".close").click()
    expect(offline_page.locator("#card")).to_contain_text("点击网格")


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_hostile_names_and_awkward_homes(
    page: Page, offline_page: Page, own_server: LiveServer, tmp_path: Path
) -> None:
    use_small_plan(Workspace(own_server.workspace))
    offline_page.goto(download(page, own_server, tmp_path))
    search = offline_page.locator("#search")
    search.fill("onerror")
    offline_page.locator(".option", has_text="网格").first.wait_for()
    search.press("Enter")
    expect(offline_page.locator(".card h2")).to_have_text(HOSTILE)
    assert offline_page.locator("img").count() == 0
    for text, words in (("界外楼", "不在任何网格范围内"), ("无坐标楼", "甲二网格")):
        search.fill(text)
        offline_page.locator(".option", has_text=text).wait_for()
        search.press("Enter")
        expect(offline_page.locator("#card")).to_contain_text(words)
    search.fill("莲花山")
    expect(offline_page.locator("#results")).to_contain_text("没有找到")
    assert overflowing(offline_page) == []


def test_it_refuses_scripts_that_are_not_its_own(
    browser: Browser, page: Page, own_server: LiveServer, tmp_path: Path
) -> None:
    use_small_plan(Workspace(own_server.workspace), has_tables=False)
    address = download(page, own_server, tmp_path)
    file = next(tmp_path.glob("*.html"))
    text = file.read_text(encoding="utf-8")
    hostile = '<script>document.title = "taken"</script><img src=x onerror="document.title=1">'
    file.write_text(text.replace("</body>", hostile + "</body>"), encoding="utf-8")
    context = browser.new_context(offline=True)
    tampered = context.new_page()
    refused: list[str] = []
    tampered.on("console", lambda message: refused.append(message.text))
    tampered.goto(address)
    expect(tampered.locator("path.leaflet-interactive").first).to_be_visible()
    expect(tampered).to_have_title(re.compile("手绘方案"))
    assert any("Content Security Policy" in text for text in refused)
    context.close()
