from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hand_drawn import grids, lattice, outline
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from geogrid.coverage import check_coverage
from geogrid.coverage.rechecking import coverage_state, recheck
from geogrid.errors import FieldError, InputError


def moved(shape: Polygon, corner: tuple[float, float], to: tuple[float, float]) -> Polygon:
    points = [tuple(p) for p in shapely.get_coordinates(shape)[:-1].tolist()]
    return Polygon([to if point == corner else point for point in points])


def frame_of(state: Any) -> gpd.GeoDataFrame:
    shapes = [state.polygon(row) for row in range(len(state.codes))]
    return gpd.GeoDataFrame({"code": list(state.codes)}, geometry=shapes, crs=state.crs)


def assert_as_a_whole_check(state: Any, region: shapely.Geometry) -> None:
    report = check_coverage(frame_of(state), region)
    assert state.is_proven == report.is_proven
    lines = report.leftover_edges
    expected = {
        frozenset(map(tuple, shapely.get_coordinates(line).tolist())) for line in lines.geometry
    }
    assert {frozenset([edge[:2], edge[2:]]) for edge in state.leftover} == expected
    assert sorted(map(abs, state.leftover.values())) == sorted(lines["weight"].abs())


def test_a_corner_moved_in_all_its_grids_stays_proven() -> None:
    state = coverage_state(grids(lattice(3, 3)), outline(3, 3))
    around = {
        row: moved(state.polygon(row), (10.0, 10.0), (12.0, 9.0))
        for row in range(9)
        if shapely.intersects(state.polygon(row), shapely.Point(10, 10))
    }
    assert len(around) == 4
    after = recheck(state, around)
    assert state.is_proven
    assert after.is_proven
    torn = recheck(state, dict([around.popitem()]))
    assert not torn.is_proven
    assert len(torn.leftover_edges) == 4


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 3), st.integers(-9, 9)), max_size=6))
@settings(max_examples=100, deadline=None)
def test_edits_give_what_a_whole_check_gives(edits: list[tuple[int, int, int]]) -> None:
    region = outline(4, 3)
    state = coverage_state(grids(lattice(4, 3)), region)
    for row, corner, by in edits:
        ring = shapely.get_coordinates(state.polygon(row))[:-1]
        ring[corner % len(ring)] += (by, -by)
        state = recheck(state, {row: Polygon(ring)})
        if not state.broken:
            assert_as_a_whole_check(state, region)
        else:
            assert not state.is_proven


def test_a_grid_taken_away_and_given_back() -> None:
    region = outline(2, 1)
    state = coverage_state(grids(lattice(2, 1)), region)
    gone = recheck(state, {0: Polygon()})
    assert not gone.is_proven
    assert recheck(gone, {0: state.polygon(0)}).is_proven


def test_what_cannot_be_checked_again_is_refused() -> None:
    frame = grids(lattice(2, 1))
    with pytest.raises(InputError, match="region"):
        coverage_state(frame, None)
    state = coverage_state(frame, outline(2, 1))
    with pytest.raises(InputError, match="no grid 7"):
        recheck(state, {7: state.polygon(0)})
    with np.errstate(invalid="ignore"):
        broken = shapely.polygons([(0, 0), (1, 0), (np.nan, 1)])
    with pytest.raises(FieldError):
        recheck(state, {0: broken})
    degrees = coverage_state(frame.set_crs("EPSG:4326", allow_override=True), outline(2, 1))
    with pytest.raises(FieldError, match="latitude"):
        recheck(degrees, {0: shapely.box(0, 0, 1, 91)})
