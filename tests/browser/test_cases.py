"""The cases page in Chromium: from an office's list to located rows and to the heat."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect

from geogrid.crs import from_wgs84
from geogrid.store import sample_folder

NAME = "<img src=x onerror=alert(1)>" + "很长的标题" * 20


def sample_cases(count: int) -> list[dict[str, str]]:
    path = sample_folder("futian") / "cases.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        return [row for _at, row in zip(range(count), rows, strict=False)]


def write_list(path: Path, *, datum: str | None, count: int = 60) -> Path:
    """Write a GBK list of real sample addresses, one of them unknown, perhaps with positions."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["工单编号", "来电时间", "诉求类型", "事发地址", "经度", "纬度", NAME[:28]])
    for at, row in enumerate(sample_cases(count)):
        place = from_wgs84(float(row["lon"]), float(row["lat"]), datum) if datum else ("", "")
        address = "无此路九百九十九号" if at == 3 else row["address"]
        times = row["reported_at"][:19].replace("T", " ")
        writer.writerow([row["case_id"], times, "噪音扰民", address, *place, NAME])
    path.write_bytes(text.getvalue().encode("gbk"))
    return path


def confirm(page: Page, url: str, path: Path) -> None:
    page.goto(f"{url}/cases")
    page.set_input_files("#drop input", path)
    page.locator("#confirm").wait_for()


def see_result(page: Page) -> None:
    page.locator("#confirm [type=submit]").click()
    page.locator("#rows table, #rows .notice").first.wait_for()


def test_from_a_list_to_the_heat_and_back(page: Page, own_server, tmp_path: Path) -> None:
    confirm(page, own_server.url, write_list(tmp_path / "三月工单.csv", datum="gcj02"))
    expect(page.get_by_role("heading", name="共找到 60 行")).to_be_visible()
    expect(page.locator("[name=field-lon]")).to_have_value("经度")
    expect(page.locator("[name=datum]:checked")).to_have_count(0)
    page.get_by_label("GCJ-02").check()
    see_result(page)
    expect(page.locator(".verdict")).to_contain_text("60 行全部归到了网格")
    expect(page.locator(".bin-count span").first).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="下载结果").click()
    assert started.value.suggested_filename == "三月工单_归网格结果.csv"
    text = Path(started.value.path()).read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 61
    page.get_by_role("button", name="设为工作区事件").click()
    expect(page.locator("#totals dd").first).to_have_text("60")
    expect(page.locator(".card-sub")).to_contain_text("本单位事件")
    page.goto(f"{own_server.url}/cases")
    page.get_by_role("button", name="回到示例数据").click()
    expect(page.locator(".box").first).to_contain_text("20,000 件")


def test_addresses_alone_are_looked_up_and_the_unknown_one_is_listed(
    page: Page, live_url: str, tmp_path: Path
) -> None:
    confirm(page, live_url, write_list(tmp_path / "地址.csv", datum=None))
    for field in ("lon", "lat"):
        page.locator(f"[name=field-{field}]").select_option("")
    expect(page.locator("#datum")).to_be_hidden()
    see_result(page)
    row = page.locator("#rows tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("无此路九百九十九号")
    page.get_by_role("button", name=re.compile("按地址查到")).click()
    expect(page.locator(".pager")).to_contain_text("第 1 页，共 2 页")
    page.get_by_role("button", name="下一页").click()
    expect(row).to_have_count(9)
    row.first.click()
    page.wait_for_load_state("networkidle")  # what the page still asks for would be gone
    page.get_by_role("button", name="删除这次上传").click()
    expect(page).to_have_url(re.compile("/cases$"))
    expect(page.get_by_text("上次上传的表")).to_have_count(0)


def test_a_wrong_datum_is_questioned_with_the_way_to_another(
    page: Page, live_url: str, tmp_path: Path
) -> None:
    confirm(page, live_url, write_list(tmp_path / "表.csv", datum="gcj02"))
    page.locator("[name=datum][value=wgs84]").check()
    see_result(page)
    page.get_by_role("link", name="换一种坐标系").first.click()
    page.get_by_label("GCJ-02").check()
    see_result(page)
    expect(page.get_by_role("link", name="换一种坐标系")).to_have_count(0)


def test_a_file_that_is_no_list_is_explained_at_once(
    page: Page, live_url: str, tmp_path: Path
) -> None:
    page.goto(f"{live_url}/cases")
    for name, content in (("a.docx", b"PK"), ("a.csv", b"")):
        (tmp_path / name).write_bytes(content)
        page.set_input_files("#drop input", tmp_path / name)
        expect(page.locator("#problem")).to_contain_text(name)


def test_a_list_can_be_dropped(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/cases")
    drop = """(zone) => {
      const data = new DataTransfer();
      data.items.add(new File(["地址\\n泰然七路1号"], "表.csv", { type: "text/csv" }));
      zone.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
    }"""
    page.locator("#drop").evaluate(drop)
    expect(page.get_by_role("heading", name="共找到 1 行")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_nothing_is_cut_off_and_markup_is_text(
    page: Page, live_url: str, lang: str, tmp_path: Path
) -> None:
    page.goto(f"{live_url}/language/{lang}?next=/cases")
    page.locator("details summary").last.click()
    assert overflowing(page) == []
    name = "很长的文件名" * 12 + ".csv"
    page.set_input_files("#drop input", write_list(tmp_path / name, datum="wgs84"))
    page.locator("#confirm").wait_for()
    page.locator("[name=field-case_id]").select_option(index=7)
    page.locator("[name=datum][value=wgs84]").check()
    assert overflowing(page) == []
    see_result(page)
    page.locator("[data-status='']").click()
    expect(page.locator("#rows tbody tr")).to_have_count(50)
    expect(page.locator("#rows tbody tr").first).to_contain_text("<img src=x")
    assert page.locator("img[src='x']").count() == 0
    assert overflowing(page) == []
