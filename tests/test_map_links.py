"""Links that people share from maps: where, in which datum, and what they do not say."""

from __future__ import annotations

import math
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geogrid.map_links import read_map_link
from geogrid.vocabulary import LABELS

PLACE = pytest.approx((114.0245, 22.5363), abs=1e-6)


@pytest.mark.parametrize(
    ("link", "app", "datum"),
    [
        ("https://uri.amap.com/marker?position=114.0245,22.5363&name=门口", "amap", "gcj02"),
        (
            "https://uri.amap.com/marker?position=114.0245%2C22.5363&coordinate=gaode",
            "amap",
            "gcj02",
        ),
        ("https://uri.amap.com/marker?position=114.0245,22.5363&coordinate=wgs84", "amap", "wgs84"),
        (
            "https://uri.amap.com/navigation?from=113.9,22.6,a&to=114.0245,22.5363,b&mode=car",
            "amap",
            "gcj02",
        ),
        ("https://www.amap.com/?q=22.5363,114.0245,泰然七路", "amap", "gcj02"),
        ("https://wb.amap.com/?p=B0FFG5X0A1,22.5363,114.0245,某大厦,某路1号", "amap", "gcj02"),
        ("https://m.amap.com/share/index/lnglat=114.0245,22.5363&name=x", "amap", "gcj02"),
        (
            "androidamap://viewMap?sourceApplication=x&lat=22.5363&lon=114.0245&dev=0",
            "amap",
            "gcj02",
        ),
        ("iosamap://viewMap?lat=22.5363&lon=114.0245&dev=1", "amap", "wgs84"),
        ("amapuri://route/plan/?dlat=22.5363&dlon=114.0245&dname=x&dev=0", "amap", "gcj02"),
        ("http://api.map.baidu.com/marker?location=22.5363,114.0245&title=x", "baidu", "bd09"),
        (
            "http://api.map.baidu.com/marker?location=22.5363,114.0245&coord_type=gcj02",
            "baidu",
            "gcj02",
        ),
        (
            "baidumap://map/direction?destination=latlng:22.5363,114.0245|name:x&coord_type=wgs84",
            "baidu",
            "wgs84",
        ),
        ("https://map.baidu.com/?latlng=22.5363,114.0245&title=x", "baidu", "bd09"),
        (
            "https://apis.map.qq.com/uri/v1/marker?marker=coord:22.5363,114.0245;title:x;addr:y",
            "tencent",
            "gcj02",
        ),
        ("qqmap://map/routeplan?type=drive&tocoord=22.5363,114.0245", "tencent", "gcj02"),
        ("https://map.qq.com/?type=marker&pointx=114.0245&pointy=22.5363", "tencent", "gcj02"),
        (
            "https://apis.map.qq.com/uri/v1/geocoder?coord=22.5363,114.0245&coord_type=1",
            "tencent",
            "wgs84",
        ),
        ("https://map.tianditu.gov.cn/?center=114.0245,22.5363&level=16", "tianditu", "cgcs2000"),
        ("https://www.google.com/maps/@22.5363,114.0245,17z", "google", ""),
        (
            "https://www.google.com/maps/place/X/@22.1,114.9,17z/data=!3m1!4b1!3d22.5363!4d114.0245",
            "google",
            "",
        ),
        ("https://maps.google.com/?q=22.5363,114.0245", "google", ""),
        ("https://www.google.com/maps/search/?api=1&query=22.5363%2C114.0245", "google", ""),
        ("https://www.google.com/maps/place/22.5363,114.0245", "google", ""),
        ("https://maps.apple.com/?ll=22.5363,114.0245&q=x", "apple", ""),
        ("https://maps.apple.com/place?coordinate=22.5363,114.0245&name=x", "apple", ""),
        (
            "https://ditu.amap.com/dir?from[lnglat]=113.9,22.6&to[lnglat]=114.0245,22.5363&type=car",
            "amap",
            "gcj02",
        ),
        (
            "https://www.google.com/maps/dir/22.1,114.9/22.5363,114.0245/@22.3,114.4,12z/data=!4m2",
            "google",
            "",
        ),
        ("https://www.google.com/maps/dir/22.1,114.9/22.5363,114.0245", "google", ""),
        ("https://www.openstreetmap.org/#map=17/22.5363/114.0245", "osm", "wgs84"),
        ("https://www.openstreetmap.org/#map=17.5/22.5363/114.0245", "osm", "wgs84"),
        (
            "https://www.openstreetmap.org/?mlat=22.5363&mlon=114.0245#map=17/22.1/114.9",
            "osm",
            "wgs84",
        ),
        ("geo:22.5363,114.0245;u=35", "geo", "wgs84"),
        ("geo:0,0?q=22.5363,114.0245(某处)", "geo", "wgs84"),
        ("https://maps.example.cn/?lng=114.0245&lat=22.5363", "", ""),
        ("map.qq.com/?type=marker&pointx=114.0245&pointy=22.5363", "tencent", "gcj02"),
    ],
)
def test_a_link_says_its_place_and_datum(link: str, app: str, datum: str) -> None:
    place = read_map_link(link)
    assert place is not None
    assert (place.lon, place.lat) == PLACE
    assert (place.app, place.datum) == (app, datum)
    assert place.app in LABELS["map_app"]


