from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from geogrid.errors import FormatError
from geogrid.tables import Table, read_table, write_table


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def _read(*features: dict[str, Any], **members: Any) -> Table:
    document = {"type": "FeatureCollection", "features": list(features), **members}
    return read_table(io.BytesIO(json.dumps(document).encode()), filename="points.geojson")


def test_properties_as_texts_and_the_position() -> None:
    table = _read(
        _feature(_point(114.05, 22.54), id=7, tags=["a"], ok=True, lon="x"),
        _feature(None, id=1.5),
        _feature({"type": "MultiPoint", "coordinates": [[114, 22]]}),
        _feature({"type": "LineString", "coordinates": [[114, 22], [115, 22]]}),
    )
    assert table.source == "geojson"
    assert table.axes == ("lon 2", "lat")
    assert table.frame.iloc[0].tolist() == ["7", '["a"]', "TRUE", "x", "114.05", "22.54"]
    assert table.frame["id"].tolist() == ["7", "1.5", "", ""]
    assert table.frame["lat"].tolist() == ["22.54", "", "22.0", ""]
    assert [finding.rows for finding in table.findings] == [(3,)]


@pytest.mark.parametrize(
    ("named", "crs"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", ""),
        ("urn:ogc:def:crs:EPSG::4326", ""),
        ("urn:ogc:def:crs:EPSG::4547", "urn:ogc:def:crs:EPSG::4547"),
    ],
)
def test_an_old_crs_member(named: str, crs: str) -> None:
    member = {"type": "name", "properties": {"name": named}}
    assert _read(_feature(_point(1, 2)), crs=member).crs == crs


@pytest.mark.parametrize(
    "text",
    ['{"type": "Topology"}', "{", '{"type": "FeatureCollection", "features": [1]}', "{" * 9_000],
)
def test_other_json_is_told_so(text: str) -> None:
    with pytest.raises(FormatError, match="is not GeoJSON"):
        read_table(io.BytesIO(text.encode()), filename="points.json")


def test_properties_stay_as_they_were_when_written(tmp_path: Path) -> None:
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","id":"k","properties":'
    text += '{"n":7,"x":NaN,"deep":{"a":[1]}},"geometry":{"type":"Point","coordinates":[114,22]}}]}'
    table = read_table(io.BytesIO(text.encode()), filename="points.geojson")
    located = table.frame.assign(grid_code=["01"], wgs84_lon=[114.005], wgs84_lat=[22.003])
    write_table(located, tmp_path / "out.geojson", like=table)
    [feature] = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert feature["id"] == "k"
    assert feature["properties"] == {
        "n": 7,
        "x": None,
        "deep": {"a": [1]},
        "grid_code": "01",
        "wgs84_lon": 114.005,
        "wgs84_lat": 22.003,
    }
    assert feature["geometry"]["coordinates"] == [114.005, 22.003]
    write_table(located, tmp_path / "out.csv", like=table)
    assert read_table(tmp_path / "out.csv").frame["lon"].tolist() == ["114.0"]


def test_half_characters_and_properties_that_are_none_are_taken() -> None:
    halves = _feature(_point(114, 22.5), **{"a\ud800": "\udfffb"})
    none = _feature(_point(114, 22.5)) | {"properties": [1]}
    frame = _read(halves, none).frame
    assert frame["a\ufffd"].tolist() == ["\ufffdb", ""]
