"""The map page in Chromium."""

from __future__ import annotations

import pytest
from browser.looking import overflowing, warm
from playwright.sync_api import Page, expect

FIRST_VIEW_BYTES = 300_000
GRIDS = "path.leaflet-interactive"


def open_map(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(GRIDS)).to_have_count(126)


def test_click_on_a_grid_opens_its_card(page: Page, live_url: str) -> None:
    open_map(page, live_url)
    page.locator(GRIDS).nth(40).click(force=True)
    card = page.locator("#card article")
    expect(card.locator("h2")).to_contain_text("网格")
    expect(card.locator(".people li").first).to_be_visible()
    name = card.locator("h2").inner_text()
    card.locator(".chip").first.click()
    expect(card.locator("h2")).not_to_have_text(name)
    page.locator("#card .close").click()
    expect(page.locator("#card .figures.big")).to_be_visible()


def test_levels_switch(page: Page, live_url: str) -> None:
    open_map(page, live_url)
    for level, count in (("2", 15), ("4", 581)):
        page.locator(f"[data-level='{level}']").click()
        expect(page.locator(GRIDS)).to_have_count(count)


def test_search_by_name_flies_to_the_grid(page: Page, live_url: str) -> None:
    warm(page, live_url)
    open_map(page, live_url)
    page.fill("#search", "泰然第一")
    page.locator("#results .option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#card h2")).to_contain_text("泰然第一")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_nothing_is_cut_off(page: Page, live_url: str, lang: str) -> None:
    page.goto(f"{live_url}/?lang={lang}#440304090003005")
    page.locator("#card article").wait_for()
    assert overflowing(page) == []


def test_first_view_is_small(page: Page, live_url: str) -> None:
    """The wire carries under 300 KB; how soon it answers is measured in benchmarks/."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    open_map(page, live_url)
    page.wait_for_load_state("networkidle")
    assert 10_000 < sum(received) < FIRST_VIEW_BYTES
