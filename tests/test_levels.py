from __future__ import annotations

import geopandas as gpd
import numpy as np

from geogrid.hierarchy import build_hierarchy, leaves
from geogrid.levels import codes_by_level
from geogrid.locate import build_index, locate
from geogrid.store import sample_folder


def test_the_sample_at_all_levels_is_what_the_polygons_of_each_level_say() -> None:
    plan = gpd.read_file(sample_folder("futian") / "grids.geojson")
    finest = leaves(plan).reset_index(drop=True)
    west, south, east, north = plan.total_bounds
    rng = np.random.default_rng(8)
    x, y = rng.uniform(west, east, 3_000), rng.uniform(south, north, 3_000)
    positions = locate(build_index(finest), x, y)
    found = codes_by_level(positions, finest["code"].tolist(), build_hierarchy(plan))
    assert list(found) == sorted(plan["level"].unique())
    for level, codes in found.items():
        grids = plan[plan["level"] == level].reset_index(drop=True)
        by_polygon = np.append(grids["code"].to_numpy(dtype=object), "")[
            locate(build_index(grids), x, y)
        ]
        assert codes.tolist() == by_polygon.tolist()


def test_an_undivided_grid_has_no_code_below() -> None:
    frame = {"code": ["1", "11", "12", "121"], "parent": ["", "1", "1", "12"]}
    plan = gpd.GeoDataFrame({**frame, "name": "", "level": [1, 2, 2, 3]}, geometry=[None] * 4)
    found = codes_by_level(np.array([0, 1, -1], np.int32), ["11", "121"], build_hierarchy(plan))
    assert {level: codes.tolist() for level, codes in found.items()} == {
        1: ["1", "1", ""],
        2: ["11", "12", ""],
        3: ["", "121", ""],
    }
