"""``geogrid check`` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result

from geogrid.commands.check import check_command

CRS = "EPSG:4547"
ORIGIN = np.array([500_000.0, 2_490_000.0])


def squares() -> list[shapely.Geometry]:
    x, y = np.meshgrid([0.0, 100.0, 200.0], [0.0, 100.0])
    west, south = (np.column_stack([x.ravel(), y.ravel()]) + ORIGIN).T
    return list(shapely.box(west, south, west + 100, south + 100))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Grids that are right, grids with a gap, and their region."""
    shapes = squares()
    codes = [f"00{at}" for at in range(6)]
    right = gpd.GeoDataFrame({"BM": codes, "MC": "网格"}, geometry=shapes, crs=CRS)
    right.to_file(tmp_path / "right.gpkg", layer="grids")
    right.drop(index=4).to_file(tmp_path / "gap.gpkg", layer="grids")
    region = gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(shapes)], crs=CRS)
    region.to_file(tmp_path / "region.gpkg")
    bare = right.to_crs("EPSG:4326").to_wkt()
    bare.to_csv(tmp_path / "bare.csv", index=False)
    place = gpd.GeoSeries([shapely.Point(*(ORIGIN + 150))], crs=CRS).to_crs("EPSG:4326")[0]
    (tmp_path / "units.csv").write_text(
        f"名称,类型,经度,纬度,户数\n一号楼,building,{place.x},{place.y},37\n", encoding="utf-8"
    )
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, language: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", language)
    return CliRunner().invoke(check_command, [str(one) for one in arguments])


def test_status_0_and_a_plain_verdict(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, folder / "right.gpkg", "--region", folder / "region.gpkg")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "Every home has one grid and only one: 6 grids cover without a seam"
    )
    assert "proven" in result.stdout.splitlines()[-1]


def test_status_1_and_the_defects(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, folder / "gap.gpkg", "--region", folder / "region.gpkg")
    assert result.exit_code == 1
    assert "(10,000 m²)" in result.stdout
    assert "Must be fixed" in result.stdout
    assert "114.0" in result.stdout


def test_chinese_is_aligned_and_chinese(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(
        monkeypatch, folder / "gap.gpkg", "--region", folder / "region.gpkg", "--units",
        folder / "units.csv", "--datum", "wgs84", language="zh",
    )  # fmt: skip
    assert result.exit_code == 1, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "1 栋楼 37 户无人负责"
    header = next(line for line in lines if line.startswith("类型"))
    row = lines[lines.index(header) + 1]
    assert row.startswith("空白（漏划）  必须改")
    assert row.endswith("37")


def test_strict_asks_for_a_proof(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, folder / "right.gpkg").exit_code == 0
    assert run(monkeypatch, folder / "right.gpkg", "--strict").exit_code == 1
    proven = run(monkeypatch, folder / "right.gpkg", "--strict", "--region", folder / "region.gpkg")
    assert proven.exit_code == 0


def test_json_is_one_object(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, folder / "gap.gpkg", "--json", "--region", folder / "region.gpkg")
    data = json.loads(result.stdout)
    assert (data["seamless"], data["proven"], data["grids"]) == (False, False, 5)
    assert data["counts"]["gap"] == 1
    assert data["areas_m2"]["gap"] == pytest.approx(1e4, rel=1e-3)
    assert data["defects"][0]["lon"] == pytest.approx(114.0, abs=0.1)


@pytest.mark.parametrize("name", ["out.geojson", "out.gpkg", "out.csv"])
def test_defects_are_written(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    run(monkeypatch, folder / "gap.gpkg", "--region", folder / "region.gpkg", "-o", folder / name)
    text = (folder / name).read_bytes()
    assert b"gap-" in text
    none = run(monkeypatch, folder / "right.gpkg", "-o", folder / name)
    assert none.exit_code == 0, none.output


def test_a_map_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, str]] = []

    def write(
        report: object, grids: gpd.GeoDataFrame, path: Path, language: str, **_more: object
    ) -> None:
        made.append((len(grids), language))
        path.write_text("<html>", encoding="utf-8")

    monkeypatch.setattr("geogrid.layers.defects_map.write_defects_map", write)
    result = run(monkeypatch, folder / "gap.gpkg", "--map", folder / "map.html")
    assert (folder / "map.html").exists(), result.output
    assert made == [(5, "en")]


def test_approved_gaps_and_tolerance(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = gpd.GeoDataFrame(geometry=squares()[4:5], crs=CRS)
    lake.to_file(folder / "lake.gpkg")
    area = ["--region", folder / "region.gpkg"]
    approved = run(monkeypatch, folder / "gap.gpkg", *area, "--approved", folder / "lake.gpkg")
    assert approved.exit_code == 0
    assert "approved gaps: 1" in approved.stdout
    assert run(monkeypatch, folder / "gap.gpkg", *area, "--tolerance", "200").exit_code == 0
    assert run(monkeypatch, folder / "gap.gpkg", *area, "--tolerance", "-1").exit_code == 2


def test_fields_can_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [folder / "gap.gpkg", "--json", "--region", folder / "region.gpkg"]
    named = run(monkeypatch, *arguments, "--field", "code=BM")
    assert json.loads(named.stdout)["defects"][0]["grids"] == ["001", "003", "005"]
    wrong = run(monkeypatch, *arguments, "--field", "BM")
    assert wrong.exit_code == 2
    assert "NAME=COLUMN" in wrong.stderr


def test_a_reference_system_is_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = run(monkeypatch, folder / "bare.csv")
    assert missing.exit_code == 2
    assert "--crs" in missing.stderr
    given = run(monkeypatch, folder / "bare.csv", "--datum", "wgs84")
    assert given.exit_code == 0, given.output


def test_an_unreadable_file_is_status_2(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "nonsense.geojson").write_text("{", encoding="utf-8")
    result = run(monkeypatch, folder / "nonsense.geojson")
    assert result.exit_code == 2
    assert result.stderr
    assert result.stdout == ""


def test_a_region_may_leave_its_system_to_the_option(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = gpd.read_file(folder / "region.gpkg")
    region.to_wkt().to_csv(folder / "region.csv", index=False)
    arguments = [folder / "right.gpkg", "--strict", "--region", folder / "region.csv"]
    assert run(monkeypatch, *arguments).exit_code == 2
    assert run(monkeypatch, *arguments, "--crs", CRS).exit_code == 0


def test_an_empty_name_is_not_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    result = run(monkeypatch, "")
    assert result.exit_code == 2
    assert "name of the file is empty" in result.stderr


def test_reports_and_comparison_with_an_earlier_check(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = ("--region", folder / "region.gpkg")
    earlier = folder / "earlier.json"
    assert run(monkeypatch, folder / "gap.gpkg", *region, "--report", earlier).exit_code == 1
    text = folder / "later.txt"
    result = run(
        monkeypatch, folder / "right.gpkg", *region, "--compare", earlier, "--report", text,
        "--report", folder / "later.docx", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "comparison" in json.loads(result.stdout)
    assert (folder / "later.docx").stat().st_size > 1000
    assert "--" not in text.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 50_000, b'{"defects": [1]}', b"\xff\x00"])
@pytest.mark.parametrize("ending", ["json", "gpkg"])
def test_a_damaged_earlier_check_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, ending: str
) -> None:
    path = folder / f"earlier.{ending}"
    path.write_bytes(content)
    result = run(monkeypatch, folder / "gap.gpkg", "--compare", path)
    assert result.exit_code == 2, result.output
    assert path.name in result.stderr
    assert "Traceback" not in result.output
