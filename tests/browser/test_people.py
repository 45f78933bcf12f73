"""The page of posts and people in Chromium: empty, in force, narrowed, on a day, names as text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect
from published import put_in_force
from small_plan import HOSTILE, use_small_plan

from geogrid.store import Workspace

WORDS = {"zh_CN": "查看", "en": "Show"}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_the_sample_in_force(
    page: Page, own_server: object, tmp_path: Path, size: str, language: str
) -> None:
    url, show = own_server.url, WORDS[language]  # type: ignore[attr-defined]
    page.goto(f"{url}/language/{language}?next=/workspace")
    page.locator("a[href='/people']").click()
    assert overflowing(page) == []
    page.screenshot(path=tmp_path / f"people-empty-{size}-{language}.png", full_page=True)
    workspace = Workspace(own_server.workspace)  # type: ignore[attr-defined]
    workspace.keep_sample()
    put_in_force(workspace)
    page.reload()
    expect(page.locator(".grid-posts > li")).to_have_count(20)
    assert overflowing(page) == []
    page.screenshot(path=tmp_path / f"people-{size}-{language}.png", full_page=True)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    assert overflowing(page) == []
    page.screenshot(path=tmp_path / f"lists-{size}-{language}.png", full_page=True)
    page.locator("select[name=grid]").select_option("440304090003")
    page.get_by_role("button", name=show).click()
    expect(page.locator(".grid-posts > li").first).to_be_visible()
    assert overflowing(page) == []
    page.locator("input[name=at]").fill("2020-01-01")
    page.get_by_role("button", name=show).click()
    expect(page.locator(".notice")).to_be_visible()
    assert overflowing(page) == []


def test_names_are_shown_as_text(page: Page, own_server: object) -> None:
    url, folder = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    workspace = Workspace(folder)
    use_small_plan(workspace)
    rows = [("P1", "121", HOSTILE, HOSTILE, HOSTILE), ("P2", HOSTILE, "leader", HOSTILE, "")]
    names = ["post_id", "grid", "post", "holder", "deputy"]
    workspace.add_posts(pd.DataFrame(rows, columns=names))
    put_in_force(workspace)
    page.goto(f"{url}/people")
    page.locator("summary").first.click()
    expect(page.locator(".page")).to_contain_text(HOSTILE)
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_coverage_leads_to_the_map(page: Page, own_server: object, size: str) -> None:
    workspace = Workspace(own_server.workspace)  # type: ignore[attr-defined]
    use_small_plan(workspace)
    page.goto(f"{own_server.url}/language/en?next=/people/coverage")  # type: ignore[attr-defined]
    assert overflowing(page) == []
    page.get_by_role("link", name="1 Outside").click()
    assert overflowing(page) == []
    page.get_by_role("link", name="Map", exact=True).last.click()
    expect(page.locator("#answer")).to_contain_text("This place lies outside the area")
