"""The committed sample data: rebuilt to the same bytes, seamless, numbered and believable."""

from __future__ import annotations

import collections
import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.coverage import check_coverage

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data" / "boundaries"
METRES = np.array([102_871.0, 110_738.0])
"""Length of a degree of longitude and latitude at the middle of the city sample."""


def read_features(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shapes(features: list[dict[str, Any]]) -> np.ndarray:
    return shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])


def signed_edges(geometry: dict[str, Any], sign: int, total: collections.Counter) -> None:
    parts = geometry["coordinates"]
    for rings in parts if geometry["type"] == "MultiPolygon" else [parts]:
        for ring in rings:
            for a, b in zip(map(tuple, ring[:-1]), map(tuple, ring[1:]), strict=True):
                total[min(a, b), max(a, b)] += sign if a < b else -sign


def leftover_edges(parent: dict[str, Any], children: list[dict[str, Any]]) -> int:
    total: collections.Counter = collections.Counter()
    signed_edges(parent["geometry"], -1, total)
    for child in children:
        signed_edges(child["geometry"], 1, total)
    return sum(value != 0 for value in total.values())


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("boundaries")
    script = ROOT / "scripts" / "build_sample.py"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"}
    subprocess.run([sys.executable, script, "--out", target], check=True, env=environment)
    return target


@pytest.fixture(scope="module", params=["futian", "rural"])
def folder(request: pytest.FixtureRequest) -> Path:
    return DATA / request.param


@pytest.fixture(scope="module")
def futian() -> list[dict[str, Any]]:
    return read_features(DATA / "futian" / "grids.geojson")


@pytest.mark.parametrize("name", ["futian", "rural", "futian_defects"])
def test_rebuilds_to_the_same_bytes(rebuilt: Path, name: str) -> None:
    committed = sorted(path.name for path in (DATA / name).iterdir())
    assert sorted(path.name for path in (rebuilt / name).iterdir()) == committed
    for file in committed:
        assert (rebuilt / name / file).read_bytes() == (DATA / name / file).read_bytes(), file


def test_counts_of_the_city(futian: list[dict[str, Any]]) -> None:
    levels = collections.Counter(f["properties"]["level"] for f in futian)
    assert levels == {1: 1, 2: 15, 3: 126, 4: 581}


def test_counts_of_the_country() -> None:
    features = read_features(DATA / "rural" / "grids.geojson")
    kinds = collections.Counter(
        (f["properties"]["level"], f["properties"]["kind"]) for f in features
    )
    assert kinds == {
        (1, "community"): 1,
        (2, "community"): 14,
        (2, "village"): 16,
        (3, "community"): 89,
        (3, "village"): 37,
        (3, "dedicated"): 8,
    }


def test_country_has_holes_and_several_parts() -> None:
    features = read_features(DATA / "rural" / "grids.geojson")
    polygons = shapes(features)
    level = np.array([f["properties"]["level"] for f in features])
    parts = shapely.get_num_geometries(polygons)
    holes = np.array([shapely.get_num_interior_rings(shapely.get_parts(p)).sum() for p in polygons])
    assert (parts[level == 3] == 3).sum() == 2, "two grids of three hamlets"
    assert (parts[level == 2] == 2).sum() == 2, "two villages with an island elsewhere"
    assert (holes[level == 3]).sum() == 10, "six hamlets, two islands, two dedicated grids"


def test_a_village_is_divided_by_the_trunk_road() -> None:
    features = read_features(DATA / "rural" / "grids.geojson")
    roads = read_features(DATA / "rural" / "streets.geojson")
    trunk = shapes([f for f in roads if f["properties"]["highway"] == "trunk"])[0]
    by_parent: dict[str, list[int]] = {}
    for row, feature in enumerate(features):
        if feature["properties"]["kind"] == "village" and feature["properties"]["level"] == 3:
            by_parent.setdefault(feature["properties"]["parent"], []).append(row)
    polygons = shapes(features)
    divided = 0
    for rows in by_parent.values():
        if len(rows) == 2:
            border = shapely.intersection(*polygons[rows])
            divided += border.length > 0.01 and shapely.covers(trunk.buffer(1e-4), border)
    assert divided >= 1


