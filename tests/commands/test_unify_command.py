"""``geogrid unify`` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner, Result
from shapely import box

from geogrid.boundaries import read_boundaries
from geogrid.commands.unify import unify_command
from geogrid.tables import read_table

CRS = "EPSG:4547"
X, Y = 500_000, 2_490_000


def part(west: float, east: float) -> object:
    return box(X + west, Y, X + east, Y + 100)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two police grids and three of city management: one border 3 m off, one across a grid."""
    police = gpd.GeoDataFrame(
        {"BM": ["P1", "P2"], "MC": ["一警区", "二警区"]},
        geometry=[part(0, 100), part(100, 200)],
        crs=CRS,
    )
    city = gpd.GeoDataFrame(
        {"BM": ["C1", "C2", "C3"], "MC": "城管"},
        geometry=[part(0, 103), part(103, 160), part(160, 200)],
        crs=CRS,
    )
    police.to_file(tmp_path / "police.gpkg")
    city.to_file(tmp_path / "city.shp", encoding="utf-8")
    place = gpd.GeoSeries([part(101, 102).centroid], crs=CRS).to_crs(4326)[0]
    (tmp_path / "units.csv").write_text(
        f"名称,类型,经度,纬度,户数\n一号楼,building,{place.x},{place.y},37\n", encoding="utf-8"
    )
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, language: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", language)
    return CliRunner().invoke(unify_command, [str(one) for one in arguments])


def test_one_layer_and_a_plain_report_in_chinese(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(
        monkeypatch, folder / "police.gpkg", folder / "city.shp", "--name", "police=公安",
        "--name", "city.shp=城管", "--units", folder / "units.csv", "--datum", "wgs84",
        "-o", folder / "one.geojson", "--changes", folder / "moves.xlsx", language="zh",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "公安、城管合为一张网，共 3 个网格：处处有且只有一个网格（已证明）"
    assert "  公安与城管：共同边界" in result.stdout
    assert "公安 P2 被城管边界穿越 100.0 m" in result.stdout.replace("米", "m")
    assert "城管：300 平方米，1 栋楼 37 户由 C1 划归 C2（统一网格 P2-1）" in result.stdout.replace(
        "m²", "平方米"
    )
    made = read_boundaries(folder / "one.geojson")
    assert list(made["code"]) == ["P1", "P2-1", "P2-2"]
    assert list(made["城管"]) == ["C1", "C2", "C3"]
    moves = read_table(folder / "moves.xlsx").frame
    assert list(moves["原网格"]) == ["C1"] and list(moves["户数"]) == ["37"]


def test_json_and_another_lead(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(
        monkeypatch, folder / "police.gpkg", folder / "city.shp", "--lead", "city", "--json"
    )
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["layers"] == ["city", "police"] and said["proven"] is True
    assert [one["code"] for one in said["grids"]] == ["C1", "C2", "C3"]
    assert [(one["from"], one["to"]) for one in said["changes"]] == [("P2", "P1")]


def test_the_map_says_what_moves(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = folder / "map.html"
    result = run(monkeypatch, folder / "police.gpkg", folder / "city.shp", "--map", target)
    assert result.exit_code == 0, result.output
    page = target.read_text(encoding="utf-8")
    assert "moves from C1 to C2" in page
    assert "P2 is cut over" in page
    assert "become one layer of" in page


def test_files_that_cannot_be_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    police = folder / "police.gpkg"
    alone = run(monkeypatch, police)
    assert alone.exit_code == 2 and "two files" in alone.stderr
    twice = run(monkeypatch, police, police)
    assert twice.exit_code == 2 and "--name" in twice.stderr
    wrong = run(monkeypatch, police, folder / "city.shp", "--name", "fire=消防")
    assert wrong.exit_code == 2 and "fire=消防" in wrong.stderr
    same = run(monkeypatch, police, folder / "city.shp", "-o", police)
    assert same.exit_code == 2 and "overwritten" in same.stderr
    lead = run(monkeypatch, police, folder / "city.shp", "--lead", "fire")
    assert lead.exit_code == 2 and "fire" in lead.stderr
