"""The check in Chromium: from a dropped file to the current plan, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from browser.looking import overflowing
from playwright.sync_api import Page, expect

from geogrid.store import Workspace

NASTY = "<img src=x onerror=alert(1)>"
LONG = "泰然科技园片区第一网格（含滨河大道以南、车公庙地铁站周边及所有地下空间）"
BOXES = [shapely.box(114.0, 22.5, 114.0011, 22.501), shapely.box(114.001, 22.5, 114.002, 22.501)]
GRIDS = gpd.GeoDataFrame(
    {"网格编码": ["A", "B"], "网格名称": [NASTY, LONG], "户数": [12, 7]},
    geometry=BOXES,
    crs="EPSG:4326",
)
REGION = gpd.GeoDataFrame(geometry=[shapely.box(114, 22.5, 114.0022, 22.501)], crs="EPSG:4326")
DROP = """([names, texts]) => {
  const data = new DataTransfer();
  names.forEach((name, at) => data.items.add(new File([texts[at]], name)));
  const zone = document.querySelector("#drop");
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true }));
}"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with grids, their region, and a Shapefile that names no system."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "南园.geojson").write_text(GRIDS.to_json(drop_id=True), encoding="utf-8")
    (folder / "范围.geojson").write_text(REGION.to_json(drop_id=True), encoding="utf-8")
    (folder / "shp").mkdir()
    GRIDS.to_crs("EPSG:4547").to_file(folder / "shp" / "网格.shp", encoding="GBK")
    (folder / "shp" / "网格.prj").unlink()
    return folder


def confirm(page: Page) -> None:
    page.locator("#confirm button[type=submit]").click()
    expect(page.locator(".verdict")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_from_a_file_to_the_current_plan(
    page: Page, own_server: object, files: Path, size: str
) -> None:
    url, workspace = own_server.url, own_server.workspace  # type: ignore[attr-defined]
    page.goto(f"{url}/check")
    assert overflowing(page) == []
    text = (files / "南园.geojson").read_text(encoding="utf-8")
    page.evaluate(DROP, [["南园.geojson"], [text]])
    expect(page.locator("#confirm")).to_contain_text("读到 2 个网格")
    expect(page.locator("select[name=field-name]")).to_have_value("网格名称")
    assert overflowing(page) == []
    page.get_by_label("辖区范围在另一个文件里").check()
    page.locator(".dropzone.slim input").set_input_files(files / "范围.geojson")
    expect(page.locator(".dropzone.slim")).to_contain_text("1 块区域")
    confirm(page)
    expect(page.locator(".verdict")).to_contain_text("处重叠")
    rows = page.locator("tr.pick")
    expect(rows.first).to_be_visible()
    assert overflowing(page) == []
    page.locator("#use button").first.click()
    page.locator("#use input[name=name]").fill(NASTY)
    assert overflowing(page) == []
    page.locator("#use button[type=submit]").dblclick()
    page.wait_for_url(re.compile("/workspace"))
    expect(page.locator("#now-title")).to_have_text(NASTY)
    assert len(Workspace(workspace).former()) == 1
    page.goto(url)
    expect(page.locator("h1, .plan-name").first).to_have_text(NASTY)


def test_a_row_flies_the_map_and_a_filter_clears_it(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/check")
    page.get_by_role("button", name="试试示例").click()
    rows = page.locator("tr.pick")
    expect(rows.first).to_be_visible()
    zoom = "() => map_main.getZoom()"
    before = page.evaluate(zoom)
    rows.nth(1).click()
    page.wait_for_function(f"map_main.getZoom() > {before} + 1")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("tr.said")).to_be_visible()
    page.get_by_role("button", name=re.compile("^空白")).click()
    shown = page.locator("tr.pick .kind").all_inner_texts()
    assert set(shown) == {"空白（漏划）"}
    page.get_by_role("button", name="按相邻网格").click()
    expect(rows.first).to_contain_text("与")
    rows.first.press("Enter")
    page.reload()
    expect(rows.first).to_be_visible()


def test_the_missing_system_is_chosen(page: Page, live_url: str, files: Path) -> None:
    page.goto(f"{live_url}/check")
    page.locator("#drop input").set_input_files(sorted((files / "shp").iterdir()))
    start = page.locator("#confirm button[type=submit]")
    expect(start).to_be_disabled()
    page.locator("select[name=system]").select_option("cgcs2000_3")
    page.locator("select[name=meridian]").select_option("114")
    expect(page.locator(".notice.good")).to_contain_text("东经114.00°")
    confirm(page)
    page.get_by_text("修改选项").click()
    expect(page.locator("select[name=meridian]")).to_have_value("114")


def test_a_file_that_is_none_is_explained(page: Page, live_url: str, tmp_path: Path) -> None:
    path = tmp_path / "说明.txt"
    path.write_text("你好", encoding="utf-8")
    page.goto(f"{live_url}/check")
    page.locator("#drop input").set_input_files(path)
    expect(page.locator("#problem .notice.bad")).to_be_visible()
    page.locator("#confirm").get_by_text("换一个文件").click()
    page.wait_for_url(re.compile("/check$"))


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_english_fits_too(page: Page, live_url: str, size: str) -> None:
    page.goto(f"{live_url}/language/en?next=/check")
    assert overflowing(page) == []
    page.get_by_role("button", name="Try the example").click()
    expect(page.locator("tr.pick").first).to_be_visible()
    assert overflowing(page) == []
    assert not re.search("[一-鿿]", page.locator("thead").first.inner_text())
    page.locator(".menu summary").click()
    assert overflowing(page) == []
    report = page.get_by_text("Report to print").locator("xpath=ancestor::a").get_attribute("href")
    page.goto(f"{live_url}{report}")
    expect(page.locator(".report .verdict")).to_be_visible()
    assert overflowing(page) == []


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_the_map_to_take_away_works_without_a_server(
    page: Page, live_url: str, files: Path, tmp_path: Path, size: str
) -> None:
    page.goto(f"{live_url}/check")
    page.locator("#drop input").set_input_files(files / "南园.geojson")
    expect(page.locator("#confirm button[type=submit]")).to_be_enabled()
    confirm(page)
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.get_by_text("问题地图").click()
    path = tmp_path / "map.html"
    download.value.save_as(path)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("about:blank")
    asked.clear()
    page.set_content(path.read_text(encoding="utf-8"))
    rows = page.locator("tr.pick")
    expect(rows.first).to_be_visible()
    expect(page.locator("body")).to_contain_text(NASTY)
    rows.first.click()
    page.locator("#search").fill("泰然")
    page.locator(".option").first.click()
    expect(page.locator(".chip[aria-pressed=true]").first).to_contain_text("泰然科技园")
    assert [url for url in asked if not url.startswith(("data:", "blob:", "about:"))] == []
    assert overflowing(page) == []


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_download_menu_is_whole(page: Page, live_url: str, language: str) -> None:
    page.goto(f"{live_url}/check?lang={language}")
    page.locator("[data-start='/api/v1/check/example']").click()
    page.locator(".menu summary").click()
    panel, menu = (
        page.locator(".panel-body").bounding_box(),
        page.locator(".menu ul").bounding_box(),
    )
    assert panel is not None and menu is not None
    assert panel["x"] <= menu["x"]
    assert menu["x"] + menu["width"] <= panel["x"] + panel["width"]
    cut = page.locator(".menu li span").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.parentElement.clientWidth).length"
    )
    assert cut == 0
