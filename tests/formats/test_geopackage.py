from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from boundary_samples import A, B, frame, geopackage

from geogrid.errors import FormatError, UnsafeFileError
from geogrid.formats.geopackage import geopackage_layers, read_geopackage
from geogrid.formats.layer import LIMITS, RawLayer


@contextmanager
def edited(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as database:
        yield database
        database.commit()


def read(path: Path, number: int = 0) -> RawLayer:
    return read_geopackage(path, path.name, geopackage_layers(path, path.name)[number], LIMITS)


def test_a_layer_is_read_without_its_row_numbers(tmp_path: Path) -> None:
    layer = read(geopackage(tmp_path))
    assert layer.attributes.columns.tolist() == ["网格编码", "网格名称", "户数"]
    assert layer.attributes["户数"].tolist() == [260, 120]
    assert shapely.equals_exact(layer.geometry, [A, B]).all()
    assert layer.crs == "EPSG:4326"
    assert layer.problems == {}
    assert layer.findings == ()


def test_layers_say_whether_they_hold_areas_and_their_systems(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    roads = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4547)
    pyogrio.write_dataframe(roads, path, layer="道路", append=True)
    layers = [(layer.name, layer.is_polygonal, layer.crs) for layer in geopackage_layers(path, "x")]
    assert layers == [("网格", True, "EPSG:4326"), ("道路", False, "EPSG:4547")]
    assert read(path, 1).geometry[0].geom_type == "LineString"


def test_an_undefined_system_is_none_and_a_private_one_its_text(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = -1")
    assert geopackage_layers(path, "x")[0].crs is None
    with edited(path) as database:
        database.execute(
            "INSERT INTO gpkg_spatial_ref_sys"
            " VALUES ('own', 990000, 'NONE', 1, 'PROJCS[\"own\"]', '')"
        )
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = 990000")
    assert geopackage_layers(path, "x")[0].crs == 'PROJCS["own"]'


@pytest.mark.parametrize(
    ("blob", "problem"),
    [
        (b"", None),
        (None, None),
        (b"GP", "broken_geometry"),
        (b"no header at all", "broken_geometry"),
        ("text", "broken_geometry"),
        (b"GP\0\x01\0\0\0\0" + shapely.to_wkb(A)[:-4], "broken_geometry"),
        (b"GP\0\x0f\0\0\0\0" + shapely.to_wkb(A), "broken_geometry"),
        (b"GP\0\x21\0\0\0\0" + shapely.to_wkb(A), "curved_geometry"),
        (b"GP\0\x01\0\0\0\0" + struct.pack("<BII", 1, 10, 0), "curved_geometry"),
    ],
)
def test_odd_geometries_are_named(tmp_path: Path, blob: object, problem: str | None) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        for trigger in ("insert", "update1", "update2", "update3", "update4", "update5", "update6",
                        "update7", "delete"):  # fmt: skip
            database.execute(f'DROP TRIGGER IF EXISTS "rtree_网格_geom_{trigger}"')
        database.execute('UPDATE "网格" SET geom = ? WHERE fid = 2', (blob,))
    layer = read(path)
    assert [shape is None for shape in layer.geometry] == [False, True]
    assert layer.problems == ({problem: [1]} if problem else {})


def test_big_endian_headers_with_every_envelope_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    pyogrio.write_dataframe(frame(), path, SPATIAL_INDEX="NO")
    bodies = [
        b"GP\0" + bytes([kind << 1]) + struct.pack(">i", 4326) + bytes(size) + shapely.to_wkb(A)
        for kind, size in enumerate((0, 32, 48, 48, 64))
    ]
    with edited(path) as database:
        database.execute("DELETE FROM x")
        database.executemany("INSERT INTO x (geom) VALUES (?)", [(body,) for body in bodies])
    assert shapely.equals_exact(read(path).geometry, A).all()


def test_a_trigger_never_runs(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute('CREATE TRIGGER bad INSERT ON "网格" BEGIN DELETE FROM "网格"; END')
    assert len(read(path).geometry) == 2


def test_a_generated_column_is_not_computed(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute('ALTER TABLE "网格" ADD COLUMN bomb TEXT AS (hex(zeroblob(900000000)))')
    assert "bomb" not in read(path).attributes


def test_a_virtual_table_is_refused(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(
            "INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0,"
            " 'CREATE VIRTUAL TABLE v USING VirtualOGR(''/etc/passwd'')')"
        )
    with pytest.raises(UnsafeFileError, match="virtual table “v”"):
        geopackage_layers(path, "x.gpkg")


def test_a_view_as_a_layer_is_refused(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute('ALTER TABLE "网格" RENAME TO hidden')
        database.execute("DELETE FROM gpkg_geometry_columns")
        database.execute(
            "CREATE VIEW \"网格\" AS SELECT fid, load_extension('x') AS geom FROM hidden"
        )
        database.execute(
            "INSERT INTO gpkg_geometry_columns VALUES ('网格', 'geom', 'POLYGON', 4326, 0, 0)"
        )
    with pytest.raises(UnsafeFileError, match="view"):
        read(path)


def test_a_layer_whose_table_is_gone_is_refused(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET column_name = 'nowhere'")
    with pytest.raises(FormatError, match="missing its geometry"):
        read(path)


def test_names_with_quotes_are_only_names(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    rows = frame().rename(columns={"户数": 'a"; DROP TABLE x; --'})
    pyogrio.write_dataframe(rows, path, layer='la"yer')
    assert read(path).attributes.iloc[:, 2].tolist() == [260, 120]


def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    with edited(tmp_path / "x.db") as database:
        database.execute("CREATE TABLE t (a)")
    with pytest.raises(FormatError, match="no GeoPackage"):
        geopackage_layers(tmp_path / "x.db", "x.db")


def test_edits_another_program_has_not_saved_yet_are_said(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    path.with_name(path.name + "-wal").write_bytes(b"x")
    assert [finding.kind for finding in read(path).findings] == ["unsaved_edits"]


def test_reading_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    read(path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_text_in_a_column_of_numbers_stays_as_it_is(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (trigger,) in triggers.fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE \"网格\" SET 户数 = '440304A01' WHERE fid = 1")
    assert read(path).attributes["户数"].tolist() == ["440304A01", 120]


def test_a_view_in_place_of_the_contents_does_not_run(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute("ALTER TABLE gpkg_contents RENAME TO hidden")
        database.execute(
            "CREATE VIEW gpkg_contents AS SELECT table_name, data_type,"
            " hex(randomblob(400000000)) AS identifier FROM hidden"
        )
    assert len(read(path).geometry) == 2


def test_a_view_in_place_of_the_columns_is_refused(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute("ALTER TABLE gpkg_geometry_columns RENAME TO hidden")
        database.execute(
            "CREATE VIEW gpkg_geometry_columns AS SELECT table_name, column_name,"
            " hex(randomblob(400000000)) AS geometry_type_name, srs_id FROM hidden"
        )
    with pytest.raises(FormatError, match="no GeoPackage"):
        geopackage_layers(path, "x.gpkg")


def test_tables_without_geometry_are_said(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with edited(path) as database:
        database.execute("DELETE FROM gpkg_geometry_columns")
    with pytest.raises(FormatError, match="holds no boundaries"):
        geopackage_layers(path, path.name)
