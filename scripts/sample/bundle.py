"""Put the parts of the city sample together and write its plan bundle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from sample.coding import Grid
from sample.futian import build_grids
from sample.output import ATTRIBUTION, write_collection, write_grids, write_plan, write_streets
from sample.projection import FUTIAN
from sample.streets import Streets, read_streets

__all__ = ["build_futian"]

_PLAN = {
    "name": "福田示例街道网格方案",
    "is_sample": True,
    "note": "示例数据：街道为真实道路，网格、户数、楼栋、人员与事件均为虚构，仅供演示。",
    "attribution": ATTRIBUTION,
    "created_at": "2026-11-20T00:00:00Z",
    "source": "OpenStreetMap streets via ni1o1/transbigdata; grids built by scripts/build_sample.py",
}


def _base_map(streets: Streets, region: shapely.Geometry) -> Streets:
    """Return streets near the region, joined by name and class, on 1e-7 degrees."""
    near = shapely.transform(region, FUTIAN.to_metres).buffer(150)
    near = shapely.transform(near, FUTIAN.to_degrees)
    lines = shapely.intersection(streets.lines, near)
    groups: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for name, highway, line in zip(streets.names, streets.highways, lines, strict=True):
        parts = [part for part in shapely.get_parts(line) if part.length > 0]
        groups.setdefault((str(name), str(highway)), []).extend(parts)
    rows: list[tuple[str, str, tuple[tuple[float, float], ...]]] = []
    for (name, highway), parts in groups.items():
        merged = shapely.line_merge(shapely.union_all(parts, grid_size=1e-7))
        rows.extend(
            (name, highway, min(xy, xy[::-1]))
            for xy in (
                tuple((round(x, 7), round(y, 7)) for x, y in line.coords)
                for line in shapely.get_parts(merged)
            )
        )
    rows.sort()
    return Streets(
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.array([shapely.LineString(row[2]) for row in rows], dtype=object),
    )


def write_region(path: Path, grids: list[Grid]) -> None:
    """Write the region: the grid of the highest level."""
    write_collection(path, [({"code": grids[0].code, "name": grids[0].name}, grids[0].geometry)])


def build_futian(source: Path, target: Path) -> None:
    """Build the city sample from the streets in `source` into the folder `target`."""
    streets = read_streets(source)
    lines: npt.NDArray[np.object_] = FUTIAN.shapes_to_metres(streets.lines)
    grids = build_grids(Streets(streets.names, streets.highways, lines))
    write_grids(target / "grids.geojson", grids)
    write_region(target / "region.geojson", grids)
    base = _base_map(streets, grids[0].geometry)
    write_streets(target / "streets.geojson", base.names, base.highways, base.lines)
    write_plan(target / "plan.json", _PLAN)
