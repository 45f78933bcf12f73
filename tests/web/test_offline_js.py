"""A copy decides as the server does: the same grid for every point, borders as far away."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from flask import Flask
from people import COMMUNITY
from web_js import run_js

from geogrid.locate import build_index, locate, nearest_boundary
from geogrid.touching import circle, touching
from web.current import CurrentPlan, current_plan
from web.offline_data import FORMAT, encoded_shapes, offline_data

LOCATE = """
import { openCopy } from './web/js/offline/copy.js';
answer(data.copies.map((each) => {
  const copy = openCopy(each);
  const codeAt = (at) => (at < 0 ? '' : copy.grids[at].code);
  return data.points.map(([x, y]) => codeAt(copy.locate(x, y)));
}));
"""
NEAREST = """
import { openCopy } from './web/js/offline/copy.js';
const copy = openCopy(data.copy);
answer(data.points.map(([x, y]) => {
  const { metres, across } = copy.nearest(x, y, copy.locate(x, y));
  return [metres, across < 0 ? '' : copy.grids[across].code];
}));
"""
WITHIN = """
import { openCopy } from './web/js/offline/copy.js';
const copy = openCopy(data.copy);
answer(data.points.map(([x, y]) =>
  copy.within(x, y, copy.locate(x, y), 40).map((at) => copy.grids[at].code)));
