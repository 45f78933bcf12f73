"""Put the parts of the city sample together and write its plan bundle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from sample.addresses import UNIT_COLUMNS, Unit, unit_rows
from sample.cases import CASE_COLUMNS, CaseArea, build_cases
from sample.coding import Grid
from sample.futian import build_grids
from sample.hot_spots import futian_hot_spots
from sample.output import (
    ATTRIBUTION,
    write_csv,
    write_grids,
    write_json,
    write_region,
    write_streets,
)
from sample.posts import POST_COLUMNS, build_posts, post_rows
from sample.projection import FUTIAN
from sample.streets import Streets, read_streets, street_class
from sample.units import build_units, sum_up

__all__ = ["build_futian"]

_PLAN = {
    "name": "福田示例街道网格方案",
    "is_sample": True,
    "note": "示例数据：街道为真实道路，网格、户数、楼栋、人员与事件均为虚构，仅供演示。",
    "attribution": ATTRIBUTION,
    "created_at": "2026-11-20T00:00:00Z",
    "source": "示例数据：道路来自 OpenStreetMap（ni1o1/transbigdata），其余为虚构",
}


def _base_map(streets: Streets, region: shapely.Geometry) -> Streets:
    """Return streets near the region, joined by name and class, on 1e-6 degrees."""
    near = shapely.transform(region, FUTIAN.to_metres).buffer(150)
    near = shapely.transform(near, FUTIAN.to_degrees)
    lines = shapely.intersection(streets.lines, near)
    groups: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for name, highway, line in zip(streets.names, streets.highways, lines, strict=True):
        parts = [part for part in shapely.get_parts(line) if part.length > 0]
        groups.setdefault((str(name), str(highway)), []).extend(parts)
    rows: list[tuple[str, str, tuple[tuple[float, float], ...]]] = []
    for (name, highway), parts in groups.items():
        merged = shapely.line_merge(shapely.union_all(parts, grid_size=1e-6))
        rows.extend(
            (name, highway, min(xy, xy[::-1]))
            for xy in (
                tuple((round(x, 6), round(y, 6)) for x, y in line.coords)
                for line in shapely.get_parts(shapely.simplify(merged, 3e-6))
            )
        )
    rows.sort()
    return Streets(
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.array([shapely.LineString(row[2]) for row in rows], dtype=object),
    )


def _street_points(
    streets: Streets, region: shapely.Geometry, inset_m: float
) -> npt.NDArray[np.float64]:
    """Return points every 10 m along streets (metres) well inside the region (metres)."""
    used = np.array([street_class(str(value)) > 0 for value in streets.highways])
    lines = shapely.intersection(streets.lines[used], region.buffer(-inset_m))
    return np.asarray(np.round(shapely.get_coordinates(shapely.segmentize(lines, 10.0)), 2))


def build_futian(source: Path, target: Path) -> list[Grid]:
    """Build the city sample from the streets in `source` into `target`; return its grids."""
    streets = read_streets(source)
    metric = Streets(streets.names, streets.highways, FUTIAN.shapes_to_metres(streets.lines))
    grids = build_grids(metric)
    units = build_units(grids, metric, (20261120, 1))
    sum_up(grids, units)
    write_grids(target / "grids.geojson", grids)
    write_region(target / "region.geojson", grids)
    base = _base_map(streets, grids[0].geometry)
    write_streets(target / "streets.geojson", base.names, base.highways, base.lines)
    write_csv(target / "units.csv", UNIT_COLUMNS, unit_rows(units))
    posts = build_posts(grids, area_code="0755", vacant_leader=31, vacant_worker=77)
    write_csv(target / "posts.csv", POST_COLUMNS, post_rows(posts))
    write_csv(target / "cases.csv", CASE_COLUMNS, _cases(grids, units, metric))
    write_json(target / "plan.json", _PLAN)
    return grids


def _cases(grids: list[Grid], units: Sequence[Unit], streets: Streets) -> Iterator[tuple[str, ...]]:
    """Return the cases of a year."""
    region = shapely.transform(grids[0].geometry, FUTIAN.to_metres)
    buildings = [unit for unit in units if unit.kind == "building"]
    area = CaseArea(
        FUTIAN,
        region.buffer(-2),
        buildings,
        _street_points(streets, region, 10),
        futian_hot_spots(grids, buildings),
    )
    return build_cases(area, count=20_000, seed=(20261120, 2), prefix="F")
