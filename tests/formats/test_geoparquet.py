from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from boundary_samples import CODES, A, B, frame, geoparquet

from geogrid.errors import FormatError, LimitError
from geogrid.formats.geoparquet import read_geoparquet
from geogrid.formats.layer import LIMITS, RawLayer


def read(path: Path) -> RawLayer:
    return read_geoparquet(path, path.name, LIMITS)


def with_metadata(path: Path, change: object) -> Path:
    """Write the samples with the ``geo`` metadata changed, or left out for None."""
    table = pq.read_table(geoparquet(path.parent))
    about = json.loads(table.schema.metadata[b"geo"])
    about["columns"]["geometry"].update(change or {})
    metadata = {} if change is None else {b"geo": json.dumps(about).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def test_rows_and_system_are_read(tmp_path: Path) -> None:
    layer = read(geoparquet(tmp_path))
    assert layer.attributes.columns.tolist() == ["网格编码", "网格名称", "户数"]
    assert layer.attributes["网格编码"].tolist() == list(CODES)
    assert shapely.equals_exact(layer.geometry, [A, B]).all()
    assert layer.crs["name"] == "WGS 84"


@pytest.mark.parametrize("shapes", [[A, None, B], [shapely.MultiPolygon([A, B]), None]])
@pytest.mark.parametrize("grouped", [1, 10])
def test_native_arrays_are_read(tmp_path: Path, shapes: list[object], grouped: int) -> None:
    holed = shapely.difference(A, shapely.box(114.002, 22.502, 114.003, 22.503))
    shapes = [*shapes, holed if shapes[0] is A else shapely.MultiPolygon([holed])]
    rows = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=4547)
    rows.to_parquet(tmp_path / "x.parquet", geometry_encoding="geoarrow", row_group_size=grouped)
    layer = read(tmp_path / "x.parquet")
    assert shapely.equals_exact(layer.geometry[[0, -1]], [shapes[0], shapes[-1]]).all()
    assert layer.geometry[1] is None
    assert layer.problems == {}


def test_native_points_are_named(tmp_path: Path) -> None:
    rows = gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)], crs=4326)
    rows.to_parquet(tmp_path / "x.parquet", geometry_encoding="geoarrow")
    assert read(tmp_path / "x.parquet").problems == {"is_point": [0]}


def test_an_index_does_not_become_a_column(tmp_path: Path) -> None:
    rows = frame()
    rows.index = [5, 6]
    rows.to_parquet(tmp_path / "x.parquet")
    assert "__index_level_0__" not in read(tmp_path / "x.parquet").attributes


def test_a_system_that_is_unknown_is_none(tmp_path: Path) -> None:
    assert read(with_metadata(tmp_path / "x.parquet", {"crs": None})).crs is None
    assert read(with_metadata(tmp_path / "y.parquet", None)).crs is None


def test_other_parquet_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "x.parquet")
    with pytest.raises(FormatError, match="without boundaries"):
        read(tmp_path / "x.parquet")


@pytest.mark.parametrize("geo", [b"{", b"[]", b'{"primary_column": "geometry"}', b"[" * 100_000])
def test_broken_metadata_are_refused(tmp_path: Path, geo: bytes) -> None:
    table = pq.read_table(geoparquet(tmp_path))
    pq.write_table(table.replace_schema_metadata({b"geo": geo}), tmp_path / "x.parquet")
    with pytest.raises(FormatError, match="damaged"):
        read(tmp_path / "x.parquet")


def test_a_few_bytes_that_stand_for_gigabytes_are_refused(tmp_path: Path) -> None:
    text = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(100_000, dtype=np.int32)), pa.array(["x" * 100_000])
    )
    geometry = pa.array([shapely.to_wkb(A)] * 100_000, pa.binary())
    table = pa.table({"geometry": geometry, "bomb": text})
    pq.write_table(table, tmp_path / "x.parquet", store_schema=False)
    assert (tmp_path / "x.parquet").stat().st_size < 1_000_000
    with pytest.raises(LimitError, match="100 MB"):
        read_geoparquet(tmp_path / "x.parquet", "x", replace(LIMITS, unpacked_bytes=100 << 20))


def test_text_that_is_no_utf8_is_damage(tmp_path: Path) -> None:
    table = pq.read_table(geoparquet(tmp_path))
    offsets = pa.py_buffer(np.array([0, 2, 4], np.int32).tobytes())
    bad = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"\xff\xfeab")])
    pq.write_table(table.append_column("备注", bad), tmp_path / "x.parquet")
    with pytest.raises(FormatError, match="damaged"):
        read(tmp_path / "x.parquet")
