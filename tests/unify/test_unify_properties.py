"""Random layers: the refinement against brute force, the unified layer against its rules."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.areas import straight_area_m2
from geogrid.unify import UnifiedLayers, unify_layers
from tests.hand_drawn import PLANE, grids, jittered, lattice

EDGE = 60.0
LONLAT = "EPSG:4326"
ORACLE = 1e-9
# PROJ takes places within 0.6 mm of the centre of this projection for the centre: keep away
AWAY = PLANE.replace("+units", "+x_0=-5000 +y_0=-5000 +units")


@st.composite
def boxes(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Return boxes on whole metres that may overlap, touch or leave holes."""
    cuts = st.integers(0, 12)
    spans = draw(st.lists(st.tuples(cuts, cuts, cuts, cuts), min_size=1, max_size=4))
    found = [
        shapely.box(min(x0, x1), min(y0, y1), max(x0, x1) + 1, max(y0, y1) + 1)
        for x0, y0, x1, y1 in spans
    ]
    return found


@st.composite
def meshes(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Return triangles that share their corners over a square, with any angles."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    points = random.uniform(0.0, EDGE, (draw(st.integers(2, 5)), 2))
    corners = np.array([[0.0, 0.0], [EDGE, 0.0], [EDGE, EDGE], [0.0, EDGE]])
    cloud = shapely.multipoints(np.concatenate([points, corners]))
    return list(shapely.get_parts(shapely.delaunay_triangles(cloud)))


@st.composite
def torn(draw: st.DrawFn, *sizes: float) -> list[shapely.Geometry]:
    """Return squares whose corners moved apart: slivers, gaps and overlaps."""
    seed = draw(st.integers(0, 1000))
    return list(jittered(lattice(2, 2, 30.0), draw(st.sampled_from(sizes)), seed))


coarse_layer = st.one_of(boxes(), meshes(), torn(0.01, 0.5))
any_layer = st.one_of(boxes(), meshes(), torn(1e-9, 0.01, 0.5))


def layer(shapes: list[shapely.Geometry], crs: Any = AWAY) -> gpd.GeoDataFrame:
    return grids(shapes, crs, code=[f"{at:02d}" for at in range(len(shapes))])


def areas(unified: UnifiedLayers, column: str) -> dict[str, float]:
    found: dict[str, float] = {}
    rows = unified.refinement
    for codes, area in zip(rows[column], rows["area_m2"], strict=True):
        for code in codes:
            found[code] = found.get(code, 0.0) + area
    return found


def square_m(shape: shapely.Geometry, frame: gpd.GeoDataFrame) -> float:
    return float(straight_area_m2(np.array([shape], dtype=object), frame.crs)[0])


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a result: grids that touch have lines in common too."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])


def _overlaid(inside: list[shapely.Geometry], outside: list[shapely.Geometry]) -> shapely.Geometry:
    """Return what all of one list have and none of the other, snapped: exact overlay of GEOS
    loses whole areas where borders run within rounding of each other.
    """
    common = inside[0]
    for shape in inside[1:]:
        common = _areal(shapely.intersection(common, shape, grid_size=ORACLE))
    for shape in outside:
        common = _areal(shapely.difference(common, shape, grid_size=ORACLE))
    return common


@given(coarse_layer, coarse_layer, st.one_of(st.none(), coarse_layer))
@settings(max_examples=60)
def test_the_refinement_is_what_brute_force_finds(
    one: list[shapely.Geometry],
    other: list[shapely.Geometry],
    third: list[shapely.Geometry] | None,
) -> None:
    layers = {"a": layer(one), "b": layer(other)} | ({"c": layer(third)} if third else {})
    unified = unify_layers(layers)
    shapes = {
        name: dict(zip(each["code"], each.geometry, strict=True)) for name, each in layers.items()
    }
    everything = sum(square_m(one, unified.grids) for one in unified.refinement.geometry)
    for row in unified.refinement.itertuples():
        inside = [shapes[name][code] for name in layers for code in getattr(row, name)]
        outside = [
            shape
            for name in layers
            for code, shape in shapes[name].items()
            if code not in getattr(row, name)
        ]
        common = _overlaid(inside, outside)
        missed = shapely.symmetric_difference(common, _areal(row.geometry), grid_size=ORACLE)
        assert shapely.area(missed) < 1e-5
    for name, frame in layers.items():
        known = areas(unified, name)
        for code, shape in shapes[name].items():
            assert known[code] == pytest.approx(square_m(shape, frame), rel=1e-9, abs=1e-6)
    every = [shape for each in shapes.values() for shape in each.values()]
    union = shapely.union_all(every, grid_size=ORACLE)
    assert everything == pytest.approx(square_m(union, unified.grids), rel=1e-8)
    pieces = unified.refinement.geometry.to_numpy()
    assert shapely.area(shapely.union_all(pieces, grid_size=ORACLE)) == pytest.approx(
        shapely.area(pieces).sum(), rel=1e-8
    )


@given(any_layer, any_layer, st.integers(0, 1000))
@settings(max_examples=40)
def test_a_point_has_the_codes_of_its_piece(
    one: list[shapely.Geometry], other: list[shapely.Geometry], seed: int
) -> None:
    layers = {"a": layer(one), "b": layer(other)}
    pieces = unify_layers(layers).refinement
    points = shapely.points(np.random.default_rng([seed, 7]).uniform(0.0, EDGE, (60, 2)))
    for point in points:
        found = pieces[shapely.contains(pieces.geometry.to_numpy(), point)]
        codes = {
            name: tuple(frame["code"][shapely.contains(frame.geometry.to_numpy(), point)])
            for name, frame in layers.items()
        }
        said = [{"a": row.a, "b": row.b} for row in found.itertuples()]
        assert said == ([codes] if any(codes.values()) else [])


@given(any_layer, any_layer, st.sampled_from([0.0, 0.6, 3.0]), st.sampled_from([0.0, 4.0, 80.0]),
       st.sampled_from(["split", "lead"]), st.booleans())  # fmt: skip
@settings(max_examples=80)
def test_the_unified_layer_is_proven_and_accounts_for_all(
    one: list[shapely.Geometry],
    other: list[shapely.Geometry],
    snap_m: float,
    min_area_m2: float,
    crossings: str,
    has_region: bool,
) -> None:
    layers = {"a": layer(one), "b": layer(other)}
    region = shapely.box(1.5, 1.5, 40.25, 30.0) if has_region else None
    every = np.concatenate([each.geometry.to_numpy() for each in layers.values()])
    union = shapely.union_all(every, grid_size=ORACLE)
    if has_region and not shapely.intersection(union, region).area:
        return
    unified = unify_layers(
        layers, region, snap_m=snap_m, min_area_m2=min_area_m2, crossings=crossings
    )
    assert unified.report.is_proven, unified.report.defects
    assert unified.grids["code"].is_unique
    whole = region if has_region else union
    missing = shapely.difference(whole, unified.region[0], grid_size=ORACLE)
    assert shapely.area(missing) < 1e-5
    added = shapely.difference(unified.region[0], shapely.union_all(_filled(whole)))
    assert shapely.area(added) < 1e-5
    for row in unified.grids.itertuples():
        area = square_m(row.geometry, unified.grids)
        assert row.area_m2 == pytest.approx(area, rel=1e-9, abs=1e-10)  # an ulp along its border
    for name, frame in layers.items():
        _account(unified, name, frame)


def _filled(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """Return the parts of a shape without holes."""
    return [shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)]


def _account(unified: UnifiedLayers, name: str, frame: gpd.GeoDataFrame) -> None:
    """Check that what each code had, less what it gave, plus what it got, is what it has."""
    changes = unified.changes[unified.changes["layer"] == name]
    has = unified.grids.groupby(name)["area_m2"].sum()
    for code, shape in zip(frame["code"], frame.geometry, strict=True):
        gave = changes.loc[changes["from"] == code, "area_m2"].sum()
        is_got = (changes["to"] == code) & (changes["reason"] != "overlap")
        got = changes.loc[is_got, "area_m2"].sum()
        assert square_m(shape, frame) - gave + got == pytest.approx(
            has.get(code, 0.0), rel=1e-9, abs=1e-6
        )


@given(any_layer, any_layer, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_rows_does_not_matter(
    one: list[shapely.Geometry], other: list[shapely.Geometry], random: Any
) -> None:
    layers = {"a": layer(one), "b": layer(other)}
    shuffled = {}
    for name, frame in layers.items():
        order = list(range(len(frame)))
        random.shuffle(order)
        shuffled[name] = frame.iloc[order]
    first, second = unify_layers(layers), unify_layers(shuffled)
    for name in ("grids", "refinement", "changes", "crossings", "holes", "agreement"):
        ours, theirs = getattr(first, name), getattr(second, name)
        assert ours.drop(columns="geometry").equals(theirs.drop(columns="geometry")), name
        assert shapely.equals_exact(
            shapely.normalize(ours.geometry.to_numpy()),
            shapely.normalize(theirs.geometry.to_numpy()),
        ).all()


@given(meshes(), meshes(), st.sampled_from([0.0, 2.0]))
@settings(max_examples=40)
def test_leading_borders_stay_bit_for_bit(
    one: list[shapely.Geometry], other: list[shapely.Geometry], snap_m: float
) -> None:
    unified = unify_layers(
        {"a": layer(one), "b": layer(other)}, snap_m=snap_m, min_area_m2=0.0, crossings="lead"
    )
    kept = unified.grids[unified.grids["origin"] == "whole"].set_index("code").geometry
    for code, shape in zip(layer(one)["code"], one, strict=True):
        inner = shapely.normalize(kept[code])
        assert shapely.symmetric_difference(inner, shape).area < 1e-9
        corners = set(map(bytes, shapely.get_coordinates(shape)))
        assert corners <= set(map(bytes, shapely.get_coordinates(inner)))


def test_degrees_reconcile_as_metres_do() -> None:
    shapes = [shapely.transform(one, lambda xy: xy * 1e-5 + [114.0, 22.5]) for one in lattice(3, 3)]
    moved = [
        shapely.transform(one, lambda xy: xy * [1.1e-5, 0.9e-5] + [114.0, 22.5])
        for one in lattice(2, 4)
    ]
    layers = {"a": layer(shapes, LONLAT), "b": layer(moved, LONLAT)}
    unified = unify_layers(layers, snap_m=0.1, min_area_m2=1.0)
    for name, frame in layers.items():
        known = areas(unified, name)
        for code, shape in zip(frame["code"], frame.geometry, strict=True):
            assert known[code] == pytest.approx(square_m(shape, frame), rel=1e-9)
    assert unified.report.is_proven
