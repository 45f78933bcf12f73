"""Re-location gives what locating everything gives, and asks only where something changed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from coverage_strategies import wiggly_cells
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from geogrid.errors import CrsError, FieldError
from geogrid.locate import build_index, locate
from geogrid.relocate import relocate

BROKEN = shapely.from_wkt("POLYGON ((0 0, 3 3, 3 0, 0 3, 0 0))")


def frame(shapes: list[object], codes: list[str] | None = None) -> gpd.GeoDataFrame:
    names = codes or [f"{at:03d}" for at in range(len(shapes))]
    return gpd.GeoDataFrame({"code": names}, geometry=shapes, crs=4326)


def cells(columns: int, rows: int, seed: int, *, is_straight: bool) -> list[object]:
    rings = wiggly_cells(columns, rows, seed, is_straight=is_straight)
    return [shapely.Polygon(ring / 128) for ring in rings]


def places(*plans: gpd.GeoDataFrame, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Every vertex, edge middle and their neighbours by an ulp, and random points."""
    rng = np.random.default_rng(seed)
    shapes = [shape for plan in plans for shape in plan.geometry if shape is not None]
    corners = [shapely.get_coordinates(shape) for shape in shapes]
    xy = np.concatenate([np.zeros((1, 2)), *corners])
    xy = xy[rng.permutation(len(xy))[:400]]
    middles = (xy + np.roll(xy, 1, axis=0)) / 2
    sides = np.concatenate([(part[1:] + part[:-1]) / 2 for part in corners if len(part)] or [xy])
    sides = sides[rng.permutation(len(sides))[:400]]
    exact = np.concatenate([xy, middles, sides])
    ulps = [np.nextafter(exact, exact + toward) for toward in ([1, 0], [-1, 0], [0, 1], [0, -1])]
    low, high = xy.min(axis=0) - 0.1, xy.max(axis=0) + 0.1
    every = np.concatenate([exact, *ulps, rng.uniform(low, high, (400, 2))])
    return every[:, 0], every[:, 1]


def by_all(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, x: np.ndarray, y: np.ndarray):
    """Return the old answers, and what locating everything again says."""
    return locate(build_index(old), x, y), locate(build_index(new), x, y)


def codes_of(plan: gpd.GeoDataFrame, positions: np.ndarray) -> np.ndarray:
    return np.append(plan["code"].to_numpy(dtype=object), "")[positions]


def _nudge(shapes: list[object], rng: np.random.Generator) -> None:
    """Move one corner of the whole layer, and it with all grids that have it."""
    corners = shapely.get_coordinates(shapes)
    at = corners[rng.integers(len(corners))]
    to = at + rng.normal(0, 0.1, 2) * rng.integers(0, 2, 2)

    def move(xy: np.ndarray) -> np.ndarray:
        return np.where((xy == at).all(axis=1)[:, None], to, xy)

    shapes[:] = [shapely.transform(shape, move) for shape in shapes]


def _split(shapes: list[object], rng: np.random.Generator) -> None:
    at = int(rng.integers(len(shapes)))
    west, south, east, north = shapes[at].bounds
    middle = rng.uniform(west, east)
    halves = [
        shapely.intersection(shapes[at], shapely.box(*box))
        for box in ((west, south, middle, north), (middle, south, east, north))
    ]
    halves = [
        shapely.MultiPolygon([part for part in shapely.get_parts(half) if part.area > 0])
        for half in halves
    ]
    shapes[at] = halves[0]
    shapes.append(halves[1])


def _merge(shapes: list[object], rng: np.random.Generator) -> None:
    one, other = rng.integers(len(shapes), size=2)
    if one != other:
        shapes[one] = shapely.union(shapes[one], shapes[other])
        shapes[other] = shapely.Polygon()


def _drop(shapes: list[object], rng: np.random.Generator) -> None:
    shapes[rng.integers(len(shapes))] = None if rng.random() < 0.5 else shapely.Polygon()


def _shift(shapes: list[object], rng: np.random.Generator) -> None:
    at = int(rng.integers(len(shapes)))
    shapes[at] = affinity.translate(shapes[at], *rng.integers(-1, 2, 2).astype(float))


def _overlap(shapes: list[object], rng: np.random.Generator) -> None:
    corner = rng.integers(0, 4, 2).astype(float)
    shapes.append(shapely.box(*corner, *(corner + rng.integers(1, 3, 2))))


