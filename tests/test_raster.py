"""The raster, compiled and in plain Python, against the plain rule over all candidates."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from location_layers import TOUCHING, interesting_points, layers

from geogrid import _cell_kernels, _raster_build, _raster_growth
from geogrid._cell_kernels import find
from geogrid._raster import UNSETTLED
from geogrid._scalar import find_one
from geogrid._side_kernels import UNKNOWN, side
from geogrid.locate import GridIndex, build_index, count_holders, locate
from geogrid.store import sample_folder, save_index

COARSE = {"_CROWD": 1, "_EDGES_PER_CELL": 4.0, "_CELLS_AT_ONCE": 7, "_ROOT_CELLS_AT_ONCE": 4}
"""So few cells that even the smallest layers have several levels, in several pieces."""
TIGHT = COARSE | {"_LARGEST_BYTES": (80, 0.0)}
"""No memory for cuts that list edges often, nor reserved for leaves."""
BY_ROWS = {"CACHE_BYTES": 0, "_POINTS_PER_BYTE": 0.0, "_AT_ONCE": 100}
"""Even few points of a small raster go row by row, and in several batches."""
NOWHERE = np.array([[np.nan, 0.0, np.inf, -np.inf, 1e300], [0.0, np.nan, 0.0, np.inf, -1e300]])


def _points(grids: list[shapely.Geometry], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Corners, middles of edges, one ulp around both; random points; some that are nowhere."""
    x, y = interesting_points(grids)
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(grids)
    return (
        np.concatenate([x, rng.uniform(west, east, 200), NOWHERE[0]]),
        np.concatenate([y, rng.uniform(south, north, 200), NOWHERE[1]]),
    )


