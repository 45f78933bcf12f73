"""Two plans compared in Chromium: the lists, the handle that wipes, the file without a server."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from browser.conftest import LiveServer
from browser.looking import overflowing
from playwright.sync_api import Page, expect
from small_plan import HOSTILE, use_small_plan

from geogrid.store import Workspace

PHONE_TOO = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)


@pytest.fixture
def changed(own_server: LiveServer) -> LiveServer:
    """Merge 112 into 111, and call a grid what no page may run."""
    workspace = Workspace(own_server.workspace)
    use_small_plan(workspace)
    plan = workspace.current()
    grids = plan.grids.set_index("code", drop=False)
    both = gpd.GeoSeries(grids.geometry[["111", "112"]]).union_all()
    grids.loc["111", "geometry"] = both
    grids.loc["11", "name"] = HOSTILE
    workspace.use(
        name=HOSTILE, grids=grids.drop("112").reset_index(drop=True),
        posts=plan.posts, units=plan.units,
    )  # fmt: skip
    return own_server


def clipped(page: Page, pane: str) -> list[float]:
    """Return top, right, bottom and left of what is shown of a pane."""
    text = page.evaluate(f"document.querySelector('.leaflet-{pane}-pane').style.clip")
    return [float(part.strip().removesuffix("px")) for part in text[5:-1].split(",")]


@PHONE_TOO
def test_from_the_data_to_who_moves(page: Page, changed: LiveServer, size: str) -> None:
    page.goto(f"{changed.url}/workspace")
    assert overflowing(page) == []
    page.locator("a[href*='/workspace/compare/']").click()
    expect(page.locator(".verdict-line")).to_contain_text("合并 1，更名改码 1")
    expect(page.locator("#card")).to_contain_text(HOSTILE)
    expect(page.locator("path.leaflet-interactive").first).to_be_visible()
    assert overflowing(page) == []
    before, after = clipped(page, "before"), clipped(page, "after")
    assert before[1] == after[3], "what is left of the handle is not shown right of it"
    handle = page.locator(".swipe")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", "56")
    assert clipped(page, "before")[1] > before[1]
    box = handle.bounding_box() or {}
    page.mouse.move(box["x"] + 22, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 22 - 100, box["y"] + 150)
    page.mouse.up()
    assert clipped(page, "before")[1] < before[1]
    move = page.locator(".compare-row", has_text="甲二网格 → 甲一网格")
    move.click()
    expect(move).to_have_attribute("aria-pressed", "true")
    expect(page.locator("path[stroke='#d4380d']")).to_be_visible()
    page.locator("[data-level='2']").click()
    expect(page.locator("[data-level='2']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("path[stroke='#d4380d']")).to_have_count(0)


def test_in_english_and_as_a_file(page: Page, changed: LiveServer, tmp_path: Path) -> None:
    page.goto(f"{changed.url}/language/en")
    page.goto(f"{changed.url}/workspace")
    page.locator("a[href*='/workspace/compare/']").click()
    expect(page.locator(".verdict-line")).to_contain_text("Merged 1, Renamed 1")
    page.locator("summary", has_text="Download").click()
    with page.expect_download() as waiting:
        page.get_by_text("Map to wipe, as one file").click()
    target = tmp_path / "map.html"
    waiting.value.save_as(target)
    assert "default-src &#39;none&#39;" in target.read_text(encoding="utf-8")
