"""Worksheets to choose from: the visible ones, in their order."""

from __future__ import annotations

import openpyxl

from geogrid.tabular.sheets import sheet_names


def test_hidden_sheets_and_charts_are_not_offered(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "三月"
    book.create_sheet("四月")
    book.create_sheet("字典").sheet_state = "hidden"
    book.create_chartsheet("图")
    book.save(tmp_path / "a.xlsx")
    assert sheet_names(tmp_path / "a.xlsx") == ["三月", "四月"]


def test_text_has_no_sheets(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert sheet_names(tmp_path / "a.csv") == []
