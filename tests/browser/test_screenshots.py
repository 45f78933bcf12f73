"""Pictures of every page, for people to look at; the README shows two of them.

``make screenshots`` writes them to ``docs/screenshots``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browser.looking import overflowing
from playwright.sync_api import Page

pytestmark = pytest.mark.screenshots

SMALLEST_PICTURE_BYTES = 10_000


def show_card(page: Page) -> None:
    page.locator("#card article").wait_for()


def show_result(page: Page) -> None:
    page.locator("[data-start*='example']").click()
    confirm = page.locator("#confirm button[type=submit]")
    verdict = page.locator(".verdict")
    confirm.or_(verdict).first.wait_for()
    if confirm.is_visible():
        confirm.click()
    verdict.wait_for()


def show_answer(page: Page) -> None:
    page.locator(".people li").first.wait_for()


def stay(page: Page) -> None:
    page.wait_for_load_state("networkidle")


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "home": ("/#440304090003005", show_card),
    "lookup": ("/lookup?q=440304090003005", stay),
    "check": ("/check", show_result),
    "upload": ("/check", stay),
    "unify": ("/unify", stay),
    "cases": ("/cases", stay),
    "heatmap": ("/heatmap", stay),
    "data": ("/workspace", stay),
}


@pytest.mark.parametrize(
    ("size", "lang"),
    [("desktop", "zh_CN"), ("phone", "zh_CN"), ("desktop", "en")],
    indirect=["size"],
)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_picture(
    page: Page, live_url: str, name: str, size: str, lang: str, request: pytest.FixtureRequest
) -> None:
    path, show = PAGES[name]
    page.context.add_cookies([{"name": "language", "value": lang, "url": live_url}])
    page.goto(live_url + path)
    show(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)  # tiles fade in
    folder = Path(request.config.getoption("--screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    picture = page.screenshot(path=folder / f"{name}-{size}-{lang[:2]}.png")
    assert len(picture) > SMALLEST_PICTURE_BYTES
    assert overflowing(page) == []
