from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from boundary_samples import (
    CODES,
    LOCAL,
    LOCAL_CRS,
    NAMES,
    SAMPLES,
    A,
    B,
    collection,
    dxf,
    feature,
    geojson,
    geopackage,
    shapefile,
    square,
    write_json,
    zipped,
)

from geogrid.boundaries import list_layers, read_boundaries, read_lines
from geogrid.crs import from_wgs84
from geogrid.errors import CrsError, FieldError, FormatError, GeogridError
from geogrid.fields import GRID_FIELDS
from geogrid.findings import Finding

OFFICE = Path(__file__).parent / "data" / "office"
WITH_OPTION = {"dxf": {"crs": LOCAL_CRS}}


def findings(grids: gpd.GeoDataFrame) -> dict[str, Finding]:
    return {finding.kind: finding for finding in grids.attrs["findings"]}


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_format_gives_the_same_grids(tmp_path: Path, sample: str) -> None:
    grids = read_boundaries(SAMPLES[sample](tmp_path), **WITH_OPTION.get(sample, {}))
    assert grids.columns.tolist()[:8] == [*GRID_FIELDS, "geometry"]
    assert grids.code.tolist() == list(CODES)
    assert grids.name.tolist() == list(NAMES)
    assert grids.parent.tolist() == ["", ""]
    assert [str(dtype) for dtype in grids.dtypes.iloc[:7]] == [
        "str", "str", "str", "Int64", "str", "Int64", "Int64"
    ]  # fmt: skip
    assert shapely.equals(grids.geometry, LOCAL if sample == "dxf" else (A, B)).all()
    assert grids.crs.to_epsg() == (4547 if sample == "dxf" else 4326)
    if sample not in ("dxf", "kml", "kmz"):
        assert grids.households.tolist() == [260, 120]
    assert all(finding.severity == "note" for finding in grids.attrs["findings"])


@pytest.mark.parametrize("sample", ["shp", "dxf", "csv"])
def test_without_a_system_the_error_names_the_options(tmp_path: Path, sample: str) -> None:
    path = SAMPLES[sample](tmp_path)
    if sample == "shp":
        (path / "网格.prj").unlink()
    if sample == "csv":
        path.write_text(path.read_text("gbk").replace("EPSG:4326", ""), "gbk")
    with pytest.raises(CrsError, match=r"--datum cgcs2000.*--crs EPSG:4547"):
        read_boundaries(path)
    option = {"crs": LOCAL_CRS} if sample == "dxf" else {"datum": "cgcs2000"}
    assert len(read_boundaries(path, **option)) == 2


def test_the_error_hints_at_what_the_numbers_look_like(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    (path / "网格.prj").unlink()
    with pytest.raises(CrsError, match="look like longitude"):
        read_boundaries(path)


def test_a_projected_system_in_an_old_crs_member_is_kept(tmp_path: Path) -> None:
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2263"}}
    document = collection(feature(square(984000, 200000, 100)), crs=member)
    grids = read_boundaries(write_json(tmp_path / "x.geojson", document))
    assert grids.crs.to_epsg() == 2263
    assert grids.total_bounds.tolist() == [984000, 200000, 984100, 200100]


def test_crs84_is_wgs84(tmp_path: Path) -> None:
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    document = collection(feature(square(114, 22)), crs=member)
    assert read_boundaries(write_json(tmp_path / "x.geojson", document)).crs.to_epsg() == 4326


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_coordinates_are_converted(tmp_path: Path, datum: str) -> None:
    def shift(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum))

    shapes = shapely.transform([A, B], shift)
    features = [feature(json.loads(text)) for text in shapely.to_geojson(shapes)]
    path = write_json(tmp_path / "x.geojson", collection(*features))
    grids = read_boundaries(path, datum=datum)
    assert shapely.get_coordinates(grids.geometry) == pytest.approx(
        shapely.get_coordinates([A, B]), abs=1e-9
    )
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert grids.crs.to_epsg() == 4326
    assert "datum_converted" in findings(grids)


def test_what_is_odd_is_said_and_nothing_else_is_lost(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [114, 22]}
    line = {"type": "LineString", "coordinates": [[114, 22], [115, 23]]}
    high = {
        "type": "Polygon",
        "coordinates": [[[114, 22, 5], [115, 22, 5], [115, 23, 5], [114, 22, 5]]],
    }
    rows = [
        feature(square(114, 22), code="a", households="很多"), feature(point, code="b"),
        feature(None, code="c"), feature(high, code="a"), feature(line, code="e"),
        feature({"type": "Polygon", "coordinates": []}, code=""),
    ]  # fmt: skip
    grids = read_boundaries(write_json(tmp_path / "x.geojson", collection(*rows)))
    assert grids.code.tolist() == ["a", "a"]
    assert grids.index.tolist() == [0, 1]
    said = [(finding.kind, finding.rows) for finding in grids.attrs["findings"]]
    assert said == [
        ("null_geometry", (2,)), ("empty_geometry", (5,)), ("not_polygon", (1,)),
        ("not_polygon", (4,)), ("z_dropped", (3,)), ("unreadable_value", (0,)),
        ("missing_code", (5,)), ("duplicate_code", (0, 3)),
    ]  # fmt: skip
    lost = {row for f in grids.attrs["findings"] if "left out" in f.text() for row in f.rows}
    assert lost - {3} == {1, 2, 4, 5}