def test_every_level_fills_its_parent_edge_by_edge(folder: Path) -> None:
    features = read_features(folder / "grids.geojson")
    children: dict[str, list[dict[str, Any]]] = {}
    for feature in features:
        children.setdefault(feature["properties"]["parent"], []).append(feature)
    for feature in features:
        below = children.get(feature["properties"]["code"])
        assert below is None or leftover_edges(feature, below) == 0, feature["properties"]["code"]
    region = read_features(folder / "region.geojson")[0]
    assert leftover_edges(region, children[""]) == 0


def test_every_polygon_is_valid_and_on_the_lattice(folder: Path) -> None:
    polygons = shapes(read_features(folder / "grids.geojson"))
    assert shapely.is_valid(polygons).all()
    xy = shapely.get_coordinates(polygons)
    assert (np.round(xy, 9) == xy).all()


def test_no_city_grid_is_a_sliver(futian: list[dict[str, Any]]) -> None:
    polygons = shapely.transform(shapes(futian), lambda xy: (xy - (114.02, 22.535)) * METRES)
    assert set(shapely.get_type_id(polygons)) == {3}
    shrunk = shapely.buffer(polygons, -15)
    assert not shapely.is_empty(shrunk).any(), "30 m wide somewhere"
    assert set(shapely.get_type_id(shapely.buffer(polygons, -4))) == {3}, "8 m wide everywhere"
    compactness = 4 * np.pi * shapely.area(polygons) / shapely.length(polygons) ** 2
    assert np.median(compactness) > 0.6
    assert compactness.min() > 0.14


def test_codes_are_numbered_west_to_east(folder: Path) -> None:
    features = read_features(folder / "grids.geojson")
    centre = np.round(shapely.get_coordinates(shapely.centroid(shapes(features))), 7)
    siblings: dict[str, list[tuple[str, float, float]]] = {}
    for feature, (lon, lat) in zip(features, centre, strict=True):
        row = (feature["properties"]["code"], lon, -lat)
        siblings.setdefault(feature["properties"]["parent"], []).append(row)
    for parent, rows in siblings.items():
        rows.sort(key=lambda row: row[1:])
        codes = [row[0] for row in rows]
        width = len(codes[0]) - len(parent)
        assert width == {0: 9, 9: 3, 12: 3, 15: 2}[len(parent)]
        if parent:
            assert codes == [f"{parent}{k:0{width}d}" for k in range(1, len(codes) + 1)]


def test_names_are_unique(folder: Path) -> None:
    names = [f["properties"]["name"] for f in read_features(folder / "grids.geojson")]
    assert len(set(names)) == len(names)


def test_figures_add_up_level_by_level(folder: Path) -> None:
    rows = [f["properties"] for f in read_features(folder / "grids.geojson")]
    by_code = {row["code"]: row for row in rows}
    for figure in ("households", "people"):
        sums: collections.Counter = collections.Counter()
        for row in rows:
            sums[row["parent"]] += row[figure]
        del sums[""]
        assert all(by_code[code][figure] == value for code, value in sums.items())


def test_city_figures_are_those_of_the_buildings(futian: list[dict[str, Any]]) -> None:
    finest = [f for f in futian if f["properties"]["level"] == 4]
    units = read_rows(DATA / "futian" / "units.csv")
    split = {unit["parent"] for unit in units if unit["kind"] == "entrance"}
    counted = [u for u in units if u["kind"] != "compound" and u["unit_id"] not in split]
    points = shapely.points([(float(u["lon"]), float(u["lat"])) for u in counted])
    point, grid = shapely.STRtree(shapes(finest)).query(points, predicate="within")
    assert (point == np.arange(len(counted))).all()
    sums: collections.Counter = collections.Counter()
    for unit, row in zip(counted, grid, strict=True):
        sums[unit["grid"] or finest[row]["properties"]["code"]] += int(unit["households"])
    assert sums == {f["properties"]["code"]: f["properties"]["households"] for f in finest}


