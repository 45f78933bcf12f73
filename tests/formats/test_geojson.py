from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from boundary_samples import collection, feature, square, write_json

from geogrid.errors import FormatError, LimitError, UnsafeFileError
from geogrid.formats.geojson import read_geojson
from geogrid.formats.layer import LIMITS, RawLayer


def read(path: Path, document: object) -> RawLayer:
    return read_geojson(write_json(path / "x.geojson", document), "x.geojson", LIMITS)


def read_text(path: Path, text: str) -> RawLayer:
    (path / "x.geojson").write_text(text, encoding="utf-8")
    return read_geojson(path / "x.geojson", "x.geojson", LIMITS)


def polygon(*rings: list[object]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_features_become_polygons_with_their_properties(tmp_path: Path) -> None:
    layer = read(tmp_path, collection(feature(square(0, 0), a=1), feature(square(1, 0), b="x")))
    assert shapely.area(layer.geometry).tolist() == [1, 1]
    assert layer.attributes.astype(object).where(layer.attributes.notna(), None).to_dict(
        "records"
    ) == [{"a": 1, "b": None}, {"a": None, "b": "x"}]
    assert layer.crs == "EPSG:4326"
    assert layer.problems == {}


@pytest.mark.parametrize("document", [feature(square(0, 0), a=1), square(0, 0)])
def test_a_feature_or_a_geometry_alone_is_read(tmp_path: Path, document: object) -> None:
    assert len(read(tmp_path, document).geometry) == 1


@pytest.mark.parametrize(
    ("member", "crs"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2263"}},
         "urn:ogc:def:crs:EPSG::2263"),
        ({"type": "EPSG", "properties": {"code": 4547}}, "EPSG:4547"),
        ({"type": "link", "properties": {"href": "http://example.org/crs"}}, None),
        (None, None), ("EPSG:4326", None), ({}, None),
    ],
)  # fmt: skip
def test_the_old_crs_member_is_read(tmp_path: Path, member: object, crs: str | None) -> None:
    assert read(tmp_path, collection(feature(square(0, 0)), crs=member)).crs == crs


def test_holes_parts_and_types_are_kept(tmp_path: Path) -> None:
    hole = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.2]]
    shell = square(0, 0)["coordinates"][0]
    multi = {
        "type": "MultiPolygon",
        "coordinates": [[shell, hole], [square(5, 5)["coordinates"][0]]],
    }
    single = {"type": "MultiPolygon", "coordinates": [[shell]]}
    layer = read(
        tmp_path, collection(feature(multi), feature(single), feature(polygon(shell, hole)))
    )
    assert [shape.geom_type for shape in layer.geometry] == ["MultiPolygon"] * 2 + ["Polygon"]
    assert shapely.area(layer.geometry) == pytest.approx([1.98, 1, 0.98])


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        ({"type": "Point", "coordinates": [1, 1]}, "is_point"),
        ({"type": "LineString", "coordinates": [[1, 1], [2, 2]]}, "is_line"),
        ({"type": "GeometryCollection", "geometries": []}, "no_polygon"),
        ({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 0]}]},
         "no_polygon"),
        (polygon(), "empty_geometry"),
        (polygon([]), "empty_geometry"),
        (polygon([[0, 0], [1, 1], [0, 0]]), "degenerate_ring"),
        (polygon([[0, 0], [1, float("nan")], [1, 1], [0, 0]]), "bad_coordinate"),
        (polygon([[0, 0], [1, None], [1, 1], [0, 0]]), "bad_coordinate"),
        (polygon([[0, 0], ["1", "2"], [1, 1], [0, 0]]), "broken_geometry"),
        (polygon([[0], [1], [1], [0]]), "broken_geometry"),
        (polygon([0, 1, 2, 3]), "broken_geometry"),
        (polygon([[0, 0], [10**400, 1], [1, 1], [0, 0]]), "broken_geometry"),
        (polygon({"a": 1}), "broken_geometry"),
        ({"type": "Polygon"}, "broken_geometry"),
        ({"type": "CurvePolygon", "coordinates": []}, "broken_geometry"),
        ("POLYGON", "broken_geometry"), ({}, "broken_geometry"), ([], "broken_geometry"),
    ],
)  # fmt: skip
def test_odd_geometries_are_named_by_row(tmp_path: Path, geometry: object, problem: str) -> None:
    layer = read(tmp_path, collection(feature(square(0, 0)), feature(geometry)))
    assert layer.problems == {problem: [1]}
    assert [shape is None for shape in layer.geometry] == [False, True]