def _exchange(shapes: list[object], rng: np.random.Generator) -> None:
    one, other = rng.integers(len(shapes), size=2)
    shapes[one], shapes[other] = shapes[other], shapes[one]


def _middle(shapes: list[object], rng: np.random.Generator) -> None:
    """Add corners in the middle of edges: nothing of the area changes, or slivers do."""
    at = int(rng.integers(len(shapes)))
    shapes[at] = shapely.segmentize(shapes[at], 0.3)


def _turn(shapes: list[object], rng: np.random.Generator) -> None:
    """Write the same grid from another corner, the other way round."""
    at = int(rng.integers(len(shapes)))
    shapes[at] = shapely.reverse(shapely.normalize(shapes[at]))


def _break(shapes: list[object], rng: np.random.Generator) -> None:
    corner = rng.integers(0, 3, 2).astype(float)
    shapes[rng.integers(len(shapes))] = affinity.translate(BROKEN, *corner)


def _hole(shapes: list[object], rng: np.random.Generator) -> None:
    at = int(rng.integers(len(shapes)))
    inner = affinity.scale(shapes[at], 0.4, 0.4)
    shapes[at] = shapely.difference(shapes[at], inner)
    if rng.random() < 0.5:
        shapes.append(inner)


EDITS = (
    _nudge, _split, _merge, _drop, _shift, _overlap, _exchange, _middle, _turn, _break, _hole,
)  # fmt: skip


def _edited(shapes: list[object], edits: list[int], seed: int) -> list[object]:
    rng = np.random.default_rng(seed)
    edited = list(shapes)
    for edit in edits:
        usable = [shape for shape in edited if shape is not None and shape.is_valid]
        if len(usable) == len(edited) and all(not shape.is_empty for shape in usable):
            EDITS[edit](edited, rng)
    return edited


@st.composite
def changes(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, int]:
    """Two plans, the second made of the first by edits, in another order; and a seed."""
    seed = draw(st.integers(0, 10**6))
    columns, rows, is_straight = draw(
        st.tuples(st.integers(1, 4), st.integers(1, 4), st.booleans())
    )
    whole = cells(columns, rows, seed, is_straight=is_straight)
    edits = st.lists(st.integers(0, len(EDITS) - 1), max_size=3)
    old = frame(_edited(whole, draw(edits), seed + 1))
    shapes = _edited(list(old.geometry), draw(edits), seed + 2)
    new = frame(shapes).sample(frac=1, random_state=seed).reset_index(drop=True)
    return old, new, seed


@settings(deadline=None, max_examples=200)
@given(changes())
def test_as_if_everything_were_located_again(
    change: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, int],
) -> None:
    old, new, seed = change
    x, y = places(old, new, seed=seed)
    before, after = by_all(old, new, x, y)
    found = relocate(old, new, x, y, before)
    assert found.positions.dtype == np.int32
    assert np.array_equal(found.positions, after)
    kept = ~found.is_again
    assert np.array_equal(codes_of(old, before[kept]), codes_of(new, after[kept]))


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**6), st.lists(st.sampled_from([0, 1, 2, 6, 7, 8]), max_size=3))
def test_only_where_the_owner_changed(seed: int, edits: list[int]) -> None:
    """Edits that keep the layer without overlaps: no point beside the edges is asked in vain."""
    whole = cells(4, 4, seed, is_straight=False)
    old, new = frame(whole), frame(_edited(whole, edits, seed))
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-0.5, 4.5, (2, 2_000))
    before, after = by_all(old, new, x, y)
    held = [[shapely.contains_xy(shape, x, y) for shape in plan.geometry] for plan in (old, new)]
    width = max(map(len, held))
    inside = [np.array(each + [np.zeros(len(x), bool)] * (width - len(each))) for each in held]
    found = relocate(old, new, x, y, before)
    assert np.array_equal(found.positions, after)
    assert np.array_equal(found.is_again, (inside[0] != inside[1]).any(axis=0))


def test_nothing_changed_nothing_asked() -> None:
    whole = cells(3, 3, 5, is_straight=False)
    old = frame(whole)
    new = frame([shapely.reverse(cell) for cell in whole]).iloc[::-1].reset_index(drop=True)
    x, y = places(old, seed=3)
    before, after = by_all(old, new, x, y)
    found = relocate(old, new, x, y, before)
    assert found.again == 0
    assert np.array_equal(found.positions, after)


