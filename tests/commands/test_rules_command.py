"""``geogrid rules`` and ``geogrid check --profile`` as people and programs call them."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner, Result

from geogrid.boundaries import read_boundaries
from geogrid.cli import main

COMMUNITY = "440304001001"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    west = 114.0 + 0.002 * (2 - shapely.get_coordinates(shapely.points([0, 1, 2], 0))[:, 0])
    shapes = shapely.box(west, 22.5, west + 0.002, 22.502)
    grids = gpd.GeoDataFrame(
        {"网格编码": ["A3", "A2", "A1"], "网格名称": ["3 号网格", "2 号网格", "1 号网格"],
         "户数": [300, 260, 812]},
        geometry=list(shapes), crs="EPSG:4326",
    )  # fmt: skip
    grids.to_file("grids.geojson")
    grids.drop(columns="网格编码").to_file("bare.geojson")
    (tmp_path / "posts.csv").write_text(
        "网格,网格长,专职网格员\n1 号网格,王,李\n2 号网格,赵,空缺\n3 号网格,钱,孙\n",
        encoding="utf-8",
    )
    (tmp_path / "units.csv").write_text(
        "名称,类型,经度,纬度,户数\n一号楼,building,114.001,22.501,37\n", encoding="utf-8"
    )
    return tmp_path


def run(*arguments: str, language: str = "zh") -> Result:
    result = CliRunner().invoke(main, list(arguments), env={"GEOGRID_LANG": language})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_init_writes_a_file_and_keeps_an_old_one(folder: Path) -> None:
    assert run("rules", "init", "village").exit_code == 0
    text = (folder / "geogrid-rules.toml").read_text(encoding="utf-8")
    assert text.startswith("# 网格规范：农村\n")
    again = run("rules", "init")
    assert (again.exit_code, "已存在" in again.stderr) == (2, True)
    assert (folder / "geogrid-rules.toml").read_text(encoding="utf-8") == text
    assert run("rules", "init", "--force", language="en").exit_code == 0
    assert "# Rules for grids: City" in (folder / "geogrid-rules.toml").read_text(encoding="utf-8")
    assert run("rules", "init", "-o", "none/x.toml").exit_code == 2
    assert run("rules", "init", "mars").exit_code == 2


def test_check_says_what_is_off_and_stays_status_0(folder: Path) -> None:
    run("rules", "init", "-o", "p.toml")
    result = run("rules", "check", "grids.geojson", "--profile", "p.toml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "规模和编码建议 1 条，不算错误（城市社区）",
        "  1 号网格有 812 户，超过 200–500 户的建议范围",
    ]
    fine = run("rules", "check", "grids.geojson", "--profile", "p.toml", "--field", "households=")
    assert fine.stdout == "规模和编码：没有建议（城市社区）\n"


def test_staff_units_json_and_files(folder: Path) -> None:
    result = run(
        "rules", "check", "grids.geojson", "--profile", "city", "--posts", "posts.csv", "--units",
        "units.csv", "--datum", "wgs84", "--json", "-o", "advice.geojson",
    )  # fmt: skip
    data = json.loads(result.stdout)
    assert (data["profile"], data["grids"], data["counts"]) == ("city", 3, {"scale": 2, "code": 0})
    assert [one["text"] for one in data["advice"]] == [
        "2 号网格没有专职网格员",
        "1 号网格有 812 户，超过 200–500 户的建议范围",
    ]
    written = gpd.read_file(folder / "advice.geojson")
    assert written["severity"].tolist() == ["advice"] * 2
    assert "812" in written["detail"][1]


def test_a_bad_profile_is_status_2_with_line_and_fix(folder: Path) -> None:
    (folder / "bad.toml").write_text("[shape]\nonepart = true\n", encoding="utf-8")
    result = run("rules", "check", "grids.geojson", "--profile", "bad.toml")
    assert result.exit_code == 2
    assert result.stderr == "bad.toml 第 2 行：没有 shape.onepart 这一项，是不是要写 one_part？\n"
    assert run("rules", "check", "grids.geojson", "--profile", "none").exit_code == 2
    assert run("check", "grids.geojson", "--profile", "bad.toml").exit_code == 2


def test_the_coverage_check_takes_advice_along(folder: Path) -> None:
    plain = run("check", "grids.geojson", "--json")
    advised = run("check", "grids.geojson", "--json", "--profile", "city", "-o", "all.csv")
    assert (plain.exit_code, advised.exit_code) == (0, 0)
    before, after = json.loads(plain.stdout), json.loads(advised.stdout)
    assert before["seamless"] is after["seamless"] is True
    assert (before["counts"]["scale"], after["counts"]["scale"]) == (0, 1)
    assert "advice" not in before
    assert after["advice"][0]["grids"] == after["defects"][0]["grids"] == ["A1"]
    assert "812" in (folder / "all.csv").read_text(encoding="utf-8-sig")
    text = run("check", "grids.geojson", "--profile", "village").stdout
    start = run("check", "grids.geojson").stdout
    assert text.startswith(start)
    assert "规模和编码建议 3 条，不算错误（农村）" in text
    assert run("check", "grids.geojson", "--strict", "--profile", "city").exit_code == 1


def test_numbers_for_grids_without_code(folder: Path) -> None:
    asked = ["rules", "number", "bare.geojson", "-o", "out.geojson"]
    result = run(*asked, "--scheme", "DB11/T 2157-2023", "--parent", COMMUNITY)
    assert result.stdout == "out.geojson：3 个网格中有 3 个编了新编码。\n", result.output
    grids = read_boundaries(folder / "out.geojson")
    assert grids["code"].tolist() == [COMMUNITY + number for number in ("003", "002", "001")]
    again = ["rules", "number", "out.geojson", "-o", "again.geojson", "--scheme", "DB11/T 2157"]
    assert "有 0 个" in run(*again).stdout
    assert "有 3 个" in run(*again, "--all").stdout
    assert read_boundaries(folder / "again.geojson")["code"].max() == COMMUNITY + "006"


def test_patterns_profiles_and_what_is_missing(folder: Path) -> None:
    asked = ["rules", "number", "bare.geojson", "-o", "out.gpkg"]
    assert run(*asked, "--scheme", "WG{number:2}").exit_code == 0
    assert read_boundaries(folder / "out.gpkg")["code"].tolist() == ["WG03", "WG02", "WG01"]
    (folder / "p.toml").write_text(
        '[code]\nscheme = "own"\nretired = ["B1"]\n[code.patterns]\n3 = "B{number:1}"\n',
        encoding="utf-8",
    )
    assert run(*asked, "--profile", "p.toml").exit_code == 0
    assert read_boundaries(folder / "out.gpkg")["code"].tolist() == ["B4", "B3", "B2"]
    assert "--scheme" in run(*asked).stderr
    assert "--parent" in run(*asked, "--scheme", "DB11/T 2157").stderr
    assert run(*asked, "--scheme", "{oops}").exit_code == 2