def test_invalid_polygons_are_handed_on_as_drawn(tmp_path: Path) -> None:
    bowtie = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    grids = read_boundaries(write_json(tmp_path / "x.geojson", feature(bowtie)))
    assert not grids.geometry.iloc[0].is_valid
    assert grids.geometry.iloc[0].wkt == "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"


def test_rows_in_metres_among_degrees_are_left_out_and_named(tmp_path: Path) -> None:
    rows = [feature(square(114, 22)), feature(square(5e5, 2.5e6)), feature(square(115, 22))]
    grids = read_boundaries(write_json(tmp_path / "x.geojson", collection(*rows)))
    assert len(grids) == 2
    assert findings(grids)["outside_degrees"].rows == (1,)


def test_columns_can_be_chosen(tmp_path: Path) -> None:
    document = collection(feature(square(114, 22), BH="x1", code="other"))
    path = write_json(tmp_path / "x.geojson", document)
    grids = read_boundaries(path, fields={"code": "BH"})
    assert grids.loc[0, ["code", "code_original"]].tolist() == ["x1", "other"]
    assert grids.attrs["fields"] == {"code": "BH"}
    with pytest.raises(FieldError, match="BH, code"):
        read_boundaries(path, fields={"code": "nowhere"})


def test_codes_are_made_and_said_where_there_are_none(tmp_path: Path) -> None:
    path = write_json(tmp_path / "x.geojson", collection(feature(square(114, 22), NOTES="x")))
    grids = read_boundaries(path)
    assert grids.code.tolist() == ["1"]
    assert findings(grids)["made_codes"].severity == "note"


def test_an_amap_file_is_suspected(tmp_path: Path) -> None:
    path = geojson(tmp_path).rename(tmp_path / "高德网格.geojson")
    assert "gcj02_suspected" in findings(read_boundaries(path))
    assert "gcj02_suspected" not in findings(read_boundaries(path, datum="gcj02"))
    assert "gcj02_suspected" not in findings(read_boundaries(path, datum="wgs84"))


