"""What holds after the repair of any coverage with planted defects."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from coverage_strategies import thoroughly
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.areas import straight_area_m2
from geogrid.repair import repair_coverage

FRAMES = {"EPSG:4547": (1000.0, (500_000.0, 2_490_000.0)), "EPSG:4326": (0.01, (113.7, 34.7))}
RULES = ["longest_border", "largest", "smallest", "given_order"]


def coverage(rng: np.random.Generator, crs: str) -> tuple[np.ndarray, shapely.Geometry]:
    """Return 4–12 Voronoi cells that fill a square, and the square with their corners."""
    size, origin = FRAMES[crs]
    square = shapely.box(0, 0, 1, 1)
    seeds = shapely.multipoints(rng.random((int(rng.integers(4, 13)), 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square))
    cells = shapely.coverage_clean(shapely.intersection(cells, square))
    cells = shapely.transform(cells, lambda place: place * size + origin)
    return cells, shapely.union_all(cells)


def damaged(rng: np.random.Generator, cells: np.ndarray, size: float) -> np.ndarray:
    """Return the cells after one to three of: grown, shrunk, moved, a corner moved or added."""
    broken = cells.copy()
    for _ in range(int(rng.integers(1, 4))):
        at, width = int(rng.integers(len(cells))), size * float(rng.choice([1e-6, 1e-5, 1e-3]))
        corners = shapely.get_coordinates(broken[at])[:-1]
        corner = int(rng.integers(len(corners)))
        match int(rng.integers(5)):
            case 0 | 1 as way:
                shape = shapely.buffer(broken[at], width * (1 - 2 * way), join_style="mitre")
            case 2:
                shift = rng.normal(0, width, 2)
                shape = shapely.transform(broken[at], lambda place, by=shift: place + by)
            case 3:
                corners[corner] += rng.normal(0, width, 2)
                shape = shapely.Polygon(corners)
            case _:
                middle = 0.5 * (corners[corner] + corners[(corner + 1) % len(corners)])
                shape = shapely.Polygon(np.insert(corners, corner + 1, middle, axis=0))
        if shape.geom_type == "Polygon" and shape.is_valid and not shape.is_empty:
            broken[at] = shape
    return broken


def planted(seed: int) -> tuple[gpd.GeoDataFrame, shapely.Geometry, np.random.Generator]:
    rng = np.random.default_rng(seed)
    crs = str(rng.choice(list(FRAMES)))
    cells, region = coverage(rng, crs)
    early, late = rng.random(2) < 0.2  # a twin that may be damaged by itself, an exact one
    cells = np.append(cells, rng.choice(cells, int(early)))
    shapes = damaged(rng, cells, FRAMES[crs][0])
    shapes = np.append(shapes, rng.choice(shapes, int(late)))
    codes = [f"{at:02d}" for at in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=crs), region, rng


def decided(rng: np.random.Generator, grids: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return locks and priorities, the last rows (twins, where there are any) among them often."""
    codes = grids["code"].to_numpy()
    codes = np.unique([rng.choice(codes[-2:]), rng.choice(codes)])
    rng.shuffle(codes)
    if rng.random() < 0.4:
        return {}
    first = int(rng.integers(len(codes) + 1))
    return {"locked": codes[:first].tolist(), "priority": codes[first:].tolist()}


def corners(shape: shapely.Geometry) -> set[tuple[float, float]]:
    return set(map(tuple, (shapely.get_coordinates(shape) + 0.0).tolist()))


def wkb(grids: gpd.GeoDataFrame) -> list[bytes]:
    return shapely.to_wkb(shapely.normalize(grids.geometry.to_numpy())).tolist()


def areas(grids: gpd.GeoDataFrame) -> np.ndarray:
    return straight_area_m2(np.asarray(grids.geometry.array, dtype=object), grids.crs)


@thoroughly
@given(st.integers(0, 2**32 - 1))
def test_proven_after_repair_and_areas_add_up(seed: int) -> None:
    grids, region, rng = planted(seed)
    locked = ["00"] if rng.random() < 0.3 else []
    options: dict[str, Any] = {"overlaps": str(rng.choice(RULES)), "max_width_m": None}
    repaired, report = repair_coverage(grids, region, locked=locked, **options)
    assert shapely.is_valid(repaired.geometry).all()
    assert not shapely.is_empty(repaired.geometry).any()
    if not (report.fates["fate"] == "refused").any():
        assert report.after.is_proven
    if locked:
        assert corners(grids.geometry[0]) <= corners(repaired.geometry[0])
    change = dict(zip(grids["code"], areas(repaired) - areas(grids), strict=True))
    for row in report.changes.itertuples():
        assert change.pop(row.code) == pytest.approx(row.gained_m2 - row.lost_m2, abs=1e-5)
    assert not any(change.values())


@thoroughly
@given(st.integers(0, 2**32 - 1))
def test_twice_is_once_whatever_the_order(seed: int) -> None:
    grids, region, rng = planted(seed)
    limit = [0.5, 20.0, None][int(rng.integers(3))]
    options: dict[str, Any] = {"overlaps": str(rng.choice(RULES[:3])), "max_width_m": limit}
    options |= decided(rng, grids)
    repaired, report = repair_coverage(grids, region, **options)
    again, second = repair_coverage(repaired, report.region, **options)
    assert [*map(shapely.to_wkb, again.geometry)] == [*map(shapely.to_wkb, repaired.geometry)]
    assert not len(second.changes)
    order = rng.permutation(len(grids))
    shuffled, _ = repair_coverage(grids.iloc[order], region, **options)
    assert wkb(shuffled) == wkb(repaired.iloc[order])
    refused = report.fates[report.fates["fate"] == "refused"]
    for row in refused.itertuples():
        assert row.reason.kind != "too_wide" or row.width_m > (limit or np.inf)


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1))
def test_approved_gaps_stay_open(seed: int) -> None:
    grids, region, _rng = planted(seed)
    _, report = repair_coverage(grids, region)
    gaps = report.fates[report.fates["kind"] == "gap"].geometry
    if not len(gaps):
        return
    repaired, report = repair_coverage(
        grids, region, approved_gaps=gpd.GeoSeries(gaps, crs=grids.crs), max_width_m=None
    )
    inside = gpd.GeoSeries(gaps, crs=grids.crs).representative_point()
    fate = report.fates.set_index("id")["fate"]
    names = report.fates.loc[report.fates["kind"] == "gap", "id"]
    for point, name in zip(inside, names, strict=True):
        if fate[name] == "approved":
            assert not repaired.geometry.contains_properly(point).any()
