from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from shapely import affinity

from geogrid.crs import (
    DATUMS,
    area_m2,
    convert_geometry,
    from_wgs84,
    geodesic_m,
    is_in_china,
    local_crs,
    metres_per_degree,
    to_wgs84,
)
from geogrid.errors import CrsError

DATA = Path(__file__).parent / "data" / "datum"
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
SHIFTED = ("gcj02", "bd09")
china_lon = st.floats(WEST, EAST)
china_lat = st.floats(SOUTH, NORTH)


def _cities() -> dict[str, np.ndarray]:
    values = np.loadtxt(DATA / "cities.csv", delimiter=",", skiprows=1)
    return {
        "wgs84": values[:, 0:2],
        "gcj02": values[:, 2:4],
        "bd09": values[:, 4:6],
        "mercator": values[:, 6:8],
    }


def _metres(degrees: np.ndarray, lat: np.ndarray) -> np.ndarray:
    return np.column_stack(metres_per_degree(lat)) * degrees


@pytest.mark.parametrize("datum", SHIFTED)
def test_cities_agree_up_to_the_constant_offset_of_the_file(datum: str) -> None:
    cities = _cities()
    lon, lat = cities["wgs84"].T
    missed = _metres(cities[datum] - np.column_stack(from_wgs84(lon, lat, datum)), lat)
    offset = np.median(missed, axis=0)
    assert offset == pytest.approx([0.478, 0.469], abs=0.002)
    assert np.abs(missed - offset).max() < 0.06


def test_cities_in_gcj02_and_bd09_are_the_same_places() -> None:
    cities = _cities()
    by_gcj02 = np.column_stack(to_wgs84(*cities["gcj02"].T, "gcj02"))
    by_bd09 = np.column_stack(to_wgs84(*cities["bd09"].T, "bd09"))
    assert np.abs(_metres(by_gcj02 - by_bd09, by_bd09[:, 1])).max() < 0.02


@pytest.mark.parametrize("case", json.loads((DATA / "eviltransform.json").read_text()))
def test_published_pairs(case: dict[str, list[float]]) -> None:
    assert from_wgs84(*case["wgs"], "gcj02") == pytest.approx(case["gcj"], abs=1e-12)
    assert to_wgs84(*case["gcj"], "gcj02") == pytest.approx(case["wgs"], abs=1e-12)


@pytest.mark.parametrize("pair", json.loads((DATA / "eviltransform_bd09.json").read_text()))
def test_two_published_bd09_pairs_come_from_another_frequency(pair: dict[str, list[float]]) -> None:
    """The README of the data says why they are no pairs of Baidu's; this proves it."""
    x, y = pair["bd"][0] - 0.0065, pair["bd"][1] - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * math.pi)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * math.pi)
    lon, lat = radius * math.cos(angle), radius * math.sin(angle)
    shifted = from_wgs84(lon, lat, "gcj02")  # that project undoes GCJ-02 in one rough step
    assert (2 * lon - shifted[0], 2 * lat - shifted[1]) == pytest.approx(pair["wgs"], abs=1e-6)
    missed = _metres(np.subtract(to_wgs84(*pair["bd"], "bd09"), pair["wgs"])[None], pair["wgs"][1])
    assert 5 < np.hypot(*missed[0]) < 50


def test_cities_in_web_mercator() -> None:
    cities = _cities()
    mercator = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    assert np.abs(mercator.transform(*cities["wgs84"].T) - cities["mercator"].T).max() < 1e-3