def test_most_grids_have_the_usual_size(futian: list[dict[str, Any]]) -> None:
    rows = [f["properties"] for f in futian if f["properties"]["level"] == 3]
    usual = [260 <= row["households"] <= 500 for row in rows if row["kind"] == "community"]
    dedicated = [row for row in rows if row["kind"] == "dedicated"]
    assert len(dedicated) == 12
    assert 3 <= len(usual) - sum(usual) <= 8, "a few deserve advice"


def test_buildings_are_well_inside_their_grid(folder: Path) -> None:
    features = read_features(folder / "grids.geojson")
    level = max(f["properties"]["level"] for f in features)
    polygons = shapes([f for f in features if f["properties"]["level"] == level])
    polygons = shapely.transform(polygons, lambda xy: xy * METRES * 0.8)
    units = [u for u in read_rows(folder / "units.csv") if u["kind"] == "building"]
    points = np.array([(float(u["lon"]), float(u["lat"])) for u in units]) * METRES * 0.8
    point, grid = shapely.STRtree(polygons).query(shapely.points(points), predicate="within")
    assert (point == np.arange(len(units))).all()
    away = shapely.distance(shapely.boundary(polygons[grid]), shapely.points(points[point]))
    assert away.min() > 1.0


def test_addresses_are_unique_and_of_every_kind() -> None:
    units = read_rows(DATA / "futian" / "units.csv")
    ids = {unit["unit_id"]: unit for unit in units}
    assert len(ids) == len(units) == len({unit["address"] for unit in units})
    assert all(unit["parent"] in ids for unit in units if unit["parent"])
    buildings = [unit for unit in units if unit["kind"] == "building"]
    assert len(buildings) > 1000
    assert sum(unit["building"].endswith("座") for unit in buildings) >= 200
    assert sum(unit["building"].endswith("号楼") for unit in buildings) >= 300
    assert {unit["street"] for unit in units} >= {"泰然七路", "下沙大道", "景田路"}


def test_households_of_units_add_up() -> None:
    units = read_rows(DATA / "futian" / "units.csv")
    sums: collections.Counter = collections.Counter()
    for unit in units:
        sums[unit["parent"]] += int(unit["households"])
    parents = [unit for unit in units if unit["unit_id"] in sums]
    assert parents
    assert all(sums[unit["unit_id"]] == int(unit["households"]) for unit in parents)


def test_streets_have_clean_attributes(folder: Path) -> None:
    features = read_features(folder / "streets.geojson")
    assert all(set(f["properties"]) == {"name", "highway"} for f in features)
    assert not [f for f in features if "[" in f["properties"]["name"] + f["properties"]["highway"]]


def test_every_grid_has_its_posts(folder: Path) -> None:
    grids = [f["properties"] for f in read_features(folder / "grids.geojson")]
    posts = read_rows(folder / "posts.csv")
    held = {(post["grid"], post["post"]) for post in posts}
    wanted = {
        1: ["leader"],
        2: ["leader"],
        3: ["leader", "full_time", "part_time"],
        4: ["micro_leader"],
    }
    assert all((g["code"], role) in held for g in grids for role in wanted[g["level"]])
    assert {post["grid"] for post in posts} <= {grid["code"] for grid in grids}
    leads = collections.Counter(p["holder"] for p in posts if p["post"] == "leader" and p["holder"])
    assert max(leads.values()) >= 3


def test_exactly_two_posts_are_vacant(folder: Path) -> None:
    vacant = [post for post in read_rows(folder / "posts.csv") if not post["holder"]]
    assert [(post["post"], bool(post["deputy"])) for post in vacant] == [
        ("leader", False),
        ("full_time", True),
    ]


def test_nobody_can_be_called(folder: Path) -> None:
    posts = read_rows(folder / "posts.csv")
    phones = [post[name] for post in posts for name in ("phone", "deputy_phone") if post[name]]
    assert {phone[4:10] for phone in phones} == {"-0000-"}
    assert all(post["deputy"] != post["holder"] for post in posts if post["holder"])


