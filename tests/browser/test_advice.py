"""规模建议 in Chromium: folded, compared with the profile chosen, remembered."""

from __future__ import annotations

import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_advice_is_apart_and_remembered(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/check")
    page.locator("[data-start$='/check/current']").click()
    box = page.locator("#advice")
    expect(box.locator("summary")).to_contain_text("规模建议 (")
    expect(box.locator("select")).to_be_hidden()
    box.locator("summary").click()
    expect(box.locator("li").first).to_be_visible()
    expect(page.locator(".verdict")).to_have_class("verdict good")
    city = box.locator("summary").inner_text()
    box.locator("select").select_option("village")
    expect(box.locator("summary")).not_to_have_text(city)
    box.locator("li button").first.click()
    expect(page.locator("[data-level='3']")).to_have_attribute("aria-pressed", "true")
    assert overflowing(page) == []
    page.reload()
    expect(box.locator("summary")).to_contain_text("规模建议 (")
    expect(box.locator("select")).to_have_value("village")
