"""The first day of a planner: a city's defective file becomes a printed plan in force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from browser.conftest import LiveServer
from browser.editing import Desk
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument

from geogrid import check_coverage, read_boundaries
from geogrid.store.workspace import Workspace
from web import create_app
from web.background import make_runner
from web.config import Settings

DATA = Path(__file__).parents[1] / "data" / "coverage"
UTM = 32644
WARDS = 20
A3_POINTS = (841.9, 1190.6)


@pytest.fixture
def office(own_server: LiveServer) -> Iterator[LiveServer]:
    """Give an empty office whose work in the background is done."""
    runner = make_runner(create_app(Settings(workspace=own_server.workspace)))
    runner.start()
    yield own_server
    runner.stop()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return the south of Lucknow, two wards numbered 0 as in the city's file, and its outline."""
    wards = gpd.read_parquet(DATA / "lucknow_wards.parquet").to_crs(UTM)
    near = wards.distance(wards.geometry[wards.area.idxmax()].centroid).nsmallest(WARDS).index
    south = wards.loc[near].to_crs(4326)
    outline = max(shapely.get_parts(shapely.union_all(south.geometry)), key=shapely.area)
    named = gpd.GeoDataFrame(
        {
            "ward code": ["0", "0", *(str(n) for n in range(2, WARDS))],
            "ward name": [f"Ward {n}" for n in range(WARDS)],
        },
        geometry=list(south.geometry),
        crs=4326,
    )
    border = gpd.GeoDataFrame(geometry=[shapely.Polygon(outline.exterior)], crs=4326)
    paths = tmp_path / "wards.geojson", tmp_path / "city.geojson"
    for frame, path in zip((named, border), paths, strict=True):
        frame.to_file(path, driver="GeoJSON", COORDINATE_PRECISION=15)
    return paths


def parting_line(ward: shapely.Polygon, share: float) -> list[tuple[float, float]]:
    """Return the ends of the level line with a share of a ward south of it, just outside of it."""
    west, low, east, high = ward.bounds
    south, north = low, high
    for _ in range(40):
        middle = (south + north) / 2
        below = shapely.intersection(ward, shapely.box(west, low, east, middle)).area
        south, north = (middle, north) if below < ward.area * share else (south, middle)
    cut = shapely.intersection(ward, shapely.LineString([(west, middle), (east, middle)]))
    beyond = (cut.bounds[2] - cut.bounds[0]) / 50
    return [(cut.bounds[0] - beyond, middle), (cut.bounds[2] + beyond, middle)]


def halves_of(ward: shapely.Polygon, latitude: float) -> list[tuple[float, float]]:
    """Return a place well inside of a ward on each side of a level line."""
    west, low, east, high = ward.bounds
    sides = shapely.box(west, low, east, latitude), shapely.box(west, latitude, east, high)
    places = [shapely.intersection(ward, side).representative_point() for side in sides]
    return [(place.x, place.y) for place in places]


def areas_of(desk: Desk, codes: set[str]) -> list[float]:
    """Return what the panel would say of grids, in m²."""
    asked = [desk.page.request.get(f"{desk.api}/figures?code={code}") for code in codes]
    return [float(each.json()["items"][0]["area_m2"]) for each in asked]


def proposed(page: Page) -> None:
    page.locator("#confirm button[type=submit]").click()
    page.locator("#repair").click()
    expect(page.locator("#mendable")).to_be_visible()


def repaired_and_used(page: Page) -> None:
    expect(page.locator("#proposal")).to_contain_text("over the limit of 2 m")
    page.get_by_text("Rule and limits", exact=True).click()
    page.locator("input[name=max_width_m]").fill("")
    page.get_by_role("button", name="Propose again").click()
    expect(page.locator("#proposal")).not_to_contain_text("over the limit of")
    expect(page.locator("#mendable")).to_be_visible()
    page.get_by_role("button", name="Repair what is ticked").click()
    expect(page.locator("#outcome .verdict")).to_contain_text("without a seam")
    page.locator("#use button").first.click()
    page.locator("#use input[name=name]").fill("Lucknow wards")
    page.locator("#use button[type=submit]").click()


