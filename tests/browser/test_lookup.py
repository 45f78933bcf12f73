"""``/lookup`` as people use it: type, pick, paste coordinates, tap the map, ask the phone."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from browser.conftest import LiveServer
from browser.looking import overflowing, warm
from playwright.sync_api import BrowserContext, Page, expect
from small_plan import HOSTILE, use_small_plan

from geogrid.store.workspace import Workspace

PHONE = pytest.mark.parametrize("size", ["phone"], indirect=True)
NAVIGATION_PX = 58


@pytest.fixture
def small_url(own_server: LiveServer) -> str:
    use_small_plan(Workspace(own_server.workspace))
    return own_server.url


def a_building(live_server: LiveServer) -> str:
    units = Workspace(live_server.workspace).current().units
    buildings = units[units["kind"] == "building"]
    return str(buildings["address"].iloc[len(buildings) // 2])


def test_typing_offers_and_picking_answers(page: Page, live_server: LiveServer) -> None:
    address = a_building(live_server)
    warm(page, live_server.url)
    page.goto(f"{live_server.url}/lookup")
    page.locator("#search").press_sequentially(address)
    page.locator(".option").first.click()
    expect(page.locator(".answer .card-title")).to_contain_text(address)
    expect(page.locator(".first-person")).to_contain_text("专职网格员")
    expect(page.locator(".first-person a.call").first).to_have_attribute(
        "href", re.compile(r"^tel:\d+")
    )
    expect(page.locator(".steps-of-grid dt")).to_have_text(["街道", "社区", "网格", "微网格"])
    expect(page.locator(".place-pin")).to_have_count(1)
    assert "/lookup?q=" in page.url
    page.reload()
    expect(page.locator(".answer .card-title")).to_contain_text(address)


def test_enter_asks_for_the_text_as_it_is(page: Page, small_url: str) -> None:
    page.goto(f"{small_url}/lookup")
    page.locator("#search").fill("甲苑２号楼")
    page.locator("#search").press("Enter")
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲二网格")
    expect(page.locator(".first-person .note")).to_contain_text("空缺")
    page.locator("#search").fill("甲苑")
    page.locator("#ask button[type=submit]").click()
    page.locator(".candidates button", has_text="甲苑1号楼").click()
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲一网格")
    page.go_back()
    expect(page.locator(".candidates button")).to_have_count(2)


@PHONE
def test_coordinates_ask_for_their_datum_and_remember_it(page: Page, small_url: str) -> None:
    page.goto(f"{small_url}/lookup")
    page.locator("#search").fill("２２。５３５，１１４。００８")
    expect(page.locator("#datum-field")).to_be_visible()
    page.locator("#ask button[type=submit]").click()
    expect(page.locator("#answer")).to_contain_text("坐标来源")
    assert page.locator(".steps-of-grid").count() == 0
    page.locator("#datum").select_option("gcj02")
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲一网格")
    assert overflowing(page) == []
    page.goto(f"{small_url}/lookup")
    page.locator("#search").fill("114.0250 22.535")
    expect(page.locator("#datum")).to_have_value("gcj02")
    page.goto(f"{small_url}/lookup?lon=114.008&lat=22.535")
    expect(page.locator("#answer")).to_contain_text("坐标来源")
    page.locator("#search").fill("东街3号")
    expect(page.locator("#datum-field")).to_be_hidden()


def test_a_click_on_the_map_answers(page: Page, small_url: str) -> None:
    page.goto(f"{small_url}/lookup")
    expect(page.locator("path.leaflet-interactive").first).to_be_visible()
    page.locator("#pick").click()
    expect(page.locator(".toast")).to_contain_text("点一下")
    box = page.locator("#map_main").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲二网格")
    assert "datum=wgs84" in page.url


@PHONE
def test_the_phone_s_position_answers_with_its_doubt(
    page: Page, context: BrowserContext, small_url: str
) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 114.0097, "latitude": 22.536, "accuracy": 60})
    page.goto(f"{small_url}/lookup")
    page.locator("#here").click()
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲一网格")
    expect(page.locator(".answer .notice")).to_contain_text("误差约 60 米")
    expect(page.locator(".answer .notice a.call")).to_have_text("0755-1111-0003")


def test_without_https_the_map_is_offered(page: Page, small_url: str) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(f"{small_url}/lookup")
    page.locator("#here").click()
    expect(page.locator("#answer")).to_contain_text("HTTPS")
    expect(page.locator("#answer")).to_contain_text("地图选点")


@PHONE
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_answer_fits_one_screen_of_a_phone(
    page: Page, live_server: LiveServer, language: str
) -> None:
    address = quote(a_building(live_server))
    page.goto(f"{live_server.url}/language/{language}?next=/lookup?q={address}")
    expect(page.locator(".first-person a.call").first).to_be_visible()
    box = page.locator(".answer .foot").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844 - NAVIGATION_PX
    assert overflowing(page) == []


def test_doubts_are_said(page: Page, small_url: str) -> None:
    for text, words in (
        ("错列楼", "以对照表为准"),
        ("旧码楼", "不在当前方案里"),
        ("边界楼", "拿不准时也问问甲二网格"),
        ("界外楼", "不在当前方案的辖区范围内"),
        ("无着落楼", "既没有坐标"),
        ("莲花山", "没有找到"),
        ("116.4, 39.9", "坐标系是否正确"),
        ("东街", "补上门牌号"),
    ):
        page.goto(f"{small_url}/lookup?q={quote(text)}&datum=wgs84")
        expect(page.locator("#answer")).to_contain_text(words)


def test_the_link_is_copied(page: Page, context: BrowserContext, small_url: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{small_url}/lookup?q=112")
    page.get_by_role("button", name="复制链接").click()
    expect(page.locator(".toast")).to_have_text("链接已复制。")
    assert page.evaluate("navigator.clipboard.readText()") == f"{small_url}/lookup?q=112"


@PHONE
def test_hostile_names_stay_text(page: Page, small_url: str) -> None:
    page.goto(f"{small_url}/lookup?q={quote('东街9号')}")
    expect(page.locator(".answer .card-title")).to_contain_text(HOSTILE)
    expect(page.locator(".steps-of-grid .own")).to_have_text(HOSTILE)
    page.locator("#search").fill("imgsrc")
    expect(page.locator(".option").first).to_contain_text(HOSTILE)
    assert page.locator("img").count() == 0
    assert overflowing(page) == []
