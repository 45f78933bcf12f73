"""``geogrid repair`` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner, Result
from shapely import box

from geogrid.commands.repair import repair_command

CRS = "EPSG:4547"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two grids a metre apart, and their region."""
    x, y = 500_000, 2_490_000
    shapes = [box(x, y, x + 100, y + 100), box(x + 101, y, x + 200, y + 100)]
    grids = gpd.GeoDataFrame({"BM": ["001", "002"], "MC": "网格"}, geometry=shapes, crs=CRS)
    grids.to_file(tmp_path / "grids.gpkg", layer="grids")
    whole = gpd.GeoDataFrame(geometry=[box(x, y, x + 200, y + 100)], crs=CRS)
    whole.to_file(tmp_path / "region.gpkg")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, language: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", language)
    return CliRunner().invoke(repair_command, [str(one) for one in arguments])


def test_it_writes_the_grids_and_says_what_was_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = folder / "out.gpkg"
    asked = (folder / "grids.gpkg", "--region", folder / "region.gpkg", "-o", out)
    result = run(monkeypatch, *asked)
    assert result.exit_code == 0, result.output
    assert "Shared out among 001, 002" in result.output
    assert "001: gained" in result.output
    assert gpd.read_file(out).geometry.area.sum() == pytest.approx(20_000)
    assert "已修复" in run(monkeypatch, *asked, language="zh").output


def test_what_is_refused_gives_status_1(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (folder / "grids.gpkg", "--region", folder / "region.gpkg", "--dry-run")
    result = run(monkeypatch, *asked, "--max-width", "0.5", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["fates"]["refused"] == 1
    assert run(monkeypatch, *asked, "--max-width", "0.5", "--centre-lines").exit_code == 0
    assert run(monkeypatch, *asked, "--locked", "001，002").exit_code == 1


def test_unusable_input_gives_status_2(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grids = folder / "grids.gpkg"
    assert run(monkeypatch, grids).exit_code == 2
    assert run(monkeypatch, grids, "-o", grids).exit_code == 2
    assert run(monkeypatch, grids, "--dry-run", "--priority", "009").exit_code == 2
    assert run(monkeypatch, grids, "--dry-run", "--streets", folder / "none.gpkg").exit_code == 2


def test_a_map_of_before_and_after(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = folder / "map.html"
    asked = (folder / "grids.gpkg", "--region", folder / "region.gpkg", "--dry-run")
    result = run(monkeypatch, *asked, "--map", page)
    assert result.exit_code == 0, result.output
    assert "Shared out among" in page.read_text(encoding="utf-8")
