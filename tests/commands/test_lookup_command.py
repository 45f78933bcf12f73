"""``geogrid lookup`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from small_plan import use_small_plan

from geogrid.cli import main
from geogrid.store import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    found = Workspace(tmp_path / "workspace")
    use_small_plan(found)
    return found.folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, lang: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", lang)
    return CliRunner().invoke(main, ["lookup", *map(str, arguments)])


def test_addresses_are_answered_on_the_terminal(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(monkeypatch, "西街1号2号楼", "东街3号", "--workspace", workspace, lang="zh")
    assert result.exit_code == 0, result.output
    assert "西街1号2号楼: 完全一致" in result.output
    assert "甲二网格" in result.output
    assert "甲二副" in result.output
    assert "表上是一个网格" in result.output or "对照表" in result.output
    assert "0755" not in result.output
    result = run(monkeypatch, "无此路9号", "西街1号2号楼", "--workspace", workspace, "--json")
    assert result.exit_code == 1
    first, second = json.loads(result.output)
    assert (first["certainty"], first["grid"], first["lon"]) == ("none", "", None)
    assert (second["certainty"], second["grid"], second["by"]) == ("exact", "112", "polygon")


def test_a_list_comes_back(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    for row in (["地址", "数"], ["西街1号1号楼", "=1+1"], ["无此路9号", 2]):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    out = tmp_path / "out.xlsx"
    asked = (tmp_path / "in.xlsx", "--workspace", workspace)
    result = run(monkeypatch, *asked, "-o", out)
    assert result.exit_code == 1, result.output
    assert "out.xlsx: 2 rows, 1 clear, 0 to check, 1 not found." in result.output
    written = openpyxl.load_workbook(out)
    assert written.sheetnames == ["Sheet", "To check"]
    assert written["Sheet"]["B2"].value == "=1+1"
    assert "111" in [cell.value for cell in written["Sheet"][2]]
    wrong = run(monkeypatch, *asked, "-o", tmp_path / "out.csv")
    assert (wrong.exit_code, "comes back as .xlsx" in wrong.output) == (2, True)
    wrong = run(monkeypatch, *asked, "-o", out, "--column", "x")
    assert (wrong.exit_code, "The columns are: 地址, 数" in wrong.output) == (2, True)
    assert run(monkeypatch, *asked, "-o", tmp_path / "in.xlsx").exit_code == 2
    wrong = run(monkeypatch, *asked)
    assert (wrong.exit_code, "in.xlsx is a file: say with -o" in wrong.output) == (2, True)
    points = tmp_path / "a.geojson"
    points.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"地址":"西街1号"},'
        '"geometry":{"type":"Point","coordinates":[114,22.5]}}]}',
        encoding="utf-8",
    )
    wrong = run(monkeypatch, points, "--workspace", workspace, "-o", tmp_path / "o.csv")
    assert (wrong.exit_code, "lists of addresses are Excel or CSV" in wrong.output) == (2, True)
    assert run(monkeypatch, "a", "b", "-o", out, "--workspace", workspace).exit_code == 2
