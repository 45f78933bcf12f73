"""Shapes for drawing: degrees, rounded, with everything a map needs and no more."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geogrid.drawing import map_shapes
from geogrid.drawing.map_shapes import (
    defect_shapes,
    grid_shapes,
    lonlat_bounds,
    region_shape,
    thinned,
    to_lonlat,
)

METRES = "EPSG:4547"
SQUARE = shapely.box(505_000, 2_493_000, 505_100, 2_493_100)


def grids(names: list[str], shapes: list[shapely.Geometry | None]) -> gpd.GeoDataFrame:
    codes = [f"C{at}" for at in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"code": codes, "name": names, "kind": "community"}, geometry=shapes, crs=METRES
    )


def test_grids_are_in_degrees_with_a_place_for_the_name() -> None:
    (feature,) = json.loads(grid_shapes(grids(["东"], [SQUARE])))["features"]
    lon, lat = feature["geometry"]["coordinates"][0][0]
    assert (lon, lat) == (pytest.approx(114.05, abs=0.01), pytest.approx(22.53, abs=0.01))
    assert feature["properties"]["name"] == "东"
    drawn = shapely.from_geojson(json.dumps(feature["geometry"]))
    assert drawn.contains(shapely.Point(feature["properties"]["label"]))


def test_a_grid_without_a_name_shows_its_code() -> None:
    (feature,) = json.loads(grid_shapes(grids([""], [SQUARE])))["features"]
    assert feature["properties"]["name"] == "C0"


def test_what_has_no_shape_is_left_out_and_what_is_broken_is_drawn() -> None:
    x, y = 505_000, 2_493_000
    bowtie = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])
    drawn = json.loads(grid_shapes(grids(["a", "b", "c"], [None, bowtie, shapely.Polygon()])))
    assert [each["properties"]["code"] for each in drawn["features"]] == ["C1"]


def test_names_are_only_text() -> None:
    name = '</script><img src=x onerror=alert(1)>"'
    (feature,) = json.loads(grid_shapes(grids([name], [SQUARE])))["features"]
    assert feature["properties"]["name"] == name


def test_defects_keep_their_id_and_their_place() -> None:
    point = gpd.GeoDataFrame({"id": ["d1"]}, geometry=[shapely.Point(114, 22)], crs="EPSG:4326")
    (feature,) = json.loads(defect_shapes(point))["features"]
    assert feature["properties"] == {"id": "d1"}
    assert feature["geometry"] == {"type": "Point", "coordinates": [114.0, 22.0]}


def test_a_region_is_drawn() -> None:
    region = gpd.GeoDataFrame(geometry=[SQUARE], crs=METRES)
    assert len(json.loads(region_shape(region))["features"]) == 1


def test_bounds_of_nothing_are_none() -> None:
    assert lonlat_bounds(np.array([shapely.box(1, 2, 3, 4), None, shapely.Polygon()])) == [
        [1.0, 2.0, 3.0, 4.0],
        None,
        None,
    ]


def test_a_bare_plane_stays_as_it_is() -> None:
    plane = pyproj.CRS.from_wkt('LOCAL_CS["plan",UNIT["metre",1]]')
    assert to_lonlat([SQUARE], plane)[0] == SQUARE


def test_more_than_a_page_can_hold_is_simplified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_shapes, "MOST_VERTICES", 500)
    angles = np.linspace(0, 2 * np.pi, 4_000, endpoint=False)
    circle = shapely.polygons(np.column_stack([np.cos(angles), np.sin(angles)]) * 0.05)
    (thin,) = thinned(np.array([circle]), 6)
    assert shapely.get_num_coordinates(thin) <= 500
    assert thin.area == pytest.approx(circle.area, rel=1e-3)
