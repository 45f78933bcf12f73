"""Contact lists from the card of a grid, and sheets that are made while one waits."""

from __future__ import annotations

import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect

GRID = "440304090001001"


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_contact_lists_of_a_grid(page: Page, live_url: str, size: str) -> None:
    page.goto(f"{live_url}/?lang=zh_CN#{GRID}")
    page.locator("a[href^='/contacts']").click()
    expect(page.locator("h1")).to_contain_text("红树林第一网格")
    expect(page.locator(".contact-list").first).to_contain_text("第 1 组")
    assert overflowing(page) == []
    page.locator("input[name=fewest]").fill("20")
    page.locator("input[name=most]").fill("30")
    lists = page.locator(".contact-list").count()
    page.locator(".contact-form button").click()
    assert page.locator(".contact-list").count() < lists
    with page.expect_download() as started:
        page.locator("a[download]").click()
    assert started.value.suggested_filename.endswith(".xlsx")
    page.goto(f"{live_url}/contacts?lang=en")
    assert overflowing(page) == []
    page.get_by_role("link", name="红树林第一网格").click()
    expect(page.locator(".contact-list").first).to_contain_text("List 1")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_sheet_is_waited_for_and_then_shown(
    page: Page, live_url: str, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    monkeypatch.setattr("web.printing.made.PATIENCE_S", 0.0)
    address = f"https://{size}.example.cn"
    page.goto(f"{live_url}/print?what=leaflets&grid=440304090002&address={address}&lang=zh_CN")
    expect(page.locator("#making")).to_contain_text("正在制作图纸")
    assert overflowing(page) == []
    expect(page.locator(".print-preview img")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.print-preview img').naturalWidth > 0")
    expect(page.locator(".print-preview")).to_contain_text("张宣传单")
    assert overflowing(page) == []
    with page.expect_download() as started:
        page.locator(".print-downloads a").click()
    assert started.value.suggested_filename.startswith("leaflets-440304090002-A4-")
