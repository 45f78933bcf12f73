"""A scanned map under the borders of a draft: seen, faded, put away, traced over with snapping."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser.conftest import LiveServer
from browser.editing import JUNCTION, Desk, use_draft
from browser.looking import overflowing
from playwright.sync_api import Page, expect
from trace_drawings import picture, written

from geogrid.store.database.engine import reading
from geogrid.store.plans import find_plan
from geogrid.store.underlays import add_underlay, list_underlays
from geogrid.store.workspace import Workspace

CORNERS = [[114.0, 22.02], [114.02, 22.02], [114.02, 22.0], [114.0, 22.0]]
MIDDLE = (114.01, 22.01)
"""Where the lines of the picture cross, on the ground."""


def with_pictures(folder: Path, *more: str) -> Workspace:
    workspace = Workspace(folder)
    use_draft(workspace)
    with reading(workspace.engine) as connection:
        plan = find_plan(connection, 1)
    for name in ("街道挂图 <b>2019</b>.png", *more):
        add_underlay(
            workspace.engine, plan, at=datetime.now(UTC), by=None, media_type="image/png",
            content=written(picture()), name=name, kind="affine", width=800, height=600,
            corners=CORNERS, rms_m=0.5, points=[],
        )  # fmt: skip
    return workspace


def look(page: Page, name: str) -> None:
    folder = os.environ.get("GEOGRID_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def corner_of(page: Page, which: int) -> tuple[float, float]:
    """Return where a corner of the shown picture is in the window."""
    found = page.locator(".placed-picture").evaluate(
        """(image, which) => {
          const map = document.querySelector("#map_main").getBoundingClientRect();
          const pane = image.closest(".leaflet-map-pane").getBoundingClientRect();
          const size = [[0, 0], [800, 0], [800, 600], [0, 600]][which];
          const matrix = new DOMMatrix(getComputedStyle(image).transform);
          const at = matrix.transformPoint(new DOMPoint(...size));
          return [at.x / at.w + pane.x, at.y / at.w + pane.y];
        }""",
        which,
    )
    return found[0], found[1]


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_picture_lies_under_the_borders(page: Page, own_server: LiveServer, size: str) -> None:
    with_pictures(own_server.workspace, "截图.png")
    desk = Desk(page, own_server.url).open()
    image = page.locator(".placed-picture")
    expect(image).to_have_count(1)
    expect(image).to_be_visible()
    for which, place in enumerate(CORNERS):
        assert corner_of(page, which) == pytest.approx(desk.xy(*place), abs=1.0)
    page.locator("#pictures summary").click()
    expect(page.locator("#pictures li").first).to_contain_text("<b>2019</b>")
    slider = page.locator("#pictures input[type=range]")
    slider.fill("25")
    pane = page.locator(".leaflet-map-pane > :has(> .placed-picture)")
    assert pane.evaluate("n => [n.style.opacity, n.style.pointerEvents]") == ["0.25", "none"]
    assert overflowing(page) == []
    look(page, f"edit-picture-{size}-zh")
    boxes = page.locator("#pictures input[type=checkbox]")
    boxes.nth(0).uncheck()
    expect(image).to_be_hidden()
    boxes.nth(1).check()
    expect(page.locator(".placed-picture").nth(1)).to_be_visible()
    boxes.nth(0).check()
    expect(image.first).to_be_visible()
    assert pane.first.evaluate("n => n.style.opacity") == "0.25"
    desk.open()
    expect(page.locator(".placed-picture")).to_be_visible()
    assert pane.first.evaluate("n => n.style.opacity") == "0.25"  # this device remembers


def test_the_picture_stays_in_its_place_while_the_map_moves(
    page: Page, own_server: LiveServer
) -> None:
    with_pictures(own_server.workspace)
    desk = Desk(page, own_server.url).open()
    expect(page.locator(".placed-picture")).to_be_visible()
    page.evaluate("window.geogrid[0].map.setView([22.012, 114.008], 17, { animate: false })")
    for which, place in enumerate(CORNERS):
        assert corner_of(page, which) == pytest.approx(desk.xy(*place), abs=1.0)


def test_a_border_is_traced_over_the_picture_with_snapping(
    page: Page, own_server: LiveServer
) -> None:
    """The picture takes no clicks: lines drawn over it snap to what the plan has there."""
    with_pictures(own_server.workspace)
    desk = Desk(page, own_server.url).open()
    expect(page.locator(".placed-picture")).to_be_visible()
    page.locator("#pictures summary").click()
    page.locator("#pictures input[type=range]").click()
    page.keyboard.press("s")  # keys are for the tools again
    expect(page.locator("[data-tool=split]")).to_have_attribute("aria-pressed", "true")
    page.locator("#pictures summary").click()
    near = (JUNCTION[0] + 0.00004, JUNCTION[1] + 0.00003)
    desk.click(near, (MIDDLE[0], 22.016), (MIDDLE[0], 22.0206))
    page.keyboard.press("Enter")
    desk.wait_version(2)
    ends = [end for arc in desk.state()["arcs"] for end in (arc["line"][0], arc["line"][-1])]
    assert ends.count(list(JUNCTION)) == 4, "the new border begins where the others meet"


def test_a_picture_is_removed_for_good_after_a_question(page: Page, own_server: LiveServer) -> None:
    workspace = with_pictures(own_server.workspace)
    Desk(page, own_server.url).open()
    page.locator("#pictures summary").click()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.locator("#pictures li button").last.click()
    expect(page.locator("#pictures li")).to_have_count(0)
    expect(page.locator(".placed-picture")).to_be_hidden()
    assert "2019" in asked[0]
    with reading(workspace.engine) as connection:
        assert list_underlays(connection, 1) == []
    expect(page.locator("#pictures a")).to_have_attribute("href", re.compile("/plans/new/trace$"))
    look(page, "edit-picture-none-zh")


@pytest.mark.parametrize("wide", [1280, 820, 390])
def test_in_english(page: Page, own_server: LiveServer, wide: int) -> None:
    with_pictures(own_server.workspace)
    page.set_viewport_size({"width": wide, "height": 800})
    page.goto(f"{own_server.url}/plans/1/edit?lang=en")
    page.locator("body[data-ready]").wait_for()
    page.locator("#pictures summary").click()
    expect(page.locator("#pictures")).to_contain_text("Opacity")
    assert overflowing(page) == []
    look(page, f"edit-picture-{wide}-en")