@pytest.mark.parametrize(
    ("zone_epsg", "plain_epsg", "meridian"),
    [(4513 + n, 4534 + n, 75.0 + 3 * n) for n in range(21)]
    + [(4491 + n, 4502 + n, 75.0 + 6 * n) for n in range(11)],
)
def test_gauss_kruger_zones_of_three_and_six_degrees(
    zone_epsg: int, plain_epsg: int, meridian: float
) -> None:
    plain = pyproj.Transformer.from_crs(plain_epsg, 4326, always_xy=True)
    numbered = pyproj.Transformer.from_crs(zone_epsg, 4326, always_xy=True)
    width = 3 if zone_epsg >= 4513 else 6
    zone = meridian / 3 if width == 3 else (meridian + 3) / 6
    assert plain.transform(500_000, 2_500_000)[0] == pytest.approx(meridian, abs=1e-12)
    for easting in (410_000.0, 500_000.0, 612_345.678):
        at = plain.transform(easting, 2_500_000)
        assert numbered.transform(easting + zone * 1e6, 2_500_000) == pytest.approx(at, abs=1e-9)
        back = plain.transform(*at, direction="INVERSE")
        assert back == pytest.approx((easting, 2_500_000), abs=1e-4)


@settings(deadline=None)
@given(china_lon, china_lat, st.sampled_from(SHIFTED))
def test_round_trip_in_china(lon: float, lat: float, datum: str) -> None:
    assert to_wgs84(*from_wgs84(lon, lat, datum), datum) == pytest.approx((lon, lat), abs=1e-10)


@pytest.mark.parametrize("datum", SHIFTED)
def test_round_trip_on_the_border_and_where_the_formula_has_kinks(datum: str) -> None:
    along = np.linspace(0, 1, 500)
    lon = np.concatenate(
        [
            np.full(500, WEST),
            np.full(500, EAST),
            *(WEST + along * (EAST - WEST),) * 2,
            105 + np.linspace(-1e-9, 1e-9, 500),
        ]
    )
    lat = np.concatenate(
        [
            *(SOUTH + along * (NORTH - SOUTH),) * 2,
            np.full(500, SOUTH),
            np.full(500, NORTH),
            SOUTH + along * (NORTH - SOUTH),
        ]
    )
    back_lon, back_lat = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert np.abs(back_lon - lon).max() < 1e-10
    assert np.abs(back_lat - lat).max() < 1e-10


