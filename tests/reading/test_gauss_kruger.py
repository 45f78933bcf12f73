from __future__ import annotations

import pyproj
import pytest

from geogrid.reading.gauss_kruger import describe_numbers, zone_mistake


def says(x: float, y: float) -> str:
    said = describe_numbers(x, y)
    return said if isinstance(said, str) else said.text()


@pytest.mark.parametrize(
    ("x", "y", "hint"),
    [
        (38507000.0, 2493000.0, "EPSG:4526"),
        (19507000.0, 2493000.0, "EPSG:4497"),
        (39500000.0, 4400000.0, "EPSG:4527"),
        (114.05, 22.54, "longitude"),
        (2493000.0, 507000.0, "easting first"),
        (2493000.0, 38507000.0, "easting first"),
    ],
)
def test_numbers_are_described_as_a_hint(x: float, y: float, hint: str) -> None:
    assert hint in says(x, y)


@pytest.mark.parametrize(("x", "y"), [(507000.0, 2493000.0), (1e300, -1e300), (984000.0, 200000.0)])
def test_numbers_that_say_nothing_get_no_hint(x: float, y: float) -> None:
    assert says(x, y) == ""


def test_hinted_systems_are_the_zones_they_claim() -> None:
    for zone in (25, 38, 45, 13, 23):
        number = says(zone * 1e6 + 500000, 3e6).rpartition("EPSG:")[2].rstrip(".")
        assert f"zone {zone}" in pyproj.CRS.from_epsg(int(number)).name


@pytest.mark.parametrize(
    ("own", "x", "fix"),
    [
        (4547, 38507000.0, "EPSG:4526"),
        (4526, 507000.0, "EPSG:4547"),
        (4526, 39507000.0, "EPSG:4527"),
        (2383, 38507000.0, "EPSG:2362"),
        (2434, 38507000.0, "EPSG:2414"),
        (4508, 19507000.0, "EPSG:4497"),
        (4497, 507000.0, "EPSG:4508"),
    ],
)
def test_a_wrong_zone_number_is_named_with_the_right_system(own: int, x: float, fix: str) -> None:
    mistake = zone_mistake(x, 2493000.0, pyproj.CRS.from_epsg(own), "x.shp")
    assert mistake is not None
    assert f"--crs {fix}" in str(mistake)
    right = pyproj.CRS.from_epsg(int(fix.removeprefix("EPSG:")))
    assert zone_mistake(x, 2493000.0, right, "x.shp") is None


def test_northing_first_is_named() -> None:
    mistake = zone_mistake(2493000.0, 507000.0, pyproj.CRS.from_epsg(4547), "x.csv")
    assert "swapped" in str(mistake)


@pytest.mark.parametrize(
    ("number", "x", "y"),
    [
        (4547, 507000.0, 2493000.0),
        (32650, 5e5, 4.4e6),
        (2263, 984000.0, 200000.0),
        (3857, 1.27e7, 2.5e6),
    ],
)
def test_right_numbers_are_no_mistake(number: int, x: float, y: float) -> None:
    assert zone_mistake(x, y, pyproj.CRS.from_epsg(number), "x") is None