def _plainly(index: GridIndex, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return index.plain.find(index.order, index.rank, x, y)


thoroughly = settings(max_examples=min(5 * settings.default.max_examples, 10_000))


@thoroughly
@given(layers(), st.integers(0, 99), st.sampled_from([{}, COARSE, TIGHT]))
def test_the_raster_says_what_the_plain_rule_says(
    grids: list[shapely.Geometry], seed: int, settings_of_growth: dict[str, Any]
) -> None:
    if not grids:
        return
    with pytest.MonkeyPatch.context() as patch:
        if settings_of_growth:
            patch.setattr(_raster_build, "_ROOT_CELLS", (1, 9))
        for name, value in settings_of_growth.items():
            patch.setattr(_raster_growth, name, value)
        index = build_index(grids)
        raster = index.raster
    x, y = _points(grids, seed)
    expected = _plainly(index, x, y)
    assert locate(index, x, y).tolist() == expected.tolist()
    if raster is None:
        return
    found = find(raster, x, y)
    differs = np.flatnonzero((found != expected) & (found != UNSETTLED))
    assert [(x[at], y[at], found[at], expected[at]) for at in differs] == []
    mixed = np.random.default_rng(seed).permutation(len(x))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in BY_ROWS.items():
            patch.setattr(_cell_kernels, name, value)
        assert find(raster, x[mixed], y[mixed]).tolist() == found[mixed].tolist()
    some = mixed[:40]
    alone = [find_one(raster, float(x[at]), float(y[at])) for at in some]
    differs = [
        k for k in range(len(some)) if alone[k] != expected[some[k]] and alone[k] != UNSETTLED
    ]
    assert differs == []
    one_by_one = [locate(index, float(x[at]), float(y[at]))[0] for at in some]
    assert one_by_one == expected[some].tolist()


@thoroughly
@given(layers(), st.integers(0, 99))
def test_as_many_grids_hold_a_point_as_the_plain_rule_counts(
    grids: list[shapely.Geometry], seed: int
) -> None:
    if not grids:
        return
    x, y = _points(grids, seed)
    index = build_index(grids)
    plainly = np.maximum(index.plain.count(x, y), _plainly(index, x, y) >= 0)
    index.raster  # noqa: B018 - so that it is asked
    assert count_holders(index, x, y).tolist() == plainly.tolist()


tight = st.floats(-4, 4).map(lambda value: 114.05 + value * 2.0**-44)
any_float = st.floats(-1e100, 1e100).filter(lambda value: value == 0 or abs(value) > 1e-100)


@thoroughly
@given(st.one_of(st.tuples(*[tight] * 6), st.tuples(*[any_float] * 6)))
def test_sides_are_exact(places: tuple[float, ...]) -> None:
    ax, ay, bx, by, x, y = map(Fraction, places)
    exact = (ax - x) * (by - y) - (ay - y) * (bx - x)
    assert side(*places) == (exact > 0) - (exact < 0)


def test_a_side_of_digits_too_small_is_unknown_not_wrong() -> None:
    assert side(0.0, 0.0, 1.0, 1e-300, 2.0, 2e-300) == UNKNOWN
    square = shapely.box(0, 0, 1, 1)
    index = build_index([square])
    tiny = np.array([5e-324, -5e-324, 0.0, 5e-324])
    found = locate(index, tiny, np.array([0.5, 0.5, 5e-324, -5e-324]))
    assert index.raster is not None
    assert found.tolist() == locate(index, tiny, np.array([0.5, 0.5, 5e-324, -5e-324])).tolist()
    assert found.tolist() == [0, -1, 0, -1]


def test_minus_zero_is_zero() -> None:
    side = np.linspace(-1, 1, 9)
    grids = [
        shapely.Polygon(
            [(w, s), (w + 0.25, s), (w + 0.25, s + 0.25), (w + 0.1, s + 0.25), (w, s + 0.25)]
        )
        for w in side[:-1]
        for s in side[:-1]
    ]
    index = build_index(grids)
    assert index.raster is not None
    x = np.repeat(np.concatenate([side, side + 0.001, side + 0.05]), 2)
    y = np.tile([0.0, -0.0], len(x) // 2)
    turned = np.concatenate([y, x])
    found = find(index.raster, np.concatenate([x, y]), turned)
    assert found[::2].tolist() == found[1::2].tolist()
    assert found.tolist() == _plainly(index, np.concatenate([x, y]), turned).tolist()


def test_metres_and_a_country_in_one_layer() -> None:
    """A country of 1,000 km, a village of houses of 3 m, and millimetres between two of them."""
    side_m, step = 40, 3.0
    at = [
        (500_000.0 + step * i, 2_500_000.0 + step * j) for i in range(side_m) for j in range(side_m)
    ]
    houses = [shapely.box(x, y, x + step, y + step) for x, y in at]
    houses[0] = shapely.box(at[0][0], at[0][1], at[0][0] + step - 0.001, at[0][1] + step)
    village = shapely.box(500_000, 2_500_000, 500_000 + step * side_m, 2_500_000 + step * side_m)
    country = shapely.box(0, 2_000_000, 1_000_000, 3_000_000).difference(village)
    index = build_index([country, *houses])
    raster = index.raster
    assert raster is not None
    assert raster.leaves.nbytes + raster.cells.nbytes < 8_000_000
    x, y = interesting_points([country, *houses])
    assert locate(index, x, y).tolist() == _plainly(index, x, y).tolist()
    assert (find(raster, x, y) == UNSETTLED).mean() < 0.01


def test_edges_that_all_meet_in_a_point_end_somewhere() -> None:
    turn = np.linspace(0, 2 * np.pi, 3_001)[:-1]
    rim = np.column_stack([np.cos(turn), np.sin(turn)])
    slices = [
        shapely.Polygon([(0, 0), a, b]) for a, b in zip(rim, np.roll(rim, -1, 0), strict=True)
    ]
    index = build_index(slices)
    assert index.raster is not None
    assert index.raster.leaves.nbytes < 60_000_000
    x, y = interesting_points(slices[::50])
    assert locate(index, x, y).tolist() == _plainly(index, x, y).tolist()


def test_long_strips_do_not_fill_the_memory() -> None:
    strips = [
        shapely.Polygon([(0, k), (1e5, k + 700), (1e5, k + 701), (0, k + 1)]) for k in range(20_000)
    ]
    index = build_index(strips)
    assert index.raster is not None
    assert index.raster.leaves.nbytes + index.raster.cells.nbytes < 64_000_000
    x, y = interesting_points(strips[::4000])
    assert locate(index, x, y).tolist() == _plainly(index, x, y).tolist()


@pytest.mark.parametrize("wkt", TOUCHING)
def test_a_polygon_that_only_touches_itself_needs_no_plain_rule(wkt: str) -> None:
    raster = build_index([shapely.from_wkt(wkt), shapely.box(-100, -100, -99, -99)]).raster
    assert raster is not None
    x, y = np.random.default_rng(1).uniform(-1, 7, (2, 5000))
    assert (find(raster, x, y) != UNSETTLED).all()


def test_shuffled_grids_have_the_same_points() -> None:
    grids = gpd.read_file(sample_folder("futian") / "grids.geojson")
    grids = grids[grids["level"] == 4].reset_index(drop=True)
    x, y = _points(list(grids.geometry), 1)
    expected = np.append(grids["code"].to_numpy(dtype=object), "")[locate(build_index(grids), x, y)]
    corners = shapely.get_coordinates(grids.geometry.to_numpy())
    assert (locate(build_index(grids), *corners.T) >= 0).all()
    for seed in range(16):
        mixed = grids.sample(frac=1, random_state=seed).reset_index(drop=True)
        index = build_index(mixed)
        index.raster  # noqa: B018
        codes = np.append(mixed["code"].to_numpy(dtype=object), "")
        assert codes[locate(index, x, y)].tolist() == expected.tolist()


SHARP = shapely.Polygon([(0, 0), (10, 1), (1, 10)])
"""No corner of it lies in it once it is moved."""
BOW = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


@pytest.mark.parametrize(
    ("grids", "has_overlaps"),
    [
        ([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], False),
        ([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)], False),
        ([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 1), shapely.box(1, 1, 2, 2)], False),
        ([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(1.5, 0.5, 3, 3)], True),
        ([shapely.box(0, 1, 3, 2), shapely.box(1, 0, 2, 3)], True),
        ([SHARP, SHARP], True),
        ([shapely.box(-1, -1, 11, 11), SHARP], True),
        ([shapely.MultiPolygon([SHARP, shapely.box(0, 1, 5, 5)])], False),
        ([BOW, shapely.box(0.1, 0.9, 0.3, 1.1)], True),
        ([BOW, shapely.box(0.9, 0.1, 1.1, 0.3)], False),
        ([None, shapely.box(0, 0, 1, 1)], False),
        ([], False),
    ],
)
def test_overlaps_are_said(grids: list[shapely.Geometry], has_overlaps: bool) -> None:
    assert build_index(grids).has_overlaps is has_overlaps