@pytest.mark.parametrize("odd", [None, 5, {"type": "Feature"}, {"geometry": None}])
def test_features_without_geometry_stay_rows(tmp_path: Path, odd: object) -> None:
    layer = read(tmp_path, {"type": "FeatureCollection", "features": [feature(square(0, 0)), odd]})
    assert layer.geometry[1] is None
    assert len(layer.attributes) == 2


def test_an_unclosed_ring_is_closed_and_said(tmp_path: Path) -> None:
    layer = read(tmp_path, feature(polygon([[0, 0], [1, 0], [1, 1], [0, 1]])))
    assert layer.geometry[0].area == 1
    assert layer.problems == {"unclosed_ring": [0]}


def test_heights_are_dropped_and_said_even_where_some_vertices_have_none(tmp_path: Path) -> None:
    layer = read(tmp_path, feature(polygon([[0, 0, 5], [1, 0], [1, 1, 5], [0, 0, 5]])))
    assert not layer.geometry[0].has_z
    assert layer.problems == {"z_dropped": [0]}


def test_areas_in_a_collection_are_kept(tmp_path: Path) -> None:
    mixed = {"type": "GeometryCollection",
             "geometries": [{"type": "Point", "coordinates": [0, 0]}, square(0, 0)]}  # fmt: skip
    layer = read(tmp_path, feature(mixed))
    assert layer.geometry[0].geom_type == "MultiPolygon"
    assert layer.problems == {"collection": [0]}


def test_an_overflowing_number_is_a_bad_coordinate(tmp_path: Path) -> None:
    text = json.dumps(collection(feature(polygon([[0, 0], [1.5, 0], [1, 1], [0, 0]]))))
    layer = read_text(tmp_path, text.replace("1.5", "1e400"))
    assert layer.problems == {"bad_coordinate": [0]}


def test_an_id_of_the_feature_counts_where_properties_have_none(tmp_path: Path) -> None:
    layer = read(tmp_path, collection({**feature(square(0, 0)), "id": "G1"}))
    assert layer.attributes.id.tolist() == ["G1"]


def test_nested_properties_become_text(tmp_path: Path) -> None:
    layer = read(tmp_path, collection(feature(square(0, 0), tags={"a": ["网格"]})))
    assert layer.attributes.tags.tolist() == ['{"a": ["网格"]}']


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = json.dumps(collection(feature(square(0, 0), 网格名称="泰然")), ensure_ascii=False)
    (tmp_path / "x.geojson").write_bytes(text.encode(encoding))
    layer = read_geojson(tmp_path / "x.geojson", "x", LIMITS)
    assert layer.attributes["网格名称"].tolist() == ["泰然"]


@pytest.mark.parametrize(
    "text",
    ["{", "[1, 2]", '"text"', "{}", '{"type": "FeatureCollection"}', '{"type": "Feature"} {}',
     '{"type": "FeatureCollection", "features": 5}', '{"type": "Topology"}', "[" + "9" * 5000 + "]",
     '{"geometryType": "esriGeometryPolygon", "features": []}'],
)  # fmt: skip
def test_what_is_not_geojson_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError, match=r"x\.geojson"):
        read_text(tmp_path, text)


@pytest.mark.parametrize(
    "bomb",
    ["[" * 200_000, '{"a":' * 200_000, '{"type":"FeatureCollection","features":' + "[" * 99_999],
)
def test_nesting_bombs_are_refused(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(UnsafeFileError):
        read_text(tmp_path, bomb)


def test_collections_in_collections_are_bounded(tmp_path: Path) -> None:
    geometry: dict[str, object] = square(0, 0)
    for _level in range(40):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    with pytest.raises(UnsafeFileError, match="16"):
        read(tmp_path, feature(geometry))


def test_too_many_vertices_are_refused_with_the_limit(tmp_path: Path) -> None:
    path = write_json(tmp_path / "x.geojson", collection(feature(square(0, 0))))
    with pytest.raises(LimitError, match="4"):
        read_geojson(path, "x", replace(LIMITS, vertices=4))


def test_coordinates_keep_their_bits(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    ring = rng.uniform(-180, 180, (50, 2))
    ring[-1] = ring[0]
    layer = read(tmp_path, feature(polygon(ring.tolist())))
    assert np.array_equal(shapely.get_coordinates(layer.geometry[0]), ring)


def test_a_position_of_one_number_is_a_broken_geometry(tmp_path: Path) -> None:
    ring = [[114.0, 22], [114.1, 22], [1142.55], [114, 22]]
    layer = read(tmp_path, collection(feature(polygon(ring)), feature(square(114, 22))))
    assert layer.problems == {"broken_geometry": [0]}