@pytest.mark.parametrize(("name", "count"), [("futian", 20_000), ("rural", 1_500)])
def test_cases_lie_in_the_region_and_in_the_year(name: str, count: int) -> None:
    cases = read_rows(DATA / name / "cases.csv")
    region = shapes(read_features(DATA / name / "region.geojson"))[0]
    assert len({case["case_id"] for case in cases}) == len(cases) == count
    xy = np.array([(float(case["lon"]), float(case["lat"])) for case in cases])
    assert shapely.contains_xy(region, xy[:, 0], xy[:, 1]).all()
    reported = [case["reported_at"] for case in cases]
    assert reported == sorted(reported)
    assert reported[0] >= "2025-11-19T16:00:00Z"
    assert reported[-1] < "2026-11-19T16:00:00Z"


def test_cases_are_consistent() -> None:
    for case in read_rows(DATA / "futian" / "cases.csv"):
        assert case["reported_at"] < case["deadline"]
        assert not case["replied_at"] or case["reported_at"] < case["replied_at"]
        assert (case["status"] == "closed") == bool(case["closed_at"])
        assert not case["closed_at"] or case["replied_at"] <= case["closed_at"]
        assert case["status"] == "closed" or not case["satisfied"]


def test_cases_pile_up_at_the_market(futian: list[dict[str, Any]]) -> None:
    grids = [f for f in futian if f["properties"]["level"] == 3]
    cases = read_rows(DATA / "futian" / "cases.csv")
    points = shapely.points([(float(case["lon"]), float(case["lat"])) for case in cases])
    _, grid = shapely.STRtree(shapes(grids)).query(points, predicate="within")
    busiest = collections.Counter(grid.tolist()).most_common(1)[0][0]
    assert grids[busiest]["properties"]["name"] == "沙嘴市场专属网格"


def test_coverage_is_proven_on_every_level(folder: Path) -> None:
    region = gpd.read_file(folder / "region.geojson")
    report = check_coverage(gpd.read_file(folder / "grids.geojson"), region)
    assert report.is_proven
    assert len(report.defects) == 0


@pytest.mark.parametrize(("file", "listed"), [("grids", "planted"), ("nested", "nested")])
def test_planted_defects_are_found_and_nothing_else(file: str, listed: str) -> None:
    folder = DATA / "futian_defects"
    planted = json.loads((folder / "planted.json").read_text(encoding="utf-8"))
    region = gpd.read_file(folder / "region.geojson")
    grids = gpd.read_file(folder / f"{file}.geojson")
    report = check_coverage(grids, region, tolerance_m=planted["tolerance_m"])
    found = {}
    for row in report.defects.itertuples():
        found[row.kind, row.severity, tuple(sorted(row.grids))] = (row.area_m2, row.width_m)
    assert len(found) == len(report.defects) == len(planted[listed])
    for plant in planted[listed]:
        area, width = found[plant["kind"], plant["severity"], tuple(plant["grids"])]
        assert area == pytest.approx(plant["area_m2"], rel=1e-3)
        assert width == pytest.approx(plant["width_m"], rel=1e-2)


def test_planted_places_are_where_the_grids_meet() -> None:
    folder = DATA / "futian_defects"
    features = read_features(folder / "grids.geojson")
    polygons = dict(zip((f["properties"]["code"] for f in features), shapes(features), strict=True))
    planted = json.loads((folder / "planted.json").read_text(encoding="utf-8"))["planted"]
    for plant in planted:
        if plant["kind"] in ("overlap", "duplicate"):
            place = shapely.Point(plant["lon"], plant["lat"])
            assert all(polygons[code].contains(place) for code in plant["grids"])
    assert {plant["kind"] for plant in planted} == {
        "gap", "overlap", "duplicate", "spill", "invalid", "unmatched", "code",
    }  # fmt: skip


def test_sample_is_labelled(folder: Path) -> None:
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert plan["is_sample"] is True
    assert plan["note"].startswith("示例数据")
    assert "OpenStreetMap" in plan["attribution"] or folder.name == "rural"


def test_sample_stays_small() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 12e6
