from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from shapely import box

from geogrid.cli import main
from geogrid.crs import from_wgs84
from geogrid.tables import read_table

NYC = Path(__file__).parent.parent / "data" / "nyc"
OFFICE = NYC.parent / "office"
BOROUGHS = ["MANHATTAN", "BRONX", "BROOKLYN", "QUEENS", "STATEN ISLAND"]


@pytest.fixture
def grids(tmp_path: Path) -> Path:
    frame = gpd.GeoDataFrame(
        {"code": ["01", "02"], "name": ["甲网格", "乙网格"], "level": [3, 3]},
        geometry=[box(114, 22.5, 114.01, 22.51), box(114.01, 22.5, 114.02, 22.51)],
        crs=4326,
    )
    path = tmp_path / "grids.geojson"
    frame.to_file(path, driver="GeoJSON", engine="pyogrio")
    return path


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "工单.csv"
    text = "工单编号,地址,经度,纬度\n001,甲,114.005,22.505\n002,乙,22.505,114.005\n003,丙,,\n"
    path.write_text(text, encoding="gbk")
    return path


def _run(*arguments: object, language: str = "en") -> Result:
    return CliRunner().invoke(
        main, ["locate", *map(str, arguments)], env={"GEOGRID_LANG": language}
    )


def test_every_row_comes_back(grids: Path, points: Path, tmp_path: Path) -> None:
    result = _run(points, grids, "-o", tmp_path / "out.csv", "--datum", "wgs84")
    assert result.exit_code == 0
    assert result.stdout == (
        "out.csv: 3 rows. in a grid 1, without position 1, position unusable 1\n"
    )
    assert "swapped" in result.stderr
    frame = read_table(tmp_path / "out.csv").frame
    assert frame["工单编号"].tolist() == ["001", "002", "003"]
    assert frame["grid_code"].tolist() == ["01", "", ""]
    assert frame["grid_name"].tolist() == ["甲网格", "", ""]
    assert frame["status"].tolist() == ["inside", "bad_position", "no_position"]
    assert frame["reason"].tolist() == [
        "",
        "Longitude and latitude look swapped.",
        "No position, only an address; give a list of buildings (--units).",
    ]


def test_in_chinese(grids: Path, points: Path, tmp_path: Path) -> None:
    result = _run(points, grids, "-o", tmp_path / "out.csv", "--datum", "wgs84", language="zh")
    assert result.exit_code == 0
    assert "3" in result.stdout


def test_the_datum_must_be_said(grids: Path, points: Path, tmp_path: Path) -> None:
    result = _run(points, grids, "-o", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert "--datum wgs84, cgcs2000, gcj02" in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.glob("*out.csv*"))


def test_a_workbook_keeps_its_other_columns(grids: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["编号", "经度", "纬度", "两倍"], ["1", 114.015, 22.505, "=B2*2"]):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    result = _run(tmp_path / "in.xlsx", grids, "-o", tmp_path / "out.xlsx", "--datum", "cgcs2000")
    assert result.exit_code == 0
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet["D2"].value == "=B2*2"
    assert (sheet["E1"].value, sheet["E2"].value) == ("grid_code", "02")


def test_geojson_says_its_own_datum(grids: Path, tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"id": 1},
        "geometry": {"type": "Point", "coordinates": [114.005, 22.505]},
    }
    path = tmp_path / "in.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert _run(path, grids, "-o", tmp_path / "out.geojson").exit_code == 0
    [written] = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert written["properties"]["id"] == 1
    assert written["properties"]["grid_code"] == "01"
    assert written["geometry"] == feature["geometry"]


