"""A plan reads back as it was written, to the bit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, box

from geogrid.errors import CrsError, FieldError, FormatError
from geogrid.store import PlanMissingError, load_plan, save_plan


def grids(**columns: object) -> gpd.GeoDataFrame:
    shapes = [box(114.1, 22.5, 114.2 / 3, 22.6), MultiPolygon([box(0, 0, 1 / 3, 1)])]
    return gpd.GeoDataFrame({"code": ["001", "002"], **columns}, geometry=shapes, crs="EPSG:4326")


def test_everything_reads_back(tmp_path):
    region = gpd.GeoDataFrame({"name": ["福田"]}, geometry=[box(0, 0, 2, 1)], crs="EPSG:4326")
    streets = gpd.GeoDataFrame(
        {"name": ["泰然七路"], "highway": ["residential"]},
        geometry=[LineString([(0, 0), (1, 1)])],
        crs="EPSG:4326",
    )
    save_plan(
        tmp_path / "plan",
        name="示例",
        grids=grids(name=["甲", ""], households=[12, None], colour=["red", "blue"]),
        region=region,
        streets=streets,
        posts=pd.DataFrame({"grid": ["001"], "post": ["leader"], "phone": ["0755-0000-0017"]}),
        units=pd.DataFrame({"unit_id": ["007"], "lon": [1 / 3], "households": [4]}),
        cases=pd.DataFrame({"case_id": ["1"], "reported_at": ["2026-03-01T02:03:04Z"]}),
        is_sample=True,
        attribution="© OpenStreetMap",
    )
    plan = load_plan(tmp_path / "plan")
    assert (plan.name, plan.is_sample, plan.attribution) == ("示例", True, "© OpenStreetMap")
    assert plan.grids["code"].tolist() == ["001", "002"]
    assert plan.grids["name"].tolist() == ["甲", ""]
    assert plan.grids["colour"].tolist() == ["red", "blue"]
    assert plan.grids["level"].tolist() == [3, 3]
    assert plan.grids["households"].isna().tolist() == [False, True]
    assert plan.grids.crs == "EPSG:4326"
    assert plan.grids.geom_type.tolist() == ["Polygon", "MultiPolygon"]
    before = shapely.get_coordinates(grids().geometry.array)
    assert np.array_equal(before, shapely.get_coordinates(plan.grids.geometry.array))
    assert plan.region is not None
    assert plan.region["name"].tolist() == ["福田"]
    assert plan.streets["highway"].tolist() == ["residential"]
    assert plan.posts["phone"].tolist() == ["0755-0000-0017"]
    assert plan.units["unit_id"].tolist() == ["007"]
    assert plan.units["lon"].tolist() == [1 / 3]
    assert plan.units["households"].tolist() == [4]
    assert plan.cases["reported_at"][0] == pd.Timestamp("2026-03-01T02:03:04", tz="UTC")
    assert plan.cases["closed_at"].isna().all()
    assert plan.hierarchy.chain("001") == ["001"]


def test_only_grids_are_needed(tmp_path):
    save_plan(tmp_path / "plan", name="", grids=grids())
    plan = load_plan(tmp_path / "plan")
    assert plan.region is None
    assert plan.posts.empty
    assert plan.cases.columns[0] == "case_id"
    assert str(plan.cases["deadline"].dtype) == "datetime64[us, UTC]"
    assert len(plan.streets) == 0


def test_a_plan_in_metres_is_converted(tmp_path):
    save_plan(tmp_path / "plan", name="", grids=grids().to_crs("EPSG:3857"))
    bounds = load_plan(tmp_path / "plan").grids.total_bounds
    assert bounds == pytest.approx(grids().total_bounds, abs=1e-9)


def test_the_digest_follows_the_contents(tmp_path):
    for name, code in (("a", "1"), ("b", "1"), ("c", "2")):
        rows = pd.DataFrame({"grid": [code]})
        save_plan(tmp_path / name, name="same", grids=grids(), posts=rows, created_at="")
    digests = [load_plan(tmp_path / name).digest for name in "abc"]
    assert digests[0] == digests[1] != digests[2]


def test_an_existing_plan_is_replaced_only_when_asked(tmp_path):
    save_plan(tmp_path / "plan", name="old", grids=grids())
    with pytest.raises(Exception, match="nothing was changed"):
        save_plan(tmp_path / "plan", name="new", grids=grids())
    assert load_plan(tmp_path / "plan").name == "old"
    save_plan(tmp_path / "plan", name="new", grids=grids(), replace=True)
    assert load_plan(tmp_path / "plan").name == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_parts_that_make_no_plan_are_refused(tmp_path):
    with pytest.raises(FieldError, match="code"):
        save_plan(tmp_path / "plan", name="", grids=grids().drop(columns="code"))
    with pytest.raises(CrsError, match="CRS"):
        save_plan(tmp_path / "plan", name="", grids=grids().set_crs(None, allow_override=True))
    with pytest.raises(FieldError, match="households"):
        save_plan(tmp_path / "plan", name="", grids=grids(households=["many", ""]))
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.json", "{"),
        ("grids.geojson", '{"type": "FeatureCollection"}'),
        ("grids.geojson", "not json"),
        ("cases.csv", "a,b\n1,2,3,4\n"),
    ],
)
def test_damaged_files_are_named(tmp_path, name, text):
    save_plan(tmp_path / "plan", name="", grids=grids())
    (tmp_path / "plan" / name).write_text(text)
    with pytest.raises(FormatError, match=name):
        load_plan(tmp_path / "plan")


def test_a_folder_without_a_plan(tmp_path):
    with pytest.raises(PlanMissingError, match="no plan"):
        load_plan(tmp_path)


def test_a_region_without_columns_comes_back(tmp_path):
    region = gpd.GeoDataFrame(geometry=[box(0, 0, 2, 1), box(2, 0, 3, 1)], crs=4326)
    save_plan(tmp_path / "plan", name="", grids=grids(), region=region)
    back = load_plan(tmp_path / "plan").region
    assert back.geometry.to_wkb().tolist() == region.geometry.to_wkb().tolist()
