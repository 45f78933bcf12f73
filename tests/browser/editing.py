"""A small draft with a street, and a planner's hands in the browser.

::

    22.02 +---------+---------+
          |        112        |      1 = 11; streets: 解放路 from west to east at 22.0075,
    22.01 +----+----J---------+      bent, and 中心路 from south to north at 114.0165
          |   111   |   113   |      J is where three grids meet
    22.00 +---------+---------+
        114.00    114.01    114.02
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely
from playwright.sync_api import Page, expect
from shapely.geometry import LineString

from geogrid.store.workspace import Workspace

JUNCTION = (114.01, 22.01)
STREET = [(113.998, 22.0073), (114.004, 22.0081), (114.012, 22.0076), (114.022, 22.0083)]
ACROSS = [(114.0165, 21.998), (114.0165, 22.022)]


def grids() -> gpd.GeoDataFrame:
    shapes = {
        "111": shapely.Polygon([(114.0, 22.0), (114.01, 22.0), JUNCTION, (114.0, 22.01)]),
        "112": shapely.Polygon(
            [(114.0, 22.01), JUNCTION, (114.02, 22.01), (114.02, 22.02), (114.0, 22.02)]
        ),
        "113": shapely.Polygon([(114.01, 22.0), (114.02, 22.0), (114.02, 22.01), JUNCTION]),
    }
    whole = shapely.coverage_union_all(list(shapes.values()))
    names = {"1": "示例街道", "11": "甲社区", "111": "南一网格", "112": "北网格", "113": "南二网格"}
    rows = [
        {"code": code, "name": name, "parent": code[:-1], "level": len(code), "kind": "community",
         "households": {"111": 420, "112": 700, "113": 310}.get(code), "people": None}
        for code, name in names.items()
    ]  # fmt: skip
    drawn = [shapes.get(code, whole) for code in names]
    return gpd.GeoDataFrame(rows, geometry=drawn, crs="EPSG:4326")


def use_draft(workspace: Workspace, name: str = "调整草案") -> None:
    lines = [LineString(STREET), LineString(ACROSS)]
    streets = gpd.GeoDataFrame(
        {"name": ["解放路", "中心路"], "highway": ["primary", "primary"]}, geometry=lines, crs=4326
    )
    workspace.use(name=name, grids=grids(), streets=streets)


@dataclass
class Desk:
    """The workbench in one browser window."""

    page: Page
    url: str
    plan: int = 1

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1/plans/{self.plan}/redraw"

    def open(self) -> Desk:
        self.page.goto(f"{self.url}/plans/{self.plan}/edit")
        self.page.locator("body[data-ready]").wait_for()
        is_draft = self.state()["status"] == "draft"
        expect(self.page.locator("#tools")).to_be_visible(visible=is_draft)
        return self

    def state(self) -> Any:
        return self.page.request.get(self.api).json()

    def wait_version(self, version: int) -> None:
        for _ in range(600):
            if self.state()["version"] >= version:
                self.page.wait_for_timeout(200)  # the page takes the answer in
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"version {version} was not reached: {self.state()['version']}")

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        found = self.page.evaluate(
            """([lon, lat]) => {
              const { map } = window.geogrid[0];
              const { x, y } = map.latLngToContainerPoint([lat, lon]);
              const box = map.getContainer().getBoundingClientRect();
              return [x + box.left, y + box.top];
            }""",
            [lon, lat],
        )
        return found[0], found[1]

    def use(self, tool: str) -> None:
        self.page.locator(f"[data-tool={tool}]").click()

    def click(self, *places: tuple[float, float]) -> None:
        for place in places:
            x, y = self.xy(*place)
            self.page.mouse.move(x, y)
            self.page.mouse.click(x, y)

    def grab(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag, and hold."""
        (x, y), (u, v) = self.xy(*start), self.xy(*end)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 9):
            self.page.mouse.move(x + (u - x) * step / 8, y + (v - y) * step / 8)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.grab(start, end)
        self.page.mouse.up()

    def is_seamless(self) -> bool:
        """Return whether the check before publishing finds every level filled by the one below."""
        found = self.page.request.get(f"{self.url}/api/v1/plans/{self.plan}/review").json()
        return bool(found["proof"]["is_seamless"]) and found["proof"]["errors"] == 0

    def said(self) -> str:
        return self.page.locator("#help").inner_text()


def shapes_of(state: Any) -> set[tuple[Any, ...]]:
    """Return the borders of a view, to be compared."""
    return {(arc["left"], arc["right"], str(arc["line"])) for arc in state["arcs"]}
