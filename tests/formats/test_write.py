from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from boundary_samples import CODES, NAMES, A, B, frame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.boundaries import read_boundaries
from geogrid.errors import CrsError, FormatError
from geogrid.findings import Finding
from geogrid.formats.write import WRITABLE, write_boundaries

ENDINGS = [".geojson", ".gpkg", ".parquet", ".shp.zip", ".shp", ".csv", ".xlsx"]
CANONICAL = ["code", "name", "parent", "level", "kind", "households", "people"]


def grids(crs: object = "EPSG:4326", shapes: object = None) -> gpd.GeoDataFrame:
    columns = {
        "code": pd.Series(CODES, dtype="str"), "name": pd.Series(NAMES, dtype="str"),
        "parent": pd.Series(["440304003", ""], dtype="str"),
        "level": pd.Series([3, pd.NA], dtype="Int64"),
        "kind": pd.Series(["community", "dedicated"], dtype="str"),
        "households": pd.Series([260, pd.NA], dtype="Int64"),
        "people": pd.Series([pd.NA, 700], dtype="Int64"),
    }  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=[A, B] if shapes is None else shapes, crs=crs)


def back(path: Path, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    write_boundaries(rows, path)
    return read_boundaries(path)


def bits(shapes: gpd.GeoSeries) -> list[tuple[int, int]]:
    """Return the vertices by their bits, in an order that does not depend on where rings start."""
    return sorted(map(tuple, shapely.get_coordinates(shapes.to_numpy()).view(np.int64).tolist()))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4547", "EPSG:4490"])
def test_everything_reads_back_as_it_was(tmp_path: Path, ending: str, crs: str) -> None:
    shift = 0 if crs != "EPSG:4547" else 500_000 / 3
    moved = shapely.transform([A, B], lambda xy: np.add(xy, (shift * 3, shift * 15)))
    rows = grids(crs, moved)
    again = back(tmp_path / f"网格{ending}", rows)
    pd.testing.assert_frame_equal(pd.DataFrame(again[CANONICAL]), pd.DataFrame(rows[CANONICAL]))
    assert again.crs == rows.crs
    assert bits(again.geometry) == bits(rows.geometry)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=9, unique=True
    )
)
@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".parquet", ".csv", ".xlsx"])
def test_coordinates_keep_their_bits(
    tmp_path: Path, ending: str, vertices: list[tuple[float, float]]
) -> None:
    rows = grids(shapes=[shapely.Polygon(vertices), shapely.MultiPolygon([A, B])])
    again = back(tmp_path / f"x{ending}", rows)
    assert shapely.equals_identical(again.geometry, rows.geometry).all()
    ours, theirs = (shapely.get_coordinates(some.geometry).view(np.int64) for some in (again, rows))
    assert np.array_equal(ours, theirs)


def test_geojson_has_one_feature_per_line(tmp_path: Path) -> None:
    write_boundaries(grids(), tmp_path / "x.geojson")
    lines = (tmp_path / "x.geojson").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    first = json.loads(lines[1].removesuffix(","))
    assert first["properties"]["level"] == 3
    assert json.loads(lines[2])["properties"]["level"] is None
    assert "crs" not in json.loads("\n".join(lines))


def test_geojson_of_another_system_says_so_in_the_old_member(tmp_path: Path) -> None:
    findings = write_boundaries(grids("EPSG:4547"), tmp_path / "x.geojson")
    assert [finding.kind for finding in findings] == ["old_crs_member"]
    document = json.loads((tmp_path / "x.geojson").read_text(encoding="utf-8"))
    assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4547"


def test_a_system_without_a_number_survives_geojson(tmp_path: Path) -> None:
    own = "+proj=tmerc +lon_0=114.05 +x_0=500000 +ellps=GRS80"
    shapes = [shapely.box(500000, 2490000, 500100, 2490100)] * 2
    again = back(tmp_path / "x.geojson", grids(own, shapes))
    assert again.crs.to_epsg() is None
    assert "114.05" in again.crs.to_wkt()


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson"])
def test_other_programs_read_what_is_written(tmp_path: Path, ending: str) -> None:
    write_boundaries(grids("EPSG:4490"), tmp_path / f"x{ending}")
    read = pyogrio.read_dataframe(tmp_path / f"x{ending}")
    assert read["name"].tolist() == list(NAMES)
    assert read.crs.to_epsg() == 4490
    assert shapely.equals(read.geometry.to_numpy(), [A, B]).all()


def test_a_zip_holds_a_shapefile_in_utf8(tmp_path: Path) -> None:
    write_boundaries(grids(), tmp_path / "福田.shp.zip")
    with zipfile.ZipFile(tmp_path / "福田.shp.zip") as archive:
        names = set(archive.namelist())
        assert archive.read("福田.cpg") == b"UTF-8"
    assert names == {"福田.shp", "福田.shx", "福田.dbf", "福田.prj", "福田.cpg"}


def test_long_names_and_texts_are_cut_and_said(tmp_path: Path) -> None:
    rows = grids()
    rows["网格长联系电话"] = "1"
    rows["网格长联系地址"] = ["长" * 100, "短"]
    findings = write_boundaries(rows, tmp_path / "x.zip")
    assert [finding.kind for finding in findings] == ["field_renamed", "text_cut"]
    assert "网格长联系电话 → 网格长" in findings[0].text()
    assert findings[1].rows == (0,)
    again = read_boundaries(tmp_path / "x.zip")
    assert {"网格长", "网格_1"} <= set(again.columns)