"""
SEARCH = """
import { entriesOf } from './web/js/offline/answers.js';
import { openCopy } from './web/js/offline/copy.js';
import { localSearch } from './web/js/lib/local-search.js';
const find = localSearch(entriesOf(openCopy(data.copy)), data.copy.rules);
const units = async (text) => (await find(text)).map((each) => each.unit);
answer(await Promise.all(data.texts.map(units)));
"""
PARTS = """
import { entriesOf, partsToChoose } from './web/js/offline/answers.js';
import { openCopy } from './web/js/offline/copy.js';
const copy = openCopy(data);
const entries = entriesOf(copy);
answer([0, 1, 2].map((unit) => {
  const match = entries.find((each) => each.unit === unit);
  const spread = partsToChoose(copy, entries, { ...match, certainty: 'exact' });
  return spread && [spread.parts.map((each) => each.unit), spread.leaves];
}));
"""


@pytest.fixture(scope="module")
def current(app: Flask) -> CurrentPlan:
    with app.test_request_context():
        return current_plan()


@pytest.fixture(scope="module")
def copy(app: Flask, current: CurrentPlan) -> dict[str, Any]:
    """Give the copy of one community of the sample."""
    with app.test_request_context():
        data = offline_data(current, [COMMUNITY], "zh", has_phones=False)
    return dict(json.loads(json.dumps(data)))


def own_leaves(current: CurrentPlan) -> gpd.GeoDataFrame:
    tree = current.plan.hierarchy
    leaves = current.leaves
    return leaves[[COMMUNITY in tree.chain(code) for code in leaves["code"]]]


def on_and_near_borders(leaves: gpd.GeoDataFrame, seed: int) -> np.ndarray:
    """Return corners, places along borders as near as doubles come, and places beside these."""
    shapes = leaves.geometry.to_numpy()
    rng = np.random.default_rng(seed)
    corners = shapely.get_coordinates(shapes)
    start, end = corners[:-1], corners[1:]
    share = rng.choice([0.25, 0.5, 1 / 3, 0.9], len(start))[:, None]
    along = start + share * (end - start)
    beside = np.nextafter(along, along + rng.choice([-1.0, 1.0], along.shape))
    level = np.column_stack([corners[:, 0] + rng.normal(0, 1e-4, len(corners)), corners[:, 1]])
    return np.vstack([corners, along, beside, level])


def inside(leaves: gpd.GeoDataFrame, count: int, seed: int) -> np.ndarray:
    west, south, east, north = leaves.total_bounds
    rng = np.random.default_rng(seed)
    points = rng.uniform((west, south), (east, north), (count, 2))
    held = shapely.contains_xy(shapely.union_all(leaves.geometry.to_numpy()), *points.T)
    return np.asarray(points[held])


def test_every_point_of_the_area_is_in_the_grid_that_the_server_says(
    current: CurrentPlan, copy: dict[str, Any]
) -> None:
    own = own_leaves(current)
    points = np.vstack([inside(own, 4_000, 1), on_and_near_borders(own, 2)])
    known = {row[0] for row in copy["grids"]}
    expected = current.codes_at(locate(current.index, *points.T)).tolist()
    expected = [code if code in known else "" for code in expected]
    (found,) = run_js(LOCATE, {"copies": [copy], "points": points.tolist()})  # type: ignore[misc]
    assert len(points) > 3_000
    assert found == expected
    assert set(own["code"]) <= set(expected)


def test_borders_are_as_far_as_the_server_says(current: CurrentPlan, copy: dict[str, Any]) -> None:
    points = inside(own_leaves(current), 800, 3)
    metres, across = nearest_boundary(current.index, *points.T)
    found: Any = run_js(NEAREST, {"copy": copy, "points": points.tolist()})
    np.testing.assert_allclose([each[0] for each in found], metres, rtol=1e-9, atol=1e-6)
    assert [each[1] for each in found] == current.codes_at(across).tolist()


def test_a_vague_position_may_be_in_the_grids_that_the_server_says(
    current: CurrentPlan, copy: dict[str, Any]
) -> None:
    points = inside(own_leaves(current), 300, 4)
    found: Any = run_js(WITHIN, {"copy": copy, "points": points.tolist()})
    same = [
        set(each)
        == set(current.codes_at(touching(current.index, circle(lon, lat, 40.0)).grids).tolist())
        for each, (lon, lat) in zip(found, points.tolist(), strict=True)
    ]
    assert np.mean(same) > 0.97, "the server's circle has corners"
    assert any(len(each) > 2 for each in found)


def test_outlines_are_those_of_the_plan_to_the_bit(
    current: CurrentPlan, copy: dict[str, Any]
) -> None:
    decoded: Any = run_js(
        "import { openCopy } from './web/js/offline/copy.js';"
        "const copy = openCopy(data); answer(copy.geojson(4));",
        copy,
    )
    for feature in decoded["features"]:
        drawn = shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))
        kept = shapely.get_coordinates(current.by_code.geometry[feature["properties"]["code"]])
        assert np.array_equal(drawn, kept)


def test_the_format_is_the_one_that_the_page_reads() -> None:
    found = run_js("import { FORMAT } from './web/js/offline/copy.js'; answer(FORMAT);", None)
    assert found == FORMAT


def layers_of_triangles(count: int, seed: int) -> list[np.ndarray]:
    """Return layers of triangles with corners on a few places: overlaps, gaps, shared corners."""
    rng = np.random.default_rng(seed)
    places = np.array([114.0, 114.001, 114.002, 114 + 1 / 300, 114 + 1 / 700])
    layers = []
    for _ in range(count):
        shapes = shapely.polygons(rng.choice(places, (rng.integers(1, 7), 3, 2)))
        layers.append(shapes[shapely.is_valid(shapes)])
    return [layer for layer in layers if len(layer)]


def test_defective_layers_and_outer_borders_are_asked_alike() -> None:
    """Overlaps go to the lowest code, points that only touch to the first grid around them."""
    layers = layers_of_triangles(300, 5)
    places = np.array([114.0, 114.0005, 114.001, 114.002, 114 + 1 / 300, 114 + 1 / 700])
    points = np.array([(x, y) for x in places for y in places])
    asked, expected = [], []
    for layer in layers:
        codes = [f"{at:02}" for at in range(len(layer))]
        frame = gpd.GeoDataFrame({"code": codes}, geometry=list(layer), crs=4326)
        place = {code: at for at, code in enumerate(codes)}
        asked.append(
            {
                "grids": [[code, "", 3, "", ""] for code in codes],
                "own": list(range(len(codes))),
                "leaves": list(range(len(codes))),
                "shapes": encoded_shapes(frame.set_index("code", drop=False), place),
            }
        )
        found = locate(build_index(frame), *points.T)
        expected.append([codes[at] if at >= 0 else "" for at in found])
    got = run_js(LOCATE, {"copies": asked, "points": points.tolist()})
    assert len(layers) > 200
    assert got == expected


def test_what_a_building_is_called_besides_is_found(copy: dict[str, Any]) -> None:
    aliases = [["大红楼", "老粮站"] if at == 3 else [] for at in range(len(copy["units"]["kind"]))]
    called = {**copy, "units": {**copy["units"], "aliases": aliases}}
    texts = ["大红楼", "老粮站", "无人知晓之地"]
    assert run_js(SEARCH, {"copy": called, "texts": texts}) == [[3], [3], []]


def test_a_compound_that_leaves_the_area_is_in_several_grids(copy: dict[str, Any]) -> None:
    """Only the list of the server knows what is outside, and where entrances are."""
    own = copy["own"]
    count = len(copy["units"]["kind"])
    spans = [[own[0], own[1]], [-1, own[0]]] + [[]] * (count - 2)
    parent = [-1] * 3 + [0, 0, 1] + [-1] * (count - 6)
    units = {**copy["units"], "parent": parent, "spans": spans}
    assert run_js(PARTS, {**copy, "units": units}) == [[[3, 4], False], [[5], True], None]