def _near_the_border(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of the rectangle from 0 to 0.1° off each side and corner, also by single ulps."""
    rng = np.random.default_rng(seed)
    count = 20_000
    off = np.where(rng.random((2, count)) < 0.3, 0.0, 10.0 ** rng.uniform(-16, -1, (2, count)))
    west, south = WEST + off[0], SOUTH + off[1]
    east, north = EAST - off[0], NORTH - off[1]
    lon, lat = rng.uniform(WEST, EAST, count), rng.uniform(SOUTH, NORTH, count)
    return (
        np.concatenate([west, east, lon, lon, west, east, west, east]),
        np.concatenate([lat, lat, south, north, south, north, north, south]),
    )


@pytest.mark.parametrize("datum", SHIFTED)
def test_trips_both_ways_beside_the_border(datum: str) -> None:
    lon, lat = _near_the_border(seed=4)
    assert is_in_china(lon, lat).all()
    shifted = from_wgs84(lon, lat, datum)
    back = to_wgs84(*shifted, datum)
    assert np.abs(np.subtract(back, (lon, lat))).max() < 1e-9
    # the way back must not end a rounding outside, where nothing would be shifted any more
    assert is_in_china(*back).all()
    assert np.abs(np.subtract(from_wgs84(*back, datum), shifted)).max() < 1e-9
    carried_out = ~is_in_china(*shifted)
    assert carried_out.sum() > 1_000


@settings(deadline=None)
@given(
    st.sampled_from([WEST, EAST, None]),
    st.sampled_from([SOUTH, NORTH, None]),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.tuples(china_lon, china_lat),
    st.sampled_from(SHIFTED),
)
def test_trips_both_ways_a_few_ulps_from_the_border(
    side: float | None,
    end: float | None,
    ulps: tuple[int, int],
    free: tuple[float, float],
    datum: str,
) -> None:
    lon, lat = free[0] if side is None else side, free[1] if end is None else end
    for _ in range(ulps[0]):
        lon = np.nextafter(lon, 105.0)
    for _ in range(ulps[1]):
        lat = np.nextafter(lat, 35.0)
    shifted = from_wgs84(lon, lat, datum)
    back = to_wgs84(*shifted, datum)
    assert back == pytest.approx((lon, lat), abs=1e-9)
    assert from_wgs84(*back, datum) == pytest.approx(shifted, abs=1e-9)


@pytest.mark.parametrize("datum", SHIFTED)
def test_outside_the_border_only_positions_of_points_inside_move(datum: str) -> None:
    lon, lat = _near_the_border(seed=5)
    lon = np.where(lon > 105, 2 * EAST - lon, 2 * WEST - lon)  # the mirror image
    outside = ~is_in_china(lon, lat)
    lon, lat = lon[outside], lat[outside]
    assert np.array_equal(from_wgs84(lon, lat, datum), (lon, lat))
    x, y = to_wgs84(lon, lat, datum)
    moved = (x != lon) | (y != lat)
    assert 0 < moved.sum() < len(moved)
    assert is_in_china(x[moved], y[moved]).all()
    again = np.subtract(from_wgs84(x[moved], y[moved], datum), (lon[moved], lat[moved]))
    assert np.abs(again).max() < 1e-9


@settings(deadline=None)
@given(
    st.floats(-180, 180) | st.floats(71.5, 72.003) | st.floats(137.84, 138.3),
    st.floats(-90, 90),
    st.sampled_from(DATUMS),
)
def test_outside_china_nothing_moves(lon: float, lat: float, datum: str) -> None:
    if is_in_china(lon, lat):
        lon = -lon
    assert from_wgs84(lon, lat, datum) == (lon, lat)
    near_the_border = WEST - 0.1 < lon < EAST + 0.1 and SOUTH - 0.1 < lat < NORTH + 0.1
    if not near_the_border:
        assert to_wgs84(lon, lat, datum) == (lon, lat)


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 40), st.just(2)),
        elements=st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0, float("nan"), float("inf")]),
    ),
    st.integers(0, 7),
    st.sampled_from(SHIFTED),
)
def test_same_bits_alone_in_a_batch_and_unaligned(
    unit: np.ndarray, offset: int, datum: str
) -> None:
    lon = WEST + unit[:, 0] * (EAST - WEST)
    lat = SOUTH + unit[:, 1] * (NORTH - SOUTH)
    for convert in (from_wgs84, to_wgs84):
        batch = np.column_stack(convert(lon, lat, datum))
        for at in {0, len(lon) // 2, len(lon) - 1}:
            alone = convert(float(lon[at]), float(lat[at]), datum)
            assert batch[at].tobytes() == np.array(alone).tobytes()
        tail = np.column_stack(convert(lon[offset:], lat[offset:], datum))
        assert batch[offset:].tobytes() == tail.tobytes()
        reverse = np.column_stack(convert(lon[::-1], lat[::-1], datum))
        assert batch[::-1].tobytes() == reverse.tobytes()


def test_long_arrays_keep_the_bits_and_the_shape() -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(WEST, EAST, (2, 9_001)), rng.uniform(SOUTH, NORTH, (2, 9_001))
    x, y = to_wgs84(lon, lat, "bd09")
    assert x.shape == lon.shape
    assert (x[1, 8_500], y[1, 8_500]) == to_wgs84(lon[1, 8_500], lat[1, 8_500], "bd09")


def test_cgcs2000_is_wgs84_and_scalars_stay_scalars() -> None:
    assert to_wgs84(114.05, 22.55, "cgcs2000") == (114.05, 22.55)
    assert all(type(value) is float for value in from_wgs84(114.05, 22.55, "gcj02"))


def test_no_point_is_no_error() -> None:
    assert [len(part) for part in to_wgs84([], [], "gcj02")] == [0, 0]
    assert np.isnan(to_wgs84(float("nan"), 22.0, "gcj02")[0])


def test_unknown_datum_is_refused_by_name() -> None:
    with pytest.raises(CrsError, match=r"gcj-02; use one of wgs84, cgcs2000, gcj02, bd09"):
        to_wgs84(114.0, 22.0, "gcj-02")
    with pytest.raises(CrsError, match="beijing54"):
        convert_geometry([shapely.Point(1, 2)], "wgs84", "beijing54")


def test_converted_geometries_share_the_corners_they_shared() -> None:
    left = shapely.from_wkt("POLYGON ((114 22, 114.1 22, 114.1 22.1, 114 22.1, 114 22))")
    right = affinity.translate(left, 0.1, 0)
    right = shapely.transform(right, lambda c: np.where(c == c[:, :1].min(), 114.1, c))
    moved = convert_geometry([left, None, right], "gcj02", "wgs84")
    assert moved[1] is None
    assert moved[0].touches(moved[2])
    assert moved[0].intersection(moved[2]).length == pytest.approx(0.1, rel=1e-3)
    alone = to_wgs84(114.1, 22.1, "gcj02")
    assert alone in set(moved[0].exterior.coords) & set(moved[2].exterior.coords)


def test_conversion_keeps_z_and_kinds() -> None:
    mixed = shapely.from_wkt(["POINT Z (114 22 5)", "MULTIPOINT (114 22, 115 23)", "POLYGON EMPTY"])
    moved = convert_geometry(mixed, "wgs84", "bd09")
    assert shapely.get_coordinates(moved[0], include_z=True)[0, 2] == 5
    assert [shape.geom_type for shape in moved] == ["Point", "MultiPoint", "Polygon"]
    assert not shapely.has_z(moved[1])


def _grids(rng: np.random.Generator, size: int) -> np.ndarray:
    """A seamless 5 × 5 mesh with bent corners and one grid with an enclave."""
    corner = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0), indexing="ij"), axis=-1)
    corner += rng.uniform(-0.3, 0.3, corner.shape)
    corner = np.array([114.0, 22.5]) + corner * size * 1e-4
    ring = [
        [corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]
        for i in range(5)
        for j in range(5)
    ]
    return shapely.polygons(ring)


@pytest.mark.parametrize("size", [1, 20, 5_000])
def test_areas_of_parts_add_up(size: int) -> None:
    grids = _grids(np.random.default_rng(size), size)
    hole = affinity.scale(grids[12], 0.4, 0.4)
    grids = np.append(grids, hole)
    grids[12] = shapely.difference(grids[12], hole)
    parts = area_m2(grids, 4326)
    whole = area_m2([shapely.coverage_union_all(grids)], 4326)[0]
    assert parts.sum() == pytest.approx(whole, rel=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.floats(0.01, 0.99)), min_size=1, max_size=8),
    st.floats(1e-3, 10.0),
    st.floats(-80, 70),
)
def test_a_vertex_added_on_an_edge_changes_nothing(
    cuts: list[tuple[int, float]], size: float, south: float
) -> None:
    shape = affinity.translate(shapely.Point(0, 0).buffer(1, quad_segs=3), 114, south)
    shape = affinity.scale(shape, size, size / 2)
    line = shape.exterior
    extra = [line.interpolate((edge + share) / 12, normalized=True) for edge, share in cuts]
    distances = sorted({line.project(point) for point in (*shapely.points(line.coords), *extra)})
    finer = shapely.Polygon([line.interpolate(distance) for distance in distances])
    before, after = area_m2([shape, finer], 4326)
    # the added corner is rounded to a double: that much the shape itself changes
    rounding = line.length * 111_000 * 2**-46 * 111_000 * len(cuts)
    assert after == pytest.approx(before, rel=1e-12, abs=rounding)


def test_edges_over_half_a_continent_are_straight_too() -> None:
    wide = shapely.Polygon([(0, -10), (60, 0), (30, 70)])
    corners = np.linspace([60, 0], [30, 70], 141)[1:-1]
    finer = shapely.Polygon([(0, -10), (60, 0), *corners, (30, 70)])
    whole, split = area_m2([wide, finer], 4326)
    assert split == pytest.approx(whole, rel=1e-12)


def test_areas_against_geographiclib() -> None:
    geod = pyproj.Geod(ellps="WGS84")
    grids = _grids(np.random.default_rng(3), 20)
    geodesic = [
        abs(geod.geometry_area_perimeter(fine)[0]) for fine in shapely.segmentize(grids, 1e-5)
    ]
    assert area_m2(grids, 4326) == pytest.approx(geodesic, rel=1e-8)
    degree = shapely.box(114, 22, 115, 23)
    finely = shapely.segmentize(degree, 0.001)
    expected = abs(geod.geometry_area_perimeter(finely)[0])
    assert area_m2([degree], 4326)[0] == pytest.approx(expected, rel=1e-10)
    half = shapely.box(-90, -90, 90, 90)
    globe = 510_065_621_724_089.0
    assert area_m2([half], 4326)[0] == pytest.approx(globe / 2, rel=1e-12)


def test_orientation_holes_and_parts() -> None:
    shell, hole = shapely.box(114, 22, 114.01, 22.01), shapely.box(114.002, 22.002, 114.004, 22.004)
    with_hole = shapely.Polygon(shell.exterior, [hole.exterior.reverse()])
    wrong_way = shapely.Polygon(shell.exterior.reverse(), [hole.exterior])
    far = affinity.translate(shell, 0.5, 0)
    shapes = [shell, hole, with_hole, wrong_way, shapely.MultiPolygon([with_hole, far])]
    outer, inner, *others = area_m2(shapes, 4326)
    assert others[0] == pytest.approx(outer - inner, rel=1e-13)
    assert others[1] == pytest.approx(outer - inner, rel=1e-13)
    assert others[2] == pytest.approx(2 * outer - inner, rel=1e-12)


def test_what_has_no_area_counts_zero() -> None:
    shapes = [None, shapely.Polygon(), shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)])]
    assert area_m2(shapes, 4326).tolist() == [0, 0, 0, 0]
    assert area_m2([], 4326).shape == (0,)


def test_projected_layers_are_measured_on_their_ellipsoid() -> None:
    square = shapely.box(500_000, 2_500_000, 501_000, 2_501_000)
    assert area_m2([square], 4547)[0] == pytest.approx(1e6, rel=1e-5)  # k = 1 on the meridian
    mercator = shapely.box(12_690_000, 2_570_000, 12_691_000, 2_571_000)
    assert area_m2([mercator], 3857)[0] == pytest.approx(0.853e6, rel=0.01)
    feet = shapely.box(1_000_000, 200_000, 1_001_000, 201_000)
    assert area_m2([feet], 2263)[0] == pytest.approx(1e6 * 0.3048006096**2, rel=1e-4)


def test_a_local_engineering_system_is_measured_in_its_plane() -> None:
    local = 'ENGCRS["site",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north]'
    local += ',LENGTHUNIT["foot",0.3048]]'
    assert area_m2([shapely.box(0, 0, 10, 10)], local)[0] == pytest.approx(100 * 0.3048**2)


def test_no_crs_no_area() -> None:
    with pytest.raises(CrsError, match="coordinate reference system"):
        area_m2([shapely.box(0, 0, 1, 1)], None)


@pytest.mark.parametrize("lat", [0.0, 22.5, 53.0])
def test_metres_per_degree_and_geodesic(lat: float) -> None:
    east_m, north_m = metres_per_degree(lat)
    assert geodesic_m(114, lat, 114.001, lat) == pytest.approx(east_m * 0.001, rel=1e-9)
    assert geodesic_m(114, lat - 5e-4, 114, lat + 5e-4) == pytest.approx(north_m * 0.001, rel=1e-7)


def test_local_crs_is_metric_and_centred() -> None:
    transformer = pyproj.Transformer.from_crs(4326, local_crs(114.06, 22.54), always_xy=True)
    assert transformer.transform(114.06, 22.54) == pytest.approx((0, 0), abs=1e-6)
    x, y = transformer.transform(114.07, 22.55)
    assert np.hypot(x, y) == pytest.approx(geodesic_m(114.06, 22.54, 114.07, 22.55), rel=1e-6)
