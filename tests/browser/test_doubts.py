"""Addresses in doubt of a long list: the page says how far it is, and goes on by itself."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from browser.looking import overflowing
from playwright.sync_api import Browser, Page, expect

from geogrid.addresses.lists.answers import look_up


def looked_up(page: Page, url: str, path: Path, text: str) -> str:
    """Look a list with one address up, and return where what is in doubt of it is listed."""
    path.write_text(f"诉求地址\n{text}\n", encoding="utf-8")
    page.goto(f"{url}/lookup/batch?lang=zh_CN")
    page.set_input_files("#drop input", path)
    page.locator("#confirm [type=submit]").click()
    return url + str(page.locator("a[href^='/addresses/doubtful']").get_attribute("href"))


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let looking up wait until the event is set."""
    go = Event()

    def look_up_slowly(*arguments: Any) -> Any:
        arguments[-1](0.5)
        assert go.wait(120)
        return look_up(*arguments)

    monkeypatch.setattr("web.doubt_making.look_up", look_up_slowly)
    monkeypatch.setattr("web.doubt_making.PATIENCE_S", 0.2)
    return go


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_long_list_is_waited_for_and_then_shown(
    page: Page, live_url: str, tmp_path: Path, go: Event, size: str
) -> None:
    text = f"无此路{ {'desktop': 997, 'phone': 998}[size] }号"
    page.goto(looked_up(page, live_url, tmp_path / "清单.csv", text))
    expect(page.locator("#making")).to_contain_text("正在查询地址。清单较长时")
    expect(page.locator("#progress")).to_contain_text("正在查询地址… 22.5%")
    expect(page.locator(".fate-choice")).to_contain_text("清单.csv")
    assert overflowing(page) == []
    go.set()
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator(".doubts .plans")).to_contain_text(text)
    assert overflowing(page) == []
    with page.expect_download() as started:
        page.locator("a[download]").first.click()
    assert started.value.suggested_filename.endswith(".xlsx")


def test_without_javascript_the_page_looks_again(
    browser: Browser, page: Page, live_url: str, tmp_path: Path, go: Event
) -> None:
    address = looked_up(page, live_url, tmp_path / "清单.csv", "无此路999号")
    session = page.context.storage_state()
    with browser.new_context(java_script_enabled=False, storage_state=session) as context:
        plain = context.new_page()
        plain.goto(address)
        expect(plain.get_by_role("link", name="再看一下")).to_be_visible()
        go.set()
        expect(plain.locator(".doubts .plans")).to_contain_text("无此路999号")
