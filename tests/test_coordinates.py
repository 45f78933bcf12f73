"""Coordinates as people type and paste them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coordinates import datum_said, read_coordinates

FUTIAN = (114.05, 22.53)
PLACE = pytest.approx((114.0245, 22.5363), abs=1e-9)
URUMQI = (87.6, 43.8)


@pytest.mark.parametrize(
    "text",
    [
        "114.0245, 22.5363",
        "114.0245,22.5363",
        "22.5363,114.0245",
        "  22.5363 114.0245 ",
        "114.0245，22.5363",
        "１１４．０２４５，２２．５３６３",
        "114。0245，22。5363",
        "114.0245、22.5363",
        "114.0245;22.5363",
        "114.0245/22.5363",
        "114.0245\t22.5363\n",
        "(114.0245, 22.5363)",
        "[114.0245,22.5363]",
        "POINT (114.0245 22.5363)",
        "114.0245°, 22.5363°",
        "114.0245° 22.5363°",
        "114.0245°22.5363°",
        "22.5363°N 114.0245°E",
        "E114.0245 N22.5363",
        "N22.5363,E114.0245",
        "东经114.0245°，北纬22.5363°",
        "北纬22.5363度 东经114.0245度",
        "经度:114.0245 纬度:22.5363",
        "经度114.0245，纬度22.5363",
        "lon=114.0245&lat=22.5363",
        "lat: 22.5363, lng: 114.0245",
        "Longitude 114.0245 Latitude 22.5363",
        "22°32'10.68\"N, 114°1'28.2\"E",
        "N22°32′10.68″ E114°1′28.2″",
        "东经114度1分28.2秒 北纬22度32分10.68秒",
        "22º32'10.68''N114º1'28.2''E",
        "22° 32.178' N  114° 1.47' E",
    ],
)
def test_every_spelling_of_one_place_reads_alike(text: str) -> None:
    assert read_coordinates(text, near=FUTIAN) == PLACE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "泰然七路 12 号 3 号楼",
        "12, 3",
        "12 3",
        "440304001 440304002",
        "4403040010101",
        "114.0245",
        "114.0245, 113.9",
        "N22.5 N114.0",
        "E22.5 E114.0",
        "114.0245, 22.5363, 8",
        "114.0245, 95.1",
        "东经22.5 114.0245",
        "22°61'0\"N, 114°1'28\"E",
        "0755-0000-0017",
        "1.2.3, 4",
        "3栋2单元 101.5",
        "<img src=x onerror=alert(1)>",
        "1" * 500,
    ],
)
def test_what_is_no_place_is_left_to_the_address_search(text: str) -> None:
    assert read_coordinates(text, near=FUTIAN) is None


def test_order_is_decided_by_the_area_where_the_numbers_do_not() -> None:
    assert read_coordinates("43.8, 87.6", near=URUMQI) == (87.6, 43.8)
    assert read_coordinates("87.6, 43.8", near=URUMQI) == (87.6, 43.8)
    assert read_coordinates("43.8, 87.6") == (43.8, 87.6)


def test_signs_and_letters_of_the_other_hemispheres() -> None:
    assert read_coordinates("-33.9 151.2") == (151.2, -33.9)
    assert read_coordinates("33.9S 70.6W") == (-70.6, -33.9)
    assert read_coordinates("−33.9，−70.6", near=(-70.0, -33.0)) == (-70.6, -33.9)


@settings(max_examples=150, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_labelled_pairs_read_back_in_both_orders(lon: float, lat: float) -> None:
    east, north = f"{lon:.6f}", f"{lat:.6f}"
    expected = (float(east), float(north))
    assert read_coordinates(f"lon={east} lat={north}") == expected
    assert read_coordinates(f"lat={north}, lon={east}") == expected


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    found = read_coordinates(text)
    assert found is None or (abs(found.lon) <= 180 and abs(found.lat) <= 90)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("高德：114.0245,22.5363", "gcj02"),
        ("腾讯地图坐标 22.5363,114.0245", "gcj02"),
        ("GCJ-02: 114.0245，22.5363", "gcj02"),
        ("火星坐标系 114.0245 22.5363", "gcj02"),
        ("百度坐标114.0245,22.5363", "bd09"),
        ("114.0245,22.5363（BD09）", "bd09"),
        ("114.0245,22.5363 WGS84", "wgs84"),
        ("[GPS] N22.5363 E114.0245", "wgs84"),
        ("国家2000坐标系 东经114.0245° 北纬22.5363°", "cgcs2000"),
        ("天地图 114.0245,22.5363", "cgcs2000"),
        ("114.0245,22.5363", ""),
    ],
)
def test_the_datum_may_stand_beside_the_numbers(text: str, datum: str) -> None:
    rest, said = datum_said(text)
    assert said == datum
    assert read_coordinates(rest, near=FUTIAN) == PLACE


@pytest.mark.parametrize("text", ["", "高德大厦", "百度", "2000坐标系", "天地图"])
def test_a_name_of_a_map_is_no_coordinates(text: str) -> None:
    assert read_coordinates(datum_said(text)[0]) is None
