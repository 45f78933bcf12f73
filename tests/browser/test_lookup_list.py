"""Lists of addresses in Chromium: a workbook or pasted lines in, the same back with grids."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from browser.looking import overflowing
from playwright.sync_api import Error, Page, Route, expect

HOSTILE = "<img src=x onerror=alert(1)>"
DOUBTFUL = "滨河大道18号<b>"  # a compound in two grids, and its buildings


def write_list(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某街道诉求台账"])
    sheet.merge_cells("A1:C1")
    sheet.append(["诉求地址", "件数", HOSTILE])
    sheet.append(["滨河大道18号4号楼1单元", 2, "=B3*2"])
    sheet.append(["无此路九百九十九号", 1, "=B4*2"])
    sheet.append([DOUBTFUL, 1, "=B5*2"])
    book.save(path)
    return path


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_workbook_comes_back_and_what_is_doubtful_is_picked(
    page: Page, live_url: str, tmp_path: Path
) -> None:
    page.goto(f"{live_url}/lookup")
    page.get_by_role("link", name="批量查询").click()
    page.set_input_files("#drop input", write_list(tmp_path / "台账.xlsx"))
    expect(page.get_by_role("checkbox", name="诉求地址")).to_be_checked()
    expect(page.get_by_role("checkbox", name="件数")).not_to_be_checked()
    expect(page.locator("#example")).to_contain_text("滨河大道18号4号楼1单元")
    assert overflowing(page) == []
    page.locator("#confirm [type=submit]").dblclick()
    row = page.locator("#rows tbody tr").first
    expect(row).to_contain_text(DOUBTFUL)
    expect(page.locator(".verdict")).to_contain_text("3 行中有 1 行查到了网格")
    chip = page.locator("[data-group=doubtful]")
    expect(chip).to_contain_text("1")
    expect(row.locator("option").nth(1)).to_be_disabled()
    row.locator("select").select_option(index=2)
    expect(row).to_contain_text("人工选定")
    expect(chip).to_contain_text("0")
    assert overflowing(page) == []
    with page.expect_download() as started:
        page.locator("#download").click()
    assert started.value.suggested_filename == "台账_网格.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(Path(started.value.path()).read_bytes()))
    assert book.sheetnames == ["Sheet", "待核对"]
    sheet = book["Sheet"]
    assert [sheet[f"C{row}"].value for row in (2, 3, 4, 5)] == [
        HOSTILE, "=B3*2", "=B4*2", "=B5*2",
    ]  # fmt: skip
    assert sheet["D5"].value == "人工选定"
    page.get_by_role("button", name="没有查到").click()
    expect(page.locator("#rows tbody tr")).to_have_count(1)


def test_the_group_clicked_last_is_shown(page: Page, live_url: str, tmp_path: Path) -> None:
    page.goto(f"{live_url}/lookup/batch")
    page.set_input_files("#drop input", write_list(tmp_path / "台账.xlsx"))
    expect(page.locator("#example")).to_contain_text("滨河大道18号4号楼1单元")
    page.locator("#confirm [type=submit]").click()
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("rows.group=none"), hold)
    page.locator("[data-group=none]").click()
    page.locator("[data-group='']").click()
    expect(page.locator("#rows tbody tr")).to_have_count(3)
    late = {"rows": [], "pages": 1, "groups": {}}
    for route in held:
        with suppress(Error):  # it was given up
            route.fulfill(json=late)
    page.wait_for_timeout(300)
    expect(page.locator("#rows tbody tr")).to_have_count(3)
    expect(page.locator("#rows")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#problem")).to_be_hidden()


def test_pasted_lines_are_looked_up(page: Page, live_url: str) -> None:
    page.goto(f"{live_url}/lookup/batch?lang=en")
    page.get_by_role("button", name="Look these up").click()
    expect(page.locator("#problem")).to_contain_text("Paste at least one address")
    page.locator("#pasted").fill('滨河大道18号4号楼1单元\n\n无此路,"九号\n')
    page.get_by_role("button", name="Look these up").click()
    expect(page.get_by_role("heading", name="2 rows were found")).to_be_visible()
    page.locator("#confirm [type=submit]").click()
    expect(page.locator(".verdict")).to_contain_text("1 of 2 rows have a grid")
    with page.expect_download() as started:
        page.locator("#download").click()
    text = Path(started.value.path()).read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    assert lines[0].startswith('"Address",')
    assert lines[2].startswith('"无此路,""九号",')
    page.get_by_role("button", name="Delete this upload").click()
    expect(page.locator("#drop")).to_be_visible()
