"""New codes: unique, in order, never used before, whatever the order of rows."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hand_drawn import grids as drawn
from hand_drawn import lattice
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import CrsError, FieldError, InputError, LimitError
from geogrid.rules import code_scheme, number_grids
from geogrid.rules.order import reading_order

BEIJING = code_scheme("DB11/T 2157-2023")
COMMUNITY = "440304001001"
OWN = code_scheme("own", patterns={2: "{parent}{number:2}", 3: "{parent}{number:2}"})


def uncoded(count: int, columns: int = 3) -> gpd.GeoDataFrame:
    shapes = lattice(columns, -(-count // columns))[:count]
    return drawn(shapes, code=[""] * count, parent=COMMUNITY, level=3)


def test_west_to_east_then_north_to_south() -> None:
    numbered = number_grids(uncoded(6), BEIJING)
    assert [code[-3:] for code in numbered["code"]] == ["004", "005", "006", "001", "002", "003"]
    assert numbered["code"].str.startswith(COMMUNITY).all()


def test_rows_are_bands_of_half_a_height() -> None:
    heights = [0.0, 4.0, -4.0, -11.0]
    shapes = [shapely.box(20 * at, y, 20 * at + 10, y + 10) for at, y in enumerate(heights)]
    plane = pyproj.CRS(drawn([]).crs)
    assert reading_order(np.array(shapes), plane).tolist() == [0, 1, 2, 3]
    lower = shapely.box(20, 6, 30, 16)
    shapes[1] = lower  # 6 above the first: a row of its own
    assert reading_order(np.array(shapes), plane).tolist() == [1, 0, 2, 3]


def test_codes_given_or_retired_are_never_used_again() -> None:
    grids = uncoded(6)
    grids.loc[4, "code"] = COMMUNITY + "005"
    numbered = number_grids(grids, BEIJING, retired=[COMMUNITY + "007", "x"])
    assert [code[-3:] for code in numbered["code"]] == ["010", "011", "012", "008", "005", "009"]


def test_when_numbers_run_out_the_free_ones_below_are_taken() -> None:
    one_digit = code_scheme("own", patterns={3: "{parent}{number:1}"})
    grids = uncoded(4)
    numbered = number_grids(grids, one_digit, retired=[COMMUNITY + "8", COMMUNITY + "1"])
    assert sorted(code[-1] for code in numbered["code"]) == ["2", "3", "4", "9"]
    with pytest.raises(LimitError, match="more digits"):
        number_grids(uncoded(10), one_digit)


def test_levels_are_numbered_from_above() -> None:
    shapes = [shapely.box(0, 0, 20, 10), shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    grids = drawn(shapes, code=["7", "71", "72"], parent=["1", "7", "7"], level=[2, 3, 3])
    again = number_grids(grids, OWN, renumber=True)
    assert again["code"].tolist() == ["101", "10101", "10102"]
    assert again["parent"].tolist() == ["1", "101", "101"]
    assert number_grids(grids, OWN)["code"].tolist() == ["7", "71", "72"]


def test_a_parent_for_all_and_rows_without() -> None:
    bare = drawn(lattice(2, 1), code=["", ""])
    numbered = number_grids(bare, BEIJING, parent=COMMUNITY)
    assert numbered["parent"].tolist() == [COMMUNITY] * 2
    assert numbered["code"].tolist() == [COMMUNITY + "001", COMMUNITY + "002"]
    with pytest.raises(FieldError, match="Row 1 has no code and no parent"):
        number_grids(bare, BEIJING)
    with pytest.raises(FieldError, match="does not fit"):
        number_grids(bare, BEIJING, parent="12")
    with pytest.raises(FieldError, match="level 2"):
        number_grids(bare.assign(level=2), BEIJING, parent=COMMUNITY)
    with pytest.raises(CrsError):
        number_grids(bare.set_crs(None, allow_override=True), BEIJING)
    with pytest.raises(InputError):
        number_grids(bare.drop(columns="geometry"), BEIJING)


def test_grids_without_polygon_come_last() -> None:
    grids = uncoded(3)
    grids.geometry = [None, *grids.geometry[1:]]
    assert [code[-1] for code in number_grids(grids, BEIJING)["code"]] == ["3", "1", "2"]


@st.composite
def places(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """Return boxes anywhere, some with codes, in a random order of rows."""
    at = draw(st.lists(st.tuples(*[st.integers(0, 300)] * 2), min_size=1, max_size=25, unique=True))
    size = draw(st.integers(1, 60))
    west, south = np.array(at, dtype=float).T / 1000.0
    shapes = shapely.box(114 + west, 22 + south, 114 + west + size / 1e3, 22 + south + 0.02)
    given_ = draw(st.lists(st.integers(0, 999), max_size=len(at), unique=True))
    codes = [f"{COMMUNITY}{number:03d}" for number in given_]
    codes += [""] * (len(at) - len(codes))
    frame = {"code": draw(st.permutations(codes)), "parent": COMMUNITY, "level": 3}
    return gpd.GeoDataFrame(frame, geometry=list(shapes), crs="EPSG:4326")


@settings(max_examples=max(500, settings.default.max_examples))
@given(places(), st.sets(st.integers(0, 999), max_size=20), st.randoms(use_true_random=False))
def test_unique_in_order_and_stable(grids: gpd.GeoDataFrame, gone: set[int], random) -> None:
    retired = {f"{COMMUNITY}{number:03d}" for number in gone}
    numbered = number_grids(grids, BEIJING, retired=retired)
    codes = numbered["code"]
    is_new = grids["code"] == ""
    assert codes.is_unique
    assert (codes[~is_new] == grids["code"][~is_new]).all()
    assert not set(codes[is_new]) & (retired | set(grids["code"]))
    assert all(BEIJING.patterns[3].fault(code, COMMUNITY) is None for code in codes[is_new])
    fresh = numbered[is_new].sort_values("code")
    order = reading_order(np.asarray(fresh.geometry.array, dtype=object), pyproj.CRS(4326))
    assert order.tolist() == list(range(len(fresh)))
    centre = shapely.get_coordinates(shapely.centroid(fresh.geometry.to_numpy())).round(9)
    for one, other in pairwise(centre):
        # the next grid is east in the same row, or south of it by rows
        assert other[0] >= one[0] or other[1] < one[1] + 0.01
    shuffled = list(range(len(grids)))
    random.shuffle(shuffled)
    again = number_grids(grids.iloc[shuffled], BEIJING, retired=retired)
    assert again["code"].sort_index().tolist() == codes.tolist()
    assert number_grids(numbered, BEIJING)["code"].tolist() == codes.tolist()
