"""Accounts in Chromium: signing in, the users of a place, a key, a first password."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser.looking import overflowing
from people import COMMUNITY, PASSWORD
from playwright.sync_api import Page, expect

from geogrid.store.accounts import add_user
from geogrid.store.opening import make_ready, named_database

NASTY = "<img src=x onerror=alert(1)>"


def add_root(folder: Path) -> None:
    engine = named_database("", folder)
    make_ready(engine)
    add_user(
        engine, "root", PASSWORD, role="admin", full_name=NASTY, at=datetime.now(UTC), by="test"
    )


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_from_the_first_administrator_to_a_worker_who_sees_one_community(
    page: Page, own_server: object, size: str
) -> None:
    url, folder = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    page.goto(f"{url}/sign-in")
    expect(page.get_by_text("还没有账号")).to_be_visible()
    assert overflowing(page) == []
    add_root(folder)
    page.wait_for_timeout(2_100)  # what another process adds counts after a moment
    page.goto(f"{url}/lookup?q=香梅社区")
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.locator("nav.nav")).to_have_count(0)
    assert overflowing(page) == []
    sign_in(page, "root", PASSWORD)
    page.wait_for_url(re.compile("/lookup"))
    assert overflowing(page) == []
    page.get_by_role("link", name="用户", exact=True).click()
    expect(page.locator("main")).to_contain_text(NASTY)
    page.get_by_label("用户名").fill("linlin")
    page.get_by_label("姓名", exact=True).fill("林琳")
    page.get_by_label("限定网格范围").fill(COMMUNITY)
    page.get_by_role("button", name="添加").click()
    first = page.locator(".secret").inner_text()
    expect(page.locator("main")).to_contain_text("香梅社区")
    assert overflowing(page) == []
    page.get_by_role("link", name="修改").first.click()
    expect(page.get_by_label("限定网格范围")).to_have_value(COMMUNITY)
    assert overflowing(page) == []

    page.get_by_role("link", name="账号").click()
    page.get_by_role("button", name="退出登录").click()
    sign_in(page, "linlin", first)
    expect(page.get_by_role("alert")).to_contain_text("还有别人知道")
    page.get_by_label("当前密码").fill(first)
    page.get_by_label("新密码").fill("four-unlike-herons")
    page.get_by_label("再输一次").fill("four-unlike-herons")
    page.get_by_role("button", name="修改密码").click()
    expect(page.locator("p.notice.good")).to_contain_text("密码已修改")
    page.get_by_label("用途").fill("大屏")
    page.get_by_role("button", name="生成密钥").click()
    expect(page.locator(".secret")).to_have_text(re.compile("^geogrid_"))
    assert overflowing(page) == []

    page.goto(f"{url}/lookup?q=香梅社区")
    expect(page.locator("a.call").first).to_be_visible()
    expect(page.get_by_text("本网格未办结")).to_be_visible()
    page.goto(f"{url}/lookup?q=香林社区")
    expect(page.get_by_text("不在您的网格范围内").first).to_be_visible()
    expect(page.get_by_text("本网格未办结")).to_have_count(0)
    assert overflowing(page) == []
    page.goto(f"{url}/heatmap")
    page.wait_for_load_state("networkidle")
    assert overflowing(page) == []