def test_names_a_geopackage_cannot_have_twice_are_changed(tmp_path: Path) -> None:
    rows = grids()
    for name in ("FID", "geom", "Note", "NOTE"):
        rows[name] = "1"
    findings = write_boundaries(rows, tmp_path / "x.gpkg")
    assert "FID → FID_1, geom → geom_1, NOTE → NOTE_1" in findings[0].text()


def test_defects_of_every_geometry_and_type_can_be_written(tmp_path: Path) -> None:
    rows = gpd.GeoDataFrame(
        {
            "kind": ["overlap", "gap", "unmatched", "nothing"],
            "grids": [("a", "b"), (), ("c",), None],
            "detail": [Finding("x", "Row {rows}", rows=(4,)), None, None, None],
            "at": [pd.Timestamp("2026-11-01"), pd.NaT, pd.NaT, pd.NaT],
            "area_m2": [1.5, np.nan, 0.0, 2.0],
            "ok": [True, False, True, False],
        },
        geometry=[A, shapely.LineString([(0, 0), (1, 1)]), shapely.Point(1, 2), None],
        crs=4326,
    )
    for ending in (".geojson", ".gpkg", ".parquet", ".csv", ".xlsx"):
        assert write_boundaries(rows, tmp_path / f"x{ending}") == []
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["grids"], first["detail"], first["at"]) == ("a;b", "Row 5", "2026-11-01T00:00:00")
    write_boundaries(rows, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        shapes = {name for name in archive.namelist() if name.endswith(".shp")}
    assert shapes == {"x.shp", "x_lines.shp", "x_points.shp"}


def test_findings_are_written_in_the_language_asked(tmp_path: Path) -> None:
    rows = grids()
    rows["detail"] = Finding("x", "{rows}", rows=(0, 1))
    write_boundaries(rows, tmp_path / "x.csv", language="zh_CN")
    assert "1、2" in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")


def test_collections_do_not_fit_a_shapefile_and_it_is_said(tmp_path: Path) -> None:
    rows = grids(shapes=[A, shapely.GeometryCollection([B])])
    findings = write_boundaries(rows, tmp_path / "x.zip")
    assert [(finding.kind, finding.rows) for finding in findings] == [("not_written", (1,))]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-cmd", "@x", "\tx"])
def test_formulas_stay_text(tmp_path: Path, text: str) -> None:
    rows = grids()
    rows["name"] = [text, "plain"]
    findings = write_boundaries(rows, tmp_path / "x.csv")
    assert [finding.kind for finding in findings] == ["formula_text"]
    assert f"'{text}" in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    write_boundaries(rows, tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").active.cell(2, 2)
    assert (cell.data_type, cell.value) == ("s", text)


def test_negative_numbers_are_no_formulas(tmp_path: Path) -> None:
    rows = grids()
    rows["change"] = [-5, 3]
    assert write_boundaries(rows, tmp_path / "x.csv") == []


def test_characters_no_cell_can_hold_do_not_stop_a_workbook(tmp_path: Path) -> None:
    rows = grids()
    rows["name"] = ["a\x00\x1bb", "x" * 40_000]
    findings = write_boundaries(rows, tmp_path / "x.xlsx")
    assert [(finding.kind, finding.rows) for finding in findings] == [("text_cut", (1,))]
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").active.cell(2, 2).value == "ab"


def test_a_boundary_longer_than_a_cell_survives_a_workbook(tmp_path: Path) -> None:
    big = shapely.Point(114, 22).buffer(0.1, quad_segs=1000)
    again = back(tmp_path / "x.xlsx", grids(shapes=[big, B]))
    assert shapely.equals_identical(again.geometry, [big, B]).all()


def test_an_existing_file_is_replaced_and_nothing_else_left(tmp_path: Path) -> None:
    for _time in range(2):
        write_boundaries(grids(), tmp_path / "x.gpkg")
    assert [file.name for file in tmp_path.iterdir()] == ["x.gpkg"]


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.geojson").write_text("old")
    monkeypatch.setattr(shapely, "to_geojson", lambda _shapes: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_boundaries(grids(), tmp_path / "x.geojson")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_other_endings_places_and_missing_systems_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"\.docx.*\.gpkg"):
        write_boundaries(grids(), tmp_path / "x.docx")
    with pytest.raises(FormatError, match="cannot be written"):
        write_boundaries(grids(), tmp_path / "nowhere" / "x.gpkg")
    with pytest.raises(CrsError):
        write_boundaries(frame().set_crs(None, allow_override=True), tmp_path / "x.gpkg")


def test_nothing_to_write_is_written(tmp_path: Path) -> None:
    for ending in WRITABLE:
        assert write_boundaries(grids().iloc[:0], tmp_path / f"x{ending}") is not None
        assert (tmp_path / f"x{ending}").exists()


def test_the_frame_written_is_not_changed(tmp_path: Path) -> None:
    rows = grids()
    rows.attrs["findings"] = [Finding("x", "y")]
    before = rows.copy()
    for ending in ENDINGS:
        write_boundaries(rows, tmp_path / f"x{ending}")
    pd.testing.assert_frame_equal(rows, before)
    assert rows.attrs["findings"] == [Finding("x", "y")]