@pytest.mark.parametrize("level", [2, 3, 4])
def test_a_sound_layer_has_no_overlaps(level: int) -> None:
    grids = gpd.read_file(sample_folder("futian") / "grids.geojson")
    grids = grids[grids["level"] == level]
    assert not build_index(grids).has_overlaps
    twice = [*grids.geometry, grids.geometry.iloc[3].buffer(-1e-6)]
    assert build_index(twice).has_overlaps


FIRST = """
import sys
import geogrid
from pathlib import Path
from geogrid.store import load_index
index = load_index(Path(sys.argv[1]))
answers = geogrid.locate(index, float(sys.argv[2]), float(sys.argv[3])).tolist()
print(answers, "numba" in sys.modules)
"""


def test_the_first_look_up_of_a_process_loads_no_compiler(tmp_path: Path) -> None:
    grids = gpd.read_file(sample_folder("futian") / "grids.geojson")
    index = build_index(grids[grids["level"] == 4])
    save_index(index, tmp_path / "grids.index")
    inside = shapely.point_on_surface(grids[grids["level"] == 4].geometry.iloc[7])
    place = [repr(inside.x), repr(inside.y)]
    command = [sys.executable, "-c", FIRST, str(tmp_path / "grids.index"), *place]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert said.stdout.split("\n")[0] == "[7] False"


BUILT = """
import geogrid
import shapely
side = [at / 160 for at in range(161)]
grids = [shapely.box(w, s, e, n) for w, e in zip(side, side[1:]) for s, n in zip(side, side[1:])]
index = geogrid.build_index(grids)
print(geogrid.locate(index, 0.5, 0.5).tolist(), "raster" in vars(index))
from geogrid import _cell_kernels
print(len(_cell_kernels._find.signatures))
"""


def test_the_first_look_up_after_a_large_index_is_built_waits_for_no_compiler() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", BUILT]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert said.stdout.split("\n")[:2] == ["[12880] True", "0"]
