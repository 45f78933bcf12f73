"""`/lookup` without a network: save, reload, look up, sign out; what is kept and for whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from browser.conftest import LiveServer, serve
from browser.looking import overflowing
from people import COMMUNITY, PASSWORD
from playwright.sync_api import BrowserContext, Error, Page, expect
from small_plan import HOSTILE, use_small_plan

from geogrid.store.accounts import add_user
from geogrid.store.opening import make_ready, named_database
from geogrid.store.workspace import Workspace
from web import offline

PHONE = pytest.mark.parametrize("size", ["phone"], indirect=True)
BOTH = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
READ = """async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const names = (await indexedDB.databases()).map((each) => each.name);
  if (!names.includes("geogrid-offline")) return null;
  const database = await done(indexedDB.open("geogrid-offline", 1));
  const store = database.transaction("kept").objectStore("kept");
  const get = (name) => done(store.get(name));
  const [key, copy, label] = await Promise.all(["key", "copy", "label"].map(get));
  database.close();
  if (!copy) return null;
  const raw = new TextDecoder("latin1").decode(copy.secret);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: copy.iv }, key, copy.secret);
  return { raw, text: new TextDecoder().decode(plain), label, extractable: key.extractable };
}"""


@pytest.fixture
def small_url(own_server: LiveServer) -> str:
    use_small_plan(Workspace(own_server.workspace))
    return own_server.url


def save(page: Page, url: str, *, phones: bool = False, grid: str = "") -> None:
    """Save a copy and wait until the worker answers for the page."""
    page.goto(f"{url}/lookup")
    page.get_by_text("没网也能查").click()
    if phones:
        page.locator("#copy-phones").check()
    if grid:
        page.locator("#copy-grid").select_option(grid)
    page.get_by_role("button", name="保存本社区离线资料").click()
    expect(page.locator("#copy-state .notice.good")).to_contain_text("资料截至")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def kept(page: Page) -> dict[str, Any] | None:
    found: dict[str, Any] | None = page.evaluate(READ)
    return found


@BOTH
def test_saved_and_reloaded_without_network(
    page: Page, context: BrowserContext, small_url: str, size: str
) -> None:
    save(page, small_url, phones=True)
    assert overflowing(page) == []
    context.set_offline(True)
    page.get_by_role("link", name="用离线资料查").click()
    expect(page.locator("#offline-banner")).to_contain_text("离线资料 · 资料截至")
    page.goto(f"{small_url}/lookup")
    expect(page.locator("#offline-banner")).to_contain_text("离线 · 资料截至")
    expect(page.locator("#offline-banner")).to_contain_text("示例街道")
    expect(page.locator("path.leaflet-interactive")).to_have_count(3)
    page.locator("#search").fill("甲苑２号楼")
    page.locator("#search").press("Enter")
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲二网格")
    expect(page.locator(".first-person .note")).to_contain_text("空缺")
    expect(page.locator(".first-person a.call").first).to_have_attribute("href", "tel:075511110003")
    expect(page.locator(".place-pin")).to_have_count(1)
    assert overflowing(page) == []
    page.goto(f"{small_url}/lookup?q=甲苑1号楼3单元501")
    expect(page.locator(".answer .card-title")).to_contain_text("1号楼")
    expect(page.locator(".answer .tag")).to_have_text("只查到楼栋或单元，房号未核实")
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{small_url}/lookup/batch")  # below the look-up, but not kept
    context.set_offline(False)
    page.goto(f"{small_url}/lookup")
    expect(page.locator("#offline-banner")).to_have_count(0)


@PHONE
def test_position_and_clicks_are_answered_without_network(
    page: Page, context: BrowserContext, small_url: str
) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 114.0099, "latitude": 22.536, "accuracy": 5})
    save(page, small_url)
    context.set_offline(True)
    page.goto(f"{small_url}/lookup")
    page.locator("#here").click()
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲一网格")
    expect(page.locator(".answer .notice")).to_contain_text("距边界只有 10 米")
    expect(page.locator(".answer .notice")).to_contain_text("甲二网格")
    assert page.locator("a.call").count() == 0, "phone numbers were not asked for"
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = page.locator("#map_main").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲二网格")
    for text in (
        "114.02, 22.53",
        "高德：114.02, 22.53",
        "https://uri.amap.com/marker?position=1,2",
    ):
        page.locator("#search").fill(text)
        page.locator("#search").press("Enter")
        expect(page.locator("#answer")).to_contain_text("要联网才能查")
    page.goto(f"{small_url}/lookup?unit=B1")
    expect(page.locator("#answer")).to_contain_text("要联网才能查")
    page.locator("#search").fill("莲花山")
    page.locator("#search").press("Enter")
    expect(page.locator("#answer")).to_contain_text("离线资料里没有找到")
    page.locator("#search").fill("甲院2号楼3单元")
    page.locator("#search").press("Enter")
    expect(page.locator("#answer")).to_contain_text("最接近的是")
    page.locator("#answer button", has_text="甲苑2号楼").click()
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲二网格")
    assert overflowing(page) == []


def test_a_vague_position_says_so_without_network(
    page: Page, context: BrowserContext, small_url: str
) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 114.0099, "latitude": 22.536, "accuracy": 60})
    save(page, small_url)
    context.set_offline(True)
    page.goto(f"{small_url}/lookup")
    page.locator("#here").click()
    expect(page.locator(".answer .notice")).to_contain_text("误差约 60 米")
    expect(page.locator(".answer .notice")).to_contain_text("甲二副")


def test_what_lists_and_hostile_names_say_offline(
    page: Page, context: BrowserContext, small_url: str
) -> None:
    save(page, small_url)
    context.set_offline(True)
    for text, words in (
        ("错列楼", "以对照表为准"),
        ("边界楼", "拿不准时也问问甲二网格"),
        ("东街9号", HOSTILE),
        ("112", "甲二网格"),
        ("甲苑", "甲苑1号楼"),
        ("jy2hl", "甲二网格"),
    ):
        page.goto(f"{small_url}/lookup?q={text}")
        expect(page.locator("#answer")).to_contain_text(words)
    assert page.locator("img").count() == 0


def test_the_copy_is_enciphered_and_removed_by_the_button(
    page: Page, context: BrowserContext, small_url: str
) -> None:
    save(page, small_url, phones=True)
    found = kept(page)
    assert found is not None
    assert "0755-1111-0001" in found["text"]
    assert "0755-1111" not in found["raw"]
    assert "0755" not in json.dumps(found["label"])
    assert found["extractable"] is False
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_role("button", name="保存本社区离线资料")).to_be_visible()
    assert kept(page) is None
    assert page.evaluate("caches.keys()") == []
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )


def test_an_old_copy_says_so_and_a_very_old_one_is_gone(
    page: Page, context: BrowserContext, small_url: str
) -> None:
    save(page, small_url)
    context.set_offline(True)
    later = "const now = Date.now; Date.now = () => now() + {days} * 86400000;"
    page.goto(f"{small_url}/lookup")
    expect(page.locator("#offline-banner .age")).to_have_count(0)
    page.add_init_script(later.format(days=8))
    page.reload()
    expect(page.locator("#offline-banner .age")).to_contain_text("8 天没有更新")
    page.add_init_script(later.format(days=30))
    page.reload()
    expect(page.locator("#offline-banner")).to_contain_text("没有保存离线资料")
    assert kept(page) is None


def test_a_changed_plan_is_fetched_again(page: Page, own_server: LiveServer) -> None:
    workspace = Workspace(own_server.workspace)
    use_small_plan(workspace)
    save(page, own_server.url)
    before = kept(page)
    with page.expect_response("**/api/v1/offline?*") as answer:
        page.get_by_role("button", name="更新").click()
    assert answer.value.status == 304
    expect(page.locator("#copy-state .notice.good")).to_be_visible()
    plan = workspace.current()
    grids = plan.grids.assign(name=plan.grids["name"].str.replace("甲一", "甲新"))
    workspace.use(name="新方案", grids=grids)
    page.goto(f"{own_server.url}/lookup")
    page.wait_for_function("() => document.querySelector('#copy-state .notice.good')")
    after = kept(page)
    assert before is not None
    assert after is not None
    assert "甲一网格" in before["text"]
    assert "甲新网格" in after["text"]


def test_a_new_release_replaces_what_is_kept(page: Page, small_url: str) -> None:
    save(page, small_url)
    before = page.evaluate("caches.keys()")
    real = offline._page
    with mock.patch("web.offline._page", lambda language: real(language) + "<!-- next -->"):
        page.goto(f"{small_url}/lookup")
        page.evaluate("navigator.serviceWorker.ready.then((worker) => worker.update())")
        for _ in range(600):
            names = page.evaluate("caches.keys()")
            if len(names) == 1 and names != before:
                break
            page.wait_for_timeout(100)
    assert len(names) == 1
    assert names != before
    text = page.evaluate("caches.match('/lookup/offline/zh').then((answer) => answer.text())")
    assert "<!-- next -->" in text
    assert kept(page) is not None


def test_a_server_that_is_down_or_behind_a_gateway_is_no_network(
    page: Page, tmp_path: Path
) -> None:
    server, live = serve(tmp_path / "workspace")
    use_small_plan(Workspace(live.workspace))
    save(page, live.url)
    with mock.patch("web.lookup.views.render_template", return_value=("", 503)):
        page.goto(f"{live.url}/lookup?q=112")
        expect(page.locator("#offline-banner")).to_contain_text("离线")
    server.stop()
    page.goto(f"{live.url}/lookup?q=112")
    expect(page.locator("#offline-banner")).to_contain_text("离线")
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲二网格")


@pytest.mark.parametrize("missing", ["isSecureContext", "indexedDB", "caches", "serviceWorker"])
def test_browsers_that_cannot_keep_a_copy_look_up_all_the_same(
    page: Page, small_url: str, missing: str
) -> None:
    owner = "Navigator.prototype" if missing == "serviceWorker" else "window"
    value = "false" if missing == "isSecureContext" else "undefined"
    gone = f"delete {owner}.{missing};" if missing == "serviceWorker" else ""
    page.add_init_script(
        gone
        or f"Object.defineProperty({owner}, '{missing}', {{ value: {value}, configurable: true }})"
    )
    page.goto(f"{small_url}/lookup?q=112")
    expect(page.locator(".steps-of-grid .own")).to_have_text("甲二网格")
    page.get_by_text("没网也能查").click()
    words = "https://" if missing == "isSecureContext" else "存不了"
    expect(page.locator("#copy-state")).to_contain_text(words)
    expect(page.locator("#copy-form")).to_be_hidden()


def test_a_certificate_that_is_not_trusted_is_named(page: Page, small_url: str) -> None:
    page.add_init_script(
        "navigator.serviceWorker.register = () => Promise.reject(new DOMException('SSL'));"
    )
    page.goto(f"{small_url}/lookup")
    page.get_by_text("没网也能查").click()
    page.get_by_role("button", name="保存本社区离线资料").click()
    expect(page.locator("#copy-state")).to_contain_text("证书")
    assert kept(page) is None


# with accounts


def add_workers(live: LiveServer) -> None:
    engine = named_database("", live.workspace)
    make_ready(engine)
    for name, scope in (("root", []), ("lin", [COMMUNITY]), ("wang", ["440304090004"])):
        role = "worker" if scope else "admin"
        add_user(
            engine, name, PASSWORD, role=role, scope=scope, full_name=name,
            at=datetime.now(UTC), by="test",
        )  # fmt: skip


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def sign_out(page: Page, url: str) -> None:
    page.goto(f"{url}/account")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(lambda address: "/sign-in" in address)


def test_signing_out_removes_the_copy_and_signing_in_again_keeps_it(
    page: Page, context: BrowserContext, own_server: LiveServer
) -> None:
    url = own_server.url
    add_workers(own_server)
    sign_in(page, url, "lin")
    save(page, url, phones=True)
    sign_in(page, url, "lin")
    assert kept(page) is not None, "the session of yesterday has ended, the user is the same"
    sign_out(page, url)
    assert kept(page) is None
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )

    sign_in(page, url, "lin")
    save(page, url, phones=True)
    assert kept(page) is not None
    sign_in(page, url, "wang")
    assert kept(page) is None


def test_workers_copies_hold_no_phone_number_of_another_community(
    page: Page, own_server: LiveServer
) -> None:
    add_workers(own_server)
    plan = Workspace(own_server.workspace).current()
    tree, posts = plan.hierarchy, plan.posts
    numbers = {}
    for name, code in (("lin", COMMUNITY), ("wang", "440304090004")):
        seen = {each for each in tree.parents if code in tree.chain(each)} | set(tree.chain(code))
        some = posts[posts["grid"].isin(seen)]
        numbers[name] = (set(some["phone"]) | set(some["deputy_phone"])) - {""}
        sign_in(page, own_server.url, name)
        save(page, own_server.url, phones=True)
        found = kept(page)
        assert found is not None
        everybody = (set(posts["phone"]) | set(posts["deputy_phone"])) - {""}
        held = {number for number in everybody if number in found["text"]}
        assert held, "own numbers are there"
        assert held <= numbers[name]


def test_a_copy_of_another_user_is_removed_where_no_header_did_it(
    page: Page, own_server: LiveServer
) -> None:
    add_workers(own_server)
    sign_in(page, own_server.url, "lin")
    save(page, own_server.url, phones=True)
    with mock.patch("web.accounts.sign_in.forget_copy_of_others"):
        sign_in(page, own_server.url, "wang")
    page.goto(f"{own_server.url}/lookup")
    page.get_by_text("没网也能查").click()
    expect(page.locator("#copy-state")).to_contain_text("已经删除")
    assert kept(page) is None
