from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from boundary_samples import CODES, NAMES, A, B, shapefile
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.boundaries import read_boundaries
from geogrid.errors import FormatError, GeogridError, LimitError, UnsafeFileError
from geogrid.formats.layer import LIMITS, RawLayer
from geogrid.formats.shapefile import is_polygon_shapefile, read_shapefile
from geogrid.reading.polygons import keep_polygons

SQUARE = np.array([(0, 0), (0, 9), (9, 9), (9, 0), (0, 0)], dtype=float)


def files(folder: Path) -> dict[str, Path]:
    return {file.suffix: file for file in folder.iterdir()}


def record(kind: int, *rings: np.ndarray) -> bytes:
    starts = np.cumsum([0, *(len(ring) for ring in rings[:-1])]) if rings else []
    points = np.concatenate(rings) if rings else np.empty((0, 2))
    return (
        struct.pack("<i4d2i", kind, 0, 0, 1, 1, len(rings), len(points))
        + np.asarray(starts, "<i4").tobytes() + points.astype("<f8").tobytes()
    )  # fmt: skip


def shp(folder: Path, *records: bytes, kind: int = 5) -> dict[str, Path]:
    body = b"".join(
        struct.pack(">2i", number, len(one) // 2) + one for number, one in enumerate(records, 1)
    )
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + len(body) // 2)
    head += struct.pack("<2i8d", 1000, kind, *[0.0] * 8)
    path = folder / "x.shp"
    path.write_bytes(head + body)
    return {".shp": path}


def read(paths: dict[str, Path]) -> RawLayer:
    return read_shapefile(paths, "x.shp", LIMITS)


def test_gbk_attributes_without_cpg_are_read(tmp_path: Path) -> None:
    layer = read(files(shapefile(tmp_path)))
    assert layer.attributes["编码"].tolist() == list(CODES)
    assert layer.attributes["名称"].tolist() == list(NAMES)
    assert layer.attributes["户数"].tolist() == [260, 120]
    assert [finding.kind for finding in layer.findings] == ["encoding_detected"]
    assert "GBK" in layer.findings[0].text()
    assert shapely.equals(layer.geometry, [A, B]).all()


def test_utf8_with_cpg_needs_no_finding(tmp_path: Path) -> None:
    layer = read(files(shapefile(tmp_path, encoding="UTF-8", cpg=True)))
    assert layer.attributes["名称"].tolist() == list(NAMES)
    assert layer.findings == ()


def test_the_projection_is_the_text_of_the_prj(tmp_path: Path) -> None:
    paths = files(shapefile(tmp_path))
    assert "WGS_1984" in str(read(paths).crs)
    del paths[".prj"]
    assert read(paths).crs is None


def test_without_attributes_the_boundaries_are_read(tmp_path: Path) -> None:
    layer = read({".shp": files(shapefile(tmp_path))[".shp"]})
    assert layer.attributes.shape == (2, 0)


def test_it_reads_what_gdal_reads(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    shapes = []
    for x, y in rng.uniform(0, 50, (40, 2)):
        shell = shapely.Point(x, y).buffer(2, quad_segs=3)
        hole, island = shapely.Point(x, y).buffer(1), shapely.Point(x, y).buffer(0.3)
        shapes.append(shapely.union(shapely.difference(shell, hole), island))
    frame = gpd.GeoDataFrame({"n": range(40)}, geometry=shapes, crs="EPSG:4490")
    pyogrio.write_dataframe(frame, tmp_path / "x.shp", encoding="UTF-8")
    layer = read(files(tmp_path))
    expected = pyogrio.read_dataframe(tmp_path / "x.shp")
    assert shapely.equals(layer.geometry, expected.geometry.to_numpy()).all()
    assert shapely.is_valid(layer.geometry).all()


@pytest.mark.parametrize("turn", [1, -1])
def test_holes_are_found_whatever_their_orientation(tmp_path: Path, turn: int) -> None:
    hole = (SQUARE / 9 + 2)[::turn]
    layer = read(shp(tmp_path, record(5, SQUARE, hole, SQUARE + 20)))
    assert shapely.area(layer.geometry).tolist() == [81 - 1 + 81]
    assert layer.problems == {}


def test_odd_shapes_are_named_by_row(tmp_path: Path) -> None:
    spike = np.array([(0, 0), (np.inf, 1), (1, 1), (0, 0)])
    layer = read(
        shp(tmp_path, record(5, SQUARE), struct.pack("<i", 0), struct.pack("<i2d", 1, 2, 3),
            struct.pack("<i", 3) + bytes(40), struct.pack("<i", 31) + bytes(40), record(5),
            record(5, spike), record(5, SQUARE[:2]), record(5, SQUARE, SQUARE[:2]),
            record(5, spike, SQUARE), record(15, SQUARE) + bytes(56))
    )  # fmt: skip
    geometry, problems = keep_polygons(layer.geometry, layer.problems)
    assert problems == {
        "is_point": [2], "is_line": [3], "is_other": [4], "empty_geometry": [5],
        "bad_coordinate": [6, 9], "unclosed_ring": [7, 8], "degenerate_ring": [7, 8],
        "z_dropped": [10], "null_geometry": [1],
    }  # fmt: skip
    there = [row for row, shape in enumerate(geometry) if shape is not None]
    assert there == [0, 8, 10]


def test_rows_and_shapes_that_differ_in_number_are_an_error_finding(tmp_path: Path) -> None:
    paths = files(shapefile(tmp_path))
    paths |= shp(tmp_path, record(5, SQUARE))
    layer = read(paths)
    assert layer.findings[0].kind == "row_count_mismatch"
    assert layer.findings[0].severity == "error"
    assert len(layer.attributes) == len(layer.geometry) == 1


def test_deleted_rows_go_with_their_shapes(tmp_path: Path) -> None:
    paths = files(shapefile(tmp_path))
    data = bytearray(paths[".dbf"].read_bytes())
    data[struct.unpack_from("<H", data, 8)[0]] = ord("*")
    paths[".dbf"].write_bytes(data)
    layer = read(paths)
    assert layer.attributes["编码"].tolist() == [CODES[1]]
    assert shapely.equals(layer.geometry, [B]).all()
    assert "deleted_rows" in [finding.kind for finding in layer.findings]


@pytest.mark.parametrize("length", [0, 50, 99, 104, 140, 200, 235])
def test_a_file_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    paths = shp(tmp_path, record(5, SQUARE))
    paths[".shp"].write_bytes(paths[".shp"].read_bytes()[:length])
    with pytest.raises(FormatError, match="cut off"):
        read(paths)


def test_lying_counts_are_refused(tmp_path: Path) -> None:
    lying = bytearray(record(5, SQUARE))
    lying[36:44] = struct.pack("<2i", 1, 2**30)
    with pytest.raises(FormatError, match="cut off"):
        read(shp(tmp_path, bytes(lying)))
    lying[36:48] = struct.pack("<3i", 1, 5, 3)
    with pytest.raises(FormatError, match="cut off"):
        read(shp(tmp_path, bytes(lying)))


@pytest.mark.parametrize("short", [SQUARE[:2], SQUARE[[0, 1, 0]]])
def test_a_ring_too_short_does_not_make_areas_of_holes(tmp_path: Path, short: np.ndarray) -> None:
    layer = read(shp(tmp_path, record(5, SQUARE, SQUARE[::-1] / 9 + 2, short)))
    assert shapely.area(layer.geometry).tolist() == [80]
    assert layer.problems["degenerate_ring"] == [0]


def test_thousands_of_rings_are_no_boundary(tmp_path: Path) -> None:
    rings = [SQUARE + 20 * number for number in range(10_001)]
    with pytest.raises(LimitError, match="10001 rings"):
        read(shp(tmp_path, record(5, *rings)))


@given(st.integers(0, 2), st.data())
@settings(max_examples=80, deadline=None)
def test_changed_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, which: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    paths = files(shapefile(folder))
    target = paths[(".shp", ".dbf", ".prj")[which]]
    content = bytearray(target.read_bytes())
    for _change in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    target.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        layer = read(paths)
    except GeogridError:
        return
    geometry, problems = keep_polygons(layer.geometry, layer.problems)
    missing = set(np.flatnonzero(shapely.is_missing(geometry)).tolist())
    assert missing <= set().union(*problems.values())
    assert len(layer.attributes) == len(geometry)


@pytest.mark.parametrize("head", [b"<OGRVRTDataSource>", b"{", b"SQLite format 3\0"])
def test_gdal_takes_it_for_nothing_else(tmp_path: Path, head: bytes) -> None:
    """A file that begins as a Shapefile does is one, whatever else stands in it."""
    path = shp(tmp_path, record(5, SQUARE))[".shp"]
    content = bytearray(path.read_bytes())
    content[4 : 4 + len(head)] = head
    path.write_bytes(content)
    assert len(read({".shp": path}).geometry) == 1
    path.write_bytes(head + bytes(200))
    with pytest.raises((FormatError, UnsafeFileError), match=r"x\.shp"):
        read_boundaries(tmp_path)


def test_too_many_vertices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="4"):
        read_shapefile(shp(tmp_path, record(5, SQUARE)), "x", replace(LIMITS, vertices=4))


def test_the_header_says_whether_there_are_polygons(tmp_path: Path) -> None:
    assert is_polygon_shapefile(shp(tmp_path)[".shp"])
    assert not is_polygon_shapefile(shp(tmp_path, kind=3)[".shp"])
    (tmp_path / "x.shp").write_bytes(b"")
    assert not is_polygon_shapefile(tmp_path / "x.shp")
