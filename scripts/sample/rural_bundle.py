"""Put the parts of the country sample together and write its plan bundle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from sample.addresses import UNIT_COLUMNS, unit_rows
from sample.cases import CASE_COLUMNS, CaseArea, HotSpot, build_cases
from sample.landscape import build_landscape
from sample.output import write_csv, write_grids, write_json, write_region, write_streets
from sample.posts import POST_COLUMNS, build_posts, post_rows
from sample.projection import RURAL
from sample.rural import build_rural_grids, build_rural_units

__all__ = ["build_rural"]

_PLAN = {
    "name": "云溪示例镇网格方案",
    "is_sample": True,
    "note": "示例数据：地形、道路、村庄、网格、人员与事件均为虚构，仅供演示。",
    "attribution": "示例数据（虚构）",
    "created_at": "2026-11-20T00:00:00Z",
    "source": "示例数据（虚构）",
}


def build_rural(target: Path) -> None:
    """Build the country sample into the folder `target`."""
    land = build_landscape((20261120, 3))
    grids = build_rural_grids(land, (20261120, 4))
    write_grids(target / "grids.geojson", grids)
    write_region(target / "region.geojson", grids)
    lines = shapely.transform(land.streets.lines, lambda xy: np.round(RURAL.to_degrees(xy), 7))
    parts, row = shapely.get_parts(lines, return_index=True)
    streets = land.streets
    write_streets(target / "streets.geojson", streets.names[row], streets.highways[row], parts)
    units = build_rural_units(grids, land, (20261120, 5))
    write_csv(target / "units.csv", UNIT_COLUMNS, unit_rows(units))
    posts = build_posts(grids, area_code="0391", vacant_leader=20, vacant_worker=61)
    write_csv(target / "posts.csv", POST_COLUMNS, post_rows(posts))
    region = shapely.transform(grids[0].geometry, RURAL.to_metres)
    roads = shapely.segmentize(shapely.intersection(streets.lines, region.buffer(-20)), 40.0)
    buildings = [unit for unit in units if unit.kind == "building"]
    market = tuple(row for row, unit in enumerate(buildings) if unit.style == "market")
    area = CaseArea(
        RURAL,
        region.buffer(-2),
        buildings,
        np.round(shapely.get_coordinates(roads), 2),
        [HotSpot("peddling", market, 90), HotSpot("environment", market, 60)],
    )
    rows = build_cases(area, count=1_500, seed=(20261120, 6), prefix="R")
    write_csv(target / "cases.csv", CASE_COLUMNS, rows)
    write_json(target / "plan.json", _PLAN)
