"""``geogrid repair`` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner, Result
from shapely import LineString, box

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


def test_of_many_changed_grids_the_most_changed_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [sum(range(101, 101 + n)) / 100 for n in range(61)]
    shapes = [box(x, 0, x + 1, 1) for x in ends]  # gaps of 1 cm, 2 cm … between them
    grids = gpd.GeoDataFrame({"BM": [f"{n:03}" for n in range(61)]}, geometry=shapes, crs=CRS)
    grids.geometry = grids.translate(500_000, 2_490_000)
    whole = gpd.GeoDataFrame(geometry=[box(*grids.total_bounds)], crs=CRS)
    grids.to_file(tmp_path / "grids.gpkg", layer="grids")
    whole.to_file(tmp_path / "region.gpkg")
    asked = tmp_path / "grids.gpkg", "--region", tmp_path / "region.gpkg", "--dry-run"
    lines = run(monkeypatch, *asked).output.splitlines()
    gained = [float(line.split("gained ")[1].split(" m²")[0]) for line in lines if "gained" in line]
    assert len(gained) == 40
    assert gained == sorted(gained, reverse=True)
    assert lines[-2].startswith("… and 2")


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


def test_a_wide_gap_is_filled_to_the_line_of_a_street(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    squares = [box(x, 2_490_000, x + 100, 2_490_100) for x in (500_000, 500_120)]
    street = LineString([(500_108, 2_489_990), (500_108, 2_490_110)])
    for name, shapes in (
        ("grids", squares),
        ("region", [box(500_000, 2_490_000, 500_220, 2_490_100)]),
        ("streets", [street]),
    ):
        frame = gpd.GeoDataFrame({"code": list("AB")[: len(shapes)]}, geometry=shapes)
        frame.set_crs("EPSG:4547").to_file(tmp_path / f"{name}.gpkg")
    out = tmp_path / "out.gpkg"
    asked = (tmp_path / "grids.gpkg", "--region", tmp_path / "region.gpkg", "--centre-lines")
    result = run(monkeypatch, *asked, "--streets", tmp_path / "streets.gpkg", "-o", out)
    assert result.exit_code == 0, result.output
    assert "to the centre line between A, B" in result.output
    west, east = gpd.read_file(out).sort_values("code").geometry
    assert (west.bounds[2], east.bounds[0]) == (500_108.0, 500_108.0)
