"""A boundary file with planted defects of every kind, and the list of what was planted."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import shapely

from sample.coding import Grid
from sample.output import write_grids, write_json, write_region
from sample.planting import Plant, plant_area, plant_at, plant_boundaries
from sample.projection import FUTIAN
from sample.tampering import Boundaries, Point, metric, width_m

__all__ = ["build_defects"]

_NOTE = (
    "示例数据：以下边界问题均为人为设置。grids.geojson 用 region.geojson 作辖区检查，"
    "问题见 planted；nested.geojson 为社区与网格两级，问题见 nested。"
)


def _ring(grid: Grid) -> list[Point]:
    """Return the outline of a grid without holes."""
    return [(float(x), float(y)) for x, y in grid.geometry.exterior.coords]


def _boundaries(grids: Sequence[Grid]) -> Boundaries:
    return Boundaries({grid.code: _ring(grid) for grid in grids})


def _take(b: Boundaries, least_width_m: float) -> str:
    """Set aside and return a wide untouched grid among untouched ones inside the region."""
    for code in sorted(b.rings):
        ring = b.rings[code]
        at_border = any(not b.left_of(q, p) for p, q in itertools.pairwise(ring))
        group = {code, *b.touching(set(ring))}
        if at_border or not b.used.isdisjoint(group) or width_m(metric(ring)) < least_width_m:
            continue
        b.use(*group)
        return code
    raise ValueError("no such grid is left")


def _square(b: Boundaries, code: str, half_m: float) -> list[Point]:
    """Return a counter-clockwise square in the middle of a grid."""
    circle = shapely.maximum_inscribed_circle(metric(b.rings[code]), tolerance=1)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * half_m
    places = np.round(shapely.get_coordinates(circle)[0], 1) + corners
    return [(float(x), float(y)) for x, y in FUTIAN.to_degrees(places)]


def _plant_grids(b: Boundaries, grids: dict[str, Grid]) -> list[Plant]:
    """Plant a hole in one grid and a grid inside another."""
    rows = []
    code = _take(b, 100)
    hole = _square(b, code, 20)
    grids[code] = replace(grids[code], geometry=shapely.Polygon(b.rings[code], [hole[::-1]]))
    rows.append(plant_area("hole", "gap", [code], hole, "网格中间的空洞"))

    code = _take(b, 100)
    inner = grids[code].parent + "902"
    square = _square(b, code, 25)
    grids[inner] = _extra(grids[code], inner, "（图中图）", square)
    rows.append(
        plant_area("contained", "overlap", [code, inner], square, "一个网格整个落在另一个之内")
    )

    return rows


def _plant_rows(b: Boundaries, grids: dict[str, Grid]) -> list[Plant]:
    """Plant a row that is there twice, one that is missing and a code given twice."""
    rows = []
    code = _take(b, 60)
    copy, ring = grids[code].parent + "901", b.rings[code]
    grids[copy] = _extra(grids[code], copy, "（重复）", ring)
    rows.append(plant_area("duplicate", "duplicate", [code, copy], ring, "同一个网格画了两次"))

    code = _take(b, 60)
    beside = sorted(b.around(code))
    rows.append(plant_area("missing", "gap", beside, b.rings[code], "漏掉了整个网格"))
    del grids[code]

    one, two = _take(b, 60), _take(b, 60)
    grids[two] = replace(grids[two], code=one)
    place = shapely.get_coordinates(shapely.point_on_surface(grids[two].geometry))[0]
    lon, lat = (round(float(value), 9) for value in place)
    rows.append(plant_at("code", "code", [one, one], (lon, lat), "两个网格编码相同", "advice"))
    return rows


def _extra(grid: Grid, code: str, suffix: str, ring: list[Point]) -> Grid:
    """Return a grid that should not be there."""
    shape = shapely.Polygon(ring)
    return replace(grid, code=code, name=grid.name + suffix, geometry=shape, households=0, people=0)


def _nested(grids: Sequence[Grid]) -> tuple[list[Grid], list[Plant]]:
    """Return communities and grids whose levels disagree in three places."""
    upper = {grid.code: grid for grid in grids if grid.level == 2}
    lower = {grid.code: grid for grid in grids if grid.level == 3}
    rows = []
    b = _boundaries(list(upper.values()))
    edge = next(e for e in b.edges() if e.across and e.length_m > 120)
    ring = b.dent(edge, 15)
    b.lead(edge.across, edge.end, edge.start, ring[2:0:-1])
    for code in (edge.code, edge.across):
        upper[code] = replace(upper[code], geometry=shapely.Polygon(b.rings[code]))
    below = _boundaries([lower[code] for code in sorted(lower)])
    child = below.left_of(edge.start, edge.end)
    rows.append(
        plant_area("levels", "nesting", [child, edge.code, edge.across], ring, "两级边界不一致")
    )
    far = [c for c in sorted(lower) if lower[c].parent not in (edge.code, edge.across)]
    moved, lost = far[0], far[-1]
    other = lower[far[len(far) // 2]].parent
    codes = [moved, lower[moved].parent, other]
    rows.append(plant_area("wrong_parent", "nesting", codes, below.rings[moved], "上级编码填错"))
    lower[moved] = replace(lower[moved], parent=other)
    rows.append(plant_area("orphan", "nesting", [lost], below.rings[lost], "上级编码不存在"))
    lower[lost] = replace(lower[lost], parent=lower[lost].parent[:-3] + "999")
    found = [*upper.values(), *lower.values()]
    return sorted(found, key=lambda grid: (grid.level, grid.code)), rows


def build_defects(target: Path, grids: Sequence[Grid]) -> None:
    """Write the files with planted defects.

    Parameters
    ----------
    target
        Folder to write to.
    grids
        The city sample, all levels in code order.
    """
    spoilt = {grid.code: grid for grid in grids if grid.level == 3}
    b = _boundaries(list(spoilt.values()))
    rows = plant_boundaries(b)
    for code, ring in b.rings.items():
        if ring != _ring(spoilt[code]):
            spoilt[code] = replace(spoilt[code], geometry=shapely.Polygon(ring))
    rows.extend(_plant_grids(b, spoilt))
    rows.extend(_plant_rows(b, spoilt))
    write_grids(target / "grids.geojson", [spoilt[code] for code in sorted(spoilt)])
    write_region(target / "region.geojson", grids)
    nested, nesting = _nested(grids)
    write_grids(target / "nested.geojson", nested)
    planted = {
        "note": _NOTE,
        "tolerance_m": 0.01,
        "planted": [asdict(row) for row in rows],
        "nested": [asdict(row) for row in nesting],
    }
    write_json(target / "planted.json", planted)
