"""The export page and the preview of a list of several sheets in Chromium."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from browser.looking import overflowing
from playwright.sync_api import Page, expect
from small_plan import use_small_plan

from geogrid.exchange import import_plan
from geogrid.store import Workspace

LANGUAGES = {"zh_CN": ("导出", "下载"), "en": ("Export", "Download")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_plan_is_downloaded(
    page: Page, own_server: object, tmp_path: Path, size: str, language: str
) -> None:
    use_small_plan(Workspace(own_server.workspace))  # type: ignore[attr-defined]
    export, download = LANGUAGES[language]
    page.goto(f"{own_server.url}/language/{language}?next=/workspace")  # type: ignore[attr-defined]
    assert overflowing(page) == []
    page.get_by_role("link", name=export).click()
    expect(page.locator("h1")).to_contain_text("手绘方案")
    assert overflowing(page) == []
    page.screenshot(path=tmp_path / f"export-{size}-{language}.png", full_page=True)
    with page.expect_download() as downloaded:
        page.get_by_role("link", name=download, exact=True).first.click()
    downloaded.value.save_as(tmp_path / "plan.gpkg")
    assert downloaded.value.suggested_filename.startswith("手绘方案 20")
    assert len(import_plan(tmp_path / "plan.gpkg").parts["grids"]) == 6


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_list_of_several_sheets_is_looked_through(
    page: Page, own_server: object, tmp_path: Path, size: str, language: str
) -> None:
    use_small_plan(Workspace(own_server.workspace))  # type: ignore[attr-defined]
    book = openpyxl.Workbook()
    book.active.title = "甲社区"
    rows = [
        ["南园街道网格队伍花名册（二〇二六年第一季度，按社区汇总）"],
        ["网格", "岗位", "姓名", "电话"],
        ["甲一网格", "网格长", "甲", "１３８００１３８０００"],
        ["甲二网格", "专职网格员", "乙", "1.38E+10"],
        ["合计", None, 2],
        ["注：以上人员均在岗"],
    ]
    for row in rows:
        book.active.append(row)
    other = book.create_sheet("乙社区")
    for row in (rows[1], ["999", "网格长", "<img src=x onerror=alert(1)>", "13800138001"]):
        other.append(row)
    book.save(tmp_path / "花名册.xlsx")
    page.goto(f"{own_server.url}/language/{language}?next=/workspace")  # type: ignore[attr-defined]
    page.locator("input[data-upload*=posts]").set_input_files(tmp_path / "花名册.xlsx")
    expect(page.locator(".fate.bad")).to_have_count(1)
    rows, choices = (
        page.locator(".fates tbody tr"),
        page.locator(".fate-choice a:not(:first-child)"),
    )
    expect(rows).to_have_count(3)
    counts = [int(text) for text in choices.locator("b").all_inner_texts()]
    assert sum(counts) == 8, "every row of both sheets has a fate"
    choices.last.click()
    expect(rows).to_have_count(counts[-1])
    assert overflowing(page) == []
    page.screenshot(path=tmp_path / f"preview-{size}-{language}.png", full_page=True)
