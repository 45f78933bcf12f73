"""Real Chromium against a real server on a loopback port.

Every test fails on a console error, an uncaught error of the page, an answer of 500 and
above, and on any request to another host.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cheroot.wsgi import Server
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from web import create_app
from web.config import Settings

PATIENCE_MS = 60_000  # machines that test are often busy
expect.set_options(timeout=PATIENCE_MS)
CHROMIUM = os.environ.get("GEOGRID_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Watch:
    """What went wrong in a page."""

    host: str
    wrong: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", lambda m: m.type == "error" and self.wrong.append(f"console: {m.text}"))
        page.on("pageerror", lambda error: self.wrong.append(f"uncaught: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on(
            "response",
            lambda r: r.status >= 500 and self.wrong.append(f"answer {r.status}: {r.url}"),
        )

    def _asked(self, url: str) -> None:
        if not url.startswith((self.host, "data:", "blob:", "about:")):
            self.wrong.append(f"request to another host: {url}")


@dataclass(frozen=True)
class LiveServer:
    url: str
    workspace: Path


def serve(folder: Path) -> tuple[Server, LiveServer]:
    app = create_app(Settings(workspace=folder))
    server = Server(("127.0.0.1", 0), app, numthreads=6)
    server.prepare()
    threading.Thread(target=server.serve, daemon=True).start()
    return server, LiveServer(f"http://127.0.0.1:{server.bind_addr[1]}", folder)


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give a server with the sample; tests that change the plan use `own_server`."""
    server, live = serve(tmp_path_factory.mktemp("live"))
    yield live
    server.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LiveServer]:
    """Give a server whose workspace the test may change."""
    server, live = serve(tmp_path / "workspace")
    yield live
    server.stop()


@pytest.fixture
def live_url(live_server: LiveServer) -> str:
    return live_server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=["desktop"])
def size(request: pytest.FixtureRequest) -> str:
    """Return the size of the window; parametrize it indirectly for phones."""
    return str(request.param)


@pytest.fixture
def context(browser: Browser, size: str) -> Iterator[BrowserContext]:
    phone = size == "phone"
    context = browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type]
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=2 if phone else 1,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Give a page that fails the test on anything a user would call broken."""
    watch = Watch("http://127.0.0.1:")
    page = context.new_page()
    watch.over(page)
    yield page
    page.close()
    assert watch.wrong == []