def test_addresses_by_a_list_of_buildings(grids: Path, tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("编号,事发地址\n1,泰然七路12号3号楼\n2,月球路1号\n")
    (tmp_path / "units.csv").write_text(
        "小区,道路,门牌号,楼栋,经度,纬度\n泰然花园,泰然七路,12号,3号楼,114.015,22.505\n"
    )
    options = ["--units", tmp_path / "units.csv", "--units-datum", "wgs84"]
    result = _run(tmp_path / "cases.csv", grids, "-o", tmp_path / "out.csv", *options)
    assert result.exit_code == 0, result.stderr
    frame = read_table(tmp_path / "out.csv").frame
    assert frame["grid_code"].tolist() == ["02", ""]
    assert frame["status"].tolist() == ["inside", "no_position"]
    assert frame["matched_address"][0] != ""


@pytest.mark.parametrize("kind", [".csv", ".parquet", ".xlsx"])
def test_points_beside_their_addresses_show_another_datum(
    grids: Path, tmp_path: Path, kind: str
) -> None:
    """All of them lie in the grids, whatever they are read as."""
    places = [(114.009 + at / 5000, 22.505) for at in range(9)]
    units = "小区,道路,门牌号,楼栋,经度,纬度\n" + "".join(
        f"泰然花园,泰然七路,12号,{at}号楼,{x},{y}\n" for at, (x, y) in enumerate(places)
    )
    (tmp_path / "units.csv").write_text(units)
    x, y = from_wgs84(*zip(*places, strict=True), "gcj02")
    texts = [f"泰然七路12号{at}号楼" for at in range(9)]
    frame = pd.DataFrame(
        {
            "事发地址": texts,
            "经度": list(map(repr, x.tolist())),
            "纬度": list(map(repr, y.tolist())),
        }
    )
    source, out = tmp_path / f"cases{kind}", tmp_path / f"out{kind}"
    writers = {".csv": frame.to_csv, ".parquet": frame.to_parquet, ".xlsx": frame.to_excel}
    writers[kind](source, index=False)
    said = {}
    for datum in ("wgs84", "gcj02"):
        options = ["--units", tmp_path / "units.csv", "--units-datum", "wgs84", "--datum", datum]
        said[datum] = _run(source, grids, "-o", out, *options).stderr
    assert "m from their addresses; read as GCJ-02" in said["wgs84"]
    assert "addresses" not in said["gcj02"]


@pytest.mark.parametrize(
    ("name", "said"), [("out.doc", "use one of"), ("工单.csv", "would be overwritten")]
)
def test_unusable_outputs_are_refused_at_once(
    grids: Path, points: Path, tmp_path: Path, name: str, said: str
) -> None:
    before = points.read_bytes()
    result = _run(points, grids, "-o", tmp_path / name, "--datum", "wgs84")
    assert result.exit_code == 2
    assert said in result.stderr
    assert points.read_bytes() == before


def test_missing_files_are_named(grids: Path, points: Path, tmp_path: Path) -> None:
    out = ["-o", tmp_path / "out.csv", "--datum", "wgs84"]
    assert "none.csv" in _run(tmp_path / "none.csv", grids, *out).stderr
    assert "none.gpkg" in _run(points, tmp_path / "none.gpkg", *out).stderr
    result = _run(points, grids, *out, "--field", "code")
    assert (result.exit_code, "NAME=COLUMN" in result.stderr) == (2, True)


def test_new_york_agrees_with_the_city(tmp_path: Path) -> None:
    """The city's own board, recorded by other means, for 99.3 % of the rows that have both."""
    options = ["--datum", "wgs84", "--field", "code=boro_cd"]
    out = tmp_path / "out.csv"
    result = _run(NYC / "complaints.csv", NYC / "communitydist.parquet", "-o", out, *options)
    assert result.exit_code == 0, result.stderr
    read = read_table(NYC / "complaints.csv").frame
    frame = read_table(out).frame
    assert frame[read.columns.tolist()].equals(read)
    assert len(frame) == 4_969

    written = frame["Community Board"].str.extract(r"^(?P<board>\d\d) (?P<borough>.+)$")
    said = written["borough"].map({name: str(at) for at, name in enumerate(BOROUGHS, 1)})
    said += written["board"]
    has_both = said.notna() & (frame["wgs84_lon"] != "")
    assert has_both.sum() == 4_905
    agreement = (said == frame["grid_code"])[has_both].mean()
    assert agreement >= 0.993
    assert (frame["status"] == "no_position").sum() == 62


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_errors_name_the_options_of_the_file_they_are_about(
    points: Path, tmp_path: Path, language: str
) -> None:
    drawing = OFFICE / "grids.dxf"
    target = tmp_path / "out.csv"
    result = _run(points, drawing, "-o", target, "--datum", "wgs84", language=language)
    assert result.exit_code == 2
    assert "--grids-crs EPSG:4547" in result.stderr
    assert "--grids-datum cgcs2000" in result.stderr
    assert " --crs" not in result.stderr
    assert "--grids-grids" not in result.stderr
    grids_crs = ["--grids-crs", "EPSG:4547"]
    result = _run(points, drawing, "-o", target, *grids_crs, language=language)
    assert result.exit_code == 2
    assert "--grids" not in result.stderr
    assert "--datum" in result.stderr


def test_empty_rows_come_back_without_position(grids: Path, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\n1,114.005,22.505\n,,\n\n2,114.015,22.505\n", encoding="utf-8")
    result = _run(points, grids, "-o", tmp_path / "out.csv", "--datum", "wgs84")
    assert result.exit_code == 0
    assert "4 rows. in a grid 2, without position 2" in result.stdout


def test_a_list_without_rows_is_refused(grids: Path, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\n", encoding="utf-8")
    result = _run(points, grids, "-o", tmp_path / "out.csv", "--datum", "wgs84")
    assert (result.exit_code, result.stderr) == (2, "points.csv has no rows.\n")
    assert not (tmp_path / "out.csv").exists()


def test_a_list_that_is_not_there_is_named(grids: Path, tmp_path: Path) -> None:
    result = _run(tmp_path / "missing.csv", grids, "-o", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert "There is no file" in result.stderr


def test_made_codes_are_said(points: Path, tmp_path: Path) -> None:
    bare = gpd.GeoDataFrame(geometry=[box(114, 22.5, 114.01, 22.51)], crs=4326)
    bare.to_file(tmp_path / "bare.geojson", driver="GeoJSON", engine="pyogrio")
    result = _run(points, tmp_path / "bare.geojson", "-o", tmp_path / "out.csv", "--datum", "wgs84")
    assert result.exit_code == 0
    assert "No column of codes was recognised" in result.stderr