def test_the_layer_that_holds_areas_is_read_and_others_can_be_chosen(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    roads = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    pyogrio.write_dataframe(roads, path, layer="道路", append=True)
    assert list_layers(path) == ["网格", "道路"]
    assert findings(read_boundaries(path))["layer_chosen"].severity == "note"
    more = gpd.GeoDataFrame(geometry=[A], crs=4326)
    pyogrio.write_dataframe(more, path, layer="社区", append=True)
    with pytest.raises(FormatError, match=r"--layer.*网格, 道路, 社区"):
        read_boundaries(path)
    assert len(read_boundaries(path, layer="社区")) == 1
    with pytest.raises(FormatError, match="line, not an area"):
        read_boundaries(path, layer="道路")
    with pytest.raises(FormatError, match="no layer “旧”"):
        read_boundaries(path, layer="旧")


def test_several_shapefiles_in_a_zip_are_layers(tmp_path: Path) -> None:
    folder = shapefile(tmp_path)
    for file in list(folder.iterdir()):
        (folder / f"社区{file.suffix}").write_bytes(file.read_bytes())
    path = zipped(folder, tmp_path / "x.zip")
    assert list_layers(path) == list_layers(folder) == ["社区", "网格"]
    assert read_boundaries(path, layer="社区").code.tolist() == list(CODES)
    assert len(read_boundaries(folder / "网格.shp")) == 2


@pytest.mark.parametrize("sample", ["geojson", "gpkg", "kml", "csv", "dxf", "parquet"])
def test_any_format_may_be_zipped(tmp_path: Path, sample: str) -> None:
    path = zipped(SAMPLES[sample](tmp_path), tmp_path / "zipped.zip")
    grids = read_boundaries(path, **WITH_OPTION.get(sample, {}))
    assert grids.code.tolist() == list(CODES)


def test_layers_of_a_drawing_are_listed(tmp_path: Path) -> None:
    assert set(list_layers(dxf(tmp_path))) == {"网格界线", "网格注记"}
    assert list_layers(geojson(tmp_path)) == []


def test_a_sheet_of_a_workbook_is_chosen(tmp_path: Path) -> None:
    path = SAMPLES["xlsx"](tmp_path)
    assert list_layers(path) == ["Sheet"]
    assert len(read_boundaries(path, layer="Sheet")) == 2


@pytest.mark.parametrize(
    ("place", "reason"),
    [("nowhere.geojson", "no file"), ("empty", "no Shapefile"), ("x.gdb", "geodatabase")],
)
def test_places_without_boundaries_are_refused(tmp_path: Path, place: str, reason: str) -> None:
    for folder in ("empty", "x.gdb"):
        (tmp_path / folder).mkdir()
    with pytest.raises(FormatError, match=reason):
        read_boundaries(tmp_path / place)


def test_a_table_of_attributes_leads_to_its_shapefile(tmp_path: Path) -> None:
    folder = shapefile(tmp_path)
    assert len(read_boundaries(folder / "网格.dbf")) == 2
    (folder / "网格.shp").unlink()
    with pytest.raises(FormatError, match=r"\.shp is not beside"):
        read_boundaries(folder / "网格.dbf")


@pytest.mark.parametrize("document", [collection(), collection(feature(None))])
def test_files_without_areas_are_refused_with_the_reason(tmp_path: Path, document: object) -> None:
    with pytest.raises(FormatError, match=r"no boundaries|has no boundary"):
        read_boundaries(write_json(tmp_path / "x.geojson", document))


def test_errors_speak_chinese(tmp_path: Path) -> None:
    with pytest.raises(CrsError) as caught:
        read_boundaries(dxf(tmp_path))
    assert "grids.dxf" in caught.value.text("zh_CN")


def test_notes_survive_what_frames_do_to_them(tmp_path: Path) -> None:
    grids = read_boundaries(geojson(tmp_path).rename(tmp_path / "amap.geojson"))
    assert findings(grids[grids.households > 200].copy()).keys() == {"gcj02_suspected"}
    assert len(pd.concat([grids, grids])) == 4


class TestOfficeKit:
    """What one street office brings; see tests/data/office/README.md."""

    def test_the_drawing(self) -> None:
        grids = read_boundaries(OFFICE / "grids.dxf", crs=LOCAL_CRS)
        assert 20 <= len(grids) <= 30
        assert grids.code.is_unique
        assert grids.name.str.contains("网格").all()
        assert shapely.coverage_is_valid(grids.geometry.to_numpy())
        assert findings(grids).keys() == {"layers_chosen", "hidden_layers"}

    def test_the_shapefile(self) -> None:
        communities = read_boundaries(OFFICE / "communities_gbk.zip")
        assert communities.name.str.endswith("社区").all()
        assert communities.crs.to_epsg() == 4547
        assert communities.households.notna().all()
        assert findings(communities).keys() == {"encoding_detected"}
        with zipfile.ZipFile(OFFICE / "communities_gbk.zip") as archive:
            assert not [name for name in archive.namelist() if name.endswith(".cpg")]

    def test_they_fit_together(self) -> None:
        grids = read_boundaries(OFFICE / "grids.dxf", crs=LOCAL_CRS)
        communities = read_boundaries(OFFICE / "communities_gbk.zip")
        parents = grids.code.str[:12]
        assert set(parents) == set(communities.code)
        drawn = grids.dissolve(parents).geometry.loc[communities.code].to_numpy()
        assert shapely.area(shapely.symmetric_difference(drawn, communities.geometry)).max() < 1

    @pytest.mark.parametrize("name", ["roster.xlsx", "buildings.xlsx", "cases_gbk.csv"])
    def test_lists_are_sent_where_they_belong(self, name: str) -> None:
        with pytest.raises(FormatError, match="geogrid locate"):
            read_boundaries(OFFICE / name)


LINES = [shapely.LineString([(114.0, 22.5), (114.1, 22.6)]), shapely.LineString([(1, 1), (2, 2)])]


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "parquet"])
def test_lines_of_a_file_and_nothing_else(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"streets.{suffix}"
    frame = gpd.GeoDataFrame(geometry=LINES[:1], crs="EPSG:4326")
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    found = read_lines(path)
    assert shapely.get_coordinates(found.geometry).tolist() == [[114.0, 22.5], [114.1, 22.6]]
    assert found.crs == "EPSG:4326"


def test_areas_and_points_are_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "mixed.geojson"
    shapes = [LINES[1], shapely.box(0, 0, 1, 1), shapely.Point(3, 3)]
    gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326").to_file(path)
    assert len(read_lines(path)) == 1
    gpd.GeoDataFrame(geometry=shapes[1:], crs="EPSG:4326").to_file(path)
    with pytest.raises(FormatError, match="no lines"):
        read_lines(path)


def test_lines_reach_for_no_other_file(tmp_path: Path) -> None:
    target = tmp_path / "secret.geojson"
    gpd.GeoDataFrame(geometry=LINES[:1], crs="EPSG:4326").to_file(target)
    virtual = tmp_path / "streets.vrt"
    virtual.write_text(
        "<OGRVRTDataSource><OGRVRTLayer name='secret'>"
        f"<SrcDataSource>{target}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    assert len(gpd.read_file(virtual)) == 1  # GDAL follows it
    for path in (virtual, "/vsicurl/http://127.0.0.1/streets.geojson"):
        with pytest.raises(GeogridError):
            read_lines(path)


def test_lines_say_their_reference_system_or_are_told(tmp_path: Path) -> None:
    path = tmp_path / "streets.shp"
    gpd.GeoDataFrame(geometry=LINES[:1], crs="EPSG:4326").to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError):
        read_lines(path)
    assert read_lines(path, crs="EPSG:4490").crs == "EPSG:4490"
