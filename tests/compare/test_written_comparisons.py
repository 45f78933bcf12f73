"""A comparison as Word, Excel, JSON and a map that asks nobody for anything."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import docx
import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from geogrid.compare import compare_plans
from geogrid.compare.plain import comparison_data, comparison_lines
from geogrid.compare.record import ComparisonRecord
from geogrid.compare.write import write_comparison
from geogrid.errors import FormatError
from geogrid.layers.comparison_map import write_comparison_map

NASTY = "</script><img src=x onerror=alert(1)>"


def box(west: float, east: float) -> Any:
    return shapely.box(114 + west * 1e-3, 22.5, 114 + east * 1e-3, 22.501)


BEFORE = gpd.GeoDataFrame(
    {"code": ["=1+1", "B", "C"], "name": ["东\x01网格", NASTY, "三"]},
    geometry=[box(0, 1), box(1, 2), box(2, 3)], crs=4326,
)  # fmt: skip
AFTER = gpd.GeoDataFrame(
    {"code": ["=1+1", "B1", "B2", "C"], "name": ["东网格", "二甲", "二乙", "三"]},
    geometry=[box(0, 1), box(1, 1.4), box(1.4, 2), box(2, 3)], crs=4326,
)  # fmt: skip
POSTS = pd.DataFrame(
    {"grid": ["B", "C"], "post": ["leader", "leader"], "holder": ["王=1", "李"], "phone": "138"}
)


def record(language: str = "zh_CN", **more: Any) -> ComparisonRecord:
    comparison = compare_plans(BEFORE, AFTER, posts=POSTS, **more)
    return ComparisonRecord(
        comparison, NASTY, "2026 方案", "2026-11-27", language=language, marks=["内部使用"]
    )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("ending", ["docx", "xlsx", "json"])
def test_all_formats(tmp_path: Path, ending: str, language: str) -> None:
    write_comparison(record(language), tmp_path / f"c.{ending}")
    assert [each.name for each in tmp_path.iterdir()] == [f"c.{ending}"]
    content = (tmp_path / f"c.{ending}").read_bytes()
    assert b"138" not in content or ending != "json", "phone numbers stay where they are"


def test_the_letter_says_who_moves(tmp_path: Path) -> None:
    write_comparison(record(), tmp_path / "c.docx")
    document = docx.Document(str(tmp_path / "c.docx"))
    assert document.paragraphs[0].text == "网格调整对照表"
    assert round(document.sections[0].page_width.cm, 1) == 29.7
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "拆分" in cells
    assert "二甲（B1）、二乙（B2）" in cells
    assert "待定" in cells
    assert len(document.inline_shapes) == 1


def test_the_workbook_has_every_grid_and_no_formula(tmp_path: Path) -> None:
    write_comparison(record("en"), tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    every = book["Every grid"]
    assert every.max_row == 1 + 5
    heads = {cell.value: at for at, cell in enumerate(every[1])}
    rows = list(every.iter_rows(values_only=True))
    (split,) = [row for row in rows if row[heads["From grid"]].endswith("(B)")]
    assert split[heads["Handed on (m²)"]] == pytest.approx(11_400, rel=0.02)
    assert split[heads["Staff, handed on"]] == 1


def test_json_holds_all_and_nothing_that_is_no_json() -> None:
    data = comparison_data(record())
    text = json.dumps(data, allow_nan=False)
    assert json.loads(text)["counts"]["split"] == 1
    moves = {(move["from"], move["to"]): move for move in data["moves"]}
    shape = shapely.geometry.shape(moves["B", "B1"]["geometry"])
    assert shape.equals(box(1, 1.4))
    assert moves["B", "B1"]["households"] is None
    assert "geometry" not in comparison_data(record(), with_shapes=False)["moves"][0]


def test_lines_for_a_terminal() -> None:
    lines = list(comparison_lines(record("en")))
    assert lines[0] == "Split 1, Renamed 1; unchanged: 1 grids."
    assert any("B" in line and "二甲 (B1), 二乙 (B2)" in line for line in lines)
    same = ComparisonRecord(compare_plans(BEFORE, BEFORE), language="zh_CN")
    assert list(comparison_lines(same)) == ["两个方案的网格完全相同。"]


def test_nothing_changed_is_written_too(tmp_path: Path) -> None:
    same = ComparisonRecord(compare_plans(BEFORE, BEFORE))
    for ending in ("docx", "xlsx", "json"):
        write_comparison(same, tmp_path / f"c.{ending}")
    write_comparison_map(same, tmp_path / "c.html")


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="docx"):
        write_comparison(record(), tmp_path / "c.pdf")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_map_asks_nobody_for_anything(tmp_path: Path, language: str) -> None:
    write_comparison_map(record(language), tmp_path / "c.html")
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert re.findall(r"""\b(?:src|href|action)=["'](?!#)""", markup) == []
    assert "default-src 'none'" in html.unescape(page)
    assert NASTY not in page
    data = json.loads(page.split('id="data">', 1)[1].split("</script>", 1)[0])
    (level,) = data["levels"].values()
    kinds = {each["properties"]["code"]: each["properties"]["change"] for each in
             level["before"]["features"]}  # fmt: skip
    assert kinds == {"=1+1": "renamed", "B": "split", "C": "unchanged"}
    assert [move["codes"] for move in data["moves"]] == [["B", "B2"], ["B", "B1"], ["B", ""]]
    assert len(data["shapes"]["features"]) == 2
