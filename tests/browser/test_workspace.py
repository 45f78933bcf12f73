"""The data page in Chromium: switching plans, a roster and buildings from file to use."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event
from typing import Any

import geopandas as gpd
import pytest
import shapely
from browser.looking import overflowing
from playwright.sync_api import Page, expect

from geogrid.store import Workspace
from geogrid.tables import read_tables

NASTY = "<img src=x onerror=alert(1)>"
GRIDS = gpd.GeoDataFrame(
    {"code": ["A", "B"], "name": [NASTY, "西网格"]},
    geometry=[shapely.box(114.0, 22.5, 114.01, 22.51), shapely.box(114.01, 22.5, 114.02, 22.51)],
    crs="EPSG:4326",
)
ROSTER = "网格编码,岗位,姓名,电话\nA,网格长,网格长1号,0755-0000-0001\nZ,网格长,网格长2号,\n"
BUILDINGS = (
    "详细地址,户数,经度,纬度\n泰然七路1号,30,114.005,22.505\n泰然七路2号,20,114.015,22.505\n"
)


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_own_tables_from_file_to_use(
    page: Page, own_server: object, tmp_path: Path, size: str
) -> None:
    url, folder = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    Workspace(folder).use(name="南园街道网格方案（二〇二六年调整）" * 2, grids=GRIDS)
    for name, text in (("花名册.csv", ROSTER), ("楼栋.csv", BUILDINGS)):
        (tmp_path / name).write_text(text, encoding="gb18030")
    page.goto(f"{url}/check")
    assert overflowing(page) == []
    page.goto(f"{url}/workspace")
    assert overflowing(page) == []
    page.locator("input[data-upload*=posts]").set_input_files(tmp_path / "花名册.csv")
    expect(page.locator(".fate.bad")).to_have_text("没有这个网格，查不到此人")
    expect(page.locator("tbody tr")).to_contain_text(["Z", NASTY])
    assert overflowing(page) == []
    page.get_by_role("button", name="使用这份清单").dblclick()
    page.wait_for_url(re.compile("new=posts"))
    assert len(Workspace(folder).former()) == 2
    page.locator("input[data-upload*=units]").set_input_files(tmp_path / "楼栋.csv")
    page.locator("select[name=datum]").select_option("wgs84")
    expect(page.locator(".fate.good")).to_have_count(2)
    assert overflowing(page) == []
    page.get_by_role("button", name="使用这份清单").click()
    page.wait_for_url(re.compile("new=units"))
    expect(page.get_by_role("button", name="换回这个")).to_have_count(2)
    page.get_by_role("button", name="换回这个").last.click()
    expect(page.get_by_role("button", name="换回这个").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(Workspace(folder).current().posts) == 0


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_long_list_is_waited_for_and_then_shown(
    page: Page, own_server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    url, folder = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    Workspace(folder).use(name="南园", grids=GRIDS)
    go = Event()

    def read_slowly(*arguments: Any, **more: Any) -> Any:
        assert go.wait(120)
        return read_tables(*arguments, **more)

    monkeypatch.setattr("web.workspace.office_tables.read_tables", read_slowly)
    monkeypatch.setattr("web.workspace.kept_preview.PATIENCE_S", 0.2)
    (tmp_path / "楼栋.csv").write_text(BUILDINGS, encoding="gb18030")
    page.goto(f"{url}/workspace?lang=zh_CN")
    page.locator("input[data-upload*=units]").set_input_files(tmp_path / "楼栋.csv")
    expect(page.locator("#making")).to_contain_text("正在读取清单")
    expect(page.locator("#progress")).to_contain_text("5.0%")
    assert overflowing(page) == []
    page.locator("select[name=datum]").select_option("wgs84")
    page.wait_for_url(re.compile("datum=wgs84"))
    expect(page.locator("#making")).to_contain_text("正在读取清单")
    go.set()
    expect(page.locator(".fate.good")).to_have_count(2)
    assert overflowing(page) == []


def test_switching_and_renaming(page: Page, own_server: object) -> None:
    url = own_server.url  # type: ignore[attr-defined]
    page.goto(f"{url}/language/en?next=/workspace")
    assert overflowing(page) == []
    page.get_by_role("button", name="Use this").click()
    expect(page.locator("#now-title")).not_to_contain_text("福田")
    page.get_by_text("Rename").click()
    page.locator("input[name=name]").fill(NASTY)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#now-title")).to_have_text(NASTY)
    assert overflowing(page) == []


def test_a_form_to_fill_in(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/workspace")
    with page.expect_download() as download:
        page.locator("a[href*='posts/form']").click()
    assert download.value.suggested_filename == "人员名单填写表.xlsx"