SQUARES = frame([shapely.box(i, 0, i + 1, 1) for i in range(4)])
"""0 1 2 3"""


def test_only_the_strip_between_an_old_border_and_the_new_one() -> None:
    new = SQUARES.copy()
    new.geometry = [
        shapely.box(0, 0, 1.25, 1), shapely.box(1.25, 0, 2, 1), *SQUARES.geometry[2:]
    ]  # fmt: skip
    x = np.array([0.5, 1.0, 1.1, 1.25, 1.5, 2.0, 4.0, 9.0, 1.1, 1.1, 0.5, np.nan])
    y = np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0, 1.0, 0.0, 0.5])
    before, after = by_all(SQUARES, new, x, y)
    found = relocate(SQUARES, new, x, y, before)
    assert found.positions.tolist() == after.tolist()
    #                     0.5  [1  1.1 1.25]                      on its ends      border
    assert found.is_again.astype(int).tolist() == [0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0]


def test_the_same_outlines_under_other_codes() -> None:
    new = frame(list(SQUARES.geometry), ["000", "new", "003", "002"])
    x, y = np.array([0.5, 1.5, 2.5, 3.5, 4.0]), np.full(5, 0.5)
    before, after = by_all(SQUARES, new, x, y)
    found = relocate(SQUARES, new, x, y, before)
    assert found.positions.tolist() == after.tolist() == [0, 1, 2, 3, 3]
    assert found.is_again.tolist() == [False, True, True, True, True]


def test_old_answers_that_were_outside_or_of_a_grid_that_is_gone() -> None:
    new = frame([*SQUARES.geometry[:3], shapely.box(4, 0, 5, 1)], ["000", "001", "002", "004"])
    x, y = np.array([3.5, 4.5, 3.0, 6.0]), np.full(4, 0.5)
    before, after = by_all(SQUARES, new, x, y)
    found = relocate(SQUARES, new, x, y, before)
    assert found.positions.tolist() == after.tolist() == [-1, 3, 2, -1]
    assert found.is_again.tolist() == [True, True, True, False]


def test_no_points_and_no_grids() -> None:
    none = frame([])
    assert relocate(SQUARES, none, [], [], []).positions.shape == (0,)
    assert relocate(SQUARES, none, [0.5], [0.5], [0]).positions.tolist() == [-1]
    assert relocate(none, SQUARES, 0.5, 0.5, -1).positions.tolist() == [0]
    assert relocate(none, none, [0.5], [0.5], [-1]).again == 0


def test_a_corner_more_on_a_straight_border_concerns_that_border_only() -> None:
    new = SQUARES.copy()
    corners = [(1, 0), (2, 0), (2, 1), (1, 1), (1, 0.5)]
    new.geometry = [SQUARES.geometry[0], shapely.Polygon(corners), *SQUARES.geometry[2:]]
    x, y = np.array([0.5, 1.0, 1.0, 1.5, 1.0, 9.0]), np.array([0.5, 0.5, 0.25, 0.5, 1.5, 9.0])
    before, after = by_all(SQUARES, new, x, y)
    found = relocate(SQUARES, new, x, y, before)
    assert found.positions.tolist() == after.tolist() == before.tolist()
    assert found.is_again.tolist() == [False, True, True, False, False, False]


@pytest.mark.parametrize("position", [-2, 2])
def test_old_positions_that_are_none(position: int) -> None:
    grids = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=shapely.box([0, 1], 0, [1, 2], 1))
    with pytest.raises(FieldError, match=f"Row 2: {position} is no position in the 2 old grids"):
        relocate(grids, grids, [0.5, 0.5], [0.5, 0.5], [0, position])


def test_what_cannot_be_compared() -> None:
    with pytest.raises(CrsError, match="same coordinate reference system"):
        relocate(SQUARES, SQUARES.to_crs(3857), [0.5], [0.5], [0])
    double = frame(list(SQUARES.geometry), ["a", "b", "a", "c"])
    with pytest.raises(FieldError, match="code a occurs twice"):
        relocate(SQUARES, double, [0.5], [0.5], [0])
    with pytest.raises(FieldError, match="column “code”"):
        relocate(SQUARES[["geometry"]], SQUARES, [0.5], [0.5], [0])
    with pytest.raises(FieldError, match="as many"):
        relocate(SQUARES, SQUARES, [0.5], [0.5], [0, 1])
