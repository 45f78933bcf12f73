"""``python -m benchmarks.edit_fps``: frames a second while a planner drags, in a plan of any size.

Real Chromium without a graphics card opens the workbench on the sample and on a lattice of 10,000
grids. A corner is dragged in circles by mouse for a few seconds, live figures and all, then the
map itself is. Frames are those that the browser composed (``requestAnimationFrame``); the share of
late ones and the longest counts too. What the page loaded is what the view shows.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

from cheroot.wsgi import Server
from playwright.sync_api import Page, sync_playwright

from benchmarks.redraw import plan
from benchmarks.redraw_http import parts
from benchmarks.report import machine
from web import create_app
from web.config import Settings

LATE_MS = 1000 / 30
TRACE = """() => {
  window.frames_at = [];
  const note = (at) => { window.frames_at.push(at); window.tracing = requestAnimationFrame(note); };
  window.tracing = requestAnimationFrame(note);
}"""
STOP = "() => { cancelAnimationFrame(window.tracing); return window.frames_at; }"
PLACE = """([lon, lat]) => {
  const { map } = window.geogrid[0];
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  const box = map.getContainer().getBoundingClientRect();
  return [x + box.left, y + box.top];
}"""
VIEW = """(zoom) => {
  const { map } = window.geogrid[0];
  map.setView(map.getCenter(), zoom, { animate: false });
  const box = map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
}"""


def measure(count: int, zoom: float, seconds: float) -> dict[str, str]:
    """Return frames a second while dragging a corner, and while moving the map."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(workspace=Path(folder)))
        app.config["WORKSPACE"].use(**parts(count, plan(count)))
        server = Server(("127.0.0.1", 0), app, numthreads=4)
        server.prepare()
        threading.Thread(target=server.serve, daemon=True).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium",
                    args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                )
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                return _dragged(page, f"http://127.0.0.1:{server.bind_addr[1]}", zoom, seconds)
        finally:
            server.stop()


def _dragged(page: Page, url: str, zoom: float, seconds: float) -> dict[str, str]:
    page.set_default_timeout(120_000)
    page.goto(f"{url}/plans/1/edit")
    page.locator("body[data-ready]").wait_for()
    box = page.evaluate(VIEW, zoom)
    page.wait_for_timeout(2_000)
    shown = page.request.get(
        f"{url}/api/v1/plans/1/redraw?bbox={','.join(map(str, box))}&zoom={int(zoom)}"
    )
    view = shown.json()
    corner = _junction(page, view)
    circled = _circles(page, corner, seconds)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(500)
    panned = _circles(page, (corner[0] + 25, corner[1] + 17), seconds)
    page.mouse.up()
    return {
        "borders in view": f"{len(view['arcs']):,}",
        "loaded": f"{len(shown.body()) / 1000:.0f} KB",
        "dragging a corner": _said(circled),
        "moving the map": _said(panned),
    }


def _junction(page: Page, view: Any) -> tuple[float, float]:
    """Return the place on the screen of a corner where borders meet, near the middle."""
    ends = {tuple(arc["line"][0]) for arc in view["arcs"] if arc["left"] and arc["right"]}
    places = [page.evaluate(PLACE, list(end)) for end in list(ends)[:400]]
    x, y = min(places, key=lambda at: math.hypot(at[0] - 850, at[1] - 420))
    return x, y


def _circles(page: Page, start: tuple[float, float], seconds: float) -> list[float]:
    x, y = start
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(TRACE)
    began = page.evaluate("performance.now()")
    turn = 0.0
    while page.evaluate("performance.now()") - began < seconds * 1000:
        turn += 0.3
        page.mouse.move(x + 12 * math.sin(turn), y + 12 * (1 - math.cos(turn)))
    found: list[float] = page.evaluate(STOP)
    return found


def _said(frames: list[float]) -> str:
    steps = [after - before for before, after in pairwise(frames)]
    late = sum(step > LATE_MS + 1 for step in steps) / len(steps)
    rate = 1000 * len(steps) / sum(steps)
    return (
        f"{rate:.0f} frames/s (median step {statistics.median(steps):.1f} ms, "
        f"{late:.1%} later than 33 ms, longest {max(steps):.0f} ms)"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="*", default=[581, 10_000])
    parser.add_argument("--zoom", type=float, default=16.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    print(machine())
    for count in asked.counts:
        for name, value in measure(count, asked.zoom, asked.seconds).items():
            print(f"| {count:,} grids | {name} | {value} |")


if __name__ == "__main__":
    main()