def test_outside_china_no_datum_has_to_be_asked() -> None:
    place = read_map_link("https://www.google.com/maps/@51.5,-0.12,17z")
    assert place is not None
    assert (place.lon, place.lat, place.datum) == (-0.12, 51.5, "wgs84")


@pytest.mark.parametrize(
    "link",
    [
        "https://map.baidu.com/@12958175,4825923.77,13z",
        "https://map.baidu.com/poi/x/@12958175,4825923.77,19z?uid=1",
        "https://map.baidu.com/?newmap=1&c=12958175,4825923.77&s=x",
        "http://api.map.baidu.com/marker?location=4825923.77,12958175&coord_type=bd09mc",
    ],
)
def test_baidu_s_metres_are_read(link: str) -> None:
    # the middle of Beijing as Baidu's documents give it in degrees and in metres
    place = read_map_link(link)
    assert place is not None
    assert (place.lon, place.lat) == pytest.approx((116.404, 39.915), abs=2e-7)
    assert (place.app, place.datum) == ("baidu", "bd09")


@pytest.mark.parametrize(
    ("text", "app", "words"),
    [
        ("https://surl.amap.com/1aBcD2e", "amap", ""),
        ("【某某大厦】某某路1号 https://surl.amap.com/1aBcD2e", "amap", "某某大厦 某某路1号"),
        ("https://j.map.baidu.com/8f/abc", "baidu", ""),
        ("我在这里：https://maps.app.goo.gl/abcDEF。", "google", "我在这里"),
        ("https://www.amap.com/place/B02F37V0FJ", "amap", ""),
        ("https://example.org/12,34", "", ""),
    ],
)
def test_a_link_without_coordinates_is_known_as_one(text: str, app: str, words: str) -> None:
    place = read_map_link(text)
    assert place is not None
    assert math.isnan(place.lon)
    assert (place.app, place.words) == (app, words)


@pytest.mark.parametrize("text", ["", "泰然七路12号", "114.0245, 22.5363", "a@b.com", "3.5/4"])
def test_what_is_no_link_is_left_alone(text: str) -> None:
    assert read_map_link(text) is None


@given(st.text(max_size=60), st.sampled_from(["https://uri.amap.com/", "geo:", "map.qq.com/"]))
@example("[", "https://")
def test_anything_can_be_pasted(tail: str, head: str) -> None:
    for text in (head + tail, head + quote(tail), tail + head):
        place = read_map_link(text)
        if place is not None and not math.isnan(place.lon):
            assert abs(place.lon) <= 180
            assert abs(place.lat) <= 90
