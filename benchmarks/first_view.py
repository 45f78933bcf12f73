"""``python -m benchmarks.first_view``: weight of the map page, and how soon it answers."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from cheroot.wsgi import Server
from playwright.sync_api import Page, sync_playwright

from web import create_app
from web.config import Settings

DRAWN = "path.leaflet-interactive >> nth=100"


def measure_first_view() -> dict[str, str]:
    """Return the wire size and the time until the grids can be clicked, on a warm server."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(("127.0.0.1", 0), create_app(Settings(workspace=Path(folder))))
        server.prepare()
        threading.Thread(target=server.serve, daemon=True).start()
        url = f"http://127.0.0.1:{server.bind_addr[1]}/"
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium",
                    args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                )
                _visit(browser.new_page(), url)
                wire_bytes, drawn_ms = _visit(browser.new_context().new_page(), url)
                browser.close()
        finally:
            server.stop()
    return {
        "over the wire": f"{wire_bytes / 1000:.0f} KB",
        "grids drawn and clickable after": f"{drawn_ms / 1000:.2f} s",
    }


def _visit(page: Page, url: str) -> tuple[int, float]:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(url)
    page.wait_for_selector(DRAWN)
    drawn_ms = float(page.evaluate("performance.now()"))
    page.wait_for_load_state("networkidle")
    return sum(received), drawn_ms


if __name__ == "__main__":
    for name, value in measure_first_view().items():
        print(f"| {name} | {value} |")