def test_from_a_defective_file_to_a_printed_plan_in_force(
    page: Page, office: LiveServer, files: tuple[Path, Path], tmp_path: Path
) -> None:
    url = office.url
    page.goto(f"{url}/check?lang=en")
    page.locator("#drop input").set_input_files(files[0])
    expect(page.locator("main")).to_contain_text("same code as another row (“0”)")
    page.get_by_text("The outline is in another file").click()
    page.locator("#confirm input[type=file]").first.set_input_files(files[1])
    expect(page.locator("#confirm")).to_contain_text("city.geojson")
    proposed(page)
    expect(page.locator("#proposal .unusable")).to_contain_text("used twice: “0”")
    page.locator("#proposal").get_by_text("Change the answers").click()
    page.locator("select[name=field-code]").select_option("")
    expect(page.locator("main")).to_contain_text("the grids are numbered")
    proposed(page)
    expect(page.locator(".unusable")).to_have_count(0)
    repaired_and_used(page)
    page.wait_for_url("**/workspace?new=grids")
    page.locator(".notice a", has_text="on the page Plans").click()
    page.get_by_text("Redraw boundaries").click()

    desk = Desk(page, url)
    page.locator("body[data-ready]").wait_for()
    grids = Workspace(office.workspace).current().grids
    largest = grids.to_crs(UTM).area.idxmax()
    ward = grids.geometry[largest]
    line = parting_line(ward, 0.4)
    desk.use("split")
    desk.click(*line)
    expect(page.locator("#help")).to_contain_text("Splits")
    page.keyboard.press("Enter")
    desk.wait_version(2)
    known = set(grids["code"].astype("str"))
    new = {each["code"] for each in desk.state()["grids"]} - known
    halves = {str(grids["code"][largest]), *new}
    before = areas_of(desk, halves)
    desk.use("balance")
    page.locator("[data-small=balance]").click()
    desk.click(*halves_of(ward, line[0][1]))
    expect(page.locator("#help")).to_contain_text("Made alike by area")
    page.keyboard.press("Enter")
    desk.wait_version(3)
    after = areas_of(desk, halves)
    assert len(after) == 2
    assert abs(after[0] - after[1]) < 0.02 * sum(after) < abs(before[0] - before[1])
    assert sum(after) == pytest.approx(sum(before), abs=1)
    page.get_by_role("link", name="Before publishing").click()

    expect(page.locator("#tabs")).to_be_visible()
    expect(page.locator("#pane-overview")).to_contain_text(f"{WARDS + 1} grids")
    page.locator("#tabs button").last.click()
    page.locator("#pane-publish input").first.fill("LMC 2026/1")
    page.get_by_role("button", name="Hand in for review").click()
    page.locator("#pane-publish textarea").fill("The largest ward is halved")
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    page.wait_for_url("**/changes")

    page.goto(f"{url}/print")
    page.locator("select[name=paper]").select_option("A3")
    page.get_by_role("button", name="Show").click()
    with page.expect_download() as printed:
        page.get_by_role("link", name="PDF").click()
    with PdfDocument(printed.value.path()) as pdf:
        assert sorted(pdf[0].get_size()) == pytest.approx(A3_POINTS, abs=1)

    page.goto(f"{url}/workspace")
    page.get_by_role("link", name="Export").click()
    with page.expect_download() as exported:
        page.locator("a[download]").first.click()
    path = tmp_path / exported.value.suggested_filename
    exported.value.save_as(path)
    final = read_boundaries(path, layer="grids")
    region = read_boundaries(path, layer="region")
    assert len(final) == len(grids) + 1 == WARDS + 1
    shares = final[final["code"].isin(halves)].to_crs(UTM).area / grids.to_crs(UTM).area[largest]
    assert list(shares) == pytest.approx([0.5, 0.5], abs=0.01)
    report = check_coverage(final, region)
    assert report.is_proven, report.verdict("en")
    assert len(report.defects) == 0, report.defects
